"""Forgetting: everything, one account, or one person; out of the database, its copies and the log, bytes included."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from mailwatch.core.model import Address, LedgerRow
from mailwatch.store.lock import RUN
from mailwatch.store.store import BACKUPS, Store

# Whole rows go where one of the words stands in them; all of these are made anew from what is left, or told again.
_RECORDS = (
    ("event_versions", "n", "version"),
    ("marks", "id", "mark"),
    ("held", "key", "proposal"),
    ("problems", "name", "problem"),
    ("runs", "n", "report"),
    ("drafts_seen", "account", "listing"),
)
_OF_MESSAGES = ("places", "inputs", "readings", "tombstones")


def erase_all(folder: Path) -> None:
    """Delete whatever lies in a state folder. Only for the holder of the run lock, whose file goes too: on Windows, where
    nothing goes that is open, it stays, with the number of a process in it and nothing else.
    """
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif hasattr(os, "geteuid") or path.name != RUN:
            path.unlink()


def erase_account(store: Store, account: Address, name: str) -> int:
    """Forget an account: its mail, where it lies nowhere else, its drafts and bookmarks; how many messages went.

    Args:
        name: what the configuration calls it.
    """
    database = store.database
    with database.writing(durable=True):
        database.write("DELETE FROM places WHERE account IN (SELECT n FROM accounts WHERE address = ?)", (account,))
        lost = [
            number for (number,) in database.rows("SELECT n FROM messages WHERE n NOT IN (SELECT message FROM places)")
        ]
        _drop_messages(store, lost)
        database.write("DELETE FROM accounts WHERE address = ?", (account,))
        database.write("DELETE FROM cursors WHERE name = ?", (f"mail:{account}",))
        database.write("DELETE FROM coverage WHERE account = ?", (account,))
        _drop_records(store, (account.encode(),))
        store.state.set_known_accounts(store.state.known_accounts() - {name, account})
        store.ledger.forget(lambda row: row.account == account)
        _drop_plans(store)
    _scrub(store)
    return len(lost)


def erase_person(store: Store, address: Address) -> int:
    """Forget everything that names a person by address, or by a name that went with it; how many messages went.

    What is still in the mailbox stays there, and is known again if it is ever read anew.
    """
    words = tuple(word.casefold().encode() for word in (address, *_names_of(store, address)))
    database = store.database
    with database.writing(durable=True):
        gone = sorted(set(_messages_with(store, words)))
        _drop_messages(store, gone)
        _drop_records(store, words)
        _drop_debriefs(store, words)
        store.words.unmute(address)
        store.ledger.forget(lambda row: _names(row, words))
        _drop_plans(store)
    _scrub(store)
    return len(gone)


def _names_of(store: Store, address: Address) -> set[str]:
    """Display names of at least two words: a single one could be anybody's."""
    names = set()
    for mail in store.mail.mails():
        envelope = mail.envelope
        for box in (envelope.sender, *envelope.to, *envelope.cc):
            if box is not None and box.address == address and " " in box.name.strip():
                names.add(box.name.strip())
    return names


def _messages_with(store: Store, words: Sequence[bytes]) -> Iterator[int]:
    for table, key, column in (
        ("messages", "n", "envelope"), ("readings", "message", "reading"), ("inputs", "message", "record"),
    ):  # fmt: skip
        for number, data in store.database.rows(f"SELECT {key}, {column} FROM {table}"):  # noqa: S608 - names above
            if _holds(data, words):
                yield number


def _drop_messages(store: Store, numbers: Sequence[int]) -> None:
    keys = [(number,) for number in numbers]
    for table in _OF_MESSAGES:
        store.database.write_many(f"DELETE FROM {table} WHERE message = ?", keys)  # noqa: S608 - names above
    store.database.write_many("DELETE FROM messages WHERE n = ?", keys)


def _drop_records(store: Store, words: Sequence[bytes]) -> None:
    for table, key, column in _RECORDS:
        found = store.database.rows(f"SELECT {key}, {column} FROM {table}")  # noqa: S608 - names above
        doomed = [(name,) for name, data in found if _holds(str(name).encode(), words) or _holds(data, words)]
        store.database.write_many(f"DELETE FROM {table} WHERE {key} = ?", doomed)  # noqa: S608 - names above


def _drop_debriefs(store: Store, words: Sequence[bytes]) -> None:
    rows = store.database.rows(
        "SELECT n, d.debrief, notes FROM debriefs AS d LEFT JOIN private_notes AS p ON p.debrief = n"
    )
    doomed = [(n,) for n, debrief, notes in rows if _holds(debrief, words) or (notes and _holds(notes, words))]
    store.database.write_many("DELETE FROM private_notes WHERE debrief = ?", doomed)
    store.database.write_many("DELETE FROM debriefs WHERE n = ?", doomed)


def _drop_plans(store: Store) -> None:
    store.database.write("DELETE FROM plan")
    store.database.write("DELETE FROM page")
    store.database.set_meta("told", "")


def _holds(data: bytes | str, words: Sequence[bytes]) -> bool:
    raw = data.encode() if isinstance(data, str) else data
    with suppress(zlib.error):  # most are not compressed
        raw = zlib.decompress(raw)
    folded = raw.decode("utf-8", "replace").casefold().encode()
    return any(word in folded for word in words)


def _names(row: LedgerRow, words: Sequence[bytes]) -> bool:
    return _holds(row.recipient.encode(), words) or _holds(row.raw, words)


def _scrub(store: Store) -> None:
    """Leave no deleted bytes: in free pages, in the write-ahead log, in the daily copies, or in the log of drafts."""
    shutil.rmtree(store.folder / BACKUPS, ignore_errors=True)
    store.database.compact()
