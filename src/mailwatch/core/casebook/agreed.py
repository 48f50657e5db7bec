"""Talks about a job that are agreed in plain words: nobody says "interview", but what they arrange is one.

A conversation is about a job of the user's where the user applied in it, where an employer looks for somebody in it,
or where it is part of a process that is known. A time that one side names there and the other takes is an interview.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mailwatch.core.casebook.groups import INTERVIEWING, founds, informational, seems, vetoed
from mailwatch.core.casebook.names import name_tokens
from mailwatch.core.casebook.shelf import Shelf
from mailwatch.core.casebook.strand import near
from mailwatch.core.casebook.traces import Trace, mentions_of
from mailwatch.core.model import Direction, Evidence, Meeting, MeetingState, MessageKind, PersonPart, ReplyKind
from mailwatch.core.reading.agreements import MOVED
from mailwatch.core.reading.applying import APPLIES, APPLIES_PERHAPS, SEEKS

IN_WORDS = "casebook.agreed"
"""The rule behind a mail that arranges an interview by what the conversation is about."""
PERHAPS = "casebook.agreed_perhaps"
"""The same where that is not sure: a question for the user."""
_TRADE = frozenset({"direction.event", "direction.vendor"})
"""Words of fairs, courses and sales, which workshops and shops use of themselves as well."""
_REMEMBERED = timedelta(days=120)
"""How long after an application a talk may still be about it."""
_ANSWERED = timedelta(days=21)
_SPOKEN = frozenset(
    {
        MessageKind.OTHER, MessageKind.INTERVIEW_OTHER, MessageKind.COLD_OUTREACH, MessageKind.TIMELINE_UPDATE,
        MessageKind.NEEDS_INFO, MessageKind.INTERVIEWER_SIDE,
    }
)  # fmt: skip
"""Kinds of mail that may arrange a talk without saying what it is."""
_SAYS_YES = frozenset({MessageKind.SCHEDULING_SENT, MessageKind.OTHER_SENT})


def with_agreements(traces: Iterable[Trace]) -> list[Trace]:
    """The traces, in which mail that arranges an interview in plain words is read as what it is."""
    traces = list(traces)
    sent = Shelf(firms=False)
    for trace in traces:
        if trace.outgoing and trace.envelope is not None:
            sent.add(trace)
    memory = _Memory()
    found: list[Trace] = []
    for trace in traces:
        told = _arranging(trace, memory, sent) if _may_arrange(trace) else trace
        memory.learn(told)
        found.append(told)
    return found


def _may_arrange(trace: Trace) -> bool:
    if trace.outgoing or trace.envelope is None or not trace.human or trace.suspicious:
        return False
    traded = any(_proves(trace, rule) for rule in _TRADE)
    if vetoed(trace) and not traded:
        return False
    automation = trace.envelope.automation
    times = any(_is_time(meeting) for meeting in trace.reading.meetings)
    spoken = trace.reading.kind in _SPOKEN or seems(trace) or (vetoed(trace) and trace.reading.kind in INTERVIEWING)
    return times and spoken and not (automation.list_id or automation.generated)


def _is_time(meeting: Meeting) -> bool:
    return not meeting.uid and (meeting.relative or (meeting.start is not None and not meeting.day_only))


@dataclass(slots=True)
class _Memory:
    """What is known so far.

    applied: mails in which the user applied. sought: those in which an employer looked for somebody. threads, people, named: of known
    processes. over: conversations and people that have made an offer.
    """

    applied: Shelf = field(default_factory=lambda: Shelf(firms=True))
    sought: Shelf = field(default_factory=lambda: Shelf(firms=True))
    threads: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    named: set[frozenset[str]] = field(default_factory=set)
    over: set[str] = field(default_factory=set)

    def learn(self, trace: Trace) -> None:
        """Take in one trace."""
        reading = trace.reading
        if applies(trace) or (trace.outgoing and _proves(trace, APPLIES_PERHAPS)):
            self.applied.add(trace)
        elif trace.human and _proves(trace, SEEKS) and not vetoed(trace):
            self.sought.add(trace)
        if reading.accepts_offer or reading.reply is ReplyKind.OFFER:
            self.over.add(trace.thread)
            self.over |= trace.theirs
        if not founds(trace) or informational(trace) or reading.kind is MessageKind.APPLICATION_ACK:
            return
        if trace.thread:
            self.threads.add(trace.thread)
        self.people |= trace.theirs
        self.named |= {
            tokens
            for mention in mentions_of(trace)
            if mention.part is PersonPart.INTERVIEWER and len(tokens := name_tokens(mention.name)) >= 2
        }

    def applied_to(self, trace: Trace) -> bool:
        """Has the user applied to whoever wrote it, or in this conversation?"""
        return _remembers(self.applied.tied_to(trace), trace)

    def is_sure(self, trace: Trace) -> bool:
        """Is it more than a guess that the conversation is about a job of the user's?"""
        applied = (mail for mail in self.applied.tied_to(trace) if applies(mail))
        return _remembers(applied, trace) or self.knows(trace) or (self.sought_by(trace) and not vetoed(trace))

    def sought_by(self, trace: Trace) -> bool:
        """Has whoever wrote it looked for somebody, or anybody in this conversation?"""
        return _proves(trace, SEEKS) or _remembers(self.sought.tied_to(trace), trace)

    def knows(self, trace: Trace) -> bool:
        """Does it belong to a process that is known, by its thread, its people or the name of an interviewer?"""
        sender = trace.sender
        named = sender is not None and name_tokens(sender.name) in self.named
        return (bool(trace.thread) and trace.thread in self.threads) or bool(trace.theirs & self.people) or named

    def is_over(self, trace: Trace) -> bool:
        """Has there been an offer? What is arranged then is no interview any more."""
        return (bool(trace.thread) and trace.thread in self.over) or bool(trace.theirs & self.over)


