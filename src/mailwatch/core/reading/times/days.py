"""Days named in a text: dates in letters and digits, weekdays, "tomorrow"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mailwatch.core.reading.times.words import LETTER, NEVER, TimeWords, any_of, compiled, occur_in, whole, word_key

_DIGIT_DATE = r"(?<![\w./-])(?P<a>\d{1,2})(?P<sep>[./-])\s?(?P<b>\d{1,2})(?:(?P=sep)\s?(?P<y>(?:20)?\d{2})(?![\w-])|(?P<dot>(?P=sep))|(?![\w./:-]))"
_ISO_DATE = r"(?<![\w./-])(?P<y>20\d{2})([./-])(?P<b>\d{1,2})\2(?P<a>\d{1,2})(?!\d)"
_YEAR = r"(?:[,.]?\s+(?:(?:de|del|di|do)\s+)?(?P<y>20\d{2})(?!\d))?"
_DIGIT = re.compile(r"\d")
_NEAR = timedelta(days=6)
_SOON = timedelta(days=21)
"""Who means a day further off than this names its month."""
_FAREWELL_END = re.compile(r"[^.!?\n]{2,16}(?:[.!](?!\d)|\n|$)")
_HORIZON_BACK = 92
"""A date without a year lies at most this many days before the day of writing, else it is next year's."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day named in the text.

    conflict: the weekday written does not fall on it. sure: more than two bare numbers.
    limit: only a limit ("until Monday"): a time behind it is no time of a meeting.
    alone: a weekday without a date.
    """

    date: date
    start: int
    end: int
    conflict: bool = False
    sure: bool = True
    limit: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """When and where a text was written: the day on the writer's clock, and whether numbers may mean month/day."""

    written: date
    month_first: bool = False


def days_in(text: str, words: TimeWords, frame: Frame) -> list[Day]:
    """Every day named in the text, in order, without overlaps; the longer reading wins."""
    found = [day for day in _candidates(text, words, frame) if day is not None]
    found.sort(key=lambda day: (day.start, -(day.end - day.start)))
    kept: list[Day] = []
    for day in found:
        if not kept or day.start >= kept[-1].end:
            kept.append(replace(day, limit=words.limits(text, day.start) and not _is_farewell(text, day, words)))
    return _in_the_week_named(text, kept, frame)


def _is_farewell(text: str, day: Day, words: TimeWords) -> bool:
    """As in "Bis morgen um vier!", "Until Thursday at 3.": a limit that is a sentence of its own with a day and an hour."""
    begins = compiled(rf"(?:^|[.!?\n,])[ \t]*{words.words('open')}[ \t]+$").search(
        text[max(0, day.start - 24) : day.start]
    )
    return begins is not None and _FAREWELL_END.match(text, day.end) is not None


def _in_the_week_named(text: str, days: list[Day], frame: Frame) -> list[Day]:
    """Bare weekdays behind a date further away are those around it: "October 19–20 … Monday at 10"."""
    placed: list[Day] = []
    anchor: Day | None = None
    for day in days:
        moved = day
        if not day.alone:
            anchor = day if day.sure else anchor
        elif anchor is not None and anchor.date - frame.written > _NEAR and "\n\n" not in text[anchor.end : day.start]:
            ahead = (day.date.isoweekday() - anchor.date.isoweekday()) % 7
            moved = replace(day, date=anchor.date + timedelta(days=ahead if ahead <= 5 else ahead - 7))
        placed.append(moved)
    return placed


def _candidates(text: str, words: TimeWords, frame: Frame) -> Iterator[Day | None]:
    weekday, numbered = any_of(words.weekdays), _DIGIT.search(text) is not None
    if numbered:
        yield from _dates(text, words, frame, weekday)
    if occur_in(text, words.weekdays):
        for match in compiled(_weekday_alone(words, weekday)).finditer(text):
            yield _weekday(match, words, frame)
    if numbered:
        yield from _of_some_month(text, words, frame)
    if occur_in(text, words.days):
        for match in compiled(whole(any_of(words.days))).finditer(text):
            yield Day(frame.written + timedelta(days=words.days[word_key(match.group())]), match.start(), match.end())


def _dates(text: str, words: TimeWords, frame: Frame, weekday: str) -> Iterator[Day | None]:
    if occur_in(text, words.months):
        for match in compiled(_lettered(words, weekday)).finditer(text):
            yield _dated(match, words, frame)
    for match in compiled(_digits(weekday)).finditer(text):
        yield _dated(match, words, frame)
    for match in compiled(_ISO_DATE).finditer(text):
        yield _day_of(match, frame, int(match["y"]), int(match["b"]), int(match["a"]))


