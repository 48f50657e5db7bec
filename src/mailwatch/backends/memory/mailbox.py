"""The account itself: folders of messages, and what a person does in it with a mail program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailwatch.backends.memory.faults import Faults
from mailwatch.core.model import Address, SpecialUse

FOLDERS: Mapping[str, SpecialUse] = {
    "INBOX": SpecialUse.INBOX,
    "Sent": SpecialUse.SENT,
    "Archive": SpecialUse.ARCHIVE,
    "Jobs": SpecialUse.OTHER,
    "Drafts": SpecialUse.DRAFTS,
    "Trash": SpecialUse.TRASH,
    "Junk": SpecialUse.JUNK,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """One message in its folder.

    number: how many came to lie in the account before it. at: when it was received, None for a draft. read: its read flag.
    """

    folder: str
    uid: int
    number: int
    raw: bytes
    at: datetime | None
    read: bool = False

    @property
    def ref(self) -> str:
        """Where it lies: changes when it moves."""
        return f"{self.folder}/{self.uid}"


@dataclass(slots=True)
class Shelf:
    """One folder. validity changes when the server renumbers it, as UIDVALIDITY does."""

    use: SpecialUse
    validity: int = 1
    next_uid: int = 1
    messages: dict[int, Stored] = field(default_factory=dict)


class MemoryMailbox:
    """A mail account in memory, seen from the user's side.

    Messages are named by their refs, which a move changes; every action returns the new one.
    """

    def __init__(self, account: Address) -> None:
        self.account = account
        self.faults = Faults(account)
        self.shelves = {name: Shelf(use) for name, use in FOLDERS.items()}
        self._number = 0

    def put(self, raw: bytes, folder: str, at: datetime | None = None, *, read: bool = False) -> str:
        """A message comes to lie in a folder."""
        shelf = self.shelves[folder]
        stored = Stored(folder, shelf.next_uid, self._number, raw, at, read)
        shelf.messages[stored.uid] = stored
        shelf.next_uid += 1
        self._number += 1
        return stored.ref

    def mail_arrives(self, raw: bytes, at: datetime, folder: str = "INBOX") -> str:
        """Mail arrives, into INBOX or wherever a filter puts it."""
        return self.put(raw, folder, at)

    def user_sends(self, raw: bytes, at: datetime) -> str:
        """The user sends a mail written elsewhere; a copy lies in Sent."""
        return self.put(raw, "Sent", at, read=True)

    def user_begins_draft(self, raw: bytes) -> str:
        """The user begins a letter and leaves it in Drafts."""
        return self.put(raw, "Drafts", read=True)

    def user_edits_draft(self, ref: str, raw: bytes, *, keep_old: bool = False) -> str:
        """The user saves a draft again: a new message, the old one gone (or left behind, as aerc does)."""
        if not keep_old:
            self.purge(ref)
        return self.put(raw, "Drafts")

    def user_takes_draft(self, ref: str) -> bytes:
        """The user opens a draft in a program that takes it out of Drafts meanwhile (neomutt)."""
        return self._take(ref).raw

    def user_sends_draft(self, ref: str, at: datetime, raw: bytes | None = None) -> str:
        """The user sends a draft, edited or as it is."""
        stored = self._take(ref)
        return self.user_sends(raw or stored.raw, at)

    def user_moves(self, ref: str, folder: str) -> str:
        """The user files a message elsewhere."""
        stored = self._take(ref)
        return self.put(stored.raw, folder, stored.at, read=stored.read)

    def user_deletes(self, ref: str) -> str:
        """The user deletes a message: it lies in Trash."""
        return self.user_moves(ref, "Trash")

    def purge(self, ref: str) -> None:
        """A message is gone for good."""
        self._take(ref)

    def user_reads(self, ref: str) -> None:
        """The user reads a message."""
        stored = self.get(ref)
        self.shelves[stored.folder].messages[stored.uid] = replace(stored, read=True)

    def renumber(self, folder: str) -> None:
        """The server numbers a folder anew: bookmarks and refs for it are void."""
        shelf = self.shelves[folder]
        kept = list(shelf.messages.values())
        shelf.validity += 1
        shelf.messages.clear()
        for stored in kept:
            self.put(stored.raw, folder, stored.at, read=stored.read)

    def get(self, ref: str) -> Stored:
        """The message.

        Raises:
            KeyError: there is none under this ref.
        """
        folder, _, uid = ref.partition("/")
        return self.shelves[folder].messages[int(uid)]

    def find(self, ref: str) -> Stored | None:
        """The message, or None where there is none under this ref."""
        try:
            return self.get(ref)
        except (KeyError, ValueError):
            return None

    def messages(self, *uses: SpecialUse) -> tuple[Stored, ...]:
        """The messages in the folders for these uses (none named: in all), in the order in which they came."""
        shelves = [shelf for shelf in self.shelves.values() if not uses or shelf.use in uses]
        return tuple(
            sorted((each for shelf in shelves for each in shelf.messages.values()), key=lambda each: each.number)
        )

    def use_of(self, stored: Stored) -> SpecialUse:
        """What the message's folder is for."""
        return self.shelves[stored.folder].use

    def _take(self, ref: str) -> Stored:
        stored = self.get(ref)
        del self.shelves[stored.folder].messages[stored.uid]
        return stored
