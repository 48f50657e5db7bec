"""The whole pipeline on one screen: facts → applications → decisions → letters → plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mailwatch.core.casebook import assemble
from mailwatch.core.compose import Letters, Refusal, compose
from mailwatch.core.decide import decisions_on, ground_of, notes, open_questions, stale_drafts
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Action, Application, Coverage, Decision, Draft, Facts, Plan, Policy, Standing


def plan(facts: Facts, coverage: Coverage, now: datetime, policy: Policy, lexicon: Lexicon, letters: Letters) -> Plan:
    """Everything that follows from the facts at one moment. Nothing is remembered, nothing is written."""
    casebook = assemble(facts, lexicon, policy.detection)
    applications = casebook.applications
    ground = ground_of(facts, applications, coverage, now, policy)
    decisions, drafts = _with_letters(decisions_on(applications, ground), applications, facts, policy, letters)
    return Plan(
        at=now,
        applications=applications,
        decisions=decisions,
        drafts=drafts,
        stale=stale_drafts(applications, ground),
        questions=open_questions(casebook.questions, applications, ground),
        gaps=_gaps(coverage, now),
        notes=notes(applications, decisions, ground),
        next_change=min((each.until for each in decisions if each.until is not None and each.until > now), default=None),
    )


def _with_letters(
    decisions: Sequence[Decision], applications: Iterable[Application], facts: Facts, policy: Policy, letters: Letters
) -> tuple[tuple[Decision, ...], tuple[Draft, ...]]:
    """Write the letters that are due. One that can't be written becomes a question with the reason."""
    homes = {application.id: application for application in applications}
    kept: list[Decision] = []
    drafts: list[Draft] = []
    for decision in decisions:
        letter = compose(decision, homes[decision.application], facts, policy, letters) if decision.action is Action.DRAFT else None
        if isinstance(letter, Refusal):
            kept.append(replace(decision, action=Action.ASK, standing=Standing.BLOCKED, reason=letter.reason))
            continue
        kept.append(decision)
        if letter is not None:
            drafts.append(letter)
    return tuple(kept), tuple(drafts)


def _gaps(coverage: Coverage, now: datetime) -> tuple[str, ...]:
    """Accounts that were not read up to now."""
    lines = []
    for account in coverage.accounts:
        reaches = (account.incoming, account.sent)
        current = all(reach is not None and reach.until >= now - coverage.slack for reach in reaches)
        if account.problem or not current:
            lines.append(f"{account.account}: {account.problem or 'not read up to now'}")
    return tuple(lines)
