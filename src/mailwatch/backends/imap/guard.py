"""What may leave towards an IMAP server: a list of command forms, each matched whole, before the first byte is on the wire.

IMAP can send (some servers mail what is put into a certain folder) and can mark, move and delete. So every outgoing line is
taken apart here, below the library, whoever made it. Anything that is not on the list is a bug of ours and stops the run.
"""

from __future__ import annotations

import re

from mailwatch.errors import RefusedToSend

_MAILBOX = rb'"(?:[^"\\\r\n]|\\["\\])*"'
_SET = rb"[0-9:,*]{1,8192}"
_FIELDS = rb"HEADER(?:\.FIELDS \([A-Za-z0-9 -]{1,2000}\))?"
_SECTION = (
    rb"BODY\.PEEK\[(?:(?:"
    + _FIELDS
    + rb"|[0-9.]{1,100})\](?:<0\.[0-9]{1,9}>)?|(?:[0-9.]{1,100}\.HEADER)?\]<0\.[0-9]{1,9}>)"
)
_ITEM = rb"(?:UID|FLAGS|INTERNALDATE|RFC822\.SIZE|BODYSTRUCTURE|X-GM-THRID|X-GM-LABELS|" + _SECTION + rb")"
_RETURN = rb"(?: RETURN \((?:SPECIAL-USE)?(?: ?STATUS \([A-Z ]{1,80}\))?\))?"
_STRING = rb"(?:" + _MAILBOX + rb"|[^\s(){%*\"\\]{1,4000})"

_READING = (
    rb"CAPABILITY|NOOP|LOGOUT|NAMESPACE|UNSELECT|STARTTLS|COMPRESS DEFLATE|ENABLE [A-Z= ]{1,100}",
    rb"ID \((?:" + _MAILBOX + rb" ?)+\)|ID NIL",
    rb"LOGIN " + _STRING + rb" " + _STRING,
    rb"AUTHENTICATE (?:PLAIN|XOAUTH2|OAUTHBEARER)(?: [A-Za-z0-9+/=]{1,16000})?",
    rb'LIST "" "\*"' + _RETURN,
    rb"STATUS " + _MAILBOX + rb" \([A-Z ]{1,80}\)",
    rb"EXAMINE " + _MAILBOX + rb"(?: \(CONDSTORE\))?",
    rb'UID SEARCH (?:RETURN \(ALL\) )?[A-Za-z0-9:*, "<>@.!#$%&\'+/=?^_`{|}~-]{1,2000}',
    rb"UID FETCH " + _SET + rb" \(" + _ITEM + rb"(?: " + _ITEM + rb")*\)",
)
_READ = tuple(re.compile(form) for form in _READING)
_COMMAND = re.compile(rb"[A-Za-z0-9]{1,20} ([^\r\n]*)")
_ANSWER = re.compile(rb"[A-Za-z0-9+/=]{0,16000}|\*")
_LITERAL = re.compile(rb"(.*) \{([0-9]{1,9})(\+?)\}")
_CHANGE = re.compile(rb"UID (?:STORE [0-9]{1,10} [+-]FLAGS\.SILENT \(\\Deleted\)|EXPUNGE [0-9]{1,10})")
_SELECTING = re.compile(rb"(?:SELECT|EXAMINE|UNSELECT|CLOSE)\b")


class Guard:
    """Watches one connection's outgoing bytes.

    drafts: the Drafts mailbox as it is written on the wire, quoted; None until one has been confirmed. It alone may be
        appended to, selected for writing, and have single messages removed from it.
    """

    def __init__(self) -> None:
        self.drafts: bytes | None = None
        self._waiting = b""
        self._literal = 0
        self._literal_follows = False
        self._signing_in = False
        self._in_drafts = False
        self._examining = False

    def admit(self, data: bytes) -> None:
        """Look at bytes that are about to leave.

        Raises:
            RefusedToSend: a command in them is not on the list; none of these bytes may leave.
        """
        self._waiting += data
        while self._waiting:
            if self._literal:
                taken = min(self._literal, len(self._waiting))
                self._waiting, self._literal = self._waiting[taken:], self._literal - taken
                continue
            line, end, rest = self._waiting.partition(b"\r\n")
            if not end:
                if len(line) > 70_000:
                    raise _refused("a line without end")
                return
            self._waiting = rest
            self._admit_line(line)

    def _admit_line(self, line: bytes) -> None:
        if self._literal_follows:  # what stands behind a literal: nothing does
            self._literal_follows = False
            if line:
                raise _refused("words behind a literal")
            return
        command = _COMMAND.fullmatch(line)
        if command is None:
            if not (self._signing_in and _ANSWER.fullmatch(line)):
                raise _refused("a line that is no command")
            return
        self._admit_command(command[1])

    def _admit_command(self, words: bytes) -> None:
        verb = words.partition(b" ")[0].upper()
        self._signing_in = verb == b"AUTHENTICATE"
        literal = _LITERAL.fullmatch(words)
        if literal:
            if self.drafts is None or literal[1] != b"APPEND " + self.drafts + b" (\\Draft \\Seen)":
                raise _refused(f"{_shown(verb)} with a literal")
            self._literal, self._literal_follows = int(literal[2]), True
            return
        writes = self.drafts is not None and words == b"SELECT " + self.drafts
        removes = self._in_drafts and _CHANGE.fullmatch(words) is not None
        leaves = self._examining and words == b"CLOSE"  # where nothing can be written, closing removes nothing
        if not (writes or removes or leaves or any(form.fullmatch(words) for form in _READ)):
            raise _refused(_shown(verb))
        if _SELECTING.match(words):
            self._in_drafts, self._examining = writes, verb == b"EXAMINE"


def _shown(verb: bytes) -> str:
    """The verb alone: arguments may hold secrets."""
    return verb[:20].decode("ascii", "replace")


def _refused(what: str) -> RefusedToSend:
    return RefusedToSend(f"A request to an IMAP server that is not on the list was stopped before it left: {what}.")