def _of_some_month(text: str, words: TimeWords, frame: Frame) -> Iterator[Day | None]:
    for match in compiled(_numbered(words)).finditer(text):
        yield _of_month(match, frame, int(match["d"]), None)
    for match in compiled(_ordinal_alone(words)).finditer(text):
        day = _of_month(match, frame, int(match["d"]), None)
        yield None if day is None else replace(day, start=match.start("d"), sure=False)


def _lettered(words: TimeWords, weekday: str) -> str:
    """As in "Tuesday, September 22, 2026", "Montag, den 28. September", "el 9 de noviembre"."""
    month, joint = whole(any_of(words.months)), words.words("joint")
    before = rf"(?:(?<!{LETTER})(?P<wd>{weekday})\.?,?\s+(?:{joint}\s+)?)?"
    after = rf"(?:\s*[(,]\s*(?P<wa>{weekday})(?!{LETTER})\.?\)?)?"
    ordinal = rf"(?:\.|\s?(?:{words.words('ordinal')})(?!{LETTER}))?"
    day = rf"(?<![\w.:/])(?P<d>\d{{1,2}}){ordinal}"
    day_month = rf"{day}\s*[-/]?\s*(?:{joint}\s+)?(?P<mo>{month})\.?{_YEAR}"
    month_day = (
        rf"(?P<mo2>{month})\.?\s+(?:{joint}\s+)?(?P<d2>\d{{1,2}})(?![\d:]|\.\d){ordinal}{_YEAR.replace('<y>', '<y2>')}"
    )
    return rf"{before}(?:{day_month}|{month_day}){after}"


def _digits(weekday: str) -> str:
    """As in "10/7/2026", "28.9.", "Wed 10/7", "07.10. (Mi)"."""
    before = rf"(?:(?<!{LETTER})(?P<wd>{weekday})\.?,?\s+(?:\w{{2,3}}\s+)?)?"
    return rf"{before}{_DIGIT_DATE}(?:\s*[(,]\s*(?P<wa>{weekday})(?!{LETTER})\.?\)?)?"


def _weekday_alone(words: TimeWords, weekday: str) -> str:
    """As in "next Tuesday", "mardi prochain", "Monday the 14th", "martes 20"."""
    which = rf"(?:(?P<next>{whole(words.words('next'))})|(?P<last>{whole(words.words('last'))})|{whole(words.words('this'))})"
    number = rf"(?:,?\s+(?P<joint>{words.words('joint')}\s+)?(?P<d>\d{{1,2}})(?P<ordinal>\.|(?:{words.words('ordinal')})(?!{LETTER}))?(?!\s?[:.h]\d|\d|[\s-]*(?:{_hour_sign(words)})|\s+{words.words('instead')}))?"
    after = rf"(?:\s+(?:(?P<next2>{words.words('next_after')})|(?P<last2>{words.words('last_after')}))(?!{LETTER}))?"
    return rf"(?:{which}\s+)?(?<![\w-])(?P<wd>{weekday})(?!{LETTER}|-{LETTER})\.?{number}{after}"


def _hour_sign(words: TimeWords) -> str:
    """What makes the number before it an hour: "pm", "Uhr", "-11:30", "-1 pm"."""
    half = f"{words.words('am')}|{words.words('pm')}"
    return "|".join([half, rf"{words.words('mark')}(?!{LETTER})", r"\d{1,2}[:.h]\d", rf"\d{{1,2}}\s?(?:{half})"])


def _numbered(words: TimeWords) -> str:
    """As in "the 26th", "am 20.": a day of the month by its number alone."""
    article, ordinal = words.words("article"), words.words("ordinal")
    if NEVER in (article, ordinal):
        return NEVER
    hour = rf"\s?\d(?!\d?(?::[0-5]\d)?\s?(?:{_hour_sign(words)}))"
    return rf"(?<!{LETTER}){article}\s+(?P<d>\d{{1,2}})\s?{ordinal}(?!{LETTER}|{hour})"


def _ordinal_alone(words: TimeWords) -> str:
    """As in "22nd 12 is good", "the 6th or 7th": an ordinal that begins a clause and has an hour, or nothing, behind it."""
    ordinal = any_of(word for word in words.lists.get("ordinal", ()) if len(word) > 1 and word.isascii())
    if NEVER in (words.words("article"), ordinal):
        return NEVER
    before = rf"(?:^|[\n.,;:!?(][ \t]*|(?<!{LETTER}){words.words('to')}[ \t]+)"
    return rf"{before}(?P<d>\d{{1,2}})(?:{ordinal})(?=[ \t]+(?:{words.words('at')}[ \t]+)?\d{{1,4}}(?!\d)|[ \t]*(?:[,.!?)\n]|$))"


def _dated(match: re.Match[str], words: TimeWords, frame: Frame) -> Day | None:
    groups = match.groupdict()
    weekday = _weekday_number(groups, words)
    if "mo" not in groups:
        return _from_digits(match, words, frame, weekday)
    number, month = groups["d"] or groups["d2"], words.months[word_key(groups["mo"] or groups["mo2"])]
    year = groups["y"] or groups["y2"]
    return _day_of(match, frame, int(year) if year else None, month, int(number), weekday)


