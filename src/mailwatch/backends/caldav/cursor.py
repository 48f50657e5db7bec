"""The bookmark of a CalDAV calendar: where its calendars were found, and what each of them held."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mailwatch.backends.caldav.discovery import Home
from mailwatch.backends.caldav.reading import CollectionMark
from mailwatch.backends.pieces import PieceMark, Shelf, shelf_from_table, table_from_shelf
from mailwatch.core.model import Cursor, Window
from mailwatch.errors import CursorExpired

_KIND = "caldav-1"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """One look.

    start: where the looking began, as configured: with another one this bookmark means nothing.
    homes:  where the calendars were found.
    collections: by their addresses.
    """

    window: Window
    start: str = ""
    homes: tuple[Home, ...] = ()
    collections: Mapping[str, CollectionMark] = field(default_factory=dict)

    @property
    def shelf(self) -> Shelf:
        """All resources of all collections."""
        pieces = {
            in_collection(url, key): piece
            for url, mark in self.collections.items()
            for key, piece in mark.pieces.items()
        }
        return Shelf(self.window, pieces)


def in_collection(url: str, key: str) -> str:
    """A resource's name on the shelf."""
    return f"{url}\n{key}"


def marks_of(shelf: Shelf, url: str) -> dict[str, PieceMark]:
    """The resources of one collection, by their decoded paths."""
    start = in_collection(url, "")
    return {key.removeprefix(start): mark for key, mark in shelf.pieces.items() if key.startswith(start)}


def cursor_from_bookmark(bookmark: Bookmark) -> Cursor:
    """The bookmark as text."""
    collections: dict[str, Any] = {}
    for url, mark in bookmark.collections.items():
        pieces = table_from_shelf(Shelf(bookmark.window, mark.pieces))["pieces"]
        collections[url] = {"token": mark.token, "tag": mark.tag, "pieces": pieces}
    window = table_from_shelf(Shelf(bookmark.window))["window"]
    table = {
        _KIND: collections,
        "window": window,
        "start": bookmark.start,
        "homes": [[home.url, home.depth] for home in bookmark.homes],
    }
    return Cursor(json.dumps(table))


def bookmark_from_cursor(cursor: Cursor, name: str, start: str) -> Bookmark:
    """The bookmark back from its text.

    Raises:
        CursorExpired: it is none of this kind, or of another server.
    """
    try:
        table = json.loads(cursor)
        shelves = {
            url: shelf_from_table({"pieces": one["pieces"], "window": table["window"]})
            for url, one in table[_KIND].items()
        }
        marks = {
            url: CollectionMark(str(one["token"]), str(one["tag"]), shelves[url].pieces)
            for url, one in table[_KIND].items()
        }
        window = shelf_from_table({"pieces": {}, "window": table["window"]}).window
        homes = tuple(Home(str(url), str(depth)) for url, depth in table["homes"])
        bookmark = Bookmark(window, str(table["start"]), homes, marks)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _expired(name, "can't be read") from None
    if bookmark.start != start:
        raise _expired(name, "is of another server")
    return bookmark


def _expired(name: str, why: str) -> CursorExpired:
    return CursorExpired(name, f"The bookmark of calendar {name} {why}: it is listed anew.", resume=None)
