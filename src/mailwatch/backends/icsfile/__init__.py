"""Calendars in iCalendar files (RFC 5545): one .ics file, a folder of them, or a feed over https. Read-only.

A file that has not changed is not parsed. What was known and is no longer listed is removed, but a calendar that is
suddenly empty, cut short or replaced by a web page is an error and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from mailwatch.backends.base import CalendarItem, Changes
from mailwatch.backends.calendar_diff import changed_items, newest_by_ref, removed_refs
from mailwatch.backends.icsfile.cursor import PieceMark, Shelf, cursor_from_shelf, shelf_from_cursor
from mailwatch.backends.icsfile.sources import FeedSource, FileSource, FolderSource, Piece, Source
from mailwatch.core.ics import CALENDAR_EVENTS
from mailwatch.core.model import Cursor, Window
from mailwatch.sandbox import Parser, Unreadable

__all__ = ["FeedSource", "FileSource", "FolderSource", "IcsCalendar", "source_from_path"]

_DAILY = timedelta(days=1)


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
        self._parser = parser
        self._zone = zone

    def changes(self, cursor: Cursor | None, *, window: Window) -> Iterator[Changes[CalendarItem]]:
        """See base.CalendarBackend. One page. The cursor's window serves until the one asked for lies a day further."""
        before = shelf_from_cursor(cursor, self.name) if cursor else Shelf(window)
        same_window = bool(cursor) and _close(before.window, window)
        stamps = {key: mark.stamp for key, mark in before.pieces.items()} if same_window else {}
        pieces = self._source.read(stamps)
        unchanged = same_window and pieces.keys() == before.pieces.keys() and all(each.same for each in pieces.values())
        if cursor and unchanged:
            yield Changes((), cursor, covers_from=before.window.start, problems=self._problems(before))
        else:
            yield self._compared(before, pieces, before.window if same_window else window)

    def close(self) -> None:
        """Nothing is held open."""

    def _compared(self, before: Shelf, pieces: Mapping[str, Piece], window: Window) -> Changes[CalendarItem]:
        items: list[CalendarItem] = []
        faults: list[str] = []
        marks: dict[str, PieceMark] = {}
        for key, piece in pieces.items():
            mark = before.pieces.get(key, PieceMark(""))
            try:
                changed, marks[key] = self._taken(piece, mark, window)
                items += changed
            except Unreadable as unreadable:  # it keeps what it held, and is read again next time
                faults.append(f"it {unreadable.reason}")
                marks[key] = PieceMark("", mark.known)
            if piece.problem:
                faults.append(piece.problem)
        shelf = Shelf(window, marks)
        removed = removed_refs(self.name, before.known, shelf.known, window)
        covers, problems = None if faults else window.start, self._problems(shelf, faults)
        return Changes(tuple(items), cursor_from_shelf(shelf), covers, removed=removed, problems=problems)

    def _taken(self, piece: Piece, mark: PieceMark, window: Window) -> tuple[tuple[CalendarItem, ...], PieceMark]:
        """What is new in one piece, and its mark."""
        if piece.problem:
            return (), PieceMark("", mark.known)
        if piece.data is None:
            return (), PieceMark(piece.stamp, mark.known, mark.problems)
        parsed = self._parser.calendar(piece.data, window=window, zone=self._zone)
        items, known = changed_items(mark.known, newest_by_ref(parsed.events))
        if len(parsed.events) >= CALENDAR_EVENTS:  # the rest was cut off: what is missing may still be there
            known = {**mark.known, **known}
        return items, PieceMark(piece.stamp, known, parsed.problems)

    def _problems(self, shelf: Shelf, faults: Sequence[str] = ()) -> tuple[str, ...]:
        whole = [
            f"{count} {'file' if count == 1 else 'files'} of calendar {self.name} can't be read: {fault}"
            for fault, count in Counter(faults).items()
        ]
        parts = dict.fromkeys(problem for mark in shelf.pieces.values() for problem in mark.problems)
        return (*whole, *(f"calendar {self.name}: {problem}" for problem in parts))


def _close(one: Window, other: Window) -> bool:
    return abs(one.start - other.start) < _DAILY and abs(one.end - other.end) < _DAILY
