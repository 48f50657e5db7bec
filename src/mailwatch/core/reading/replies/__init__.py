"""Replies: what an employer's message means for the process (RULES §5).

Machines first (machines.py), then the meaning of the new text (verdict.py, asked.py), weighed with what governs each
cue (scope.py), then the dates in it (core.reading.promises).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailwatch.core.lexicon import Hit
from mailwatch.core.model import Evidence, Message, Promise, ReplyKind
from mailwatch.core.reading.context import ReadingContext
from mailwatch.core.reading.promises import anchor_of, promise_in, timeframes_in
from mailwatch.core.reading.replies.asked import ASK, THINGS, asked_for, in_words
from mailwatch.core.reading.replies.machines import AWAY, Automatic, automatic_kind, away_notice
from mailwatch.core.reading.replies.verdict import CATEGORIES, verdict_of
from mailwatch.core.reading.sentences import Cues, clause_around, cues_in
from mailwatch.core.text import bare_subject

__all__ = ["Automatic", "ReplyReading", "reply_in"]

_DECISIVE = frozenset({ReplyKind.REJECTION, ReplyKind.OFFER, ReplyKind.NEXT_ROUND})
_SURVEY, _DEADLINE, _REQUEST = "reply.survey", "offer.deadline", "reply.request"


@dataclass(frozen=True, slots=True)
class ReplyReading:
    """What a message means as an answer.

    automatic:  what kind of machine wrote it, Automatic.NO for a person.
    away_until: when the sender of an away notice is back. gone: they have left for good.
    asked_for:  what the candidate is asked for, in words, "".
    offer_deadline: the last day to answer an offer.
    promise:    what it promises (core.reading.promises); nothing where it has decided.
    acknowledged: it says that an application, or something for it, has arrived.
    """

    kind: ReplyKind
    evidence: tuple[Evidence, ...] = ()
    automatic: Automatic = Automatic.NO
    away_until: date | None = None
    gone: bool = False
    asked_for: str = ""
    offer_deadline: date | None = None
    promise: Promise | None = None
    acknowledged: bool = False


def reply_in(message: Message, context: ReadingContext) -> ReplyReading:
    """What an incoming message means; kind NONE for the user's own mail and for mail that nobody wrote.

    A robot's mail can still refuse, offer or invite: the relays of applicant tracking systems do.
    """
    if message.outgoing:
        return ReplyReading(ReplyKind.NONE)
    lexicon = context.lexicon
    categories = (*CATEGORIES, *AWAY, ASK, *THINGS, _SURVEY, _DEADLINE, _REQUEST)
    text = _text(message)
    cues = cues_in(text, categories, lexicon)
    reading = _personal_reply(message, cues, context)
    automatic = automatic_kind(message, cues, lexicon, decisive=reading.kind in _DECISIVE)
    if automatic:
        return _automatic_reply(message, text, cues, automatic, context)
    automation = message.envelope.automation
    if reading.kind not in _DECISIVE and _is_survey(cues):
        return ReplyReading(ReplyKind.NONE, automatic=Automatic.SURVEY)
    if automation.bulk and reading.kind not in _DECISIVE:
        return ReplyReading(ReplyKind.NONE, automatic=Automatic.LIST, acknowledged=reading.acknowledged)
    return reading


def _text(message: Message) -> str:
    """The new text, below the subject where that is new as well."""
    subject = message.envelope.subject
    fresh = message.envelope.in_reply_to is None and bare_subject(subject) == subject.strip()
    return f"{subject.strip()}\n\n{message.new_text}" if fresh else message.new_text


def _automatic_reply(
    message: Message, text: str, cues: Cues, automatic: Automatic, context: ReadingContext
) -> ReplyReading:
    if automatic is not Automatic.AUTO_REPLY:
        return ReplyReading(ReplyKind.NONE, automatic=automatic, gone=automatic is Automatic.BOUNCE)
    notice = away_notice(message, text, cues, context)
    hit = cues.first("away.gone", "away.text")
    return ReplyReading(
        ReplyKind.NONE,
        _evidence(message, (hit,) if hit else ()),
        automatic,
        away_until=notice.back,
        gone=notice.gone,
        acknowledged=cues.first("reply.acknowledgement") is not None,
    )


def _personal_reply(message: Message, cues: Cues, context: ReadingContext) -> ReplyReading:
    verdict = verdict_of(cues)
    promise = promise_in(message, context)
    things = asked_for(cues)
    kind_words = cues.first("reply.acknowledgement")
    acknowledged = kind_words is not None
    kind, hits, asked = verdict.kind, verdict.hits, in_words(things)
    if things and kind not in _DECISIVE:
        kind, hits = ReplyKind.NEEDS_INFO, things
    elif acknowledged and kind is ReplyKind.TIMELINE_UPDATE and not _held(promise):
        kind, hits = ReplyKind.NEUTRAL, ()
    elif promise and kind is ReplyKind.NEUTRAL and not acknowledged and not _invites(message):
        kind, hits = ReplyKind.TIMELINE_UPDATE, ()
    elif kind is ReplyKind.NEUTRAL and not acknowledged and (request := cues.first(_REQUEST)):
        kind, hits, asked = ReplyKind.NEEDS_INFO, (request,), request.words
    if kind is ReplyKind.NEUTRAL and kind_words is not None:
        hits = (kind_words,)
    evidence = _evidence(message, hits)
    if promise and kind is ReplyKind.TIMELINE_UPDATE:
        evidence += (Evidence(message.envelope.id, promise.rule, promise.words),)
    return ReplyReading(
        kind,
        evidence,
        asked_for=asked if kind is ReplyKind.NEEDS_INFO else "",
        offer_deadline=_deadline(message, cues, context) if kind is ReplyKind.OFFER else None,
        promise=None if kind in {ReplyKind.REJECTION, ReplyKind.OFFER} else promise,
        acknowledged=acknowledged,
    )


def _invites(message: Message) -> bool:
    """It carries an invitation: what that says of the time after the interview is a promise, and no answer."""
    return any(event.method in {"REQUEST", "PUBLISH"} for event in message.events)


def _held(promise: Promise | None) -> bool:
    return promise is not None and promise.on_hold


def _evidence(message: Message, hits: tuple[Hit, ...]) -> tuple[Evidence, ...]:
    return tuple(Evidence(message.envelope.id, f"replies.{hit.category}", hit.words) for hit in hits)


def _is_survey(cues: Cues) -> bool:
    """Two different ways of asking for a rating: one alone is what a recruiter might say in passing."""
    return len({hit.phrase for index in range(len(cues.sentences)) for hit in cues.hits(index, _SURVEY)}) >= 2


def _deadline(message: Message, cues: Cues, context: ReadingContext) -> date | None:
    """The last day to answer an offer: a timeframe behind a word about answering it, in one clause with it."""
    languages = cues.languages("offer.made", _DEADLINE)
    anchor = anchor_of(message, context.me.zone)
    days: list[date] = []
    for index, sentence in enumerate(cues.sentences):
        for frame in timeframes_in(sentence.text, anchor=anchor, lexicon=context.lexicon, languages=languages):
            start, end = sentence.start + frame.start, sentence.start + frame.end
            begin, _ = clause_around(sentence, start, end)
            if frame.by and any(begin <= hit.start < end for hit in cues.hits(index, _DEADLINE)):
                days.append(frame.by)
    return min(days, default=None)
