"""What takes the weight out of a cue: conditions, negation, doubt, questions.

"If you are not selected, we will …" refuses nobody; neither does "we can't move forward until you send …", nor "we
have not decided to go with somebody else".
"""

from __future__ import annotations

from collections.abc import Iterator

from mailwatch.core.lexicon import Hit
from mailwatch.core.reading.sentences import Cues, clause_around

SCOPE = ("scope.if", "scope.after", "scope.doubt", "scope.not", "scope.but", "scope.joint")
"""The categories that the functions here need among the cues."""

_NOT_REACH = 24
"""How many characters after its end a negation still touches what follows, in the same clause."""


def stated(
    cues: Cues,
    index: int,
    category: str,
    *,
    negatable: bool = False,
    asked: bool = False,
    conditions_after: bool = True,
) -> Iterator[Hit]:
    """The cues of `category` in sentence `index` that are said outright.

    Args:
        negatable: a "not" before the cue takes it back; without, the cue holds its own "not".
        asked: a cue in a question counts as well.
        conditions_after: a condition behind the cue governs it; not so in "the job is yours if you want it".
    """
    if cues.sentences[index].question and not asked:
        return
    for hit in cues.hits(index, category):
        if (
            conditional(cues, index, hit, after=conditions_after)
            or doubted(cues, index, hit)
            or (negatable and negated(cues, index, hit))
        ):
            continue
        yield hit


def conditional(cues: Cues, index: int, hit: Hit, *, after: bool = True) -> bool:
    """Does a condition govern the cue: one before it in the sentence, or one behind it in the same clause?"""
    turns = cues.hits(index, "scope.but")
    for mark in cues.hits(index, "scope.if"):
        if mark.end <= hit.start and not any(mark.end <= turn.start < hit.start for turn in turns):
            return True
    if not after:
        return False
    _, clause_end = clause_around(cues.sentences[index], hit.start, hit.end, cues.hits(index, "scope.joint"))
    return any(hit.end <= mark.start < clause_end for mark in cues.hits(index, "scope.after"))


def doubted(cues: Cues, index: int, hit: Hit) -> bool:
    """Does a "might" touch the cue?"""
    return any(mark.start < hit.end and mark.end >= hit.start - 1 for mark in cues.hits(index, "scope.doubt"))


def negated(cues: Cues, index: int, hit: Hit) -> bool:
    """Does a "not" stand before the cue, close by, in the same clause, or in a gap of the cue ("Ihnen … nicht …")?"""
    clause_begin, _ = clause_around(cues.sentences[index], hit.start, hit.end, cues.hits(index, "scope.but"))
    for mark in cues.hits(index, "scope.not"):
        if clause_begin <= mark.start and mark.end <= hit.start and hit.start - mark.end <= _NOT_REACH:
            return True
        if hit.start <= mark.start and mark.end <= hit.end and mark.words.casefold() not in hit.phrase.casefold():
            return True
    return False
