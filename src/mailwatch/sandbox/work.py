"""The pieces of work that cross over to the worker, and what comes back: plain records, never code."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

import msgspec

from mailwatch.core.ics import ParsedCalendar, calendar_from_ics
from mailwatch.core.mime import envelope_from_header, envelope_from_raw, message_from_fetched
from mailwatch.core.model import Envelope, Fetched, Message, MessageRef, SpecialUse, ThreadId, Window

MESSAGE_BYTES = 25_000_001  # one more than the core reads, so that it notices and says so
CALENDAR_BYTES = 128 << 20


class Unreadable(Exception):
    """An item can't be read.

    Args:
        reason: why, as a phrase ("takes longer than 10 seconds"); never words from the item.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def broken_by(error: Exception) -> str:
    """The reason for an item that the parser failed on. The error's own words may quote the item: they are left out."""
    return "needs too much memory" if isinstance(error, MemoryError) else f"breaks the parser ({type(error).__name__})"


class EnvelopeWork(msgspec.Struct, frozen=True, array_like=True, tag="envelope"):
    """A message or its beginning, to its envelope."""

    raw: bytes
    ref: MessageRef
    role: SpecialUse
    received: datetime | None

    def done(self) -> Envelope:
        """The envelope."""
        return envelope_from_raw(self.raw, ref=self.ref, role=self.role, received=self.received)


class HeaderWork(msgspec.Struct, frozen=True, array_like=True, tag="header"):
    """A header block, to an envelope."""

    header: bytes
    ref: MessageRef
    role: SpecialUse
    received: datetime | None
    thread: ThreadId | None
    size: int | None
    calendar: bool
    attachments: tuple[str, ...]

    def done(self) -> Envelope:
        """The envelope."""
        return envelope_from_header(
            self.header,
            ref=self.ref,
            role=self.role,
            received=self.received,
            thread=self.thread,
            size=self.size,
            calendar=self.calendar,
            attachments=self.attachments,
        )


class MessageWork(msgspec.Struct, frozen=True, array_like=True, tag="message"):
    """A fetched message, to a Message."""

    fetched: Fetched
    envelope: Envelope
    outgoing: bool
    zone: str

    def done(self) -> Message:
        """The message."""
        return message_from_fetched(self.fetched, self.envelope, outgoing=self.outgoing, zone=self.zone)


class Many(msgspec.Struct, frozen=True, array_like=True, tag="many"):
    """Many items of one kind: a trip to the worker for all of them."""

    items: tuple[EnvelopeWork | HeaderWork | MessageWork, ...]

    def done(self) -> tuple[Envelope | Message | str, ...]:
        """The records in this order; a reason stands for one that can't be read."""
        return tuple(_done_or_reason(item) for item in self.items)


def _done_or_reason(item: EnvelopeWork | HeaderWork | MessageWork) -> Envelope | Message | str:
    try:
        return item.done()
    except MemoryError:
        raise  # the worker leaves after it, and each item is asked for by itself
    except Exception as error:  # noqa: BLE001 - whatever an item does to the parser, it is named and the next one comes
        return broken_by(error)


class CalendarWork(msgspec.Struct, frozen=True, array_like=True, tag="calendar"):
    """A calendar, to its occurrences in a window."""

    data: bytes
    window: Window
    zone: str

    def done(self) -> ParsedCalendar:
        """The calendar."""
        return calendar_from_ics(self.data, window=self.window, zone=self.zone)


Work: TypeAlias = EnvelopeWork | HeaderWork | MessageWork | Many | CalendarWork
