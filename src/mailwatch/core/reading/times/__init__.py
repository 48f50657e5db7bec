"""Text → the moments and days it names, as instants: the grammar of meeting times.

A stated zone wins. Without one the time is read on the user's clock and marked FLOATING. A weekday that does not fall
on its date is flagged, never repaired. What only limits ("before 3 pm") is no time of a meeting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import TimeMention, ZoneState
from mailwatch.core.reading.times.cjk import cjk_clocks_in, cjk_days_in
from mailwatch.core.reading.times.clocks import Clock, clocks_in
from mailwatch.core.reading.times.days import Day, Frame, days_in
from mailwatch.core.reading.times.loose import BLOT, clocks_alone_in, loose_clocks_in
from mailwatch.core.reading.times.pairs import pairs_of
from mailwatch.core.reading.times.shifts import Shift, shifts_in
from mailwatch.core.reading.times.words import TimeWords, time_words
from mailwatch.core.reading.times.zoned import Clocks, Zoned, general_zone, zone_behind

__all__ = ["Hour", "Shift", "hours_in", "moves_in", "times_in"]

_Found = TypeVar("_Found", Day, Clock)

TEXT_LIMIT = 20_000
_TOGETHER = 40
_MONTH_FIRST = ("America/", "US/", "Pacific/Honolulu", "Pacific/Guam", "Asia/Manila")


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day without a day, on the writer's clock or the reader's: the text does not say."""

    time: time
    words: str
    span: tuple[int, int]


def times_in(text: str, *, written: datetime, zone: str, lexicon: Lexicon, language: str) -> tuple[TimeMention, ...]:
    """Every moment and day that the text names, in order.

    Args:
        text: at most its first 20,000 characters are read.
        written: when it was written, aware, on the writer's own clock where that is known: "tomorrow" is relative to it.
        zone: IANA name of the user's zone, for times without one.
        lexicon: the words.
        language: ISO 639-1 code of the text; English is read besides.
    """
    text = text[:TEXT_LIMIT]
    grammars = _grammars(lexicon, language)
    frame = Frame(written.date(), month_first=language == "en" and _month_first(written, zone))
    days = _merged(_days(text, words, frame) for words in grammars)
    clocks = _all_clocks(_without(text, days), grammars)
    home = _zone(zone)
    whose = Clocks(written.tzinfo, home, zone)
    general = next((found for words in grammars if (found := general_zone(text, words, whose))), None)
    pairs = list(pairs_of(text, clocks, days))
    stated = [_stated_zone(text, clock, day, grammars, whose) for clock, day in pairs]
    general = general or _only(stated)
    mentions = [
        _moment(text, clock, day, zoned or general, home) for (clock, day), zoned in zip(pairs, stated, strict=True)
    ]
    used = {id(day) for _, day in pairs}
    mentions += [_whole_day(text, day, home) for day in days if id(day) not in used and day.sure]
    return tuple(sorted(mentions, key=lambda mention: mention.span))


def _only(stated: Iterable[Zoned | None]) -> Zoned | None:
    """The one zone that some of the times state: then it goes for the others too."""
    zones = {zoned.zone: zoned for zoned in stated if zoned is not None and zoned.zone is not None}
    return next(iter(zones.values())) if len(zones) == 1 else None


def _month_first(written: datetime, zone: str) -> bool:
    """Is 3/4 the fourth of March? Told by the writer's own clock, and where that says nothing by the user's zone."""
    offset = written.utcoffset()
    return offset < timedelta(hours=-3) if offset else zone.startswith(_MONTH_FIRST)


def _days(text: str, words: TimeWords, frame: Frame) -> list[Day]:
    return days_in(text, words, frame) if words.spaced else cjk_days_in(text, frame)


def _clocks(text: str, words: TimeWords) -> list[Clock]:
    return clocks_in(text, words) if words.spaced else cjk_clocks_in(text)


