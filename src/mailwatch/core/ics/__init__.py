"""text/calendar to events (RFC 5545, RFC 5546, RFC 6047): invitations as they stand, calendars expanded in a window.

Nothing here raises on any bytes. What can't be read, or goes past a limit, is left out and named in `problems`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from mailwatch.core.ics.clocks import clocks_for
from mailwatch.core.ics.events import Entry, entry_from_block
from mailwatch.core.ics.lines import BLOCK_BYTES, Block, blocks
from mailwatch.core.ics.rules import Refused
from mailwatch.core.ics.series import occurrences
from mailwatch.core.ics.values import Clocks
from mailwatch.core.model import CalendarEvent, Window
from mailwatch.core.text import one_line

__all__ = ["ParsedCalendar", "calendar_from_ics", "invitations_from_ics"]

INVITATION_BYTES = 2 << 20
CALENDAR_BYTES = 64 << 20
INVITATION_EVENTS = 2_000
CALENDAR_EVENTS = 20_000
LONGEST_WINDOW = timedelta(days=400)
_MARGIN = timedelta(days=2)
_HEAD = 65_536
_OWN = re.compile(
    rb"^(METHOD|PRODID|X-WR-TIMEZONE)(?:;[^:\r\n]{0,200})?:([^\r\n]{0,400})", re.MULTILINE | re.IGNORECASE
)
_DAY_OF = {
    name: re.compile(rb"\n" + name + rb"(?:[^\n:]|\n[ \t]){0,400}:(?:\r?\n[ \t])?[ \t]{0,8}(\d{8})")
    for name in (b"DTSTART", b"DTEND")
}
_UNTIL = re.compile(rb"UNTIL=(\d{8})")


@dataclass(frozen=True, slots=True)
class ParsedCalendar:
    """What a calendar object holds.

    problems: what could not be read, one phrase each. method, product: METHOD and PRODID of the object, "" where absent.
    """

    events: tuple[CalendarEvent, ...] = ()
    problems: tuple[str, ...] = ()
    method: str = ""
    product: str = ""


def invitations_from_ics(data: bytes, *, zone: str) -> ParsedCalendar:
    """The events of an iMIP object, series and their exceptions as written, not expanded.

    Args:
        data: at most 2 MB are read, and 2,000 events.
        zone: the user's IANA zone, for floating times.
    """
    opened = _Opened.from_bytes(data, zone, INVITATION_BYTES)
    entries = _entries(opened, opened.events(), INVITATION_EVENTS)
    return opened.closed(tuple(entry.event for entry in entries))


def calendar_from_ics(data: bytes, *, window: Window, zone: str) -> ParsedCalendar:
    """The occurrences of a whole calendar that touch the window, by start.

    Blocks that can't touch the window are dropped by a look at their dates, unread.

    Args:
        data: at most 64 MB of blocks that may matter are read.
        window: at most 400 days; the rest of a longer one is cut off.
        zone: the user's IANA zone, for floating times and whole days.
    """
    window = Window(window.start, min(window.end, window.start + LONGEST_WINDOW))
    opened = _Opened.from_bytes(data, zone, None)
    entries = _entries(opened, opened.events(window), CALENDAR_EVENTS)
    events = sorted(_expanded(opened, entries, window), key=lambda event: (event.start, event.uid))
    return opened.closed(tuple(events[:CALENDAR_EVENTS]))


@dataclass(slots=True)
class _Opened:
    """A calendar while it is being read; `problems` fills up on the way."""

    data: bytes
    method: str
    product: str
    clocks: Clocks
    problems: dict[str, None]

    @classmethod
    def from_bytes(cls, data: bytes, zone: str, limit: int | None) -> _Opened:
        problems: dict[str, None] = {}
        if limit and len(data) > limit:
            problems["calendar larger than 2 MB, cut"] = None
            data = data[:limit]
        if data[:200].count(0) > len(data[:200]) // 3:
            data = data.decode("utf-16", "ignore").encode()
        if b"\n" not in data:
            data = data.replace(b"\r", b"\n")
        own = {name.upper(): one_line(value.decode("utf-8", "replace")) for name, value in _OWN.findall(data[:_HEAD])}
        if b"BEGIN:VCALENDAR" not in data[:_HEAD].upper():
            problems["no calendar inside"] = None
        clocks = clocks_for(blocks(data, b"VTIMEZONE"), home=zone, calendar_zone=own.get(b"X-WR-TIMEZONE", ""))
        return cls(
            data, one_line(own.get(b"METHOD", "").upper(), 40), one_line(own.get(b"PRODID", ""), 200), clocks, problems
        )

    def events(self, window: Window | None = None) -> Iterator[Block]:
        """The VEVENT blocks, with a window only those that may touch it."""
        read = 0
        for block in blocks(self.data, b"VEVENT"):
            if window and not _may_touch(block.data, window):
                continue
            read += min(len(block.data), BLOCK_BYTES)  # of a larger one only so much is kept
            if read > CALENDAR_BYTES:
                self.problems["calendar larger than 64 MB, cut"] = None
                return
            if block.cut:
                self.problems["calendar cut short"] = None
            yield block

    def note(self, problem: str) -> None:
        """Remember what could not be read or was left out."""
        self.problems[problem] = None

    def closed(self, events: tuple[CalendarEvent, ...]) -> ParsedCalendar:
        return ParsedCalendar(events, tuple(self.problems), self.method, self.product)


def _entries(opened: _Opened, found: Iterator[Block], limit: int) -> list[Entry]:
    entries: list[Entry] = []
    for count, block in enumerate(found):
        if count == limit:
            opened.problems[f"more than {limit} events, cut"] = None
            break
        entry = entry_from_block(block, opened.clocks, method=opened.method, product=opened.product)
        if entry:
            entries.append(entry)
            for problem in entry.left_out:
                opened.note(problem)
        else:
            opened.problems["an event without a start that can be read"] = None
    return entries


def _may_touch(block: bytes, window: Window) -> bool:
    """Told by the dates alone, two days generous: could an occurrence touch the window? In doubt, yes."""
    if b"\nRECURRENCE-ID" in block:
        return True
    first, last = (f"{day:%Y%m%d}".encode() for day in (window.start - _MARGIN, window.end + _MARGIN))
    start, end = (found.group(1) if (found := _DAY_OF[name].search(block)) else b"" for name in (b"DTSTART", b"DTEND"))
    if not start:
        return True
    if start > last and b"\nRDATE" not in block:
        return False
    if b"\nRRULE" in block or b"\nRDATE" in block:
        until = _UNTIL.search(block)
        return until is None or until.group(1) >= first or b"\nRDATE" in block or (end or start) >= first
    return max(end, start) >= first or (not end and b"\nDURATION" in block)


def _expanded(opened: _Opened, entries: list[Entry], window: Window) -> Iterator[CalendarEvent]:
    exceptions: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.overrides:
            exceptions.setdefault(entry.event.uid, []).append(entry)
            if _touches(entry.event, window):
                yield entry.event
    for entry in entries:
        if entry.overrides:
            continue
        if not entry.recurs:
            found: Iterator[CalendarEvent] = iter((entry.event,))
        else:
            found = occurrences(entry, exceptions.get(entry.event.uid, ()), window, opened.clocks, opened.note)
        try:
            yield from (event for event in found if _touches(event, window))
        except Refused as reason:
            opened.problems[f"an event that {reason}"] = None
            if _touches(entry.event, window):
                yield entry.event


def _touches(event: CalendarEvent, window: Window) -> bool:
    return event.start < window.end and (event.end > window.start or event.start >= window.start)
