"""Messages and calendar entries that are no interview of the user's, as data: `material/negatives/*.toml`.

A case: id, me (a key of ME), and [[case.mail]]s and [[case.event]]s in any order. A mail is written as in mails.py, or
with sent = true and `to` where the user wrote it; each answers the one before it, but for one with unthreaded = true. An
event: title, start on the user's clock, and optional minutes, organizer, guests, text, place, answer (the user's),
status, mailed = true (the case's first mail carries it, too).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from mailwatch.core.model import (
    Attendee,
    CalendarEvent,
    EventRef,
    EventVersion,
    Facts,
    Mail,
    Me,
    Message,
    MessageId,
    MessageRef,
    Place,
    SpecialUse,
)
from mailwatch.core.reading import read
from tests.core.reading.mails import MATERIAL, ME, context, incoming, message_from_table

SEEN = datetime(2026, 9, 10, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Negative:
    """One case: what lies in its mailbox and calendar."""

    id: str
    me: Me
    messages: tuple[Message, ...]
    mails: tuple[Mail, ...]
    events: tuple[EventVersion, ...]

    @property
    def facts(self) -> Facts:
        return Facts(self.me, self.mails, self.events)


def negatives() -> Iterator[Negative]:
    """Every case of every file."""
    for path in sorted((MATERIAL / "negatives").glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield case_from_table(table, ME[table.get("me", "home")])


def case_from_table(table: dict[str, Any], me: Me) -> Negative:
    """One case, whatever it is meant to show: what lies in its mailbox and calendar."""
    events = [
        _event(item, me, f"{table['id']}-{number}@cal.test") for number, item in enumerate(table.get("event", []))
    ]
    carried = tuple(event for item, event in zip(table.get("event", []), events, strict=True) if item.get("mailed"))
    mails: list[Mail] = []
    messages: list[Message] = []
    for number, item in enumerate(table.get("mail", [])):
        message = _sent(item, me) if item.get("sent") else message_from_table(item, me)
        name = MessageId(f"<{table['id']}-{number}@mail.test>")
        before = mails[-1] if mails and not item.get("unthreaded") else None
        whole = _named(message, name, before, carried if number == 0 else ())
        messages.append(whole)
        mails.append(_known(whole, me))
    return Negative(table["id"], me, tuple(messages), tuple(mails), tuple(_listed(event) for event in events))


def _sent(item: dict[str, Any], me: Me) -> Message:
    at = datetime.fromisoformat(item["date"])
    offset = at.utcoffset() or timedelta()
    return incoming(
        item["text"],
        me=me,
        to=item["to"],
        subject=item.get("subject", ""),
        at=at.astimezone(UTC),
        offset=int(offset.total_seconds() // 60),
        outgoing=True,
    )


def _named(message: Message, name: MessageId, before: Mail | None, carried: tuple[CalendarEvent, ...]) -> Message:
    earlier = before.envelope if before else None
    envelope = replace(
        message.envelope,
        id=name,
        ref=MessageRef(name),
        received=message.envelope.date,
        in_reply_to=earlier.id if earlier else None,
        references=(*earlier.references, earlier.id) if earlier else (),
        calendar=bool(carried or message.events),
    )
    requests = tuple(replace(event, method="REQUEST") for event in carried)
    return replace(message, envelope=envelope, events=message.events + requests)


def _known(message: Message, me: Me) -> Mail:
    envelope = message.envelope
    role = SpecialUse.SENT if message.outgoing else SpecialUse.INBOX
    return Mail(envelope, (Place(me.primary, role, envelope.ref),), read(message, context(me)))


def _event(item: dict[str, Any], me: Me, uid: str) -> CalendarEvent:
    start = datetime.fromisoformat(item["start"]).replace(tzinfo=ZoneInfo(me.zone)).astimezone(UTC)
    guests = [Attendee(*parseaddr(guest), "ACCEPTED") for guest in item.get("guests", [])]
    if item.get("organizer"):
        guests.append(Attendee(me.name, me.primary, item.get("answer", "ACCEPTED")))
    return CalendarEvent(
        uid=uid,
        start=start,
        end=start + timedelta(minutes=item.get("minutes", 60)),
        summary=item["title"],
        description=item.get("text", ""),
        location=item.get("place", ""),
        status=item.get("status", "CONFIRMED"),
        tzid="UTC",
        organizer=Attendee(*parseaddr(item["organizer"])) if item.get("organizer") else None,
        attendees=tuple(guests),
    )


def _listed(event: CalendarEvent) -> EventVersion:
    return EventVersion("calendar", EventRef(event.uid), event, SEEN)
