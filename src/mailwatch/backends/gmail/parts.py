"""The tree of parts that Gmail's API shows of a message, taken over within limits: whatever stands there, this is what is left of it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mailwatch.core.mime import is_calendar

_DEPTH, _PARTS, _FIELDS = 32, 500, 1_000
_BREAKS = re.compile(r"[\r\n\0]+[ \t]*")
_NAME = re.compile(r"[!-9;-~]{1,80}")
_KIND = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")


@dataclass(frozen=True, slots=True)
class PartNode:
    """One part. fields: its header, every value on one line. data: its body, base64url. attachment: where the body is instead."""

    kind: str = "application/octet-stream"
    filename: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    data: str = ""
    attachment: str = ""
    children: tuple[PartNode, ...] = ()

    @property
    def is_calendar(self) -> bool:
        """Is it a calendar object?"""
        return is_calendar(self.kind, self.filename)

    def field(self, name: str) -> str:
        """The first field of that name, lower case; "" where there is none."""
        return next((value for known, value in self.fields if known.lower() == name), "")

    def leaves(self) -> Iterator[PartNode]:
        """The parts that hold no parts, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


def tree_from_payload(payload: object) -> PartNode:
    """The tree: at most 32 levels and 500 parts of it. Never raises."""
    return _node(payload, 0, [_PARTS])


def decoded(text: str) -> bytes:
    """The bytes of a base64url word; nothing for what is none."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _node(part: object, depth: int, left: list[int]) -> PartNode:
    left[0] -= 1
    if not isinstance(part, dict):
        return PartNode()
    body = part.get("body")
    body = body if isinstance(body, dict) else {}
    children: list[PartNode] = []
    for child in _listed(part, "parts"):
        if depth >= _DEPTH or left[0] <= 0:
            break
        children.append(_node(child, depth + 1, left))
    kind = _text(part, "mimeType").lower()
    return PartNode(
        kind if _KIND.fullmatch(kind) else "application/octet-stream",
        _BREAKS.sub(" ", _text(part, "filename"))[:255],
        tuple(_fields(part)),
        _text(body, "data"),
        _text(body, "attachmentId"),
        tuple(children),
    )


def _fields(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The header. A value never gets to be more than one line, whatever was encoded in it."""
    for field in _listed(part, "headers")[:_FIELDS]:
        if isinstance(field, dict):
            name, value = _text(field, "name"), _BREAKS.sub(" ", _text(field, "value"))
            if _NAME.fullmatch(name):
                yield name, value


def _listed(table: Mapping[str, Any], key: str) -> list[Any]:
    found = table.get(key)
    return found if isinstance(found, list) else []


def _text(table: Mapping[str, Any], key: str) -> str:
    found = table.get(key)
    return found if isinstance(found, str) else ""
