"""Header values to text: encoded words (RFC 2047) and parameters (RFC 2045, RFC 2231), however they are written."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from functools import lru_cache

from mailwatch.core.mime.charsets import text_from_bytes
from mailwatch.core.text import one_line

_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]{0,4000})\?=")
_GAP = re.compile(r"[ \t\r\n]*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_UP_TO_PADDING = re.compile(rb"[^=]+=*|=+")
_PARAMETER = re.compile(r";\s*([^\s=;\"]{1,80})\s*=\s*(\"(?:[^\"\\]|\\.)*\"?|[^;]*)", re.DOTALL)
_VALUE = re.compile(r"\s*([^\s;()\x00-\x1f\x7f]*)")
_SECTION = re.compile(r"(.+?)\*(\d{1,3})?(\*)?")
_PARAMETERS = 200
_SHORT = 200


def text_from_header(raw: bytes, hint: str | None = None) -> str:
    """A header's value as one clean line. `hint` is the body's character set, for raw 8-bit headers."""
    return one_line(decoded_words(raw_text(raw, hint)))


def raw_text(raw: bytes, hint: str | None = None) -> str:
    """A header's value unfolded, encoded words still encoded."""
    if raw.isascii() and b"\n" not in raw and b"\x1b" not in raw:
        return raw.decode("ascii")
    return text_from_bytes(raw, None, hint=hint).replace("\r", "").replace("\n", "")


def decoded_words(text: str) -> str:
    """`text` with its encoded words decoded.

    White space between two of them is dropped; neighbours in the same character set are joined before they are
    decoded, because some programs cut a character in two.
    """
    if "=?" not in text:
        return text
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    position, run, charset = 0, b"", ""
    for word in _WORD.finditer(text):
        adjacent = run and _GAP.fullmatch(text, position, word.start())
        label = word.group(1).casefold()
        if run and not (adjacent and label == charset):
            yield text_from_bytes(run, charset)
            run = b""
        if not adjacent:
            yield text[position : word.start()]
        charset = label
        run += _bytes(word.group(2), word.group(3))
        position = word.end()
        if not run:
            charset = ""
    if run:
        yield text_from_bytes(run, charset)
    yield text[position:]


def _bytes(encoding: str, payload: str) -> bytes:
    data = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    return from_base64(data)


def from_base64(data: bytes) -> bytes:
    """Base64 without mercy for what is none of it: other characters are skipped, missing padding is added."""
    whole, open_ = [], b""
    for piece in _UP_TO_PADDING.findall(data):
        open_ += _NOT_BASE64.sub(b"", piece)
        if (
            len(open_) + piece.count(b"=")
        ) % 4 == 0:  # padded to the full: what follows is another piece, put behind it
            whole.append(_from_letters(open_))
            open_ = b""
    return b"".join((*whole, _from_letters(open_)))


def _from_letters(kept: bytes) -> bytes:
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def parameters_from_header(raw: bytes, hint: str | None = None) -> tuple[str, dict[str, str]]:
    """The value before the first semicolon, lower case, and its parameters by lower-case name, decoded."""
    main, table = _remembered(raw, hint) if len(raw) <= _SHORT else _taken_apart(raw, hint)
    return main, dict(table)


def _taken_apart(raw: bytes, hint: str | None) -> tuple[str, dict[str, str]]:
    text = raw_text(raw[:20_000], hint)
    main = _VALUE.match(text).group(1).casefold()  # type: ignore[union-attr]  # it matches everything, if need be nothing
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for count, found in enumerate(_PARAMETER.finditer(text)):
        if count >= _PARAMETERS:
            break
        name, value = found.group(1).casefold(), _unquoted(found.group(2))
        split = _SECTION.fullmatch(name)
        if split:
            sections.setdefault(split.group(1), []).append(
                (int(split.group(2) or 0), bool(split.group(3)) or not split.group(2), value)
            )
        else:
            plain.setdefault(name, one_line(decoded_words(value)))
    return main, plain | {name: _joined(parts) for name, parts in sections.items()}


_remembered = lru_cache(maxsize=1_024)(_taken_apart)  # a few types and character sets are nearly all there are


def _unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:].removesuffix('"'))
    return value


def _joined(parts: list[tuple[int, bool, str]]) -> str:
    """RFC 2231: numbered sections in order; those with a star are percent-encoded, the first names the character set."""
    data, charset = b"", None
    for place, (_, encoded, value) in enumerate(sorted(parts, key=lambda part: part[0])):
        text = value
        if encoded and place == 0 and value.count("'") >= 2:
            charset, _, text = value.split("'", 2)
        data += _percent_decoded(text) if encoded else text.encode("utf-8", "replace")
    return one_line(decoded_words(text_from_bytes(data, charset)))


def _percent_decoded(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda code: bytes([int(code.group(1), 16)]), data)
