"""The bookmark of a calendar: its window, the service's links, and what each listed event said, in a few bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from mailwatch.backends.calendar_diff import Known
from mailwatch.backends.graph.door import GraphDoor
from mailwatch.core.model import Cursor, EventRef, Window
from mailwatch.errors import CursorExpired

_KIND = "graph-calendar-1"


@dataclass(slots=True)
class Bookmark:
    """links: by the calendar's path below /me, "" where it has to be listed. known: what every event in there said.

    series: for an occurrence, the id of its series.
    """

    window: Window
    links: dict[str, str] = field(default_factory=dict)
    known: dict[EventRef, Known] = field(default_factory=dict)
    series: dict[EventRef, str] = field(default_factory=dict)


def cursor_from_bookmark(bookmark: Bookmark) -> Cursor:
    """The bookmark as text."""
    known = {
        ref: [each.digest, each.start, each.end, bookmark.series.get(ref, "")] for ref, each in bookmark.known.items()
    }
    window = [bookmark.window.start.isoformat(), bookmark.window.end.isoformat()]
    return Cursor(json.dumps({_KIND: [window, bookmark.links, known]}, separators=(",", ":")))


def bookmark_from_cursor(cursor: Cursor, name: str, door: GraphDoor) -> Bookmark:
    """The bookmark back from its text.

    Raises:
        CursorExpired: it is none of this version, or of another service.
    """
    try:
        (start, end), links, known = json.loads(cursor)[_KIND]
        bookmark = Bookmark(
            Window(datetime.fromisoformat(start), datetime.fromisoformat(end)),
            {str(path): str(link) for path, link in links.items()},
            {EventRef(ref): Known(str(row[0]), int(row[1]), int(row[2])) for ref, row in known.items()},
            {EventRef(ref): str(row[3]) for ref, row in known.items() if row[3]},
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise _expired(name) from None
    if not all(link == "" or door.owns(link) for link in bookmark.links.values()):
        raise _expired(name)
    return bookmark


def _expired(name: str) -> CursorExpired:
    return CursorExpired(name, f"The bookmark of calendar {name} can't be read: it is listed anew.", resume=None)
