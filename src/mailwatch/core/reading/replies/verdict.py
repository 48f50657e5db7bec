"""What an answer means, weighed sentence by sentence.

Refusals are of two strengths. A decisive one ("we have chosen somebody else", "you were not selected") stands alone.
Soft ones ("unfortunately", "other candidates", "we wish you success in your search") only count together: one of them
is politeness, four of them are a refusal in other words. Whatever a condition, a "not" or a new date governs counts
for nothing: a false refusal is the worst error a reader can make.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailwatch.core.lexicon import Hit
from mailwatch.core.model import ReplyKind
from mailwatch.core.reading.replies.scope import SCOPE, conditional, stated
from mailwatch.core.reading.sentences import Cues, clause_around

SOFT = {
    "refusal.regret": 0.6,
    "soft.farewell": 0.5,
    "soft.others": 0.4,
    "soft.hard": 0.4,
    "soft.again": 0.35,
    "soft.consolation": 0.35,
    "soft.regret": 0.35,
    "soft.file": 0.3,
    "soft.considered": 0.25,
    "soft.thanks": 0.15,
}
"""What each kind of soft cue weighs; each kind counts once."""
ENOUGH = 1.0
_KINDS_ENOUGH = 3

CATEGORIES = (
    *SCOPE, *SOFT, "refusal.choice", "refusal.denied", "offer.made", "offer.not", "reply.next", "reply.instead",
    "reply.schedule", "reply.question", "reply.move", "reply.another", "reply.pending", "reply.hold", "reply.acknowledgement",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the words decide, and which they are."""

    kind: ReplyKind
    hits: tuple[Hit, ...] = ()


def verdict_of(cues: Cues) -> Verdict:
    """Refusal, offer, next round, scheduling or timeline; NEUTRAL where nothing of these is said."""
    held = any(hit.category == "reply.hold" for hit in _waiting(cues))
    good = Verdict(ReplyKind.OFFER, () if held else tuple(_offers(cues)))
    onward = Verdict(ReplyKind.NEXT_ROUND, tuple(_onward(cues)))
    moving = Verdict(ReplyKind.SCHEDULING, tuple(_scheduling(cues)))
    waiting = Verdict(ReplyKind.TIMELINE_UPDATE, tuple(_waiting(cues)))
    refusal = Verdict(ReplyKind.REJECTION, tuple(_refusals(cues)))
    if refusal.hits and _instead(cues, (*good.hits, *onward.hits), after=refusal.hits[-1].end):
        refusal = Verdict(ReplyKind.REJECTION)
    if not refusal.hits and not any(verdict.hits for verdict in (good, onward, moving, waiting)):
        refusal = Verdict(ReplyKind.REJECTION, _soft_refusal(cues))
    found = (verdict for verdict in (refusal, good, onward, moving, waiting) if verdict.hits)
    return next(found, Verdict(ReplyKind.NEUTRAL))


def _onward(cues: Cues) -> Iterator[Hit]:
    """Invitations to go on, in questions too; "before we decide" behind one is no condition."""
    for index in range(len(cues.sentences)):
        yield from stated(cues, index, "reply.next", negatable=True, asked=True, conditions_after=False)


def _refusals(cues: Cues) -> Iterator[Hit]:
    """The decisive ones, but for those about a time: "we can't go on with Tuesday, would Friday work?"."""
    for index in range(len(cues.sentences)):
        hits = [
            *stated(cues, index, "refusal.choice", negatable=True),
            *stated(cues, index, "refusal.denied"),
        ]
        for hit in sorted(hits, key=lambda hit: hit.start):
            if not _about_a_time(cues, index, hit):
                yield hit


def _about_a_time(cues: Cues, index: int, hit: Hit) -> bool:
    begin, end = clause_around(cues.sentences[index], hit.start, hit.end, cues.hits(index, "scope.joint"))
    return any(begin <= mark.start < end for mark in cues.hits(index, "reply.move"))


def _offers(cues: Cues) -> Iterator[Hit]:
    """Offers of the job: not of feedback, a discount or another time, and not those that a refusal takes back."""
    for index in range(len(cues.sentences)):
        if cues.hits(index, "refusal.denied") or cues.hits(index, "refusal.choice"):
            continue
        for hit in stated(cues, index, "offer.made", negatable=True, conditions_after=False):
            if not any(_touch(hit, mark) for mark in cues.hits(index, "offer.not")):
                yield hit


def _touch(hit: Hit, mark: Hit) -> bool:
    return mark.start < hit.end and hit.start < mark.end


def _scheduling(cues: Cues) -> Iterator[Hit]:
    """Times that are looked for or moved, but for what a sentence tells of another candidate's interview."""
    for index, sentence in enumerate(cues.sentences):
        if cues.hits(index, "reply.another"):
            continue
        for category in ("reply.schedule", "reply.move", *(("reply.question",) if sentence.question else ())):
            yield from stated(cues, index, category, asked=True)


def _waiting(cues: Cues) -> Iterator[Hit]:
    """Delays and freezes; "until March" behind one is its length, not a condition."""
    for index in range(len(cues.sentences)):
        for category in ("reply.pending", "reply.hold"):
            yield from stated(cues, index, category, conditions_after=False)


def _instead(cues: Cues, hits: tuple[Hit, ...], *, after: int) -> bool:
    """Is something else held out after the refusal ("instead we'd like to invite you …", "for another role")?"""
    return any(
        hit.start >= after and cues.hits(index, "reply.instead")
        for index, sentence in enumerate(cues.sentences)
        for hit in hits
        if sentence.start <= hit.start < sentence.end
    )


def _soft_refusal(cues: Cues) -> tuple[Hit, ...]:
    """The soft cues, where enough kinds of them come together and nothing says that the process goes on."""
    if cues.first("reply.acknowledgement"):
        return ()
    found: dict[str, Hit] = {}
    for index, sentence in enumerate(cues.sentences):
        for category in SOFT:
            for hit in cues.hits(index, category):
                if not sentence.question and not conditional(cues, index, hit):
                    found.setdefault(category, hit)
    if len(found) < _KINDS_ENOUGH or sum(SOFT[category] for category in found) < ENOUGH:
        return ()
    return tuple(sorted(found.values(), key=lambda hit: hit.start))
