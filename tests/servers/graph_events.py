"""Calendars with a memory: single events, weekly series with exceptions, and what has changed since when (resources/event)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from tests.servers.graph_mailbox import identifier, stamp

WINDOWS_ZONES = {
    "W. Europe Standard Time": "Europe/Berlin", "Pacific Standard Time": "America/Los_Angeles", "UTC": "UTC",
    "Tokyo Standard Time": "Asia/Tokyo", "Eastern Standard Time": "America/New_York",
}  # fmt: skip


@dataclass
class Entry:
    """An event or a weekly series. weekly: how many times; fields: properties that differ from the usual ones.

    exceptions: by week, properties of the occurrence that was changed; gone: weeks that were deleted.
    """

    number: int
    uid: str
    start: datetime
    end: datetime
    calendar: str
    weekly: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    exceptions: dict[int, dict[str, Any]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    version: int = 1

    @property
    def id(self) -> str:
        return identifier("AAEv", self.number)

    def occurrence_id(self, week: int) -> str:
        return identifier(f"AAOc{week:03d}", self.number)

    def weeks(self) -> list[int]:
        return [week for week in range(max(self.weekly, 1)) if week not in self.gone]

    def span(self, week: int) -> tuple[datetime, datetime]:
        moved = self.exceptions.get(week, {})
        shift = timedelta(weeks=week)
        return moved.get("start", self.start + shift), moved.get("end", self.end + shift)


class Events:
    """All calendars of one user."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.calendars: dict[str, str] = {}
        self.entries: dict[int, Entry] = {}
        self.log: list[tuple[int, Entry]] = []
        self._numbers, self._sequence = count(1), count(1)
        self.default = self.add_calendar("Calendar")

    def add_calendar(self, name: str) -> str:
        key = identifier("AACa", next(self._numbers))
        self.calendars[key] = name
        return key

    def enter(
        self, uid: str, start: datetime, *, hours: float = 1, weekly: int = 0, calendar: str = "", **fields: Any
    ) -> Entry:
        """Enter an event, or change the one with this uid."""
        known = self.find(uid)
        number = known.number if known else next(self._numbers)
        entry = Entry(
            number, uid, start, start + timedelta(hours=hours), calendar or self.default, weekly, fields,
            version=known.version + 1 if known else 1,
        )  # fmt: skip
        self.entries[number] = entry
        self.note(entry)
        return entry

    def find(self, uid: str) -> Entry | None:
        return next((entry for entry in self.entries.values() if entry.uid == uid), None)

    def delete(self, uid: str) -> None:
        entry = self.find(uid)
        if entry is not None:
            del self.entries[entry.number]
            self.note(entry)

    def note(self, entry: Entry) -> None:
        entry.version += 1
        self.log.append((next(self._sequence), entry))

    @property
    def sequence(self) -> int:
        return self.log[-1][0] if self.log else 0

    def by_id(self, key: str) -> tuple[Entry, int | None] | None:
        for entry in self.entries.values():
            if entry.id == key:
                return entry, None
            for week in entry.weeks():
                if entry.weekly and entry.occurrence_id(week) == key:
                    return entry, week
        return None

    def since(self, sequence: int, calendar: str, window: tuple[datetime, datetime], zone: str) -> list[dict[str, Any]]:
        """What a delta round says (api/event-delta): changes, and as removed also what lies outside the window.

        Occurrences of a series come without any properties but their times; that one was deleted is not said.
        """
        changed = {
            entry.number: entry for logged, entry in self.log if logged > sequence and entry.calendar == calendar
        }
        found: list[dict[str, Any]] = []
        for number, logged in changed.items():
            entry = self.entries.get(number)
            inside = [week for week in entry.weeks() if _touches(entry.span(week), window)] if entry else []
            if entry is None or not inside:
                if sequence or entry is None:
                    found.append(
                        {"@odata.type": "#microsoft.graph.event", "id": logged.id, "@removed": {"reason": "deleted"}}
                    )
                continue
            found.append(event_fields(entry, zone))
            if entry.weekly:
                found += [self._occurrence(entry, week, zone) for week in inside]
        return found if sequence else [each for each in found if "@removed" not in each]

    def between(self, calendar: str, window: tuple[datetime, datetime], zone: str) -> list[tuple[dict[str, Any], int]]:
        """Events and occurrences that touch a window (api/user-list-calendarview), each with its appointment sequence."""
        return [
            (event_fields(entry, zone, week if entry.weekly else None), int(entry.fields.get("sequence", 0)))
            for entry in self.entries.values()
            if entry.calendar == calendar
            for week in entry.weeks()
            if _touches(entry.span(week), window)
        ]

    def _occurrence(self, entry: Entry, week: int, zone: str) -> dict[str, Any]:
        if week in entry.exceptions:
            return event_fields(entry, zone, week)
        whole = event_fields(entry, zone, week)
        return {
            name: whole[name] for name in ("@odata.type", "@odata.etag", "id", "seriesMasterId", "type", "start", "end")
        }


