"""Address fields to mailboxes (RFC 5322 §3.4), as real programs write them: no recursion, one pass, 500 at most."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from mailwatch.core.addresses import address_from_text
from mailwatch.core.mime.words import decoded_words, raw_text
from mailwatch.core.model import Address, Mailbox
from mailwatch.core.text import one_line

LIMIT = 500
_LENGTH = 200_000
_SHORT = 300
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"?|<([^<>]*)>?|([(),;:])|((?:[^"<(),;:\\]|\\.)+)|.', re.DOTALL)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,128}@[^\s<>()\[\],;:\"@]{1,255}")
_NAME_LIMIT = 200
# One mailbox with nothing special about it: what nearly every field holds.
_PLAIN = re.compile(r'"?([^"<>(),;:\\=?@]{0,200}?)"?\s{0,20}<([^<>\s@:]{1,128}@[^<>\s@:]{1,255})>')


@dataclass(slots=True)
class _Reading:
    """What has been read of the mailbox at hand."""

    words: list[str] = field(default_factory=list)
    bracket: str | None = None
    comment: list[str] = field(default_factory=list)


def mailboxes_from_header(raw: bytes, hint: str | None = None) -> tuple[Mailbox, ...]:
    """The mailboxes of an address field, groups opened up; what holds no address is left out.

    Encoded words are decoded after the field has been taken apart, so that a name can't bring an address along.
    """
    return _remembered(raw, hint) if len(raw) <= _SHORT else _taken_apart(raw, hint)


def _taken_apart(raw: bytes, hint: str | None) -> tuple[Mailbox, ...]:
    text = raw_text(raw[:_LENGTH], hint)
    plain = _PLAIN.fullmatch(text)
    if plain and (address := address_from_text(plain.group(2))):
        name = one_line(plain.group(1), _NAME_LIMIT).strip("' ")
        return (Mailbox("" if name.casefold() == address else name, address),)
    return tuple(islice(_mailboxes(text), LIMIT))


_remembered = lru_cache(maxsize=4_096)(_taken_apart)  # the same few people stand above most mail


def _mailboxes(text: str) -> Iterator[Mailbox]:
    reading, surname, depth = _Reading(), "", 0
    for token in _TOKEN.finditer(text):
        quoted, bracket, mark, word = token.groups()
        if depth:
            depth += (mark == "(") - (mark == ")")
            if depth and word:
                reading.comment.append(word)
        elif mark == "(":
            depth = 1
        elif mark in (",", ";"):
            box = _mailbox(reading, surname)
            if box:
                yield box
            surname = "" if box else " ".join("".join(reading.words).split())
            reading = _Reading()
        elif mark == ":":
            reading.words = []  # the name of a group, or "mailto"
        elif bracket is not None:
            reading.bracket = bracket
        elif quoted is not None:
            reading.words.append(re.sub(r"\\(.)", r"\1", quoted))
        elif word:
            reading.words.append(word)
    if box := _mailbox(reading, surname):
        yield box


def _mailbox(reading: _Reading, surname: str) -> Mailbox | None:
    """The mailbox. `surname` stood before a comma that nobody quoted: "Doe, Jane <jane@x.example>"."""
    phrase = "".join(reading.words)
    if reading.bracket is not None:
        address = address_from_text(reading.bracket.rpartition(":")[2]) or _address_in(phrase)
        name = f"{surname}, {phrase.strip()}" if surname and phrase.strip() else phrase
    else:
        address, name = _address_in(phrase), "".join(reading.comment)
    if address is None:
        return None
    name = one_line(decoded_words(name), _NAME_LIMIT).strip("'\" ")
    return Mailbox("" if name.casefold() in (address, f"mailto:{address}") else name, address)


def _address_in(phrase: str) -> Address | None:
    found = _ADDRESS.search(phrase)
    return address_from_text(found.group()) if found else None
