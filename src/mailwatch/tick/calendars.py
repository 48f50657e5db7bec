"""Pull calendars: what is new, moved or gone becomes another version of the event; what was planned stays known.

A removal counts only inside the window and only if it is seen before the event's end: tidying up afterwards cancels
nothing. More than a few known events and suddenly none is an error, not a fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailwatch.backends.base import CalendarBackend, CalendarItem
from mailwatch.core.model import CalendarEvent, Cursor, EventRef, EventVersion, Window
from mailwatch.errors import CursorExpired, ProtocolError
from mailwatch.store import Store

BEFORE, AHEAD = timedelta(days=90), timedelta(days=180)
FEW = 3


@dataclass(slots=True)
class _Listing:
    items: dict[EventRef, CalendarEvent] = field(default_factory=dict)
    removed: set[EventRef] = field(default_factory=set)
    cursor: Cursor | None = None
    problems: list[str] = field(default_factory=list)
    complete: bool = False


def pull_calendar(
    store: Store, name: str, backend: CalendarBackend, now: datetime
) -> tuple[int, bool, tuple[str, ...]]:
    """Record what has changed in a calendar: how many events, whether it was listed completely, what it couldn't read.

    Raises:
        BackendError: it can't be read, or it shows nothing where there was much; nothing is recorded then.
    """
    window = Window(now - BEFORE, now + AHEAD)
    place = f"calendar:{name}"
    try:
        listing = _listed(backend, store.state.cursor(place), window)
    except CursorExpired as expired:
        listing = _listed(backend, Cursor(expired.resume) if expired.resume else None, window)
    versions = _versions(name, store.calendar.latest(name), listing, window, now)
    store.calendar.add(versions)
    store.state.set_cursor(place, listing.cursor)
    return len(versions), listing.complete, tuple(dict.fromkeys(listing.problems))


def _listed(backend: CalendarBackend, cursor: Cursor | None, window: Window) -> _Listing:
    listing = _Listing(cursor=cursor)
    for page in backend.changes(cursor, window=window):
        for item in page.items:
            _take(listing, item)
        listing.removed |= page.removed
        for ref in page.removed:
            listing.items.pop(ref, None)
        listing.problems += page.problems
        listing.cursor = page.cursor
        listing.complete = not page.more
    return listing


def _take(listing: _Listing, item: CalendarItem) -> None:
    listing.items[item.ref] = item.event
    listing.removed.discard(item.ref)


def _versions(
    name: str, known: Mapping[EventRef, EventVersion], listing: _Listing, window: Window, now: datetime
) -> tuple[EventVersion, ...]:
    changed = [
        EventVersion(name, ref, event, now)
        for ref, event in listing.items.items()
        if ref not in known or known[ref].removed or not _says_the_same(known[ref].event, event)
    ]
    ahead = {ref: version for ref, version in known.items() if _is_ahead(version, window, now)}
    gone = [replace(ahead[ref], seen_at=now, removed=True) for ref in sorted(listing.removed & ahead.keys())]
    left = ahead.keys() - listing.removed
    if len(ahead) > FEW and not left and not changed:
        raise ProtocolError(name, f"{name} suddenly shows none of its {len(ahead)} events, so it was not believed.")
    return (*changed, *gone)


def _says_the_same(one: CalendarEvent, other: CalendarEvent) -> bool:
    """Equal but for DTSTAMP, which some feeds renew with every answer."""
    return replace(one, dtstamp=other.dtstamp) == other


def _is_ahead(version: EventVersion, window: Window, now: datetime) -> bool:
    event = version.event
    return not version.removed and event.end > now and event.start < window.end and event.end > window.start
