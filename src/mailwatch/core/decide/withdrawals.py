"""Withdrawals: once the user has accepted an offer, one short letter to every process still open (RULES §7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from mailwatch.core.decide.follow_ups import parent_of, reachable_contact
from mailwatch.core.decide.ground import Ground
from mailwatch.core.decide.obligation import Obligation, begun, from_ledger, withheld
from mailwatch.core.model import (
    Action,
    Application,
    ApplicationState,
    Decision,
    Interview,
    InterviewState,
    Kind,
    MarkKind,
    Standing,
)

_TIMELY = timedelta(days=30)
_ASLEEP_AFTER = timedelta(days=60)
"""A process in which nobody has written for this long needs no withdrawal."""

_OPEN = frozenset({ApplicationState.OPEN, ApplicationState.ON_HOLD})


def withdrawals(applications: Sequence[Application], ground: Ground) -> Iterator[Decision]:
    """One decision for each other process that is open or scheduled after the user accepted an offer."""
    accepted = [application for application in applications if application.state is ApplicationState.ACCEPTED]
    if not accepted:
        return
    since = min(_accepted_at(application, ground) for application in accepted)
    for application in applications:
        if application.state in _OPEN and _awake(application, ground) and not application.suspicions:
            decision = _withdrawal(application, since, ground)
            if decision is not None:
                yield decision


def _accepted_at(application: Application, ground: Ground) -> datetime:
    sent = [message.at for message in application.sent if message.accepts_offer]
    marks = [
        mark.at
        for mark in ground.facts.marks
        if mark.kind is MarkKind.ACCEPTED and mark.evidence & application.messages
    ]
    return min(sent + marks, default=ground.now)


def _awake(application: Application, ground: Ground) -> bool:
    """Somebody was met, or is to be met, and it is not long ago."""
    met = [item for item in application.interviews if _counts(item)]
    heard = [reply.at for reply in application.replies] + [message.at for message in application.sent]
    heard += [item.end for item in met if item.end is not None]
    return bool(met) and bool(heard) and ground.now - max(heard) < _ASLEEP_AFTER


def _counts(interview: Interview) -> bool:
    states = {InterviewState.SCHEDULED, InterviewState.REQUESTED}
    return interview.state in states and not interview.informational


def _withdrawal(application: Application, since: datetime, ground: Ground) -> Decision | None:
    recipient = reachable_contact(application, ground)
    if recipient is None or recipient.address is None:
        return None
    ahead = [
        item
        for item in application.interviews
        if item.state is InterviewState.SCHEDULED and item.start and item.start > ground.now
    ]
    anchors = frozenset(application.messages).union(*(item.anchors for item in application.interviews))
    obligation = Obligation(
        kind=Kind.WITHDRAWAL,
        application=application,
        recipient=recipient,
        anchor=recipient.address,
        parent=parent_of(application, recipient),
        due=since,
        last=since + _TIMELY,
        freed=tuple(item.id for item in ahead),
        anchors=anchors,
    )
    settled = from_ledger(obligation, ground)
    if settled is not None:
        return settled
    if any(mark.evidence & anchors and mark.kind_of_letter is Kind.WITHDRAWAL for mark in ground.facts.marks):
        return obligation.decided(ground, Action.NOTHING, Standing.DONE, "Done, you said.")
    if ground.now >= since + _TIMELY:
        return obligation.decided(
            ground, Action.NOTHING, Standing.EXPIRED, "You accepted long ago: too late to withdraw."
        )
    blocked = begun(obligation, ground) or withheld(obligation, ground, since)
    if blocked is not None:
        return blocked
    reason = "You accepted another offer. Send this after you have signed."
    return obligation.decided(ground, Action.DRAFT, Standing.DUE, reason, until=obligation.last)
