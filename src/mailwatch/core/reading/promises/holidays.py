"""The feasts that people count by: "after Thanksgiving", "vor Ostern", "年明け".

Each is a span of days off, from its first to its last day. Dates that follow the moon come from a table.
"""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.easter import easter

_DAY = timedelta(days=1)

# First day of the Chinese year; the days off go on for a week.
_LUNAR_NEW_YEAR = {
    2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3), 2031: (1, 23),
    2032: (2, 11), 2033: (1, 31), 2034: (2, 19), 2035: (2, 8),
}  # fmt: skip

# Fixed feasts: first day, and how many days they last.
_FIXED: dict[str, tuple[int, int, int]] = {
    "new_year": (12, 24, 9),
    "christmas": (12, 24, 3),
    "epiphany": (1, 6, 1),
    "labour": (5, 1, 1),
    "golden_week": (4, 29, 7),
    "independence_us": (7, 4, 1),
    "bastille": (7, 14, 1),
    "obon": (8, 13, 4),
    "assumption": (8, 15, 1),
    "summer": (8, 1, 31),
    "national_cn": (10, 1, 7),
    "all_saints": (11, 1, 1),
    "armistice": (11, 11, 1),
    "kings_day": (4, 27, 1),
    "san_juan": (6, 24, 1),
    "midsummer": (6, 20, 2),
    "chuseok": (9, 25, 3),
    "burns": (1, 25, 1),
    "st_david": (3, 1, 1),
    "st_patrick": (3, 17, 1),
    "st_george": (4, 23, 1),
    "unity_de": (10, 3, 1),
    "reformation": (10, 31, 1),
    "bonfire": (11, 5, 1),
    "martin": (11, 11, 1),
    "st_andrew": (11, 30, 1),
    "nicholas": (12, 6, 1),
    "lucia": (12, 13, 1),
}


def feast(name: str, day: date) -> tuple[date, date] | None:
    """First and last day of the next feast of that name which is not over on `day`; None where the name is unknown."""
    if name == "holidays":  # "after the holidays": in spring and summer the long summer ones, else the turn of the year
        name = "summer" if 5 <= day.month <= 8 else "new_year"
    spans = [span for year in (day.year - 1, day.year, day.year + 1) if (span := _feast_in(name, year))]
    return min((span for span in spans if span[1] >= day), default=None)


def _feast_in(name: str, year: int) -> tuple[date, date] | None:
    if name in _FIXED:
        month, first, length = _FIXED[name]
        begin = date(year, month, first)
        return begin, begin + (length - 1) * _DAY
    if name == "lunar_new_year":
        if year not in _LUNAR_NEW_YEAR:
            return None
        begin = date(year, *_LUNAR_NEW_YEAR[year])
        return begin - _DAY, begin + 6 * _DAY
    return _moving(name, year)


def _moving(name: str, year: int) -> tuple[date, date] | None:
    sunday = easter(year)
    moving = {
        "easter": (sunday - 2 * _DAY, sunday),
        "pentecost": (sunday + 49 * _DAY, sunday + 49 * _DAY),
        "ascension": (sunday + 39 * _DAY, sunday + 39 * _DAY),
        "carnival": (sunday - 48 * _DAY, sunday - 47 * _DAY),
        "holy_week": (sunday - 6 * _DAY, sunday),
        "thanksgiving": (_nth(year, 11, 3, 4), _nth(year, 11, 3, 4)),
        "labor_us": (_nth(year, 9, 0, 1), _nth(year, 9, 0, 1)),
        "memorial_us": (_last_monday(year, 5), _last_monday(year, 5)),
        "late_may_uk": (_last_monday(year, 5), _last_monday(year, 5)),
        "august_uk": (_last_monday(year, 8), _last_monday(year, 8)),
    }
    return moving.get(name)


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def _last_monday(year: int, month: int) -> date:
    last = date(year + month // 12, month % 12 + 1, 1) - _DAY
    return last - timedelta(days=last.weekday())
