"""From the words of a timeframe to a day (RULES §6).

The last working day of a named week or month; the later reading where two are possible; never a day before the mail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from mailwatch.core.reading.promises.anchor import Anchor
from mailwatch.core.reading.promises.grammar import Words
from mailwatch.core.reading.promises.holidays import feast
from mailwatch.core.workdays import add_workdays

_DAY = timedelta(days=1)
_MONDAY, _TUESDAY, _WEDNESDAY, _FRIDAY, _SUNDAY = 0, 1, 2, 4, 6
_STALE = timedelta(days=90)
"""A day of the year that passed less than this long ago is past; one further back means next year's."""
_FORESEEABLE = timedelta(days=120)
"""Nobody promises an answer for a day further off; of two readings of "08/01" such a one is the wrong one."""
_WEEK = 7
_DIGITS = re.compile(r"\d+")
_WEEKS = {"this": 0, "next": 1, "after_next": 2}

Slots = Mapping[str, str]


def day_meant(meaning: str, slots: Slots, words: Words, anchor: Anchor) -> date | None:
    """The last day that a matched timeframe covers, or None where it names none (a date that has passed, nonsense).

    Args:
        meaning: the key of the template.
        slots: what its slots matched, looked up in the language's tables ("week", "next", "3"); numbers as written.
        words: the language's words.
        anchor: what it counts from.
    """
    rule = _MEANINGS.get(meaning)
    try:
        return rule(slots, words, anchor) if rule else None
    except (ValueError, OverflowError):  # 31 February, week 60
        return None


def day_after(named: date | None, days: int, anchor: Anchor) -> date | None:
    """What is meant by "the day after" or "the week after" (7 days) a day named before; a weekend rolls on.

    Without one, "the week after" is the one after next, and "the day after" says nothing.
    """
    if days < _WEEK:
        return None if named is None else _working(named + days * _DAY)
    return _monday(named or anchor.day + 7 * _DAY) + (7 + _FRIDAY) * _DAY


def _rel(slots: Slots, _words: Words, anchor: Anchor) -> date:
    return anchor.day + int(slots["rel"]) * _DAY


def _within(slots: Slots, _words: Words, anchor: Anchor) -> date:
    count, unit = int(slots.get("n", "1")), slots["unit"]
    if unit == "hour":
        return (anchor.written + timedelta(hours=count)).date()
    if unit == "business_day":
        return add_workdays(anchor.day, min(count, 250))
    if unit in {"month", "quarter", "year"}:
        months = count * {"month": 1, "quarter": 3, "year": 12}[unit]
        return _same_day(anchor.day, months)
    return anchor.day + count * {"day": 1, "week": 7, "fortnight": 14}[unit] * _DAY


def _same_day(day: date, months: int) -> date:
    """The same day of the month, `months` later; the last one where that month is shorter."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return min(date(year, month, 1) + (day.day - 1) * _DAY, _month_end(year, month))


def _weekday(slots: Slots, _words: Words, anchor: Anchor) -> date:
    """A weekday: "Friday", "this Friday", "next Friday", "Friday of next week", "Friday week"."""
    wanted = int(slots["weekday"]) - 1
    which = slots.get("which")
    if which in _WEEKS:
        day = _monday(anchor.day) + (7 * _WEEKS[which] + wanted) * _DAY
        return day if day >= anchor.day else day + 7 * _DAY
    ahead = (wanted - anchor.day.weekday() - 1) % 7 + 1
    return anchor.day + (ahead + int(slots.get("n", "0"))) * _DAY


def _span(slots: Slots, _words: Words, anchor: Anchor) -> date:
    """The last working day of this or the next week, month, quarter, year."""
    return _span_bounds(slots["span"], slots.get("which", "this"), anchor.day)[1]


def _span_bounds(span: str, which: str, day: date) -> tuple[date, date]:
    """First day and last working day of a span; of the next one where this one's last working day has passed."""
    begin, last = _nth_span(span, _WEEKS[which], day)
    return (begin, last) if last >= day else _nth_span(span, _WEEKS[which] + 1, day)


