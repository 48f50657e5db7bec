"""The store: one database and one log in the state folder, and the facts that they amount to.

Opening it for a run looks through the whole file first. A damaged database is set aside, the newest sound copy takes
its place, and the log brings the ledger up to date; `notices` says so.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from mailwatch.core.model import Facts, Me
from mailwatch.private_files import private_folder
from mailwatch.store.backups import back_up, back_up_daily, restore_newest, set_aside
from mailwatch.store.calendar import CalendarShelf
from mailwatch.store.database import DATABASE, DamagedStore, Database
from mailwatch.store.drafted_log import DraftedLog
from mailwatch.store.ledger import Ledger
from mailwatch.store.mail import MailShelf
from mailwatch.store.page import Pages
from mailwatch.store.plancache import PlanCache
from mailwatch.store.schema import MIGRATIONS
from mailwatch.store.state import State
from mailwatch.store.words import Words

LOG, BACKUPS = "drafted.log", "backups"


class Store:
    """Everything that mailwatch remembers. Close it after use, or use it in a `with` block.

    notices: what had to be mended when it was opened, one sentence each.
    """

    def __init__(self, database: Database, folder: Path, notices: tuple[str, ...] = ()) -> None:
        self.database = database
        self.folder = folder
        self.notices = notices
        self.mail = MailShelf(database)
        self.calendar = CalendarShelf(database)
        self.ledger = Ledger(database, DraftedLog(folder / LOG))
        self.words = Words(database)
        self.state = State(database)
        self.plans = PlanCache(database)
        self.pages = Pages(database)
        self._facts: tuple[int, Me, Facts] | None = None

    def facts(self, me: Me) -> Facts:
        """Everything known, as the core wants it. Kept until a fact changes."""
        generation = self.database.generation
        if self._facts is None or self._facts[:2] != (generation, me):
            facts = Facts(
                me=me,
                mails=self.mail.mails(),
                events=self.calendar.versions(),
                marks=self.words.marks(),
                debriefs=tuple(debrief for _, debrief in self.words.debriefs()),
                ledger=self.ledger.rows(),
                drafts=self.ledger.drafts_seen(),
            )
            self._facts = generation, me, facts
        return self._facts[2]

    def back_up_daily(self, now: datetime) -> None:
        """Copy the database, once a day."""
        back_up_daily(self.database, self.folder / BACKUPS, now)

    def close(self) -> None:
        """Let go of the files. Safe to call twice."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(folder: Path, *, now: datetime, mend: bool = False, patience: float = 5.0) -> Store:
    """Open the store of a state folder; both are made where they are missing.

    Args:
        mend: look through the whole file, and set it aside for the newest sound copy where it is damaged. Only for
            the holder of the run lock.
        patience: seconds to wait for another process that writes.

    Raises:
        DamagedStore: it is damaged, and was not to be mended.
        StoreError: it can't be opened, or was written by a newer mailwatch.
    """
    private_folder(folder)
    path = folder / DATABASE
    notices: tuple[str, ...] = ()
    try:
        database = _open_database(path, now, check=mend, patience=patience)
    except DamagedStore:
        if not mend:
            raise
        notices = (_mend(path, now),)
        database = _open_database(path, now, check=True, patience=patience)
    try:
        store = Store(database, folder, notices)
        store.ledger.reconcile()
    except BaseException:
        database.close()
        raise
    return store


def _open_database(path: Path, now: datetime, *, check: bool, patience: float) -> Database:
    database = Database(path, patience=patience)
    try:
        if check:
            database.check()
        if 0 < database.version() < len(MIGRATIONS):
            back_up(database, path.parent / BACKUPS, now)
        database.migrate()
    except BaseException:
        database.close()
        raise
    return database


def _mend(path: Path, now: datetime) -> str:
    aside = set_aside(path, now)
    copy = restore_newest(path, path.parent / BACKUPS)
    if copy is None:
        return (
            f"The database was damaged and no sound copy was there, so mail is read anew; the old file is {aside.name}."
        )
    return f"The database was damaged, so the copy {copy.name} took its place; the old file is {aside.name}."
