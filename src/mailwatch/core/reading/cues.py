"""The cues of one text, looked up when asked for; sentences that only speak of a possibility are set apart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from mailwatch.core.lexicon import Hit, Lexicon
from mailwatch.core.reading.sentences import TEXT_LIMIT, Sentence, clause_around, sentences_in

_HEAD = 12


class TextCues:
    """Where which phrases stand in one text. A category is searched at most once, and only in the text's languages."""

    def __init__(self, text: str, lexicon: Lexicon, languages: Sequence[str]) -> None:
        self.text = text[:TEXT_LIMIT]
        self.sentences = sentences_in(self.text)
        self._lexicon = lexicon
        self._languages = tuple(code for code in languages if code in lexicon.languages)
        self._starts = [sentence.start for sentence in self.sentences]
        self._near: frozenset[str] | None = None
        self._found: dict[str, tuple[Hit, ...]] = {}
        self._doubtful: frozenset[int] | None = None

    def all(self, category: str) -> tuple[Hit, ...]:
        """Every match of the category in order of the text, sentences of mere possibility included."""
        found = self._found.get(category)
        if found is None:
            if self._near is None:
                self._near = frozenset(
                    self._lexicon.that_may_occur(self._lexicon.categories, self.text, self._languages)
                )
            if category not in self._near:
                return ()
            hits = self._lexicon.hits(category, self.text, self._languages)
            found = tuple(sorted(hits, key=lambda hit: (hit.start, -hit.end)))
            self._found[category] = found
        return found

    def occurring(self, categories: Sequence[str]) -> Iterator[tuple[str, tuple[Hit, ...]]]:
        """Those of the categories that occur, in this order, with their matches."""
        for category in self._lexicon.that_may_occur(categories, self.text, self._languages):
            if hits := self.all(category):
                yield category, hits

    def stated(self, category: str) -> tuple[Hit, ...]:
        """Matches outside sentences that only speak of a possibility ("if you are selected …")."""
        return tuple(hit for hit in self.all(category) if not self.doubtful(hit.start))

    def has(self, *categories: str) -> bool:
        """Is any of these categories stated?"""
        return any(self.stated(category) for category in categories)

    def first(self, *categories: str) -> Hit | None:
        """The first stated match of the first category that has one."""
        return next((hit for category in categories for hit in self.stated(category)), None)

    def count(self, category: str) -> int:
        """How many different words of the category are stated."""
        return distinct(self.stated(category))

    def outside(self, category: str, *others: str) -> tuple[Hit, ...]:
        """Stated matches of `category` that overlap no longer match of the others."""
        cover = [hit for other in others for hit in self.all(other)]
        return tuple(hit for hit in self.stated(category) if not any(_covers(other, hit) for other in cover))

    def sentence_at(self, position: int) -> Sentence | None:
        """The sentence that `position` lies in."""
        return self.sentences[self._index(position)] if self.sentences else None

    def clause_of(self, span: tuple[int, int]) -> tuple[int, int]:
        """Where the clause that holds `span` begins and ends."""
        sentence = self.sentence_at(max(0, span[0]))
        return (0, len(self.text)) if sentence is None else clause_around(sentence, *span, self.all("clause_joint"))

    def beside(self, position: int, *categories: str) -> bool:
        """Is any of the categories stated in the sentence that `position` lies in?"""
        wanted = self._index(position)
        return any(self._index(hit.start) == wanted for category in categories for hit in self.stated(category))

    def doubtful(self, position: int) -> bool:
        """Does `position` lie in a sentence that only speaks of a possibility?

        A question is none, unless it is one of a tool's standing phrases ("Can't make it? Reschedule here").
        """
        if self._doubtful is None:
            found = [
                self._idle(hit) for category in ("maybe", "footer", "footer_question") for hit in self.all(category)
            ]
            self._doubtful = frozenset(index for index in found if index is not None)
        return self._index(position) in self._doubtful

    def _idle(self, hit: Hit) -> int | None:
        """The sentence that a phrase of possibility makes idle: in a question only one that begins it, and only there some."""
        index = self._index(hit.start)
        sentence = self.sentences[index]
        begins = sentence.question and hit.start - sentence.start <= _HEAD
        idle = {"maybe": not sentence.question, "footer": begins or not sentence.question, "footer_question": begins}
        return index if idle[hit.category] else None

    def _index(self, position: int) -> int:
        return max(0, bisect_right(self._starts, position) - 1)


def _covers(longer: Hit, hit: Hit) -> bool:
    overlaps = longer.start < hit.end and hit.start < longer.end
    return overlaps and longer.end - longer.start > hit.end - hit.start


def distinct(hits: Iterable[Hit]) -> int:
    """How many different words these are."""
    return len({hit.words.casefold() for hit in hits})