def event_fields(entry: Entry, zone: str, week: int | None = None) -> dict[str, Any]:
    """The event resource of an entry or of one occurrence, every property of it."""
    fields = entry.fields | (entry.exceptions.get(week, {}) if week is not None else {})
    start, end = entry.span(week or 0)
    kind = "singleInstance"
    if entry.weekly:
        kind = "seriesMaster" if week is None else "exception" if week in entry.exceptions else "occurrence"
    exact = entry.start + timedelta(weeks=week or 0)
    base: dict[str, Any] = {
        "@odata.type": "#microsoft.graph.event",
        "@odata.etag": f'W/"{entry.number}.{entry.version}"',
        "id": entry.id if week is None else entry.occurrence_id(week),
        "createdDateTime": "2026-11-01T08:00:00Z",
        "lastModifiedDateTime": "2026-11-01T08:00:00Z",
        "changeKey": f"CQAA{entry.number}{entry.version}",
        "categories": [],
        "attendees": [],
        "body": {"contentType": "text", "content": ""},
        "bodyPreview": "",
        "hasAttachments": False,
        "iCalUId": entry.uid if week is None or not entry.weekly else f"{entry.uid}#{week}",
        "importance": "normal",
        "isAllDay": False,
        "isCancelled": False,
        "isDraft": False,
        "isOnlineMeeting": False,
        "isOrganizer": False,
        "isReminderOn": True,
        "location": {"displayName": ""},
        "locations": [],
        "onlineMeeting": None,
        "onlineMeetingUrl": None,
        "organizer": None,
        "originalEndTimeZone": "UTC",
        "originalStartTimeZone": "UTC",
        "recurrence": {"pattern": {"type": "weekly"}} if kind == "seriesMaster" else None,
        "responseStatus": {"response": "none", "time": "0001-01-01T00:00:00Z"},
        "sensitivity": "normal",
        "seriesMasterId": entry.id if kind in ("occurrence", "exception") else None,
        "showAs": "busy",
        "subject": "",
        "transactionId": None,
        "type": kind,
        "webLink": "https://outlook.office365.com/calendar/item/x",
    }
    if kind in ("occurrence", "exception"):
        base["originalStart"] = stamp(exact)
    base |= {name: value for name, value in fields.items() if name not in ("start", "end", "sequence")}
    base["start"], base["end"] = _moment(start, zone, base), _moment(end, zone, base)
    return base


def _touches(span: tuple[datetime, datetime], window: tuple[datetime, datetime]) -> bool:
    return span[0] < window[1] and span[1] > window[0]


def _moment(moment: datetime, zone: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """dateTimeTimeZone: a wall clock with seven decimals, and the zone it hangs in (resources/datetimetimezone)."""
    if fields["isAllDay"]:  # a date, midnight in whatever zone was asked for
        local = moment.replace(tzinfo=None)
    else:
        local = moment.astimezone(UTC if zone == "UTC" else ZoneInfo(WINDOWS_ZONES.get(zone, zone))).replace(
            tzinfo=None
        )
    return {"dateTime": f"{local:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": zone}
