"""BODYSTRUCTURE (RFC 3501 §7.4.2) to parts: which there are, and which are worth their bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mailwatch.backends.imap.replies import Value, values_in
from mailwatch.core.mime import is_calendar, parameters_from_header

PLAIN_LIMIT, HTML_LIMIT, CALENDAR_LIMIT, REPORT_LIMIT = 16_384, 262_144, 2 << 20, 16_384
_SAYS_SOMETHING = 200  # a plain alternative below this may only say that there is HTML
_TELLING = re.compile(rb"calendar|name|\"ics\"|\"report\"", re.IGNORECASE)
# What makes a structure worth taking apart before its names and types can be told.
_INVOLVED = re.compile(rb'[{\\*]|=\?|"report"|"rfc822"|"global"', re.IGNORECASE)
_NAMED = re.compile(rb'"(file)?name" "([^"]*)"', re.IGNORECASE)
_CALENDAR = re.compile(rb'"text" "(?:x-v)?calendar"|"application" "(?:ics|calendar)"|\.(?:ics|vcs|ifb)"', re.IGNORECASE)
_DEPTH, _PARTS, _WANTED = 32, 500, 40
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})


@dataclass(slots=True)
class Node:
    """A part. section: its number in a FETCH. parameters and disposition: as the server gave them.

    group: the nearest multipart/alternative around it. message: what is inside an attached message.
    """

    kind: str
    section: str
    parameters: dict[bytes, bytes] = field(default_factory=dict)
    disposition: str = ""
    more: dict[bytes, bytes] = field(default_factory=dict)
    encoding: str = ""
    size: int = 0
    group: str = ""
    children: list[Node] = field(default_factory=list)
    message: Node | None = None

    @property
    def filename(self) -> str:
        """The decoded file name, or ""."""
        for key, table in ((b"filename", self.more), (b"name", self.parameters)):
            fields = b"".join(
                b"; "
                + name
                + (b"=" if name.endswith(b"*") else b'="')
                + _plain(value)
                + (b"" if name.endswith(b"*") else b'"')
                for name, value in table.items()
                if name.startswith(key)
            )
            if fields:
                return parameters_from_header(b"x" + fields)[1].get(key.decode(), "")[:255]
        return ""


def _plain(value: bytes) -> bytes:
    return value.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\r", b"").replace(b"\n", b"")


def node_from_bytes(structure: bytes) -> Node:
    """The tree of parts. What can't be understood is one part of unknown type; nothing raises."""
    values = values_in(structure)
    return _node(values[0] if values else None, "", "", 0, [_PARTS])


def _node(value: Value, section: str, group: str, depth: int, left: list[int]) -> Node:
    left[0] -= 1
    if not isinstance(value, list) or not value or depth > _DEPTH or left[0] < 0:
        return Node("application/octet-stream", section or "1", group=group)
    return (
        _multipart(value, section, group, depth, left)
        if isinstance(value[0], list)
        else _leaf(value, section, group, depth, left)
    )


def _multipart(value: list[Value], section: str, group: str, depth: int, left: list[int]) -> Node:
    count = next((at for at, each in enumerate(value) if not isinstance(each, list)), len(value))
    rest = value[count:]
    kind = f"multipart/{_text(rest, 0) or 'mixed'}"
    node = Node(kind, section, _table(rest, 1), group=group)
    inner = (section or "0") if kind == "multipart/alternative" else group
    prefix = f"{section}." if section else ""
    node.children = [
        _node(each, f"{prefix}{number}", inner, depth + 1, left) for number, each in enumerate(value[:count], start=1)
    ]
    return node


def _leaf(value: list[Value], section: str, group: str, depth: int, left: list[int]) -> Node:
    section = section or "1"
    node = Node(f"{_text(value, 0) or 'text'}/{_text(value, 1) or 'plain'}", section, _table(value, 2), group=group)
    node.encoding = _text(value, 5)
    node.size = int(_text(value, 6)) if _text(value, 6).isdecimal() else 0
    after = 8 if node.kind.startswith("text/") else 7
    if node.kind == "message/rfc822" and len(value) > 8 and isinstance(value[8], list):
        after = 10
        inside = value[8]
        below = section if inside and isinstance(inside[0], list) else f"{section}.1"
        node.message = _node(inside, below, "", depth + 1, left)
    disposition = value[after + 1] if len(value) > after + 1 else None
    if isinstance(disposition, list):
        node.disposition, node.more = _text(disposition, 0), _table(disposition, 1)
    return node


