"""One SQLite connection: how it is opened, how it writes, and what its errors mean to a person.

WAL, so that a status can be read while a run writes. NORMAL synchronisation, except for what must be on the disk
before the next step (the intent to save a draft): that is written with FULL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mailwatch.errors import StoreError
from mailwatch.private_files import private_file
from mailwatch.store.schema import MIGRATIONS, Migration

DATABASE = "mailwatch.db"
"""The file's name in the state folder."""


class DamagedStore(StoreError):
    """The database file is not sound."""


class Database:
    """A connection with the right settings. Not for use from several threads.

    Args:
        path: the database file; made with mode 0600 where it is missing.
        patience: seconds to wait for another process that writes.
    """

    def __init__(self, path: Path, *, patience: float = 5.0) -> None:
        self.path = path
        private_file(path)
        with explained(path):
            try:
                self._connection = self._opened(patience, alone=False)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_IOERR:
                    raise
                # A full disk has no room for the memory that programs share over this file; one that is alone needs none.
                self._connection = self._opened(patience, alone=True)
        self._depth = 0

    def _opened(self, patience: float, *, alone: bool) -> sqlite3.Connection:
        self._connection = sqlite3.connect(self.path, timeout=patience, isolation_level=None)
        try:
            if alone:
                self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._configure()
        except BaseException:
            self._connection.close()
            raise
        return self._connection

    def _configure(self) -> None:
        mode = self._connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise StoreError(
                f"The file system of {self.path.parent} can't be shared safely between two programs.",
                next_step="set MAILWATCH_STATE to a folder on a local disk",
            )
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        self._connection.close()

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with explained(self.path):
            return self._connection.execute(statement, values).fetchall()

    def one(self, statement: str, values: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        with explained(self.path):
            row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
            return row

    def write(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run one statement; the number of rows it changed. Call it inside `writing`."""
        return self._connection.execute(statement, values).rowcount

    def write_many(self, statement: str, rows: Iterable[Sequence[object]]) -> int:
        """Run one statement for many rows; the number of rows it changed. Call it inside `writing`."""
        before = self._connection.total_changes
        self._connection.executemany(statement, rows)
        return self._connection.total_changes - before

    @contextmanager
    def writing(self, *, facts: bool = True, durable: bool = False) -> Iterator[None]:
        """One transaction: all of it or nothing. A transaction inside another one joins it.

        Args:
            facts: it may change facts, so the generation goes up if anything was written.
            durable: on the disk when this returns, come what may.

        Raises:
            StoreError: nothing of it was written.
        """
        if self._depth:
            yield
            return
        with explained(self.path):
            if durable:
                self._connection.execute("PRAGMA synchronous = FULL")
            try:
                yield from self._transaction(facts=facts)
            finally:
                if durable:
                    self._connection.execute("PRAGMA synchronous = NORMAL")

    def _transaction(self, *, facts: bool) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            before = self._connection.total_changes
            yield
            if facts and self._connection.total_changes != before:
                self._connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'generation'")
            self._commit()
        except BaseException:
            with suppress(sqlite3.Error):  # the error that led here is the one to tell
                self._connection.execute("ROLLBACK")
            raise
        finally:
            self._depth -= 1

    def _commit(self) -> None:
        self._connection.execute("COMMIT")

    @property
    def generation(self) -> int:
        """How often facts have changed."""
        row = self.one("SELECT value FROM meta WHERE name = 'generation'")
        return int(row[0]) if row else 0

    def meta(self, name: str) -> str:
        """A small fact about the database, "" where it was never set."""
        row = self.one("SELECT value FROM meta WHERE name = ?", (name,))
        return str(row[0]) if row else ""

    def set_meta(self, name: str, value: str) -> None:
        """Set a small fact, inside `writing`."""
        self.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def check(self) -> None:
        """Look through the whole file.

        Raises:
            DamagedStore: it is not sound.
        """
        rows = self.rows("PRAGMA quick_check(1)")
        if rows != [("ok",)]:
            raise DamagedStore(f"The database {self.path} is damaged.", next_step="mailwatch run")

    def version(self) -> int:
        """How many migrations the file has seen."""
        row = self.one("PRAGMA user_version")
        return int(row[0]) if row else 0

    def migrate(self, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """Bring the tables up to date, one transaction a migration.

        Raises:
            StoreError: the file was written by a newer mailwatch.
        """
        if self.version() > len(migrations):
            raise StoreError(
                f"{self.path} was written by a newer mailwatch, so this one leaves it alone.",
                next_step="upgrade mailwatch",
            )
        while self.version() < len(migrations):
            with self.writing(facts=False, durable=True):
                version = self.version()  # another process may have been quicker
                if version < len(migrations):
                    for statement in migrations[version].statements:
                        self.write(statement)

    def compact(self) -> None:
        """Write the file anew without what was deleted, and empty the write-ahead log."""
        with explained(self.path):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def copy_to(self, path: Path) -> None:
        """Write a compact, sound copy to a file that does not exist yet."""
        with explained(self.path):
            self._connection.execute("VACUUM INTO ?", (str(path),))


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences.

    Raises:
        DamagedStore: the file is not sound.
        StoreError: any other failure.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _store_error(path, error) from error


def _store_error(path: Path, error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR
    kind = code & 0xFF
    if kind in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return DamagedStore(f"The database {path} is damaged.", next_step="mailwatch run")
    if kind in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreError(
            f"Another program is writing to {path}, so nothing was changed.", next_step="try again in a moment"
        )
    if kind == sqlite3.SQLITE_FULL:
        return StoreError(
            f"There is no space left for {path}, so nothing was changed.", next_step="free some disk space"
        )
    if kind in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return StoreError(
            f"{path} can't be written, so nothing was changed.", next_step=f"check who owns {path.parent}"
        )
    return StoreError(
        f"The database {path} failed ({error}).", next_step="check the disk, then mailwatch run: it mends what it can"
    )
