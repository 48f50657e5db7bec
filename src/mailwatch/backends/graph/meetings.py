"""The event that the service keeps beside a meeting's message, as the calendar part that a mail would carry (RFC 5546)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from mailwatch.backends.graph.events import event_from_fields
from mailwatch.core.model import Attendee, CalendarEvent

# learn.microsoft.com/graph/api/resources/eventmessage; "Tenatively" is how the service spells it.
_METHODS = {
    "meetingrequest": "REQUEST",
    "meetingcancelled": "CANCEL",
    "meetingaccepted": "REPLY",
    "meetingtenativelyaccepted": "REPLY",
    "meetingtentativelyaccepted": "REPLY",
    "meetingdeclined": "REPLY",
}


def calendar_from_message(fields: Mapping[str, Any]) -> tuple[str, bytes] | None:
    """METHOD and calendar object of an event message expanded with its event; None where it has none."""
    method = _METHODS.get(str(fields.get("meetingMessageType", "")).casefold(), "REQUEST")
    event = fields.get("event")
    known = event_from_fields(event, zone="UTC") if isinstance(event, dict) else None
    if known is None:
        return None
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", *_lines(known, method), "END:VCALENDAR", ""]
    return method, "\r\n".join(lines).encode("utf-8", "replace")


def _lines(event: CalendarEvent, method: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTART:{_moment(event.start)}"
    yield f"DTEND:{_moment(event.end)}"
    if event.dtstamp is not None:
        yield f"DTSTAMP:{_moment(event.dtstamp)}"
    if event.recurrence_id is not None:
        yield f"RECURRENCE-ID:{_moment(event.recurrence_id)}"
    for name, value in (("SUMMARY", event.summary), ("LOCATION", event.location), ("DESCRIPTION", event.description), ("URL", event.url)):  # fmt: skip
        if value:
            yield f"{name}:{_text(value)}"
    yield f"STATUS:{'CANCELLED' if method == 'CANCEL' else event.status or 'CONFIRMED'}"
    if event.organizer is not None and event.organizer.address:
        yield f"ORGANIZER{_name(event.organizer)}:mailto:{event.organizer.address}"
    for attendee in event.attendees:
        if attendee.address:
            partstat = f";PARTSTAT={attendee.partstat}" if attendee.partstat else ""
            yield f"ATTENDEE{_name(attendee)}{partstat}:mailto:{attendee.address}"
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _name(person: Attendee) -> str:
    plain = person.name.replace('"', "").replace("^", "")
    return f';CN="{plain}"' if plain else ""


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
