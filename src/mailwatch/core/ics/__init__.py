"""text/calendar to events (RFC 5545, RFC 5546, RFC 6047): invitations as they stand, calendars expanded in a window.

Nothing here raises on any bytes. What can't be read, or goes past a limit, is left out and named in `problems`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest

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
"""Occurrences in the window, and moved or deleted instances of series that may matter there."""
CALENDAR_BLOCKS = 100_000
"""Blocks that may touch the window: so many are read, whether they do or not."""
LONGEST_WINDOW = timedelta(days=400)
_MARGIN = timedelta(days=2)
_HEAD = 65_536
_OWN = re.compile(
    rb"^(METHOD|PRODID|X-WR-TIMEZONE)(?:;[^:\r\n]{0,200})?:([^\r\n]{0,400})", re.MULTILINE | re.IGNORECASE
)
_DAY_OF = {
    name: re.compile(rb"\n" + name + rb"(?:[^\n:]|\n[ \t]){0,400}:(?:\r?\n[ \t])?[ \t]{0,8}(\d{8})")
    for name in (b"DTSTART", b"DTEND", b"RECURRENCE-ID")
}
_DURATION = re.compile(
    rb"\nDURATION[^:\n]{0,80}:\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:\d{1,8}[MS]){0,2})?\r?(?=\n)"
)
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
        data: at most 64 MB and 100,000 blocks that may matter are read; of what falls into the window 20,000
            occurrences are kept, the earliest.
        window: at most 400 days; the rest of a longer one is cut off.
        zone: the user's IANA zone, for floating times and whole days.
    """
    window = Window(window.start, min(window.end, window.start + LONGEST_WINDOW))
    opened = _Opened.from_bytes(data, zone, None)
    found = _expanded(opened, window)
    events = nsmallest(CALENDAR_EVENTS + 1, found, key=lambda event: (event.start, event.uid))
    if len(events) > CALENDAR_EVENTS:
        opened.problems[f"more than {CALENDAR_EVENTS} events, cut"] = None
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

    def entry(self, block: Block) -> Entry | None:
        """What a block says; None where it has no start that can be read."""
        entry = entry_from_block(block, self.clocks, method=self.method, product=self.product)
        if entry is None:
            self.note("an event without a start that can be read")
        for problem in entry.left_out if entry else ():
            self.note(problem)
        return entry

    def closed(self, events: tuple[CalendarEvent, ...]) -> ParsedCalendar:
        return ParsedCalendar(events, tuple(self.problems), self.method, self.product)


def _entries(opened: _Opened, found: Iterator[Block], limit: int) -> list[Entry]:
    entries: list[Entry] = []
    for count, block in enumerate(found):
        if count == limit:
            opened.problems[f"more than {limit} events, cut"] = None
            break
        entry = opened.entry(block)
        if entry:
            entries.append(entry)
    return entries


def _may_touch(block: bytes, window: Window) -> bool:
    """Told by the dates alone, two days generous: could an occurrence touch the window? In doubt, yes."""
    first, last = (f"{day:%Y%m%d}".encode() for day in (window.start - _MARGIN, window.end + _MARGIN))
    start, end, instead = (
        found.group(1) if (found := _DAY_OF[name].search(block)) else b""
        for name in (b"DTSTART", b"DTEND", b"RECURRENCE-ID")
    )
    if not start or (b"\nRECURRENCE-ID" in block and (not instead or b"RANGE" in block or first <= instead <= last)):
        return True
    if start > last and b"\nRDATE" not in block:
        return False
    if b"\nRRULE" in block or b"\nRDATE" in block:
        until = _UNTIL.search(block)
        return until is None or until.group(1) >= first or b"\nRDATE" in block or (end or start) >= first
    return max(end, start) >= first or (not end and b"\nDURATION" in block and _lasts_until(start, block) >= first)


def _lasts_until(start: bytes, block: bytes) -> bytes:
    """The day after the one on which an event with a DURATION ends; a far one where that can't be told."""
    found = _DURATION.findall(block)
    if len(found) != 1 or not start.isdigit():
        return b"99999999"
    weeks, days, hours = (int(number or 0) for number in found[0])
    try:
        begun = date(int(start[:4]), int(start[4:6]), int(start[6:]))
        return f"{begun + timedelta(days=7 * weeks + days + hours // 24 + 2):%Y%m%d}".encode()
    except (ValueError, OverflowError):
        return b"99999999"


def _expanded(opened: _Opened, window: Window) -> Iterator[CalendarEvent]:
    """Every occurrence that touches the window. Only series, unread, and changed instances of them are held on to."""
    changed: dict[str, list[Entry]] = {}
    series: list[Block] = []
    for entry, block in _singles(opened, window, series):
        if entry.overrides:
            changed.setdefault(entry.event.uid, []).append(entry)
        elif entry.recurs:
            series.append(block)
            continue
        if _touches(entry.event, window):
            yield entry.event
    for block in series:
        begun = opened.entry(block)
        if begun is not None:
            yield from _occurrences(opened, begun, changed.get(begun.event.uid, ()), window)


def _singles(opened: _Opened, window: Window, series: list[Block]) -> Iterator[tuple[Entry, Block]]:
    """Every entry that may touch the window; the blocks of what recurs by the look of it go to `series` unread."""
    overrides = 0
    for count, block in enumerate(opened.events(window)):
        if count == CALENDAR_BLOCKS:
            opened.problems[f"more than {CALENDAR_BLOCKS} events that may matter, cut"] = None
            return
        if (b"\nRRULE" in block.data or b"\nRDATE" in block.data) and b"RECURRENCE-ID" not in block.data.upper():
            series.append(block)
            continue
        entry = opened.entry(block)
        if entry is not None and entry.overrides:
            overrides += 1
        if overrides > CALENDAR_EVENTS:
            opened.problems[f"more than {CALENDAR_EVENTS} events, cut"] = None
            return
        if entry is not None:
            yield entry, block


def _occurrences(opened: _Opened, entry: Entry, changed: Sequence[Entry], window: Window) -> Iterator[CalendarEvent]:
    try:
        found = (
            occurrences(entry, changed, window, opened.clocks, opened.note) if entry.recurs else iter((entry.event,))
        )
        yield from (event for event in found if _touches(event, window))
    except Refused as reason:
        opened.problems[f"an event that {reason}"] = None
        if _touches(entry.event, window):
            yield entry.event


def _touches(event: CalendarEvent, window: Window) -> bool:
    return event.start < window.end and (event.end > window.start or event.start >= window.start)
