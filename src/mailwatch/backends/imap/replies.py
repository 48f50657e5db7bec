"""Responses to values: the parenthesised lists of RFC 3501 §9, cut without a tree of classes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from mailwatch.backends.imap.session import Reply

Value: TypeAlias = "bytes | list[Value] | None"
"""A string or atom, a list, or NIL."""

_TOKEN = re.compile(
    rb' *+(?:(\()|(\))|"([^"\\]*+(?:\\.[^"\\]*+)*+)"|\{([0-9]{1,20})\}\r\n|((?:[^ ()"\[{\r\n]++|\[[^\]]{0,20000}\])++))',
    re.DOTALL,
)
_OPENS, _CLOSES, _QUOTED, _SIZE, _ATOM = 1, 2, 3, 4, 5  # the groups of that
_FETCH = re.compile(rb"\* [0-9]{1,10} FETCH \(", re.IGNORECASE)
# An item's name, and its value where that is of one of the four simple kinds: number, string, literal, list of atoms.
_ITEM = re.compile(
    rb" *([A-Za-z0-9.-]{1,40}(?:\[[^\]]{0,20000}\])?(?:<[0-9]+>)?) +"
    rb'(?:([0-9]+)(?=[ )])|"([^"\\]*+)"|\{([0-9]{1,20})\}\r\n|\(([^()"{]*+)\))?'
)
_NESTED = rb'(?:[^()"{]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")'
for _ in range(8):
    _NESTED = rb'(?:[^()"{]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"|\(' + _NESTED + rb"*+\))"
_SHALLOW = re.compile(_NESTED[_NESTED.index(rb"|\(") + 1 : -1], re.DOTALL)  # a list without literals, not too deep
_RUN = re.compile(rb'(?:[^()"{]|"[^"\\]*(?:\\.[^"\\]*)*")*+', re.DOTALL)
_LITERAL = re.compile(rb"\{([0-9]{1,20})\}\r\n")
_UNREAD = frozenset({b"BODYSTRUCTURE"})
_NIL = frozenset({b"NIL", b"nil"})
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_ESEARCH = re.compile(rb"\* ESEARCH\b(.*)", re.IGNORECASE | re.DOTALL)
_SEARCH = re.compile(rb"\* SEARCH\b([ 0-9]*)", re.IGNORECASE)
_ALL = re.compile(rb" ALL ([0-9:,]+)", re.IGNORECASE)
_PARTIAL = re.compile(rb"<[0-9]+>\Z")
_DATE = re.compile(
    rb" ?([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-][0-9]{2})([0-9]{2})"
)
_DEPTH = 100
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_NUMBERS = {name.encode(): number for number, name in enumerate(_MONTHS, 1)}


def values_in(data: bytes, start: int = 0) -> list[Value]:
    """All values from a position on. What breaks the grammar ends the list."""
    top: list[Value] = []
    here, stack, position = top, [top], start
    while found := _TOKEN.match(data, position):
        kind, position = found.lastindex, found.end()
        if kind == _ATOM:
            atom = found[_ATOM]
            here.append(None if atom in _NIL else atom)
        elif kind == _QUOTED:
            quoted = found[_QUOTED]
            here.append(_ESCAPED.sub(rb"\1", quoted) if b"\\" in quoted else quoted)
        elif kind == _OPENS:
            if len(stack) > _DEPTH:
                break
            here.append(inner := list[Value]())
            stack.append(inner)
            here = inner
        elif kind == _CLOSES:
            if len(stack) == 1:
                break
            stack.pop()
            here = stack[-1]
        else:
            size = int(found[_SIZE])
            here.append(data[position : position + size])
            position += size
    return top


def fetched_in(reply: Reply) -> list[dict[bytes, Value]]:
    """The messages of a FETCH reply: items by upper-case name; BODY[…] without its partial mark, under b"BODY[…]".

    A BODYSTRUCTURE stays as it came: few are ever looked into. Unasked news about other messages (flags that changed
    meanwhile) have no UID, and are left out.
    """
    return [message for line in reply.untagged if (message := message_in(line))]


def message_in(line: bytes) -> dict[bytes, Value] | None:
    """The same for one response; None where it tells of no message that was asked for."""
    found = _FETCH.match(line)
    message = _items(line, found.end()) if found else {}
    return message if number(message, b"UID") else None


def _items(line: bytes, position: int) -> dict[bytes, Value]:
    message: dict[bytes, Value] = {}
    while item := _ITEM.match(line, position):
        name, digits, quoted, literal, atoms = item.groups()
        name, position = name.upper(), item.end()
        if name.endswith(b">"):
            name = _PARTIAL.sub(b"", name)
        if digits or quoted is not None:
            message[name] = digits or quoted
        elif literal:
            end = position + int(literal)
            message[name], position = line[position:end], end
        elif atoms is not None:
            message[name] = list[Value](atoms.split())
        elif name in _UNREAD:
            end = _after_list(line, position)
            message[name], position = line[position:end], end
        else:
            message[name], position = _value(line, position)
    return message


def _value(line: bytes, position: int) -> tuple[Value, int]:
    """One value and where it ends."""
    found = _TOKEN.match(line, position)
    if found is None:
        return None, len(line)
    _, closes, quoted, literal, atom = found.groups()
    if atom is not None:
        return None if atom in _NIL else atom, found.end()
    if quoted is not None:
        return _ESCAPED.sub(rb"\1", quoted) if b"\\" in quoted else quoted, found.end()
    if literal is not None:
        return line[found.end() : found.end() + int(literal)], found.end() + int(literal)
    if closes:
        return None, len(line)
    end = _after_list(line, found.start())
    inner = values_in(line[found.start() : end])
    return inner[0] if inner else None, end


def _after_list(line: bytes, position: int) -> int:
    """Where a parenthesised value ends; strings and literals inside it may hold parentheses."""
    if shallow := _SHALLOW.match(line, position):
        return shallow.end()
    depth = 0
    while True:
        position = _RUN.match(line, position).end()  # type: ignore[union-attr]  # it always matches, if only nothing
        mark = line[position : position + 1]
        if mark == b"(":
            depth += 1
        elif mark == b")":
            depth -= 1
        elif literal := _LITERAL.match(line, position):
            position = literal.end() + int(literal[1]) - 1
        else:
            return len(line)
        position += 1
        if depth <= 0:
            return position


def number(message: dict[bytes, Value], name: bytes) -> int:
    """A number among a message's items, 0 where it is missing."""
    value = message.get(name)
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) < 20 else 0


