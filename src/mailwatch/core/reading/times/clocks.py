"""Times of day named in a text, ranges and zones included: "2:30 – 3 pm ET", "um halb vier", "a las 10"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailwatch.core.reading.times.words import LETTER, TimeWords, any_of, compiled, whole, word_key

_HOUR = r"(?P<h{n}>[01]?\d|2[0-4])(?:\s?(?P<s{n}>[:.h])\s?(?P<m{n}>[0-5]\d)(?::[0-5]\d)?)?(?!\d|[.,:]\d|\s?%|(?:st|nd|rd|th)\b)"
_MILITARY = r"(?P<mh>[01]\d|2[0-3])(?P<mm>[0-5]\d)(?=\s?(?:hrs|hours|h|z|zulu|utc|gmt)\b)"
_COMPACT = r"(?P<ch>0?[1-9]|1[0-2])(?P<cm>[0-5]\d)"
_SURE_HOUR, _A_DAY = 7, 24
"""A smaller number of hours, or a day's, may be a length ("une heure", "24 uur van tevoren")."""
_FREE = r"(?<![\w.:/$€£#+])(?<!\d[-–])"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, or a span of one. `hour` and `end_hour` are 0–24 on the clock of `zone`, as written.

    firm: it is a time by its own form ("14:00", "2 pm"); one that is not ("at 2") needs a day beside it.
    open: only a limit ("before 3 pm"): no time of a meeting.
    """

    hour: int
    minute: int
    start: int
    end: int
    end_hour: int | None = None
    end_minute: int = 0
    firm: bool = True
    open: bool = False


def clocks_in(text: str, words: TimeWords) -> list[Clock]:
    """Every time of day in the text, in order."""
    found = [clock for match in compiled(_expression(words)).finditer(text) if (clock := _clock(match, words))]
    for match in compiled(whole(any_of(words.clocks))).finditer(text):
        hour, minute = words.clocks[word_key(match.group())]
        found.append(Clock(hour, minute, match.start(), match.end(), open=words.limits(text, match.start())))
    found.sort(key=lambda clock: (clock.start, -clock.end))
    return list(_without_overlaps(found))


def _without_overlaps(clocks: list[Clock]) -> Iterator[Clock]:
    reached = 0
    for clock in clocks:
        if clock.start >= reached:
            yield clock
            reached = clock.end


def _expression(words: TimeWords) -> str:
    numbers, mark, half = any_of(words.numbers), words.words("mark"), any_of(words.after_hour)
    shift = rf"(?P<pre>{any_of([*words.past, *words.before_hour])})\s+(?P<pn>{numbers}(?!{LETTER})|\d{{1,2}}(?!\d))"
    at = rf"(?:(?<!{LETTER})(?P<at>{words.words('at')})\s*)?"
    compact = rf"{_FREE}{_COMPACT}(?=\s?{_half_day(words)}(?!{LETTER}))"
    first = rf"(?:{shift}|{_FREE}{_MILITARY}|{compact}|{_FREE}{_HOUR.format(n='')}|(?<!{LETTER})(?P<w>{numbers})(?!{LETTER}|-))"
    tail = rf"(?:[\s-]?(?P<mark>{mark})(?!{LETTER}))?(?:\s?(?P<hm>[0-5]\d)(?!\d))?(?:\s?(?P<half>{half})(?!{LETTER}))?(?:\s?(?P<ap>{_half_day(words)})(?!{LETTER}))?"
    tail += rf"(?P<whose>(?=[ \t](?:{words.words('my_time')}|{words.words('your_time')})(?!{LETTER})))?"
    to = rf"\s*(?:[-–—~]|(?<!{LETTER}){words.words('to')}(?!{LETTER}))\s*"
    last = rf"(?:{_HOUR.format(n='2')}|(?<!{LETTER})(?P<w2>{numbers})(?!{LETTER}|-))"
    end = rf"(?:\s?(?P<mark2>{mark})(?!{LETTER}))?(?:\s?(?P<ap2>{_half_day(words)})(?!{LETTER}))?"
    return rf"{at}{first}{tail}(?:{to}(?:{words.words('at')}\s+)?{last}{end})?"


def _half_day(words: TimeWords) -> str:
    return f"(?:{words.words('am')}|{words.words('pm')})"


def _clock(match: re.Match[str], words: TimeWords) -> Clock | None:
    start = _first(match, words)
    end = _last(match, words)
    if start is None:
        return None
    ends_firmly = bool(match["s2"] == ":" or match["ap2"] or match["mark2"])
    hour, minute, firm = start
    if end is not None and not (firm or ends_firmly or match["at"]):
        end = None
    stop = match.end() if end is not None else _end_of_first(match)
    if not (firm or ends_firmly or _may_be_loose(match, hour)):
        return None
    half = match["ap"] or (match["ap2"] if end is not None else None)
    hour = _on_the_day(hour, half, words, guess=_guessable(match))
    open_end = words.limits(match.string, match.start()) and end is None
    begin = match.start()
    if end is None:
        return Clock(hour, minute, begin, stop, firm=firm, open=open_end) if hour <= 24 else None
    end_hour = _on_the_day(end[0], match["ap2"] or match["ap"], words, guess=_guessable(match))
    if match["ap"] is None and half is not None and hour > end_hour:
        hour = start[0]  # "11-1 pm" begins before noon
    if end_hour < hour and end_hour <= 12:
        end_hour += 12
    return Clock(hour, minute, begin, stop, min(end_hour, 24), end[1], firm=firm or ends_firmly)


def _first(match: re.Match[str], words: TimeWords) -> tuple[int, int, bool] | None:
    """Hour and minute as written, and whether the form alone makes it a time."""
    if match["pre"]:
        shift = word_key(match["pre"])
        number = word_key(match["pn"])
        hour = words.numbers.get(number) or int(number) if number.isdigit() or number in words.numbers else 0
        if shift in words.past:
            return hour, words.past[shift], not match["pn"].isdigit() or bool(match["at"])
        return (hour - 1) % 24 or 12, 60 - words.before_hour[shift], True
    if match["mh"] or match["ch"]:
        return int(match["mh"] or match["ch"]), int(match["mm"] or match["cm"]), True
    marked = bool(match["ap"] or (match["mark"] and _marks_an_hour(match, words)) or match["half"])
    if match["w"]:
        return words.numbers[word_key(match["w"])], words.after_hour.get(word_key(match["half"] or ""), 0), marked
    hour, minute = int(match["h"]), int(match["m"] or (match["hm"] if match["mark"] else None) or 0)
    minute += words.after_hour.get(word_key(match["half"] or ""), 0)
    if minute < 0:
        hour, minute = hour - 1, minute + 60
    return hour, minute, marked or match["s"] in (":", "h") or (match["s"] == "." and bool(match["at"]))


def _last(match: re.Match[str], words: TimeWords) -> tuple[int, int] | None:
    if match["w2"]:
        return words.numbers[word_key(match["w2"])], 0
    return (int(match["h2"]), int(match["m2"] or 0)) if match["h2"] else None


def _marks_an_hour(match: re.Match[str], words: TimeWords) -> bool:
    """As in "14 heures" is a time; "2 heures" may be a length, unless "à" stands before it."""
    hour = int(match["h"]) if match["h"] else words.numbers.get(word_key(match["w"] or ""), 12)
    return bool(match["at"] or match["m"] or match["hm"]) or _SURE_HOUR <= hour < _A_DAY


def _end_of_first(match: re.Match[str]) -> int:
    groups = ("ap", "half", "hm", "mark", "m", "h", "pn", "mm", "cm", "w")
    return max(match.end(group) for group in groups if match[group] and (group != "hm" or match["mark"]))


def _may_be_loose(match: re.Match[str], hour: int) -> bool:
    """As in "at 2", "Tuesday 9.15", "ten", "3 my time": a time only beside a day. Small numbers in words are mostly something else."""
    named = match["at"] or match["s"] or match["pre"] or (match["w"] and hour >= 7)
    return bool(named) or match["whose"] is not None


def _guessable(match: re.Match[str]) -> bool:
    return not (match["mh"] or (match["h"] or "").startswith("0"))


def _on_the_day(hour: int, half: str | None, words: TimeWords, *, guess: bool) -> int:
    """The hour on a 24-hour clock. Without am or pm, one to six is meant in the afternoon."""
    if half is None:
        return hour + 12 if guess and 1 <= hour <= 6 else hour
    if word_key(half) in words.lists.get("am", ()):
        return 0 if hour == 12 else hour
    return hour + 12 if hour < 12 else hour
