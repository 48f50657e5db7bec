"""RRULE to an iterator of wall-clock times (RFC 5545 §3.3.10), refusing what would never end.

dateutil works the rules out, but looks until the year 9999 for an occurrence that never comes (a 30th of February, a
second Tuesday on a 31st), and walks day by day from 1970. So a rule is checked first, and begun near the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

from dateutil import rrule

from mailwatch.core.ics.values import Clocks, Moment, moment_from_value

_FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}
_WEEKDAYS = {
    "MO": rrule.MO,
    "TU": rrule.TU,
    "WE": rrule.WE,
    "TH": rrule.TH,
    "FR": rrule.FR,
    "SA": rrule.SA,
    "SU": rrule.SU,
}
# Part of a rule: dateutil's argument, lowest and highest value. Zero counts for times of day only.
_LISTS = {
    "BYMONTH": ("bymonth", 1, 12),
    "BYMONTHDAY": ("bymonthday", -31, 31),
    "BYYEARDAY": ("byyearday", -366, 366),
    "BYWEEKNO": ("byweekno", -53, 53),
    "BYSETPOS": ("bysetpos", -366, 366),
    "BYHOUR": ("byhour", 0, 23),
    "BYMINUTE": ("byminute", 0, 59),
    "BYSECOND": ("bysecond", 0, 59),
}
_LIST_LIMIT = 60
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_TIMES_A_DAY = 24
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Refused(ValueError):
    """A recurrence that is not worked out; the message says why, as a phrase."""


def walls_from_rule(
    text: str, start: Moment, earliest: datetime, latest: datetime, clocks: Clocks
) -> Iterator[datetime]:
    """The wall-clock starts from `earliest` up to, not including, `latest`, in order.

    Raises:
        Refused: the rule is broken, repeats more often than daily, or can never come true.
    """
    parts = {
        key.strip(): value.strip()
        for key, _, value in (part.partition("=") for part in text[:2_000].upper().split(";"))
    }
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise Refused(
            "repeats more often than once a day" if frequency.endswith("LY") else "has a rule without a frequency"
        )
    interval = _number(parts.get("INTERVAL", "1"), 1, 10_000)
    lists = {name: _numbers(parts[key], low, high) for key, (name, low, high) in _LISTS.items() if parts.get(key)}
    days = _weekdays(parts["BYDAY"]) if parts.get("BYDAY") else []
    _check(frequency, interval, start.wall, lists, days)
    count = _number(parts["COUNT"], 1, 10**9) if "COUNT" in parts else None
    rule = rrule.rrule(
        _FREQUENCIES[frequency],
        dtstart=start.wall if count else _nearer(start.wall, earliest, frequency, interval),
        interval=interval,
        count=count,
        wkst=_WEEKDAYS.get(parts.get("WKST", ""), rrule.MO),
        byweekday=days or None,
        until=None if count else latest,
        **lists,  # type: ignore[arg-type]
    )
    end = _until(parts["UNTIL"], start, clocks) if "UNTIL" in parts else datetime.max  # noqa: DTZ901 - a wall clock
    return takewhile(lambda wall: wall <= end and wall < latest, rule.xafter(earliest, inc=True))


def _number(text: str, low: int, high: int) -> int:
    if not _INTEGER.fullmatch(text) or not low <= int(text) <= high:
        raise Refused("has a rule with a number out of range")
    return int(text)


def _numbers(text: str, low: int, high: int) -> list[int]:
    numbers = [_number(part.strip(), low, high) for part in text.split(",", _LIST_LIMIT)[:_LIST_LIMIT]]
    if low != 0 and 0 in numbers:
        raise Refused("has a rule with a number out of range")
    return numbers


def _weekdays(text: str) -> list[rrule.weekday]:
    found = []
    for part in text.split(",", _LIST_LIMIT)[:_LIST_LIMIT]:
        name, nth = part.strip()[-2:], part.strip()[:-2]
        if name not in _WEEKDAYS:
            raise Refused("has a rule with an unknown weekday")
        found.append(_WEEKDAYS[name](_number(nth, -53, 53)) if nth.strip("+-0") else _WEEKDAYS[name])
    return found


def _check(
    frequency: str, interval: int, first: datetime, lists: Mapping[str, list[int]], days: list[rrule.weekday]
) -> None:
    times = len(lists.get("byhour", "1")) * len(lists.get("byminute", "1")) * len(lists.get("bysecond", "1"))
    if times > _TIMES_A_DAY:
        raise Refused("repeats more often than once a day")
    short = frequency in ("DAILY", "WEEKLY")
    outside = {"byyearday", "byweekno"} if frequency != "YEARLY" else set()
    outside |= {"bysetpos"} if short else set()
    outside |= {"bymonthday"} if frequency == "WEEKLY" else set()
    fixed = lists.keys() & {"byyearday", "byweekno"}  # with each other, or with months, they may never agree on a day
    outside |= {"bymonth", "bymonthday"} if fixed else set()
    if outside & lists.keys() or len(fixed) > 1:
        raise Refused("has a rule whose parts do not belong together")
    comes = _weekday_comes(frequency, interval, first, days, in_months="bymonth" in lists) and _month_comes(
        frequency, interval, first, lists
    )
    if not (comes and _day_comes(short, first, lists, days) and _position_comes(lists, days, times)):
        raise Refused("has a rule that never comes true")


def _weekday_comes(
    frequency: str, interval: int, first: datetime, days: list[rrule.weekday], *, in_months: bool
) -> bool:
    if frequency == "DAILY":
        return not days or interval % 7 != 0 or any(day.weekday == first.weekday() for day in days)
    limit = 5 if frequency == "MONTHLY" or in_months else 53
    return all(abs(day.n or 0) <= limit for day in days)


def _month_comes(frequency: str, interval: int, first: datetime, lists: Mapping[str, list[int]]) -> bool:
    if frequency != "MONTHLY" or "bymonth" not in lists:
        return True
    return any((first.month - 1 + step * interval) % 12 + 1 in lists["bymonth"] for step in range(12))


def _day_comes(short: bool, first: datetime, lists: Mapping[str, list[int]], days: list[rrule.weekday]) -> bool:
    if "bymonthday" in lists and any(day.n for day in days):
        return False  # "the second Tuesday, if it is the 31st": nobody means it, and it may never come
    if not short and not days and not lists.keys() & {"bymonthday", "byyearday", "byweekno"}:
        numbers = [first.day]
    else:
        numbers = lists.get("bymonthday", [1])
    return any(
        abs(number) <= _LONGEST_MONTH[month - 1] for number in numbers for month in lists.get("bymonth", range(1, 13))
    )


def _position_comes(lists: Mapping[str, list[int]], days: list[rrule.weekday], times: int) -> bool:
    positions = [abs(position) for position in lists.get("bysetpos", [1])]
    if "bymonthday" in lists and days:
        return min(positions) == 1
    candidates = len(lists.get("bymonthday", ())) or sum(1 if day.n else 4 for day in days) or 1
    return min(positions) <= candidates * times


def _nearer(first: datetime, earliest: datetime, frequency: str, interval: int) -> datetime:
    """A later first occurrence of an endless series, still before `earliest`: the pattern stays in step."""
    gap = (earliest - first).days
    if frequency in ("DAILY", "WEEKLY"):
        stride = interval * (7 if frequency == "WEEKLY" else 1)
        return first + timedelta(days=max(0, gap // stride - 1) * stride)
    years = max(0, (earliest.year - first.year - 1) // interval) * interval
    return first if (first.month, first.day) == (2, 29) else first.replace(year=first.year + years)


def _until(text: str, start: Moment, clocks: Clocks) -> datetime:
    """UNTIL on the series' own wall clock; a date means the whole of that day."""
    until = moment_from_value(text, start.tzid, clocks)
    if until is None:
        raise Refused("has a rule with an end that can't be read")
    if until.all_day:
        return until.wall + timedelta(days=1, seconds=-1)
    return until.utc.astimezone(start.zone).replace(tzinfo=None)
