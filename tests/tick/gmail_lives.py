"""The same lives on a fake Gmail: the user's hands in the account itself, mailwatch through Google's interface."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailwatch.backends.gmail import GmailBackend
from mailwatch.backends.memory import Faults
from mailwatch.core.model import (
    DraftRef,
    SpecialUse,
)
from mailwatch.sandbox import InlineParser
from mailwatch.tick import OpenAccount
from mailwatch.transport import Limits
from tests.servers.google_account import QUICK, FreeBudget, Tokens
from tests.servers.google_mailbox import Mail, milliseconds
from tests.servers.google_server import FakeGoogle, Host
from tests.tick.doubles import MINE
from tests.tick.lives import Fuse, Life
from tests.tick.witness import Witnessing
from tests.tick.world import SmallWorld

_LABELS = {"INBOX": "INBOX", "Sent": "SENT", "Drafts": "DRAFT", "Trash": "TRASH"}
_USES = {SpecialUse.INBOX: "INBOX", SpecialUse.SENT: "Sent", SpecialUse.DRAFTS: "Drafts", SpecialUse.TRASH: "Trash"}


@dataclass(frozen=True)
class Stored:
    folder: str
    id: str
    raw: bytes

    @property
    def ref(self) -> str:
        return f"{self.folder}/{self.id}"


class GmailMailbox:
    """The account from the user's side (what MemoryMailbox is in memory). A draft's ref is its draft id."""

    account = MINE

    def __init__(self, google: FakeGoogle, now: Callable[[], datetime]) -> None:
        self.google = google
        self.faults = Faults(MINE)
        self._now = now

    @property
    def box(self) -> Any:
        self.google.box.now = milliseconds(self._now())
        return self.google.box

    def messages(self, *uses: SpecialUse) -> tuple[Stored, ...]:
        wanted = [_USES[use] for use in uses] if uses else list(_LABELS)
        return tuple(self._stored(mail) for mail in self.box.mails.values() if self._folder(mail) in wanted)

    def get(self, ref: str) -> Stored:
        folder, _, identity = ref.partition("/")
        mail = self.box.draft(identity) if folder == "Drafts" else self.box.get(identity)
        return self._stored(mail)

    def find(self, ref: str) -> Stored | None:
        with contextlib.suppress(LookupError):
            return self.get(ref)
        return None

    def mail_arrives(self, raw: bytes, at: datetime, folder: str = "INBOX") -> None:
        self.box.arrives(raw, {_LABELS[folder]}, milliseconds(at))

    def user_sends(self, raw: bytes, at: datetime) -> None:
        self.box.arrives(raw, {"SENT"}, milliseconds(at))

    def user_begins_draft(self, raw: bytes) -> None:
        self.box.begin_draft(raw)

    def user_edits_draft(self, ref: str, raw: bytes) -> None:
        self.box.edit_draft(self._id(ref), raw)

    def user_takes_draft(self, ref: str) -> bytes:
        raw = self.get(ref).raw
        self.box.drop_draft(self._id(ref))
        return raw

    def user_sends_draft(self, ref: str, at: datetime, raw: bytes | None = None) -> None:
        self.box.send_draft(self._id(ref), raw).at = milliseconds(at)

    def user_deletes(self, ref: str) -> None:
        self.box.trash_draft(self._id(ref))

    def renumber(self, folder: str) -> None:
        self.box.forget_history()

    @staticmethod
    def _id(ref: str) -> str:
        return ref.partition("/")[2]

    def _stored(self, mail: Mail) -> Stored:
        folder = self._folder(mail)
        identity = self.google.box.draft_of(mail) if folder == "Drafts" else mail.id
        return Stored(folder, identity, mail.raw)

    @staticmethod
    def _folder(mail: Mail) -> str:
        return next(folder for folder, label in _LABELS.items() if label in mail.labels)


class GmailWitness(Witnessing, GmailBackend):
    """The account's door, with faults to order; it remembers what was saved and discarded, and burns the fuse."""

    def __init__(self, mailbox: GmailMailbox, fuse: Fuse, limits: Limits = QUICK) -> None:
        google = mailbox.google
        super().__init__(
            MINE, "home", Tokens(google), InlineParser(), budget=FreeBudget("home"), api_url=google.url, limits=limits
        )
        self.bear_witness(mailbox, fuse)

    def own_ref(self, ref: DraftRef) -> str:
        return f"Drafts/{ref.partition('/')[2]}"


class GmailLife(Life):
    """A life whose mailbox lies at Google. Subclasses name the machine."""

    host: Host

    def __init__(self) -> None:
        super().__init__()
        door = GmailWitness(self.world.mailbox, self.fuse)  # type: ignore[arg-type]
        self.door = door  # type: ignore[assignment]
        self.world.accounts = [OpenAccount("home", MINE, door)]

    def new_world(self) -> SmallWorld:
        world = SmallWorld(self.folder)
        world.mailbox = GmailMailbox(self.host.fresh(str(MINE)), lambda: world.now)  # type: ignore[assignment]
        return world

    def teardown(self) -> None:
        try:
            super().teardown()
            google = self.world.mailbox.google  # type: ignore[attr-defined]
            assert google.violations == []
            assert google.box.ghosts == []
        finally:
            self.door.close()
