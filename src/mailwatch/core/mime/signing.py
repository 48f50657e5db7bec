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
_FOOTER_WORDS = 9
_PHONE = re.compile(
    r"(?:\+|\b(?:tel|phone|mobile|mob|cell|direct|office|fax|t|m|p|d)\b[.:]?\s{0,2})\+?\(?\d[\d ()./-]{6,20}\d",
    re.IGNORECASE,
)
_PLACE_ON_THE_WEB = re.compile(r"\b(?:www\.|https?://|[\w.+-]{1,64}@[\w-]{1,63}\.\w)", re.IGNORECASE)
_A_TIME = re.compile(r"(?<!\d)\d{1,2}[:h]\d{2}(?!\d)|\d\s?[ap]\.?m\b|\d\s?Uhr|\d{1,2}[時点點时]", re.IGNORECASE)
_A_LABEL = re.compile(r"[\w ]{1,24}[:：](?!//)")
_PHONE_LABEL = re.compile(
    r"(?:t|m|p|d|e|f|w|tel|phone|mobile?|cell|direct|office|fax|e-?mail|mail|web|telefon|handy|mobil|tél|portable|móvil)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,4}")
_PARTICLES = frozenset(
    {"de", "van", "von", "da", "der", "den", "del", "di", "la", "le", "zu", "ter", "al", "bin", "dos"}
)
_POSTSCRIPT = re.compile(r"(?:p\.? ?){1,3}s\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.?!。？！…](?:[\"')»”]|\s)*$")
_LETTERS = re.compile(r"[^\w]+")


def without_signature(lines: Sequence[str], signed: int | None = None) -> tuple[list[str], list[str]]:
    """The text and the signature block, from the name on; the closing words ("Kind regards,") stay with the text.

    Args:
        lines: the author's own lines.
        signed: where a program has marked its signature, if it has.
    """
    text, footer = _without_mobile_footer(list(lines), signed)
    for mark in (signed, _delimiter(text)):
        if mark is not None and any(line.strip() and not _is_delimiter(line) for line in text[:mark]):
            above, named = _closed(_without_tail(text[:mark]))
            return above, [*named, *(line for line in text[mark:] if not _is_delimiter(line)), *footer]
    above, named = _closed(text)
    if not named:
        above, named = _contact_block(above)
    return above, [*named, *footer]


def _without_tail(lines: list[str]) -> list[str]:
    while not lines[-1].strip() or _is_delimiter(lines[-1]):
        lines.pop()
    return lines


def _is_delimiter(line: str) -> bool:
    return _LOOSE.fullmatch(line) is not None


def _delimiter(lines: Sequence[str]) -> int | None:
    """The first delimiter with a block below it that can be a signature."""
    found, below = None, 0
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if below > _LINES:
            break
        if below and (line == _DELIMITER or (below <= _LOOSE_LINES and _is_delimiter(line))):
            found = place
        below += bool(line.strip())
    return found


def _without_mobile_footer(lines: list[str], signed: int | None) -> tuple[list[str], list[str]]:
    """The text without "Sent from my …", which stands last."""
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > 1 and is_mobile_footer(lines[-1]) and (signed is None or signed < len(lines)):
        return lines[:-1], [lines[-1]]
    return lines, []


def is_mobile_footer(line: str) -> bool:
    """Is it the line that a telephone or an app puts below what was written on it?"""
    words = line.strip(" *_\t").casefold()
    return words.startswith(tuple(MOBILE)) and len(words.split()) <= _FOOTER_WORDS


def _closed(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split after the last closing words, if only short lines follow; a postscript below them stays in the text."""
    for place in range(len(lines) - 2, 0, -1):
        if not _is_sign_off(lines[place]):
            continue
        block = _short_lines(lines, place + 1)
        if block == place + 1:
            return list(lines), []
        postscript = ["", *lines[block:]] if block < len(lines) else []
        return [*lines[: place + 1], *postscript], [line for line in lines[place + 1 : block] if line.strip()]
    return list(lines), []


def _is_sign_off(line: str) -> bool:
    if not line or len(line) > _SIGN_OFF_LENGTH:
        return False
    words = " ".join(_LETTERS.sub(" ", line).casefold().split())
    return words in SIGN_OFFS or (
        line.rstrip().endswith(",") and any(words.startswith(f"{known} ") for known in SIGN_OFFS)
    )


def _short_lines(lines: Sequence[str], start: int) -> int:
    """The end of the block of short lines from `start` on: before a sentence, a postscript, or a paragraph with times in it."""
    used, paragraph = 0, start
    for place in range(start, len(lines)):
        line = lines[place].strip()
        if not line:
            paragraph = place + 1
            continue
        if _A_TIME.search(line) and used and any(lines[start:paragraph]):
            return paragraph
        if _is_sentence(line) or used >= _BLOCK or _POSTSCRIPT.match(line):
            return place
        used += 1
    return len(lines)


def _is_sentence(line: str) -> bool:
    width = columns(line)
    ended = _SENTENCE_END.search(line) is not None
    return width > _SHORT or (ended and (len(line.split()) >= 5 or width - len(line) > 12))


def _contact_block(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """A last paragraph of short lines with a name on top and a telephone number or a web address in it."""
    begins = len(lines)
    while begins and lines[begins - 1].strip():
        begins -= 1
    block = [line.strip() for line in lines[begins:]]
    fits = begins and 2 <= len(block) <= 8 and _is_name(block[0]) and not any(_is_of_a_meeting(line) for line in block)
    if fits and any(_PHONE.search(line) or _PLACE_ON_THE_WEB.search(line) for line in block[1:]):
        return list(lines[:begins]), block
    return list(lines), []


def _is_name(line: str) -> bool:
    words = line.strip(" ,").split()
    return bool(_NAME.fullmatch(line.strip(" ,"))) and all(word[0].isupper() or word in _PARTICLES for word in words)


def _is_of_a_meeting(line: str) -> bool:
    """A time, or a label that is not one of a telephone or an address: that is what the mail is about."""
    return (
        bool(_A_TIME.search(line))
        or bool(_A_LABEL.match(line) and not _PHONE_LABEL.match(line))
        or columns(line) > _SHORT + 20
    )
