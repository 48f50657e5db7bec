"""The bookmark of a Google calendar source: the window, which calendars were chosen, and per calendar its sync token and events."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mailwatch.backends.calendar_diff import Known
from mailwatch.core.model import Cursor, EventRef, Window
from mailwatch.errors import CursorExpired

_KIND = "google-calendar-1"


@dataclass(slots=True)
class Held:
    """One calendar: Google's sync token ("": it has to be listed in full), and the events that are known of it."""

    token: str = ""
    known: dict[EventRef, Known] = field(default_factory=dict)


@dataclass(slots=True)
class Shelf:
    """All calendars of one source, by Google's id, in the order chosen. missing: configured names that no calendar has."""

    window: Window
    calendars: dict[str, Held] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def known(self) -> dict[EventRef, Known]:
        """What all calendars hold together."""
        return {ref: known for held in self.calendars.values() for ref, known in held.known.items()}


def cursor_from_shelf(shelf: Shelf) -> Cursor:
    """The bookmark as text."""
    calendars = {
        name: [held.token, {ref: [known.digest, known.start, known.end] for ref, known in held.known.items()}]
        for name, held in shelf.calendars.items()
    }
    window = [shelf.window.start.isoformat(), shelf.window.end.isoformat()]
    return Cursor(json.dumps({_KIND: calendars, "window": window, "missing": shelf.missing}, separators=(",", ":")))


def shelf_from_cursor(cursor: Cursor, name: str) -> Shelf:
    """The bookmark back from its text.

    Raises:
        CursorExpired: it is none of this kind.
    """
    try:
        table = json.loads(cursor)
        start, end = (datetime.fromisoformat(moment).astimezone(UTC) for moment in table["window"])
        calendars = {
            key: Held(str(token), {EventRef(ref): Known(*values) for ref, values in known.items()})
            for key, (token, known) in table[_KIND].items()
        }
        return Shelf(Window(start, end), calendars, tuple(table["missing"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CursorExpired(
            name, f"The bookmark of calendar {name} can't be read: it is listed anew.", resume=None
        ) from None
