"""Calendars that consist of pieces of iCalendar text (files, CalDAV resources), and what has changed in them between two looks.

A piece that has not changed is not parsed. What was known and is no longer listed is removed, but a calendar that is
suddenly empty is an error and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from mailwatch.backends.base import CalendarItem
from mailwatch.backends.calendar_diff import Known, changed_items, newest_by_ref, removed_refs
from mailwatch.core.ics import CALENDAR_EVENTS
from mailwatch.core.model import EventRef, Window
from mailwatch.sandbox import Parser, Unreadable

_DAILY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece's text. data is None where it has not changed since the stamp shown, or where `problem` says why."""

    stamp: str
    data: bytes | None = None
    problem: str = ""

    @property
    def same(self) -> bool:
        """Nothing has changed."""
        return self.data is None and not self.problem


@dataclass(frozen=True, slots=True)
class PieceMark:
    """One piece: its stamp when it was parsed ("" asks for it to be parsed again) and what it held in the window.

    problems: what in it could not be read, one phrase each.
    """

    stamp: str
    known: Mapping[EventRef, Known] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """All pieces of one calendar, by name."""

    window: Window
    pieces: Mapping[str, PieceMark] = field(default_factory=dict)

    @property
    def known(self) -> dict[EventRef, Known]:
        """What all pieces hold together."""
        return {ref: known for mark in self.pieces.values() for ref, known in mark.known.items()}

    def serves(self, window: Window) -> bool:
        """Is its window still the one asked for, give or take a day?"""
        return abs(self.window.start - window.start) < _DAILY and abs(self.window.end - window.end) < _DAILY


@dataclass(frozen=True, slots=True)
class Compared:
    """What pieces say against what was known. faults: why a piece could not be read, one phrase each."""

    items: tuple[CalendarItem, ...]
    shelf: Shelf
    removed: frozenset[EventRef]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparer:
    """Reads pieces and compares. name: the calendar's; zone: for times that name none; units: what one piece and many are called."""

    name: str
    parser: Parser
    zone: str
    units: tuple[str, str] = ("file", "files")

    def compared(self, before: Shelf, pieces: Mapping[str, Piece], window: Window) -> Compared:
        """What is new, changed and gone.

        Raises:
            ProtocolError: it is suddenly empty.
        """
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
        return Compared(tuple(items), shelf, removed_refs(self.name, before.known, shelf.known, window), tuple(faults))

    def problems(self, shelf: Shelf, faults: Sequence[str] = ()) -> tuple[str, ...]:
        """What could not be read, for the status: whole pieces, and parts of others."""
        whole = [
            f"{count} {self.units[count != 1]} of calendar {self.name} can't be read: {fault}"
            for fault, count in Counter(faults).items()
        ]
        parts = dict.fromkeys(problem for mark in shelf.pieces.values() for problem in mark.problems)
        return (*whole, *(f"calendar {self.name}: {problem}" for problem in parts))

    def _taken(self, piece: Piece, mark: PieceMark, window: Window) -> tuple[tuple[CalendarItem, ...], PieceMark]:
        """What is new in one piece, and its mark."""
        if piece.problem:
            return (), PieceMark("", mark.known)
        if piece.data is None:
            return (), PieceMark(piece.stamp, mark.known, mark.problems)
        parsed = self.parser.calendar(piece.data, window=window, zone=self.zone)
        items, known = changed_items(mark.known, newest_by_ref(parsed.events))
        if len(parsed.events) >= CALENDAR_EVENTS:  # the rest was cut off: what is missing may still be there
            known = {**mark.known, **known}
        return items, PieceMark(piece.stamp, known, parsed.problems)


def table_from_shelf(shelf: Shelf) -> dict[str, Any]:
    """A shelf as JSON values."""
    pieces = {
        key: [
            mark.stamp,
            {ref: [known.digest, known.start, known.end] for ref, known in mark.known.items()},
            mark.problems,
        ]
        for key, mark in shelf.pieces.items()
    }
    return {"pieces": pieces, "window": [shelf.window.start.isoformat(), shelf.window.end.isoformat()]}


def shelf_from_table(table: Mapping[str, Any]) -> Shelf:
    """A shelf back from JSON values.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: they are none of a shelf.
    """
    start, end = (datetime.fromisoformat(moment).astimezone(UTC) for moment in table["window"])
    return Shelf(Window(start, end), {key: _mark(*values) for key, values in table["pieces"].items()})


def _mark(stamp: str, held: Mapping[str, tuple[str, int, int]], problems: Sequence[str]) -> PieceMark:
    known = {EventRef(ref): Known(str(digest), int(start), int(end)) for ref, (digest, start, end) in held.items()}
    return PieceMark(str(stamp), known, tuple(str(problem) for problem in problems))
