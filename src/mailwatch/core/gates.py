"""Gates: words of which every match of a phrase must hold one, so that most phrases are never tried on a text.

Each fixed piece of a phrase gives a gate. A text is taken apart once, into words, beginnings of words and pairs of
characters; an index then names the phrases whose hardest gate may be open, without looking at any other, and what is
left is tried with a regular expression only where the text opens all gates. Gates only ever save work: a closed one
proves that there is no match.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

P = TypeVar("P")
_WORDS = re.compile(r"\w+")
DIGIT = "#"
"""The opening of what begins with a digit."""
_BEGINNING = 3
"""Characters by which beginnings of words are found."""
_PIECE = 2


class GatedText:
    """A text taken apart. whole: in lower case, folded. plain: in lower case and as long as the text, so that spans agree.

    near: what indexes have found for it, and how many categories they had then.
    """

    def __init__(self, text: str) -> None:
        self.whole, self.plain = text.casefold(), text.lower()
        if len(self.plain) != len(text):  # "İ" becomes two characters
            self.plain = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
        self.words = set(_WORDS.findall(self.whole))
        self._openings: dict[frozenset[str], Sequence[int]] = {}
        self.near: dict[GateIndex[Any], tuple[int, Mapping[str, list[tuple[Any, tuple[Gate, ...]]]]]] = {}

    @cached_property
    def beginnings(self) -> set[str]:
        """How the words begin: their first character, the first two and the first three."""
        return {word[:length] for word in self.words for length in range(1, _BEGINNING + 1)}

    @cached_property
    def odd_cased(self) -> bool:
        """Does it hold a letter that is another one's case to a pattern, but not in lower case: "ſ", "ı", "İ"?"""
        return any(letter in self.plain for letter in "\u017f\u0131\u0130")

    @cached_property
    def _places(self) -> Mapping[str, list[int]]:
        """Where in `plain` each word begins."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for match in _WORDS.finditer(self.plain):
            found[match.group()].append(match.start())
        return dict(found)

    @cached_property
    def _begun(self) -> Mapping[str, list[str]]:
        """The words of `plain` by "^" and their first character, the first two and the first three, and by DIGIT."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._places:
            for length in range(1, min(len(word), _BEGINNING) + 1):
                found[f"^{word[:length]}"].append(word)
            if word[0].isdecimal():
                found[DIGIT].append(word)
        return dict(found)

    def places_of(self, openings: frozenset[str]) -> Sequence[int]:
        """Where something may begin, in order: every place of what these openings (`opening_of`) stand for."""
        known = self._openings.get(openings)
        if known is None:
            begun = {word for opening in openings for word in self._begun.get(opening, ())}
            words = begun.union(opening for opening in openings if opening in self._places)
            places = [self._places[word] for word in words]
            known = places[0] if len(places) == 1 else sorted(place for each in places for place in each)
            self._openings[openings] = known
        return known

    @cached_property
    def pieces(self) -> set[str]:
        """Every character, and every two that stand side by side."""
        return {self.whole[at : at + length] for length in range(1, _PIECE + 1) for at in range(len(self.whole))}


@lru_cache(maxsize=32)
def gated_text(text: str) -> GatedText:
    """The text taken apart, kept for the categories that are asked for next."""
    return GatedText(text)


@dataclass(frozen=True, slots=True)
class Gate:
    """Open to a text that holds one of these words, or one of these runs of characters. All are folded."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()

    @property
    def runs(self) -> tuple[str, ...]:
        """Both."""
        return (*self.words, *self.stems)

    def opens_to(self, text: GatedText) -> bool:
        """May a phrase with this gate match?"""
        if not self.words.isdisjoint(text.words):
            return True
        return bool(self.stems) and any(stem in text.whole for stem in self.stems)


def gate_of(choice: str, *, spaced: bool) -> Gate:
    """The gate of one piece of a phrase: of each alternative the longest run that must stand in the text.

    spaced: the language writes spaces; in one that does not, no run is a word of its own.
    """
    runs = [_run(option.casefold()) for option in choice.split("|")]
    whole = frozenset(run for run, entire in runs if entire and spaced)
    return Gate(whole, tuple(run for run, entire in runs if not (entire and spaced)))


def _run(option: str) -> tuple[str, bool]:
    """The longest run of an alternative, and whether it is a word of its own."""
    run = max(re.split(r"['’*\s]+", option), key=len)
    return run, _WORDS.fullmatch(run) is not None and f"{run}*" not in option


def opening_of(words: str) -> str | None:
    """How a text goes on where these words (a phrase's beginning, of a language with spaces) are found.

    That is the first word, or "^" and the beginning of a word, at most three characters of it; None for what begins
    with no letter or digit. `GatedText.places_of` knows both.
    """
    first = words.split(maxsplit=1)[0].lower()
    begun = _WORDS.match(first)
    if begun is None:
        return None
    run = begun.group()
    return f"^{run[:_BEGINNING]}" if first.startswith(f"{run}*") else run


def hardness(gate: Gate) -> tuple[int, int]:
    """Few and long runs are rarest."""
    return min((len(run) for run in gate.runs), default=0), -len(gate.runs)


class GateIndex(Generic[P]):
    """Phrases of many categories by the runs of the first gate of each: a text is looked up once for all of them.

    Args:
        spaced: the language writes spaces: a run stands where a word begins.
    """

    def __init__(self, *, spaced: bool) -> None:
        self._spaced = spaced
        self._entries: list[tuple[str, P, tuple[Gate, ...]]] = []
        self._by_word: dict[str, list[int]] = {}
        self._by_piece: dict[str, list[int]] = {}
        self._known: set[str] = set()

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, category: str) -> bool:
        return category in self._known

    def add(self, category: str, phrases: Iterable[tuple[P, tuple[Gate, ...]]]) -> None:
        """Add a category: phrases with their gates, the hardest to open first."""
        self._known.add(category)
        for phrase, gates in phrases:
            number = len(self._entries)
            self._entries.append((category, phrase, gates))
            for word in gates[0].words:
                self._by_word.setdefault(word, []).append(number)
            for stem in gates[0].stems:
                self._by_piece.setdefault(self._piece_of(stem), []).append(number)

    def _piece_of(self, stem: str) -> str:
        if not self._spaced:
            return stem[:_PIECE]
        begun = _WORDS.match(stem)
        return begun.group()[:_BEGINNING] if begun else ""

    def near(self, text: GatedText) -> Mapping[str, list[tuple[P, tuple[Gate, ...]]]]:
        """By category the phrases, with their gates, whose first gate may be open, in the order in which they were added."""
        size, found = text.near.get(self, (0, {}))
        if size != len(self._known):
            found = self._looked_up(text)
            text.near[self] = len(self._known), found
        return found

    def _looked_up(self, text: GatedText) -> Mapping[str, list[tuple[P, tuple[Gate, ...]]]]:
        pieces = text.beginnings if self._spaced else text.pieces
        numbers: set[int] = set(self._by_piece.get("", ()))
        numbers.update(*[self._by_word[word] for word in self._by_word.keys() & text.words])
        numbers.update(*[self._by_piece[piece] for piece in self._by_piece.keys() & pieces])
        found: dict[str, list[tuple[P, tuple[Gate, ...]]]] = {}
        for number in sorted(numbers):
            category, phrase, gates = self._entries[number]
            found.setdefault(category, []).append((phrase, gates))
        return found


def all_open(gates: Iterable[Gate], text: GatedText) -> bool:
    """Does the text open all of these gates?"""
    return all(gate.opens_to(text) for gate in gates)
