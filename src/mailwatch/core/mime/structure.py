"""A message's bytes to its leaves (RFC 2045, RFC 2046): boundaries found in place, no tree of objects.

Limits: 25 MB, 32 levels, 500 parts. Broken structure is read as far as it makes sense.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailwatch.core.mime.headers import Headers, split_message
from mailwatch.core.mime.words import from_base64

MESSAGE_LIMIT = 25_000_000
DEPTH = 32
PARTS = 500
_BOUNDARY_LIMIT = 200
_KIND = re.compile(r"[^\s/]+/[^\s/]+")
_AFTER_DELIMITER = (b"", b"\r", b"\n", b" ", b"\t")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds no parts, still encoded.

    kind:      content type, lower case. parameters: of Content-Type.
    filename:  from Content-Disposition or Content-Type, decoded, "".
    attachment: Content-Disposition says so.
    inside:    "report" in a multipart/report, "forwarded" in an attached message, else "".
    opens:     in an attached message: that message's header block.
    """

    kind: str
    parameters: dict[str, str]
    encoding: str
    body: memoryview
    filename: str = ""
    attachment: bool = False
    inside: str = ""
    opens: bytes = b""

    def payload(self, limit: int) -> bytes:
        """The decoded content, at most about `limit` bytes."""
        return transfer_decoded(bytes(self.body[: 3 * limit + 1_024]), self.encoding)[:limit]


@dataclass(slots=True)
class Outline:
    """A message's leaves, and what was wrong with its structure."""

    headers: Headers
    leaves: list[Leaf]
    problems: list[str]


@dataclass(frozen=True, slots=True)
class _Span:
    headers: Headers
    start: int
    end: int
    depth: int
    inside: str = ""
    opens: bytes = b""


def outline_from_raw(raw: bytes) -> Outline:
    """The leaves of a message in order. Nothing is decoded yet."""
    problems: list[str] = []
    if len(raw) > MESSAGE_LIMIT:
        problems.append("message larger than 25 MB, cut")
        raw = raw[:MESSAGE_LIMIT]
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    block, body = split_message(raw)
    outline = Outline(Headers(block), [], problems)
    waiting = [_Span(outline.headers, body, len(raw), 0)]
    while waiting:
        if len(outline.leaves) >= PARTS:
            problems.append(f"more than {PARTS} parts")
            break
        span = waiting.pop()
        inner = _opened(raw, span, problems)
        if inner is None:
            outline.leaves.append(_leaf(raw, span))
        else:
            waiting.extend(reversed(inner))
    return outline


def transfer_decoded(data: bytes, encoding: str) -> bytes:
    """Content without its transfer encoding (RFC 2045 §6); broken encodings give what can be saved."""
    if encoding == "base64":
        return from_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    return data


def _opened(raw: bytes, span: _Span, problems: list[str]) -> list[_Span] | None:
    """The spans inside a multipart or an attached message, None where this is a leaf."""
    kind, parameters = span.headers.parameters("content-type")
    container = kind.startswith("multipart/") or kind in ("message/rfc822", "message/global")
    if not container:
        return None
    if span.depth >= DEPTH:
        problems.append(f"nested deeper than {DEPTH} levels")
        return []
    if kind.startswith("message/"):
        return [_attached(raw, span)] if _encoding(span.headers) not in ("base64", "quoted-printable") else None
    boundary = parameters.get("boundary", "").encode("utf-8", "replace")[:_BOUNDARY_LIMIT]
    inside = span.inside or ("report" if kind == "multipart/report" else "")
    parts = (
        [] if not boundary else [_part(raw, bounds, span, inside) for bounds in _bounds(raw, span, b"--" + boundary)]
    )
    if not parts:
        problems.append("parts without their boundary")
        return None
    return parts


def _bounds(raw: bytes, span: _Span, mark: bytes) -> Iterator[tuple[int, int]]:
    """Where the parts between delimiter lines lie, the line end before a delimiter taken off; 501 at most."""
    begins, count = -1, 0
    position = raw.find(mark, span.start, span.end)
    while position >= 0 and count <= PARTS:
        after = position + len(mark)
        alone = raw[after : after + 1] in _AFTER_DELIMITER or raw[after : after + 2] == b"--"
        if alone and (position == span.start or raw[position - 1] in b"\r\n"):
            if begins >= 0:
                yield begins, max(begins, position - (1 + (raw[position - 2 : position - 1] == b"\r")))
                count += 1
            if raw[after : after + 2] == b"--":
                return
            begins = raw.find(b"\n", after, span.end) + 1 or span.end
        position = raw.find(mark, after, span.end)
    if begins >= 0:
        yield begins, span.end


def _part(raw: bytes, bounds: tuple[int, int], parent: _Span, inside: str) -> _Span:
    start, end = bounds
    opens = parent.opens
    if raw[start : start + 1] == b"\n" or raw[start : start + 2] == b"\r\n":
        return _Span(Headers(b""), raw.find(b"\n", start) + 1, end, parent.depth + 1, inside, opens)
    cut = _header_end(raw, start, end)
    return _Span(Headers(raw[start : cut[0]]), cut[1], end, parent.depth + 1, inside, opens)


def _header_end(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where a part's header block ends and its body begins."""
    unix, dos = raw.find(b"\n\n", start, end), raw.find(b"\n\r\n", start, end)
    if unix < 0 and dos < 0:
        return end, end
    if dos < 0 or 0 <= unix < dos:
        return unix, unix + 2
    return dos, dos + 3


def _attached(raw: bytes, span: _Span) -> _Span:
    block, length = split_message(raw[span.start : span.end])
    return _Span(Headers(block), span.start + length, span.end, span.depth + 1, span.inside or "forwarded", block)


def _leaf(raw: bytes, span: _Span) -> Leaf:
    kind, parameters = span.headers.parameters("content-type")
    disposition, more = span.headers.parameters("content-disposition")
    if not _KIND.fullmatch(kind) or kind.startswith("multipart/"):
        kind = "text/plain"  # what a part is whose type makes no sense (RFC 2045 §5.2)
    return Leaf(
        kind=kind,
        parameters=parameters,
        encoding=_encoding(span.headers),
        body=memoryview(raw)[span.start : span.end],
        filename=more.get("filename") or parameters.get("name", ""),
        attachment=disposition == "attachment",
        inside=span.inside,
        opens=span.opens,
    )


def _encoding(headers: Headers) -> str:
    return headers.parameters("content-transfer-encoding")[0].strip('"')
