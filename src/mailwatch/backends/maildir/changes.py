"""What is new in a Maildir since a bookmark: newest first, a page at a time, from nothing but the beginnings of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from mailwatch.backends.base import Changes
from mailwatch.backends.maildir import cursor as marks
from mailwatch.backends.maildir.cursor import Bookmark, FolderMark
from mailwatch.backends.maildir.files import Entry, Head, entries_in, head_of
from mailwatch.backends.maildir.heads import envelopes_from_heads, problems_in_words
from mailwatch.backends.maildir.layout import Folder, Layout, unlisted
from mailwatch.backends.maildir.names import ref_of
from mailwatch.core.model import Cursor, Envelope, MessageRef, SpecialUse
from mailwatch.sandbox import Parser

PAGE = 500


@dataclass(frozen=True, slots=True)
class _New:
    folder: Folder
    entry: Entry

    @property
    def ref(self) -> MessageRef:
        return MessageRef(ref_of(self.folder.name, self.entry.file.unique))


class Look:
    """One pass over all folders but Drafts.

    Args:
        account: for messages.
        before: the cursor that `bookmark` was read from, given back where nothing has changed; "" for a first look.
    """

    def __init__(self, account: str, layout: Layout, bookmark: Bookmark, before: str, parser: Parser) -> None:
        self._account = account
        self._folders = tuple(folder for folder in layout.folders if folder.use is not SpecialUse.DRAFTS)
        self._bookmark = bookmark
        self._before = before
        self._parser = parser
        self._problems: Counter[str] = Counter()
        self._unsettled: set[str] = set()

    def pages(self) -> Iterator[Changes[Envelope]]:
        """The pages. Only the last one covers anything; a folder's times are noted there and not before."""
        times = self._times_of_changed()
        found = [new for folder in self._folders if folder.name in times for new in self._unseen(folder)]
        found.sort(key=lambda new: new.entry.file.delivered, reverse=True)
        while len(found) > PAGE:
            page, found = found[:PAGE], found[PAGE:]
            yield Changes(self._envelopes(page), marks.cursor_from_bookmark(self._bookmark))
        items = self._envelopes(found)
        for name, moment in times.items():
            self._bookmark.folders[name].times = marks.UNSETTLED if name in self._unsettled else marks.settled(moment)
        problems = problems_in_words(self._problems)
        yield Changes(items, self._cursor(changed=bool(times)), covers_from=self._bookmark.since, problems=problems)

    def _cursor(self, *, changed: bool) -> Cursor:
        gone = set(self._bookmark.folders) - {folder.name for folder in self._folders}
        for name in gone:
            del self._bookmark.folders[name]
        same = self._before and not changed and not gone
        return Cursor(self._before) if same else marks.cursor_from_bookmark(self._bookmark)

    def _times_of_changed(self) -> dict[str, tuple[int, int]]:
        """Modification times, taken before anything is listed, of the folders that may hold something new."""
        changed: dict[str, tuple[int, int]] = {}
        for folder in self._folders:
            mark = self._bookmark.folders.get(folder.name)
            with self._listing(folder):
                times = marks.times_of(folder.path)
            if mark is None or mark.use is not folder.use:
                self._bookmark.folders[folder.name] = FolderMark(folder.use)
            elif mark.times == times:
                continue
            changed[folder.name] = times
        return changed

    def _unseen(self, folder: Folder) -> Iterator[_New]:
        with self._listing(folder):
            entries = entries_in(folder.path)
        mark = self._bookmark.folders[folder.name]
        hashes = {marks.hash_of(unique): entry for unique, entry in entries.items()}
        mark.seen.intersection_update(hashes)
        mark.times = marks.UNSETTLED
        for digest in hashes.keys() - mark.seen:
            entry = hashes[digest]
            if "D" not in entry.file.flags or folder.use is SpecialUse.SENT:  # a draft elsewhere is still a draft
                yield _New(folder, entry)

    @contextmanager
    def _listing(self, folder: Folder) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unlisted(folder, self._account, error) from None

    def _envelopes(self, page: Sequence[_New]) -> tuple[Envelope, ...]:
        return envelopes_from_heads(page, self._begun, self._parser, self._bookmark.since, self._problems)

    def _begun(self, new: _New) -> tuple[_New, Head] | None:
        """A message with its beginning; None where it is old, has vanished or can't be opened."""
        folder = new.folder
        try:
            head = _head_of(folder, new.entry, self._bookmark.since)
        except OSError as error:
            self._problems[f"in {folder.shown} can't be opened ({error.strerror})"] += 1
            head = None
        if head is None:
            self._unsettled.add(folder.name)
            return None
        self._bookmark.folders[folder.name].seen.add(marks.hash_of(new.entry.file.unique))
        return None if head.old else (new, head)


def _head_of(folder: Folder, entry: Entry, since: datetime) -> Head | None:
    """The beginning of a message, looked for once more where its flags have changed since the listing; None: vanished."""
    try:
        return head_of(folder.path / entry.inside / entry.name, since=since)
    except FileNotFoundError:
        again = entries_in(folder.path).get(entry.file.unique)
        if again is None:
            return None
    try:
        return head_of(folder.path / again.inside / again.name, since=since)
    except FileNotFoundError:
        return None
