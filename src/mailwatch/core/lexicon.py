"""Phrases as data: each language's cues, compiled once, matched in linear time.

A phrase is words with a little syntax, so that somebody who knows a language but no regular expressions can add it:

    next round            these words, in this order, any white space between them
    (next|second) round   one of several
    [very] pleased        may be missing
    interview*            a word that begins so
    we ... forward        up to six words in between

Phrases match whole words, case aside; straight and curly apostrophes are one. In languages written without spaces
(`spaced = false`) they match anywhere. A phrase is compiled and tried only where all of its gates are open: core/gates.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from mailwatch.core.gates import Gate, GatedText, GateIndex, all_open, gate_of, gated_text, hardness, opening_of
from mailwatch.core.weights import Weights, weights_from_table

GAP = r"(?:[^\w.!?]+\w+){0,6}?[^\w.!?]+"
QUOTE_LIMIT = 160


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of one category: as written, its gates, the one hardest to open first, and its expression."""

    category: str
    source: str
    gates: tuple[Gate, ...]
    expression: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled expression: compiled when first needed, which for most phrases is never."""
        return _compiled(self.expression)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    """Compiled with case: searching small letters in a lowered text is many times faster than ignoring case."""
    return re.compile(expression)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a phrase matched: category, the phrase as written in the data, the words matched, their span, its language."""

    category: str
    phrase: str
    words: str
    start: int
    end: int
    language: str = ""


class Phrases(Mapping[str, tuple[Phrase, ...]]):
    """The phrases of a language by category, each category translated when it is first asked for.

    Thousands of phrases are there and a mail needs a few hundred of them.

    Args:
        sources: the phrases as written in the data.

    Raises:
        ValueError: from a look-up, if a phrase of that category can't be translated.
    """

    def __init__(self, sources: Mapping[str, Sequence[str]], *, spaced: bool = True) -> None:
        self.sources = sources
        self._spaced = spaced
        self._translated: dict[str, tuple[Phrase, ...]] = {}
        self._index = GateIndex[Phrase](spaced=spaced)

    def __getitem__(self, category: str) -> tuple[Phrase, ...]:
        known = self._translated.get(category)
        if known is None:
            sources = self.sources[category]
            if not isinstance(sources, list | tuple) or not all(isinstance(source, str) for source in sources):
                raise ValueError(f"{category} is not a list of phrases")
            known = tuple(phrase_from_source(category, source, spaced=self._spaced) for source in sources)
            self._translated[category] = known
        return known

    def that_may_match(self, category: str, text: GatedText) -> Iterator[Phrase]:
        """The phrases of a category whose gates the text opens, in the order of the data."""
        self._know(category)
        near = self._index.near(text).get(category)
        return (phrase for phrase, gates in near if all_open(gates, text)) if near else iter(())

    def near(self, categories: Iterable[str], text: GatedText) -> Collection[str]:
        """Categories with a phrase whose first gate the text opens: all of the wanted ones that may match, and others."""
        if len(self._index) < len(self.sources):
            for category in categories:
                self._know(category)
        return self._index.near(text).keys()

    def _know(self, category: str) -> None:
        if category not in self._index and category in self.sources:
            self._index.add(category, [(phrase, phrase.gates) for phrase in self[category]])

    def __iter__(self) -> Iterator[str]:
        return iter(self.sources)

    def __len__(self) -> int:
        return len(self.sources)


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language: phrases by category, and word tables (months, weekdays, numbers …) as written in its file.

    Two of them are the same only if they are one: what is computed from a language can be kept beside it.
    """

    code: str
    phrases: Phrases = field(default_factory=lambda: Phrases({}))
    tables: Mapping[str, Any] = field(default_factory=dict)
    spaced: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """All languages, `senders`: tables about sending systems (free mail, ATS, schedulers, robots), and what was learned.

    Like a language, the same as another only if it is that one.
    """

    languages: Mapping[str, Language]
    senders: Mapping[str, Any] = field(default_factory=dict)
    incoming: Weights = field(default_factory=Weights)
    outgoing: Weights = field(default_factory=Weights)

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category of phrases that any language has, by name."""
        return _categories(tuple(self.languages.values()))

    def hits(self, category: str, text: str, languages: Sequence[str] | None = None) -> Iterator[Hit]:
        """Every match of a category in `text`, phrase by phrase; in all languages unless some are named."""
        gated = gated_text(text)
        for code in languages if languages is not None else self.languages:
            language = self.languages.get(code)
            if language is not None:
                for phrase in language.phrases.that_may_match(category, gated):
                    for start, end in spans_of(phrase, gated, spaced=language.spaced):
                        yield Hit(category, phrase.source, _one_line(text[start:end]), start, end, code)

    def that_may_occur(self, categories: Sequence[str], text: str, languages: Sequence[str] | None = None) -> list[str]:
        """Those of the categories that may have hits in `text`, in this order: one look for all of them."""
        gated, near = gated_text(text), set[str]()
        for code in languages if languages is not None else self.languages:
            language = self.languages.get(code)
            if language is not None:
                near.update(language.phrases.near(categories, gated))
        return [category for category in categories if category in near]

    def mentions(self, categories: tuple[str, ...], text: str) -> bool:
        """Does a short text hold any phrase of these categories, in any language?"""
        gated = gated_text(text)
        for index, spaced in _together(self, categories):
            if spaced or not text.isascii():
                for phrase, gates in chain.from_iterable(index.near(gated).values()):
                    if all_open(gates, gated) and next(spans_of(phrase, gated, spaced=spaced), None):
                        return True
        return False

    def first(self, category: str, text: str, languages: Sequence[str] | None = None) -> Hit | None:
        """The match that begins earliest, or None."""
        return min(self.hits(category, text, languages), key=lambda hit: (hit.start, -hit.end), default=None)


