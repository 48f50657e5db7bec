"""Calendars: every version of every event, in the order in which we saw them. Nothing is ever changed or removed here."""

from __future__ import annotations

from collections.abc import Mapping

from mailwatch.core.model import EventRef, EventVersion
from mailwatch.store.database import Database
from mailwatch.store.records import Codec, UnreadableRecord

_VERSIONS: Codec[EventVersion] = Codec(EventVersion)


class CalendarShelf:
    """The calendar table of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def versions(self) -> tuple[EventVersion, ...]:
        """Every version of every event, the oldest first."""
        return self._decoded("SELECT version FROM event_versions ORDER BY n")

    def latest(self, calendar: str) -> Mapping[EventRef, EventVersion]:
        """The newest version of each event of a calendar, removed ones included."""
        versions = self._decoded(
            """SELECT version FROM event_versions WHERE n IN (
                   SELECT max(n) FROM event_versions WHERE calendar = ? GROUP BY ref) ORDER BY n""",
            calendar,
        )
        return {version.ref: version for version in versions}

    def add(self, versions: tuple[EventVersion, ...]) -> None:
        """Keep new versions."""
        rows = [(version.calendar, version.ref, _VERSIONS.encode(version)) for version in versions]
        with self._database.writing():
            self._database.write_many("INSERT INTO event_versions (calendar, ref, version) VALUES (?, ?, ?)", rows)

    def _decoded(self, statement: str, *values: str) -> tuple[EventVersion, ...]:
        found = []
        for (data,) in self._database.rows(statement, values):
            try:
                found.append(_VERSIONS.decode(data))
            except UnreadableRecord:  # written by another age of mailwatch: the next listing brings it again
                continue
        return tuple(found)
