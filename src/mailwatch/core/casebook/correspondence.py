"""What came back and what was sent: replies, sent mail, absences, dead addresses, whose turn it is, where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mailwatch.core.casebook.groups import vetoed
from mailwatch.core.casebook.people import Circle
from mailwatch.core.casebook.traces import AddressBook, Trace, mentions_of
from mailwatch.core.model import (
    Address,
    ApplicationState,
    Gratitude,
    Interview,
    InterviewState,
    MarkKind,
    MeetingState,
    MessageId,
    MessageKind,
    Person,
    Reply,
    ReplyKind,
    Sent,
    ThreadId,
)
from mailwatch.core.reading.sent import YES

UNCLEAR = "unclear"
"""The cause of thanks that name no object."""

KIND_WORDS = "replies.reply.acknowledgement"
"""The rule behind a neutral reply that is understood: thanks, and no news."""

_ASKING = {
    ReplyKind.NEXT_ROUND: "they want to meet you again and wait for your answer",
    ReplyKind.NEEDS_INFO: "they ask you for something",
    ReplyKind.OFFER: "an offer waits for your answer",
}
_STATES = {
    ReplyKind.REJECTION: ApplicationState.REJECTED,
    ReplyKind.OFFER: ApplicationState.OFFERED,
    ReplyKind.NEXT_ROUND: ApplicationState.OPEN,
    ReplyKind.SCHEDULING: ApplicationState.OPEN,
    ReplyKind.NEEDS_INFO: ApplicationState.OPEN,
    ReplyKind.TIMELINE_UPDATE: ApplicationState.OPEN,
}
_OUTCOMES = frozenset({ReplyKind.OFFER, ReplyKind.REJECTION})
_MARKED = {
    MarkKind.REJECTED: ApplicationState.REJECTED,
    MarkKind.OFFER: ApplicationState.OFFERED,
    MarkKind.ACCEPTED: ApplicationState.ACCEPTED,
    MarkKind.WITHDREW: ApplicationState.WITHDRAWN,
    MarkKind.CLOSED: ApplicationState.CLOSED,
}
SAYS_HOW_IT_WENT = frozenset(_MARKED)
"""The marks by which the user says where a process stands."""


def replies_from_traces(traces: Iterable[Trace], circle: Circle, book: AddressBook) -> tuple[Reply, ...]:
    """Messages from the employer's side that mean something, in order. Robots may refuse; they are nobody."""
    return tuple(_reply(trace, circle, book) for trace in traces if _is_reply(trace))


def unplaced_from_traces(traces: Iterable[Trace], circle: Circle, book: AddressBook) -> tuple[Reply, ...]:
    """What may belong to this process or to another one there; of a calendar entry, its UID stands for the message."""
    return tuple(_reply(trace, circle, book) for trace in traces if not trace.suspicious)


def _is_reply(trace: Trace) -> bool:
    if trace.outgoing or trace.envelope is None or trace.suspicious:
        return False
    automation = trace.envelope.automation
    if automation.auto_reply or automation.bounce or trace.reading.kind is MessageKind.AUTO_REPLY:
        return False
    return trace.reading.reply is not ReplyKind.NONE


def _reply(trace: Trace, circle: Circle, book: AddressBook) -> Reply:
    reading, sender = trace.reading, trace.sender
    person = circle.at(sender.address) if sender is not None and trace.human else None
    if person is None and sender is not None and not book.tool(sender.address):
        person = next((found for address in sorted(trace.theirs) if (found := circle.at(address))), None)
    return Reply(
        message=MessageId(trace.source),
        at=trace.at,
        kind=reading.reply,
        sender=person,
        evidence=reading.evidence,
        promise=reading.promise,
        asked_for=reading.asked_for,
        offer_deadline=reading.offer_deadline,
        thread=ThreadId(trace.thread) if trace.thread else None,
    )


def sent_from_traces(traces: Iterable[Trace]) -> tuple[Sent, ...]:
    """What the user sent in this process, in order. Behind an offer, a no leaves the process and a plain yes accepts."""
    sent: list[Sent] = []
    offered = False
    for trace in traces:
        if trace.outgoing and trace.envelope is not None:
            sent.append(_sent(trace, offered=offered))
        elif _is_reply(trace) and trace.reading.reply in _OUTCOMES:
            offered = trace.reading.reply is ReplyKind.OFFER
    return tuple(sent)


def _sent(trace: Trace, *, offered: bool) -> Sent:
    reading, gratitude = trace.reading, trace.reading.gratitude
    envelope = trace.envelope
    return Sent(
        message=MessageId(trace.source),
        at=trace.at,
        to=frozenset(box.address for box in envelope.recipients) if envelope else frozenset(),
        thanks=thanks_for_a_conversation(gratitude),
        unsure=gratitude is not None and not gratitude.sure,
        follow_up=reading.follow_up or reading.kind is MessageKind.FOLLOW_UP_SENT,
        withdraws=reading.withdraws or (offered and reading.kind is MessageKind.DECLINE_SENT),
        accepts_offer=reading.accepts_offer or (offered and any(item.rule == YES for item in reading.evidence)),
        schedules=any(meeting.state in {MeetingState.ACCEPTED, MeetingState.PROPOSED} for meeting in reading.meetings),
        evidence=reading.evidence,
    )


def thanks_for_a_conversation(gratitude: Gratitude | None) -> bool:
    """Is it thanks for a talk, not for a form, an invitation or a date?"""
    return gratitude is not None and gratitude.cause in {"conversation", UNCLEAR}


