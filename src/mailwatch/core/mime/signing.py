"""Where a message's text ends and its signature block begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailwatch.core.mime.phrases import MOBILE, SIGN_OFFS
from mailwatch.core.text import columns

_DELIMITER = "-- "
_LOOSE = re.compile(r"\s*(?:--|—|__)\s*")
_LOOSE_LINES, _LINES = 14, 60
_SHORT = 72
_BLOCK = 14
_SIGN_OFF_LENGTH = 48
_PHONE = re.compile(
    r"(?:\+|\b(?:tel|phone|mobile|mob|cell|direct|office|fax|t|m|p|d)\b[.:]?\s{0,2})\+?\(?\d[\d ()./-]{6,20}\d",
    re.IGNORECASE,
)
_PLACE_ON_THE_WEB = re.compile(r"\b(?:www\.|https?://|[\w.+-]{1,64}@[\w-]{1,63}\.\w)", re.IGNORECASE)
_OF_A_MEETING = re.compile(
    r"\d{1,2}[:h.]\d{2}(?!\d)|\b(?:meeting id|passcode|password|pin|dial|access code|webinar|kennwort|zoom|teams)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.?!。？！…](?:[\"')»”]|\s)*$")
_LETTERS = re.compile(r"[^\w]+")


def without_signature(lines: Sequence[str], signed: int | None = None) -> tuple[list[str], list[str]]:
    """The text and the signature block, from the name on; the closing words ("Kind regards,") stay with the text.

    Args:
        lines: the author's own lines.
        signed: where a program has marked its signature, if it has.
    """
    text, footer = _without_mobile_footer(list(lines), signed)
    for cut in (signed, _delimiter(text)):
        if cut is not None and any(line.strip() for line in text[:cut]):
            below = [line for line in text[cut:] if line != _DELIMITER and not _LOOSE.fullmatch(line)]
            above, named = _closed(text[:cut])
            return above, [*named, *below, *footer]
    above, named = _closed(text)
    if not named:
        above, named = _contact_block(above)
    return above, [*named, *footer]


def _delimiter(lines: Sequence[str]) -> int | None:
    for place, line in enumerate(lines):
        rest = sum(1 for other in lines[place + 1 :] if other.strip()) if line[:2] in ("--", "—", "__") else 0
        if (line == _DELIMITER and rest <= _LINES) or (rest and rest <= _LOOSE_LINES and _LOOSE.fullmatch(line)):
            return place
    return None


def _without_mobile_footer(lines: list[str], signed: int | None) -> tuple[list[str], list[str]]:
    """The text without "Sent from my …", which stands last."""
    while lines and not lines[-1].strip():
        lines.pop()
    last = lines[-1].strip().casefold() if lines else ""
    if (
        last
        and len(last) <= 120
        and last.lstrip("*_ ").startswith(tuple(MOBILE))
        and len(lines) > 1
        and (signed is None or signed < len(lines))
    ):
        return lines[:-1], [lines[-1]]
    return lines, []


def _closed(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split after the last closing words, if only short lines follow; a postscript below them stays in the text."""
    for place in range(len(lines) - 2, 0, -1):
        if not _is_sign_off(lines[place]):
            continue
        block = _short_lines(lines, place + 1)
        if block == place + 1:
            return list(lines), []
        rest = list(lines[block:])
        while rest and not rest[0].strip():
            rest.pop(0)
        return [*lines[: place + 1], *(["", *rest] if rest else [])], [
            line for line in lines[place + 1 : block] if line.strip()
        ]
    return list(lines), []


def _is_sign_off(line: str) -> bool:
    if not line or len(line) > _SIGN_OFF_LENGTH:
        return False
    words = " ".join(_LETTERS.sub(" ", line).casefold().split())
    return words in SIGN_OFFS or (
        line.rstrip().endswith(",") and any(words.startswith(f"{known} ") for known in SIGN_OFFS)
    )


def _short_lines(lines: Sequence[str], start: int) -> int:
    """The end of the block of short lines that begins at `start`."""
    used = 0
    for place in range(start, len(lines)):
        line = lines[place].strip()
        if not line:
            continue
        sentence = _SENTENCE_END.search(line) and len(line.split()) >= 5
        if sentence or columns(line) > _SHORT or used >= _BLOCK or line[:3].casefold() in ("ps:", "p.s", "ps ", "pps"):
            return place
        used += 1
    return len(lines)


def _contact_block(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """A last paragraph of short lines with a name on top and a telephone number or a web address in it."""
    begins = len(lines)
    while begins and lines[begins - 1].strip():
        begins -= 1
    block = lines[begins:]
    if (
        begins == 0
        or not 2 <= len(block) <= 8
        or any(columns(line) > 90 or _OF_A_MEETING.search(line) for line in block)
    ):
        return list(lines), []
    name = block[0].strip(" ,")
    named = (
        1 < len(name.split()) <= 5
        and all(word[:1].isupper() or word in ("de", "van", "von", "da", "der") for word in name.split())
        and not any(map(str.isdigit, name))
    )
    if named and any(_PHONE.search(line) or _PLACE_ON_THE_WEB.search(line) for line in block[1:]):
        return list(lines[:begins]), list(block)
    return list(lines), []
