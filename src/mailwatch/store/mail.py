"""Mail: envelopes and where they lie, what the reader reads of them, and what it read.

A message is known by its Message-ID and lies in one or more places. The first content seen under an id wins; another
content under the same id is kept as a message of its own, flagged.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailwatch.core.model import Address, Envelope, Mail, Message, MessageId, MessageRef, Place, Reading, SpecialUse
from mailwatch.store.database import Database
from mailwatch.store.records import (
    Codec,
    UnreadableRecord,
    bytes_from_envelope,
    bytes_from_record,
    envelope_from_bytes,
    whole_text,
)

VANISHED = "vanished"
BROKEN = "broken"
_UNJUDGED, _WANTED, _IGNORED = 0, 1, 2
_BATCH = 1000
_RANK = {
    SpecialUse.SENT: 0,
    SpecialUse.INBOX: 1,
    SpecialUse.ARCHIVE: 2,
    SpecialUse.ALL: 3,
    SpecialUse.OTHER: 4,
    SpecialUse.TRASH: 5,
    SpecialUse.JUNK: 6,
    SpecialUse.DRAFTS: 7,
}
"""Of several places, the one that says most about a message comes first."""

_Row = tuple[str, int | None, str, int, bytes]
_READINGS: Codec[Reading] = Codec(Reading)
_INPUTS: Codec[Message] = Codec(Message, compressed=True)


class MailShelf:
    """The mail tables of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, account: Address, envelopes: Sequence[Envelope]) -> int:
        """Keep a page of envelopes and their places; how many messages were new. Repeats are harmless."""
        if not envelopes:
            return 0
        rows = [_message_row(envelope) for envelope in envelopes]
        with self._database.writing():
            number = self._account(account)
            new = self._database.write_many(_INSERT_MESSAGE, rows)
            if new < len(rows):
                rows, added = self._split_duplicates(rows, envelopes)
                new += added
            places = [
                (number, whole_text(envelope.ref), envelope.role.value, row[0])
                for envelope, row in zip(envelopes, rows, strict=True)
            ]
            if self._database.write_many(_INSERT_PLACE, places) != new:
                self._note_moves({str(row[0]) for row in rows})
        return new

    def _account(self, account: Address) -> int:
        self._database.write("INSERT OR IGNORE INTO accounts (address) VALUES (?)", (account,))
        row = self._database.one("SELECT n FROM accounts WHERE address = ?", (account,))
        return int(row[0]) if row else 0

    def _split_duplicates(self, rows: list[_Row], envelopes: Sequence[Envelope]) -> tuple[list[_Row], int]:
        """The rows with an id of their own for those whose id belongs to another content; how many of them are new."""
        split, added = [], 0
        for row, envelope in zip(rows, envelopes, strict=True):
            known = self._database.one("SELECT envelope FROM messages WHERE id = ?", (row[0],))
            if known and known[0] != row[-1] and not _same_content(known[0], envelope):
                row = (_duplicate_id(envelope), *row[1:3], 1, row[-1])  # noqa: PLW2901 - the row under its other id
                added += self._database.write_many(_INSERT_MESSAGE, [row])
            split.append(row)
        return split, added

    def _note_moves(self, identities: set[str]) -> None:
        """Where known messages have got new places: their strongest role, and another chance for vanished ones."""
        for identity in identities:
            for number, role, verdict in self._database.rows(
                "SELECT n, role, verdict FROM messages WHERE id = ?", (identity,)
            ):
                self._note_move(number, role, verdict)

    def _note_move(self, number: int, role: str, verdict: int) -> None:
        self._database.write("DELETE FROM tombstones WHERE message = ? AND cause = ?", (number, VANISHED))
        roles = self._database.rows("SELECT DISTINCT role FROM places WHERE message = ?", (number,))
        strongest = min((SpecialUse(found) for (found,) in roles), key=_RANK.__getitem__)
        if strongest.value != role:
            again = _UNJUDGED if verdict == _IGNORED else verdict
            self._database.write(
                "UPDATE messages SET role = ?, verdict = ? WHERE n = ?", (strongest.value, again, number)
            )
            self._database.write("UPDATE readings SET version = '' WHERE message = ?", (number,))

    def judge(self, worth_reading: Callable[[Envelope], bool], knowledge: str, since: datetime) -> int:
        """Decide for each new message whether it is worth reading whole; how many more are.

        Args:
            knowledge: a hash of what the verdicts rest on. When it is another one than last time, messages not older
                than `since` that were not worth reading are judged again.
        """
        if self._database.meta("judged_with") != knowledge:
            with self._database.writing(facts=False):
                self._database.write(
                    "UPDATE messages SET verdict = ? WHERE verdict = ? AND coalesce(at, ?) >= ?",
                    (_UNJUDGED, _IGNORED, int(since.timestamp()), int(since.timestamp())),
                )
                self._database.set_meta("judged_with", knowledge)
        wanted = 0
        while rows := self._database.rows(_TO_JUDGE, (_BATCH,)):
            verdicts = [(_verdict(worth_reading, row), row[0]) for row in rows]
            wanted += sum(verdict == _WANTED for verdict, _ in verdicts)
            with self._database.writing(facts=any(verdict == _WANTED for verdict, _ in verdicts)):
                self._database.write_many("UPDATE messages SET verdict = ? WHERE n = ?", verdicts)
        return wanted

    def unread(self, account: Address, most: int = -1) -> list[tuple[Envelope, tuple[MessageRef, ...]]]:
        """Messages of an account that are worth reading and were not fetched yet, the newest first, with their refs.

        Args:
            most: no more messages than these; negative: all.
        """
        rows = self._database.rows(_UNREAD, (account, most))
        refs: dict[str, list[tuple[int, str, bytes, str]]] = defaultdict(list)
        for identity, role, envelope, ref, place_role in rows:
            refs[identity].append((_RANK[SpecialUse(place_role)], ref, envelope, role))
        found = []
        for identity, places in refs.items():
            places.sort()
            _, ref, envelope, role = places[0]
            found.append(
                (envelope_from_bytes(identity, ref, role, envelope), tuple(MessageRef(place[1]) for place in places))
            )
        return found

    def count_unread(self, account: Address) -> int:
        """How many messages of an account are worth reading and were not fetched yet."""
        return int(self._database.rows(_COUNT_UNREAD, (account,))[0][0])

    def count_to_read(self, version: str) -> int:
        """How many kept inputs this version of the reader has not tried."""
        return int(self._database.rows(_COUNT_TO_READ, (version, version))[0][0])

    def keep_inputs(self, messages: Iterable[Message], now: datetime) -> None:
        """Keep what was fetched of messages, for the reader of today and of tomorrow; and what their headers add to a listing."""
        kept, fetched = int(now.timestamp()), list(messages)
        rows = [(kept, _INPUTS.encode(message), whole_text(message.envelope.id)) for message in fetched]
        if not rows:
            return
        envelopes = [(bytes_from_envelope(each.envelope), whole_text(each.envelope.id)) for each in fetched]
        with self._database.writing():
            self._database.write_many("UPDATE messages SET envelope = ?1 WHERE id = ?2 AND envelope <> ?1", envelopes)
            self._database.write_many(
                "INSERT OR REPLACE INTO inputs (message, kept, record) SELECT n, ?, ? FROM messages WHERE id = ?", rows
            )

    def keep_tombstones(self, reasons: Mapping[MessageId, str], cause: str, now: datetime) -> None:
        """Remember why messages can't be read, so that they are not tried for ever.

        Args:
            cause: VANISHED (a new place makes it worth another look), BROKEN (only `retry` does), or the version of
                the reader that failed (another version tries again).
        """
        if not reasons:
            return
        at = int(now.timestamp())
        rows = [(at, cause, whole_text(reason), whole_text(message)) for message, reason in reasons.items()]
        with self._database.writing():
            self._database.write_many(
                """INSERT OR REPLACE INTO tombstones (message, at, cause, reason)
                   SELECT n, ?, ?, ? FROM messages WHERE id = ?""",
                rows,
            )

    def tombstones(self) -> tuple[tuple[MessageId, str], ...]:
        """Every message that could not be read, and why."""
        rows = self._database.rows("SELECT m.id, t.reason FROM tombstones t JOIN messages m ON m.n = t.message")
        return tuple((MessageId(identity), reason) for identity, reason in rows)

    def broken(self) -> tuple[str, ...]:
        """Why messages can't be read that are where they were, the oldest first: one reason for each."""
        rows = self._database.rows("SELECT reason FROM tombstones WHERE cause != ? ORDER BY at, message", (VANISHED,))
        return tuple(str(reason) for (reason,) in rows)

    def retry(self) -> int:
        """Forget the tombstones, so that the next run tries again; how many there were."""
        with self._database.writing():
            return self._database.write("DELETE FROM tombstones")

    def to_read(self, version: str) -> Iterator[Message]:
        """Every kept input that this version of the reader has not tried. Readings may be kept between two of them."""
        last = 0
        while rows := self._database.rows(_TO_READ, (version, version, last)):
            for number, identity, role, ref, envelope, record in rows:
                last = number
                message = self._input(number, record)
                if message is not None:
                    place = envelope_from_bytes(identity, ref, role, envelope)
                    yield replace(message, envelope=place, outgoing=place.role is SpecialUse.SENT)

    def _input(self, number: int, record: bytes) -> Message | None:
        """A kept input; one of another age that can't be understood is dropped and fetched again."""
        try:
            return _INPUTS.decode(record)
        except UnreadableRecord:
            with self._database.writing():
                self._database.write("DELETE FROM inputs WHERE message = ?", (number,))
            return None

    def keep_readings(self, version: str, readings: Iterable[Reading]) -> None:
        """Keep readings made by one version of the reader; an older one of the same message goes, and its tombstone."""
        rows = [(version, bytes_from_record(reading), whole_text(reading.message)) for reading in readings]
        if not rows:
            return
        with self._database.writing():
            self._database.write_many(
                """INSERT OR REPLACE INTO readings (message, version, reading)
                   SELECT n, ?, ? FROM messages WHERE id = ?""",
                rows,
            )
            self._database.write_many(
                "DELETE FROM tombstones WHERE message = (SELECT n FROM messages WHERE id = ?)",
                [row[2:] for row in rows],
            )

    def mails(self) -> tuple[Mail, ...]:
        """Every message that was worth reading, in the order in which they became known."""
        places = self._places()
        return tuple(
            Mail(
                envelope=envelope_from_bytes(identity, _ref_of(role, places[number]), role, envelope),
                places=tuple(places[number]),
                reading=_reading(reading),
                duplicate_id=bool(duplicate),
                unreadable=reason or "",
            )
            for number, identity, role, duplicate, envelope, reading, reason in self._database.rows(_MAILS)
        )

    def _places(self) -> Mapping[int, list[Place]]:
        places: dict[int, list[Place]] = defaultdict(list)
        for number, account, role, ref in self._database.rows(_PLACES):
            places[number].append(Place(Address(account), SpecialUse(role), MessageRef(ref)))
        return places

    def places_of(self, message: MessageId) -> tuple[Place, ...]:
        """Where a message lies, worth reading or not."""
        rows = self._database.rows(_PLACES_OF, (message,))
        return tuple(Place(Address(account), SpecialUse(role), MessageRef(ref)) for account, role, ref in rows)

    def input_of(self, message: MessageId) -> Message | None:
        """What is kept of a message's text, or None."""
        row = self._database.one(
            "SELECT i.record FROM inputs i JOIN messages m ON m.n = i.message WHERE m.id = ?", (message,)
        )
        if row is None:
            return None
        try:
            return _INPUTS.decode(row[0])
        except UnreadableRecord:
            return None

    def drop_inputs_before(self, instant: datetime) -> int:
        """Drop texts fetched before an instant whose readings are kept; how many."""
        with self._database.writing(facts=False):
            return self._database.write(
                "DELETE FROM inputs WHERE kept < ? AND message IN (SELECT message FROM readings)",
                (int(instant.timestamp()),),
            )

    def counts(self) -> tuple[int, int, int]:
        """How many messages are known, how many of them worth reading, and how many unreadable."""
        known = self._database.one("SELECT count(*) FROM messages")
        wanted = self._database.one("SELECT count(*) FROM messages WHERE verdict = 1")
        unreadable = self._database.one("SELECT count(*) FROM tombstones")
        return (known or (0,))[0], (wanted or (0,))[0], (unreadable or (0,))[0]


