"""One language's words of dates and times, and the expressions built from them.

The words are data (`[times]` in phrases/<lang>.toml). Expressions are put together anew for each use, which is cheap;
compiling them is not, so compiled ones are remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mailwatch.core.gates import Gate, gate_of, gated_text
from mailwatch.core.lexicon import Language

LETTER = r"[^\W\d_]"
NEVER = r"(?!)"


@dataclass(frozen=True, slots=True)
class TimeWords:
    """The tables of `[times]` in one language. Keys are lower case.

    days:       "tomorrow": days from the day of writing.
    past:       "half past": minutes after the hour named next; before_hour: minutes before it.
    after_hour: "et demie": minutes added to the hour named before.
    ambiguous:  short weekdays that are words as well ("sun"). dotted: "24.9." is a date.
    bare_hours: "wed 10" may be an hour.
    clocks:     "noon": (hour, minute). lengths: "half an hour": minutes.
    """

    spaced: bool
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    days: Mapping[str, int]
    numbers: Mapping[str, int]
    clocks: Mapping[str, tuple[int, int]]
    past: Mapping[str, int]
    before_hour: Mapping[str, int]
    after_hour: Mapping[str, int]
    lists: Mapping[str, tuple[str, ...]]
    lengths: Mapping[str, int]
    dotted: bool = False
    bare_hours: bool = False

    def words(self, name: str) -> str:
        """An expression for any word of a list of the table."""
        return any_of(self.lists.get(name, ()))

    def is_short(self, weekday: str) -> bool:
        """May this form of a weekday be another word as well? Then it needs a capital, or a time beside it."""
        ambiguous = self.lists.get("ambiguous")
        return len(weekday) <= 4 if ambiguous is None else weekday in ambiguous

    def limits(self, text: str, position: int) -> bool:
        """Does "before", "until" or "by" stand directly in front of `position`?"""
        before = text[max(0, position - 24) : position]
        if compiled(rf"(?<!{LETTER}){self.words('not_open')}\s+$").search(before) is not None:  # "come by Tuesday"
            return False
        return compiled(rf"(?<!{LETTER}){self.words('open')}\s+$").search(before) is not None


def time_words(language: Language) -> TimeWords:
    """The time words of a language, from its tables. A language without any has empty ones."""
    table: Mapping[str, Any] = language.tables.get("times", {})
    clocks = {word: (int(clock[:2]), int(clock[3:5])) for word, clock in table.get("clocks", {}).items()}
    return TimeWords(
        spaced=language.spaced,
        months=table.get("months", {}),
        weekdays=table.get("weekdays", {}),
        days=table.get("days", {}),
        numbers=table.get("numbers", {}),
        clocks=clocks,
        past=table.get("past", {}),
        before_hour=table.get("before_hour", {}),
        after_hour=table.get("after_hour", {}),
        dotted=bool(table.get("dotted", False)),
        bare_hours=bool(table.get("bare_hours", False)),
        lengths=table.get("lengths", {}),
        lists={name: tuple(value) for name, value in table.items() if isinstance(value, list)},
    )


def any_of(words: Iterable[str]) -> str:
    """An expression that matches any of these words, the longest first; one that never matches where there are none."""
    return _any_of(tuple(words))


@cache
def _any_of(words: tuple[str, ...]) -> str:
    escaped = [_escaped(word) for word in sorted(words, key=lambda word: (-len(word), word))]
    return f"(?:{'|'.join(escaped)})" if escaped else NEVER


def occur_in(text: str, words: Iterable[str]) -> bool:
    """May any of these words stand in the text? If not, no expression that needs one has to be searched for."""
    gated = gated_text(text)
    return gated.odd_cased or _gate(tuple(words)).opens_to(gated)


@cache
def _gate(words: tuple[str, ...]) -> Gate:
    return gate_of("|".join(words), spaced=False) if words else Gate(frozenset())


def whole(expression: str) -> str:
    """The expression, not touching other letters."""
    return rf"(?<!{LETTER}){expression}(?!{LETTER})"


def word_key(word: str) -> str:
    """A word of the text as the tables spell it: lower case, single spaces, straight apostrophes."""
    return " ".join(word.replace("’", "'").casefold().split())


def _escaped(word: str) -> str:
    return re.sub("['’]", "['’]", r"\s+".join(re.escape(part) for part in word.split()))


@cache
def compiled(expression: str) -> re.Pattern[str]:
    """The compiled expression, case aside."""
    return re.compile(expression, re.IGNORECASE)
