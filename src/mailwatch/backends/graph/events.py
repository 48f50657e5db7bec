"""Event resources to calendar events (learn.microsoft.com/graph/api/resources/event)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mailwatch.backends.graph.envelopes import moment_from
from mailwatch.core.addresses import address_from_text
from mailwatch.core.html import looks_like_html, text_from_html
from mailwatch.core.model import Attendee, CalendarEvent, ZoneState
from mailwatch.core.text import clean_text, one_line
from mailwatch.core.zones import zone_from_name

_LINE, _TEXT, _LINK, _ATTENDEES = 1_000, 16_000, 2_000, 200
_LONGEST = timedelta(days=400)
_PARTSTAT = {
    "accepted": "ACCEPTED", "declined": "DECLINED", "tentativelyaccepted": "TENTATIVE", "notresponded": "NEEDS-ACTION",
    "none": "NEEDS-ACTION", "organizer": "ACCEPTED",
}  # fmt: skip
_ROLES = {"required": "REQ-PARTICIPANT", "optional": "OPT-PARTICIPANT"}
_FRACTION = re.compile(r"(\.\d{1,6})\d*")
# A Global Object ID in hex (MS-OXOCAL §2.2.1.27): a fixed beginning, then the day of the occurrence, then the rest.
_OBJECT_ID = re.compile(r"(040000008200E00074C5B7101A82E008)([0-9A-F]{8})([0-9A-F]{16,400})", re.IGNORECASE)
# What stands in the rest where the meeting came from another program: its own UID in ASCII.
_FOREIGN = re.compile(r"7643616C2D556964(?:01000000)", re.IGNORECASE)


def event_from_fields(
    fields: Mapping[str, Any], *, zone: str, master: Mapping[str, Any] | None = None, me: str = ""
) -> CalendarEvent | None:
    """An event, or one occurrence of a series; None where it has no start that can be read.

    Args:
        zone: the user's IANA zone, in which a day without times is meant.
        master: the series, for an occurrence that comes with its times only.
        me: the user's address there; the event says apart what the user has answered.
    """
    whole = {**master, **{name: value for name, value in fields.items() if value is not None}} if master else fields
    all_day = whole.get("isAllDay") is True
    start, sure = _moment(whole.get("start"), zone, all_day=all_day)
    end, _ = _moment(whole.get("end"), zone, all_day=all_day)
    if start is None:
        return None
    of_series = whole.get("type") in ("occurrence", "exception")
    original = moment_from(fields.get("originalStart")) if of_series else None
    return CalendarEvent(
        uid=uid_of(fields, master),
        start=start,
        end=max(start, min(end or start, start + _LONGEST)),
        summary=one_line(_string(whole, "subject"), _LINE),
        description=_description(whole.get("body"), _string(whole, "bodyPreview")),
        location=one_line(_string(_table(whole.get("location")), "displayName"), _LINE),
        url=_link(whole),
        status="CANCELLED" if whole.get("isCancelled") is True else "TENTATIVE" if _is_hold(whole) else "CONFIRMED",
        dtstamp=moment_from(whole.get("lastModifiedDateTime")),
        recurrence_id=(original or start) if of_series else None,
        recurring=of_series or whole.get("type") == "seriesMaster",
        all_day=all_day,
        tzid="" if all_day else one_line(_string(whole, "originalStartTimeZone"), 200),
        zone_state=sure,
        organizer=_organizer(whole),
        attendees=_attendees(whole, me),
        categories=tuple(one_line(str(word), 100) for word in _list(whole.get("categories"))[:20]),
    )


def uid_of(fields: Mapping[str, Any], master: Mapping[str, Any] | None = None) -> str:
    """The UID that mails about this meeting carry: the series' own for an occurrence of it."""
    text = _string(fields, "uid") or _string(master or fields, "uid") or _string(master or fields, "iCalUId")
    found = _OBJECT_ID.fullmatch(text)
    if found is None:
        return one_line(text, _LINE) or _string(fields, "id")[:_LINE]
    foreign = _FOREIGN.search(found[3])
    if foreign is not None:
        own = bytes.fromhex(found[3][foreign.end() :][: len(found[3][foreign.end() :]) // 2 * 2]).split(b"\0")[0]
        return one_line(own.decode("utf-8", "replace"), _LINE)
    return f"{found[1]}00000000{found[3]}".upper()


def _moment(value: Any, zone: str, *, all_day: bool) -> tuple[datetime | None, ZoneState]:
    """dateTimeTimeZone: a wall clock, and the zone that it hangs in by an IANA or Windows name."""
    fields = _table(value)
    try:
        wall = datetime.fromisoformat(_FRACTION.sub(r"\1", _string(fields, "dateTime")))
    except ValueError:
        return None, ZoneState.UNKNOWN
    if not 1900 < wall.year < 2200:
        return None, ZoneState.UNKNOWN
    if all_day:
        return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), ZoneState.FLOATING
    if wall.tzinfo is not None:
        return wall.astimezone(UTC), ZoneState.KNOWN
    known = zone_from_name(_string(fields, "timeZone") or "UTC", home=zone)
    state = ZoneState.KNOWN if known else ZoneState.UNKNOWN
    return wall.replace(tzinfo=known or ZoneInfo(zone)).astimezone(UTC), state


def _is_hold(fields: Mapping[str, Any]) -> bool:
    """The user has kept the time free without agreeing to anything: an entry of their own, shown as tentative."""
    return _string(fields, "showAs") == "tentative" and fields.get("isOrganizer") is True


def _organizer(fields: Mapping[str, Any]) -> Attendee | None:
    name, address = _name_and_address(fields.get("organizer"))
    return Attendee(name, address) if name or address else None


def _attendees(fields: Mapping[str, Any], me: str) -> tuple[Attendee, ...]:
    answered = _PARTSTAT.get(_string(_table(fields.get("responseStatus")), "response").casefold(), "")
    found = []
    for each in _list(fields.get("attendees"))[:_ATTENDEES]:
        table = _table(each)
        name, address = _name_and_address(table)
        partstat = _PARTSTAT.get(_string(_table(table.get("status")), "response").casefold(), "")
        if me and address == me.casefold() and answered:
            partstat = answered
        kind = _string(table, "type").casefold()
        found.append(Attendee(name, address, partstat, _ROLES.get(kind, ""), "RESOURCE" if kind == "resource" else ""))
    return tuple(found)


def _name_and_address(value: Any) -> tuple[str, str]:
    inner = _table(_table(value).get("emailAddress"))
    address = address_from_text(_string(inner, "address")) or ""
    name = one_line(_string(inner, "name"), 200).strip("\"' ")
    return ("" if name.casefold() == address else name), address


def _description(body: Any, preview: str) -> str:
    text = _string(_table(body), "content")[: 8 * _TEXT] or preview
    plain = text_from_html(text) if looks_like_html(text) else clean_text(text)
    return plain.strip()[:_TEXT]


def _link(fields: Mapping[str, Any]) -> str:
    joined = _string(_table(fields.get("onlineMeeting")), "joinUrl") or _string(fields, "onlineMeetingUrl")
    return one_line(joined, _LINK)


def _string(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
