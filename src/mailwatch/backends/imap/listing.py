"""What is asked of every message, and what its answer says: an envelope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailwatch.backends.imap import replies
from mailwatch.backends.imap.cursor import ref_of
from mailwatch.backends.imap.folders import Folder
from mailwatch.backends.imap.replies import Value
from mailwatch.backends.imap.session import Session
from mailwatch.backends.imap.structure import signs_of
from mailwatch.core.model import Envelope, MessageRef, SpecialUse, ThreadId
from mailwatch.sandbox import HeaderWork, Parser, Unreadable

_TRIP = 2_000_000  # bytes in one trip to the parser
LARGEST_HEADER = 262_144  # of one message: a longer one is read past
# Servers repeat this list with every message. What stands in the structure (Content-Type) and what only some robots write
# is left out: robots like these are no employers.
_FIELDS = (
    "FROM SENDER REPLY-TO TO CC BCC SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES RETURN-PATH DELIVERED-TO AUTO-SUBMITTED "
    "PRECEDENCE LIST-ID LIST-UNSUBSCRIBE X-FAILED-RECIPIENTS X-AUTOREPLY X-AUTORESPOND"
)
# Whole, not from byte to byte: some servers cut only the first message's fields rightly.
HEADER = f"BODY.PEEK[HEADER.FIELDS ({_FIELDS})]".encode()
DRAFT_HEADER = b"BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES)]"
READING_HEADER = f"BODY.PEEK[HEADER.FIELDS ({_FIELDS} DKIM-SIGNATURE AUTHENTICATION-RESULTS)]".encode()
_BASE = b"UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE "


def listed_items(session: Session) -> bytes:
    """The items of a FETCH that lists messages."""
    gmail = b"X-GM-THRID X-GM-LABELS " if session.can("X-GM-EXT-1") else b""
    return b"(" + _BASE + gmail + HEADER + b")"


def header_in(message: dict[bytes, Value]) -> bytes:
    """The header fields of a message, whatever a server has made of their names in the answer."""
    found = next((value for name, value in message.items() if name.startswith(b"BODY[HEADER.FIELDS")), None)
    return found if isinstance(found, bytes) else b""


@dataclass(frozen=True, slots=True)
class Listed:
    """One message of a folder, before its header is read."""

    folder: Folder
    validity: int
    items: dict[bytes, Value]

    @property
    def uid(self) -> int:
        """Its UID."""
        return replies.number(self.items, b"UID")

    @property
    def ref(self) -> str:
        """Where it lies."""
        return ref_of(self.folder.name, self.validity, self.uid)

    @property
    def flags(self) -> frozenset[bytes]:
        """Its flags."""
        return replies.flags(self.items)

    @property
    def received(self) -> datetime | None:
        """When the server got it."""
        return replies.internal_date(self.items)

    @property
    def role(self) -> SpecialUse:
        """The folder's use; in Gmail's All Mail what the labels say."""
        if self.folder.use is not SpecialUse.ALL:
            return self.folder.use
        labels = replies.labels(self.items)
        for label, use in (
            (rb"\draft", SpecialUse.DRAFTS),
            (rb"\sent", SpecialUse.SENT),
            (rb"\inbox", SpecialUse.INBOX),
        ):
            if label in labels:
                return use
        return SpecialUse.ALL

    @property
    def is_draft(self) -> bool:
        """A draft is a draft in any folder; in Sent the flag is only what a mail program forgot to take away."""
        role = self.role
        return role is SpecialUse.DRAFTS or (rb"\draft" in self.flags and role is not SpecialUse.SENT)

    def heading(self) -> HeaderWork:
        """What the parser is given for its envelope."""
        calendar, names, report = signs_of(replies.words(self.items, b"BODYSTRUCTURE"))
        thread = replies.words(self.items, b"X-GM-THRID").decode("ascii", "replace")
        return HeaderWork(
            _with_report(header_in(self.items), report) if report else header_in(self.items),
            MessageRef(self.ref),
            self.role,
            self.received,
            ThreadId(thread) if thread else None,
            replies.number(self.items, b"RFC822.SIZE") or None,
            calendar,
            names,
        )


def envelopes_of(listed: Sequence[Listed], parser: Parser) -> Iterator[tuple[Listed, Envelope | Unreadable]]:
    """Their envelopes, in as few trips to the parser as their bytes allow."""
    part: list[HeaderWork] = []
    size = done = 0
    for each in listed:
        part.append(each.heading())
        size += len(part[-1].header)
        if size >= _TRIP:
            yield from zip(listed[done : done + len(part)], parser.headers(part), strict=True)
            part, size, done = [], 0, done + len(part)
    yield from zip(listed[done:], parser.headers(part) if part else (), strict=True)


def _with_report(header: bytes, report: str) -> bytes:
    """The header fields of a delivery report or receipt say so themselves; here the structure does (RFC 6522)."""
    if not re.fullmatch(r"[a-z-]{1,40}", report.lower()):
        return header
    return header.rstrip(b"\r\n") + f"\r\nContent-Type: multipart/report; report-type={report}\r\n".encode()
