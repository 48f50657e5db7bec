"""Nouns of mail: addresses, envelopes, messages (RFC 5322), special-use places (RFC 6154)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from mailwatch.core.model.calendar import CalendarEvent

Address = NewType("Address", str)
"""An addr-spec, lower-cased and stripped: `rita@acme.example`. Never empty; absent is None."""
MessageId = NewType("MessageId", str)
"""With its angle brackets, as in the header: `<x@y>`; `<sha256:…@mailwatch.invalid>` where the header is missing."""
ThreadId = NewType("ThreadId", str)
MessageRef = NewType("MessageRef", str)
DraftRef = NewType("DraftRef", str)
Cursor = NewType("Cursor", str)
Fingerprint = NewType("Fingerprint", str)


class SpecialUse(StrEnum):
    """What a folder is for: RFC 6154 attributes, plus INBOX and OTHER (any folder of the user's own)."""

    INBOX = "inbox"
    SENT = "sent"
    ARCHIVE = "archive"
    ALL = "all"
    DRAFTS = "drafts"
    TRASH = "trash"
    JUNK = "junk"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address (RFC 5322 §3.4 `mailbox`). The name may be empty; it is decoded and cleaned."""

    name: str
    address: Address


@dataclass(frozen=True, slots=True)
class Automation:
    """What the headers say about who, or what, wrote a message (RFC 3834, RFC 2919, RFC 2369, RFC 3464).

    auto_reply: an away notice or other automatic answer (Auto-Submitted: auto-replied, X-Autoreply, …).
    generated:  written by a program (Auto-Submitted: auto-generated, known tool headers).
    bounce:     a delivery status notification or other mail from the mail system (null return path, …).
    bulk:       Precedence bulk/list/junk, or list headers with an unsubscribe link.
    list_id:    the List-Id, or "".
    """

    auto_reply: bool = False
    generated: bool = False
    bounce: bool = False
    bulk: bool = False
    list_id: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The header facts of one message in one place. Instants are aware UTC.

    date:      the Date header, or None where it is missing or unreadable.
    received:  when the server got it (INTERNALDATE, top Received header), or None.
    zone_offset_minutes: the offset written in the Date header: the sender's own clock.
    transited: it has a trace header (Received, Delivered-To): it came in over the network.
    calendar:  the structure shows a text/calendar or .ics part.
    attachments: file names of the attachments the structure shows, decoded.
    thread:    the server's own conversation id, or None.
    """

    id: MessageId
    ref: MessageRef
    role: SpecialUse
    subject: str
    sender: Mailbox | None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    date: datetime | None = None
    received: datetime | None = None
    zone_offset_minutes: int | None = None
    in_reply_to: MessageId | None = None
    references: tuple[MessageId, ...] = ()
    thread: ThreadId | None = None
    size: int | None = None
    transited: bool = False
    calendar: bool = False
    attachments: tuple[str, ...] = ()
    automation: Automation = Automation()

    @property
    def at(self) -> datetime | None:
        """When it was written, as far as we can trust it: Date, but never later than a day after receipt."""
        if self.date is None or self.received is None:
            return self.date or self.received
        return self.received if (self.date - self.received).total_seconds() > 86_400 else self.date

    @property
    def recipients(self) -> tuple[Mailbox, ...]:
        """To, Cc and Bcc together."""
        return self.to + self.cc + self.bcc


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a message (RFC 2045). `payload` is transfer-decoded bytes, cut at the caps of DESIGN §4."""

    content_type: str
    payload: bytes
    charset: str | None = None
    filename: str | None = None
    attachment: bool = False
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a backend fetched of one message: its header block and the parts worth reading.

    Either `raw` holds the whole message (then `header` and `parts` may be empty), or `header` and `parts` hold
    what was asked for. complete: nothing was cut or left out except attachments.
    """

    ref: MessageRef
    header: bytes = b""
    parts: tuple[Part, ...] = ()
    complete: bool = True
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the reader sees it: the reader's whole input, and what the store keeps of a body.

    new_text:   what this author wrote now: no quotation, no forwarded part, no signature block.
    quoted:     the rest of the conversation below it (quotations and forwarded parts), "" where there is none.
    signature:  the author's signature block, "" where there is none.
    events:     calendar objects it carries (iMIP), each with its METHOD.
    dmarc:      "pass", "fail" or "" (Authentication-Results, RFC 8601; only the topmost is believed).
    tool:       header evidence of a sending program (e.g. "google-calendar"), or "".
    problems:   what could not be read, one phrase each.
    outgoing:   it lies in Sent: the user sent it.
    """

    envelope: Envelope
    new_text: str
    quoted: str = ""
    signature: str = ""
    events: tuple[CalendarEvent, ...] = ()
    dmarc: str = ""
    tool: str = ""
    problems: tuple[str, ...] = ()
    outgoing: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies: account address, special use, and the backend's own ref."""

    account: Address
    role: SpecialUse
    ref: MessageRef


@dataclass(frozen=True, slots=True)
class Interest:
    """Words, addresses and domains worth hearing about (core.triage builds it). Lower case.

    A backend with server-side search may skip mail that matches none of them.
    """

    words: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
