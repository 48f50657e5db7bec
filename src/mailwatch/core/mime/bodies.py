"""The parts of a message to its lines of text: plain text where it says something, else HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailwatch.core.html import Line, lines_from_html, looks_like_html
from mailwatch.core.mime.charsets import text_from_bytes
from mailwatch.core.mime.phrases import STUBS
from mailwatch.core.mime.plain import lines_from_plain
from mailwatch.core.model import Part

TEXT_LIMIT = 512_000
_META = re.compile(rb"<meta[^<>]{0,200}?charset\s{0,3}=\s{0,3}[\"']?([\w:.-]{1,40})", re.IGNORECASE)
_NO_WORD = re.compile(r"https?://\S+|<[^<>]{0,300}>|[\W\d_]+")
_STUB_LENGTH, _SAMPLE = 250, 20_000
_ARMOR = "-----BEGIN PGP SIGNED MESSAGE-----"
_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"
_END_OF_SIGNED = "-----BEGIN PGP SIGNATURE-----"


@dataclass(frozen=True, slots=True)
class BodyPart:
    """A text part with what decides how its lines are read. flowed, delete_space: RFC 3676."""

    part: Part
    flowed: bool = False
    delete_space: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a message. hard: plain text whose line ends may be no more than full lines."""

    lines: list[Line]
    hard: bool = False
    problems: tuple[str, ...] = ()


def body_from_parts(parts: Sequence[BodyPart]) -> Body:
    """The lines to read. Plain text goes before HTML unless it is empty, or a stub that says less."""
    plain = [each for each in parts if each.part.content_type == "text/plain"]
    marked_up = [each for each in parts if each.part.content_type == "text/html"]
    texts = [_text(each.part) for each in plain]
    if any(text.lstrip().startswith(_ENCRYPTED) for text in texts):
        return Body([], problems=("encrypted",))
    words = _words(texts) if marked_up else 0
    if marked_up and (words < _STUB_LENGTH or _is_stub(texts)):
        sources = [_text(each.part) for each in marked_up]
        if _words(sources) > 2 * words:  # a cheap look first: most pairs say the same
            lines = _lines_of_html(sources)
            if _words(line.text for line in lines) > 2 * words or _is_stub(texts):
                return Body(lines)
    if any(looks_like_html(text) and text.lstrip()[:1] == "<" for text in texts):
        return Body(_lines_of_html(texts))
    lines = []
    for each, text in zip(plain, texts, strict=True):
        lines += [Line("")] if lines else []
        lines += lines_from_plain(_unarmored(text), flowed=each.flowed, delete_space=each.delete_space)
    return Body(lines, hard=not any(each.flowed for each in plain))


def _lines_of_html(texts: Iterable[str]) -> list[Line]:
    lines: list[Line] = []
    for text in texts:
        lines += [Line("")] if lines else []
        lines += lines_from_html(text)
    return lines


def _text(part: Part) -> str:
    charset = part.charset
    data = part.payload[:TEXT_LIMIT]
    if part.content_type == "text/html" and not charset and (found := _META.search(data[:4_096])):
        charset = found.group(1).decode("ascii", "replace")
    return text_from_bytes(data, charset)


def _words(texts: Iterable[str]) -> int:
    """How many letters there are outside links."""
    left = _SAMPLE
    count = 0
    for text in texts:
        count += len(_NO_WORD.sub("", text[:left]))
        left -= min(left, len(text))
    return count


def _is_stub(texts: Sequence[str]) -> bool:
    whole = " ".join(" ".join(texts)[:_SAMPLE].split()).casefold()
    return len(_NO_WORD.sub("", whole)) < _STUB_LENGTH and any(phrase in whole for phrase in STUBS)


def _unarmored(text: str) -> str:
    """Text signed inline, without the armour around it."""
    if not text.lstrip().startswith(_ARMOR):
        return text
    _, _, inside = text.replace("\r\n", "\n").partition("\n\n")
    return inside.partition(_END_OF_SIGNED)[0]
