"""A message as Gmail's API shows it: its role, its header block, and the bytes put together again for reading.

The API hands out a tree of parts, already decoded. Text comes as UTF-8 whatever its header says, attachments only on demand. So
the message is written anew from the tree, with the same structure and the same header fields, and read like any other.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mailwatch.core.mime import is_calendar
from mailwatch.core.model import Envelope, Fetched, MessageRef, SpecialUse, ThreadId
from mailwatch.sandbox import Parser

PLAIN_LIMIT, HTML_LIMIT, CALENDAR_LIMIT = 16_384, 262_144, 2 << 20
_DEPTH, _PARTS = 32, 500
_BREAKS = re.compile(r"[\r\n\0]+[ \t]*")
_NAME = re.compile(r"[!-9;-~]{1,80}")
_CHARSET = re.compile(rb"(;\s*charset\s*=\s*)(?:\"[^\"]{0,80}\"|[^\s;]{0,80})", re.IGNORECASE)
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
    """A Message resource, with what is read from it at once."""

    resource: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Gmail's own id of it."""
        return str(self.resource.get("id", ""))

    @property
    def thread(self) -> str:
        """Gmail's id of its conversation."""
        return str(self.resource.get("threadId", ""))

    @property
    def labels(self) -> frozenset[str]:
        """The ids of its labels."""
        return frozenset(str(label) for label in self.resource.get("labelIds", ()))

    @property
    def received(self) -> datetime | None:
        """When Google accepted it."""
        stated = str(self.resource.get("internalDate", ""))
        if not stated.isdecimal() or len(stated) > 14:
            return None
        return datetime.fromtimestamp(int(stated) / 1000, UTC)

    @property
    def payload(self) -> Mapping[str, Any]:
        """The tree of its parts."""
        found = self.resource.get("payload", {})
        return found if isinstance(found, dict) else {}

    @property
    def weight(self) -> int:
        """Characters of the bodies that came along: nearly all that it takes up."""
        return sum(len(str((leaf.get("body") or {}).get("data", ""))) for leaf in _leaves(self.payload))


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
    leaves = list(_leaves(shown.payload))
    size = shown.resource.get("sizeEstimate")
    return parser.envelope_from_header(
        header_of(shown.payload),
        ref=ref_of(shown.id),
        role=role_of(shown.labels),
        received=shown.received,
        thread=ThreadId(shown.thread) if shown.thread else None,
        size=size if isinstance(size, int) else None,
        calendar=any(is_calendar(_kind(leaf), str(leaf.get("filename", ""))) for leaf in leaves),
        attachments=tuple(str(name) for leaf in leaves if (name := leaf.get("filename"))),
    )


def header_of(part: Mapping[str, Any], *, without: frozenset[str] = frozenset()) -> bytes:
    """The header block of a part. A value never gets to be more than one line, whatever was encoded in it."""
    lines = []
    for field in part.get("headers") or ():
        name, value = str(field.get("name", "")), _BREAKS.sub(" ", str(field.get("value", "")))
        if _NAME.fullmatch(name) and name.lower() not in without:
            lines.append(f"{name}: {value}".encode("utf-8", "replace"))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def fetched_of(shown: Shown, attachment: Attachment) -> Fetched:
    """The message with its text and calendars.

    Args:
        attachment: fetches the body of a part that did not come along: (message id, attachment id).
    """
    writer = _Writer(shown.id, attachment, calendars_inline=_has_calendar_inline(shown.payload))
    raw = writer.part(shown.payload, top=True)
    return Fetched(ref_of(shown.id), complete=not writer.cut, raw=raw)


