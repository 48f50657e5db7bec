"""How a language says timeframes: templates with slots, compiled to patterns.

A template of promises_<lang>.toml is a phrase (core/lexicon.py) with slots in braces:

    [by|before] [the] end of {which} {span}        "by the end of next week"
    {n} {unit} from (now|today)                    "two to three weeks from now"

Slots: {weekday} {month} {rel} {n} {unit} {span} {which} {part} {ord} {holiday} are words of the language's tables;
{day} {nth} {year} {week} {date} are numbers. The key that a template stands under says what it means (resolve.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from mailwatch.core.gates import DIGIT, gated_text, opening_of
from mailwatch.core.lexicon import Language

_TOKEN = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|[^\s()\[\]]+")
_SLOT = re.compile(r"\{(\w+)\}")

_DATE = (
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-\d{4}|\d{1,2}/\d{1,2}(?:/\d{4}|/\d{2})?|\d{1,2}\.\s?\d{1,2}\.(?:\s?20\d{2}|\d{2})?"
    r"|(?:\d{4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?[日号號]?"
)
_NUMBERS = {"year": r"20\d{2}", "week": r"\d{1,2}", "date": _DATE}
_TABLES = {
    "unit": "units",
    "span": "spans",
    "which": "which",
    "part": "parts",
    "holiday": "holidays",
    "to": "range",
}


@dataclass(frozen=True, slots=True)
class Template:
    """One compiled template: what it means ("end", "within" …), fixed values of slots, the pattern.

    openings: with which words it may begin (core/gates.py), or None.
    """

    meaning: str
    given: Mapping[str, str]
    source: str
    pattern: re.Pattern[str]
    openings: frozenset[str] | None = None

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Every match in `text`, without overlaps: tried where one may begin instead of searched for, if that is known."""
        gated = gated_text(text)
        if self.openings is None or gated.odd_cased:
            yield from self.pattern.finditer(text)
            return
        reached = 0
        for start in gated.places_of(self.openings):
            if start >= reached and (match := self.pattern.match(text, start)):
                yield match
                reached = match.end()


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A language's words for timeframes: by slot, what each word stands for ("next" → "next", "drei" → 3)."""

    code: str
    spaced: bool
    slots: Mapping[str, Mapping[str, str]]
    ordinal: tuple[str, ...]
    day_first: bool
    rules: Mapping[str, tuple[str, ...]]

    def value(self, slot: str, words: str) -> str | None:
        """What `words` stand for in that slot, or None."""
        return self.slots.get(slot, {}).get(" ".join(words.casefold().split()))


@lru_cache(maxsize=32)
def words_of(language: Language) -> Words:
    """The timeframe words of a language: its tables [times] and [promise]."""
    times: Mapping[str, Any] = language.tables.get("times", {})
    own: Mapping[str, Any] = language.tables.get("promise", {})
    slots = {
        "weekday": _weekdays(times.get("weekdays", {}), own.get("short", ()), spaced=language.spaced)
        | _values(own.get("weekdays", {})),
        "month": _values(times.get("months", {})) | _values(own.get("months", {})),
        "rel": _values({word: days for word, days in times.get("days", {}).items() if days >= 0})
        | _values(own.get("days", {})),
        "n": _values(times.get("numbers", {})) | _values(own.get("numbers", {})),
        "ord": _values(own.get("ordinals", {})),
        "spelled": _values({word: day for day, word in enumerate(own.get("spelled", ()), 1)}),
    }
    for slot, table in _TABLES.items():
        slots[slot] = {word.casefold(): key for key, words in own.get(table, {}).items() for word in words}
    rules = {key: tuple(templates) for key, templates in own.get("rules", {}).items()}
    ordinal = tuple(own.get("ordinal", times.get("ordinal", ())))
    return Words(
        language.code, language.spaced, slots, ordinal, bool(own.get("day_first", times.get("day_first", True))), rules
    )


def _weekdays(table: Mapping[str, Any], short: Sequence[str], *, spaced: bool) -> dict[str, str]:
    """Without the short forms that are words of their own ("sat", "so", "mar"), unless the language allows them."""
    return {word: day for word, day in _values(table).items() if not spaced or len(word) > 3 or word in short}


def _values(table: Mapping[str, Any]) -> dict[str, str]:
    return {word.casefold(): str(value) for word, value in table.items()}


