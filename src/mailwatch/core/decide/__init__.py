"""(applications, ledger, coverage, now, policy) → decisions: what should happen now, each with its reason.

Waiting is a decision like any other. Nothing that rests on an absence is decided where nobody looked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from mailwatch.core.decide.follow_ups import follow_up
from mailwatch.core.decide.ground import Ground, ground_of
from mailwatch.core.decide.limits import limited
from mailwatch.core.decide.notes import notes
from mailwatch.core.decide.questions import open_questions
from mailwatch.core.decide.stale import stale_drafts
from mailwatch.core.decide.thanks import thank_yous
from mailwatch.core.decide.withdrawals import withdrawals
from mailwatch.core.model import Application, Casebook, Coverage, Decision, Facts, Policy

__all__ = ["Ground", "decide", "decisions_on", "ground_of", "limited", "notes", "open_questions", "stale_drafts"]


def decide(casebook: Casebook, facts: Facts, coverage: Coverage, now: datetime, policy: Policy) -> tuple[Decision, ...]:
    """What should happen now about every obligation."""
    return decisions_on(casebook.applications, ground_of(facts, casebook.applications, coverage, now, policy))


def decisions_on(applications: Sequence[Application], ground: Ground) -> tuple[Decision, ...]:
    """The same from an indexed ground: thank-yous, follow-ups, withdrawals, then the limits."""
    return limited(_all(applications, ground), ground)


def _all(applications: Sequence[Application], ground: Ground) -> Iterator[Decision]:
    leaving = list(withdrawals(applications, ground))
    left = {decision.application for decision in leaving}
    for application in applications:
        yield from thank_yous(application, ground)
        asked = follow_up(application, ground) if application.id not in left else None
        if asked is not None:
            yield asked
    yield from leaving
