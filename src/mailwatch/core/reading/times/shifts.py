"""By how much something moves: "two hours later", "um eine halbe Stunde nach hinten", "push it back an hour"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from mailwatch.core.reading.times.words import LETTER, TimeWords, any_of, compiled, word_key

_MINUTE = timedelta(minutes=1)
_DAY, _WEEK = 24 * 60, 7 * 24 * 60
_LONGEST = timedelta(days=60)
_REACH = r"(?:[^\w.!?\n]+\w+){0,6}?[^\w.!?\n]+"
_NUMERAL = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class Shift:
    """A move by some time: `by` is negative towards the past. span: where it stands in the text. verb: one says so."""

    by: timedelta
    words: str
    span: tuple[int, int]
    verb: bool = False


def shifts_in(text: str, words: TimeWords) -> list[Shift]:
    """Every move of that kind that a text tells of, in order."""
    amount = _amount(words)
    gap = r"\s+" if words.spaced else r"\s*"
    found: list[Shift] = []
    for sign, behind, before in ((1, "later", "later_before"), (-1, "earlier", "earlier_before")):
        for match in compiled(rf"{amount}{gap}{_edge(words)}{words.words(behind)}{_end(words)}").finditer(text):
            found += _shift(match, sign, words, verb=False)
        lead = _any_verb(words, before)
        for match in compiled(rf"{lead}{_gap(words)}(?:{words.words('by')}{gap})?{amount}{_end(words)}").finditer(text):
            found += _shift(match, sign, words, verb=True)
    return _apart(found)


def _any_verb(words: TimeWords, name: str) -> str:
    """An expression for the verbs of a list: "push* back" is "push", any ending, up to six words, "back"."""
    verbs = [_REACH.join(_stem(word) for word in verb.split()) for verb in words.lists.get(name, ())]
    return rf"(?:{'|'.join(verbs)})" if verbs else "(?!)"


def _stem(word: str) -> str:
    """One word of a verb: whole, or its beginning with any ending; anywhere in a text without spaces."""
    bare = re.escape(word.removesuffix("*"))
    if _has_han(word):
        return bare
    return rf"(?<!{LETTER}){bare}" + (r"\w{0,20}" if word.endswith("*") else rf"(?!{LETTER})")


def _has_han(text: str) -> bool:
    return any("\u3040" <= char <= "\u9fff" for char in text)


def _edge(words: TimeWords) -> str:
    return rf"(?<!{LETTER})" if words.spaced else ""


def _end(words: TimeWords) -> str:
    return rf"(?!{LETTER})" if words.spaced else ""


def _gap(words: TimeWords) -> str:
    return _REACH if words.spaced else r"\s*"


def _amount(words: TimeWords) -> str:
    units = "|".join(f"(?P<{unit}>{words.words(unit)})" for unit in ("minutes", "hours", "day_units", "week_units"))
    number = rf"(?P<n>\d{{1,3}}|{any_of(words.numbers)})"
    fixed = f"(?P<fixed>{any_of(words.lengths)})"
    return rf"{_edge(words)}(?:{fixed}|{number}[\s-]*(?:{units}))"


def _shift(match: re.Match[str], sign: int, words: TimeWords, *, verb: bool) -> Iterator[Shift]:
    if match["fixed"]:
        minutes = words.lengths[word_key(match["fixed"])]
    else:
        written = match["n"]
        count = int(written) if _NUMERAL.fullmatch(written) else words.numbers[word_key(written)]
        minutes = count * next(
            size
            for unit, size in (("minutes", 1), ("hours", 60), ("day_units", _DAY), ("week_units", _WEEK))
            if match[unit]
        )
    by = sign * minutes * _MINUTE
    if timedelta() < abs(by) <= _LONGEST:
        yield Shift(by, " ".join(match.group().split()), match.span(), verb)


def _apart(shifts: list[Shift]) -> list[Shift]:
    """Without overlaps, the longer one first; in order of the text."""
    kept: list[Shift] = []
    for shift in sorted(shifts, key=lambda one: one.span[0] - one.span[1]):
        if all(shift.span[1] <= other.span[0] or other.span[1] <= shift.span[0] for other in kept):
            kept.append(shift)
    return sorted(kept, key=lambda one: one.span)
