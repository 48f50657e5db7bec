"""The last word on what a mail is: what the rules found, weighed with what was learned from examples.

The rules know set phrases, headers and calendar objects; where they are silent or only half sure, the learned weights
(core.weights) decide, by everything the mail holds. What headers or a calendar object say outright is not weighed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from mailwatch.core.model import Evidence, MessageKind, ReplyKind
from mailwatch.core.reading.direction import Judged, names_user
from mailwatch.core.reading.scoring import features_of, words_of
from mailwatch.core.reading.view import View

SILENT, HALF, RULED, SHOWN, STATED = 0.0, 0.8, 1.2, 2.0, 4.0
"""How much the rules' verdict weighs: none was found, words that many mails hold were, words were, a calendar object shows it, set words state it."""
MAYBE, CLEAR, EVEN, LIKELY, ALONE, SURE = 0.3, 0.3, 0.5, 0.6, 0.75, 0.85
PLAIN = 0.34
LEARNED = "learned."
"""How the rules are called behind what only the learned weights see."""
MAYBE_OVER = "learned.maybe_over"
"""The rule behind an answer that may be a refusal or an offer: the user has to read it before anything is asked."""
UNREAD = "reading.not_understood"
"""The rule behind a person's mail of some length of which nothing was understood: whatever it says, no question is due."""
_LEAST = 1e-6
ARRANGES = frozenset(
    {
        MessageKind.INTERVIEW_REQUEST, MessageKind.INTERVIEW_CONFIRMED, MessageKind.INTERVIEW_RESCHEDULED,
        MessageKind.INTERVIEW_CANCELLED, MessageKind.NEXT_ROUND,
    }
)  # fmt: skip
_CHANGES = frozenset({MessageKind.INTERVIEW_RESCHEDULED, MessageKind.INTERVIEW_CANCELLED})
_NO_INTERVIEW = frozenset({MessageKind.OTHER, MessageKind.INTERVIEW_OTHER, MessageKind.INTERVIEWER_SIDE})
AGAINST = frozenset(
    {
        MessageKind.OTHER, MessageKind.INTERVIEW_OTHER, MessageKind.INTERVIEWER_SIDE, MessageKind.JOB_ALERT,
        MessageKind.COLD_OUTREACH,
    }
)  # fmt: skip
"""Kinds of mail that is no part of a process of the user's."""
_OF_A_PROCESS = ARRANGES | {
    MessageKind.REJECTION, MessageKind.OFFER, MessageKind.TIMELINE_UPDATE, MessageKind.NEEDS_INFO, MessageKind.APPLICATION_ACK,
    MessageKind.ASSESSMENT,
}  # fmt: skip
"""Kinds of mail about a process of the user's own."""
_OF_A_JOB = 1.5
_BRIEF = 500
"""Only so short a mail from a person can be about a job without a word that says so."""
REPLIES = {
    MessageKind.REJECTION: ReplyKind.REJECTION,
    MessageKind.OFFER: ReplyKind.OFFER,
    MessageKind.NEXT_ROUND: ReplyKind.NEXT_ROUND,
    MessageKind.NEEDS_INFO: ReplyKind.NEEDS_INFO,
    MessageKind.TIMELINE_UPDATE: ReplyKind.TIMELINE_UPDATE,
}
_ENDS = (MessageKind.REJECTION, MessageKind.OFFER)
_NEED = {ReplyKind.REJECTION: 0.7, ReplyKind.OFFER: 0.7}
"""What a refusal or an offer needs that only the scorer sees; other answers need LIKELY."""
_BESIDE_RECEIPT = 0.9
"""What they need beside words that acknowledge an application: those letters say what may come of it, too."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A kind, how likely it is (one that arranges an interview: how likely any such is) from 0 to 1, and why.

    ruled: what the rules alone say. against: how likely it is to be nothing of a process of the user's own. answer: what
    it means if it does belong to a process, whatever it says of that itself; NEUTRAL where that is not clear.
    over: it may be a refusal or an offer, and is no clear answer of another kind.
    """

    kind: MessageKind
    chance: float
    evidence: tuple[Evidence, ...] = ()
    ruled: MessageKind = MessageKind.OTHER
    against: float = 0.0
    answer: ReplyKind = ReplyKind.NEUTRAL
    over: bool = False


