"""Letters that only the user can ask for (RULES §4 and §7): a late or dismissed thank-you, a decline, an answer to a refusal …

A wish passes the same questions as any other letter: nothing is written twice, beside a draft of the user's own, to a
suspicious or muted address, or while mailwatch is paused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mailwatch.core.decide.follow_ups import parent_of, reachable_contact
from mailwatch.core.decide.ground import LIVE, Ground
from mailwatch.core.decide.obligation import Obligation, begun, withheld
from mailwatch.core.model import (
    Action,
    Application,
    ApplicationState,
    Decision,
    InterviewState,
    Kind,
    LedgerState,
    Person,
    Refusal,
    Standing,
)

WISHES = (Kind.THANK_YOU, Kind.DECLINE, Kind.THANKS_ANYWAY, Kind.DEADLINE, Kind.WITHDRAWAL)
"""Kinds of letters that can be asked for."""

_THANKABLE = frozenset({Standing.EXPIRED, Standing.DISMISSED, Standing.DUE, Standing.LATE, Standing.DRAFT_READY})
_OPEN = frozenset({ApplicationState.OPEN, ApplicationState.ON_HOLD})
_FITTING = {
    Kind.DECLINE: (frozenset({ApplicationState.OFFERED}), "No offer is known there: mailwatch mark ID offer."),
    Kind.THANKS_ANYWAY: (
        frozenset({ApplicationState.REJECTED}),
        "No refusal is known there: mailwatch mark ID rejected.",
    ),
    Kind.DEADLINE: (_OPEN, "That process is not open any more."),
    Kind.WITHDRAWAL: (_OPEN | {ApplicationState.OFFERED}, "That process is over: there is nothing to withdraw."),
}


def wished_thanks(decision: Decision, application: Application, ground: Ground) -> Decision | Refusal:
    """The thank-you that a decision is about, although it is late, was skipped, or was deleted; or why there is none.

    Where an untouched one of ours lies in Drafts, the new one may only take its place.
    """
    lying = {row.state for row in ground.facts.ledger if row.key == decision.key and row.state in LIVE}
    if lying - {LedgerState.SAVED} or (decision.standing is Standing.DRAFT_READY and not lying):
        return Refusal("A draft of it lies in Drafts already.")
    not_ready = decision.standing is Standing.NOT_DUE and decision.due is not None
    over = next((one.end for one in application.interviews if one.id == decision.interview), None)
    if not_ready and over is not None and over <= ground.now:
        return _allowed(decision, application, ground)
    return _allowed(decision, application, ground) if decision.standing in _THANKABLE else Refusal(decision.reason)


def _allowed(decision: Decision, application: Application, ground: Ground) -> Decision | Refusal:
    """The decision turned into a draft, unless something forbids every letter to that person."""
    person = decision.recipient
    if person is None or person.address is None:
        return Refusal("No address is known for this person.")
    obligation = Obligation(decision.kind, application, person, decision.anchor or person.address)
    obligation = replace(obligation, parent=decision.parent, anchors=decision.anchors)
    blocked = begun(obligation, ground) or withheld(obligation, ground, decision.anchor or ground.now)
    if blocked is not None:
        return Refusal(blocked.reason)
    return replace(decision, action=Action.DRAFT, standing=Standing.DUE, reason="You asked for it.")


def wished_letter(
    kind: Kind, application: Application, person: Person | None, applications: Sequence[Application], ground: Ground
) -> Decision | Refusal:
    """A decline, a gracious answer, a word about a deadline or a withdrawal; or why it would make no sense.

    Args:
        person: whom it goes to; None for the main contact.
        applications: all of them: the deadline is another one's.
    """
    states, otherwise = _FITTING[kind]
    if application.state not in states:
        return Refusal(otherwise)
    recipient = person or reachable_contact(application, ground)
    if recipient is None or recipient.address is None:
        return Refusal("Nobody is known there to whom it could go.")
    others = [other for other in applications if other.state is ApplicationState.OFFERED and other.id != application.id]
    if kind is Kind.DEADLINE and not others:
        return Refusal("No offer of another firm is known: mailwatch mark ID offer.")
    deadline = _first_deadline(others) if kind is Kind.DEADLINE else None
    obligation = _obligation(kind, application, recipient, ground, deadline)
    decision = obligation.decided(ground, Action.DRAFT, Standing.DUE, "You asked for it.")
    if _lies_in_drafts(decision, ground):
        return Refusal("A draft of it lies in Drafts already.")
    if any(row.key == decision.key and row.state is LedgerState.SENT for row in ground.facts.ledger):
        return Refusal("You have sent it already.")
    return _allowed(decision, application, ground)


def _obligation(
    kind: Kind, application: Application, recipient: Person, ground: Ground, deadline: date | None
) -> Obligation:
    ahead = [
        item.id
        for item in application.interviews
        if item.state is InterviewState.SCHEDULED and item.start is not None and item.start > ground.now
    ]
    return Obligation(
        kind=kind,
        application=application,
        recipient=recipient,
        anchor=recipient.address or "",
        parent=parent_of(application, recipient),
        promised=deadline,
        freed=tuple(ahead) if kind is Kind.WITHDRAWAL else (),
        anchors=frozenset(application.messages).union(*(item.anchors for item in application.interviews)),
    )


def _first_deadline(offers: Sequence[Application]) -> date | None:
    return min((offer.offer_deadline for offer in offers if offer.offer_deadline is not None), default=None)


def _lies_in_drafts(decision: Decision, ground: Ground) -> bool:
    return any(row.key == decision.key and row.state in LIVE for row in ground.facts.ledger)
