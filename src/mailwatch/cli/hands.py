"""A tick at the user's command: the lock, one look, what was asked for, and the report. No other way leads to a mailbox."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mailwatch.errors import UsageError
from mailwatch.render.screen import shown

if TYPE_CHECKING:
    from mailwatch.cli.session import Session
    from mailwatch.core.model import Draft, Plan, Refusal
    from mailwatch.settings import AccountSettings
    from mailwatch.store import Store
    from mailwatch.tick.run import Run

PATIENCE = 30.0
"""Seconds for which a command waits for the daemon's run to end."""

_LOCAL = frozenset({"maildir", "mbox", "eml"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@contextmanager
def at_work(session: Session) -> Iterator[Run]:
    """A run under the lock, after one look at everything; what the block did is written down at its end.

    Raises:
        AlreadyRunning: another run took longer than PATIENCE.
        UsageError: `--now` pretends another time, and an account is not a local one.
    """
    from mailwatch.core.plan import plan as plan_from_facts
    from mailwatch.store import open_store, run_lock
    from mailwatch.tick import World
    from mailwatch.tick.configured import open_doors, tick_settings
    from mailwatch.tick.engine import finish, look
    from mailwatch.tick.recover import recover
    from mailwatch.tick.run import Run

    refuse_pretence(session)
    with (
        run_lock(session.state, wait=PATIENCE),
        open_store(session.state, now=session.now, mend=True) as store,
        open_doors(session.settings) as doors,
    ):
        world = World(lambda: session.now, time.sleep)
        run = Run(store, doors, tick_settings(session.settings), world, session.now, plan_from_facts)
        look(run)
        recover(run, run.plan())
        yield run
        report = finish(run)
    for reason in report.waiting:
        session.say(f"not done: {reason}")
    for problem in report.problems:
        session.say(f"problem: {problem.message}")


def refuse_pretence(session: Session) -> None:
    """With `--now`, write to no mailbox but a local one.

    Raises:
        UsageError: an account lies on a network.
    """
    if session.pretended is not None and not all(map(_is_local, session.settings.accounts)):
        raise UsageError(
            "With --now nothing is written to a mailbox on a network", next_step="leave --now away, or use `plan --at`"
        )


def _is_local(account: AccountSettings) -> bool:
    if account.backend in _LOCAL:
        return True
    host = account.server.host if account.server else urlsplit(account.endpoints.api).hostname
    return host in _LOOPBACK


def anew(session: Session, store: Store, plan: Plan, key: str) -> Draft | Refusal:
    """The letter that an obligation would get now."""
    from mailwatch.core.by_hand import letter_anew
    from mailwatch.core.model import DraftKey
    from mailwatch.tick import Watched, coverage_of, policy_in_force
    from mailwatch.tick.configured import tick_settings

    settings = session.settings
    watched = tuple(Watched(account.name, account.email, account.required) for account in settings.accounts)
    policy = policy_in_force(store, settings.policy)
    letters = tick_settings(settings).letters
    return letter_anew(DraftKey(key), plan, store.facts(settings.me), coverage_of(store, watched), policy, letters)


def say_saved(session: Session, run: Run) -> None:
    """What was saved, one line each."""
    for saved in run.saved:
        place = f" → {saved.link}" if saved.link else ""
        session.say(f"saved: {saved.kind.value.replace('_', '-')} to {shown(saved.recipient, 100)}{place}")