def hours_in(text: str, *, written: datetime, zone: str, lexicon: Lexicon, language: str) -> tuple[Hour, ...]:
    """The times of day that a short text names without any day: "3 works", "Half two's grand, see you then."."""
    grammars = _grammars(lexicon, language)
    frame = Frame(written.date(), month_first=language == "en" and _month_first(written, zone))
    days = _merged(_days(text, words, frame) for words in grammars)
    covered = _without(text, days)
    clocks = _all_clocks(covered, grammars)
    clocks = _merged([clocks, *(clocks_alone_in(covered, words) for words in grammars)])
    paired = {id(clock) for clock, _ in pairs_of(text, clocks, days)}
    return tuple(
        Hour(time(clock.hour % 24, clock.minute), text[clock.start : clock.end], (clock.start, clock.end))
        for clock in clocks
        if id(clock) not in paired
        and not clock.open
        and (clock.firm or any(map(str.isdigit, text[clock.start : clock.end])))
    )


def moves_in(text: str, *, lexicon: Lexicon, language: str) -> tuple[Shift, ...]:
    """By how much a text says that something moves ("two hours later"); what its own language says goes first."""
    found = (shifts_in(text, words) for words in _grammars(lexicon, language))
    return tuple(next((shifts for shifts in found if shifts), ()))


def _grammars(lexicon: Lexicon, language: str) -> list[TimeWords]:
    return [
        time_words(lexicon.languages[code]) for code in dict.fromkeys((language, "en")) if code in lexicon.languages
    ]


def _all_clocks(text: str, grammars: Sequence[TimeWords]) -> list[Clock]:
    """Every time of day in a text without its days; the surest forms first."""
    clocks = _merged(_clocks(text, words) for words in grammars)
    return _merged([clocks, *(loose_clocks_in(text, words, clocks) for words in grammars)])


def _without(text: str, days: Iterable[Day]) -> str:
    """The text with its days blotted out, so that "mardi 20 à 9 h" holds one hour."""
    for day in days:
        text = f"{text[: day.start]}{BLOT * (day.end - day.start)}{text[day.end :]}"
    return text


def _merged(found: Iterable[Sequence[_Found]]) -> list[_Found]:
    """What the first grammar found, and of the others what does not overlap it, in order of the text."""
    merged: list[_Found] = []
    for items in found:
        merged += [
            item for item in items if not any(item.start < kept.end and kept.start < item.end for kept in merged)
        ]
    return sorted(merged, key=lambda item: item.start)


def _stated_zone(text: str, clock: Clock, day: Day, grammars: Sequence[TimeWords], whose: Clocks) -> Zoned | None:
    places = [clock.end, day.end] if day.start >= clock.end else [clock.end]
    found = (zone_behind(text, place, words, whose) for place in places for words in grammars)
    return next((zoned for zoned in found if zoned), None)


def _moment(text: str, clock: Clock, day: Day, stated: Zoned | None, home: tzinfo) -> TimeMention:
    zone = home if stated is None or stated.zone is None else stated.zone
    start = _instant(day.date, clock.hour, clock.minute, zone)
    end = None if clock.end_hour is None else _instant(day.date, clock.end_hour, clock.end_minute, zone)
    state = ZoneState.FLOATING if stated is None else ZoneState.UNKNOWN if stated.zone is None else ZoneState.KNOWN
    span = (min(day.start, clock.start), max(day.end, clock.end))
    words = text[slice(*span)]
    begins_line = not text[text.rfind("\n", 0, clock.start) + 1 : clock.start].strip(" \t>*•·–-")
    if "\n" in words and (span[1] - span[0] > _TOGETHER or (begins_line and day.end <= clock.start)):
        span = (clock.start, clock.end)  # an agenda: the day stands above
        words = f"{text[day.start : day.end]} {text[slice(*span)]}"
    return TimeMention(
        start=start,
        end=end if end is None or end > start else None,
        zone="" if stated is None else stated.words,
        zone_state=state,
        weekday_conflict=day.conflict,
        words=" ".join(words.split()),
        span=span,
        hour_at=clock.start,
    )


def _whole_day(text: str, day: Day, home: tzinfo) -> TimeMention:
    return TimeMention(
        start=_instant(day.date, 0, 0, home),
        day_only=True,
        weekday_conflict=day.conflict,
        words=" ".join(text[day.start : day.end].split()),
        span=(day.start, day.end),
    )


def _instant(day: date, hour: int, minute: int, zone: tzinfo) -> datetime:
    local = datetime.combine(day, time()) + timedelta(hours=hour, minutes=minute)
    return local.replace(tzinfo=zone).astimezone(UTC)


@cache
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
