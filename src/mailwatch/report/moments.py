"""What happened in a process and when, as points and spans on a line of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailwatch.core.model import Application, Decision, Interview, ReplyKind, Sent
from mailwatch.render import words


class Sign(StrEnum):
    """How a moment is drawn: each sign has a shape of its own, so that none depends on colour."""

    HELD = "held"
    AHEAD = "ahead"
    CANCELLED = "cancelled"
    YOU_WROTE = "you-wrote"
    THEY_WROTE = "they-wrote"
    REFUSAL = "refusal"
    OFFER = "offer"
    PROMISE = "promise"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing at one instant, in words for a person. Words of a mail are not yet made safe for a page."""

    sign: Sign
    at: datetime
    text: str


def moments_of(
    application: Application, decisions: Iterable[Decision], now: datetime, zone: ZoneInfo
) -> tuple[Moment, ...]:
    """Everything that happened, was promised or is due in one process, oldest first."""
    found = [
        *(moment for interview in application.interviews for moment in _interview(interview, now)),
        *(Moment(Sign.YOU_WROTE, sent.at, _what_you_wrote(sent)) for sent in application.sent),
        *(
            Moment(_REPLY_SIGNS.get(reply.kind, Sign.THEY_WROTE), reply.at, words.REPLIES[reply.kind])
            for reply in application.replies
        ),
        *_promises(application, zone),
        *_due(decisions),
    ]
    return tuple(sorted(found, key=lambda moment: moment.at))


def _interview(interview: Interview, now: datetime) -> Iterator[Moment]:
    if interview.start is None:
        return
    people = ", ".join(person.name or person.address or "" for person in interview.people)
    kind = words.interview_kind(interview) + (f" with {people}" if people else "")
    if interview.state in words.NOT_HELD:
        yield Moment(Sign.CANCELLED, interview.start, f"{kind}: {words.NOT_HELD[interview.state]}")
    else:
        yield Moment(Sign.HELD if interview.start <= now else Sign.AHEAD, interview.start, kind)


def _what_you_wrote(sent: Sent) -> str:
    said = [
        text for flag, text in ((sent.thanks, "you said thank you"), (sent.follow_up, "you asked for news")) if flag
    ]
    said += ["you accepted"] if sent.accepts_offer else []
    said += ["you withdrew"] if sent.withdraws else []
    return " and ".join(said) or "you wrote"


_REPLY_SIGNS = {ReplyKind.REJECTION: Sign.REFUSAL, ReplyKind.OFFER: Sign.OFFER}


def _promises(application: Application, zone: ZoneInfo) -> Iterator[Moment]:
    for promise in application.promises:
        if promise.by is not None:
            at = datetime.combine(promise.by, time(12), zone)
            yield Moment(Sign.PROMISE, at, f"news promised: “{promise.words}”")


def _due(decisions: Iterable[Decision]) -> Iterator[Moment]:
    for decision in decisions:
        if decision.due is not None and decision.standing in words.OPEN_STANDINGS:
            name = decision.recipient.name if decision.recipient else ""
            yield Moment(Sign.DUE, decision.due, f"{words.LETTERS[decision.kind]} {name}".strip() + " due")


@dataclass(frozen=True, slots=True)
class Answer:
    """How long an employer took after an interview. days: whole days; open: no answer yet, counted until now."""

    days: int
    open: bool


def answer_times(application: Application, now: datetime) -> tuple[Answer, ...]:
    """For each interview that was held, how long until they wrote the next time."""
    held = [one for one in application.interviews if one.end and one.end <= now and one.state not in words.NOT_HELD]
    out = []
    for interview in held:
        end = interview.end or now
        later = [reply.at for reply in application.replies if reply.at > end and reply.kind is not ReplyKind.NONE]
        out.append(Answer((min(later, default=now) - end) // timedelta(days=1), open=not later))
    return tuple(out)
