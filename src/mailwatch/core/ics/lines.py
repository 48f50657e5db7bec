"""iCalendar text to blocks and properties (RFC 5545 §3.1), forgiving what real programs write.

Blocks are cut out of the bytes first and read only when they matter: a calendar of many years is mostly blocks that
never matter. Every step is one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ATTENDEES = 200
LINES = 20_000
BLOCK_BYTES = 1 << 20

_FOLD = re.compile(rb"\r?\n[ \t]")
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,63})[;:]")
_HEAD = re.compile(r'(?:[^":]|"[^"]*")*:')
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,64})=((?:"[^"]*"|[^";])*)')
_DATE_TAIL = re.compile(r":[ \t]*(\d{8}(?:T\d{4,6}Z?)?)[ \t]*$", re.IGNORECASE)
_DATES = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "DTSTAMP"})
_CARET = {"^n": "\n", "^N": "\n", "^^": "^", "^'": '"'}


@dataclass(frozen=True, slots=True)
class Property:
    """A content line: name and parameter names in capitals, quotes around parameter values taken off."""

    name: str
    parameters: dict[str, str]
    value: str


@dataclass(frozen=True, slots=True)
class Block:
    """One component's lines as bytes, without its BEGIN and END. cut: its END is missing."""

    data: bytes
    cut: bool


def blocks(data: bytes, kind: bytes) -> Iterator[Block]:
    """Every component of a kind (`b"VEVENT"`), in order; an unfinished one ends where the next begins, or at the end."""
    opening, closing = b"BEGIN:" + kind, b"END:" + kind
    haystack = data if opening in data else data.upper()
    start, end = _at_line_start(haystack, opening, 0), -1
    while start >= 0:
        body = start + len(opening)
        following = _at_line_start(haystack, opening, body)
        if end < body:
            end = _at_line_start(haystack, closing, body)
            end = len(data) + 1 if end < 0 else end
        stop = min(end, following if following >= 0 else len(data))
        yield Block(data[body:stop], cut=stop != end)
        start = following


def _at_line_start(data: bytes, mark: bytes, position: int) -> int:
    found = data.find(mark, position)
    while found > 0 and data[found - 1] not in b"\r\n":
        found = data.find(mark, found + 1)
    return found


def unfolded(data: bytes) -> bytes:
    """Folded lines put together again; bare carriage returns become line ends."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return _FOLD.sub(b"", data)


def properties(block: bytes) -> Iterator[Property]:
    """The properties of a component itself, without those of the components inside it (alarms, observances).

    Of many attendees the first 200 are read, and one more to tell that there are others. A line that is no property continues the text of the one before.
    """
    depth = attendees = 0
    pending: list[str] = []
    for line in _physical(block):
        upper = line[:6].upper()
        if upper == "BEGIN:":
            depth += 1
        elif upper.startswith("END:"):
            depth -= 1
        elif depth > 0 or not line:
            continue
        elif not _NAME.match(line):
            pending[1:] = [*pending[1:], line][:200]
        else:
            attendees += line[:8].upper() == "ATTENDEE"
            if attendees > ATTENDEES + 1 and line[:8].upper() == "ATTENDEE":
                continue
            if pending:
                yield _property("\\n".join(pending))
            pending = [line]
    if pending:
        yield _property("\\n".join(pending))


def _physical(block: bytes) -> Iterator[str]:
    raw = block if len(block) <= BLOCK_BYTES else _without_crowd(block)
    for line in unfolded(raw).split(b"\n", LINES)[:LINES]:
        yield line.decode("utf-8", "replace").strip("\r\x00")


def _without_crowd(block: bytes) -> bytes:
    """A huge block with only its first attendees: what a million of them would push out of sight stays."""
    kept, seen = [], 0
    for line in re.finditer(rb"[^\n]+(?:\n[ \t][^\n]*)*", block):
        crowd = line.group()[:8].upper() == b"ATTENDEE"
        seen += crowd
        if not crowd or seen <= ATTENDEES + 1:
            kept.append(line.group()[:BLOCK_BYTES])
        if len(kept) > LINES:
            break
    return b"\n".join(kept)


def _property(line: str) -> Property:
    name = line[: line.find(";")] if 0 <= line.find(";") < line.find(":") else line.partition(":")[0]
    name = name.upper()
    tail = _DATE_TAIL.search(line) if name in _DATES else None
    if tail:  # a TZID with an unquoted colon in it: only what looks like a time is the value
        head, value = line[: tail.start() + 1], tail.group(1)
    else:
        found = _HEAD.match(line)
        cut = found.end() if found else line.find(":") + 1
        head, value = line[:cut], line[cut:]
    parameters = {
        key.upper(): re.sub(r"\^[nN^']", lambda mark: _CARET[mark.group()], text.strip().strip('"'))
        for key, text in _PARAMETER.findall(head[len(name) : -1])[:32]
    }
    return Property(name, parameters, value.strip())
