"""The parser that everybody else uses: mail and calendars are read in a process of their own, within limits.

`WorkerParser` is for real mail: one child process, 512 MB and ten seconds for an item. Whatever an item does to it —
endless work, endless memory, a crash in C — the item is Unreadable, and the next one gets a new child. `InlineParser`
does the same work in this process, for tests and for a user's own files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar, cast

from mailwatch.core.ics import ParsedCalendar
from mailwatch.core.model import Envelope, Fetched, Message, MessageRef, SpecialUse, ThreadId, Window
from mailwatch.sandbox.child import Worker
from mailwatch.sandbox.work import (
    CALENDAR_BYTES,
    MESSAGE_BYTES,
    CalendarWork,
    EnvelopeWork,
    HeaderWork,
    Many,
    MessageWork,
    Unreadable,
    Work,
    broken_by,
)

__all__ = ["HeaderWork", "InlineParser", "Parser", "Unreadable", "WorkerParser"]


class Parser(Protocol):
    """Bytes in, records out. Every method raises Unreadable for an item that can't be read, and only for that item."""

    def envelope(self, raw: bytes, *, ref: MessageRef, role: SpecialUse, received: datetime | None = None) -> Envelope:
        """The envelope of a whole message, or of its beginning."""
        ...

    def envelopes(self, items: Sequence[tuple[bytes, MessageRef, SpecialUse]]) -> tuple[Envelope | Unreadable, ...]:
        """The envelopes of many messages, or of their beginnings, in this order; many at once cost half as much."""
        ...

    def envelope_from_header(
        self,
        header: bytes,
        *,
        ref: MessageRef,
        role: SpecialUse,
        received: datetime | None = None,
        thread: ThreadId | None = None,
        size: int | None = None,
        calendar: bool = False,
        attachments: tuple[str, ...] = (),
    ) -> Envelope:
        """The envelope of a header block, with what a server says about the rest."""
        ...

    def headers(self, items: Sequence[HeaderWork]) -> tuple[Envelope | Unreadable, ...]:
        """The envelopes of many such header blocks, in this order."""
        ...

    def message(self, fetched: Fetched, envelope: Envelope, *, outgoing: bool, zone: str) -> Message:
        """A fetched message, ready for reading. zone: the user's IANA zone."""
        ...

    def messages(
        self, items: Sequence[tuple[Fetched, Envelope, bool]], *, zone: str
    ) -> tuple[Message | Unreadable, ...]:
        """Many fetched messages, each with its envelope and whether it is outgoing, in this order."""
        ...

    def calendar(self, data: bytes, *, window: Window, zone: str) -> ParsedCalendar:
        """A whole calendar's occurrences in a window."""
        ...


T = TypeVar("T")
_TOGETHER: dict[Any, Any] = {Envelope: tuple[Envelope | str, ...], Message: tuple[Message | str, ...]}
SECONDS = 10.0
MEMORY = 512 << 20


class _Doing(Protocol):
    def __call__(self, work: Work, kind: type[T], /) -> T: ...


class _Methods:
    """The methods of a parser, over one function that does a piece of work."""

    def __init__(self, done: _Doing) -> None:
        self._done = done

    def envelope(self, raw: bytes, *, ref: MessageRef, role: SpecialUse, received: datetime | None = None) -> Envelope:
        """See Parser."""
        return self._done(EnvelopeWork(raw[:MESSAGE_BYTES], ref, role, received), Envelope)

    def envelopes(self, items: Sequence[tuple[bytes, MessageRef, SpecialUse]]) -> tuple[Envelope | Unreadable, ...]:
        """See Parser."""
        return self._each([EnvelopeWork(raw[:MESSAGE_BYTES], ref, role, None) for raw, ref, role in items], Envelope)

    def envelope_from_header(
        self,
        header: bytes,
        *,
        ref: MessageRef,
        role: SpecialUse,
        received: datetime | None = None,
        thread: ThreadId | None = None,
        size: int | None = None,
        calendar: bool = False,
        attachments: tuple[str, ...] = (),
    ) -> Envelope:
        """See Parser."""
        return self._done(HeaderWork(header, ref, role, received, thread, size, calendar, attachments), Envelope)

    def headers(self, items: Sequence[HeaderWork]) -> tuple[Envelope | Unreadable, ...]:
        """See Parser."""
        return self._each(items, Envelope)

    def message(self, fetched: Fetched, envelope: Envelope, *, outgoing: bool, zone: str) -> Message:
        """See Parser."""
        return self._done(MessageWork(_capped(fetched), envelope, outgoing, zone), Message)

    def messages(
        self, items: Sequence[tuple[Fetched, Envelope, bool]], *, zone: str
    ) -> tuple[Message | Unreadable, ...]:
        """See Parser."""
        works = [MessageWork(_capped(fetched), envelope, outgoing, zone) for fetched, envelope, outgoing in items]
        return self._each(works, Message)

    def _each(
        self, items: Sequence[EnvelopeWork | HeaderWork | MessageWork], kind: type[T]
    ) -> tuple[T | Unreadable, ...]:
        """All items in one trip. Where one of them takes all down with it, each is asked for by itself."""
        try:
            done: tuple[T | str, ...] = self._done(Many(tuple(items)), _TOGETHER[kind])
        except Unreadable:
            return tuple(self._one(item, kind) for item in items)
        return tuple(Unreadable(each) if isinstance(each, str) else each for each in done)

    def _one(self, item: Work, kind: type[T]) -> T | Unreadable:
        try:
            return self._done(item, kind)
        except Unreadable as unreadable:
            return unreadable

    def calendar(self, data: bytes, *, window: Window, zone: str) -> ParsedCalendar:
        """See Parser."""
        if len(data) > CALENDAR_BYTES:
            raise Unreadable("is larger than 128 MB")
        return self._done(CalendarWork(data, window, zone), ParsedCalendar)


def _capped(fetched: Fetched) -> Fetched:
    if fetched.raw is None or len(fetched.raw) <= MESSAGE_BYTES:
        return fetched
    return replace(fetched, raw=fetched.raw[:MESSAGE_BYTES])


class InlineParser(_Methods):
    """Reads in this process. For tests, and for files that the user names."""

    def __init__(self) -> None:
        super().__init__(_done_here)


class WorkerParser(_Methods):
    """Reads in a worker process, which starts with the first item and ends with `close` or the `with` block.

    Args:
        seconds: the longest an item may take.
        memory: bytes of address space for the worker.

    Raises:
        MailwatchError: from any method, if no process can be started.
    """

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._worker = Worker(seconds, memory)
        super().__init__(self._worker.done)

    def close(self) -> None:
        """End the worker. Safe to call twice; the next item starts a new one."""
        self._worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _done_here(work: Work, _kind: type[T], /) -> T:
    try:
        return cast("T", work.done())
    except Exception as error:
        raise Unreadable(broken_by(error)) from error
