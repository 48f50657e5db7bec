"""What else a message of the user's does: ask for news, accept or decline, withdraw, agree on a time."""

from __future__ import annotations

from dataclasses import dataclass

from mailwatch.core.model import Message
from mailwatch.core.reading.context import ReadingContext
from mailwatch.core.reading.replies.scope import SCOPE, stated
from mailwatch.core.reading.sentences import Cues, cues_in

MEETING = "sent.meeting"
YES = "sent.yes"
"""Says yes, to whatever stood there before: an acceptance only where that was an offer."""
BUSINESS, FAMILY, JOB = "thanks.business", "sent.family", "sent.job"
ELSEWHERE = (BUSINESS, FAMILY, JOB)
"""The categories that `is_elsewhere` needs among the cues."""
_TRAITS = ("sent.follow_up", "sent.accepts", "sent.withdraws", "sent.declines", "sent.misses", "sent.schedules", YES)


@dataclass(frozen=True, slots=True)
class SentTraits:
    """What a sent message does besides thanking; all False for incoming mail.

    follow_up:     it asks for news of the decision.
    accepts_offer: it accepts an offer. declines: an offer or an interview. withdraws: from the process.
    schedules:     it proposes, accepts or moves a time.
    says_yes:      in words that accept an offer only where one was made.
    """

    follow_up: bool = False
    accepts_offer: bool = False
    withdraws: bool = False
    schedules: bool = False
    declines: bool = False
    says_yes: bool = False


def sent_traits(message: Message, context: ReadingContext) -> SentTraits:
    """What the new text of a sent message does. "If I accept", "I haven't accepted" and questions accept nothing.

    Mail about orders and deals has offers and news of its own kind: there only an agreed time counts.
    """
    if not message.outgoing:
        return SentTraits()
    cues = cues_in(message.new_text, (*_TRAITS, *SCOPE, MEETING, "thanks.back", *ELSEWHERE), context.lexicon)
    if is_elsewhere(message, cues, context):
        return SentTraits(schedules=cues.first("sent.schedules") is not None)
    withdraws = _outright(cues, "sent.withdraws")
    declines = _outright(cues, "sent.declines") or _stays_away(cues)
    accepts = _accepts(cues) and not withdraws and not declines
    decided = withdraws or declines or accepts
    return SentTraits(
        follow_up=not decided and _asks_for_news(cues),
        accepts_offer=accepts,
        withdraws=withdraws,
        schedules=not decided and cues.first("sent.schedules") is not None,
        declines=declines and not withdraws,
        says_yes=not withdraws and not declines and _outright(cues, YES),
    )


def is_elsewhere(message: Message, cues: Cues, context: ReadingContext) -> bool:
    """Does it speak of orders, deals or family, and neither it nor what it answers of a job?

    Args:
        cues: among them those of ELSEWHERE.
    """
    matters = {hit.words.casefold() for index in range(len(cues.sentences)) for hit in cues.hits(index, BUSINESS)}
    if (len(matters) < 2 and cues.first(FAMILY) is None) or cues.first(JOB) is not None:
        return False
    around = f"{message.envelope.subject}\n{message.quoted}"
    return not any(True for _ in context.lexicon.hits(JOB, around))


def _accepts(cues: Cues) -> bool:
    """Is an offer accepted? In a sentence about an interview it is the interview: everything else would be let go for it."""
    return any(
        True
        for index in range(len(cues.sentences))
        if not cues.hits(index, MEETING)
        for _ in stated(cues, index, "sent.accepts", negatable=True)
    )


def _stays_away(cues: Cues) -> bool:
    """Does the user not come to an interview, without asking for another time?"""
    moves = cues.first("sent.schedules") or any(sentence.question for sentence in cues.sentences)
    return not moves and _outright(cues, "sent.misses")


def _outright(cues: Cues, category: str) -> bool:
    return any(True for index in range(len(cues.sentences)) for _ in stated(cues, index, category, negatable=True))


def _asks_for_news(cues: Cues) -> bool:
    """Two different ways of asking, or one in a question or without any other matter: a nod in passing is none."""
    found = {hit.phrase for index in range(len(cues.sentences)) for hit in cues.hits(index, "sent.follow_up")}
    asked = any(
        sentence.question and cues.hits(index, "sent.follow_up") for index, sentence in enumerate(cues.sentences)
    )
    return asked or len(found) >= 2 or (bool(found) and cues.first("thanks.back") is None and len(cues.sentences) <= 6)
