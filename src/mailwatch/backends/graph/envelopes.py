"""Message resources to envelopes: put back into header fields, so that they are read like everybody else's.

What a listing can't show (Received, the sender's own clock, most marks of robots) the message itself brings when it is
fetched; core.mime fills it in then. The service's conversation ids are left aside: mails that have nothing in common but
their subject may share one, and two interviews would become one. Reply headers tell a thread.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from mailwatch.backends.graph.ids import is_id, ref_of
from mailwatch.core.model import Envelope, MessageRef, SpecialUse
from mailwatch.sandbox import Parser, Unreadable

LARGE = 100_000
"""Bytes from which a message is fetched in parts: its MIME would bring all of its attachments along."""
SELECT = (
    "receivedDateTime,sentDateTime,hasAttachments,internetMessageId,subject,from,sender,toRecipients,ccRecipients,"
    "bccRecipients,replyTo,isDraft,parentFolderId,createdDateTime"
)
# MAPI properties (MS-OXPROPS) that no plain property of a message shows: class, size, reply headers, list marks. Those with
# a name are header fields that the service may or may not have kept.
_INTERNET_HEADERS = "{00020386-0000-0000-C000-000000000046}"
_CLASS, _SIZE = "String 0x001A", "Integer 0x0E08"
_FIELDS = {
    "In-Reply-To": "String 0x1042",
    "References": "String 0x1039",
    "List-Unsubscribe": "String 0x1045",
    "List-Id": f"String {_INTERNET_HEADERS} Name list-id",
    "Precedence": f"String {_INTERNET_HEADERS} Name precedence",
    "Auto-Submitted": f"String {_INTERNET_HEADERS} Name auto-submitted",
}
EXPAND = "singleValueExtendedProperties($filter={})".format(
    " or ".join(f"id eq '{name}'" for name in (_CLASS, _SIZE, *_FIELDS.values()))
)
_BOXES = {
    "From": "from", "Sender": "sender", "To": "toRecipients", "Cc": "ccRecipients", "Bcc": "bccRecipients", "Reply-To": "replyTo",
}  # fmt: skip
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_PLAIN = re.compile(r"[ !#-\[\]-~]*")
_ADDRESS = re.compile(r"[^\s<>]{1,320}")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One message of an answer. role: what the folder that it lies in is for."""

    fields: Mapping[str, Any]
    role: SpecialUse

    @property
    def id(self) -> str:
        """Its immutable id."""
        return str(self.fields["id"])

    @property
    def is_draft(self) -> bool:
        """It was not sent yet."""
        return self.fields.get("isDraft") is True

    @property
    def stamp(self) -> str:
        """Changes with every change of the message."""
        etag = self.fields.get("@odata.etag")
        return etag if isinstance(etag, str) else ""

    @property
    def folder(self) -> str:
        """The id of the folder that it lies in."""
        return str(self.fields.get("parentFolderId", ""))

    @property
    def created(self) -> str:
        """When it was made, in a form that sorts."""
        return str(self.fields.get("createdDateTime", ""))

    @property
    def extended(self) -> Mapping[str, str]:
        """Its MAPI properties by name, in lower case."""
        found = self.fields.get("singleValueExtendedProperties")
        pairs = found if isinstance(found, list) else []
        return {
            str(pair.get("id", "")).casefold(): str(pair.get("value", "")) for pair in pairs if isinstance(pair, dict)
        }

    @property
    def kind(self) -> str:
        """Its message class (MS-OXCMSG §2.2.1.3), in lower case: "ipm.note", "ipm.schedule.meeting.request" …"""
        return self.extended.get(_CLASS.casefold(), "").casefold()

    @property
    def is_meeting(self) -> bool:
        """It carries a meeting: a request, a cancellation or an answer."""
        typed = str(self.fields.get("@odata.type", ""))
        return typed.startswith("#microsoft.graph.eventMessage") or self.kind.startswith("ipm.schedule.meeting")

    @property
    def size(self) -> int | None:
        """Its size in bytes."""
        text = self.extended.get(_SIZE.casefold(), "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None

    @property
    def ref(self) -> str:
        """Where it lies."""
        return ref_of(self.id, meeting=self.is_meeting, large=(self.size or 0) > LARGE)


def listed_in(value: Sequence[Any], role: SpecialUse) -> Iterator[Listed]:
    """The messages of a page. Left out: what was removed, and read marks, which come without the message."""
    for fields in value:
        if isinstance(fields, dict) and is_id(fields.get("id")) and "@removed" not in fields and "subject" in fields:
            yield Listed(fields, role)


def envelopes_of(messages: Sequence[Listed], parser: Parser) -> Iterator[tuple[Listed, Envelope | Unreadable]]:
    """Messages and their envelopes, or why there is none."""
    items = [(_header_of(each), MessageRef(each.ref), each.role) for each in messages]
    for message, envelope in zip(messages, parser.envelopes(items), strict=True):
        yield message, envelope if isinstance(envelope, Unreadable) else _completed(message, envelope)


def _completed(message: Listed, envelope: Envelope) -> Envelope:
    return replace(
        envelope,
        received=moment_from(message.fields.get("receivedDateTime")),
        size=message.size,
        calendar=message.is_meeting,
    )


def moment_from(text: object) -> datetime | None:
    """An instant as the service writes it (`2026-11-24T12:00:00Z`), or None."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _header_of(message: Listed) -> bytes:
    """The header fields that the service knows of, each on one line; nothing of a mail can begin another line."""
    fields = message.fields
    lines = [f"{name}: {boxes}" for name, key in _BOXES.items() if (boxes := _boxes_in(fields.get(key)))]
    lines.append(f"Subject: {_encoded(str(fields.get('subject') or ''))}")
    sent = moment_from(fields.get("sentDateTime"))
    if sent is not None:  # in UTC, whatever the sender's clock: "-0000" says that nobody knows (RFC 5322 §3.3)
        lines.append(f"Date: {format_datetime(sent.replace(tzinfo=None))}")
    lines.append(f"Message-ID: {_one_line(fields.get('internetMessageId') or '')}")
    known = message.extended
    lines += [f"{name}: {_one_line(known[key.casefold()])}" for name, key in _FIELDS.items() if key.casefold() in known]
    lines += _signs_of(message.kind)
    return "\r\n".join((*lines, "", "")).encode("ascii", "replace")


def _signs_of(kind: str) -> Iterator[str]:
    """What the class of a message says about who wrote it."""
    if kind.startswith("ipm.note.rules."):
        yield "Auto-Submitted: auto-replied"
    elif kind.startswith("report.") and kind.endswith((".ndr", ".dr")):
        yield "Content-Type: multipart/report; report-type=delivery-status"
    elif kind.startswith("report."):
        yield "Content-Type: multipart/report; report-type=disposition-notification"


def _boxes_in(value: Any) -> str:
    boxes: Iterable[Any] = value if isinstance(value, list) else [value]
    return ", ".join(text for box in boxes if (text := _box(box)))


def _box(box: Any) -> str:
    inner = box.get("emailAddress") if isinstance(box, dict) else None
    if not isinstance(inner, dict):
        return ""
    address = str(inner.get("address") or "").strip()
    name = _one_line(inner.get("name") or "")
    if not _ADDRESS.fullmatch(address):
        return ""
    if not name or name.casefold() == address.casefold():
        return f"<{address}>"
    return f"{_quoted(name)} <{address}>"


def _quoted(name: str) -> str:
    return f'"{name}"' if _PLAIN.fullmatch(name) and "=?" not in name else _word(name)


def _encoded(text: str) -> str:
    plain = _one_line(text)
    return plain if plain.isascii() and "=?" not in plain else _word(plain)


def _word(text: str) -> str:
    """RFC 2047; longer than it allows, which our own reader does not mind."""
    return f"=?utf-8?b?{base64.b64encode(text.encode('utf-8', 'replace')).decode()}?="


def _one_line(value: object) -> str:
    return _UNSAFE.sub(" ", str(value))[:_LONGEST].strip()
