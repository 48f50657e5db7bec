"""Calendars in iCalendar files (RFC 5545): one .ics file, a folder of them, or a feed over https. Read-only.

A file that has not changed is not parsed. What was known and is no longer listed is removed, but a calendar that is
suddenly empty, cut short or replaced by a web page is an error and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from mailwatch.backends.base import CalendarItem, Changes
from mailwatch.backends.icsfile.cursor import cursor_from_shelf, shelf_from_cursor
from mailwatch.backends.icsfile.sources import FeedSource, FileSource, FolderSource, Source
from mailwatch.backends.pieces import Comparer, Piece, Shelf
from mailwatch.core.model import Cursor, Window
from mailwatch.sandbox import Parser

__all__ = ["FeedSource", "FileSource", "FolderSource", "IcsCalendar", "source_from_path"]


def source_from_path(name: str, path: Path) -> Source:
    """A file, or a folder of files."""
    return FolderSource(name, path) if path.is_dir() else FileSource(name, path)


class IcsCalendar:
    """One calendar made of iCalendar text (satisfies base.CalendarBackend).

    Args:
        name: the calendar's name in the configuration.
        source: where the text comes from.
        parser: reads it.
        zone: IANA name of the zone for times that name none.
    """

    def __init__(self, name: str, source: Source, parser: Parser, *, zone: str) -> None:
        self.name = name
        self._source = source
        self._comparer = Comparer(name, parser, zone)

    def changes(self, cursor: Cursor | None, *, window: Window) -> Iterator[Changes[CalendarItem]]:
        """See base.CalendarBackend. One page. The cursor's window serves until the one asked for lies a day further."""
        before = shelf_from_cursor(cursor, self.name) if cursor else Shelf(window)
        same_window = bool(cursor) and before.serves(window)
        stamps = {key: mark.stamp for key, mark in before.pieces.items()} if same_window else {}
        pieces = self._source.read(stamps)
        unchanged = same_window and pieces.keys() == before.pieces.keys() and all(each.same for each in pieces.values())
        if cursor and unchanged:
            problems = self._comparer.problems(before)
            yield Changes((), cursor, covers_from=before.window.start, problems=problems)
        else:
            yield self._compared(before, pieces, before.window if same_window else window)

    def close(self) -> None:
        """Nothing is held open."""

    def _compared(self, before: Shelf, pieces: Mapping[str, Piece], window: Window) -> Changes[CalendarItem]:
        found = self._comparer.compared(before, pieces, window)
        return Changes(
            found.items,
            cursor_from_shelf(found.shelf),
            None if found.faults else window.start,
            removed=found.removed,
            problems=self._comparer.problems(found.shelf, found.faults),
        )
