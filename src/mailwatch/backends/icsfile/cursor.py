"""The bookmark of a calendar of files: the window, and per file its stamp and the events it held."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mailwatch.backends.calendar_diff import Known
from mailwatch.core.model import Cursor, EventRef, Window
from mailwatch.errors import CursorExpired

_KIND = "ics-1"


@dataclass(frozen=True, slots=True)
class PieceMark:
    """One file: its stamp when it was parsed ("" asks for it to be parsed again) and what it held in the window.

    problems: what in it could not be read, one phrase each.
    """

    stamp: str
    known: Mapping[EventRef, Known] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """All files of one calendar, by name."""

    window: Window
    pieces: Mapping[str, PieceMark] = field(default_factory=dict)

    @property
    def known(self) -> dict[EventRef, Known]:
        """What all files hold together."""
        return {ref: known for mark in self.pieces.values() for ref, known in mark.known.items()}


def cursor_from_shelf(shelf: Shelf) -> Cursor:
    """The bookmark as text."""
    pieces = {
        key: [
            mark.stamp,
            {ref: [known.digest, known.start, known.end] for ref, known in mark.known.items()},
            mark.problems,
        ]
        for key, mark in shelf.pieces.items()
    }
    window = [shelf.window.start.isoformat(), shelf.window.end.isoformat()]
    return Cursor(json.dumps({_KIND: pieces, "window": window}))


def shelf_from_cursor(cursor: Cursor, name: str) -> Shelf:
    """The bookmark back from its text.

    Raises:
        CursorExpired: it is none of this kind.
    """
    try:
        table = json.loads(cursor)
        start, end = (datetime.fromisoformat(moment).astimezone(UTC) for moment in table["window"])
        pieces = {key: _mark(*values) for key, values in table[_KIND].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CursorExpired(
            name, f"The bookmark of calendar {name} can't be read: it is listed anew.", resume=None
        ) from None
    return Shelf(Window(start, end), pieces)


def _mark(stamp: str, held: Mapping[str, tuple[str, int, int]], problems: Sequence[str]) -> PieceMark:
    known = {EventRef(ref): Known(str(digest), int(start), int(end)) for ref, (digest, start, end) in held.items()}
    return PieceMark(str(stamp), known, tuple(str(problem) for problem in problems))
