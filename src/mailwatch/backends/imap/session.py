"""A signed-in connection: commands out in bursts, answers back in order, nothing read twice.

The time a mail server costs is turns times distance, so whatever does not depend on an earlier answer leaves together.
"""

from __future__ import annotations

import imaplib
import itertools
import re
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from mailwatch.backends.imap.wire import Wire

WINDOW = 100
_IN_FLIGHT = 48_000  # more bytes might fill every buffer on the way while the server waits for us to read
_OPENING = (b"EXAMINE", b"SELECT", b"UNSELECT", b"CLOSE")
_TAGGED = re.compile(rb"(W[0-9]{1,12}) (OK|NO|BAD)\b ?(.*)\r\n", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(rb"\[([A-Za-z0-9-]{1,40})(?: ([^\]]{0,200}))?\]")
_FETCH = re.compile(rb"\* [0-9]{1,10} FETCH ", re.IGNORECASE)
_BYE = re.compile(rb"\* BYE\b ?([^\r\n]{0,500})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """One command without its tag. literal: the message of an APPEND."""

    words: bytes
    literal: bytes | None = None


@dataclass(slots=True)
class Reply:
    """What came back: the status, its text, and every untagged response before it, literals inside."""

    command: Command
    status: str = ""
    text: bytes = b""
    untagged: list[bytes] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Was the command carried out?"""
        return self.status == "OK"

    @property
    def code(self) -> str:
        """The response code of the closing line (RFC 5530), upper case, or ""."""
        found = _CODE.match(self.text)
        return found[1].decode("ascii").upper() if found else ""

    @property
    def argument(self) -> str:
        """What stands behind that code: "38505 3955" of APPENDUID."""
        found = _CODE.match(self.text)
        return (found[2] or b"").decode("ascii", "replace") if found else ""

    def said(self, name: bytes) -> int | None:
        """The number of an untagged response code: UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ."""
        for line in self.untagged:
            found = re.match(rb"\* OK \[" + name + rb" ([0-9]{1,20})\]", line, re.IGNORECASE)
            if found:
                return int(found[1])
        return None


class Session:
    """One connection after sign-in.

    Args:
        capabilities: after sign-in, upper case.
        remote: it crosses a network: compression pays.
    """

    def __init__(self, wire: Wire, capabilities: frozenset[str], *, remote: bool) -> None:
        self.capabilities = capabilities
        self.remote = remote
        self.used_at = time.monotonic()
        self.is_compressed = False
        self._wire = wire
        self._numbers = itertools.count(1)
        self._flows = 0
        self._ended = False
        self._opened = b""

    @property
    def is_usable(self) -> bool:
        """Nothing is under way, and the other side has not hung up."""
        with suppress(OSError, ValueError):
            return not self._ended and not self._flows and not self._wire.is_readable()
        return False

    def confirm_drafts(self, mailbox: bytes) -> None:
        """From now on the guard lets drafts into this mailbox, written as on the wire."""
        self._wire.guard.drafts = mailbox

    @property
    def leaving(self) -> list[bytes]:
        """What has to be said before STATUS: of a folder that is open, servers tell what they saw when it was opened."""
        if not self._opened:
            return []
        if self.can("UNSELECT"):
            return [b"UNSELECT"]
        return [b"CLOSE"] if self._opened == b"EXAMINE" else [b'EXAMINE "INBOX"', b"CLOSE"]

    def can(self, *names: str) -> bool:
        """Does the server offer all of these?"""
        return self.capabilities.issuperset(names)

    def run(self, *commands: bytes) -> list[Reply]:
        """All commands in one burst, and all replies.

        Raises:
            imaplib.IMAP4.abort, OSError: the connection ended.
        """
        return list(self.flow(commands))

    def flow(self, commands: Iterable[bytes]) -> Iterator[Reply]:
        """Replies in order, while up to WINDOW commands are on their way; more of them leave when half are answered.

        A flow that is not read to its end spoils the session.
        """
        for got in self._conversed(commands, streaming=False):
            if isinstance(got, Reply):
                yield got

    def stream(self, commands: Iterable[bytes]) -> Iterator[bytes | Reply]:
        """The same, but messages are given out one by one as they come: only one is held, however many were asked for."""
        yield from self._conversed(commands, streaming=True)

    def _conversed(self, commands: Iterable[bytes], *, streaming: bool) -> Iterator[bytes | Reply]:
        waiting: deque[tuple[bytes, Reply]] = deque()
        source = iter(commands)
        self._flows += 1
        try:
            while True:
                if (
                    len(waiting) <= WINDOW // 2
                    and sum(len(reply.command.words) for _, reply in waiting) <= self._in_flight // 2
                ):
                    waiting.extend(self._ask(_load(source, WINDOW - len(waiting), self._in_flight // 2)))
                if not waiting:
                    break
                tag, reply = waiting.popleft()
                while not self._took(line := self._wire.whole_response(), tag, reply):
                    if streaming and _FETCH.match(line):
                        yield reply.untagged.pop()
                if not waiting:  # the last one's reply may decide what comes next
                    self.used_at = time.monotonic()
                yield reply
            self._flows -= 1
        except (OSError, imaplib.IMAP4.error):
            self.end()
            raise

    def append(self, words: bytes, literal: bytes) -> Reply:
        """An APPEND with its message; without waiting for the server's nod where it needs none (RFC 7888)."""
        at_once = self.can("LITERAL+") or (self.can("LITERAL-") and len(literal) <= 4096)
        mark = b" {%d%s}" % (len(literal), b"+" if at_once else b"")
        ((tag, reply),) = self._tagged([Command(words, literal)])
        try:
            self._wire.write(tag + b" " + words + mark + b"\r\n" + (literal + b"\r\n" if at_once else b""))
            if not at_once and self._nodded(tag, reply):
                self._wire.write(literal + b"\r\n")
            if not reply.status:
                self._complete(tag, reply)
        except (OSError, imaplib.IMAP4.error):
            self.end()
            raise
        return reply

    def compress(self) -> None:
        """Deflate both directions where the server offers it and the bytes cross a network.

        A turn of its own: behind a SEARCH in one burst Dovecot begins to deflate before the search has answered.
        """
        if self.remote and self.can("COMPRESS=DEFLATE") and not self.is_compressed:
            (reply,) = self.run(b"COMPRESS DEFLATE")
            if reply.ok:
                self._wire.compress()
                self.is_compressed = True

    @property
    def _in_flight(self) -> int:
        """Lists of numbers deflate to less than half."""
        return 2 * _IN_FLIGHT if self.is_compressed else _IN_FLIGHT

    def end(self) -> None:
        """Hang up, politely where nothing is under way. Safe to call twice."""
        if self._ended:
            return
        with suppress(Exception):  # whatever it says, it is over
            if not self._flows:
                self._wire.write(b"W%d LOGOUT\r\n" % next(self._numbers))
        self._ended = True
        self._wire.drop()

    def _tagged(self, commands: Sequence[Command]) -> list[tuple[bytes, Reply]]:
        return [(b"W%d" % next(self._numbers), Reply(command)) for command in commands]

    def _ask(self, commands: Sequence[Command]) -> list[tuple[bytes, Reply]]:
        tagged = self._tagged(commands)
        if tagged:
            for command in commands:
                verb = command.words.partition(b" ")[0]
                if verb in _OPENING:
                    self._opened = verb if verb in _OPENING[:2] else b""
            self._wire.write(b"".join(tag + b" " + reply.command.words + b"\r\n" for tag, reply in tagged))
        return tagged

    def _nodded(self, tag: bytes, reply: Reply) -> bool:
        """Has the server asked for the literal? False: it has answered instead."""
        while True:
            line = self._wire.whole_response()
            if line.startswith(b"+"):
                return True
            if self._took(line, tag, reply):
                return False

    def _complete(self, tag: bytes, reply: Reply) -> None:
        while not self._took(self._wire.whole_response(), tag, reply):
            pass

    def _took(self, line: bytes, tag: bytes, reply: Reply) -> bool:
        """Note one response; True: it was the last one of this reply."""
        if line.startswith(b"* "):
            bye = _BYE.match(line)
            if bye:
                raise imaplib.IMAP4.abort(bye[1].decode("ascii", "replace"))
            reply.untagged.append(line)
            return False
        found = _TAGGED.fullmatch(line)
        if found is None or found[1] != tag:
            raise imaplib.IMAP4.abort("an answer to nothing that was asked")
        reply.status, reply.text = found[2].decode("ascii").upper(), found[3]
        return True


def _load(source: Iterator[bytes], room: int, length: int) -> list[Command]:
    """As many commands as may be on their way. length: of all together."""
    load: list[Command] = []
    size = 0
    while len(load) < room and size < length:
        words = next(source, None)
        if words is None:
            break
        load.append(Command(words))
        size += len(words)
    return load
