"""From the beginnings of messages to their envelopes, for every look at mail on this computer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from mailwatch.backends.maildir.files import Head
from mailwatch.core.model import Envelope, MessageRef, SpecialUse
from mailwatch.sandbox import Parser, Unreadable

_TOGETHER = 50  # beginnings that cross over to the parser at once: 1.6 MB of them


class Place(Protocol):
    """The folder of a message, as a status line and a parser need it."""

    @property
    def shown(self) -> str:
        """The name."""
        ...

    @property
    def use(self) -> SpecialUse:
        """What it is for."""
        ...


class New(Protocol):
    """A message that was not seen before."""

    @property
    def folder(self) -> Place:
        """Where it lies."""
        ...

    @property
    def ref(self) -> MessageRef:
        """The backend's name for it."""
        ...


N = TypeVar("N", bound=New)


def envelopes_from_heads(
    page: Sequence[N],
    begun: Callable[[N], tuple[N, Head] | None],
    parser: Parser,
    since: datetime,
    problems: Counter[str],
) -> tuple[Envelope, ...]:
    """The envelopes of one page, without what is older than `since`; what can't be understood is counted.

    Args:
        begun: a message with its beginning; None where it is to be passed over.
    """
    envelopes: list[Envelope] = []
    for start in range(0, len(page), _TOGETHER):
        some = [each for new in page[start : start + _TOGETHER] if (each := begun(new)) is not None]
        envelopes += _parsed(some, parser, since, problems)
    return tuple(envelopes)


def _parsed(
    begun: Sequence[tuple[New, Head]], parser: Parser, since: datetime, problems: Counter[str]
) -> Iterator[Envelope]:
    envelopes = parser.envelopes([(head.data, new.ref, new.folder.use) for new, head in begun])
    for (new, head), envelope in zip(begun, envelopes, strict=True):
        if isinstance(envelope, Unreadable):
            problems[f"in {new.folder.shown} can't be understood"] += 1
        elif (completed := _completed(envelope, head, since)) is not None:
            yield completed


def _completed(envelope: Envelope, head: Head, since: datetime) -> Envelope | None:
    received = head.modified if envelope.at is None else envelope.received
    newest = max(moment for moment in (envelope.date, received) if moment is not None)
    if newest < since:
        return None
    return replace(envelope, size=head.size, received=received, calendar=envelope.calendar or head.invitation)


def problems_in_words(problems: Counter[str]) -> tuple[str, ...]:
    """What could not be read, a phrase each: "2 messages in INBOX can't be understood"."""
    return tuple(
        f"{count} {'message' if count == 1 else 'messages'} {problem}" for problem, count in sorted(problems.items())
    )
