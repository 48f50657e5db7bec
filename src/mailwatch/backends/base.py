"""What a backend is: the Protocols that every mail account and calendar satisfies, and their few records.

Glossary. A *ref* says where a thing sits: opaque, the backend's own, changed by a move. A *cursor* is the backend's
opaque bookmark for "what is new since", one for the whole account (tokens of single folders live inside it).
*Interest* is what the core wants to hear about; a backend with server-side search may skip the rest.

There is no send, no update and no move here, and there never will be. The one removal, `discard_draft`, compares
before it deletes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from mailwatch.core.model import (
    Address,
    CalendarEvent,
    Cursor,
    Draft,
    DraftRef,
    DraftSeen,
    Envelope,
    EventRef,
    Fetched,
    Fingerprint,
    Interest,
    MessageRef,
    Window,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """How backends differ, where the difference matters to callers.

    server_filter:      changes() may leave out mail that can't match the interest.
    native_threads:     envelopes carry the server's own thread ids.
    draft_outlives_send: the draft's ref still names the message after it was sent.
    drafts:             drafts can be saved here (False: read-only).
    local:              nothing crosses a network.
    """

    server_filter: bool = False
    native_threads: bool = False
    draft_outlives_send: bool = False
    drafts: bool = True
    local: bool = False


@dataclass(frozen=True, slots=True)
class Changes(Generic[T]):
    """One page of what is new or changed since a cursor; repeats are harmless.

    cursor:      persist it only after the items are recorded.
    covers_from: everything since this instant has now been yielded, or None while that is not so.
    more:        it stopped early (quota, budget): ask again later and conclude nothing yet.
    removed:     calendars only; mail that was deleted still happened.
    problems:    what could not be read, one phrase each ("2 files in INBOX can't be opened"): no subject, address or
                 secret, fit for a status line. It stands in every page sequence until it is mended, or once where the
                 thing is given up for good.
    """

    items: tuple[T, ...]
    cursor: Cursor
    covers_from: datetime | None = None
    more: bool = False
    removed: frozenset[EventRef] = frozenset()
    problems: tuple[str, ...] = ()


class FoundPlace(StrEnum):
    """Where a draft of ours was found."""

    DRAFTS = "drafts"
    SENT = "sent"
    TRASH = "trash"


@dataclass(frozen=True, slots=True)
class Found:
    """A message in Drafts, Sent or Trash that is, or was, a given draft.

    by: the evidence: "message-id", or, where a client has rewritten the id, "recipient+thread" or "recipient+subject";
        in Sent and Trash these two count only for what is dated no earlier than the draft (`Draft.since`), and in Trash
        for what the user wrote.
    """

    place: FoundPlace
    ref: DraftRef
    by: str
    date: datetime | None = None
    stamp: str = ""
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as the server stored it. link: opens it in the user's client, or a path, or ""."""

    ref: DraftRef
    raw: bytes
    link: str = ""
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """One event as a calendar shows it, under the calendar's own ref."""

    ref: EventRef
    event: CalendarEvent


class MailBackend(Protocol):
    """One mail account."""

    account: Address
    capabilities: Capabilities

    def changes(self, cursor: Cursor | None, *, since: datetime, interest: Interest) -> Iterator[Changes[Envelope]]:
        """Envelopes new since the cursor, in pages.

        MUST cover the watched folders, Sent, Archive/All Mail and Trash. MUST NOT yield drafts. Junk is yielded with
        role junk. It may be abandoned after any page without loss. With `server_filter`, mail that can't match
        `interest` MAY be left out (Sent never); new terms MUST be looked for back to `since`.

        Raises:
            CursorExpired: with the cursor of what can be kept.
            AuthError, TransientError, ProtocolError: the account can't be read.
        """
        ...

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """Headers, text and calendar parts, capped (DESIGN §4), never attachments; what has vanished is skipped.

        MUST NOT change read state.
        """
        ...

    def drafts(self) -> tuple[DraftSeen, ...]:
        """Every draft in Drafts, ours and the user's own: one cheap listing.

        Raises:
            BackendError: the listing is not complete.
        """
        ...

    def find_draft(self, draft: Draft) -> tuple[Found, ...]:
        """Where this draft is now: in Drafts, Sent or Trash. Of several in one place, the one saved first comes first.

        Raises:
            BackendError: one of the three places could not be listed.
        """
        ...

    def save_draft(self, draft: Draft) -> Saved:
        """Store the bytes of `draft.raw` as a draft, in one request that already carries its Message-ID.

        MUST leave the answered message untouched, its read flag included.
        """
        ...

    def read_draft(self, ref: DraftRef) -> bytes | None:
        """The draft's bytes as stored now, or None where it is gone."""
        ...

    def discard_draft(self, ref: DraftRef, *, unchanged_from: Fingerprint) -> bool:
        """Delete the draft if, and only if, its fingerprint is still this one. False: it was left alone."""
        ...

    def close(self) -> None:
        """Let go of connections and files. Safe to call twice."""
        ...


class CalendarBackend(Protocol):
    """One calendar, or several under one name. Read-only."""

    name: str

    def changes(self, cursor: Cursor | None, *, window: Window) -> Iterator[Changes[CalendarItem]]:
        """Events new or changed since the cursor that touch the window; `removed` names refs that are gone.

        Raises:
            CursorExpired, AuthError, TransientError, ProtocolError.
        """
        ...

    def close(self) -> None:
        """Let go of connections and files. Safe to call twice."""
        ...
