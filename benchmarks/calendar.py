"""A generated calendar of 10,000 and 50,000 events: the occurrences of sixty days, beside icalendar and recurring_ical_events.

One event in ten recurs, a fifth of those with a moved or deleted instance; zones are Berlin, New York and UTC.
"""

from __future__ import annotations

import gc
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]

from benchmarks.row import Row
from mailwatch.backends.icsfile import FileSource, IcsCalendar
from mailwatch.core.ics import ParsedCalendar, calendar_from_ics
from mailwatch.core.model import Window
from mailwatch.sandbox import InlineParser

BEGINS = datetime(2026, 11, 1, tzinfo=UTC)
T = TypeVar("T")
WINDOW = Window(BEGINS, BEGINS + timedelta(days=60))
_ZONES = ("Europe/Berlin", "America/New_York", "")
_RULES = (
    "FREQ=WEEKLY;COUNT=30",
    "FREQ=DAILY;COUNT=20",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=YEARLY",
    "FREQ=MONTHLY;INTERVAL=2",
)


def generated(count: int) -> bytes:
    """A calendar over seven years around the window; the same one for the same count."""
    dice = random.Random(count)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN"]
    for number in range(count):
        lines += _event(number, dice)
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _event(number: int, dice: random.Random) -> Iterator[str]:
    start = BEGINS.replace(tzinfo=None) + timedelta(days=dice.randint(-2000, 500), hours=dice.randint(8, 17))
    zone = _ZONES[number % 3]
    begins = f";TZID={zone}:{start:%Y%m%dT%H%M%S}" if zone else f":{start:%Y%m%dT%H%M%S}Z"
    head = [f"UID:{number}@bench.example", f"DTSTAMP:{start:%Y%m%dT%H%M%SZ}", f"SUMMARY:Meeting {number}"]
    rule = _RULES[number // 10 % len(_RULES)] if number % 10 == 0 else ""
    ends = begins.replace(f"{start:%Y%m%dT%H%M%S}", f"{start + timedelta(minutes=45):%Y%m%dT%H%M%S}")
    yield from ("BEGIN:VEVENT", *head, f"DTSTART{begins}", f"DTEND{ends}")
    yield from (
        f"DESCRIPTION:{'We talk about what we talked about. ' * 12}",
        *((f"RRULE:{rule}",) if rule else ()),
        "END:VEVENT",
    )
    if rule and number % 50 == 0 and zone:
        moved = start + timedelta(hours=1)
        yield from ("BEGIN:VEVENT", *head, f"RECURRENCE-ID{begins}")
        yield from (f"DTSTART;TZID={zone}:{moved:%Y%m%dT%H%M%S}", "DURATION:PT30M", "END:VEVENT")


def rows() -> Iterator[Row]:
    """The rows of this file."""
    for count in (10_000, 50_000):
        data = generated(count)
        ours, mine = timed(partial(calendar_from_ics, data, window=WINDOW, zone="UTC"))
        theirs, other = timed(partial(_everything, data))
        print(f"calendar, {count:,} events: {mine:.2f} s beside {other:.2f} s; {len(ours.events):,} occurrences")
        differ = len(occurrences_of(ours) ^ theirs)
        yield Row(f"calendar, {count:,} events: occurrences that differ", differ, 0, "occurrences", 12, steady=True)
        yield Row(f"calendar, {count:,} events: 60 days", mine / other, 0.4, "× icalendar + recurring_ical_events", 12)
    yield from unchanged(generated(2_000))


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What some work gives, and its CPU seconds."""
    gc.collect()
    begun = time.process_time()
    found = work()
    return found, time.process_time() - begun


def _everything(data: bytes) -> set[tuple[str, datetime]]:
    calendar = icalendar.Calendar.from_ical(data)
    found = recurring_ical_events.of(calendar).between(WINDOW.start, WINDOW.end)
    return {(str(event["UID"]), event["DTSTART"].dt.astimezone(ZoneInfo("UTC"))) for event in found}


def occurrences_of(parsed: ParsedCalendar) -> set[tuple[str, datetime]]:
    """UID and start of every occurrence."""
    return {(event.uid, event.start.astimezone(UTC)) for event in parsed.events}


def occurrences_differing(data: bytes) -> int:
    """How many occurrences only one side finds."""
    return len(occurrences_of(calendar_from_ics(data, window=WINDOW, zone="UTC")) ^ _everything(data))


class _Counting(InlineParser):
    """Counts what it is asked to read."""

    asked = 0

    def calendar(self, data: bytes, *, window: Window, zone: str) -> ParsedCalendar:
        self.asked += 1
        return super().calendar(data, window=window, zone=zone)


def unchanged(data: bytes) -> Iterator[Row]:
    """A calendar that did not change is not parsed."""
    with tempfile.TemporaryDirectory() as folder:
        file, parser = Path(folder, "calendar.ics"), _Counting()
        file.write_bytes(data)
        os.utime(file, (1, 1))  # a file of this very moment may still change unseen
        calendar = IcsCalendar("bench", FileSource("bench", file), parser, zone="UTC")
        (page,) = calendar.changes(None, window=WINDOW)
        parser.asked = 0
        list(calendar.changes(page.cursor, window=WINDOW))
        yield Row("calendar that has not changed: parsed", parser.asked, 0, "times", 13, steady=True)
