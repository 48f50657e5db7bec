"""A calendar in memory, and what mailwatch opens on it (satisfies base.CalendarBackend)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from mailwatch.backends.base import CalendarItem, Changes
from mailwatch.backends.calendar_diff import Known, changed_items, newest_by_ref, ref_of, removed_refs
from mailwatch.backends.memory.faults import Faults
from mailwatch.core.model import CalendarEvent, Cursor, EventRef, Window
from mailwatch.errors import CursorExpired

_DAILY = timedelta(days=1)


class MemoryEvents:
    """The calendar itself, from the user's side."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults = Faults(name)
        self.events: dict[EventRef, CalendarEvent] = {}

    def put(self, event: CalendarEvent) -> EventRef:
        """Enter an event, or its new version."""
        ref = ref_of(event)
        self.events[ref] = event
        return ref

    def remove(self, ref: EventRef) -> None:
        """Delete an event."""
        del self.events[ref]


class MemoryCalendar:
    """A client of a calendar in memory.

    Args:
        calendar: the calendar.
        page: events a page.
    """

    def __init__(self, calendar: MemoryEvents, *, page: int = 50) -> None:
        self.name = calendar.name
        self._calendar = calendar
        self._page = page

    def changes(self, cursor: Cursor | None, *, window: Window) -> Iterator[Changes[CalendarItem]]:
        """See base.CalendarBackend."""
        with self._calendar.faults.around("changes"):
            before, known = self._bookmark(cursor) if cursor else (window, {})
        span = window if abs(window.start - before.start) >= _DAILY else before
        touching = [
            event for event in self._calendar.events.values() if event.start < span.end and event.end >= span.start
        ]
        items, now = changed_items(known, newest_by_ref(touching))
        removed = removed_refs(self.name, known, now, span)
        pages = [items[start : start + self._page] for start in range(0, len(items), self._page)] or [()]
        for number, page in enumerate(pages, start=1):
            known = {**known, **{item.ref: now[item.ref] for item in page}}
            last, stopped = number == len(pages), number == self._calendar.faults.stop_after
            if last and not stopped:
                yield Changes(page, _cursor_from(span, now), covers_from=span.start, removed=removed)
            else:
                yield Changes(page, _cursor_from(span, known), more=stopped)
            if stopped:
                return

    def close(self) -> None:
        """Nothing is held open."""

    def _bookmark(self, cursor: Cursor) -> tuple[Window, dict[EventRef, Known]]:
        try:
            table = json.loads(cursor)
            known = {EventRef(ref): Known(*values) for ref, values in table["memory-1"].items()}
            start, end = (datetime.fromisoformat(moment).astimezone(UTC) for moment in table["window"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CursorExpired(
                self.name, "The bookmark can't be read: the calendar is listed anew.", resume=None
            ) from None
        return Window(start, end), known


def _cursor_from(window: Window, known: Mapping[EventRef, Known]) -> Cursor:
    table = {ref: [each.digest, each.start, each.end] for ref, each in known.items()}
    return Cursor(json.dumps({"memory-1": table, "window": [window.start.isoformat(), window.end.isoformat()]}))