def is_guess(trace: Trace) -> bool:
    """Is it only perhaps about an interview?"""
    return _proves(trace, PERHAPS)


def _remembers(mails: Iterable[Trace], trace: Trace) -> bool:
    return any(timedelta() <= trace.at - mail.at <= _REMEMBERED for mail in mails)


def applies(trace: Trace) -> bool:
    """Does the user ask for work in it?"""
    return trace.outgoing and _proves(trace, APPLIES)


def _proves(trace: Trace, rule: str) -> bool:
    return any(evidence.rule == rule for evidence in trace.reading.evidence)


def _arranging(trace: Trace, memory: _Memory, sent: Shelf) -> Trace:
    applied, known = memory.applied_to(trace), memory.knows(trace)
    if memory.is_over(trace) or not (applied or known or memory.sought_by(trace)):
        return trace
    answers = list(_answers(trace, sent))
    asked = applied and any(meeting.state is MeetingState.PROPOSED for meeting in trace.reading.meetings)
    meant = any(_speaks_of_time(answer) for answer in answers) or asked or _takes(trace, sent)
    if not meant and not (known and _changes(trace)):
        return trace
    rule = IN_WORDS if memory.is_sure(trace) else PERHAPS
    return _told(trace, rule, changes=known and _changes(trace), settled=_takes(trace, sent))


def _answers(trace: Trace, sent: Shelf) -> Iterator[Trace]:
    """What the user wrote back, in the conversation or to the same people, soon after."""
    return (mail for mail in sent.tied_to(trace) if timedelta() < mail.at - trace.at <= _ANSWERED)


def _speaks_of_time(mail: Trace) -> bool:
    """Does the user agree, or speak of a time?"""
    reading = mail.reading
    if reading.kind not in _SAYS_YES:
        return False
    return reading.assent or bool(reading.meetings) or reading.kind is MessageKind.SCHEDULING_SENT


def _takes(trace: Trace, sent: Shelf) -> bool:
    """Does it name a time that the user had proposed before?"""
    offered = [
        meeting.start
        for mail in sent.tied_to(trace)
        if timedelta() < trace.at - mail.at <= _ANSWERED
        for meeting in mail.reading.meetings
        if meeting.start is not None and not meeting.day_only
    ]
    return any(near(meeting.start, start) for meeting in trace.reading.meetings for start in offered)


def _changes(trace: Trace) -> bool:
    """Does it move a meeting, or call one off?"""
    return any(
        meeting.previous_start is not None
        or meeting.shift is not None
        or meeting.clock is not None
        or meeting.state is MeetingState.CANCELLED
        or any(item.rule == MOVED for item in meeting.evidence)
        for meeting in trace.reading.meetings
    )


def _told(trace: Trace, rule: str, *, changes: bool, settled: bool) -> Trace:
    """The trace as one that arranges an interview: its times are proposals until the user takes one."""
    reading = trace.reading
    firm = changes or settled or any(meeting.agenda for meeting in reading.meetings)
    meetings = tuple(meeting if firm else _proposed(meeting) for meeting in reading.meetings)
    cancelled = any(meeting.state is MeetingState.CANCELLED for meeting in meetings)
    kind = MessageKind.INTERVIEW_CONFIRMED if firm else MessageKind.INTERVIEW_REQUEST
    if changes:
        kind = MessageKind.INTERVIEW_CANCELLED if cancelled else MessageKind.INTERVIEW_RESCHEDULED
    words = next((item.words for meeting in meetings for item in meeting.evidence), "")
    evidence = (*reading.evidence, Evidence(trace.source, rule, words))
    return replace(
        trace,
        reading=replace(reading, kind=kind, direction=Direction.CANDIDATE, meetings=meetings, evidence=evidence),
    )


def _proposed(meeting: Meeting) -> Meeting:
    stated = meeting.state in {MeetingState.CONFIRMED, MeetingState.ACCEPTED} and not meeting.uid
    return replace(meeting, state=MeetingState.PROPOSED) if stated else meeting