_INSERT_MESSAGE = """
    INSERT INTO messages (id, at, role, duplicate, verdict, envelope) VALUES (?, ?, ?, ?, 0, ?)
    ON CONFLICT (id) DO NOTHING"""
_INSERT_PLACE = """
    INSERT INTO places (account, ref, role, message) SELECT ?, ?, ?, n FROM messages WHERE id = ?
    ON CONFLICT (account, ref) DO UPDATE SET role = excluded.role, message = excluded.message
    WHERE role <> excluded.role OR message <> excluded.message"""
_TO_JUDGE = """
    SELECT m.n, m.id, m.role, (SELECT min(ref) FROM places p WHERE p.message = m.n AND p.role = m.role), m.envelope
    FROM messages m WHERE m.verdict = 0 ORDER BY m.n LIMIT ?"""
_UNREAD = """
    SELECT m.id, m.role, m.envelope, p.ref, p.role
    FROM (
      SELECT n, id, role, envelope, at, (SELECT n FROM accounts WHERE address = ?1) AS account
      FROM messages m
      WHERE m.verdict = 1
        AND EXISTS (SELECT 1 FROM places q WHERE q.message = m.n AND q.account = (SELECT n FROM accounts WHERE address = ?1))
        AND NOT EXISTS (SELECT 1 FROM inputs i WHERE i.message = m.n)
        AND NOT EXISTS (SELECT 1 FROM readings r WHERE r.message = m.n)
        AND NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.message = m.n)
      ORDER BY m.at DESC, m.n LIMIT ?2
    ) m JOIN places p ON p.message = m.n AND p.account = m.account
    ORDER BY m.at DESC, m.n"""
