"""Nouns of calendars: events, attendees (RFC 5545), scheduling methods (RFC 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

EventRef = NewType("EventRef", str)


class ZoneState(StrEnum):
    """How sure the instant of a stated time is."""

    KNOWN = "known"  # a zone or an offset was stated and understood
    FLOATING = "floating"  # none was stated: read in the user's zone
    UNKNOWN = "unknown"  # one was stated and not understood: read in the user's zone, shown as unsure


@dataclass(frozen=True, slots=True)
class Attendee:
    """An ATTENDEE or ORGANIZER (RFC 5545 §3.8.4.1, §3.8.4.3).

    address: lower-cased mail address without `mailto:`, or "" where the property holds none.
    partstat, role, cutype: upper-case parameter values, "" where absent.
    """

    name: str
    address: str
    partstat: str = ""
    role: str = ""
    cutype: str = ""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One occurrence of a VEVENT. `start` and `end` are aware UTC, half-open; `end` is never before `start`.

    method:        iMIP METHOD of the object it came in ("REQUEST", "CANCEL", "REPLY", "COUNTER", "PUBLISH"), "" in a calendar.
    status:        STATUS, upper case, "" where absent.
    tzid:          the zone as written (TZID, "UTC", "+02:00"), "" where floating.
    recurrence_id: RECURRENCE-ID as UTC for an occurrence or exception of a series, else None.
    product:       PRODID of the object, "".
    """

    uid: str
    start: datetime
    end: datetime
    summary: str = ""
    description: str = ""
    location: str = ""
    url: str = ""
    method: str = ""
    status: str = ""
    sequence: int = 0
    dtstamp: datetime | None = None
    recurrence_id: datetime | None = None
    recurring: bool = False
    all_day: bool = False
    tzid: str = ""
    zone_state: ZoneState = ZoneState.KNOWN
    organizer: Attendee | None = None
    attendees: tuple[Attendee, ...] = ()
    categories: tuple[str, ...] = ()
    product: str = ""


@dataclass(frozen=True, slots=True)
class EventVersion:
    """One version of a calendar event as a calendar showed it. Versions are only ever added.

    calendar: the calendar's name in the configuration.
    removed:  this version says that the event is no longer there.
    """

    calendar: str
    ref: EventRef
    event: CalendarEvent
    seen_at: datetime
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of calendar time, aware UTC."""

    start: datetime
    end: datetime
