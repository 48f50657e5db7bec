"""Phrases as data: each language's cues, compiled once, matched in linear time.

A phrase is words with a little syntax, so that somebody who knows a language but no regular expressions can add it:

    next round            these words, in this order, any white space between them
    (next|second) round   one of several
    [very] pleased        may be missing
    interview*            a word that begins so
    we ... forward        up to six words in between

Phrases match whole words, case aside; straight and curly apostrophes are one. In languages written without spaces
(`spaced = false`) they match anywhere. A phrase is compiled and tried only where one of its gates occurs: words of
which every match must hold one. That is what keeps thousands of them cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from mailwatch.core.weights import Weights, weights_from_table

GAP = r"(?:[^\w.!?]+\w+){0,6}?[^\w.!?]+"
QUOTE_LIMIT = 160
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of one category. Every match holds one of its `words`, or one of its `stems` within a word.

    Both are lower case: the gate that keeps most phrases from ever being tried on a text.
    """

    category: str
    source: str
    words: frozenset[str]
    stems: tuple[str, ...]
    expression: str

    def may_match(self, text: LoweredText) -> bool:
        """Does the text hold one of the words or stems?"""
        return not self.words.isdisjoint(text.words) or any(stem in text.whole for stem in self.stems)

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled expression: compiled when first needed, which for most phrases is never."""
        return _compiled(self.expression)


@dataclass(frozen=True, slots=True)
class LoweredText:
    """A text in lower case, and the words in it. `plain` has the length of the text, so that spans are the same."""

    whole: str
    words: frozenset[str]
    plain: str


@lru_cache(maxsize=8)
def _lowered(text: str) -> LoweredText:
    whole, plain = text.casefold(), text.lower()
    if len(plain) != len(text):  # "İ" becomes two characters
        plain = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return LoweredText(whole, frozenset(_WORDS.findall(whole)), plain)


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

    def __getitem__(self, category: str) -> tuple[Phrase, ...]:
        known = self._translated.get(category)
        if known is None:
            sources = self.sources[category]
            known = tuple(phrase_from_source(category, source, spaced=self._spaced) for source in sources)
            self._translated[category] = known
        return known

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


@dataclass(frozen=True, slots=True)
class GateIndex:
    """The phrases of some categories by the words and stems that open their gates."""

    by_word: Mapping[str, tuple[Phrase, ...]]
    stems: re.Pattern[str]
    by_stem: Mapping[str, tuple[Phrase, ...]]

    def candidates(self, text: LoweredText) -> Iterator[Phrase]:
        """Every phrase that may match."""
        for word in text.words & self.by_word.keys():
            yield from self.by_word[word]
        for stem in set(self.stems.findall(text.whole)):
            yield from self.by_stem[stem]


@lru_cache(maxsize=64)
def _index(language: Language, categories: tuple[str, ...]) -> GateIndex:
    by_word: dict[str, list[Phrase]] = {}
    by_stem: dict[str, list[Phrase]] = {}
    for category in categories:
        for phrase in language.phrases.get(category, ()):
            for word in phrase.words:
                by_word.setdefault(word, []).append(phrase)
            for stem in phrase.stems:
                by_stem.setdefault(stem, []).append(phrase)
    # A stem may hide inside a longer one found at the same place; each longer one brings the shorter ones along.
    for stem, phrases in by_stem.items():
        phrases += [phrase for other in by_stem if other != stem and other in stem for phrase in by_stem[other]]
    found = sorted(by_stem, key=len, reverse=True)
    pattern = re.compile(f"(?=({'|'.join(map(re.escape, found))}))" if found else "(?!)()")
    return GateIndex(
        {w: tuple(p) for w, p in by_word.items()}, pattern, {w: tuple(dict.fromkeys(p)) for w, p in by_stem.items()}
    )


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
        lowered = _lowered(text)
        for code in languages if languages is not None else self.languages:
            language = self.languages.get(code)
            for phrase in language.phrases.get(category, ()) if language else ():
                if language and phrase.may_match(lowered):
                    for start, end in _spans(phrase.pattern, lowered.plain, spaced=language.spaced):
                        yield Hit(category, phrase.source, _one_line(text[start:end]), start, end, code)

    def mentions(self, categories: tuple[str, ...], text: str) -> bool:
        """Does a short text hold any phrase of these categories, in any language?

        Made for thousands of subjects: an index of all gates is kept for each language and choice of categories.
        """
        lowered = _lowered(text)
        for language in self.languages.values():
            if not language.spaced and text.isascii():
                continue
            for phrase in _index(language, categories).candidates(lowered):
                if next(_spans(phrase.pattern, lowered.plain, spaced=language.spaced), None):
                    return True
        return False

    def first(self, category: str, text: str, languages: Sequence[str] | None = None) -> Hit | None:
        """The match that begins earliest, or None."""
        return min(self.hits(category, text, languages), key=lambda hit: (hit.start, -hit.end), default=None)


@lru_cache(maxsize=8)
def _categories(languages: tuple[Language, ...]) -> tuple[str, ...]:
    return tuple(sorted({category for language in languages for category in language.phrases}))


def _spans(pattern: re.Pattern[str], text: str, *, spaced: bool) -> Iterator[tuple[int, int]]:
    """Where the pattern matches; in spaced languages only where a word begins.

    The beginning is checked here: a look-behind in the pattern would keep it from searching for its first word.
    """
    position = 0
    while match := pattern.search(text, position):
        start, end = match.span()
        if spaced and start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            position = start + 1
            continue
        yield start, end
        position = max(end, start + 1)


def _one_line(words: str) -> str:
    return " ".join(words.split())[:QUOTE_LIMIT]


_TOKEN = re.compile(r"\.\.\.|\(([^()]*)\)|\[([^\[\]]*)\]|[^\s()\[\]]+")


def phrase_from_source(category: str, source: str, *, spaced: bool = True) -> Phrase:
    """Translate one phrase.

    Raises:
        ValueError: the syntax is wrong (nested brackets, an empty alternative, nothing but gaps or options).
    """
    pieces: list[str] = []
    gates: tuple[tuple[str, bool], ...] = ()
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
            gates = max(gates, _gates(text if choice is None else choice), key=_rarity)
    body = "".join(pieces)
    if (
        _TOKEN.sub("", source).strip()
        or not gates
        or not all(gate for gate, _ in gates)
        or "(?:)" in body
        or "(?:|" in body
        or "|)" in body
        or "||" in body
    ):
        raise ValueError(f"not a phrase: {source!r}")
    whole = frozenset(gate for gate, entire in gates if entire and spaced)
    stems = tuple(gate for gate, entire in gates if not (entire and spaced))
    return Phrase(category, source, whole, stems, body)


def _gates(choice: str) -> tuple[tuple[str, bool], ...]:
    """For each alternative the longest run of it that must stand in the text, and whether it is a word of its own."""
    return tuple(_gate(option.casefold()) for option in choice.split("|"))


def _gate(option: str) -> tuple[str, bool]:
    run = max(re.split(r"['’*\s]+", option), key=len)
    return run, _WORDS.fullmatch(run) is not None and f"{run}*" not in option


def _rarity(gates: tuple[tuple[str, bool], ...]) -> tuple[int, int]:
    """Few and long gates are rarest."""
    return (min((len(gate) for gate, _ in gates), default=0), -len(gates))


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
