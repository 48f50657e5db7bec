"""The last plan, for a status without waiting. It is only ever a cache: no decision reads it."""

from __future__ import annotations

from datetime import UTC, datetime

from mailwatch.core.model import Plan
from mailwatch.store.database import Database
from mailwatch.store.records import Codec, UnreadableRecord

_PLANS: Codec[Plan] = Codec(Plan, compressed=True)


class PlanCache:
    """The plan's table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, plan: Plan, inputs: str, *, generation: int, until: datetime) -> None:
        """Keep a plan.

        Args:
            inputs: a hash of everything besides the facts that it was computed from (policy, user, coverage).
            generation: of the facts.
            until: when it holds no longer.
        """
        with self._database.writing(facts=False):
            self._database.write(
                "INSERT OR REPLACE INTO plan VALUES (1, ?, ?, ?, ?, ?)",
                (generation, inputs, _text(plan.at), _text(until), _PLANS.encode(plan)),
            )

    def fitting(self, inputs: str, now: datetime) -> Plan | None:
        """The kept plan, if the facts, the other inputs and the moment still fit; else None."""
        row = self._database.one("SELECT generation, inputs, at, next_change, plan FROM plan")
        if row is None or row[0] != self._database.generation or row[1] != inputs:
            return None
        if now < datetime.fromisoformat(row[2]) or (row[3] and now >= datetime.fromisoformat(row[3])):
            return None
        return self._decoded(row[4])

    def last(self) -> Plan | None:
        """The kept plan, fitting or not, or None."""
        row = self._database.one("SELECT plan FROM plan")
        return self._decoded(row[0]) if row else None

    def _decoded(self, data: bytes) -> Plan | None:
        try:
            return _PLANS.decode(data)
        except UnreadableRecord:
            return None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
