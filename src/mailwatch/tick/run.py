"""The state of one tick while it goes on: what it works with, what it did, what failed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailwatch.accounts import OpenAccount, OpenCalendar
from mailwatch.backends.base import CalendarBackend, MailBackend
from mailwatch.core.model import Address, Coverage, Facts, LedgerRow, Plan
from mailwatch.errors import BackendError, MailwatchError
from mailwatch.store import Problem, Store
from mailwatch.tick.contained import contained
from mailwatch.tick.doors import Doors, PlanFunction, TickSettings, World
from mailwatch.tick.planning import Watched, coverage_of, policy_in_force
from mailwatch.tick.progress import Doing, Step
from mailwatch.tick.report import (
    INCOMPLETE,
    AccountReport,
    CalendarReport,
    Noticed,
    SavedDraft,
    TickReport,
    problem_from_error,
)

log = logging.getLogger("mailwatch.tick")


@dataclass(slots=True)
class Run:
    """One tick.

    failed:  accounts and calendars that failed in this tick, by name: they are left alone for the rest of it.
    remarks: what is wrong and stops nothing. waiting: why letters that are due were not saved.
    expected: how many texts of an account are to be fetched in all, where somebody watches.
    """

    store: Store
    doors: Doors
    settings: TickSettings
    world: World
    now: datetime
    plan_from_facts: PlanFunction
    failed: dict[str, Problem] = field(default_factory=dict)
    remarks: list[Problem] = field(default_factory=list)
    accounts: dict[str, AccountReport] = field(default_factory=dict)
    calendars: dict[str, CalendarReport] = field(default_factory=dict)
    saved: list[SavedDraft] = field(default_factory=list)
    noticed: dict[tuple[str, int], Noticed] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    expected: dict[str, int] = field(default_factory=dict)
    proposed: int = 0
    _planned: tuple[int, Coverage, Plan] | None = None

    @property
    def watched(self) -> tuple[Watched, ...]:
        """The accounts of the configuration."""
        return self.settings.watched or tuple(
            Watched(account.name, account.address, account.required) for account in self.doors.accounts
        )

    def working(self) -> Iterator[tuple[OpenAccount, MailBackend]]:
        """The accounts that are open and have not failed in this tick."""
        for account in self.doors.accounts:
            if account.name not in self.failed and not isinstance(account.backend, BackendError):
                yield account, contained(account.name, account.backend)

    def working_calendars(self) -> Iterator[tuple[OpenCalendar, CalendarBackend]]:
        """The calendars that are open and have not failed in this tick."""
        for calendar in self.doors.calendars:
            if calendar.name not in self.failed and not isinstance(calendar.backend, BackendError):
                yield calendar, contained(calendar.name, calendar.backend)

    def account_at(self, address: Address) -> tuple[OpenAccount, MailBackend] | None:
        """The working account with this address."""
        return next(((account, backend) for account, backend in self.working() if account.address == address), None)

    def fail(self, name: str, error: MailwatchError) -> None:
        """An account or calendar failed: a line in the status, and no more of it in this tick."""
        problem = problem_from_error(name, error, self.now)
        log.warning("failed name=%s kind=%s error=%s", name, problem.kind, type(error).__name__)
        self.failed[name] = problem

    def remark(self, name: str, kind: str, message: str, next_step: str = "") -> None:
        """Something is wrong that stops nothing else: a line in the status. The same one once."""
        problem = Problem(name, kind, message, next_step)
        if problem not in self.remarks:
            self.remarks.append(problem)

    def not_read(self, name: str, problems: tuple[str, ...]) -> None:
        """What an account or calendar says it could not read."""
        step = f"the next run tries again; where that does not help: mailwatch doctor {name}"
        for problem in problems:
            self.remark(name, INCOMPLETE, f"{name}: {problem}.", step)

    def put(self, row: LedgerRow) -> LedgerRow:
        """Write down a new state of a draft, and notice it for the report."""
        self.store.ledger.put(row)
        self.noticed[row.key, row.revision] = Noticed(row.key, row.revision, row.kind, row.recipient, row.state)
        log.info("draft key=%s revision=%d state=%s", row.key, row.revision, row.state.value)
        return row

    def coverage(self) -> Coverage:
        """How far each account has been read."""
        return coverage_of(self.store, self.watched)

    def plan(self) -> Plan:
        """The plan as the facts are now; not computed again while nothing has changed."""
        generation, coverage = self.store.database.generation, self.coverage()
        if self._planned is None or self._planned[:2] != (generation, coverage):
            self._planned = generation, coverage, self.plan_with(self.store.facts(self.settings.me))
        return self._planned[2]

    def plan_with(self, facts: Facts) -> Plan:
        """The plan as it would be with other facts."""
        settings = self.settings
        policy = policy_in_force(self.store, settings.policy)
        return self.plan_from_facts(facts, self.coverage(), self.now, policy, settings.lexicon, settings.letters)

    def count(self, name: str, *, new: int = 0, fetched: int = 0, complete: bool = False) -> None:
        """Add to what was read of an account."""
        seen = self.accounts.get(name, AccountReport(name))
        self.accounts[name] = replace(
            seen, new=seen.new + new, fetched=seen.fetched + fetched, complete=seen.complete or complete
        )

    def fetched(self, name: str) -> int:
        """How many texts of an account this tick has fetched."""
        return self.accounts[name].fetched if name in self.accounts else 0

    def step(self, doing: Doing, account: str, done: int, total: int | None = None) -> None:
        """Tell whoever watches how far this tick is."""
        if self.world.watch is not None:
            self.world.watch(Step(doing, account, done, total))

    def wait(self, reason: str) -> None:
        """Why a letter was not saved although it is due. The same sentence once."""
        if reason not in self.waiting:
            self.waiting.append(reason)

    def required_failure(self) -> str:
        """The name of a failed account without which nothing may be saved, "" where all work."""
        return next((item.name for item in self.doors.accounts if item.required and item.name in self.failed), "")

    def report(self) -> TickReport:
        """What was done."""
        saved = {(draft.key, draft.revision) for draft in self.saved}
        return TickReport(
            at=self.now,
            accounts=tuple(
                self.accounts.get(account.name, AccountReport(account.name)) for account in self.doors.accounts
            ),
            calendars=tuple(
                self.calendars.get(calendar.name, CalendarReport(calendar.name)) for calendar in self.doors.calendars
            ),
            saved=tuple(self.saved),
            noticed=tuple(noticed for identity, noticed in self.noticed.items() if identity not in saved),
            unreadable=self.store.mail.counts()[2],
            waiting=tuple(self.waiting),
            proposed=self.proposed,
            problems=(*self.failed.values(), *self.remarks),
        )