def weighed(view: View, judged: Judged, ruled: MessageKind, evidence: tuple[Evidence, ...], trust: float) -> Weighed:
    """The likeliest kind; `trust` tells how much the rules' verdict weighs."""
    lexicon = view.context.lexicon
    weights = lexicon.outgoing if view.outgoing else lexicon.incoming
    if not weights.kinds:
        return Weighed(ruled, 1.0, evidence, ruled)
    chances = weights.chances(features_of(view, judged))
    told = view.outgoing or _speaks_of_a_job(view, judged)
    meant, over = (ReplyKind.NEUTRAL, False) if view.outgoing or view.bulk else _answer(chances, view)
    without = frozenset() if view.outgoing else _impossible(view, told=told)
    if ruled in _NO_INTERVIEW and trust > SILENT:
        without |= ARRANGES  # words were found that say so, which likeness does not outweigh
    shares = _shares(chances, ruled, trust, without)
    against = sum(share for kind, share in shares.items() if kind in AGAINST)
    best, chance = _best(shares, against)
    # What an invitation is about stands in it: where the rules find no interview there, likeness alone has to be great;
    # less so where others call it by the user's name, as firms call their meetings with candidates.
    invited = bool(view.events) and best in ARRANGES and ruled not in ARRANGES
    need = SURE if view.home and not told else CLEAR if told or best not in _OF_A_PROCESS else EVEN
    if invited:
        need = max(need, ALONE if names_user(view) else SURE)
    if trust == SILENT and best in ARRANGES and not _borne_out(view):
        need = max(need, ALONE)
    if best in _ENDS and ruled is not best and view.whole.has("ack"):
        need = max(need, _BESIDE_RECEIPT)
    if max(chance, against if best in AGAINST else 0.0) < need or (ruled not in shares and trust > SILENT):
        best, chance = ruled, shares.get(ruled, 1.0)
    said = ruled in _CHANGES and chances.get(best.value, 0.0) < SURE
    if best in ARRANGES and (said or (ruled in ARRANGES and trust >= SHOWN)):
        best = ruled  # which of them it is, words like "instead", or a calendar object, say best
    if best is not ruled:
        evidence = (view.proof(LEARNED + best.value, words_of(view, best.value, weights)),)
    if over:
        evidence = (*evidence, view.proof(MAYBE_OVER, words_of(view, MessageKind.REJECTION.value, weights)))
    return Weighed(best, chance, evidence, ruled, against, meant, over)


def _shares(
    chances: Mapping[str, float], ruled: MessageKind, trust: float, without: frozenset[MessageKind]
) -> dict[MessageKind, float]:
    """How likely each kind is once what the rules found weighs in, and what can't be is left out."""
    sums = {
        kind: math.log(max(chance, _LEAST)) + (trust if kind is ruled else 0.0)
        for name, chance in chances.items()
        if (kind := MessageKind(name)) is ruled or kind not in without
    }
    whole = sum(math.exp(one) for one in sums.values())
    return {kind: math.exp(one) / whole for kind, one in sums.items()}


def _answer(chances: Mapping[str, float], view: View) -> tuple[ReplyKind, bool]:
    """What a mail means as an answer, if it is one, and whether it may end the matter: other people's interviews do not."""
    shares = {MessageKind(kind): chance for kind, chance in chances.items()}
    whole = sum(share for kind, share in shares.items() if kind not in AGAINST or kind is MessageKind.OTHER)
    best = max(REPLIES, key=lambda kind: shares.get(kind, 0.0))
    meant, share = REPLIES[best], shares.get(best, 0.0)
    need = _BESIDE_RECEIPT if meant in _NEED and view.whole.has("ack") else _NEED.get(meant, LIKELY)
    if share >= need * whole:
        return meant, False
    return ReplyKind.NEUTRAL, sum(shares.get(kind, 0.0) for kind in _ENDS) >= MAYBE * whole


def _speaks_of_a_job(view: View, judged: Judged) -> bool:
    """Is there a word of an interview or a job in it, or in what it answers? A list's has to be about the reader's own."""
    if view.hiring_tool or view.whole.has("yours", "job_yours"):
        return True
    if _listed(view):
        return False
    brief = len(view.body.text) <= _BRIEF
    told = judged.voices.job >= (1 if brief else _OF_A_JOB) or view.whole.has("interview")
    return told or view.quoted.has("interview", "yours", "job", "job_yours")


def _borne_out(view: View) -> bool:
    """Do set words name a job or an interview, and ask for a talk, though they make no rule's whole?"""
    whole = view.whole
    return whole.has("job", "job_yours", "interview", "yours") and whole.has("ask", "talk", "booking")


def _listed(view: View) -> bool:
    return view.message is not None and bool(view.message.envelope.automation.list_id)


def _impossible(view: View, *, told: bool) -> frozenset[MessageKind]:
    """Kinds that a mail can't be, whatever it is like: only a person's short mail is about a job without a word of it."""
    brief = len(view.body.text) <= _BRIEF and not (view.bulk or view.machine or _listed(view))
    if not (told or brief):
        return _OF_A_PROCESS
    return frozenset() if _asks(view) else frozenset({MessageKind.INTERVIEW_REQUEST})


def _asks(view: View) -> bool:
    """Is anything asked for, or any time named? Without that nobody asks for an interview."""
    body = view.body
    asked = any(sentence.question for sentence in body.sentences) or view.whole.has(
        "ask", "booking", "talk", "interview"
    )
    return asked or view.booking_link or bool(view.stated_times())


def _best(shares: Mapping[MessageKind, float], against: float) -> tuple[MessageKind, float]:
    """The likeliest kind, and how likely it is. Those that arrange an interview stand together against those that don't."""
    together = sum(share for kind, share in shares.items() if kind in ARRANGES)
    rest = {kind: share for kind, share in shares.items() if kind not in ARRANGES}
    best = max(rest, key=lambda kind: rest[kind])
    if together <= max(rest[best], against):
        return best, rest[best]
    return max((kind for kind in shares if kind in ARRANGES), key=lambda kind: shares[kind]), together
