"""Maildir: mail in folders of files, as mail servers keep it and mbsync or offlineimap fetch it.

Understood are a Maildir, a Maildir++ with its dotted subfolders, and separate folders below a common root, nested or not.
Reading opens files and changes nothing: no flag, no name, no move from new to cur. The one thing ever written is a draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from mailwatch.backends.base import Capabilities, Changes, Found, Saved
from mailwatch.backends.maildir import writing
from mailwatch.backends.maildir.changes import Look
from mailwatch.backends.maildir.cursor import Bookmark, bookmark_from_cursor
from mailwatch.backends.maildir.drafts import DraftBox
from mailwatch.backends.maildir.files import LARGEST, Entry, entries_in, whole_of
from mailwatch.backends.maildir.layout import Choices, Folder, Layout, layout_of, required, unlisted
from mailwatch.backends.maildir.names import parts_of_ref
from mailwatch.core.model import (
    Address,
    Cursor,
    Draft,
    DraftRef,
    DraftSeen,
    Envelope,
    Fetched,
    Fingerprint,
    Interest,
    MessageRef,
    SpecialUse,
)
from mailwatch.sandbox import Parser

__all__ = ["MaildirBackend"]


class MaildirBackend:
    """One account kept as Maildir (satisfies base.MailBackend).

    Args:
        account: the user's address there.
        root: the folder that holds cur and new, or the folders.
        parser: reads message bytes.
        name: the account's name in the configuration, for messages.
        folders: configured names of special folders; the others are told by their names.
        watched: the user's own folders to read; none named: all.
    """

    capabilities = Capabilities(local=True)

    def __init__(
        self,
        account: Address,
        root: Path,
        parser: Parser,
        *,
        name: str = "",
        folders: Mapping[SpecialUse, str] | None = None,
        watched: Iterable[str] = (),
    ) -> None:
        self.account = account
        self._root = root
        self._parser = parser
        self._choices = Choices(name or account, dict(folders or {}), frozenset(watched))

    def changes(self, cursor: Cursor | None, *, since: datetime, interest: Interest) -> Iterator[Changes[Envelope]]:  # noqa: ARG002  nothing is cheaper to leave out here
        """See base.MailBackend. All that is new is listed, whatever the interest: looking costs little here."""
        layout = self._layout()
        required(layout, SpecialUse.SENT, self._root, self._choices.account)
        bookmark = bookmark_from_cursor(cursor, self._choices.account) if cursor else Bookmark(since)
        before = cursor or ""
        if since < bookmark.since:
            bookmark, before = Bookmark(since), ""
        yield from Look(self._choices.account, layout, bookmark, before, self._parser).pages()

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """See base.MailBackend. Whole messages, up to 25 MB of each."""
        layout = self._layout()
        listings: dict[str, Mapping[str, Entry]] = {}
        for ref in refs:
            name, unique = parts_of_ref(ref)
            folder = layout.named(name)
            raw = self._read(folder, unique, listings) if folder else None
            if raw is not None:
                yield Fetched(ref, complete=len(raw) <= LARGEST, raw=raw[:LARGEST])

    def drafts(self) -> tuple[DraftSeen, ...]:
        """See base.MailBackend."""
        return self._box().listing()

    def find_draft(self, draft: Draft) -> tuple[Found, ...]:
        """See base.MailBackend."""
        return self._box().find(draft)

    def save_draft(self, draft: Draft) -> Saved:
        """See base.MailBackend."""
        return writing.save(draft, self._layout(), self._root, self._choices.account)

    def read_draft(self, ref: DraftRef) -> bytes | None:
        """See base.MailBackend."""
        return self._box().read(ref)

    def discard_draft(self, ref: DraftRef, *, unchanged_from: Fingerprint) -> bool:
        """See base.MailBackend."""
        return self._box().discard(ref, unchanged_from)

    def close(self) -> None:
        """Nothing is held open."""

    def _read(self, folder: Folder, unique: str, listings: dict[str, Mapping[str, Entry]]) -> bytes | None:
        """A message's bytes; None: it has vanished. Its flags, and with them its name, may change after the listing."""
        if folder.name not in listings:
            listings[folder.name] = self._entries(folder)
        for _ in range(2):
            entry = listings[folder.name].get(unique)
            try:
                return whole_of(folder.path / entry.inside / entry.name, LARGEST + 1) if entry else None
            except FileNotFoundError:
                listings[folder.name] = self._entries(folder)
            except OSError:
                return None
        return None

    def _entries(self, folder: Folder) -> Mapping[str, Entry]:
        try:
            return entries_in(folder.path)
        except OSError as error:
            raise unlisted(folder, self._choices.account, error) from None

    def _layout(self) -> Layout:
        return layout_of(self._root, self._choices)

    def _box(self) -> DraftBox:
        return DraftBox(self.account, self._choices.account, self._root, self._layout(), self._parser)
