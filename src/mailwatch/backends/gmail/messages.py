"""A message as Gmail's API shows it: where it lies, its envelope, and the bytes put together again for reading.

The API hands out a tree of parts, already decoded. Text comes as UTF-8 whatever its header says, attachments only on demand. So
the message is written anew from the tree, with the same structure and the same header fields, and read like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mailwatch.backends.gmail.parts import PartNode, decoded, tree_from_payload
from mailwatch.core.model import Envelope, Fetched, MessageRef, SpecialUse, ThreadId
from mailwatch.sandbox import Parser

CALENDAR_LIMIT = 2 << 20
_LIMITS = {"text/plain": 16_384, "text/html": 262_144}
_REPORT_LIMIT = 16_384
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_CHARSET = re.compile(rb"(;\s*charset\s*=\s*)(?:\"[^\"]{0,80}\"|[^\s;]{0,80})", re.IGNORECASE)
_BOUNDARY = re.compile(r";\s*boundary\s*=\s*(?:\"[^\"]*\"|[^\s;]*)", re.IGNORECASE)
_OWN = frozenset({"content-transfer-encoding", "content-length", "mime-version"})
_LABELS = (
    ("SPAM", SpecialUse.JUNK),
    ("SENT", SpecialUse.SENT),
    ("TRASH", SpecialUse.TRASH),
    ("INBOX", SpecialUse.INBOX),
)
ROLE_LABELS = frozenset({"SPAM", "SENT", "TRASH", "INBOX"})
"""Labels that decide what a message is; all others come and go without a trace."""
Attachment = Callable[[str, str], bytes]

# The whole message but for its bodies; and with them.
_PART = "mimeType,filename,headers,body/size"
ENVELOPE_FIELDS = f"id,threadId,labelIds,internalDate,sizeEstimate,payload({_PART},parts({_PART},parts({_PART},parts({_PART},parts({_PART})))))"
WHOLE_FIELDS = "id,threadId,labelIds,internalDate,sizeEstimate,payload"


@dataclass(frozen=True, slots=True)
class Shown:
    """A Message resource. received: when Google accepted it."""

    id: str
    thread: str = ""
    labels: frozenset[str] = frozenset()
    received: datetime | None = None
    size: int | None = None
    payload: PartNode = field(default_factory=PartNode)

    @property
    def weight(self) -> int:
        """Characters of the bodies that came along: nearly all that it takes up."""
        return sum(len(leaf.data) for leaf in self.payload.leaves())


def shown_from(resource: dict[str, Any]) -> Shown:
    """A Message resource as it came. Never raises."""
    labels, size = resource.get("labelIds"), resource.get("sizeEstimate")
    return Shown(
        str(resource.get("id", "")),
        str(resource.get("threadId", "")),
        frozenset(label for label in labels if isinstance(label, str)) if isinstance(labels, list) else frozenset(),
        _instant(str(resource.get("internalDate", ""))),
        size if isinstance(size, int) else None,
        tree_from_payload(resource.get("payload")),
    )


def ref_of(message: str) -> MessageRef:
    """Where a message lies: Gmail's id of it, which no move changes."""
    return MessageRef(f"message/{message}")


def id_of(ref: str) -> str:
    """The message's id in a ref; "" for anything else."""
    found = re.fullmatch(r"message/([A-Za-z0-9_-]{1,200})", ref)
    return found[1] if found else ""


def role_of(labels: frozenset[str]) -> SpecialUse:
    """What its labels make of a message. A message without any of the system's lies in All Mail alone."""
    for label, use in _LABELS:
        if label in labels:
            return use
    if "DRAFT" in labels:
        return SpecialUse.DRAFTS
    own = [label for label in labels if label.startswith("Label_")]
    return SpecialUse.OTHER if own else SpecialUse.ARCHIVE


def envelope_of(shown: Shown, parser: Parser) -> Envelope:
    """The envelope.

    Raises:
        Unreadable: the header breaks the parser.
    """
    leaves = list(shown.payload.leaves())
    return parser.envelope_from_header(
        header_of(shown.payload),
        ref=ref_of(shown.id),
        role=role_of(shown.labels),
        received=shown.received,
        thread=ThreadId(shown.thread) if shown.thread else None,
        size=shown.size,
        calendar=any(leaf.is_calendar for leaf in leaves),
        attachments=tuple(leaf.filename for leaf in leaves if leaf.filename),
    )