def templates_for(words: Words, text: str) -> Iterator[Template]:
    """The templates that may match in `text`, compiled: those whose fixed words all occur."""
    lowered = text.casefold()
    for key, sources in words.rules.items():
        meaning, _, rest = key.partition(" ")
        given = dict(pair.split("=") for pair in rest.split())
        for source in sources:
            if all(word in lowered for word in _fixed_words(source)):
                yield Template(meaning, given, source, _pattern(source, words), _openings(source, words))


@cache
def _fixed_words(source: str) -> tuple[str, ...]:
    bare = (token.group() for token in _TOKEN.finditer(source) if token.group(1) is None and token.group(2) is None)
    return tuple(part for word in bare for part in _SLOT.sub(" ", word.casefold().replace("*", "")).split())


@lru_cache(maxsize=4096)
def _pattern(source: str, words: Words) -> re.Pattern[str]:
    return re.compile(_expression(source, words), re.IGNORECASE)


@lru_cache(maxsize=4096)
def _openings(source: str, words: Words) -> frozenset[str] | None:
    """With which words a template may begin; None where it may begin anywhere."""
    found: set[str | None] = set() if words.spaced else {None}
    for token in _TOKEN.finditer(source):
        option = token.group(2)
        for choice in (token.group(1) or option or token.group()).split("|"):
            found.update(_openings_of(choice.split()[0], words))
        if option is None:
            break
    return None if None in found else frozenset(opening for opening in found if opening is not None)


def _openings_of(word: str, words: Words) -> Iterator[str | None]:
    literal, *slot = _SLOT.split(word, maxsplit=1)
    if literal:
        yield opening_of(f"{literal}*" if slot else literal)
        return
    if slot[0] in {*_NUMBERS, "day", "nth", "n"}:
        yield DIGIT
    yield from (opening_of(f"{known}*") for known in words.slots.get(slot[0], ()))


def _expression(source: str, words: Words) -> str:
    """The pattern of one template. Every repetition in it is bounded.

    Raises:
        ValueError: the template names no known slot.
    """
    space = r"[\s,\-‑]{1,3}" if words.spaced else r"\s{0,2}"
    body, begun = "", False
    for token in _TOKEN.finditer(source):
        option = token.group(2)
        piece = _alternatives(token.group(1) or option or token.group(), words, space)
        if option is not None:
            body += f"(?:{space}{piece})?" if begun else f"(?:{piece}{space})?"
        else:
            body += f"{space}{piece}" if begun else piece
            begun = True
    return rf"(?<!\w){body}(?!\w)" if words.spaced else body


def _alternatives(inner: str, words: Words, space: str) -> str:
    options = [space.join(_word(word, words) for word in option.split()) for option in inner.split("|")]
    return f"(?:{'|'.join(options)})"


def _word(word: str, words: Words) -> str:
    pieces = _SLOT.split(word)
    literal = [re.sub("['’]", "['’]", re.escape(piece)).replace(r"\*", r"\w{0,20}") for piece in pieces[::2]]
    slots = [_slot(name, words) for name in pieces[1::2]] + [""]
    return "".join(text + slot for text, slot in zip(literal, slots, strict=True))


def _slot(name: str, words: Words) -> str:
    if name in _NUMBERS:
        return (
            f"(?P<{name}>{_NUMBERS[name]})"
            if words.spaced or name == "date"
            else rf"(?P<{name}>{_NUMBERS[name]})(?!\d)"
        )
    if name in {"day", "nth"}:  # not the minutes of a time
        endings = "|".join(map(re.escape, words.ordinal if name == "nth" else (*words.ordinal, "."))) or "(?!)"
        return rf"(?P<{name}>(?<![:.\d])\d{{1,2}}(?![:\d])\s?(?:{endings}){'?' if name == 'day' else ''})"
    if name == "n":
        number = rf"\d{{1,3}}|{_any_of(words.slots['n'])}"
        to = "|".join(map(re.escape, ("-", "–", "~", "〜", "～", *words.slots["to"])))
        return rf"(?:(?:{number})\s?(?:{to})\s?)?(?P<n>{number})"
    if name not in words.slots:
        raise ValueError(f"no such slot: {name}")
    dot = r"\.?" if name in {"month", "weekday"} else ""
    return f"(?P<{name}>{_any_of(words.slots[name])}){dot}"


def _any_of(table: Mapping[str, str]) -> str:
    """Longest first, so that "business days" is not read as "business"; nothing at all where the table is empty."""
    return (
        "|".join(r"\s{1,3}".join(map(_spelled, word.split())) for word in sorted(table, key=len, reverse=True))
        or "(?!)"
    )


def _spelled(word: str) -> str:
    return re.sub("['’]", "['’]", re.escape(word))
