"""Whole messages: the MIME that the service makes of them, or header, text and calendar of those that are too large.

A meeting's MIME should hold its text/calendar part. Where it does not, the event that the service keeps beside the
message is asked for and put there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from mailwatch.backends.graph.door import GraphDoor
from mailwatch.backends.graph.ids import LARGE, MEETING, is_id, parts_of_ref
from mailwatch.backends.graph.meetings import calendar_from_message
from mailwatch.core.model import Fetched, MessageRef, Part

AT_ONCE = 4
"""Requests under way at once for one mailbox (learn.microsoft.com/graph/throttling-limits, Outlook)."""
_HTML, _PLAIN, _CALENDAR = 256_000, 64_000, 2_000_000
_NAME = re.compile(r"[!-9;-~]{1,80}")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]+")
_END = re.compile(rb"\r?\n\r?\n")
_OWN = re.compile(rb"^(?:content-[a-z-]{1,40}|mime-version)[ \t]*:.*\r?\n?(?:[ \t].*\r?\n?)*", re.IGNORECASE | re.MULTILINE)  # fmt: skip
_IN_PARTS = {
    "$select": "internetMessageHeaders,body,subject",
    "$expand": "attachments($select=id,name,contentType,size)",
}
_WITH_EVENT = {"$expand": "microsoft.graph.eventMessage/event"}
_IN_UTC = ('outlook.timezone="UTC"', 'outlook.body-content-type="text"')
_HAS_CALENDAR = re.compile(rb"^content-type:\s{0,4}text/calendar", re.IGNORECASE | re.MULTILINE)


def fetched(door: GraphDoor, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
    """The messages, in this order; what has vanished is skipped. A few are asked for at a time: the service lets no more in.

    Raises:
        BackendError: the service can't be asked.
    """
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="graph")
    try:
        for message in pool.map(partial(_message, door), refs):
            if message is not None:
                yield message
    finally:
        pool.shutdown(cancel_futures=True)


def _message(door: GraphDoor, ref: MessageRef) -> Fetched | None:
    key, marks = parts_of_ref(ref)
    if not key:
        return None
    message = _in_parts(door, ref, key) if LARGE in marks else _whole(door, ref, key)
    return _with_calendar(door, key, message) if message is not None and MEETING in marks else message


def _whole(door: GraphDoor, ref: MessageRef, key: str) -> Fetched | None:
    answer = door.get(f"/messages/{key}/$value", missing=True)
    return Fetched(ref, raw=answer.body) if answer is not None else None


def _in_parts(door: GraphDoor, ref: MessageRef, key: str) -> Fetched | None:
    """Header and text from the message resource, calendars from its attachments; the other attachments stay there."""
    answer = door.get(f"/messages/{key}", _IN_PARTS, missing=True)
    fields = answer.json() if answer is not None else None
    if not isinstance(fields, dict):
        return None
    parts = [_body(fields.get("body")), *_attachments(door, key, fields.get("attachments"))]
    header = _header(fields.get("internetMessageHeaders"))
    return Fetched(ref, header=header, parts=tuple(parts), complete=not any(part.truncated for part in parts))


def _header(fields: Any) -> bytes:
    pairs = [each for each in fields if isinstance(each, dict)] if isinstance(fields, list) else []
    lines = [
        f"{each['name']}: {_UNSAFE.sub(' ', str(each.get('value', '')))}"
        for each in pairs
        if _NAME.fullmatch(str(each.get("name", "")))
    ]
    return "\r\n".join((*lines, "", "")).encode("utf-8", "replace")


def _body(body: Any) -> Part:
    fields = body if isinstance(body, dict) else {}
    is_html = str(fields.get("contentType", "")).casefold() == "html"
    text = str(fields.get("content") or "").encode("utf-8", "replace")
    limit = _HTML if is_html else _PLAIN
    kind = "text/html" if is_html else "text/plain"
    return Part(kind, text[:limit], charset="utf-8", truncated=len(text) > limit)


def _attachments(door: GraphDoor, key: str, attachments: Any) -> Iterator[Part]:
    for each in attachments if isinstance(attachments, list) else ():
        if not isinstance(each, dict) or not is_id(each.get("id")):
            continue
        name, kind = str(each.get("name") or "")[:255], str(each.get("contentType") or "").casefold()[:100]
        small = isinstance(each.get("size"), int) and each["size"] <= _CALENDAR
        payload = b""
        if small and (kind.startswith("text/calendar") or name.casefold().endswith((".ics", ".vcs"))):
            answer = door.get(f"/messages/{key}/attachments/{each['id']}/$value", missing=True)
            payload, kind = (answer.body if answer else b""), "text/calendar"
        yield Part(kind or "application/octet-stream", payload, filename=name or None, attachment=True)


def _with_calendar(door: GraphDoor, key: str, message: Fetched) -> Fetched:
    """The message of a meeting, with its calendar part if it had none."""
    if message.raw is not None and _HAS_CALENDAR.search(message.raw):
        return message
    if any(part.content_type == "text/calendar" for part in message.parts):
        return message
    answer = door.get(f"/messages/{key}", _WITH_EVENT, prefer=_IN_UTC, missing=True)
    fields = answer.json() if answer is not None else None
    calendar = calendar_from_message(fields) if isinstance(fields, dict) else None
    if calendar is None:
        return message
    method, data = calendar
    if message.raw is None:
        parts = (*message.parts, Part("text/calendar", data, charset="utf-8"))
        return Fetched(message.ref, header=message.header, parts=parts, complete=message.complete)
    return Fetched(message.ref, raw=_with_part(message.raw, method, data))


def _with_part(raw: bytes, method: str, data: bytes) -> bytes:
    """The message with a calendar part beside everything that it held before."""
    end = _END.search(raw)
    header, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    block = header + b"\r\n"
    own = b"".join(found.group().rstrip(b"\r\n") + b"\r\n" for found in _OWN.finditer(block))
    mark = b"=_meeting"
    while mark in raw:
        mark += b"_"
    top = _OWN.sub(b"", block).rstrip(b"\r\n") + b"\r\n"
    kind = f'Content-Type: text/calendar; charset="utf-8"; method={method}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    return b"".join((
        top, b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="', mark, b'"\r\n\r\n--', mark, b"\r\n", own, b"\r\n", body,
        b"\r\n--", mark, b"\r\n", kind.encode(), data, b"\r\n--", mark, b"--\r\n",
    ))  # fmt: skip
