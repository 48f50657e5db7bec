"""The same lives on a real IMAP server: the user's hands through one connection, mailwatch through another."""

from __future__ import annotations

import contextlib
import itertools
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from imapclient import IMAPClient

from mailwatch.backends.imap import ImapBackend, Secret, Server
from mailwatch.backends.memory import Faults
from mailwatch.core.model import (
    DraftRef,
    SpecialUse,
)
from mailwatch.sandbox import InlineParser
from mailwatch.tick import OpenAccount
from tests.servers.dovecot import Dovecot
from tests.tick.doubles import MINE
from tests.tick.lives import Fuse, Life
from tests.tick.witness import Witnessing
from tests.tick.world import SmallWorld

FOLDERS = {"INBOX": SpecialUse.INBOX, "Sent": SpecialUse.SENT, "Drafts": SpecialUse.DRAFTS, "Trash": SpecialUse.TRASH}

STATE = ["MESSAGES", "UIDNEXT", "UIDVALIDITY", "HIGHESTMODSEQ"]


@dataclass(frozen=True)
class Stored:
    folder: str
    uid: int
    raw: bytes

    @property
    def ref(self) -> str:
        return f"{self.folder}/{self.uid}"


class ImapMailbox:
    """The account from the user's side (what MemoryMailbox is in memory)."""

    account = MINE

    def __init__(self, server: Dovecot, now: Callable[[], datetime]) -> None:
        self.server = server
        self.user = server.new_user()
        self.faults = Faults(MINE)
        self._now = now
        self._validities = itertools.count(100)
        self._seen: dict[str, tuple[object, list[Stored]]] = {}
        self._hands = self._signed_in()
        for name in FOLDERS:
            if name != "INBOX":
                self._hands.create_folder(name)

    def _signed_in(self) -> IMAPClient:
        hands = IMAPClient(self.server.host, self.server.port, ssl=False)
        hands.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        hands.login(self.user, self.server.password)
        return hands

    def close(self) -> None:
        self._hands.logout()

    def messages(self, *uses: SpecialUse) -> tuple[Stored, ...]:
        return tuple(each for name, use in FOLDERS.items() if not uses or use in uses for each in self._in(name))

    def get(self, ref: str) -> Stored:
        return next(each for each in self._in(ref.partition("/")[0]) if each.ref == ref)

    def find(self, ref: str) -> Stored | None:
        with contextlib.suppress(StopIteration):
            return self.get(ref)
        return None

    def mail_arrives(self, raw: bytes, at: datetime, folder: str = "INBOX") -> None:
        self._hands.append(folder, raw, msg_time=at)

    def user_sends(self, raw: bytes, at: datetime) -> None:
        self._hands.append("Sent", raw, [rb"\Seen"], msg_time=at)

    def user_begins_draft(self, raw: bytes) -> None:
        self._hands.append("Drafts", raw, [rb"\Draft", rb"\Seen"], msg_time=self._now())

    def user_edits_draft(self, ref: str, raw: bytes) -> None:
        self.user_begins_draft(raw)
        self._remove(ref)

    def user_takes_draft(self, ref: str) -> bytes:
        raw = self.get(ref).raw
        self._remove(ref)
        return raw

    def user_sends_draft(self, ref: str, at: datetime, raw: bytes | None = None) -> None:
        self.user_sends(raw or self.get(ref).raw, at)
        self._remove(ref)

    def user_deletes(self, ref: str) -> None:
        folder, _, uid = ref.partition("/")
        self._hands.select_folder(folder)
        self._hands.move([int(uid)], "Trash")
        self._hands.unselect_folder()

    def renumber(self, folder: str) -> None:
        self._hands.logout()  # Dovecot ends sessions in which a folder was renumbered
        validity = str(next(self._validities))
        self.server.doveadm("mailbox", "update", "-u", self.user, "--uid-validity", validity, folder)
        self._hands = self._signed_in()

    def _remove(self, ref: str) -> None:
        folder, _, uid = ref.partition("/")
        self._hands.select_folder(folder)
        self._hands.delete_messages([int(uid)], silent=True)
        self._hands.uid_expunge([int(uid)])
        self._hands.unselect_folder()

    def _in(self, name: str) -> list[Stored]:
        """What lies in a folder, fetched again when the server says that it has changed."""
        now = tuple(sorted(self._hands.folder_status(name, STATE).items()))
        if self._seen.get(name, ("",))[0] != now:
            self._hands.select_folder(name, readonly=True)
            uids = self._hands.search("ALL")
            found = self._hands.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
            self._hands.unselect_folder()  # Dovecot's STATUS of a folder that is open tells of the moment of opening
            self._seen[name] = now, [Stored(name, uid, found[uid][b"BODY[]"]) for uid in sorted(found)]
        return self._seen[name][1]


class ImapWitness(Witnessing, ImapBackend):
    """The account's door, with faults to order; it remembers what was saved and discarded, and burns the fuse."""

    def __init__(self, mailbox: ImapMailbox, fuse: Fuse) -> None:
        server = mailbox.server
        where = Server(
            "home", server.host, server.port, mailbox.user, lambda: Secret(server.password), tls="none", timeout=20.0
        )
        super().__init__(MINE, where, InlineParser())
        self.bear_witness(mailbox, fuse)

    def own_ref(self, ref: DraftRef) -> str:
        folder, _, numbers = ref.partition("#")
        return f"{folder}/{numbers.partition('.')[2]}"


class ImapLife(Life):
    """A life whose mailbox lies on a server. Subclasses name it."""

    server: Dovecot

    def __init__(self) -> None:
        super().__init__()
        door = ImapWitness(self.world.mailbox, self.fuse)  # type: ignore[arg-type]
        self.door = door  # type: ignore[assignment]
        self.world.accounts = [OpenAccount("home", MINE, door)]

    def new_world(self) -> SmallWorld:
        world = SmallWorld(self.folder)
        world.mailbox = ImapMailbox(self.server, lambda: world.now)  # type: ignore[assignment]
        return world

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self.door.close()
            self.world.mailbox.close()  # type: ignore[attr-defined]
