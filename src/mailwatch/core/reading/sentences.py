"""Sentences and clauses of a mail's text: the frame in which a cue means something.

Mail is no prose: lines are wrapped at 72 columns or not at all, greetings and lists have no full stops, and numbers
carry dots ("16. November", "z. B."). A sentence ends at a full stop, a blank line, a bullet, or a short line that the
next one does not continue.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mailwatch.core.lexicon import Hit, Lexicon
from mailwatch.core.reading.language import languages_of

TEXT_LIMIT = 20_000
"""Characters of a mail that are looked at; who has something to say says it before."""

_STOP = re.compile(r"[.!?…]{1,6}[\"'”’»)\]]{0,3}(?=\s|$)|[。！？]{1,6}|(?<=[!?])[^\w\s]{1,4}(?=\s|$)")
_NUMBER_BEFORE = re.compile(r"(?:^|\D)\d{1,2}$")
_SHORT_FORM = re.compile(
    r"(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|no|nr|vs|approx|ca|bzw|inkl|ggf|usw|evtl|sr|sra|srta|ud|uds|vd|mme|mlle|m|dott|"
    r"sig|etc|e\.g|i\.e|z\.\s?b|d\.\s?h|u\.\s?a|p\.\s?ex|bv|jan|feb|mar|apr|aug|sept?|oct|okt|nov|dec|dez|\w)$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:[-*•·–▪●○]|\(?\d{1,2}[.)])\s")
_CLAUSE = re.compile(r"[,;:()、，；：]|\s[-–—]{1,2}\s|—|\n")
_LONGEST = 1_000
"""Characters of the longest sentence; nobody means what comes later in it to belong together."""
_TELLING = 300
"""Characters from which on a text tells its language."""
_WRAPPED_FROM = 50
"""A line shorter than this, followed by one that begins with a capital, was ended on purpose."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text as written, where it begins in the whole text, and whether it asks."""

    text: str
    start: int
    question: bool = False

    @property
    def end(self) -> int:
        """Where it ends in the whole text."""
        return self.start + len(self.text)


@lru_cache(maxsize=32)
def sentences_in(text: str) -> tuple[Sentence, ...]:
    """The sentences of `text` in order, at most the first 20,000 characters of it."""
    spans = list(_spans(text[:TEXT_LIMIT]))
    return tuple(
        Sentence(text[start:end], start, question=text[start:end].rstrip(" \"'”’»)\n:;-").endswith(("?", "？")))
        for start, end in spans
        if text[start:end].strip()
    )


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Spans of sentences; what goes on and on without an end is cut, so that no sentence holds unbounded cues."""
    for start, end in _unbounded_spans(text):
        for begin in range(start, end, _LONGEST):
            yield begin, min(begin + _LONGEST, end)


def _unbounded_spans(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _blocks(text):
        begin = start
        for stop in _STOP.finditer(text, start, end):
            if stop.end() <= begin or not _ends_sentence(text, begin, stop):
                continue
            yield begin, stop.end()
            begin = stop.end()
        if begin < end:
            yield begin, end


def _ends_sentence(text: str, begin: int, stop: re.Match[str]) -> bool:
    """Is this mark the end, or part of a number or an abbreviation?"""
    if not stop.group().startswith(".") or len(stop.group()) > 1:
        return True
    before = text[max(begin, stop.start() - 12) : stop.start()]
    after = text[stop.end() : stop.end() + 3].lstrip()
    if _NUMBER_BEFORE.search(before):
        return not after[:1].isalnum() or "\n" in text[stop.end() : stop.end() + 2]
    return not (_SHORT_FORM.search(before) and after[:1])


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Spans of text whose lines belong together: paragraphs, list items, lone short lines."""
    begin, position, previous = 0, 0, ""
    for line in text.splitlines(keepends=True):
        if position > begin and _begins_anew(previous, line):
            yield begin, position
            begin = position
        previous, position = line, position + len(line)
    if position > begin:
        yield begin, position


def _begins_anew(previous: str, line: str) -> bool:
    bare, before = line.strip(), previous.strip()
    if not bare or not before or _BULLET.match(line):
        return True
    if before.endswith((":", "：")):
        return True
    fresh = bare[:1].isupper() or (bare[:1].isascii() and not bare[:1].isalpha())
    ended = len(before) < _WRAPPED_FROM and not before.endswith((",", "-", "–"))
    greeting = len(before) < 40 and before.endswith(",")
    return fresh and (ended or greeting)


@dataclass(frozen=True, slots=True)
class Cues:
    """Every cue of some categories in one text, sorted into its sentences.

    by_sentence[i]: by category, the hits in sentences[i], in order; their spans are those of the whole text.
    """

    sentences: tuple[Sentence, ...]
    by_sentence: tuple[dict[str, list[Hit]], ...] = field(default_factory=tuple)

    def hits(self, index: int, category: str) -> Sequence[Hit]:
        """The cues of one category in one sentence."""
        return self.by_sentence[index].get(category, ())

    def first(self, *categories: str) -> Hit | None:
        """The first cue of any of these categories in the whole text."""
        found = (hit for cues in self.by_sentence for category in categories for hit in cues.get(category, ()))
        return min(found, key=lambda hit: hit.start, default=None)

    def languages(self, *categories: str) -> list[str]:
        """The languages whose phrases of these categories occur, the one with most of them first."""
        counts = Counter(hit.language for cues in self.by_sentence for name in categories for hit in cues.get(name, ()))
        return sorted(counts, key=lambda code: (-counts[code], code))


def cues_in(text: str, categories: Sequence[str], lexicon: Lexicon) -> Cues:
    """Look for the phrases of `categories` and sort them into the sentences of `text`.

    A long text is searched in its own languages and in English, a short one, whose language can't be told, in all.
    """
    shown = text[:TEXT_LIMIT]
    sentences = sentences_in(shown)
    starts = [sentence.start for sentence in sentences]
    languages = sorted({*languages_of(shown, lexicon), "en"}) if len(shown) > _TELLING else None
    sorted_in: tuple[dict[str, list[Hit]], ...] = tuple({} for _ in sentences)
    for category in lexicon.that_may_occur(categories, shown, languages):
        for hit in lexicon.hits(category, shown, languages):
            index = bisect_right(starts, hit.start) - 1
            if index >= 0 and hit.end <= sentences[index].end + 1:
                sorted_in[index].setdefault(category, []).append(hit)
    for cues in sorted_in:
        for hits in cues.values():
            hits.sort(key=lambda hit: (hit.start, -hit.end))
    return Cues(sentences, sorted_in)


def clause_around(sentence: Sentence, start: int, end: int, joints: Sequence[Hit] = ()) -> tuple[int, int]:
    """The span of the clause of `sentence` that holds [start, end), in the whole text.

    A clause goes from one comma, dash or joint ("and", "but") to the next.
    """
    marks = [(sentence.start + mark.start(), sentence.start + mark.end()) for mark in _CLAUSE.finditer(sentence.text)]
    marks += [(joint.start, joint.end) for joint in joints]
    begin = max((after for before, after in marks if after <= start), default=sentence.start)
    finish = min((before for before, after in marks if before >= end), default=sentence.end)
    return begin, finish
