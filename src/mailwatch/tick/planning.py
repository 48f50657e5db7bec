"""What a plan is computed from besides the facts, and the plan of the last run: light, for a quick status."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mailwatch import __version__
from mailwatch.core.model import AccountCoverage, Address, Coverage, Me, Plan, Policy
from mailwatch.store import Store, digest_of


@dataclass(frozen=True, slots=True)
class Watched:
    """An account of the configuration, open or not: its name, its address, and whether drafts wait for it."""

    name: str
    address: Address
    required: bool = True


def kept_plan(
    store: Store, me: Me, policy: Policy, watched: Iterable[Watched], now: datetime, *, letters: str = ""
) -> Plan | None:
    """The plan of the last run, where facts, rules, coverage, letters and moment still fit; else None: compute it.

    Args:
        letters: the stamp of the user's own, see letters_stamp.
    """
    return store.plans.fitting(_inputs(store, me, policy, watched, letters), now)


def keep_plan(
    store: Store, plan: Plan, me: Me, policy: Policy, watched: Iterable[Watched], generation: int, *, letters: str = ""
) -> None:
    """Keep a plan. It holds until it changes by itself, and at most to the end of the user's day: what is only said
    for some days, like a question or advice, ends with a day.

    Args:
        generation: of the facts that it was computed from.
        letters: the stamp of the user's own.
    """
    midnight = plan.at.astimezone(ZoneInfo(me.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    until = min(filter(None, (plan.next_change, midnight + timedelta(days=1))))
    store.plans.keep(plan, _inputs(store, me, policy, watched, letters), generation=generation, until=until)


def policy_in_force(store: Store, policy: Policy) -> Policy:
    """The configured rules, with the pause and the mutes that the user has asked for since."""
    paused = max(filter(None, (policy.paused_until, store.words.paused_until())), default=None)
    held = len(store.state.held())
    return replace(
        policy,
        paused_until=paused,
        muted=policy.muted | store.words.muted(),
        max_per_run=policy.max_per_run + held,  # what only waits for the user's word must not crowd out the rest
    )


def coverage_of(store: Store, watched: Iterable[Watched], slack: timedelta | None = None) -> Coverage:
    """How far the mail of each account has been read.

    Args:
        slack: how old the last look may be and still count as now; None for a tick's own length.
    """
    reaches = store.state.reaches()
    problems = {problem.name: problem.message for problem in store.state.problems()}
    accounts = tuple(
        AccountCoverage(
            account=account.address,
            incoming=reaches.get(account.address),
            sent=reaches.get(account.address),
            required=account.required,
            problem=problems.get(account.name, ""),
        )
        for account in watched
    )
    return Coverage(accounts) if slack is None else Coverage(accounts, slack)


def letters_stamp(folder: str) -> str:
    """What changes when a file of the user's own letters does: names, sizes and times; "" for no folder."""
    if not folder:
        return ""
    found = []
    for path in sorted(Path(folder).glob("*/*.toml")):
        with suppress(OSError):
            status = path.stat()
            found.append((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
    return digest_of(folder, found)


def _inputs(store: Store, me: Me, policy: Policy, watched: Iterable[Watched], letters: str) -> str:
    """A hash of all that a plan rests on besides the facts."""
    return digest_of(__version__, policy_in_force(store, policy), me, coverage_of(store, watched).accounts, letters)
