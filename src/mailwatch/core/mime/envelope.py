"""Header blocks and raw messages to envelopes. Cheap, and never raises on any bytes."""

from __future__ import annotations

import hashlib
from datetime import datetime

from mailwatch.core.mime.automation import automation_from_headers
from mailwatch.core.mime.headers import Headers, date_from_header, split_message
from mailwatch.core.mime.mailboxes import mailboxes_from_header
from mailwatch.core.mime.structure import outline_from_raw
from mailwatch.core.model import Envelope, Mailbox, MessageId, MessageRef, SpecialUse, ThreadId
from mailwatch.core.text import one_line

_TRACES = ("received", "delivered-to", "x-received", "return-path")
_ATTACHMENTS = 50
_CALENDAR_KINDS = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"})


def envelope_from_header(
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
    """The envelope of a header block; at most its first 256,000 bytes are read.

    Args:
        header: the block, with or without the empty line after it.
        received: when the server got it; without it the topmost Received field is asked.
        calendar, attachments: what the backend knows of the structure; file names as they come (RFC 2047 allowed).
    """
    headers = Headers(split_message(header)[0])
    names = tuple(one_line(name, 255) for name in attachments[:_ATTACHMENTS])
    return _envelope(headers, ref, role, received, thread, size, calendar=calendar, attachments=names)


def envelope_from_raw(raw: bytes, *, ref: MessageRef, role: SpecialUse, received: datetime | None = None) -> Envelope:
    """The envelope of a whole message, or of as much of it as there is: header and structure, nothing decoded."""
    outline = outline_from_raw(raw)
    outline.headers.believe(
        next((charset for leaf in outline.leaves if (charset := leaf.parameters.get("charset"))), None)
    )
    names = tuple(name for leaf in outline.leaves if leaf.inside != "forwarded" and (name := leaf.filename[:255]))
    calendar = any(is_calendar(leaf.kind, leaf.filename) for leaf in outline.leaves)
    return _envelope(
        outline.headers, ref, role, received, None, len(raw), calendar=calendar, attachments=names[:_ATTACHMENTS]
    )


def is_calendar(kind: str, filename: str) -> bool:
    """Is a part of this type and name a calendar object?"""
    return kind in _CALENDAR_KINDS or filename.casefold().endswith((".ics", ".vcs", ".ifb"))


def _envelope(
    headers: Headers,
    ref: MessageRef,
    role: SpecialUse,
    received: datetime | None,
    thread: ThreadId | None,
    size: int | None,
    *,
    calendar: bool,
    attachments: tuple[str, ...],
) -> Envelope:
    date, offset = date_from_header(headers.text("date"))
    answered = headers.message_ids("in-reply-to")
    return Envelope(
        id=headers.own_id() or _made_up_id(headers),
        ref=ref,
        role=role,
        subject=headers.text("subject"),
        sender=next(iter(_boxes(headers, "from") or _boxes(headers, "sender")), None),
        to=_boxes(headers, "to"),
        cc=_boxes(headers, "cc"),
        bcc=_boxes(headers, "bcc"),
        reply_to=_boxes(headers, "reply-to"),
        date=date,
        received=received or _received(headers),
        zone_offset_minutes=offset,
        in_reply_to=answered[0] if answered else None,
        references=headers.message_ids("references"),
        thread=thread,
        size=size,
        transited=any(name in headers for name in _TRACES),
        calendar=calendar,
        attachments=attachments,
        automation=automation_from_headers(headers),
    )


def _boxes(headers: Headers, name: str) -> tuple[Mailbox, ...]:
    fields = headers.every(name)[:3]
    if not fields:
        return ()
    if len(fields) == 1 and fields[0].isascii():
        return mailboxes_from_header(fields[0])
    return tuple(box for raw in fields for box in mailboxes_from_header(raw, None if raw.isascii() else headers.hint))


def _received(headers: Headers) -> datetime | None:
    for raw in headers.every("received")[:1]:
        return date_from_header(raw.rpartition(b";")[2].decode("ascii", "replace"))[0]
    return None


def _made_up_id(headers: Headers) -> MessageId:
    """For a message without an id: the same for the same message wherever it lies."""
    fields = b"\x1f".join(headers.raw(name) for name in ("date", "from", "subject", "received"))
    return MessageId(f"<sha256:{hashlib.sha256(fields).hexdigest()[:40]}@mailwatch.invalid>")