@lru_cache(maxsize=8)
def _together(lexicon: Lexicon, categories: tuple[str, ...]) -> tuple[tuple[GateIndex[Phrase], bool], ...]:
    """An index over all languages that write spaces, and one over the others: one look at a text instead of one a language."""
    indexes = (GateIndex[Phrase](spaced=True), True), (GateIndex[Phrase](spaced=False), False)
    for index, spaced in indexes:
        for code, language in lexicon.languages.items():
            if language.spaced is spaced:
                wanted = (each for category in categories for each in language.phrases.get(category, ()))
                index.add(code, [(phrase, phrase.gates) for phrase in wanted])
    return indexes


@lru_cache(maxsize=8)
def _categories(languages: tuple[Language, ...]) -> tuple[str, ...]:
    return tuple(sorted({category for language in languages for category in language.phrases}))


def spans_of(phrase: Phrase, text: GatedText, *, spaced: bool) -> Iterator[tuple[int, int]]:
    """Where a phrase matches, without overlaps; in spaced languages only where a word begins.

    Nearly every phrase can begin at a few places of a text only, those of its first words: it is tried there and not
    searched for. In a pattern a look-behind would keep it from searching for its first word: so the beginning is checked here.
    """
    pattern, plain, openings = phrase.pattern, text.plain, _openings(phrase.source) if spaced else None
    if openings is not None:
        reached = 0
        for start in text.places_of(openings):
            if start >= reached and (match := pattern.match(plain, start)):
                reached = max(match.end(), start + 1)
                yield start, match.end()
        return
    position = 0
    while match := pattern.search(plain, position):
        start, end = match.span()
        if spaced and start and (plain[start - 1].isalnum() or plain[start - 1] == "_"):
            position = start + 1
            continue
        yield start, end
        position = max(end, start + 1)


@cache
def _openings(source: str) -> frozenset[str] | None:
    """With which words a phrase of a spaced language may begin (core/gates.py); None where it may begin with anything else."""
    found: list[str | None] = []
    for token in _TOKEN.finditer(source):
        text, choice, option = token.group(), token.group(1), token.group(2)
        if text == "...":
            return None
        found += [opening_of(words) for words in (option or choice or text).split("|")]
        if option is None:
            break
    return None if None in found else frozenset(opening for opening in found if opening is not None)


