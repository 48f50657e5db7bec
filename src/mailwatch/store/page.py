"""The status page of the last run, for a status that reads nothing else. It is only ever a cache."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mailwatch.errors import StoreError
from mailwatch.private_files import private_folder
from mailwatch.store.database import DATABASE, Database
from mailwatch.store.schema import MIGRATIONS


class Pages:
    """The page's table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, lines: str, *, inputs: str, generation: int, at: datetime, until: datetime) -> None:
        """Keep a page.

        Args:
            lines: the page, in a form of the caller's.
            inputs: everything besides the facts that it was made from.
            generation: of the facts that it was made from.
            at, until: the half-open span of time in which it holds.
        """
        with self._database.writing(facts=False):
            self._database.write(
                "INSERT OR REPLACE INTO page VALUES (1, ?, ?, ?, ?, ?)",
                (generation, inputs, _text(at), _text(until), lines),
            )

    def forget(self) -> None:
        """There is none any more: what a run is about to do may change it."""
        with self._database.writing(facts=False):
            self._database.write("DELETE FROM page")


def kept_page(folder: Path, inputs: str, now: datetime) -> str | None:
    """The page of a state folder, where facts, inputs and moment still fit; else None, and never an error."""
    path = folder / DATABASE
    if not path.exists():
        return None
    try:
        private_folder(folder)
        database = Database(path)
    except StoreError:
        return None
    try:
        if database.version() != len(MIGRATIONS):
            return None
        row = database.one("SELECT generation, inputs, at, until, lines FROM page")
        fits = row is not None and row[0] == database.generation and row[1] == inputs and row[2] <= _text(now) < row[3]
        return str(row[4]) if row is not None and fits else None
    except StoreError:
        return None
    finally:
        database.close()


def _text(moment: datetime) -> str:
    """In UTC with microseconds: as text in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
