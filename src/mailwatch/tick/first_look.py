"""The first look at an account: nothing is saved before it was shown, and only what the user wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailwatch.core.model import Application, Draft, DraftKey, Kind, Mark, MarkKind, Plan
from mailwatch.store import Proposal, digest_of
from mailwatch.tick.doors import Choice
from mailwatch.tick.run import Run

_THANKS = frozenset({Kind.THANK_YOU, Kind.RELAY})


@dataclass(frozen=True, slots=True)
class Consent:
    """What may be saved: on a first look only what was shown; never what the user refused or still has to say.

    shown: None where nothing has to be shown.
    """

    shown: frozenset[DraftKey] | None
    withheld: frozenset[DraftKey]

    def allows(self, draft: Draft) -> bool:
        """May this letter be saved?"""
        return draft.key not in self.withheld and (self.shown is None or draft.key in self.shown)


def consent_to(run: Run, plan: Plan) -> Consent:
    """Show what a first look proposes, where somebody can be asked, and write down what they say."""
    first, waiting = is_first_look(run), _held(run)
    proposed = tuple(draft for draft in plan.drafts if first or draft.key in waiting)
    refused: frozenset[DraftKey] = frozenset()
    mode = run.settings.first_run
    if mode == "save":
        run.store.state.release(waiting)
    elif proposed and mode == "ask" and run.world.choose is not None:
        refused = _write_down(run, plan, proposed, run.world.choose(plan, proposed))
    elif first:
        _hold(run, tuple(draft for draft in proposed if draft.kind not in _THANKS))
    held = _held(run)
    run.proposed = sum(draft.key in held for draft in plan.drafts)
    return Consent(frozenset(draft.key for draft in plan.drafts) if first else None, held | refused)


def _held(run: Run) -> frozenset[DraftKey]:
    return frozenset(proposal.key for proposal in run.store.state.held())


def is_first_look(run: Run) -> bool:
    """Is there an account whose mail was never read to the end before?"""
    known = run.store.state.known_accounts()
    return any(account.required and account.address not in known for account in run.watched)


def end_first_look(run: Run) -> None:
    """The first look is over when every account that is needed has been read to the end."""
    read = {name for name, account in run.accounts.items() if account.complete}
    if not all(account.name in read for account in run.watched if account.required):
        return
    known = run.store.state.known_accounts()
    reached = frozenset(account.address for account in run.watched if account.name in read)
    if not reached <= known:
        run.store.state.set_known_accounts(known | reached)


def _write_down(
    run: Run, plan: Plan, proposed: tuple[Draft, ...], answers: Mapping[DraftKey, Choice]
) -> frozenset[DraftKey]:
    """Keep the user's word about each letter; the keys of those that are not to be saved."""
    homes = {application.id: application for application in plan.applications}
    for draft in proposed:
        answer = answers.get(draft.key, Choice.LATER)
        if answer is Choice.LATER:
            _hold(run, (draft,))
            continue
        run.store.state.release(frozenset({draft.key}))
        if answer is Choice.SKIP:
            _mark(run, MarkKind.SKIPPED, draft.evidence, draft.kind, draft.to.address)
        elif answer is Choice.OVER:
            home = homes.get(draft.application) if draft.application else None
            _mark(run, MarkKind.CLOSED, _evidence_of(home, draft))
    return frozenset(draft.key for draft in proposed if answers.get(draft.key) is not Choice.SAVE)


def _evidence_of(application: Application | None, draft: Draft) -> frozenset[str]:
    return draft.evidence | (application.messages if application else frozenset())


def _mark(run: Run, kind: MarkKind, evidence: frozenset[str], letter: Kind | None = None, person: str = "") -> None:
    name = digest_of(kind.value, sorted(evidence), letter, person)[:12]
    run.store.words.mark(Mark(name, kind, evidence, run.now, letter, person))


def _hold(run: Run, drafts: tuple[Draft, ...]) -> None:
    run.store.state.hold(
        tuple(Proposal(draft.key, draft.kind, draft.to.address, draft.anchor, draft.evidence) for draft in drafts)
    )