def _from_digits(match: re.Match[str], words: TimeWords, frame: Frame, weekday: int | None) -> Day | None:
    first, second, year_digits = int(match["a"]), int(match["b"]), match["y"]
    dotted = match["sep"] == "." and bool(match["dot"]) and words.dotted
    if not year_digits and match["sep"] != "/" and not dotted:
        return None  # "10-12" is a span, "13.30" a time
    if not year_digits and match["sep"] != "." and match.group().strip() in ("24/7", "9-5", "50/50", "1/2"):
        return None
    year = None if year_digits is None else int(year_digits) + (0 if len(year_digits) == 4 else 2000)
    day_first = match["sep"] == "." or not frame.month_first
    orders = [(second, first), (first, second)] if day_first else [(first, second), (second, first)]
    orders = orders[:1] if match["sep"] == "." else orders
    sure = bool(year_digits) or weekday is not None or match["sep"] == "."
    days = [_day_of(match, frame, year, month, day, weekday, sure=sure) for month, day in orders]
    possible = [day for day in days if day is not None]
    return next((day for day in possible if not day.conflict), possible[0] if possible else None)


def _weekday_number(groups: dict[str, str | None], words: TimeWords) -> int | None:
    written = groups.get("wd") or groups.get("wa")
    return words.weekdays[word_key(written)] if written else None


def _day_of(
    match: re.Match[str],
    frame: Frame,
    year: int | None,
    month: int,
    day: int,
    weekday: int | None = None,
    *,
    sure: bool = True,
) -> Day | None:
    found = _in_year(frame.written, month, day) if year is None else _date(year, month, day)
    if found is None:
        return None
    conflict = weekday is not None and found.isoweekday() != weekday
    return Day(found, match.start(), match.end(), conflict, sure)


def _in_year(written: date, month: int, day: int) -> date | None:
    """The date without a year: the first one from about a quarter before the day of writing on."""
    earliest = written - timedelta(days=_HORIZON_BACK)
    dates = (_date(year, month, day) for year in (written.year - 1, written.year, written.year + 1))
    return next((found for found in dates if found is not None and found >= earliest), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(match: re.Match[str], words: TimeWords, frame: Frame) -> Day | None:
    written, number = match["wd"], words.weekdays[word_key(match["wd"])]
    if match["d"]:
        day = _of_month(match, frame, int(match["d"]), number)
        if words.bare_hours and _may_be_hour(match, day, frame):
            return Day(_coming(frame.written, number), match.start(), match.end("wd"), alone=True)
        return day if day is None or len(written) > 2 else None if day.conflict else day
    if words.is_short(word_key(written)) and not _stands_as_day(match):
        return None
    today = frame.written
    if match["last"] or match["last2"]:
        back = (today.isoweekday() - number) % 7 or 7
        return Day(today - timedelta(days=back), match.start(), match.end())
    found = _coming(today, number)
    if match["next"] and number > today.isoweekday():
        found += timedelta(days=7)  # "next Thursday" written on a Tuesday is not the day after tomorrow
    return Day(found, match.start(), match.end(), alone=not (match["next"] or match["next2"]))


def _coming(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.isoweekday()) % 7 or 7)


def _may_be_hour(match: re.Match[str], day: Day | None, frame: Frame) -> bool:
    """Is the number behind a weekday rather an hour ("wed 10 works")? Where no such date is near."""
    if match["ordinal"] or (match["joint"] or "").strip() or not 1 <= int(match["d"]) <= 12:
        return False
    return day is None or day.conflict or day.date - frame.written > _SOON


def _stands_as_day(match: re.Match[str]) -> bool:
    """A short weekday ("Sun", "mar", "Di") is one only with a capital, and beside a time, another day or an end."""
    after = match.string[match.end() : match.end() + 6].lstrip(" .,")
    timed = after[:1].isdigit() or re.match(r"(?:at|@|um|à)\s\d", after) is not None
    if timed and len(match["wd"]) > 2:
        return True
    if len(match["wd"]) <= 2:
        return match["wd"][0].isupper() and timed
    return match["wd"][0].isupper() and (not after or not after[0].isalpha() or after.startswith(("at", "or", "and")))


def _of_month(match: re.Match[str], frame: Frame, day: int, weekday: int | None) -> Day | None:
    """The next day of the month with this number; the next one that falls on the weekday within two months, if any."""
    following = (frame.written + timedelta(days=ahead) for ahead in range(62))
    found = [moment for moment in following if moment.day == day]
    if not found:
        return None
    fits = next((moment for moment in found if weekday is None or moment.isoweekday() == weekday), None)
    return Day(fits or found[0], match.start(), match.end(), conflict=fits is None)
