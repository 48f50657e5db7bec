"""One VEVENT block to one CalendarEvent, before any recurrence is worked out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from mailwatch.core.addresses import address_from_text
from mailwatch.core.html import looks_like_html, text_from_html
from mailwatch.core.ics.lines import ATTENDEES, LINES, Block, Property, properties
from mailwatch.core.ics.values import Clocks, Moment, duration_from_value, moment_from_property, text_from_value
from mailwatch.core.model import Attendee, CalendarEvent
from mailwatch.core.text import clean_text, one_line

_LINE, _TEXT, _LINK = 1_000, 16_000, 2_000
_CATEGORIES = 20
_LONGEST = timedelta(days=400)
_REPEATED = frozenset({"ATTENDEE", "RRULE", "RDATE", "EXDATE", "CATEGORIES"})
# Where the link to a call stands when URL does not hold it.
_CALLS = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGCONFLINK")


@dataclass(frozen=True, slots=True)
class Entry:
    """A VEVENT as written: its event (start and end of the first occurrence) and what a series needs besides.

    overrides: the RECURRENCE-ID, where it stands for one occurrence; onward: … and for all that follow.
    left_out: what of it went past a limit, one phrase each.
    """

    event: CalendarEvent
    start: Moment
    overrides: Moment | None = None
    onward: bool = False
    rules: tuple[Property, ...] = ()
    extra: tuple[Property, ...] = ()
    excluded: tuple[Property, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def recurs(self) -> bool:
        """It stands for more than one occurrence."""
        return bool(self.rules or self.extra)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A block's properties: the first of each name, and those that may stand several times."""

    single: dict[str, Property] = field(default_factory=dict)
    several: dict[str, list[Property]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        prop = self.single.get(name)
        return prop.value if prop else ""

    def text(self, name: str, limit: int) -> str:
        return one_line(text_from_value(self.value(name)[: 2 * limit]), limit)


def entry_from_block(block: Block, clocks: Clocks, *, method: str, product: str) -> Entry | None:
    """The entry, or None where it has no start that can be read."""
    sheet = _sheet(properties(block.data))
    overrides = _moment(sheet, "RECURRENCE-ID", clocks)
    start = _moment(sheet, "DTSTART", clocks) or overrides
    if start is None:
        return None
    start = _all_day_as_outlook_says(sheet, start)
    rules, extra = tuple(sheet.several.get("RRULE", ())), tuple(sheet.several.get("RDATE", ()))
    event = CalendarEvent(
        uid=sheet.text("UID", _LINE) or _made_up_uid(start, sheet.value("SUMMARY")),
        start=start.utc,
        end=_end(sheet, start, clocks),
        summary=sheet.text("SUMMARY", _LINE),
        description=_description(sheet),
        location=sheet.text("LOCATION", _LINE),
        url=_link(sheet),
        method=method,
        status=sheet.text("STATUS", 40).upper(),
        sequence=_number(sheet.value("SEQUENCE")),
        dtstamp=stamp.utc if (stamp := _moment(sheet, "DTSTAMP", clocks)) else None,
        recurrence_id=overrides.utc if overrides else None,
        recurring=bool(rules or extra or overrides),
        all_day=start.all_day,
        tzid=one_line(start.tzid, 200),
        zone_state=start.state,
        organizer=_attendee(sheet.single["ORGANIZER"]) if "ORGANIZER" in sheet.single else None,
        attendees=tuple(_attendee(prop) for prop in sheet.several.get("ATTENDEE", ())[:ATTENDEES]),
        categories=_categories(sheet.several.get("CATEGORIES", ())),
        product=product,
    )
    excluded = tuple(sheet.several.get("EXDATE", ()))
    return Entry(event, start, overrides, _is_onward(sheet), rules, extra, excluded, _left_out(block, sheet))


def _is_onward(sheet: _Sheet) -> bool:
    which = sheet.single.get("RECURRENCE-ID")
    return which is not None and which.parameters.get("RANGE", "").upper() == "THISANDFUTURE"


def _left_out(block: Block, sheet: _Sheet) -> tuple[str, ...]:
    if len(sheet.several.get("ATTENDEE", ())) > ATTENDEES:
        return (f"an event with more than {ATTENDEES} guests, the rest left out",)
    if block.data.count(b"\n") > LINES:
        return (f"an event with more than {LINES} lines, the rest left out",)
    return ()


def _sheet(lines: Iterable[Property]) -> _Sheet:
    sheet = _Sheet()
    for prop in lines:
        if prop.name in _REPEATED:
            sheet.several.setdefault(prop.name, []).append(prop)
        else:
            sheet.single.setdefault(prop.name, prop)
    return sheet


def _moment(sheet: _Sheet, name: str, clocks: Clocks) -> Moment | None:
    prop = sheet.single.get(name)
    return moment_from_property(prop, clocks) if prop else None


def _all_day_as_outlook_says(sheet: _Sheet, start: Moment) -> Moment:
    says_so = sheet.value("X-MICROSOFT-CDO-ALLDAYEVENT").upper() == "TRUE"
    return replace(start, all_day=True) if says_so and start.wall.time() == time() else start


def _end(sheet: _Sheet, start: Moment, clocks: Clocks) -> datetime:
    """DTEND, or start and DURATION, or the end of the day (RFC 5545 §3.6.1); at most 400 days later, never before."""
    stated = _moment(sheet, "DTEND", clocks)
    length = duration_from_value(sheet.value("DURATION"))
    if stated:
        end = stated.utc
    elif length is not None:
        end = start.utc + min(length, _LONGEST)
    else:
        end = start.moved_to(start.wall + timedelta(days=1)).utc if start.all_day else start.utc
    return max(start.utc, min(end, start.utc + _LONGEST))


def _description(sheet: _Sheet) -> str:
    text = text_from_value(sheet.value("DESCRIPTION")[: 4 * _TEXT])
    if not text.strip():
        text = text_from_value(sheet.value("X-ALT-DESC")[: 4 * _TEXT])
    plain = text_from_html(text) if looks_like_html(text) else clean_text(text)
    return plain.strip()[:_TEXT]


def _link(sheet: _Sheet) -> str:
    links = (sheet.text(name, _LINK) for name in ("URL", *_CALLS))
    return next((link for link in links if link), "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _attendee(prop: Property) -> Attendee:
    given = prop.parameters
    address = address_from_text(prop.value) or address_from_text(given.get("EMAIL", "")) or ""
    name = one_line(text_from_value(given.get("CN", ""))[:_LINE], 200).strip("\"' ")
    if name.casefold() in (address, f"mailto:{address}"):
        name = ""
    partstat, role, cutype = (one_line(given.get(key, "")[:40]).upper() for key in ("PARTSTAT", "ROLE", "CUTYPE"))
    return Attendee(name, address, partstat, role, cutype)


def _categories(lines: Iterable[Property]) -> tuple[str, ...]:
    words = (one_line(text_from_value(word), 100) for prop in lines for word in prop.value[: 10 * _LINE].split(","))
    return tuple(word for word in words if word)[:_CATEGORIES]


def _made_up_uid(start: Moment, summary: str) -> str:
    digest = hashlib.sha256(f"{start.utc.isoformat()}\x1f{summary}".encode("utf-8", "replace")).hexdigest()[:32]
    return f"{digest}@mailwatch.invalid"