def _one_line(words: str) -> str:
    return " ".join(words.split())[:QUOTE_LIMIT]


_TOKEN = re.compile(r"\.\.\.|\(([^()]*)\)|\[([^\[\]]*)\]|[^\s()\[\]]+")


def phrase_from_source(category: str, source: str, *, spaced: bool = True) -> Phrase:
    """Translate one phrase.

    Raises:
        ValueError: the syntax is wrong (nested brackets, an empty alternative, nothing but gaps or options).
    """
    pieces: list[str] = []
    gates: list[Gate] = []
    joint = ""  # what stands between the last fixed piece and the next one
    for token in _TOKEN.finditer(source):
        text, choice, option = token.group(), token.group(1), token.group(2)
        if text == "...":
            joint = GAP if spaced else r".{0,20}?"
        elif option is not None:
            inner = _alternatives(option, spaced=spaced)
            space = r"\s+" if spaced else r"\s*"
            pieces.append(f"(?:{joint}{inner})?" if pieces else f"(?:{inner}{space})?")
        else:
            pieces.append(
                joint + (_word(text, spaced=spaced) if choice is None else _alternatives(choice, spaced=spaced))
            )
            joint = r"\s+" if spaced else r"\s*"
            gates.append(gate_of(text if choice is None else choice, spaced=spaced))
    body = "".join(pieces)
    gates.sort(key=hardness, reverse=True)
    if (
        _TOKEN.sub("", source).strip()
        or not gates
        or not all(gates[0].runs)
        or "(?:)" in body
        or "(?:|" in body
        or "|)" in body
        or "||" in body
    ):
        raise ValueError(f"not a phrase: {source!r}")
    return Phrase(category, source, tuple(gate for gate in gates if all(gate.runs)), body)


def _alternatives(inner: str, *, spaced: bool) -> str:
    space = r"\s+" if spaced else r"\s*"
    options = [space.join(_word(word, spaced=spaced) for word in option.split()) for option in inner.split("|")]
    return f"(?:{'|'.join(options)})"


def _word(word: str, *, spaced: bool) -> str:
    stem = word.removesuffix("*").lower()
    escaped = re.sub("['’]", "['’]", re.escape(stem))
    if not spaced:  # "HR" between Chinese words is no part of "Chrome"
        before = "(?<![a-z0-9])" if stem[:1].isascii() and stem[:1].isalnum() else ""
        return before + escaped + ("(?![a-z0-9])" if stem[-1:].isascii() and stem[-1:].isalnum() else "")
    boundary = r"(?!\w)" if stem and (stem[-1].isalnum() or stem[-1] == "_") else ""
    return escaped + (r"\w{0,20}" if word.endswith("*") else boundary)


def language_from_table(code: str, table: Mapping[str, Any]) -> Language:
    """A language from its parsed TOML file: `[phrases]` holds lists of phrases by category, every other key a table."""
    spaced = bool(table.get("spaced", True))
    tables = {name: value for name, value in table.items() if name not in {"phrases", "spaced"}}
    return Language(code, Phrases(table.get("phrases", {}), spaced=spaced), tables, spaced)


def lexicon_from_tables(
    languages: Mapping[str, Mapping[str, Any]], senders: Mapping[str, Any], learned: Mapping[str, Any] | None = None
) -> Lexicon:
    """The whole lexicon from parsed files: language tables by code, the senders table, the learned weights."""
    learned = learned or {}
    return Lexicon(
        {code: language_from_table(code, table) for code, table in languages.items()},
        senders,
        weights_from_table(learned.get("incoming", {})),
        weights_from_table(learned.get("outgoing", {})),
    )


def with_extra_words(lexicon: Lexicon, category: str, words: Iterable[str], code: str = "en") -> Lexicon:
    """The lexicon with the user's own words added to one category of one language."""
    language = lexicon.languages[code]
    sources = {**language.phrases.sources, category: [*language.phrases.sources.get(category, ()), *words]}
    changed = replace(language, phrases=Phrases(sources, spaced=language.spaced))
    return replace(lexicon, languages={**lexicon.languages, code: changed})
