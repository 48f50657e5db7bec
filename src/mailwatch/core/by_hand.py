"""Letters at the user's word: one of ours written anew after a debrief, and the ones that only the user can ask for."""

from __future__ import annotations

from dataclasses import replace

from mailwatch.core.compose import Letters, compose
from mailwatch.core.decide import decisions_on, ground_of
from mailwatch.core.decide.wishes import wished_letter, wished_thanks
from mailwatch.core.model import (
    Action,
    Application,
    Coverage,
    Decision,
    Draft,
    DraftKey,
    Facts,
    Kind,
    Person,
    Plan,
    Policy,
    Refusal,
)

_THANKING = frozenset({Kind.THANK_YOU, Kind.RELAY})


def letter_anew(
    key: DraftKey, plan: Plan, facts: Facts, coverage: Coverage, policy: Policy, letters: Letters
) -> Draft | Refusal:
    """The letter that an obligation would get now, whatever has become of the one it got.

    Args:
        plan: as it is now; its moment and its applications are used.
    """
    ground = ground_of(facts, plan.applications, coverage, plan.at, policy)
    decision = next((one for one in decisions_on(plan.applications, ground) if one.key == key), None)
    application = _home(decision, plan)
    if decision is None or application is None:
        return Refusal("What this letter was about is not known any more.")
    return compose(replace(decision, action=Action.DRAFT), application, facts, policy, letters, now=plan.at)


def letter_asked_for(
    kind: Kind,
    application: Application,
    person: Person | None,
    plan: Plan,
    facts: Facts,
    coverage: Coverage,
    policy: Policy,
    letters: Letters,
    *,
    language: str = "",
) -> Draft | Refusal:
    """A letter at the user's request, complete; or why there is none.

    Args:
        kind: one of core.decide.wishes.WISHES.
        person: whom it goes to; None for the main contact, or for a thank-you the only one of the last round.
        language: a code that overrides the process's language, "" for none.
    """
    ground = ground_of(facts, plan.applications, coverage, plan.at, policy)
    wish: Decision | Refusal
    if kind in _THANKING:
        found = _thanks_to(person, application, decisions_on([application], ground))
        wish = wished_thanks(found, application, ground) if isinstance(found, Decision) else found
    else:
        wish = wished_letter(kind, application, person, plan.applications, ground)
    if isinstance(wish, Refusal):
        return wish
    return compose(wish, application, facts, policy, letters, now=plan.at, language=language)


def _thanks_to(person: Person | None, application: Application, decisions: tuple[Decision, ...]) -> Decision | Refusal:
    """The thank-you to a person for the last round that they held."""
    thanks = [decision for decision in decisions if decision.kind in _THANKING and decision.recipient is not None]
    mine = [one for one in thanks if person is None or (one.recipient is not None and one.recipient.key == person.key)]
    last = max((one.anchor for one in mine if one.anchor is not None), default=None)
    mine = [one for one in mine if one.anchor == last]
    if len(mine) == 1:
        return mine[0]
    if mine:
        return Refusal("Several people were there: say to whom the letter goes.")
    return Refusal(f"No interview with them at {application.company or 'that firm'} calls for a thank-you.")


def _home(decision: Decision | None, plan: Plan) -> Application | None:
    if decision is None:
        return None
    return next((one for one in plan.applications if one.id == decision.application), None)
