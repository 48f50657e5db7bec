"""Finding timeframes in text: where they stand, what they say, which day they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailwatch.core.lexicon import Lexicon
from mailwatch.core.reading.promises.anchor import Anchor
from mailwatch.core.reading.promises.grammar import Template, Words, templates_for, words_of
from mailwatch.core.reading.promises.resolve import day_after, day_meant

AFTER_INTERVIEW = "after_interview"
NEXT_TO = "next_to"
"""A day or a week after the one named before: "the committee sits on the 15th, you'll hear the day after"."""
_NEXT_REACH = 200
_APPOSITION = re.compile(r"^\w+\s?,")
SKIP = "skip"
"""Matched so that nothing in it is taken for a timeframe: "last Friday", "two weeks ago"."""


@dataclass(frozen=True, slots=True)
class Timeframe:
    """A timeframe in text.

    by:      the last day it covers, or None: it counts from the interview, or has passed.
    meaning: how it is said: "within", "weekday", "date" …
    days, business_days: for `after_interview`: how long after it.
    """

    start: int
    end: int
    words: str
    meaning: str
    language: str
    by: date | None = None
    days: int | None = None
    business_days: int | None = None

    @property
    def after_interview(self) -> bool:
        """It counts from the interview, not from the mail."""
        return self.meaning == AFTER_INTERVIEW


def timeframes_in(
    text: str, *, anchor: Anchor | None, lexicon: Lexicon, languages: Sequence[str] | None = None
) -> tuple[Timeframe, ...]:
    """Every timeframe in `text`, in order; of overlapping ones the longest, then the most special template's.

    None without an anchor.

    Args:
        languages: codes, the likeliest first: it reads what all of them could ("03/04"). All of them unless given.
    """
    if anchor is None:
        return ()
    known = [lexicon.languages[code] for code in languages or lexicon.languages if code in lexicon.languages]
    found = [match for language in known for match in _matches(text, words_of(language), anchor)]
    found.sort(key=lambda match: (match[1].start - match[1].end, -match[0], match[1].start))
    kept: list[Timeframe] = []
    for _, frame in found:
        if all(frame.end <= other.start or frame.start >= other.end for other in kept):
            kept.append(frame)
    told = sorted((frame for frame in kept if frame.meaning != SKIP), key=lambda frame: frame.start)
    return tuple(_after_those_before(told, anchor))


def _after_those_before(frames: Sequence[Timeframe], anchor: Anchor) -> Iterator[Timeframe]:
    """The frames with a day for those that only say "the day after": after the day that was named before, if any was."""
    last: Timeframe | None = None
    for frame in frames:
        told = frame
        if frame.meaning == NEXT_TO:
            near = last is not None and frame.start - last.end <= _NEXT_REACH
            named = last.by if near and last is not None else None
            told = replace(frame, by=day_after(named, frame.days or 1, anchor), days=None)
        last = told if told.by else last
        yield told


def _matches(text: str, words: Words, anchor: Anchor) -> Iterator[tuple[int, Timeframe]]:
    """Every match of every template, each with the number of values that the template itself gives."""
    for template in templates_for(words, text):
        for match in template.matches(text):
            if template.meaning == "after" and _APPOSITION.match(match.group()):
                continue  # "the day after, 13 October"
            slots = _values(template, match.groupdict(), words)
            frame = Timeframe(
                match.start(), match.end(), " ".join(match.group().split()).rstrip("."), template.meaning, words.code
            )
            yield len(template.given), _resolved(frame, slots, words, anchor)


def _values(template: Template, groups: dict[str, str | None], words: Words) -> dict[str, str]:
    """What each slot stands for: looked up in the language's table, numbers as they are."""
    seen = {slot: words.value(slot, text) or text for slot, text in groups.items() if text is not None}
    return {**template.given, **seen}


def _resolved(frame: Timeframe, slots: dict[str, str], words: Words, anchor: Anchor) -> Timeframe:
    place = (frame.start, frame.end, frame.words, frame.meaning, frame.language)
    if frame.meaning == NEXT_TO:
        return Timeframe(*place, days=7 if slots["unit"] == "week" else 1)
    if frame.after_interview:
        count, unit = int(slots.get("n", "1")), slots["unit"]
        if unit == "business_day":
            return Timeframe(*place, business_days=count)
        return Timeframe(*place, days=count * {"week": 7, "fortnight": 14, "month": 30}.get(unit, 1))
    return Timeframe(*place, by=day_meant(frame.meaning, slots, words, anchor))
