"""Which day a time of day belongs to: the nearest one of its line or paragraph, else the day of the list it stands in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from mailwatch.core.reading.times.clocks import Clock
from mailwatch.core.reading.times.days import Day

_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_NEAR = 40
_BESIDE = 14
_LIST_REACH = 1_500
_SHORT_LINE = 90
_LIST_START = re.compile(r"[\s>*•·|–—-]{0,8}(?:\w{0,16}\s?[:：]\s{0,4})?[(（]?$")
_JOINED = re.compile(r"[\s,(（⋅·|@]{0,4}(?:\w{1,4}\.?\s){0,2}$")


def pairs_of(text: str, clocks: Sequence[Clock], days: Sequence[Day]) -> Iterator[tuple[Clock, Day]]:
    """Each clock that names a time of a meeting with its day; clocks without a day are left out."""
    breaks = [0, *(match.end() for match in _PARAGRAPH.finditer(text)), len(text) + 1]
    forward: set[int] = set()
    for number, clock in enumerate(clocks):
        if clock.open:
            continue
        following = clocks[number + 1] if number + 1 < len(clocks) else None
        start, end = _bounds(breaks, clock.start)
        before = _last(day for day in days if start <= day.start and day.end <= clock.start)
        after = next((day for day in days if day.start >= clock.end and day.end <= end), None)
        if after is not None and following is not None and following.end <= after.start:
            after = None
        day = _of_paragraph(text, clock, before, after, forward)
        if day is None and _in_list(text, clock):
            day = _last(day for day in days if clock.start - _LIST_REACH <= day.start < clock.start)
        if day is None or (day.limit and day.start < clock.start):
            continue
        if clock.firm or _beside(text, clock, day):
            yield clock, day


def _last(days: Iterator[Day]) -> Day | None:
    found = None
    for day in days:
        found = day
    return found


def _bounds(breaks: list[int], position: int) -> tuple[int, int]:
    index = bisect_right(breaks, position)
    return breaks[index - 1], breaks[index]


def _of_paragraph(text: str, clock: Clock, before: Day | None, after: Day | None, forward: set[int]) -> Day | None:
    """The day before the clock, unless an earlier clock took that day from behind, or the next day is joined to this one."""
    if after is not None and after.start - clock.end > _NEAR + 20:
        after = None
    if before is None or id(before) in forward:
        if after is not None:
            forward.add(id(after))
        return after or before
    own_line = "\n" not in text[before.end : clock.start]
    if after is not None and not own_line and "\n" not in text[clock.end : after.start] and _joined(text, clock, after):
        forward.add(id(after))
        return after
    if (
        after is not None
        and clock.start - before.end > _NEAR
        and after.start - clock.end <= _BESIDE
        and _joined(text, clock, after)
    ):
        forward.add(id(after))
        return after
    return before


def _joined(text: str, clock: Clock, day: Day) -> bool:
    """Is there at most a small word between them ("3 pm on Tuesday")?"""
    return _JOINED.match(text[clock.end : day.start] or " ") is not None


def _in_list(text: str, clock: Clock) -> bool:
    """Does the clock begin its line ("9:00 Rita Ek", "Time: 14:00"), or stand in a short one?"""
    line_start = text.rfind("\n", 0, clock.start) + 1
    line_end = text.find("\n", clock.end)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    return _LIST_START.match(text[line_start : clock.start]) is not None or (clock.firm and len(line) <= _SHORT_LINE)


def _beside(text: str, clock: Clock, day: Day) -> bool:
    if day.start >= clock.end:
        return _joined(text, clock, day)
    between = text[day.end : clock.start]
    return len(between) <= _BESIDE and "\n\n" not in between