def _text(values: Sequence[Value], at: int) -> str:
    value = values[at] if len(values) > at else None
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""


def _table(values: Sequence[Value], at: int) -> dict[bytes, bytes]:
    pairs = values[at] if len(values) > at else None
    if not isinstance(pairs, list):
        return {}
    return {
        name.lower(): value
        for name, value in zip(pairs[::2], pairs[1::2], strict=False)
        if isinstance(name, bytes) and isinstance(value, bytes)
    }


def leaves_of(node: Node, *, inside: bool = True) -> Iterator[Node]:
    """The parts that hold no parts, in order; inside: those of attached messages too."""
    if node.children:
        for child in node.children:
            yield from leaves_of(child, inside=inside)
    else:
        yield node
        if inside and node.message is not None:
            yield from leaves_of(node.message)


def signs_of(structure: bytes) -> tuple[bool, tuple[str, ...], str]:
    """Does it carry a calendar object, what are its attachments called, and of which kind is it if it is a report?"""
    if not _TELLING.search(structure):
        return False, (), ""
    if structure.isascii() and not _INVOLVED.search(structure):
        named = [(bool(file), value.decode("ascii")) for file, value in _NAMED.findall(structure)]
        own = [value for is_own, value in named if is_own]
        if not own or all(value in own for _, value in named):  # each part gives its name once, or twice the same
            return _CALENDAR.search(structure) is not None, tuple(own or (value for _, value in named)), ""
    node = node_from_bytes(structure)
    names = tuple(name for leaf in leaves_of(node, inside=False) if (name := leaf.filename))
    calendar = any(is_calendar(leaf.kind, leaf.filename) for leaf in leaves_of(node))
    report = node.parameters.get(b"report-type", b"delivery-status") if node.kind == "multipart/report" else b""
    return calendar, names, report.decode("ascii", "replace")


class Structures:
    """Structures of messages that a look has listed, for the fetch that follows. At most so many: memory stays bounded."""

    LIMIT = 20_000

    def __init__(self) -> None:
        self._folders: dict[tuple[str, int], dict[int, bytes]] = {}
        self._room = self.LIMIT

    def keep(self, folder: str, validity: int, uid: int, structure: bytes) -> None:
        """Remember one, as it came, while there is room."""
        if structure and self._room > 0:
            self._folders.setdefault((folder, validity), {})[uid] = structure
            self._room -= 1

    def pop(self, folder: str, validity: int, uid: int) -> bytes:
        """Take one out; nothing where it is not known."""
        structure = self._folders.get((folder, validity), {}).pop(uid, b"")
        self._room += bool(structure)
        return structure


@dataclass(frozen=True, slots=True)
class Excerpt:
    """How much of a section is worth its bytes. whole: all of it is less than that."""

    limit: int
    whole: bool = False


def wanted_of(node: Node) -> dict[str, Excerpt]:
    """The sections worth fetching: text, calendars, delivery reports; headers of attached mail."""
    leaves = list(leaves_of(node))
    said = {leaf.group for leaf in leaves if leaf.group and leaf.kind == "text/plain" and leaf.size >= _SAYS_SOMETHING}
    wanted: dict[str, Excerpt] = {}
    for leaf in leaves:
        limit = _limit(leaf, said)
        if limit:
            limit = limit * 4 // 3 + 4 if leaf.encoding == "base64" else limit
            wanted[leaf.section] = Excerpt(limit, whole=0 < leaf.size < limit)
        elif leaf.message is not None:
            wanted[f"{leaf.section}.HEADER"] = Excerpt(REPORT_LIMIT)
        if len(wanted) >= _WANTED:
            break
    return wanted


def _limit(leaf: Node, said: set[str]) -> int:
    name = leaf.filename
    if is_calendar(leaf.kind, name):
        return CALENDAR_LIMIT
    if leaf.kind in _REPORTS:
        return REPORT_LIMIT
    if leaf.disposition == "attachment" or (name and not name.casefold().endswith((".txt", ".html", ".htm"))):
        return 0
    if leaf.kind == "text/plain":
        return PLAIN_LIMIT
    return HTML_LIMIT if leaf.kind == "text/html" and leaf.group not in said else 0
