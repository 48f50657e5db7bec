"""Calendars at Microsoft through Graph, read-only: a window of each calendar, and then what changes in it.

The service's delta of a calendar view (learn.microsoft.com/graph/api/event-delta) names an occurrence of a series with
its times only, tells of a deleted occurrence by leaving it out when the series comes again, and calls removed also what
lies outside the window. The window is kept in the bookmark and asked for anew when it has moved by a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailwatch.backends.base import CalendarItem, Changes
from mailwatch.backends.calendar_diff import known_of, removed_refs
from mailwatch.backends.graph.door import GraphDoor, Stale
from mailwatch.backends.graph.events import event_from_fields
from mailwatch.backends.graph.ids import is_id
from mailwatch.backends.graph_calendar.cursor import Bookmark, bookmark_from_cursor, cursor_from_bookmark
from mailwatch.core.model import CalendarEvent, Cursor, EventRef, Window
from mailwatch.core.text import one_line
from mailwatch.errors import BackendError, CursorExpired

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_PREFER = ("odata.maxpagesize=200", 'outlook.timezone="UTC"', 'outlook.body-content-type="text"')
_DEFAULT = "/calendarView"
# How often the organizer has changed a meeting, which mails call SEQUENCE (MS-OXOCAL §2.2.1.1 PidLidAppointmentSequence).
_SEQUENCE = "Integer {00062002-0000-0000-C000-000000000046} Id 0x8201"


@dataclass(slots=True)
class _Round:
    """What one look has brought. events: by ref. gone: ids that were called removed. whole: series that came whole."""

    events: dict[EventRef, CalendarEvent] = field(default_factory=dict)
    series: dict[EventRef, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    unreadable: int = 0


class GraphCalendar:
    """The calendars of one account under one name (satisfies base.CalendarBackend).

    Args:
        name: the calendar's name in the configuration.
        door: the way to the service.
        zone: the user's IANA zone.
        calendars: names of the calendars to read; none named: all.
        me: the user's address there.
    """

    def __init__(self, name: str, door: GraphDoor, *, zone: str, calendars: Sequence[str] = (), me: str = "") -> None:
        self.name = name
        self._door = door
        self._zone = zone
        self._calendars = tuple(calendars)
        self._me = me

    def changes(self, cursor: Cursor | None, *, window: Window) -> Iterator[Changes[CalendarItem]]:
        """See base.CalendarBackend. One page, which holds everything."""
        bookmark = bookmark_from_cursor(cursor, self.name, self._door) if cursor else Bookmark(window)
        if not bookmark.links or abs(window.start - bookmark.window.start) >= _DAY or abs(window.end - bookmark.window.end) >= _DAY:  # fmt: skip
            bookmark.window = window
            bookmark.links = dict.fromkeys(self._paths(), "")
        anew = all(link == "" for link in bookmark.links.values())
        found = _Round()
        for path in list(bookmark.links):
            self._read(path, bookmark, found)
        yield self._changes(bookmark, found, window, anew=anew)

    def close(self) -> None:
        """See base.CalendarBackend."""
        self._door.close()

    def _paths(self) -> Sequence[str]:
        """Where the calendars to read lie, the default one under its own name.

        Raises:
            BackendError: one that the configuration names is not there.
        """
        known: dict[str, str] = {}
        for each in self._door.pages("/calendars", {"$select": "id,name,isDefaultCalendar", "$top": "100"}):
            if isinstance(each, dict) and is_id(each.get("id")):
                default = each.get("isDefaultCalendar") is True
                known[one_line(str(each.get("name") or ""), 200)] = _DEFAULT if default else f"/calendars/{each['id']}/calendarView"  # fmt: skip
        if not self._calendars:
            return tuple(dict.fromkeys([_DEFAULT, *known.values()]))
        missing = [name for name in self._calendars if name not in known]
        if missing:
            raise BackendError(
                self.name,
                f"There is no calendar {missing[0]!r} in this account.",
                next_step=f"correct calendars under [calendar.{self.name}]; there are: {', '.join(known)}",
            )
        return tuple(known[name] for name in self._calendars)

    def _read(self, path: str, bookmark: Bookmark, found: _Round) -> None:
        """One calendar's round: all of its pages, so that a series is complete."""
        question, params = bookmark.links[path], None
        if not question:
            window = bookmark.window
            question, params = f"{path}/delta", {"startDateTime": _stamp(window.start), "endDateTime": _stamp(window.end)}  # fmt: skip
        fields: list[Mapping[str, Any]] = []
        try:
            while True:
                page = self._door.page(question, params, prefer=_PREFER) or {"value": []}
                fields += [each for each in page["value"] if isinstance(each, dict) and is_id(each.get("id"))]
                bookmark.links[path] = str(page.get("@odata.nextLink") or page.get("@odata.deltaLink") or "")
                if "@odata.nextLink" not in page:
                    break
                question, params = bookmark.links[path], None
        except Stale:
            bookmark.links.clear()
            message = f"The server of calendar {self.name} has lost its place: the calendar is listed anew."
            raise CursorExpired(self.name, message, resume=cursor_from_bookmark(bookmark)) from None
        events = self._take(fields, found)
        found.events |= self._numbered(path, events)

    def _numbered(self, path: str, events: Mapping[EventRef, CalendarEvent]) -> Mapping[EventRef, CalendarEvent]:
        """The events with their SEQUENCE, which a delta does not tell: asked for where others were invited."""
        meetings = [event for event in events.values() if event.attendees]
        if not meetings:
            return events
        params = {
            "startDateTime": _stamp(min(event.start for event in meetings)),
            "endDateTime": _stamp(max(event.end for event in meetings) + _MINUTE),
            "$select": "id",
            "$expand": f"singleValueExtendedProperties($filter=id eq '{_SEQUENCE}')",
            "$top": "500",
        }
        found = dict(events)
        for each in self._door.pages(path, params):
            ref = EventRef(str(each.get("id"))) if isinstance(each, dict) else EventRef("")
            number = _sequence_in(each) if ref in found else 0
            if number:
                found[ref] = replace(found[ref], sequence=number)
        return found

    def _take(self, fields: Sequence[Mapping[str, Any]], found: _Round) -> Mapping[EventRef, CalendarEvent]:
        """The events of a round; what else it says goes into `found`."""
        events: dict[EventRef, CalendarEvent] = {}
        masters = {str(each["id"]): each for each in fields if each.get("type") == "seriesMaster"}
        found.whole |= masters.keys()
        for each in fields:
            ref = EventRef(str(each["id"]))
            if "@removed" in each:
                found.gone.add(ref)
            elif each.get("type") != "seriesMaster":
                series = str(each.get("seriesMasterId") or "")
                event = event_from_fields(
                    each, zone=self._zone, master=self._master(series, masters) if series else None, me=self._me
                )
                if event is None:
                    found.unreadable += 1
                    continue
                events[ref] = event
                found.gone.discard(ref)
                if series:
                    found.series[ref] = series
        return events

    def _master(self, series: str, masters: dict[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """The series of an occurrence, asked for once where the round has not brought it."""
        if series not in masters and is_id(series):
            answer = self._door.get(f"/events/{series}", prefer=_PREFER[1:], missing=True)
            fields = answer.json() if answer is not None else {}
            masters[series] = fields if isinstance(fields, dict) else {}
        return masters.get(series)

    def _changes(self, bookmark: Bookmark, found: _Round, window: Window, *, anew: bool) -> Changes[CalendarItem]:
        before = dict(bookmark.known)
        now = {ref: known_of(event) for ref, event in found.events.items()}
        if not anew:
            kept = {ref: known for ref, known in before.items() if ref not in now and not _is_gone(ref, bookmark, found)}  # fmt: skip
            now = kept | now
        removed = removed_refs(self.name, before, now, window)
        changed = [ref for ref in found.events if ref not in before or before[ref].digest != now[ref].digest]
        bookmark.series = {ref: key for ref, key in (bookmark.series | found.series).items() if ref in now}
        bookmark.known = now
        count = found.unreadable
        problems = (f"{count} {'event' if count == 1 else 'events'} can't be understood",) if count else ()
        items = tuple(CalendarItem(ref, found.events[ref]) for ref in changed)
        return Changes(items, cursor_from_bookmark(bookmark), covers_from=window.start, removed=removed, problems=problems)  # fmt: skip


def _is_gone(ref: EventRef, bookmark: Bookmark, found: _Round) -> bool:
    """It was removed, or its series, or its series came again without it."""
    series = bookmark.series.get(ref, "")
    return ref in found.gone or series in found.gone or series in found.whole


def _sequence_in(fields: Mapping[str, Any]) -> int:
    pairs = fields.get("singleValueExtendedProperties")
    text = str(pairs[0].get("value")) if isinstance(pairs, list) and pairs and isinstance(pairs[0], dict) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
