"""Encouragement and advice: part of the job (RULES §7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from mailwatch.core.decide.ground import Ground
from mailwatch.core.model import (
    Action,
    Application,
    ApplicationState,
    Decision,
    InterviewState,
    Kind,
    Standing,
)

COMPARED = 3
"""So many open processes are held against an offer's date."""

_QUIET_WEEK = timedelta(days=7)
_ALIVE = frozenset({InterviewState.SCHEDULED, InterviewState.REQUESTED})
_ACTIVE = frozenset({ApplicationState.OPEN, ApplicationState.ON_HOLD, ApplicationState.OFFERED})


def notes(applications: Sequence[Application], decisions: Sequence[Decision], ground: Ground) -> tuple[str, ...]:
    """What is worth saying beside the letters, the most important first."""
    said: list[str] = []
    states = {application.state for application in applications}
    if ApplicationState.ACCEPTED in states and any(decision.kind is Kind.WITHDRAWAL for decision in decisions):
        said.append("Send the withdrawals after you have signed.")
    elif ApplicationState.OFFERED in states:
        said.append("Keep the others open, and don't resign, until the contract is signed.")
        said += _against_the_deadline(applications, ground)
    said += _on_hold(applications, ground)
    said += _asked(decisions, ground)
    if applications and ApplicationState.ACCEPTED not in states and not _busy(applications, ground):
        said.append("Keep applying: nothing here is certain yet.")
    quiet = _quiet_until(decisions, ground)
    if quiet:
        said.append(quiet)
    return tuple(said)


def _against_the_deadline(applications: Sequence[Application], ground: Ground) -> list[str]:
    """When each open process expects to decide, beside the date by which an offer has to be answered."""
    offers = [one for one in applications if one.state is ApplicationState.OFFERED and one.offer_deadline is not None]
    offer = min(offers, key=lambda one: one.offer_deadline or date.max, default=None)
    if offer is None or offer.offer_deadline is None or offer.offer_deadline < ground.day(ground.now):
        return []
    answer = f"your answer to {offer.company or 'the offer'} is due ({ground.day_words(offer.offer_deadline)})"
    lines = []
    for other in applications:
        if other.state is not ApplicationState.OPEN or not any(one.state in _ALIVE for one in other.interviews):
            continue
        firm, by = other.company or other.role or "One process", other.decision.by if other.decision else None
        ask = f": mailwatch drafts make deadline {other.id}"
        if by is None:
            lines.append(f"{firm} has named no date, and {answer}{ask}.")
        else:
            late = by > offer.offer_deadline
            order = "after" if late else "before"
            expects = "expects" if by >= ground.day(ground.now) else "expected"
            lines.append(f"{firm} {expects} news by {ground.day_words(by)}, {order} {answer}{ask if late else ''}.")
    return lines[:COMPARED]


def _on_hold(applications: Iterable[Application], ground: Ground) -> list[str]:
    lines = []
    for application in applications:
        decision = application.decision
        if application.state is ApplicationState.ON_HOLD and decision is not None:
            if ground.now - decision.said_at >= ground.policy.on_hold_line_after:
                lines.append(
                    f"{application.company or 'One process'} has been on hold since {ground.words(decision.said_at)}."
                )
    return lines


def _asked(decisions: Iterable[Decision], ground: Ground) -> list[str]:
    waiting = [
        decision.until
        for decision in decisions
        if decision.kind is Kind.FOLLOW_UP
        and decision.ordinal > 1
        and decision.action is Action.WAIT
        and decision.until is not None
    ]
    return [f"Wait until {ground.day_words(ground.day(min(waiting)))}; writing earlier hurts."] if waiting else []


def _busy(applications: Iterable[Application], ground: Ground) -> bool:
    """An interview is ahead, or something was applied for within the week."""
    for application in applications:
        if application.state not in _ACTIVE:
            continue
        ahead = any(
            interview.start is not None and interview.start > ground.now and interview.state is InterviewState.SCHEDULED
            for interview in application.interviews
        )
        times = [ground.mails[message].envelope.at for message in application.messages if message in ground.mails]
        begun = min((moment for moment in times if moment is not None), default=None)
        if ahead or (begun is not None and ground.now - begun < _QUIET_WEEK):
            return True
    return False


def _quiet_until(decisions: Sequence[Decision], ground: Ground) -> str:
    pressing = {Standing.DUE, Standing.LATE, Standing.DRAFT_READY, Standing.DRAFT_EDITED, Standing.NO_ADDRESS}
    if any(decision.standing in pressing or decision.action in {Action.DRAFT, Action.ASK} for decision in decisions):
        return ""
    ahead = [
        decision.until
        for decision in decisions
        if decision.action is Action.WAIT and decision.until and decision.until > ground.now
    ]
    return f"Nothing needs you before {ground.words(min(ahead))}." if ahead else ""
