"""Google Calendar: the chosen calendars of one account, read only. Its scopes could not change an event if it tried.

Series come as single events. After the first listing a sync token brings what has changed; once a day the window has moved on,
and everything in it is listed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mailwatch.backends.base import CalendarItem, Changes
from mailwatch.backends.calendar_diff import known_of, removed_refs
from mailwatch.backends.google import CALENDAR, Bearer, Expired, GoogleWire, calendar_service, guard_for
from mailwatch.backends.google.allowed import CALENDAR_URL
from mailwatch.backends.google.trouble import is_busy
from mailwatch.backends.google_calendar.cursor import Held, Shelf, cursor_from_shelf, shelf_from_cursor
from mailwatch.backends.google_calendar.icalendar import calendar_from_events, occurrence_of, uid_of
from mailwatch.core.model import CalendarEvent, Cursor, EventRef, Window
from mailwatch.sandbox import Parser, Unreadable
from mailwatch.transport import NETWORK_LIMITS, Limits, Transport

__all__ = ["GoogleCalendar"]

PRIMARY = "primary"
_DAILY = timedelta(days=1)
_PAGE = 2_500
_KINDS = ["default", "fromGmail"]
_PERSON = "email,displayName"
_EVENT = (
    "id,status,updated,summary,description,location,start,end,originalStartTime,iCalUID,sequence,eventType,hangoutLink,"
    f"conferenceData/entryPoints(entryPointType,uri),organizer({_PERSON}),attendees({_PERSON},responseStatus,optional,resource)"
)
_EVENTS = f"items({_EVENT}),nextPageToken,nextSyncToken"
# Calendars that Google itself fills: public holidays, birthdays of contacts, week numbers.
_GOOGLES_OWN = ("group.v.calendar.google.com",)


class GoogleCalendar:
    """Calendars of one Google account (satisfies base.CalendarBackend).

    Args:
        name: the calendar's name in the configuration.
        bearer: where access tokens come from.
        parser: reads the events.
        zone: IANA name of the user's zone, for whole days.
        calendars: names or ids of the calendars to read; none named: all but those that Google fills itself.
        api_url: another address for the interface, "" for Google's.
        ca_file: certificates to trust besides the usual ones.
        limits: time, size and patience.
    """

    def __init__(
        self,
        name: str,
        bearer: Bearer,
        parser: Parser,
        *,
        zone: str,
        calendars: Sequence[str] = (),
        api_url: str = "",
        ca_file: str = "",
        limits: Limits = NETWORK_LIMITS,
    ) -> None:
        self.name = name
        self._parser = parser
        self._zone = zone
        self._chosen = tuple(calendars)
        self._base_url = api_url or CALENDAR_URL
        guard = guard_for(CALENDAR, self._base_url)
        transport = Transport(name, guard, ca_file=Path(ca_file) if ca_file else None, limits=limits, busy=is_busy)
        self._wire = GoogleWire(transport, CALENDAR, bearer)

    def changes(self, cursor: Cursor | None, *, window: Window) -> Iterator[Changes[CalendarItem]]:
        """See base.CalendarBackend. One page. The cursor's window serves until the one asked for lies a day further."""
        before = shelf_from_cursor(cursor, self.name) if cursor else Shelf(window)
        same_window = bool(cursor) and _close(before.window, window)
        shelf = before if same_window else self._anew(before, window)
        if not shelf.calendars and not shelf.missing:
            self._choose(shelf)
        known_before = before.known
        problems: set[str] = {f"no calendar is called {name}" for name in shelf.missing}
        items = [item for identity in shelf.calendars for item in self._one(identity, shelf, problems)]
        removed = removed_refs(self.name, known_before, shelf.known, shelf.window)
        yield Changes(
            tuple(items),
            cursor_from_shelf(shelf),
            shelf.window.start,
            removed=removed,
            problems=tuple(sorted(problems)),
        )

    def close(self) -> None:
        """See base.CalendarBackend."""
        self._wire.close()

    @cached_property
    def _service(self) -> Any:
        return calendar_service(self._wire, self._base_url)

    def _anew(self, before: Shelf, window: Window) -> Shelf:
        """The shelf for another window: calendars chosen again, everything to be listed, what was known still known."""
        shelf = Shelf(window)
        self._choose(shelf)
        for identity, held in shelf.calendars.items():
            if identity in before.calendars:
                held.known = before.calendars[identity].known
        return shelf

    def _choose(self, shelf: Shelf) -> None:
        if self._chosen == (PRIMARY,):
            shelf.calendars = {PRIMARY: Held()}
            return
        listed = list(self._listed_calendars())
        if not self._chosen:
            wanted = [entry for entry in listed if not str(entry.get("id", "")).endswith(_GOOGLES_OWN)]
        else:
            wanted = [entry for entry in listed if _names(entry) & {name.casefold() for name in self._chosen}]
            found = {name for entry in wanted for name in _names(entry)}
            shelf.missing = tuple(name for name in self._chosen if name.casefold() not in found)
        shelf.calendars = {str(entry["id"]): Held() for entry in wanted if entry.get("id")}

    def _listed_calendars(self) -> Iterator[Mapping[str, Any]]:
        token = ""
        while True:
            more = {"pageToken": token} if token else {}
            fields = "items(id,summary,summaryOverride,primary),nextPageToken"
            page = self._service.calendarList().list(maxResults=250, fields=fields, **more).execute(num_retries=0)
            yield from page.get("items", ())
            token = str(page.get("nextPageToken", ""))
            if not token:
                return

    def _one(self, identity: str, shelf: Shelf, problems: set[str]) -> list[CalendarItem]:
        """What has changed in one calendar; all of it, where its token is no longer good."""
        held = shelf.calendars[identity]
        if held.token:
            try:
                return self._listed(identity, held.token, shelf, problems)
            except Expired:
                held.token = ""
        return self._listed(identity, "", shelf, problems)

    def _listed(self, identity: str, sync: str, shelf: Shelf, problems: set[str]) -> list[CalendarItem]:
        """The items of one listing. In a full one, what is not met again is forgotten at its end."""
        held = shelf.calendars[identity]
        met: set[EventRef] = set()
        items: list[CalendarItem] = []
        token = ""
        while True:
            page = self._page(identity, sync, token, shelf.window)
            items += self._taken(identity, page.get("items", ()), held, met, problems, shelf.window)
            token = str(page.get("nextPageToken", ""))
            if not token:
                break
        held.token = str(page.get("nextSyncToken", ""))
        if not sync:
            held.known = {ref: known for ref, known in held.known.items() if ref in met}
        return items

    def _page(self, identity: str, sync: str, token: str, window: Window) -> Mapping[str, Any]:
        asked: dict[str, Any] = {"pageToken": token} if token else {}
        if sync:
            asked["syncToken"] = sync
        else:
            asked |= {
                "timeMin": f"{window.start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "timeMax": f"{window.end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            }
        request = self._service.events().list(
            calendarId=identity, singleEvents=True, eventTypes=_KINDS, maxResults=_PAGE, fields=_EVENTS, **asked
        )
        answer: Mapping[str, Any] = request.execute(num_retries=0)
        return answer

    def _taken(
        self,
        identity: str,
        events: Sequence[Mapping[str, Any]],
        held: Held,
        met: set[EventRef],
        problems: set[str],
        window: Window,
    ) -> list[CalendarItem]:
        """The items of a page that say something new; what is cancelled or has left the window is forgotten."""
        standing = [event for event in events if event.get("status") != "cancelled"]
        read = self._read(standing, window, problems)
        items: list[CalendarItem] = []
        for event in events:
            ref = EventRef(f"{quote(identity, safe='@')}/{quote(str(event.get('id', '')), safe='')}")
            parsed = read.get(str(event.get("id", "")))
            if parsed is None:
                held.known.pop(ref, None)
                continue
            met.add(ref)
            known = known_of(parsed)
            if held.known.get(ref, known).digest != known.digest or ref not in held.known:
                items.append(CalendarItem(ref, parsed))
            held.known[ref] = known
        return items

    def _read(
        self, events: Sequence[Mapping[str, Any]], window: Window, problems: set[str]
    ) -> dict[str, CalendarEvent]:
        """The events by Google's id: all at once, and where one breaks the parser, each by itself."""
        if not events:
            return {}
        try:
            return self._parsed(events, window)
        except Unreadable as unreadable:
            if len(events) == 1:
                problems.add(f"an event of calendar {self.name} {unreadable.reason}")
                return {}
        found: dict[str, CalendarEvent] = {}
        for event in events:
            found |= self._read([event], window, problems)
        return found

    def _parsed(self, events: Sequence[Mapping[str, Any]], window: Window) -> dict[str, CalendarEvent]:
        by_key = {(uid_of(event), occurrence_of(event)): str(event.get("id", "")) for event in events}
        parsed = self._parser.calendar(calendar_from_events(events), window=window, zone=self._zone)
        return {by_key[key]: event for event in parsed.events if (key := (event.uid, event.recurrence_id)) in by_key}


def _names(entry: Mapping[str, Any]) -> set[str]:
    """What a calendar may be called in the configuration, without case."""
    names = {str(entry.get(key, "")).casefold() for key in ("id", "summary", "summaryOverride")}
    return (names | {PRIMARY} if entry.get("primary") else names) - {""}


def _close(one: Window, other: Window) -> bool:
    return abs(one.start - other.start) < _DAILY and abs(one.end - other.end) < _DAILY
