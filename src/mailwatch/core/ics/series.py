"""Recurring events: which occurrences fall into a window, exceptions included (RFC 5545 §3.8.5), every number bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice

from mailwatch.core.ics.events import Entry
from mailwatch.core.ics.lines import Property
from mailwatch.core.ics.rules import walls_from_rule
from mailwatch.core.ics.values import Clocks, Moment, moments_from_property
from mailwatch.core.model import CalendarEvent, Window

INSTANCES = 366
_DATES = 5_000
_RULES = 4
_DAY = timedelta(days=1)


Note = Callable[[str], None]
"""Takes a phrase about something that was left out."""


def occurrences(
    master: Entry, exceptions: Sequence[Entry], window: Window, clocks: Clocks, note: Note
) -> Iterator[CalendarEvent]:
    """The occurrences of one series that may touch the window, without those that an exception replaces.

    Args:
        note: hears of every limit that leaves something out.

    Raises:
        Refused: see `walls_from_rule`.
    """
    replaced = {entry.overrides.utc for entry in exceptions if entry.overrides}
    onward = sorted((entry for entry in exceptions if entry.onward), key=lambda entry: entry.event.start)
    excluded = _excluded(master.excluded, clocks, note)
    for moment in _moments(master, window, clocks, note):
        if moment.utc not in replaced and not excluded & {moment.utc, moment.wall.date()}:
            yield _placed(_ruling(master, onward, moment), moment)


def _moments(master: Entry, window: Window, clocks: Clocks, note: Note) -> Iterator[Moment]:
    """The series' starts in and shortly before the window, in order, each once; DTSTART is one whatever the rule says."""
    start, length = master.start, master.event.end - master.event.start
    earliest = _wall(window.start - length, start) - _DAY
    latest = _wall(window.end, start) + _DAY
    found = {start.utc: start}
    if len(master.rules) > _RULES:
        note(f"an event with more than {_RULES} rules, the rest left out")
    for line in master.rules[:_RULES]:
        walls = walls_from_rule(line.value, start, earliest, latest, clocks)
        moments = (start.moved_to(wall) for wall in islice(walls, INSTANCES + 8))
        found |= {moment.utc: moment for moment in moments}
    for moment in _listed(master.extra, clocks, "extra", note):
        found[moment.utc] = replace(moment, all_day=start.all_day)
    inside = sorted(instant for instant in found if window.start - length <= instant < window.end)
    if len(inside) > INSTANCES:
        note(f"an event with more than {INSTANCES} occurrences, the later ones left out")
    return (found[instant] for instant in inside[:INSTANCES])


def _wall(instant: datetime, start: Moment) -> datetime:
    return instant.astimezone(start.zone).replace(tzinfo=None)


def _excluded(lines: Iterable[Property], clocks: Clocks, note: Note) -> set[datetime | date]:
    """Excluded instants, and the whole days that some programs write for timed series."""
    moments = _listed(lines, clocks, "excluded", note)
    return {moment.wall.date() if moment.all_day else moment.utc for moment in moments}


def _listed(lines: Iterable[Property], clocks: Clocks, what: str, note: Note) -> list[Moment]:
    """The moments of several lists, at most 5,000 of them."""
    moments = (moment for line in lines for moment in moments_from_property(line, clocks, _DATES + 1))
    first = list(islice(moments, _DATES + 1))
    if len(first) > _DATES:
        note(f"an event with more than {_DATES} {what} dates, the rest left out")
    return first[:_DATES]


def _ruling(master: Entry, onward: Iterable[Entry], moment: Moment) -> Entry:
    """The latest exception for "this and all following" that is in force at `moment`, or the master."""
    ruling = master
    for entry in onward:
        if entry.event.recurrence_id and entry.event.recurrence_id <= moment.utc:
            ruling = entry
    return ruling


def _placed(entry: Entry, moment: Moment) -> CalendarEvent:
    event, begins = entry.event, moment
    if entry.overrides:
        begins = moment.moved_to(moment.wall + (entry.start.wall - entry.overrides.wall))
    end = begins.utc + (event.end - event.start)
    return replace(event, start=begins.utc, end=end, recurrence_id=moment.utc, recurring=True)
