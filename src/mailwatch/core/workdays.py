"""Business days: the one place where working days are counted.

Dates are the user's local dates. `holidays` are days off besides weekends; where none are known, 24 December to
1 January are off (RULES §6).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

_DAY = timedelta(days=1)


def is_workday(day: date, holidays: AbstractSet[date] = frozenset()) -> bool:
    """Is it a working day?"""
    if day.weekday() >= 5 or day in holidays:
        return False
    return bool(holidays) or not ((day.month == 12 and day.day >= 24) or (day.month == 1 and day.day == 1))


def next_workday(day: date, holidays: AbstractSet[date] = frozenset()) -> date:
    """The first working day on or after `day`."""
    while not is_workday(day, holidays):
        day += _DAY
    return day


def add_workdays(day: date, count: int, holidays: AbstractSet[date] = frozenset()) -> date:
    """The working day that lies `count` working days after `day`; `day` itself is not counted."""
    for _ in range(count):
        day = next_workday(day + _DAY, holidays)
    return day


def due_day(day: date, holidays: AbstractSet[date] = frozenset()) -> date:
    """When something due on `day` appears: rolled over days off, and never between the years.

    What would fall on 21 December to 3 January appears on the third working day of January.
    """
    rolled = next_workday(day, holidays)
    for falls in (day, rolled):
        if (falls.month, falls.day) >= (12, 21) or (falls.month, falls.day) <= (1, 3):
            new_year = date(falls.year + (falls.month == 12), 1, 1)
            return add_workdays(new_year - _DAY, 3, holidays)
    return rolled