class _Writer:
    """Writes one message anew. cut: something was longer than what is read."""

    def __init__(self, message: str, attachment: Attachment, *, calendars_inline: bool) -> None:
        self.cut = False
        self._message = message
        self._attachment = attachment
        self._calendars_inline = calendars_inline
        self._left = _PARTS

    def part(self, part: Mapping[str, Any], *, top: bool = False, depth: int = 0) -> bytes:
        """Header and body."""
        self._left -= 1
        below = [each for each in part.get("parts") or () if isinstance(each, dict)]
        if not below or depth > _DEPTH or self._left < 0:
            return self._leaf(part, top=top)
        header = header_of(part, without=_OWN | {"content-type"}).rstrip(b"\r\n")
        lead = (header + b"\r\n" if header else b"") + (b"MIME-Version: 1.0\r\n" if top else b"")
        if _kind(part) == "message/rfc822":
            kind = _type_line(part, b"message/rfc822")
            return lead + kind + b"\r\n" + self.part(below[0], top=True, depth=depth + 1)
        kind = re.sub(
            rb";\s*boundary\s*=\s*(?:\"[^\"]*\"|[^\s;]*)", b"", _type_line(part, _kind(part).encode()).rstrip(b"\r\n")
        )
        parts = [self.part(each, depth=depth + 1) for each in below]
        mark = b"=_parts"
        while any(mark in each for each in parts):
            mark += b"_"
        body = b"".join(b"--" + mark + b"\r\n" + each + b"\r\n" for each in parts) + b"--" + mark + b"--\r\n"
        return lead + kind + b'; boundary="' + mark + b'"\r\n\r\n' + body

    def _leaf(self, part: Mapping[str, Any], *, top: bool) -> bytes:
        data = self._data(part)
        header = header_of(part, without=_OWN).rstrip(b"\r\n")
        if not data.isascii() and _is_utf8(data):
            header = _with_charset(header, b"utf-8")
        lead = (header + b"\r\n" if header else b"") + (b"MIME-Version: 1.0\r\n" if top else b"")
        return lead + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + data

    def _data(self, part: Mapping[str, Any]) -> bytes:
        """The decoded bytes worth reading: text and calendars, no attachments."""
        kind, name = _kind(part), str(part.get("filename", ""))
        calendar = is_calendar(kind, name)
        limit = (
            CALENDAR_LIMIT if calendar else {"text/plain": PLAIN_LIMIT, "text/html": HTML_LIMIT}.get(kind, PLAIN_LIMIT)
        )
        body = part.get("body") or {}
        data = decoded(str(body.get("data", "")))
        wanted = (calendar and not self._calendars_inline) or (kind in ("text/plain", "text/html") and not name)
        wanted = wanted or kind in ("message/delivery-status", "message/global-delivery-status")
        if not data and body.get("attachmentId") and wanted:
            data = self._attachment(self._message, str(body["attachmentId"]))
        self.cut = self.cut or (len(data) > limit and (calendar or not name))
        return data[:limit] if calendar or not name else b""


def decoded(text: str) -> bytes:
    """The bytes of a base64url word; nothing for what is none."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _has_calendar_inline(payload: Mapping[str, Any]) -> bool:
    return any(
        is_calendar(_kind(leaf), str(leaf.get("filename", ""))) and (leaf.get("body") or {}).get("data")
        for leaf in _leaves(payload)
    )


def _leaves(part: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    below = [each for each in part.get("parts") or () if isinstance(each, dict)]
    if not below or depth > _DEPTH:
        yield part
    for each in below[:_PARTS]:
        if depth <= _DEPTH:
            yield from _leaves(each, depth + 1)


def _kind(part: Mapping[str, Any]) -> str:
    kind = str(part.get("mimeType", "")).lower()
    return (
        kind if re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}", kind) else "application/octet-stream"
    )


def _type_line(part: Mapping[str, Any], kind: bytes) -> bytes:
    for field in part.get("headers") or ():
        if str(field.get("name", "")).lower() == "content-type":
            value = _BREAKS.sub(" ", str(field.get("value", ""))).encode("utf-8", "replace")
            if value.lower().startswith(kind):
                return b"Content-Type: " + value + b"\r\n"
    return b"Content-Type: " + kind + b"\r\n"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _with_charset(header: bytes, charset: bytes) -> bytes:
    """The header block with this character set in its Content-Type."""
    lines = header.split(b"\r\n")
    for number, line in enumerate(lines):
        if line.lower().startswith(b"content-type:"):
            changed, count = _CHARSET.subn(rb"\g<1>" + charset, line)
            lines[number] = changed if count else line + b"; charset=" + charset
            return b"\r\n".join(lines)
    return header + b"\r\nContent-Type: text/plain; charset=" + charset