def _nth_span(span: str, ahead: int, day: date) -> tuple[date, date]:
    if span == "week":
        begin = _monday(day) + 7 * ahead * _DAY
        return begin, begin + _FRIDAY * _DAY
    months = {"month": 1, "quarter": 3, "year": 12}[span]
    begin = _same_day(date(day.year, (day.month - 1) // months * months + 1, 1), months * ahead)
    end = _same_day(begin, months - 1)
    return begin, _month_last(end.year, end.month)


def _part(slots: Slots, words: Words, anchor: Anchor) -> date:
    """Part of a span: "early next week" is its Tuesday, "mid-October" the 15th, "early March" the 10th; weekends roll on."""
    part = slots["part"]
    if "month" in slots:
        last = _month(slots, words, anchor)
        begin = last.replace(day=1)
    else:
        begin, last = _span_bounds(slots["span"], slots.get("which", "this"), anchor.day)
    if part == "late":
        return last
    if slots.get("span") == "week" and "month" not in slots:
        day = begin + (_TUESDAY if part == "early" else _WEDNESDAY) * _DAY
    elif slots.get("span", "month") == "month":
        day = begin + (9 if part == "early" else 14) * _DAY
    else:
        day = begin + (last - begin) * (1 if part == "early" else 2) // (3 if part == "early" else 4)
    day = _working(day)
    return day if day >= anchor.day else last


def _month(slots: Slots, _words: Words, anchor: Anchor) -> date:
    """The last working day of a named month: the coming one."""
    month = int(slots["month"])
    year = int(slots["year"]) if "year" in slots else anchor.day.year
    last = _month_last(year, month)
    return last if "year" in slots or last >= anchor.day else _month_last(year + 1, month)


def _week_in_month(slots: Slots, words: Words, anchor: Anchor) -> date:
    """A week of a month ("the first week of March"): its last working day up to the 7th; the last one ends with the month."""
    last = _month(slots, words, anchor) if "month" in slots else _span(slots, words, anchor)
    count = int(slots["ord"])
    if count == -1 or count * 7 >= 28:
        return last
    return _working_back(last.replace(day=count * 7))


def _quarter(slots: Slots, _words: Words, anchor: Anchor) -> date:
    quarter = int(slots.get("ord") or slots["n"])
    year = int(slots.get("year", anchor.day.year))
    last = _month_last(year, quarter * 3)
    return last if "year" in slots or last >= anchor.day else _month_last(year + 1, quarter * 3)


def _date(slots: Slots, words: Words, anchor: Anchor) -> date | None:
    """A calendar day: "16 October", "the 16th", "16.10.", "10/16", "the ninth of June"."""
    if "date" in slots:
        return _numeric(slots["date"], words, anchor)
    day = int(slots.get("spelled") or _DIGITS.findall(slots.get("day") or slots["nth"])[0])
    if "month" in slots:
        if "year" in slots:
            return date(int(slots["year"]), int(slots["month"]), day)
        return _coming(int(slots["month"]), day, anchor.day)
    if "which" in slots:  # "the 16th of next month"
        begin, _ = _span_bounds("month", slots["which"], anchor.day)
        return begin.replace(day=day)
    this = _same_day(anchor.day.replace(day=1), 0 if day > anchor.day.day else 1)
    return this.replace(day=day)


def _coming(month: int, day: int, today: date) -> date | None:
    """That day of this year or, where it lies far back, of the next; None where it has just passed."""
    this = date(today.year, month, day)
    if this >= today:
        return this
    return date(today.year + 1, month, day) if today - this > _STALE else None


def _numeric(text: str, words: Words, anchor: Anchor) -> date | None:
    numbers = [int(number) for number in _DIGITS.findall(text)]
    if len(str(numbers[0])) == 4:
        return date(numbers[0], numbers[1], numbers[2])
    if "月" in text:
        return _coming(numbers[0], numbers[1], anchor.day)
    if "." in text or words.code != "en" or "-" in text:
        orders = [words.day_first or "." in text]
    else:
        orders = [not anchor.month_first] if anchor.month_first is not None else [True, False]
    readings = [_read(numbers, order, anchor.day) for order in orders] or [None]
    if not any(readings):  # "03/14" cannot be the third of a fourteenth month
        readings = [_read(numbers, not orders[0], anchor.day)]
    days = [day for day in readings if day]
    near = [day for day in days if day - anchor.day <= _FORESEEABLE]
    return max(near or days, default=None)


def _read(numbers: list[int], day_first: bool, today: date) -> date | None:
    day, month = (numbers[0], numbers[1]) if day_first else (numbers[1], numbers[0])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if len(numbers) == 3:
        return date(numbers[2] + (2000 if numbers[2] < 100 else 0), month, day)
    return _coming(month, day, today)


def _week_of(slots: Slots, words: Words, anchor: Anchor) -> date | None:
    """The week of a day ("the week of the 16th"): the last working day of the week that holds it."""
    day = _date(slots, words, anchor)
    return _monday(_working(day)) + _FRIDAY * _DAY if day else None


def _week_number(slots: Slots, _words: Words, anchor: Anchor) -> date | None:
    """A numbered week ("KW 41", "week 41"): ISO 8601, this year's or the next."""
    week = int(_DIGITS.findall(slots["week"])[0])
    year = anchor.day.isocalendar().year
    monday = date.fromisocalendar(year, week, 1)
    if monday + _FRIDAY * _DAY < anchor.day - _STALE:
        monday = date.fromisocalendar(year + 1, week, 1)
    offset = {"early": _TUESDAY, "mid": _WEDNESDAY}.get(slots.get("part", ""), _FRIDAY)
    if "weekday" in slots:
        offset = int(slots["weekday"]) - 1
    day = monday + offset * _DAY
    return day if day >= anchor.day else None


def _weekend(slots: Slots, _words: Words, anchor: Anchor) -> date:
    """A weekend: before it is its Friday, after it the Monday, after a long one the Tuesday."""
    friday = _span_bounds("week", "this", anchor.day)[1]
    return friday + {"before": 0, "over": 2, "after": 3, "after_long": 4}[slots["side"]] * _DAY


def _holiday(slots: Slots, _words: Words, anchor: Anchor) -> date | None:
    """Before a feast: the last working day before it. After it: the last working day of the first working week after."""
    span = feast(slots["holiday"], anchor.day)
    if span is None:
        return None
    first, last = span
    if slots["side"] == "before":
        return max(_working_back(first - _DAY), anchor.day)
    if slots["holiday"] in {"new_year", "holidays", "christmas"} and last.month in {1, 12}:
        new_year = date(first.year + 1, 1, 1)
        monday = new_year + ((7 - new_year.weekday()) % 7 or 7) * _DAY
    else:
        monday = _monday(last) + (0 if last.weekday() <= _TUESDAY else 7) * _DAY
    if "weekday" in slots:  # "the Monday after Thanksgiving"
        return last + ((int(slots["weekday"]) - 1 - last.weekday() - 1) % 7 + 1) * _DAY
    return monday + _FRIDAY * _DAY


def _after(slots: Slots, words: Words, anchor: Anchor) -> date | None:
    """After a day ("after the 15th", "after Friday"): the last working day of that week; after a Friday, of the next one."""
    day = _date(slots, words, anchor) if "weekday" not in slots else _weekday(slots, words, anchor)
    if day is None:
        return None
    return _monday(day) + (_FRIDAY + (7 if day.weekday() >= _FRIDAY else 0)) * _DAY


def _end_of_week_after(slots: Slots, words: Words, anchor: Anchor) -> date | None:
    """The week after a day ("the week after the 15th"): the last working day of the week after that one."""
    end = _week_of(slots, words, anchor)
    return end + 7 * _DAY if end else None


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - _DAY


def _month_last(year: int, month: int) -> date:
    return _working_back(_month_end(year, month))


def _working(day: date) -> date:
    return day + (max(0, day.weekday() - _FRIDAY) and 7 - day.weekday()) * _DAY


def _working_back(day: date) -> date:
    return day - max(0, day.weekday() - _FRIDAY) * _DAY


_MEANINGS: Mapping[str, Callable[[Slots, Words, Anchor], date | None]] = {
    "rel": _rel,
    "within": _within,
    "weekday": _weekday,
    "span": _span,
    "part": _part,
    "month": _month,
    "week_in_month": _week_in_month,
    "quarter": _quarter,
    "date": _date,
    "week_of": _week_of,
    "week_number": _week_number,
    "weekend": _weekend,
    "holiday": _holiday,
    "after": _after,
    "week_after": _end_of_week_after,
}