def header_of(part: PartNode, *, without: frozenset[str] = frozenset()) -> bytes:
    """The header block of a part, with the empty line after it."""
    lines = [f"{name}: {value}" for name, value in part.fields if name.lower() not in without]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")


def fetched_of(shown: Shown, attachment: Attachment) -> Fetched:
    """The message with its text and calendars.

    Args:
        attachment: fetches the body of a part that did not come along: (message id, attachment id).
    """
    inline = any(leaf.is_calendar and leaf.data for leaf in shown.payload.leaves())
    writer = _Writer(shown.id, attachment, calendars_inline=inline)
    raw = writer.part(shown.payload, top=True)
    return Fetched(ref_of(shown.id), complete=not writer.cut, raw=raw)


class _Writer:
    """Writes one message anew. cut: something was longer than what is read."""

    def __init__(self, message: str, attachment: Attachment, *, calendars_inline: bool) -> None:
        self.cut = False
        self._message = message
        self._attachment = attachment
        self._calendars_inline = calendars_inline

    def part(self, part: PartNode, *, top: bool = False) -> bytes:
        """Header and body."""
        if not part.children:
            return self._leaf(part, top=top)
        lead = _lead(header_of(part, without=_OWN | {"content-type"}), top=top)
        if part.kind == "message/rfc822":
            return lead + _type_of(part, part.kind) + b"\r\n\r\n" + self.part(part.children[0], top=True)
        kind = part.kind if part.kind.startswith("multipart/") else "multipart/mixed"
        parts = [self.part(child) for child in part.children]
        mark = b"=_parts"
        while any(mark in each for each in parts):
            mark += b"_"
        body = b"".join(b"--" + mark + b"\r\n" + each + b"\r\n" for each in parts) + b"--" + mark + b"--\r\n"
        return lead + _type_of(part, kind) + b'; boundary="' + mark + b'"\r\n\r\n' + body

    def _leaf(self, part: PartNode, *, top: bool) -> bytes:
        data = self._data(part)
        header = header_of(part, without=_OWN)
        if not data.isascii() and _is_utf8(data):
            header = _with_charset(header, b"utf-8")
        return _lead(header, top=top) + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + data

    def _data(self, part: PartNode) -> bytes:
        """The decoded bytes worth reading: text, calendars, reports; no attachments."""
        limit = CALENDAR_LIMIT if part.is_calendar else _LIMITS.get(part.kind, _REPORT_LIMIT)
        is_text = part.kind in _LIMITS and not part.filename
        wanted = is_text or part.kind in _REPORTS or (part.is_calendar and not self._calendars_inline)
        data = decoded(part.data)
        if not data and part.attachment and wanted:
            data = self._attachment(self._message, part.attachment)
        if part.filename and not part.is_calendar:
            return b""
        self.cut = self.cut or len(data) > limit
        return data[:limit]


def _instant(stated: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{1,14}", stated):
        return None
    return datetime.fromtimestamp(int(stated) / 1000, UTC)


def _lead(header: bytes, *, top: bool) -> bytes:
    """A header block that goes on."""
    lines = header.rstrip(b"\r\n")
    return (lines + b"\r\n" if lines else b"") + (b"MIME-Version: 1.0\r\n" if top else b"")


def _type_of(part: PartNode, kind: str) -> bytes:
    """The Content-Type line without its end: as it came, but for the boundary, where it says the same kind."""
    stated = _BOUNDARY.sub("", part.field("content-type"))
    return b"Content-Type: " + (stated if stated.lower().startswith(kind) else kind).encode("utf-8", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _with_charset(header: bytes, charset: bytes) -> bytes:
    """The header block with this character set in its Content-Type."""
    lines = header.rstrip(b"\r\n").split(b"\r\n")
    for number, line in enumerate(lines):
        if line.lower().startswith(b"content-type:"):
            changed, count = _CHARSET.subn(rb"\g<1>" + charset, line)
            lines[number] = changed if count else line + b"; charset=" + charset
            return b"\r\n".join(lines)
    return b"\r\n".join([*lines, b"Content-Type: text/plain; charset=" + charset])