_TO_READ = """
    SELECT m.n, m.id, m.role, (SELECT min(ref) FROM places p WHERE p.message = m.n AND p.role = m.role),
           m.envelope, i.record
    FROM inputs i JOIN messages m ON m.n = i.message
    WHERE NOT EXISTS (SELECT 1 FROM readings r WHERE r.message = m.n AND r.version = ?)
      AND NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.message = m.n AND t.cause = ?)
      AND m.n > ? ORDER BY m.n LIMIT 100"""
_COUNT_UNREAD = """
    SELECT count(DISTINCT m.n) FROM messages m JOIN places q ON q.message = m.n JOIN accounts a ON a.n = q.account
    LEFT JOIN inputs i ON i.message = m.n LEFT JOIN readings r ON r.message = m.n LEFT JOIN tombstones t ON t.message = m.n
    WHERE m.verdict = 1 AND a.address = ? AND i.message IS NULL AND r.message IS NULL AND t.message IS NULL"""
_COUNT_TO_READ = """
    SELECT count(*) FROM inputs i
    LEFT JOIN readings r ON r.message = i.message AND r.version = ?
    LEFT JOIN tombstones t ON t.message = i.message AND t.cause = ?
    WHERE r.message IS NULL AND t.message IS NULL"""
_MAILS = """
    SELECT m.n, m.id, m.role, m.duplicate, m.envelope, r.reading, t.reason
    FROM messages m LEFT JOIN readings r ON r.message = m.n LEFT JOIN tombstones t ON t.message = m.n
    WHERE m.verdict = 1 ORDER BY m.n"""
