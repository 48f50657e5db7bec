"""Drafts in a Maildir: listed, found again wherever they went, read, and discarded while untouched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailwatch.backends.base import Found, FoundPlace
from mailwatch.backends.evidence import could_be, draft_seen, evidence_for
from mailwatch.backends.maildir.files import LARGEST, Entry, Head, entries_in, head_of, stamp_of, whole_of
from mailwatch.backends.maildir.layout import Folder, Layout, required, unlisted
from mailwatch.backends.maildir.names import parts_of_ref, ref_of
from mailwatch.core.identity import fingerprint_of
from mailwatch.core.model import Address, Draft, DraftRef, DraftSeen, Envelope, Fingerprint, MessageRef, SpecialUse
from mailwatch.errors import BackendError
from mailwatch.sandbox import Parser, Unreadable

_PLACES = {
    SpecialUse.DRAFTS: FoundPlace.DRAFTS,
    SpecialUse.SENT: FoundPlace.SENT,
    SpecialUse.TRASH: FoundPlace.TRASH,
}


@dataclass(frozen=True, slots=True)
class _Message:
    folder: Folder
    entry: Entry
    head: Head
    envelope: Envelope | None

    @property
    def ref(self) -> str:
        return ref_of(self.folder.name, self.entry.file.unique)

    @property
    def stamp(self) -> str:
        return self.head.stamp


@dataclass(frozen=True, slots=True)
class DraftBox:
    """The drafts of one account, as its folders lie at this moment. name: the account's name in the configuration."""

    account: Address
    name: str
    root: Path
    layout: Layout
    parser: Parser

    def listing(self) -> tuple[DraftSeen, ...]:
        """Every draft in the Drafts folders that is not flagged as deleted.

        Raises:
            BackendError: there is no Drafts folder, or one can't be listed.
        """
        return tuple(
            self._seen(message)
            for folder in required(self.layout, SpecialUse.DRAFTS, self.root, self.name)
            for message in self._messages_in(folder, None)
            if "T" not in message.entry.file.flags
        )

    def find(self, draft: Draft) -> tuple[Found, ...]:
        """Where the draft lies in Drafts, Sent and Trash, within one place the oldest first.

        Raises:
            BackendError: there is no Drafts or Sent folder, or one of the three can't be listed.
        """
        for use in (SpecialUse.DRAFTS, SpecialUse.SENT):
            required(self.layout, use, self.root, self.name)
        return self.found_in(draft, self.layout.of(*_PLACES))

    def found_in(self, draft: Draft, folders: Sequence[Folder]) -> tuple[Found, ...]:
        """Where the draft lies in some folders, within one of them the oldest first. Raises: see find."""
        found: list[tuple[datetime, Found]] = []
        for folder in folders:
            for message in self._messages_in(folder, draft):
                place = _place_of(message)
                by = evidence_for(draft, message.envelope, place) if message.envelope else ""
                if by:
                    found.append((message.head.modified, _found(message, place, by)))
        return tuple(each for _, each in sorted(found, key=lambda dated: dated[0]))

    def read(self, ref: DraftRef) -> bytes | None:
        """The draft's bytes as they are now; None where it is gone or flagged as deleted."""
        path = self._path_of(ref)
        with suppress(FileNotFoundError):
            return whole_of(path, LARGEST) if path else None
        return None

    def discard(self, ref: DraftRef, unchanged_from: Fingerprint) -> bool:
        """Delete the draft if its fingerprint is this one and nobody touches it meanwhile."""
        path = self._path_of(ref)
        try:
            if path is None:
                return False
            before = stamp_of(path)
            if fingerprint_of(whole_of(path, LARGEST)) != unchanged_from or stamp_of(path) != before:
                return False
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise BackendError(self.name, f"A draft of {self.name} can't be deleted ({error.strerror}).") from None
        return True

    def _messages_in(self, folder: Folder, draft: Draft | None) -> Iterator[_Message]:
        """The messages of a folder, or only those that could be this draft."""
        try:
            entries = entries_in(folder.path).values()
        except OSError as error:
            raise unlisted(folder, self.name, error) from None
        for entry in entries:
            try:
                head = head_of(folder.path / entry.inside / entry.name)
            except FileNotFoundError:
                continue
            except OSError as error:
                if folder.use is SpecialUse.DRAFTS:
                    raise unlisted(folder, self.name, error) from None
                continue
            if draft is None or could_be(draft, head.data):
                yield _Message(folder, entry, head, self._envelope(folder, entry, head))

    def _envelope(self, folder: Folder, entry: Entry, head: Head) -> Envelope | None:
        ref = MessageRef(ref_of(folder.name, entry.file.unique))
        try:
            return self.parser.envelope(head.data, ref=ref, role=folder.use)
        except Unreadable:
            return None

    def _seen(self, message: _Message) -> DraftSeen:
        return draft_seen(self.account, DraftRef(message.ref), message.stamp, message.envelope)

    def _path_of(self, ref: DraftRef) -> Path | None:
        name, unique = parts_of_ref(ref)
        folder = self.layout.named(name)
        if folder is None or folder.use is not SpecialUse.DRAFTS:
            return None
        try:
            entry = entries_in(folder.path).get(unique)
        except OSError as error:
            raise unlisted(folder, self.name, error) from None
        if entry is None or "T" in entry.file.flags:
            return None
        return folder.path / entry.inside / entry.name


def _place_of(message: _Message) -> FoundPlace:
    if message.folder.use is SpecialUse.DRAFTS and "T" in message.entry.file.flags:
        return FoundPlace.TRASH
    return _PLACES[message.folder.use]


def _found(message: _Message, place: FoundPlace, by: str) -> Found:
    date = message.envelope.at if message.envelope else None
    return Found(place, DraftRef(message.ref), by, date=date, stamp=message.stamp)
