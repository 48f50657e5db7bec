"""One tick from beginning to end."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from mailwatch.accounts import OpenAccount, OpenCalendar
from mailwatch.core.model import Plan
from mailwatch.core.plan import plan as plan_from_facts
from mailwatch.errors import BackendError, StoreError
from mailwatch.store import Store, bytes_from_record
from mailwatch.tick.by_hand import resume
from mailwatch.tick.debriefs import take_debriefs
from mailwatch.tick.doors import Doors, PlanFunction, TickSettings, World
from mailwatch.tick.observe import observe
from mailwatch.tick.planning import Watched, coverage_of, keep_plan, kept_plan, policy_in_force
from mailwatch.tick.pull import pull
from mailwatch.tick.recover import recover
from mailwatch.tick.report import LETTERS, STORE, UNREADABLE, TickReport
from mailwatch.tick.run import Run
from mailwatch.tick.save import save_due

log = logging.getLogger("mailwatch.tick")


def tick(
    store: Store,
    doors: Doors,
    settings: TickSettings,
    world: World,
    *,
    now: datetime | None = None,
    plan: PlanFunction = plan_from_facts,
) -> TickReport:
    """Look once: bring the facts up to date, and save the drafts that are due.

    Args:
        now: the instant for which everything is decided, aware UTC; the world's clock where none is given.
        plan: the core's pipeline.

    Raises:
        StoreError: the database or its log can't be written. What was written before holds; the next tick goes on.
    """
    run = Run(store, doors, settings, world, now or world.clock(), plan)
    look(run)
    resume(run)
    save_due(run, recover(run, run.plan()))
    report = finish(run)
    log.info("tick saved=%d problems=%d exit=%d", len(report.saved), len(report.problems), report.exit_code)
    return report


def look(run: Run) -> None:
    """The first half of a tick: bring facts and ledger up to date. Nothing is saved."""
    _begin(run)
    pull(run)
    observe(run)
    take_debriefs(run)


def plan_now(
    store: Store,
    settings: TickSettings,
    watched: Iterable[Watched],
    now: datetime,
    *,
    plan: PlanFunction = plan_from_facts,
    slack: timedelta | None = None,
) -> Plan:
    """The plan as the facts are now: the last run's where it still fits, else computed; nothing is written.

    Args:
        slack: how old the last look may be and still count as now; None for a tick's own length.
    """
    accounts = tuple(watched)
    kept = kept_plan(store, settings.me, settings.policy, accounts, now, letters=settings.letters_stamp)
    if kept is not None:
        return kept
    policy = policy_in_force(store, settings.policy)
    coverage = coverage_of(store, accounts, slack)
    return plan(store.facts(settings.me), coverage, now, policy, settings.lexicon, settings.letters)


def _begin(run: Run) -> None:
    store, now = run.store, run.now
    store.pages.forget()
    store.state.born(now)
    store.ledger.reconcile()
    for notice in store.notices:
        run.remark("database", STORE, notice, "nothing to do: this run reads anew what it lacks")
    for problem in run.settings.letters.problems:
        run.remark("letters", LETTERS, f"Your letters: {problem}", "mailwatch templates check")
    try:
        store.back_up_daily(now)
    except StoreError as error:
        run.remark("database", STORE, f"The daily copy failed: {error.message}", error.next_step)
    resting = {
        problem.name: problem for problem in store.state.problems() if problem.not_before and now < problem.not_before
    }
    doors: tuple[OpenAccount | OpenCalendar, ...] = (*run.doors.accounts, *run.doors.calendars)
    for door in doors:
        if door.name in resting:  # it asked for patience, which is not over yet
            run.failed[door.name] = resting[door.name]
        elif isinstance(door.backend, BackendError):
            run.fail(door.name, door.backend)


def _count_broken(run: Run) -> None:
    """What could not be read is a line of the status, not a failure of the run."""
    reasons = run.store.mail.broken()
    if reasons:
        many = f"{len(reasons)} messages" if len(reasons) > 1 else "One message"
        why = max(reasons, key=reasons.count)
        run.remark("mail", UNREADABLE, f"{many} can't be read ({why}).", "mailwatch retry lets the next run try again")


def finish(run: Run) -> TickReport:
    """The end of a tick: write down what was done, what failed, and the plan as it is now."""
    store, now = run.store, run.now
    store.mail.drop_inputs_before(now - timedelta(days=run.settings.keep_days))
    _count_broken(run)
    report = run.report()
    elsewhere = {account.name for account in run.watched} - {account.name for account in run.doors.accounts}
    untouched = tuple(problem for problem in store.state.problems() if problem.name in elsewhere)
    problems = store.state.set_problems((*report.problems, *untouched), now)
    generation = store.database.generation  # read first: what the user says meanwhile makes the plan an old one
    plan = run.plan()
    told = run.settings
    keep_plan(store, plan, told.me, told.policy, run.watched, generation, letters=told.letters_stamp)
    report = replace(report, problems=problems[: len(report.problems)])
    store.state.keep_run(now, bytes_from_record(report))
    return replace(report, plan=plan)
