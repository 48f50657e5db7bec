"""From a session to a plan: what commands that look, rather than act, have in common."""

from __future__ import annotations

from dataclasses import replace
from datetime import MAXYEAR
from pathlib import Path
from typing import TYPE_CHECKING

from mailwatch.core.model import Application, LedgerState, Plan
from mailwatch.errors import UsageError
from mailwatch.render.ids import application_named
from mailwatch.render.status import Setting, needs_user
from mailwatch.render.words import day_time
from mailwatch.settings import AccountSettings

if TYPE_CHECKING:
    from mailwatch.cli.session import Session
    from mailwatch.store import Problem, Store

OWN_LETTERS = "letters"
"""The name under which a run remarks on the user's own letters."""
FAILURES = frozenset({"sign-in", "transient", "protocol"})
LOOKS_MISSED = 3
"""A status trusts the last look until the daemon would have missed so many."""


def plan_of(session: Session, store: Store) -> Plan:
    """The plan as the facts are now, from the last plan where it still fits."""
    from mailwatch.tick import Watched, kept_plan, letters_stamp

    settings = session.settings
    watched = tuple(Watched(account.name, account.email, account.required) for account in settings.accounts)
    stamp = letters_stamp(settings.templates)
    kept = kept_plan(store, settings.me, settings.policy, watched, session.now, letters=stamp)
    if kept is not None:
        return replace(kept, at=session.now)  # it still holds now, and times are told as seen from now
    from mailwatch.tick import plan_now
    from mailwatch.tick.configured import tick_settings

    slack = (settings.service.interval + settings.service.jitter) * LOOKS_MISSED
    return plan_now(store, tick_settings(settings), watched, session.now, slack=slack)


def setting_of(session: Session, store: Store) -> Setting:
    """What the status says beside the plan."""
    runs = store.state.runs(1)
    names = {account.name for account in session.settings.accounts}
    # What is wrong with letters of one's own is told as it is now, below.
    problems = tuple(_sentence(session, one) for one in store.state.problems() if one.name != OWN_LETTERS)
    return Setting(
        zone=session.zone,
        checked_at=runs[0][0] if runs else None,
        accounts=len(session.settings.accounts),
        problems=problems,
        place=drafts_place(session.settings.accounts),
        failing=len(names & {problem.name for problem in store.state.problems() if problem.kind in FAILURES}),
        proposed=len(store.state.held()),
        quiet=_quiet(session, store),
        links=_links(store),
    )


def _links(store: Store) -> dict[str, str]:
    """What opens each draft that lies in Drafts: an address, or the file."""
    return {
        row.key: Path(row.link).as_uri() if Path(row.link).is_absolute() else row.link
        for row in store.ledger.rows()
        if row.link and row.state in {LedgerState.SAVED, LedgerState.EDITED}
    }


def _sentence(session: Session, problem: Problem) -> str:
    """What failed, until when it is left alone, and what helps."""
    patience = problem.not_before
    rest = (
        f"; left alone until {patience.astimezone(session.zone):%H:%M:%S}"
        if patience and session.now < patience
        else ""
    )
    return f"{problem.message.rstrip('.')}{rest}" + (f" → {problem.next_step}" if problem.next_step else "")


def _quiet(session: Session, store: Store) -> tuple[str, ...]:
    """The pause, the mutes and the user's own letters that can't be used, one sentence each."""
    lines = []
    until = store.words.paused_until()
    if until is not None and session.now < until:
        when = "" if until.year == MAXYEAR else f" until {day_time(until, session.zone, session.now, session.days)}"
        lines.append(f"Paused{when}: nothing is saved (mailwatch pause --off).")
    muted = sorted(store.words.muted())
    if muted:
        lines.append(f"Muted: {', '.join(muted)} (mailwatch mute --off NAME).")
    if session.settings.templates:
        from mailwatch.letters import load_letters

        broken = load_letters(Path(session.settings.templates)).problems
        lines += [f"Your letters: {problem}" for problem in broken[:1]]
        lines += [f"and {len(broken) - 1} more: mailwatch templates check"] if len(broken) > 1 else []
    return tuple(lines)


def drafts_place(accounts: tuple[AccountSettings, ...]) -> str:
    """Where the drafts lie, in the words of somebody who looks for them."""
    if len(accounts) != 1:
        return "your Drafts folders" if accounts else ""
    account = accounts[0]
    return f"{account.path or account.email} › {account.drafts or 'Drafts'}"


def application_meant(plan: Plan, word: str) -> Application:
    """The process that a word points to; without one, the first that needs the user, else the first.

    Raises:
        UsageError: there is none, or the word is ambiguous.
    """
    if word:
        return application_named(plan, word)
    pressing = {decision.application for decision in plan.decisions if needs_user(decision)}
    candidates = [item for item in plan.applications if item.id in pressing or item.your_turn] or list(
        plan.applications
    )
    if not candidates:
        raise UsageError("no interview is known yet", next_step="mailwatch run looks for some")
    return candidates[0]