def away_from_traces(traces: Iterable[Trace]) -> tuple[tuple[str, date | None], ...]:
    """Who is away until when, by address; the latest notice of each counts."""
    away: dict[str, date | None] = {}
    for trace in traces:
        if trace.sender is not None and not trace.outgoing and not trace.reading.gone:
            if trace.reading.away_until is not None:
                away[trace.sender.address] = trace.reading.away_until
    return tuple(away.items())


def unreachable_from_traces(traces: Sequence[Trace]) -> frozenset[Address]:
    """Addresses that bounced, or whose owner has left."""
    dead: set[Address] = set()
    known = {address for trace in traces for address in trace.theirs}
    for trace in traces:
        if trace.outgoing or trace.envelope is None or trace.sender is None:
            continue
        if trace.reading.gone:
            dead.add(trace.sender.address)
        if trace.envelope.automation.bounce:
            dead |= {mention.address for mention in mentions_of(trace) if mention.address in known and mention.address}
    return frozenset(dead)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a process stands: its state, and what the user owes the employer in words, "" for nothing."""

    state: ApplicationState
    your_turn: str = ""
    offer_deadline: date | None = None


def standing_of(
    traces: Sequence[Trace],
    replies: Sequence[Reply],
    sent: Sequence[Sent],
    interviews: Sequence[Interview],
    told: set[MarkKind],
) -> Standing:
    """The state by the newest substantive message; the user's own word, in mail or by mark, is above it."""
    state, deadline = ApplicationState.OPEN, None
    for reply in replies:
        state = _STATES.get(reply.kind, state)
        if reply.promise is not None and reply.promise.on_hold and state is ApplicationState.OPEN:
            state = ApplicationState.ON_HOLD
        deadline = reply.offer_deadline or deadline
    for message in sent:
        if message.accepts_offer and _may_accept(message, replies, interviews):
            state = ApplicationState.ACCEPTED
        elif message.withdraws and state is not ApplicationState.ACCEPTED:
            state = ApplicationState.WITHDRAWN
    marked = [_MARKED[kind] for kind in _MARKED if kind in told]
    if marked:
        state = marked[-1]
    over = state not in {ApplicationState.OPEN, ApplicationState.OFFERED}
    return Standing(state, "" if over else _your_turn(traces, replies, sent, interviews), deadline)


def _may_accept(message: Sent, replies: Sequence[Reply], interviews: Sequence[Interview]) -> bool:
    """Is there an offer to accept? Who accepts before the interview, and was offered nothing, accepts a date."""
    if any(reply.kind is ReplyKind.OFFER and reply.at <= message.at for reply in replies):
        return True
    held = [item for item in interviews if item.state is InterviewState.SCHEDULED and item.start is not None]
    return not any(item.start is not None and item.start > message.at for item in held)


_TELLING = {MessageKind.INTERVIEW_CONFIRMED, MessageKind.INTERVIEW_CANCELLED}
"""Mail that settles a meeting, or calls it off, asks for nothing, however warm its words."""


def _your_turn(
    traces: Sequence[Trace], replies: Sequence[Reply], sent: Sequence[Sent], interviews: Sequence[Interview]
) -> str:
    told = {trace.source for trace in traces if trace.reading.kind in _TELLING}
    asked = [(reply.at, _words(reply)) for reply in replies if reply.kind in _ASKING and reply.message not in told]
    asked += [
        (trace.at, "they propose a time and wait for your answer")
        for trace in traces
        if not trace.outgoing and trace.reading.kind is MessageKind.INTERVIEW_REQUEST and not trace.suspicious
    ]
    if not asked:
        return ""
    at, words = max(asked)
    answered = any(message.at > at for message in sent) or any(
        _settled_after(interview, traces, at) for interview in interviews
    )
    superseded = any(
        reply.at > at and reply.kind in {ReplyKind.REJECTION, ReplyKind.TIMELINE_UPDATE} for reply in replies
    )
    return "" if answered or superseded else words


def _words(reply: Reply) -> str:
    return f"they ask you for {reply.asked_for}" if reply.asked_for else _ASKING[reply.kind]


def _settled_after(interview: Interview, traces: Sequence[Trace], at: datetime) -> bool:
    """A time was settled, or the meeting shown in the calendar, after that."""
    if interview.state is not InterviewState.SCHEDULED or interview.start is None or interview.start < at:
        return False
    return any(trace.at >= at for trace in traces if trace.source in interview.anchors and _confirms(trace))


def _confirms(trace: Trace) -> bool:
    return any(meeting.state is MeetingState.CONFIRMED for meeting in trace.reading.meetings)


def contacts_from_traces(
    traces: Sequence[Trace], interviews: Sequence[Interview], circle: Circle
) -> tuple[Person, ...]:
    """People of the employer's side who can be written to, the likeliest first: who wrote last, then who was met."""
    plain = [trace for trace in reversed(traces) if not vetoed(trace) and not trace.suspicious]
    addresses = [trace.sender.address for trace in plain if trace.sender is not None and trace.human]
    addresses += [meeting.organizer for trace in plain for meeting in trace.reading.meetings if meeting.organizer]
    met = [person for interview in reversed(interviews) for person in interview.people if person.address is not None]
    gone = [
        mention.address for trace in traces if trace.reading.gone for mention in mentions_of(trace) if mention.address
    ]
    people = [*_at(addresses, circle), *met, *_at(gone, circle)]
    return tuple(
        {person.key: person for person in reversed(people)}[key] for key in dict.fromkeys(each.key for each in people)
    )


def _at(addresses: Iterable[Address], circle: Circle) -> list[Person]:
    return [person for address in addresses if (person := circle.at(address)) is not None]
