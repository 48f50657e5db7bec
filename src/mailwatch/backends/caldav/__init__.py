"""Calendars on a CalDAV server (RFC 4791). Read-only: no method that changes anything ever leaves.

A look at an unchanged server is one request. What has changed comes by sync token (RFC 6578) where the server has them and
still accepts ours, else by entity tags. Series are expanded here, so that their occurrences keep their zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from mailwatch.backends.base import CalendarItem, Changes
from mailwatch.backends.caldav.cursor import (
    Bookmark,
    bookmark_from_cursor,
    cursor_from_bookmark,
    in_collection,
    marks_of,
)
from mailwatch.backends.caldav.discovery import Collection, Home, chosen, collections_at, homes_from, is_gone
from mailwatch.backends.caldav.door import Door, SignedIn
from mailwatch.backends.caldav.reading import CollectionMark, Held, as_before, held_by
from mailwatch.backends.calendar_diff import FEW
from mailwatch.backends.pieces import Comparer
from mailwatch.core.model import Cursor, Window
from mailwatch.errors import AuthError, ProtocolError
from mailwatch.sandbox import Parser

__all__ = ["CaldavCalendar", "Door", "SignedIn"]


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look has found. faults: why a collection could not be read, a phrase each."""

    homes: tuple[Home, ...]
    held: Mapping[str, Held]
    faults: tuple[str, ...] = ()


class CaldavCalendar:
    """All or some calendars of one server (satisfies base.CalendarBackend).

    Args:
        door: the way to the server; closed with the calendar.
        start: an address to begin at, or the domain of the user's mail address.
        wanted: titles of calendars; none: all that hold events.
        parser: reads iCalendar text.
        zone: IANA name of the zone for times that name none.
    """

    def __init__(self, door: Door, start: str, parser: Parser, *, wanted: Sequence[str] = (), zone: str) -> None:
        self.name = door.name
        self._door = door
        self._start = start
        self._wanted = tuple(wanted)
        self._comparer = Comparer(door.name, parser, zone, ("entry", "entries"))

    def changes(self, cursor: Cursor | None, *, window: Window) -> Iterator[Changes[CalendarItem]]:
        """See base.CalendarBackend. One page. The cursor's window serves until the one asked for lies a day further."""
        before = bookmark_from_cursor(cursor, self.name, self._start) if cursor else Bookmark(window)
        anew = not (cursor and before.shelf.serves(window))
        window = window if anew else before.window
        homes, collections = self._collections(before)
        wanted = chosen(self.name, collections, self._wanted)
        known = {url: before.collections[url] for url in self._still_wanted(before, collections, wanted)}
        look = self._look(wanted, known, window, anew=anew)
        yield self._compared(replace(before, collections=known), replace(look, homes=homes), window)

    def titles(self) -> tuple[str, ...]:
        """What the server calls its calendars. Raises BackendError where it can't be asked."""
        homes = homes_from(self._door, self._start)
        return tuple(each.title for each in self._at(homes))

    def close(self) -> None:
        """See base.CalendarBackend."""
        self._door.close()

    def _collections(self, before: Bookmark) -> tuple[tuple[Home, ...], tuple[Collection, ...]]:
        """Where the calendars are, as remembered while that holds, and which there are."""
        if before.homes:
            with suppress(ProtocolError):  # they may have moved
                return before.homes, self._at(before.homes)
        homes = homes_from(self._door, self._start)
        return homes, self._at(homes)

    def _at(self, homes: Sequence[Home]) -> tuple[Collection, ...]:
        found = {each.url: each for home in homes for each in collections_at(self._door, home)}
        if not found:
            raise ProtocolError(
                self.name,
                f"The server of calendar {self.name} shows no calendar that holds events.",
                next_step=f"check url in [calendar.{self.name}]",
            )
        return tuple(found.values())

    def _still_wanted(
        self, before: Bookmark, there: Sequence[Collection], wanted: Sequence[Collection]
    ) -> Iterator[str]:
        """Collections known from before, but for those that the configuration no longer names: nothing of them was removed."""
        unwanted = {each.url for each in there} - {each.url for each in wanted}
        return (url for url in before.collections if url not in unwanted)

    def _look(
        self, wanted: Sequence[Collection], known: Mapping[str, CollectionMark], window: Window, *, anew: bool
    ) -> _Look:
        held: dict[str, Held] = {}
        faults: list[str] = []
        for each in wanted:
            mark = known.get(each.url)
            try:
                found = held_by(self._door, each, mark or CollectionMark(), window, anew=anew or mark is None)
            except (AuthError, ProtocolError) as error:
                if len(wanted) == 1:
                    raise
                faults.append(f"“{each.title}” can't be read: {error.message}")
                if mark:
                    held[each.url] = as_before(mark)
                continue
            if mark and len(wanted) > 1 and _is_suddenly_empty(mark, found, window):
                faults.append(f"“{each.title}” is suddenly empty, so it was not believed")
                found = as_before(mark)
            held[each.url] = found
        for url in known.keys() - {each.url for each in wanted}:
            if not is_gone(self._door, url):
                faults.append("a calendar is there and no longer listed")
                held[url] = as_before(known[url])
        return _Look((), held, tuple(faults))

    def _compared(self, before: Bookmark, look: _Look, window: Window) -> Changes[CalendarItem]:
        pieces = {
            in_collection(url, key): piece for url, held in look.held.items() for key, piece in held.pieces.items()
        }
        found = self._comparer.compared(before.shelf, pieces, window)
        marks = {
            url: CollectionMark(held.token, held.tag, marks_of(found.shelf, url)) for url, held in look.held.items()
        }
        return Changes(
            found.items,
            cursor_from_bookmark(Bookmark(window, self._start, look.homes, marks)),
            None if found.faults or look.faults else window.start,
            removed=found.removed,
            problems=(
                *(f"calendar {self.name}: {fault}" for fault in look.faults),
                *self._comparer.problems(found.shelf, found.faults),
            ),
        )


def _is_suddenly_empty(mark: CollectionMark, held: Held, window: Window) -> bool:
    expected = sum(known.touches(window) for piece in mark.pieces.values() for known in piece.known.values())
    return expected > FEW and not held.pieces
