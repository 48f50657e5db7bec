"""The ledger: every draft of ours and every state it has been in, mirrored in `drafted.log`.

A change is written to the log first and then to the database. Where the two differ (a crash in between, a lost or an
old database, a lost log), `reconcile` takes the newer copy of each row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC

from mailwatch.core.model import Address, DraftKey, DraftSeen, LedgerRow, LedgerState
from mailwatch.store.database import Database
from mailwatch.store.drafted_log import DraftedLog, Entry, RowId
from mailwatch.store.records import Codec

_LOG_SIZE = "drafted_log_size"
_ROWS: Codec[LedgerRow] = Codec(LedgerRow)
_LISTINGS: Codec[tuple[DraftSeen, ...]] = Codec(tuple[DraftSeen, ...])


class Ledger:
    """The ledger tables of a database and their mirror."""

    def __init__(self, database: Database, log: DraftedLog) -> None:
        self._database = database
        self._log = log

    def rows(self) -> tuple[LedgerRow, ...]:
        """Every row in its present state, in the order in which the drafts were first intended."""
        return tuple(entry.row for entry in self._entries().values())

    def put(self, *rows: LedgerRow) -> None:
        """Write down new states of rows. When this returns they survive a power loss.

        Raises:
            StoreError: they may be in the log, and are not in the database; `reconcile` settles it.
        """
        known = self._changes()
        entries = [Entry(row, known.get((row.key, row.revision), 0) + 1) for row in rows]
        with self._database.writing(durable=True):
            size = self._log.append(entries)
            self._keep(entries)
            self._database.set_meta(_LOG_SIZE, str(size))

    def forget(self, doomed: Callable[[LedgerRow], bool]) -> None:
        """Erase rows, their history and their lines in the log: for the user's `forget` alone."""
        with self._database.writing(durable=True):
            entries = self._entries()
            gone = [entry.id for entry in entries.values() if doomed(entry.row)]
            self._database.write_many("DELETE FROM ledger WHERE key = ? AND revision = ?", gone)
            self._database.write_many("DELETE FROM ledger_history WHERE key = ? AND revision = ?", gone)
            size = self._log.rewrite(entry for identity, entry in entries.items() if identity not in set(gone))
            self._database.set_meta(_LOG_SIZE, str(size))

    def reconcile(self) -> int:
        """Bring ledger and log to the same, newer state; how many rows the ledger learnt.

        Cheap where nothing happened: the log is then as long as the database remembers.
        """
        if self._database.meta(_LOG_SIZE) == str(self._log.size()):
            return 0
        with self._database.writing(durable=True):
            logged, known = self._log.entries(), self._entries()
            news = [entry for identity, entry in logged.items() if _newer(entry, known.get(identity))]
            self._keep(news)
            merged = {**known, **{entry.id: entry for entry in news}}
            behind = any(_newer(entry, logged.get(identity)) for identity, entry in merged.items())
            size = self._log.rewrite(merged.values()) if behind else self._log.size()
            self._database.set_meta(_LOG_SIZE, str(size))
        return len(news)

    def history(self, key: DraftKey) -> tuple[tuple[int, LedgerState, str], ...]:
        """The states that the letters for an obligation have been in: (revision, state, UTC instant), oldest first."""
        rows = self._database.rows("SELECT revision, state, at FROM ledger_history WHERE key = ? ORDER BY n", (key,))
        return tuple((revision, LedgerState(state), at) for revision, state, at in rows)

    def see_drafts(self, account: Address, drafts: tuple[DraftSeen, ...]) -> None:
        """Keep the newest complete listing of an account's drafts."""
        listing = _LISTINGS.encode(drafts)
        known = self._database.one("SELECT listing FROM drafts_seen WHERE account = ?", (account,))
        if known is None or known[0] != listing:
            with self._database.writing():
                self._database.write("INSERT OR REPLACE INTO drafts_seen VALUES (?, ?)", (account, listing))

    def drafts_seen(self) -> tuple[DraftSeen, ...]:
        """All drafts of all accounts as last listed, ours and the user's own."""
        listings = self._database.rows("SELECT listing FROM drafts_seen ORDER BY account")
        return tuple(draft for (listing,) in listings for draft in _LISTINGS.decode(listing))

    def _keep(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            row = entry.row
            self._database.write(
                """INSERT INTO ledger VALUES (?, ?, ?, ?, ?) ON CONFLICT (key, revision)
                   DO UPDATE SET change = excluded.change, state = excluded.state, entry = excluded.entry""",
                (row.key, row.revision, entry.change, row.state.value, _ROWS.encode(row)),
            )
            self._database.write(
                "INSERT INTO ledger_history (key, revision, change, state, at) VALUES (?, ?, ?, ?, ?)",
                (row.key, row.revision, entry.change, row.state.value, row.at.astimezone(UTC).isoformat()),
            )

    def _entries(self) -> dict[RowId, Entry]:
        rows = self._database.rows("SELECT change, entry FROM ledger ORDER BY rowid")
        entries = (Entry(_ROWS.decode(data), change) for change, data in rows)
        return {entry.id: entry for entry in entries}

    def _changes(self) -> dict[RowId, int]:
        rows = self._database.rows("SELECT key, revision, change FROM ledger")
        return {(DraftKey(key), revision): change for key, revision, change in rows}


def _newer(entry: Entry, than: Entry | None) -> bool:
    return than is None or entry.change > than.change
