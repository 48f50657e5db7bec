"""A user with mailboxes, and one or two mailwatches that look after them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from mailwatch.backends.memory import MemoryCalendar, MemoryEvents, MemoryMail, MemoryMailbox
from mailwatch.core.compose import Letters
from mailwatch.core.model import Address, Facts, Interest, Policy, SpecialUse
from mailwatch.errors import BackendError
from mailwatch.store import Store, open_store
from mailwatch.tick import (
    Chooser,
    Doors,
    OpenAccount,
    OpenCalendar,
    PlanFunction,
    TickReport,
    TickSettings,
    World,
    tick,
)
from tests.tick.doubles import ME, MINE, START, WORDS, PlainParser, SmallCore, invitation, mail, person, read_plainly


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What the small core's triage knows."""

    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    threads: frozenset[str] = frozenset()
    linked: frozenset[str] = frozenset()


def acquaintance_from(facts: Facts, *_: object) -> Acquaintance:
    return Acquaintance(frozenset(known.envelope.sender.address for known in facts.mails if known.envelope.sender))


_SMALL = {
    "read": read_plainly,
    "knowledge_from": acquaintance_from,
    "interest_from": lambda known: Interest(words=frozenset({"interview"}), addresses=known.addresses),
    "worth_reading": lambda envelope, known: True,
}

SETTINGS = TickSettings(ME, Policy(), WORDS, Letters({}), first_run="save")  # type: ignore[arg-type]


@dataclass
class Machine:
    """One mailwatch with a state folder of its own."""

    folder: Path
    store: Store | None = None

    def open(self, now: datetime) -> Store:
        if self.store is None:
            self.store = open_store(self.folder, now=now, mend=True)
        return self.store

    def close(self) -> None:
        if self.store is not None:
            self.store.close()
            self.store = None

    def lose_database(self) -> None:
        self.close()
        for path in self.folder.glob("mailwatch.db*"):
            path.unlink()
        shutil.rmtree(self.folder / "backups", ignore_errors=True)

    def lose_everything(self) -> None:
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class SmallWorld:
    """The mailboxes, the clock, and what the user does."""

    def __init__(self, folder: Path, plan: PlanFunction | None = None) -> None:
        self.now = START
        self.plan: PlanFunction = plan or SmallCore()
        self.mailbox = MemoryMailbox(MINE)
        self.accounts: list[OpenAccount] = []
        self.calendars: list[OpenCalendar] = []
        self.machine = Machine(folder / "state")
        self.settings = SETTINGS
        self.parser = PlainParser()
        self.triage: dict[str, Any] = dict(_SMALL)
        self.naps: list[float] = []
        self.during_naps: Callable[[], object] = lambda: None
        self.choose: Chooser | None = None
        self.add_account("home", self.mailbox)

    def add_account(self, name: str, mailbox: MemoryMailbox, **changes: Any) -> MemoryMail:
        backend = MemoryMail(mailbox, PlainParser())
        self.accounts.append(OpenAccount(name, mailbox.account, backend, **changes))
        return backend

    def add_broken_account(self, name: str, error: BackendError, **changes: Any) -> None:
        self.accounts.append(OpenAccount(name, Address(f"{name}@elsewhere.example"), error, **changes))

    def add_calendar(self, name: str) -> MemoryEvents:
        events = MemoryEvents(name)
        self.calendars.append(OpenCalendar(name, MemoryCalendar(events)))
        return events

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def invite(self, number: int, start: datetime | None = None, subject: str = "Interview") -> datetime:
        """An invitation arrives; the interview begins at once unless another start is given."""
        begins = start or self.now
        self.mailbox.mail_arrives(invitation(number, begins, self.now, subject), self.now)
        return begins

    def write_by_hand(self, number: int, subject: str = "Thanks") -> None:
        self.mailbox.user_sends(mail(MINE, person(number), subject, "Thanks!", self.now), self.now)

    def tick(self, machine: Machine | None = None, **settings: Any) -> TickReport:
        used = machine or self.machine
        with patch.multiple("mailwatch.tick.pull", **self.triage):
            return tick(
                used.open(self.now),
                Doors(tuple(self.accounts), self.parser, tuple(self.calendars)),
                self.settings,
                World(lambda: self.now, self.nap, self.choose),
                now=self.now,
                plan=self.plan,
            )

    def nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.during_naps()

    def drafts(self) -> list[bytes]:
        return [stored.raw for stored in self.mailbox.messages(SpecialUse.DRAFTS)]

    def draft_refs(self) -> list[str]:
        return [stored.ref for stored in self.mailbox.messages(SpecialUse.DRAFTS)]

    def rows(self, machine: Machine | None = None) -> list[Any]:
        return list((machine or self.machine).open(self.now).ledger.rows())

    def states(self, machine: Machine | None = None) -> list[str]:
        return [row.state.value for row in self.rows(machine)]

    def close(self) -> None:
        self.machine.close()
