"""When the employer said it would decide: all statements, and the one in force (RULES §6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from mailwatch.core.casebook.traces import AddressBook, Trace
from mailwatch.core.model import (
    Debrief,
    DecisionDate,
    Interview,
    InterviewState,
    Promise,
    ReplyKind,
)
from mailwatch.core.workdays import add_workdays

_SETTLES = frozenset({ReplyKind.REJECTION, ReplyKind.OFFER})


def promises_from_traces(
    traces: Sequence[Trace],
    interviews: Sequence[Interview],
    debriefs: Iterable[Debrief],
    book: AddressBook,
    zone: tzinfo,
) -> tuple[DecisionDate, ...]:
    """Every stated timeframe, in order of time: mail, invitations and debriefs alike."""
    stated = [date_said for trace in traces if (date_said := _said(trace, interviews, book, zone)) is not None]
    for debrief in debriefs:
        if debrief.decide_by is not None:
            words = debrief.decide_words or debrief.decide_by.isoformat()
            stated.append(DecisionDate(debrief.decide_by, debrief.at, words, "debrief"))
    return tuple(sorted(stated, key=lambda item: item.said_at))


def _said(trace: Trace, interviews: Sequence[Interview], book: AddressBook, zone: tzinfo) -> DecisionDate | None:
    promise = trace.reading.promise
    if promise is None or trace.outgoing or trace.suspicious:
        return None
    if trace.envelope is not None and (trace.envelope.automation.auto_reply or trace.envelope.automation.bounce):
        return None
    by = _date_of(promise, interviews, trace.at, zone)
    speaker = trace.sender.address if trace.sender is not None and trace.human else None
    if speaker is None:
        speaker = next((address for address in sorted(trace.theirs) if not book.tool(address)), None)
    return DecisionDate(by, trace.at, promise.words, trace.source, speaker, promise.on_hold)


def _date_of(promise: Promise, interviews: Sequence[Interview], at: datetime, zone: tzinfo) -> date | None:
    if not promise.after_interview:
        return promise.by
    days = [
        (interview.end or interview.start).astimezone(zone).date()
        for interview in interviews
        if interview.start is not None and interview.state is InterviewState.SCHEDULED
    ]
    if not days:
        return promise.by
    ahead = [day for day in days if day >= at.astimezone(zone).date()]
    start = ahead[0] if ahead else days[-1]
    if promise.business_days is not None:
        return add_workdays(start, promise.business_days)
    return start + timedelta(days=promise.days) if promise.days is not None else promise.by


def promise_in_force(
    promises: Sequence[DecisionDate], traces: Sequence[Trace], interviews: Sequence[Interview], zone: tzinfo
) -> DecisionDate | None:
    """The latest statement about the last round. What was said before it was arranged, or of a date before it, is spent.

    A delay without a date never brings a date forward that was promised before.
    """
    held = [item for item in interviews if item.state is InterviewState.SCHEDULED and item.start is not None]
    arranged = _arranged_at(held, traces)
    last_day = held[-1].start.astimezone(zone).date() if held and held[-1].start else None
    force: DecisionDate | None = None
    for promise in promises:
        if arranged is not None and promise.said_at < arranged:
            continue
        if promise.by is not None and last_day is not None and _spent(promise, promise.by, last_day, zone):
            continue
        later = force is not None and force.by is not None and force.by > promise.said_at.astimezone(zone).date()
        if force is not None and later and promise.by is None and not promise.on_hold:
            force = replace(promise, by=force.by, words=force.words)
        else:
            force = promise
    if force is not None and _settled(force, traces):
        return None
    return force


def _spent(promise: DecisionDate, by: date, last_day: date, zone: tzinfo) -> bool:
    """It spoke of the interview, or of something before it: nobody decides on the day that was known before."""
    return by < last_day or (by == last_day and promise.said_at.astimezone(zone).date() < last_day)


def _arranged_at(held: Sequence[Interview], traces: Sequence[Trace]) -> datetime | None:
    """When the last round was first spoken of; None where it is the only one."""
    if len(held) < 2:
        return None
    return min((trace.at for trace in traces if trace.source in held[-1].anchors), default=None)


def _settled(promise: DecisionDate, traces: Sequence[Trace]) -> bool:
    return any(
        trace.reading.reply in _SETTLES and trace.at > promise.said_at and not trace.outgoing for trace in traces
    )
