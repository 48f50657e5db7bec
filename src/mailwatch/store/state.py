"""Where we are: cursors, coverage, what failed, what past runs did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from mailwatch.core.model import Address, Cursor, DraftKey, Kind, Reach
from mailwatch.store.database import Database
from mailwatch.store.records import Codec

_RUNS_KEPT = 1000
_BORN = "born"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that failed in the last run, in words for a person.

    name: the account's or calendar's name in the configuration, "database", or the draft's account.
    kind: "sign-in", "transient", "protocol", "unreadable", "drafts", "store".
    not_before: it asked not to be bothered before this instant, or None.
    """

    name: str
    kind: str
    message: str
    next_step: str = ""
    since: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A letter that the first look only proposed: it waits for the user's word."""

    key: DraftKey
    kind: Kind
    recipient: Address
    anchor: datetime | None
    evidence: frozenset[str]


_PROBLEMS: Codec[Problem] = Codec(Problem)
_PROPOSALS: Codec[Proposal] = Codec(Proposal)


class State:
    """The tables of the engine's own bookkeeping."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cursor(self, name: str) -> Cursor | None:
        """The bookmark of an account ("mail:ADDRESS") or calendar ("calendar:NAME")."""
        row = self._database.one("SELECT cursor FROM cursors WHERE name = ?", (name,))
        return Cursor(row[0]) if row else None

    def set_cursor(self, name: str, cursor: Cursor | None) -> None:
        """Keep a bookmark, or forget it."""
        if cursor == self.cursor(name):
            return
        with self._database.writing(facts=False):
            if cursor is None:
                self._database.write("DELETE FROM cursors WHERE name = ?", (name,))
            else:
                self._database.write("INSERT OR REPLACE INTO cursors VALUES (?, ?)", (name, cursor))

    def born(self, now: datetime) -> datetime:
        """When this database was first worked with: what came before, it may have forgotten."""
        known = self._database.meta(_BORN)
        if known:
            return datetime.fromisoformat(known)
        with self._database.writing(facts=False):
            self._database.set_meta(_BORN, now.isoformat())
        return now

    def reaches(self) -> Mapping[Address, Reach]:
        """From when to when each account's mail has been read."""
        rows = self._database.rows("SELECT account, since, until FROM coverage")
        return {
            Address(account): Reach(datetime.fromisoformat(since), datetime.fromisoformat(until))
            for account, since, until in rows
        }

    def set_reach(self, account: Address, reach: Reach) -> None:
        """Say how far an account's mail has been read."""
        with self._database.writing(facts=False):
            self._database.write(
                "INSERT OR REPLACE INTO coverage VALUES (?, ?, ?)",
                (account, _instant(reach.since), _instant(reach.until)),
            )

    def problems(self) -> tuple[Problem, ...]:
        """What failed in the last run."""
        rows = self._database.rows("SELECT problem FROM problems ORDER BY name")
        return tuple(_PROBLEMS.decode(data) for (data,) in rows)

    def set_problems(self, problems: tuple[Problem, ...], now: datetime) -> tuple[Problem, ...]:
        """Replace what failed, keeping since when for what had failed before; the problems as kept."""
        before = {(problem.name, problem.kind): problem.since for problem in self.problems()}
        kept = tuple(
            Problem(
                problem.name,
                problem.kind,
                problem.message,
                problem.next_step,
                before.get((problem.name, problem.kind)) or now,
                problem.not_before,
            )
            for problem in problems
        )
        with self._database.writing(facts=False):
            self._database.write("DELETE FROM problems")
            rows = [(f"{number:06d}", _PROBLEMS.encode(problem)) for number, problem in enumerate(kept)]
            self._database.write_many("INSERT INTO problems VALUES (?, ?)", rows)
        return kept

    def runs(self, limit: int = 50) -> tuple[tuple[datetime, bytes], ...]:
        """What past runs did, the newest first: (when, report as JSON)."""
        rows = self._database.rows("SELECT at, report FROM runs ORDER BY n DESC LIMIT ?", (limit,))
        return tuple((datetime.fromisoformat(at), report) for at, report in rows)

    def keep_run(self, at: datetime, report: bytes) -> None:
        """Write down what a run did; the oldest beyond a thousand go."""
        with self._database.writing(facts=False):
            self._database.write("INSERT INTO runs (at, report) VALUES (?, ?)", (_instant(at), report))
            self._database.write("DELETE FROM runs WHERE n <= (SELECT max(n) FROM runs) - ?", (_RUNS_KEPT,))

    def held(self) -> tuple[Proposal, ...]:
        """Letters that wait for the user's word."""
        rows = self._database.rows("SELECT proposal FROM held ORDER BY key")
        return tuple(_PROPOSALS.decode(data) for (data,) in rows)

    def hold(self, proposals: tuple[Proposal, ...]) -> None:
        """Let letters wait for the user's word."""
        rows = [(proposal.key, _PROPOSALS.encode(proposal)) for proposal in proposals]
        with self._database.writing(facts=False):
            self._database.write_many("INSERT OR REPLACE INTO held VALUES (?, ?)", rows)

    def release(self, keys: frozenset[DraftKey]) -> None:
        """The user's word was given: let nothing of this wait any longer."""
        with self._database.writing(facts=False):
            self._database.write_many("DELETE FROM held WHERE key = ?", [(key,) for key in keys])

    def known_accounts(self) -> frozenset[str]:
        """The accounts whose first look is over: its proposals were shown."""
        return frozenset(filter(None, self._database.meta("first_look_over").split()))

    def set_known_accounts(self, accounts: frozenset[str]) -> None:
        """Say that the first look at accounts is over."""
        with self._database.writing(facts=False):
            self._database.set_meta("first_look_over", " ".join(sorted(accounts)))

    def told(self) -> dict[str, datetime]:
        """What the user has been told by itself, and when: (key, instant)."""
        kept = self._database.meta("told")
        return {key: datetime.fromisoformat(at) for key, at in json.loads(kept).items()} if kept else {}

    def set_told(self, told: Mapping[str, datetime]) -> None:
        """Remember what the user has been told."""
        with self._database.writing(facts=False):
            self._database.set_meta("told", json.dumps({key: _instant(at) for key, at in told.items()}))


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
