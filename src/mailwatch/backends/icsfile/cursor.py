"""The bookmark of a calendar of files: the window, and per file its stamp and the events it held."""

from __future__ import annotations

import json

from mailwatch.backends.pieces import Shelf, shelf_from_table, table_from_shelf
from mailwatch.core.model import Cursor
from mailwatch.errors import CursorExpired

_KIND = "ics-1"


def cursor_from_shelf(shelf: Shelf) -> Cursor:
    """The bookmark as text."""
    table = table_from_shelf(shelf)
    return Cursor(json.dumps({_KIND: table["pieces"], "window": table["window"]}))


def shelf_from_cursor(cursor: Cursor, name: str) -> Shelf:
    """The bookmark back from its text.

    Raises:
        CursorExpired: it is none of this kind.
    """
    try:
        table = json.loads(cursor)
        return shelf_from_table({"pieces": table[_KIND], "window": table["window"]})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CursorExpired(
            name, f"The bookmark of calendar {name} can't be read: it is listed anew.", resume=None
        ) from None
