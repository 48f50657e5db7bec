"""The tables, as named migrations. `PRAGMA user_version` counts how many of them a database has seen.

A migration is never edited after a release: a new one is added at the end. Each runs in one transaction and ends by
setting its number, so that a process killed in between leaves the old schema or the new one, never half of it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: its name and the statements that make it."""

    name: str
    statements: tuple[str, ...]


_MAIL = (
    # Small facts about the database itself; `generation` counts the changes of facts.
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "INSERT INTO meta VALUES ('generation', '0')",
    "CREATE TABLE accounts (n INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE) STRICT",
    # verdict: 0 not judged yet, 1 worth reading whole, 2 not worth it (as far as we know now).
    # at: seconds since 1970, NULL where the message bears no date. duplicate: it came under another message's id.
    """CREATE TABLE messages (
        n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER, role TEXT NOT NULL, verdict INTEGER NOT NULL,
        duplicate INTEGER NOT NULL, envelope BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX messages_to_judge ON messages (n) WHERE verdict = 0",
    "CREATE INDEX messages_wanted ON messages (n) WHERE verdict = 1",
    """CREATE TABLE places (
        account INTEGER NOT NULL REFERENCES accounts, ref TEXT NOT NULL, role TEXT NOT NULL,
        message INTEGER NOT NULL REFERENCES messages, PRIMARY KEY (account, ref)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX places_of_message ON places (message)",
    # What the reader reads: a compressed record. kept: when it was fetched.
    "CREATE TABLE inputs (message INTEGER PRIMARY KEY, kept INTEGER NOT NULL, record BLOB NOT NULL) STRICT",
    "CREATE TABLE readings (message INTEGER PRIMARY KEY, version TEXT NOT NULL, reading BLOB NOT NULL) STRICT",
    # Messages that could not be read. cause: 'vanished' (a new place makes it worth another look), 'broken' (it could not
    # be parsed), or the version of the reader that failed on it (another version tries again).
    """CREATE TABLE tombstones (
        message INTEGER PRIMARY KEY, at INTEGER NOT NULL, cause TEXT NOT NULL, reason TEXT NOT NULL
    ) STRICT""",
)

_CALENDAR = (
    # Versions are only ever added.
    """CREATE TABLE event_versions (
        n INTEGER PRIMARY KEY, calendar TEXT NOT NULL, ref TEXT NOT NULL, version BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX event_versions_of_event ON event_versions (calendar, ref, n)",
)

_LEDGER = (
    # change counts the states that a row has been in: of two copies of a row, the higher one is the newer.
    """CREATE TABLE ledger (
        key TEXT NOT NULL, revision INTEGER NOT NULL, change INTEGER NOT NULL, state TEXT NOT NULL, entry BLOB NOT NULL,
        PRIMARY KEY (key, revision)
    ) STRICT""",
    """CREATE TABLE ledger_history (
        n INTEGER PRIMARY KEY, key TEXT NOT NULL, revision INTEGER NOT NULL, change INTEGER NOT NULL,
        state TEXT NOT NULL, at TEXT NOT NULL
    ) STRICT""",
    # Letters that the first run only proposed: they wait for the user's word.
    "CREATE TABLE held (key TEXT PRIMARY KEY, proposal BLOB NOT NULL) STRICT",
    "CREATE TABLE drafts_seen (account TEXT PRIMARY KEY, listing BLOB NOT NULL) STRICT",
)

_WORDS = (
    "CREATE TABLE marks (id TEXT PRIMARY KEY, mark BLOB NOT NULL) STRICT",
    "CREATE TABLE debriefs (n INTEGER PRIMARY KEY, debrief BLOB NOT NULL) STRICT",
    # Apart from the debriefs, so that nothing which reads those can show these.
    "CREATE TABLE private_notes (debrief INTEGER PRIMARY KEY REFERENCES debriefs, notes BLOB NOT NULL) STRICT",
    "CREATE TABLE muted (who TEXT PRIMARY KEY) STRICT",
)

_STATE = (
    "CREATE TABLE cursors (name TEXT PRIMARY KEY, cursor TEXT NOT NULL) STRICT",
    "CREATE TABLE coverage (account TEXT PRIMARY KEY, since TEXT NOT NULL, until TEXT NOT NULL) STRICT",
    "CREATE TABLE problems (name TEXT PRIMARY KEY, problem BLOB NOT NULL) STRICT",
    "CREATE TABLE runs (n INTEGER PRIMARY KEY, at TEXT NOT NULL, report BLOB NOT NULL) STRICT",
    """CREATE TABLE plan (
        one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL, inputs TEXT NOT NULL,
        at TEXT NOT NULL, next_change TEXT, plan BLOB NOT NULL
    ) STRICT""",
)

_PAGE = (
    # The lines of the status after the last run. inputs: what else they rest on.
    """CREATE TABLE page (
        one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL, inputs TEXT NOT NULL,
        at TEXT NOT NULL, until TEXT NOT NULL, lines TEXT NOT NULL
    ) STRICT""",
)

MIGRATIONS = (
    Migration("first tables", (*_MAIL, *_CALENDAR, *_LEDGER, *_WORDS, *_STATE, "PRAGMA user_version = 1")),
    Migration("the last page", (*_PAGE, "PRAGMA user_version = 2")),
)
