"""Small records for tests of the store and the tick."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailwatch.core.model import (
    Address,
    CalendarEvent,
    Direction,
    DraftKey,
    Envelope,
    EventRef,
    EventVersion,
    Fingerprint,
    Kind,
    LedgerRow,
    LedgerState,
    Mailbox,
    Me,
    Message,
    MessageId,
    MessageKind,
    MessageRef,
    Reading,
    SpecialUse,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINE = Address("jordan@home.example")
ME = Me("Jordan Doe", MINE, frozenset({MINE}))


def envelope(number: int = 1, **changes: object) -> Envelope:
    values: dict[str, object] = {
        "id": MessageId(f"<m{number}@acme.example>"),
        "ref": MessageRef(f"INBOX:{number}"),
        "role": SpecialUse.INBOX,
        "subject": f"Subject {number}",
        "sender": Mailbox("Rita Ek", Address("rita@acme.example")),
        "to": (Mailbox("", MINE),),
        "date": NOW - timedelta(hours=1),
    }
    return Envelope(**(values | changes))  # type: ignore[arg-type]


def message(number: int = 1, text: str = "Hello.") -> Message:
    return Message(envelope(number), text)


def reading(number: int = 1, **changes: object) -> Reading:
    return Reading(MessageId(f"<m{number}@acme.example>"), MessageKind.OTHER, Direction.UNKNOWN, **changes)  # type: ignore[arg-type]


def ledger_row(number: int = 1, state: LedgerState = LedgerState.INTENDED, **changes: object) -> LedgerRow:
    values: dict[str, object] = {
        "key": DraftKey(f"{number:032x}"),
        "revision": 1,
        "kind": Kind.THANK_YOU,
        "account": MINE,
        "recipient": Address("rita@acme.example"),
        "state": state,
        "message_id": MessageId(f"<draft{number}@home.example>"),
        "raw": b"To: rita@acme.example\r\n\r\nThank you, Zo\xc3\xab.\r\n",
        "fingerprint": Fingerprint(f"f{number}"),
        "at": NOW,
        "evidence": frozenset({"<m1@acme.example>", "uid-1"}),
    }
    return LedgerRow(**(values | changes))  # type: ignore[arg-type]


def version(ref: str = "e1", *, removed: bool = False, **changes: object) -> EventVersion:
    values: dict[str, object] = {"uid": f"{ref}@acme.example", "start": NOW, "end": NOW + timedelta(hours=1)}
    return EventVersion("work", EventRef(ref), CalendarEvent(**(values | changes)), NOW, removed)  # type: ignore[arg-type]
