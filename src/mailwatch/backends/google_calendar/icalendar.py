"""Google's events as iCalendar text (RFC 5545), so that they are read by the same parser, in the same worker, as everybody's.

An event comes from whoever could invite the user: nothing in it is believed, and no line of it can become two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from mailwatch.core.zones import known_zone

PRODUCT = "-//Google Inc//Google Calendar//EN"
_PARTSTAT = {"needsAction": "NEEDS-ACTION", "declined": "DECLINED", "tentative": "TENTATIVE", "accepted": "ACCEPTED"}
_ATTENDEES = 200
_LINE = 16_000


def calendar_from_events(events: Iterable[Mapping[str, Any]]) -> bytes:
    """One calendar object with these Event resources. Those without a start that can be read are left out."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}"]
    for event in events:
        lines += _event(event)
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode("utf-8", "replace")


def uid_of(event: Mapping[str, Any]) -> str:
    """What the event is, wherever it is seen: its iCalendar UID."""
    return _flat(event.get("iCalUID") or event.get("id") or "")


def occurrence_of(event: Mapping[str, Any]) -> datetime | None:
    """Which occurrence of its series it is: the start that it had by the rule."""
    stated = event.get("originalStartTime")
    return _instant(stated) if isinstance(stated, dict) else None


def _event(event: Mapping[str, Any]) -> list[str]:
    start = _time("DTSTART", event.get("start"))
    if not start:
        return []
    lines = ["BEGIN:VEVENT", f"UID:{_text(uid_of(event))}", start]
    lines += _kept(
        _time("DTEND", event.get("end")), _time("RECURRENCE-ID", event.get("originalStartTime")), _stamp(event)
    )
    for name, key in (("SUMMARY", "summary"), ("DESCRIPTION", "description"), ("LOCATION", "location")):
        lines += _kept(f"{name}:{_text(event[key])}" if event.get(key) else "")
    lines += _kept(f"URL:{_flat(link)}" if (link := _link(event)) else "")
    lines += [f"STATUS:{_flat(event.get('status', '')).upper()}", f"SEQUENCE:{_number(event.get('sequence'))}"]
    if event.get("eventType") not in (None, "default"):
        lines.append(f"CATEGORIES:{_text(event['eventType'])}")
    lines += _people(event)
    return [*lines, "END:VEVENT"]


def _people(event: Mapping[str, Any]) -> Iterator[str]:
    organizer = _table(event.get("organizer"))
    if organizer.get("email"):
        yield f"ORGANIZER{_name(organizer)}:mailto:{_flat(organizer['email'])}"
    for attendee in _tables(event.get("attendees"))[:_ATTENDEES]:
        if attendee.get("email"):
            status = _PARTSTAT.get(str(attendee.get("responseStatus")), "NEEDS-ACTION")
            role = "OPT-PARTICIPANT" if attendee.get("optional") else "REQ-PARTICIPANT"
            kind = ";CUTYPE=RESOURCE" if attendee.get("resource") else ""
            yield f"ATTENDEE{_name(attendee)};PARTSTAT={status};ROLE={role}{kind}:mailto:{_flat(attendee['email'])}"


def _name(person: Mapping[str, Any]) -> str:
    name = _flat(person.get("displayName", "")).replace('"', "'")
    return f';CN="{name}"' if name else ""


def _link(event: Mapping[str, Any]) -> str:
    """Where the call takes place."""
    for entry in _tables(_table(event.get("conferenceData")).get("entryPoints")):
        if entry.get("entryPointType") == "video":
            return str(entry.get("uri", ""))
    return str(event.get("hangoutLink", ""))


def _time(name: str, stated: object) -> str:
    """A property with a date, a zoned time, or an instant; "" for what can't be read."""
    if not isinstance(stated, dict):
        return ""
    day = str(stated.get("date", ""))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day, re.ASCII):
        return f"{name};VALUE=DATE:{day.replace('-', '')}"
    moment = _instant(stated)
    if moment is None:
        return ""
    zone = known_zone(str(stated.get("timeZone", "")))
    if zone is None or zone is UTC:
        return f"{name}:{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{name};TZID={stated['timeZone']}:{moment.astimezone(zone):%Y%m%dT%H%M%S}"


def _instant(stated: Mapping[str, Any]) -> datetime | None:
    try:
        if "dateTime" in stated:
            moment = datetime.fromisoformat(str(stated["dateTime"]))
            return moment.astimezone(UTC) if moment.tzinfo else None
        return datetime.fromisoformat(str(stated["date"])).replace(tzinfo=UTC)
    except (KeyError, ValueError, OverflowError):
        return None


def _stamp(event: Mapping[str, Any]) -> str:
    moment = _instant({"dateTime": event.get("updated", "")})
    return f"DTSTAMP:{moment:%Y%m%dT%H%M%SZ}" if moment else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 1_000_000 else 0


def _text(value: object) -> str:
    text = re.sub(r"\r\n?", "\n", str(value))[:_LINE].replace("\\", "\\\\")
    return _flat(text.replace("\n", "\\n").replace(";", "\\;").replace(",", "\\,"), limit=2 * _LINE)


def _flat(value: object, *, limit: int = 2_000) -> str:
    """On one line, without control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in str(value)[:limit])


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _kept(*lines: str) -> list[str]:
    return [line for line in lines if line]