def words(message: dict[bytes, Value], name: bytes) -> bytes:
    """A string among a message's items, empty where it is missing or NIL."""
    value = message.get(name)
    return value if isinstance(value, bytes) else b""


def flags(message: dict[bytes, Value]) -> frozenset[bytes]:
    r"""A message's flags, lower case: b"\\seen"."""
    return _lowered(message.get(b"FLAGS"))


def labels(message: dict[bytes, Value]) -> frozenset[bytes]:
    r"""Gmail's labels, lower case: b"\\sent"."""
    return _lowered(message.get(b"X-GM-LABELS"))


def _lowered(value: Value) -> frozenset[bytes]:
    return (
        frozenset(each.lower() for each in value if isinstance(each, bytes)) if isinstance(value, list) else frozenset()
    )


def internal_date(message: dict[bytes, Value]) -> datetime | None:
    """When the server got the message, aware UTC."""
    found = _DATE.match(words(message, b"INTERNALDATE"))
    if found is None:
        return None
    day, month, year, hour, minute, second, offset, minutes = found.groups()
    try:
        there = datetime(int(year), _NUMBERS[month.title()], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        away = int(offset + minutes)
        return there - timedelta(hours=int(offset), minutes=int(offset[:1] + minutes)) if away else there
    except (ValueError, KeyError, OverflowError):
        return None


def date_for_search(moment: datetime) -> str:
    """A day as SEARCH wants it, in English whatever the locale: "1-Nov-2026"."""
    day = moment.astimezone(UTC)
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"


def uids_in(reply: Reply) -> list[int]:
    """The UIDs of a SEARCH reply, plain or extended (RFC 4731), in order. Ranges of nonsense size are refused."""
    found: set[int] = set()
    for line in reply.untagged:
        plain, extended = _SEARCH.match(line), _ESEARCH.match(line)
        if plain:
            found.update(int(word) for word in plain[1].split())
        elif extended and (ranges := _ALL.search(extended[1])):
            for part in ranges[1].split(b","):
                first, _, last = part.partition(b":")
                found.update(range(int(first), min(int(last or first), int(first) + 5_000_000) + 1))
    return sorted(found)


def set_from_uids(uids: list[int]) -> bytes:
    """The shortest way to write ascending UIDs: b"1:4,7"."""
    pieces: list[bytes] = []
    start = previous = uids[0]
    for uid in [*uids[1:], 0]:
        if uid == previous + 1:
            previous = uid
            continue
        pieces.append(b"%d" % start if start == previous else b"%d:%d" % (start, previous))
        start = previous = uid
    return b",".join(pieces)


def sets_from_uids(uids: list[int], at_once: int, length: int = 4_000) -> list[bytes]:
    """Several such sets, each of so many UIDs and so many characters at most (servers refuse long lines)."""
    sets: list[bytes] = []
    for start in range(0, len(uids), at_once):
        part = uids[start : start + at_once]
        text = set_from_uids(part)
        if len(text) > length and len(part) > 1:
            sets += sets_from_uids(part, -(-len(part) // 2), length)
        else:
            sets.append(text)
    return sets
