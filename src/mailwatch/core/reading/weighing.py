"""The last word on what a mail is: what the rules found, weighed with what was learned from examples.

The rules know set phrases, headers and calendar objects; where they are silent or only half sure, the learned weights
(core.weights) decide, by everything the mail holds. What headers or a calendar object say outright is not weighed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from mailwatch.core.model import Direction, Evidence, Gratitude, MessageKind, ReplyKind
from mailwatch.core.reading.gratitude import CONVERSATION
from mailwatch.core.reading.scoring import features_of, words_of
from mailwatch.core.reading.view import View

SILENT, RULED, STATED = 0.0, 1.2, 4.0
"""How much the rules' verdict weighs: none was found, words were, a calendar object was."""
CLEAR, LIKELY, SURE = 0.3, 0.6, 0.85
_LEAST = 1e-6
_ARRANGES = frozenset(
    {
        MessageKind.INTERVIEW_REQUEST, MessageKind.INTERVIEW_CONFIRMED, MessageKind.INTERVIEW_RESCHEDULED,
        MessageKind.INTERVIEW_CANCELLED, MessageKind.NEXT_ROUND,
    }
)  # fmt: skip
_NO_INTERVIEW = frozenset({MessageKind.OTHER, MessageKind.INTERVIEW_OTHER, MessageKind.INTERVIEWER_SIDE})
_SIDES = {
    **dict.fromkeys(_ARRANGES, Direction.CANDIDATE),
    MessageKind.INTERVIEWER_SIDE: Direction.INTERVIEWER,
    MessageKind.INTERVIEW_OTHER: Direction.OTHER,
}
_REPLIES = {
    MessageKind.REJECTION: ReplyKind.REJECTION,
    MessageKind.OFFER: ReplyKind.OFFER,
    MessageKind.NEXT_ROUND: ReplyKind.NEXT_ROUND,
    MessageKind.NEEDS_INFO: ReplyKind.NEEDS_INFO,
    MessageKind.TIMELINE_UPDATE: ReplyKind.TIMELINE_UPDATE,
}
_NEED = {ReplyKind.REJECTION: 0.8, ReplyKind.OFFER: 0.75}
"""What a refusal or an offer needs that only the scorer sees; other answers need LIKELY."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A kind, how likely it is (one that arranges an interview: how likely any such is) from 0 to 1, and why."""

    kind: MessageKind
    chance: float
    evidence: tuple[Evidence, ...] = ()


def weighed(view: View, ruled: MessageKind, evidence: tuple[Evidence, ...], trust: float) -> Weighed:
    """The likeliest kind; `trust` tells how much the rules' verdict weighs."""
    lexicon = view.context.lexicon
    weights = lexicon.outgoing if view.outgoing else lexicon.incoming
    if not weights.kinds:
        return Weighed(ruled, 1.0, evidence)
    features = features_of(view)
    chances = weights.chances(features)
    if not view.outgoing and not _asks(view):
        chances.pop(MessageKind.INTERVIEW_REQUEST.value, None)
    if ruled in _NO_INTERVIEW and trust > SILENT:  # words were found that say so, which likeness does not outweigh
        chances = {kind: chance for kind, chance in chances.items() if MessageKind(kind) not in _ARRANGES}
    sums = {
        kind: math.log(max(chance, _LEAST)) + (trust if kind == ruled.value else 0.0)
        for kind, chance in chances.items()
    }
    whole = sum(math.exp(one) for one in sums.values())
    shares = {MessageKind(kind): math.exp(one) / whole for kind, one in sums.items()}
    best, chance = _best(shares)
    # What an invitation is about stands in it: where the rules find no interview there, likeness alone has to be great.
    invited = bool(view.events) and best in _ARRANGES and ruled not in _ARRANGES
    if chance < (SURE if invited else CLEAR) or (ruled not in shares and trust > SILENT):
        best, chance = ruled, shares.get(ruled, 1.0)
    if best is ruled:
        return Weighed(best, chance, evidence)
    said = words_of(view, best.value, weights)
    return Weighed(best, chance, (view.proof(f"learned.{best.value}", said),))


def _asks(view: View) -> bool:
    """Is anything asked for, or any time named? Without that nobody asks for an interview."""
    body = view.body
    asked = any(sentence.question for sentence in body.sentences) or view.whole.has(
        "ask", "booking", "talk", "interview"
    )
    return asked or view.booking_link or bool(view.stated_times())


def _best(shares: Mapping[MessageKind, float]) -> tuple[MessageKind, float]:
    """The likeliest kind, and how likely it is; the kinds that arrange an interview stand together against the rest."""
    together = sum(share for kind, share in shares.items() if kind in _ARRANGES)
    rest = {kind: share for kind, share in shares.items() if kind not in _ARRANGES}
    best = max(rest, key=lambda kind: rest[kind])
    if together <= rest[best]:
        return best, rest[best]
    return max((kind for kind in shares if kind in _ARRANGES), key=lambda kind: shares[kind]), together


def side_of(found: Weighed, direction: Direction) -> Direction:
    """Who is interviewed, where the kind says more than the words that tell sides apart."""
    meant = _SIDES.get(found.kind)
    if meant is None:
        none = found.kind in {MessageKind.OTHER, MessageKind.JOB_ALERT} and found.chance >= SURE
        return Direction.UNKNOWN if none and direction is Direction.CANDIDATE else direction
    return meant if found.chance >= (LIKELY if direction is Direction.UNKNOWN else SURE) else direction


def reply_of(found: Weighed, reply: ReplyKind) -> ReplyKind:
    """What it means as an answer, where the words that the rules know say nothing."""
    meant = _REPLIES.get(found.kind)
    if meant is None or reply is not ReplyKind.NEUTRAL:
        return reply
    return meant if found.chance >= _NEED.get(meant, LIKELY) else reply


def gratitude_of(found: Weighed, gratitude: Gratitude | None) -> Gratitude | None:
    """What the user thanks for, where no word of thanks stands in the mail."""
    if found.kind is MessageKind.THANK_YOU_SENT and found.chance >= LIKELY:
        if gratitude is None or gratitude.cause != CONVERSATION:
            words = found.evidence[0].words if found.evidence else ""
            return Gratitude(found.chance >= SURE, CONVERSATION, words)
    elif gratitude is not None and gratitude.cause == CONVERSATION and not gratitude.sure and found.chance >= SURE:
        return None
    return gratitude