_PLACES = """
    SELECT p.message, a.address, p.role, p.ref
    FROM messages m JOIN places p ON p.message = m.n JOIN accounts a ON a.n = p.account
    WHERE m.verdict = 1 ORDER BY p.message, a.address, p.ref"""
_PLACES_OF = """
    SELECT a.address, p.role, p.ref
    FROM messages m JOIN places p ON p.message = m.n JOIN accounts a ON a.n = p.account
    WHERE m.id = ? ORDER BY a.address, p.ref"""


def _message_row(envelope: Envelope) -> _Row:
    at = envelope.at
    return (
        whole_text(envelope.id),
        int(at.timestamp()) if at else None,
        envelope.role.value,
        0,
        bytes_from_envelope(envelope),
    )


def _content_of(envelope: Envelope) -> tuple[datetime | None, str, str]:
    """What must be equal for two messages with one Message-ID to be the same message."""
    sender = envelope.sender.address if envelope.sender else ""
    return envelope.date, sender, " ".join(envelope.subject.split()).casefold()


def _same_content(stored: bytes, envelope: Envelope) -> bool:
    known = envelope_from_bytes(envelope.id, envelope.ref, envelope.role, stored)
    return _content_of(known) == _content_of(envelope)


def _duplicate_id(envelope: Envelope) -> str:
    """The id of a message that came under an id which belongs to another one: the same whenever it is seen."""
    said = repr((envelope.id, *_content_of(envelope))).encode("utf-8", "replace")
    return f"<{hashlib.blake2b(said, digest_size=16).hexdigest()}@duplicate.invalid>"


def _verdict(worth_reading: Callable[[Envelope], bool], row: tuple[Any, ...]) -> int:
    _, identity, role, ref, envelope = row
    return _WANTED if worth_reading(envelope_from_bytes(identity, ref or "", role, envelope)) else _IGNORED


def _ref_of(role: str, places: Sequence[Place]) -> MessageRef:
    return next((place.ref for place in places if place.role.value == role), MessageRef(""))


def _reading(data: bytes | None) -> Reading | None:
    """A kept reading; one of another age that can't be understood counts as none."""
    try:
        return _READINGS.decode(data) if data is not None else None
    except UnreadableRecord:
        return None
