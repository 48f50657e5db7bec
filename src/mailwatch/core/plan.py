"""The whole pipeline on one screen: facts → applications → decisions → letters → plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailwatch.core.casebook import assemble
from mailwatch.core.compose import Letters, Refusal, compose
from mailwatch.core.decide import Ground, decisions_on, ground_of, notes, open_questions, stale_drafts
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Action, Application, Coverage, Decision, Draft, Facts, Plan, Policy, Standing


def plan(facts: Facts, coverage: Coverage, now: datetime, policy: Policy, lexicon: Lexicon, letters: Letters) -> Plan:
    """Everything that follows from the facts at one moment. Nothing is remembered, nothing is written."""
    casebook = assemble(facts, lexicon, policy.detection)
    applications = casebook.applications
    ground = ground_of(facts, applications, coverage, now, policy)
    decided = decisions_on(applications, ground)
    homes = {application.id: application for application in applications}
    written = [(each, _letter(each, homes[each.application], ground, letters)) for each in decided]
    decisions = tuple(_unwritten(each, letter) if isinstance(letter, Refusal) else each for each, letter in written)
    return Plan(
        at=now,
        applications=applications,
        decisions=decisions,
        drafts=tuple(letter for _, letter in written if isinstance(letter, Draft)),
        stale=stale_drafts(applications, ground),
        questions=open_questions(casebook.questions, applications, ground),
        gaps=_gaps(coverage, now),
        notes=notes(applications, decisions, ground),
        next_change=min(
            (each.until for each in decisions if each.until is not None and each.until > now), default=None
        ),
        days=facts.me.days,
    )


def _letter(decision: Decision, application: Application, ground: Ground, letters: Letters) -> Draft | Refusal | None:
    if decision.action is not Action.DRAFT:
        return None
    return compose(decision, application, ground.facts, ground.policy, letters, now=ground.now)


def _unwritten(decision: Decision, refusal: Refusal) -> Decision:
    """A letter that is due and can't be written becomes a question with the reason."""
    return replace(decision, action=Action.ASK, standing=Standing.BLOCKED, reason=refusal.reason)


def _gaps(coverage: Coverage, now: datetime) -> tuple[str, ...]:
    """Accounts that were not read up to now."""
    lines = []
    for account in coverage.accounts:
        reaches = (account.incoming, account.sent)
        current = all(reach is not None and reach.until >= now - coverage.slack for reach in reaches)
        if account.problem or not current:
            lines.append(f"{account.account}: {account.problem or 'not read up to now'}")
    return tuple(lines)
