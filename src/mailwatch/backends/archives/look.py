"""What is new in an archive since a bookmark: newest first, a page at a time, from the beginnings of messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from mailwatch.backends.archives import cursor as marks
from mailwatch.backends.archives.cursor import Bookmark, FolderMark
from mailwatch.backends.archives.store import Folder, Item, Listing, Store, unlisted
from mailwatch.backends.base import Changes
from mailwatch.backends.maildir.age import surely_older
from mailwatch.backends.maildir.files import Head
from mailwatch.backends.maildir.heads import envelopes_from_heads, problems_in_words
from mailwatch.backends.maildir.names import ref_of
from mailwatch.core.model import Envelope, MessageRef
from mailwatch.sandbox import Parser

PAGE = 500
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_UNSENT = re.compile(rb"^X-Unsent:[ \t]*1", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _New:
    folder: Folder
    item: Item

    @property
    def ref(self) -> MessageRef:
        return MessageRef(ref_of(self.folder.name, self.item.unique))


class Look:
    """One pass over all folders. account: for messages."""

    def __init__(
        self, account: str, store: Store, folders: Sequence[Folder], bookmark: Bookmark, parser: Parser
    ) -> None:
        self._account = account
        self._store = store
        self._folders = folders
        self._bookmark = bookmark
        self._parser = parser
        self._problems: Counter[str] = Counter()
        self._unsettled: set[str] = set()

    def pages(self) -> Iterator[Changes[Envelope]]:
        """The pages. Only the last one covers anything; a folder's stamp is noted there and not before."""
        listings = dict(self._changed())
        found = [new for folder, listing in listings.values() for new in self._unseen(folder, listing)]
        found.sort(key=lambda new: new.item.at, reverse=True)
        while len(found) > PAGE:
            page, found = found[:PAGE], found[PAGE:]
            yield Changes(self._envelopes(page), marks.cursor_from_bookmark(self._bookmark))
        items = self._envelopes(found)
        for name, (_, listing) in listings.items():
            mark = self._bookmark.folders[name]
            if name not in self._unsettled:
                mark.stamp, mark.end = listing.stamp, listing.end
        for name in set(self._bookmark.folders) - {folder.name for folder in self._folders}:
            del self._bookmark.folders[name]
        problems = problems_in_words(self._problems)
        cursor = marks.cursor_from_bookmark(self._bookmark)
        yield Changes(items, cursor, covers_from=self._bookmark.since, problems=problems)

    def _changed(self) -> Iterator[tuple[str, tuple[Folder, Listing]]]:
        """The folders that may hold something new, listed."""
        for folder in self._folders:
            mark = self._bookmark.folders.get(folder.name)
            if mark is None or mark.use is not folder.use:
                mark = self._bookmark.folders[folder.name] = FolderMark(folder.use)
            with self._listing(folder):
                if mark.stamp and self._store.stamp(folder) == mark.stamp:
                    continue
                yield folder.name, (folder, self._store.listing(folder, mark.end))

    def _unseen(self, folder: Folder, listing: Listing) -> Iterator[_New]:
        mark = self._bookmark.folders[folder.name]
        hashes = {marks.hash_of(unique): item for unique, item in listing.items.items()}
        if listing.whole:
            mark.seen.intersection_update(hashes)
        mark.stamp = mark.end = ""
        return (_New(folder, item) for digest, item in hashes.items() if digest not in mark.seen)

    @contextmanager
    def _listing(self, folder: Folder) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unlisted(folder, self._account, error) from None

    def _envelopes(self, page: Sequence[_New]) -> tuple[Envelope, ...]:
        return envelopes_from_heads(page, self._begun, self._parser, self._bookmark.since, self._problems)

    def _begun(self, new: _New) -> tuple[_New, Head] | None:
        """A message with its beginning; None where it is old, a draft, has vanished or can't be opened."""
        folder = new.folder
        try:
            head = self._store.head(folder, new.item.unique)
        except OSError as error:
            self._problems[f"in {folder.shown} can't be opened ({error.strerror})"] += 1
            head = None
        if head is None:
            self._unsettled.add(folder.name)
            return None
        self._bookmark.folders[folder.name].seen.add(marks.hash_of(new.item.unique))
        header = _END_OF_HEADER.split(head.data, 1)[0]
        return None if _UNSENT.search(header) or surely_older(header, self._bookmark.since) else (new, head)
