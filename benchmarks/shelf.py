"""The store: 20,000 facts written, a status' query among a million messages, and what a message weighs without its text."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.plan import MAIL_A_PROCESS, news
from benchmarks.row import Row
from mailwatch.core.model import Address, MessageId, MessageRef
from mailwatch.store import open_store
from mailwatch.store.database import DATABASE
from tests.job_mail import USER
from tests.job_plans import NOW

MANY = 20_000
MILLION = 1_000_000
"""Written by SQL alone: copies of the first 20,000."""


def rows() -> Iterator[Row]:
    """The rows of this file."""
    sample = news(0)
    envelopes = [
        replace(sample, id=MessageId(f"<{number}.{MAIL_A_PROCESS}@list.example>"), ref=MessageRef(str(number)))
        for number in range(MANY)
    ]
    with tempfile.TemporaryDirectory() as folder:
        with open_store(Path(folder), now=NOW) as store:
            begun = time.process_time()
            for start in range(0, MANY, 1000):
                store.mail.record(Address(USER), envelopes[start : start + 1000])
            yield Row("store: 20,000 envelopes written", time.process_time() - begun, 0.3, "s CPU", 17)
        file = Path(folder, DATABASE)
        with sqlite3.connect(file) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (pages,), (size,) = (
                database.execute("PRAGMA page_count").fetchone(),
                database.execute("PRAGMA page_size").fetchone(),
            )
        yield Row("store: a message without its text", pages * size / MANY, 400, "bytes", 17, steady=True)
        _multiply(file)
        with open_store(Path(folder), now=NOW) as store:
            spans = []
            for _ in range(9):
                begun = time.perf_counter()
                store.state.problems(), store.ledger.rows(), store.words.muted(), store.state.reaches()
                spans.append(time.perf_counter() - begun)
        yield Row("store: a status' queries among 1,000,000 messages", 1000 * sorted(spans)[4], 1, "ms", 17)


def fill(folder: Path, count: int) -> None:
    """Put so many messages, a multiple of 20,000, into the store of a state folder."""
    envelopes = [replace(news(number), ref=MessageRef(str(number))) for number in range(MANY)]
    with open_store(folder, now=NOW) as store:
        for start in range(0, MANY, 1000):
            store.mail.record(Address(USER), envelopes[start : start + 1000])
    _multiply(folder / DATABASE, count)


def _multiply(file: Path, count: int = MILLION) -> None:
    with sqlite3.connect(file) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(messages)") if row[1] not in {"n", "id"}]
        names = ", ".join(columns)
        database.execute(
            f"WITH RECURSIVE times(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM times WHERE k < {count // MANY - 1}) "  # noqa: S608
            f"INSERT INTO messages (id, {names}) SELECT id || k, {names} FROM messages, times"
        )
