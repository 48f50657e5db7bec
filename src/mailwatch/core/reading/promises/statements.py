"""Whose word is it, and about what? A timeframe is a promise only in a sentence about deciding or writing again.

Each timeframe belongs to the nearest cue: "we'll let you know" makes it a promise, "please reply", "the office is
closed", "your interview is" make it something else. A cue in its own clause is nearer than any outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from mailwatch.core.lexicon import Hit, Lexicon
from mailwatch.core.model import Promise
from mailwatch.core.reading.promises.anchor import Anchor
from mailwatch.core.reading.promises.timeframes import Timeframe, timeframes_in
from mailwatch.core.reading.sentences import Cues, clause_around, cues_in

COMMITMENT, DUTY, OTHER, PAST = "promise.commitment", "promise.duty", "promise.other", "promise.past"
MORE_TIME, HOLD, PERMISSION = "promise.more_time", "promise.hold", "promise.permission"
WORD = "promise.word"
_CATEGORIES = (
    COMMITMENT,
    DUTY,
    OTHER,
    PAST,
    MORE_TIME,
    HOLD,
    PERMISSION,
    WORD,
    "scope.joint",
    "scope.not",
    "scope.but",
    "scope.if",
    "scope.after",
)
_WORDS = (COMMITMENT, MORE_TIME, HOLD)
"""Without any of these nothing is promised."""
_CLOCK = re.compile(
    r"[\s,]{0,3}(?:(?:at|@|um|à|a las|a la|alle|às|om)\s{1,2}\d{1,2}(?!\d)|\d{1,2}[:.]\d\d(?!\d)|\d{1,2}\s?(?:h|uhr|am|pm|時|点)(?!\w))",
    re.IGNORECASE,
)
_FOLLOW_ON = 60
"""A sentence this short after one about the decision goes on about it: "Hopefully by Friday."."""


def promise_stated(text: str, anchor: Anchor, lexicon: Lexicon) -> Promise | None:
    """The promise that `text` makes: the latest date of the next word to the reader, else of the steps towards it.

    Without a date: a freeze, or "we need more time".
    """
    if cues_in(text, _WORDS, lexicon).first(*_WORDS) is None:
        return None
    cues = cues_in(text, _CATEGORIES, lexicon)
    held = _outright(cues, HOLD)
    languages = cues.languages(*_WORDS)
    frames = timeframes_in(text, anchor=anchor, lexicon=lexicon, languages=languages)
    dated = [frame for frame in frames if frame.by or frame.after_interview]
    promised = [frame for frame in dated if _is_promise(cues, frame, frames)]
    promised = [frame for frame in promised if _is_word_to_the_reader(cues, frame)] or promised
    if promised:
        return _promise_from_frames(promised, on_hold=held is not None)
    if held:
        return Promise(None, held.words, "promises.hold", on_hold=True)
    waiting = _outright(cues, MORE_TIME)
    return Promise(None, waiting.words, "promises.more_time") if waiting else None


def _promise_from_frames(frames: list[Timeframe], *, on_hold: bool) -> Promise:
    """The latest date named; a span after the interview only where no date is."""
    dated = [frame for frame in frames if frame.by]
    if not dated:
        frame = max(frames, key=lambda frame: (frame.days or 0) + 1.4 * (frame.business_days or 0))
        return Promise(
            None, frame.words, "promises.after_interview", after_interview=True, days=frame.days,
            business_days=frame.business_days, on_hold=on_hold,
        )  # fmt: skip
    frame = max(dated, key=lambda frame: (frame.by or date.min, -frame.start))
    return Promise(frame.by, frame.words, f"promises.{frame.meaning}", on_hold=on_hold)


def _outright(cues: Cues, category: str) -> Hit | None:
    """The first cue of a category that no condition governs."""
    for index in range(len(cues.sentences)):
        for hit in cues.hits(index, category):
            if not any(mark.end <= hit.start for mark in cues.hits(index, "scope.if")):
                return hit
    return None


def _is_promise(cues: Cues, frame: Timeframe, frames: Sequence[Timeframe]) -> bool:
    """Does the timeframe belong to a word about the decision, and not to anything else?"""
    index = max(i for i, sentence in enumerate(cues.sentences) if sentence.start <= frame.start)
    sentence = cues.sentences[index]
    if _CLOCK.match(sentence.text, frame.end - sentence.start):
        return False  # a day with an hour is a meeting
    if sentence.question and not cues.hits(index, PERMISSION):
        return False
    joints = [*cues.hits(index, "scope.joint"), *cues.hits(index, "scope.but")]
    begin, end = clause_around(sentence, frame.start, frame.end, joints)
    marks = [(kind, hit) for kind, hit in _marks(cues, index) if kind == COMMITMENT or not _inside(hit, frames)]
    inside = [(kind, hit) for kind, hit in marks if begin <= hit.start < end]
    if _asks_the_reader(inside, frame):
        return False
    outside = [(kind, hit) for kind, hit in marks if kind != PAST]  # what was meant once taints its own clause only
    nearest = inside or outside
    if not nearest:
        return _goes_on(cues, index)
    return min(nearest, key=lambda pair: _distance(pair[1], frame))[0] == COMMITMENT


def _is_word_to_the_reader(cues: Cues, frame: Timeframe) -> bool:
    """Does its sentence say that the reader will hear? Such a date goes before those of the steps on the way."""
    index = max(i for i, sentence in enumerate(cues.sentences) if sentence.start <= frame.start)
    return bool(cues.hits(index, WORD))


def _marks(cues: Cues, index: int) -> Iterator[tuple[str, Hit]]:
    """The cues of a sentence that claim its timeframes; of two that overlap the one that begins first."""
    wanted = [*cues.hits(index, COMMITMENT), *cues.hits(index, MORE_TIME)]
    other = [(category, hit) for category in (DUTY, OTHER, PAST, HOLD) for hit in cues.hits(index, category)]
    for hit in wanted:
        if not any(_opens_before(mark, hit) for _, mark in other):
            yield COMMITMENT, hit
    for category, mark in other:
        if not any(_opens_before(hit, mark) for hit in wanted):
            yield category, mark


def _asks_the_reader(marks: list[tuple[str, Hit]], frame: Timeframe) -> bool:
    """Is it the reader's own deadline ("please let us have your answer by Friday")? A request in front governs the clause, whatever nouns follow."""
    asked = max((hit.end for kind, hit in marks if kind == DUTY and hit.start < frame.start), default=None)
    if asked is None:
        return False
    return not any(kind == COMMITMENT and asked <= hit.start and hit.end <= frame.start for kind, hit in marks)


def _inside(hit: Hit, frames: Sequence[Timeframe]) -> bool:
    """A word of a timeframe is no cue: "before the week is out"."""
    return any(frame.start <= hit.start and hit.end <= frame.end for frame in frames)


def _opens_before(first: Hit, then: Hit) -> bool:
    """Does `then` begin inside `first`?"""
    return first.start < then.start < first.end or (first.start == then.start and first.end > then.end)


def _distance(hit: Hit, frame: Timeframe) -> tuple[int, bool]:
    """Characters between cue and timeframe; of two at the same distance the one in front counts."""
    if hit.end <= frame.start:
        return frame.start - hit.end, False
    return max(0, hit.start - frame.end), hit.start >= frame.end


def _goes_on(cues: Cues, index: int) -> bool:
    """A short sentence without any cue, right after one about the decision."""
    if index == 0 or len(cues.sentences[index].text.strip()) > _FOLLOW_ON:
        return False
    return bool(cues.hits(index - 1, COMMITMENT) or cues.hits(index - 1, MORE_TIME)) and not cues.hits(index - 1, OTHER)
