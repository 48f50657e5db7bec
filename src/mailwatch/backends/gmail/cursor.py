"""The bookmark of a Gmail account: where its history stands, what has been listed already, and the drafts as they were seen.

A first look may take several runs (Google lets 300 messages a minute be read), so the bookmark knows which messages are done. It
knows them by short digests, by the month, so that what falls out of the window can be forgotten.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mailwatch.core.model import Cursor
from mailwatch.errors import CursorExpired

_KIND = "gmail-1"
_DIGEST = 8
EVERYTHING = "*"
"""Stands for all terms: mail was listed whatever it says."""


@dataclass(slots=True)
class Bookmark:
    """What is known of an account.

    since: how far back. history: Gmail's id; "" before the first look. complete: the first look is over.
    asked: digests of the terms that were searched for. seen: digests of listed messages by month ("2026-11").
    drafts: draft id → row (see drafts.py), None where they have not been listed.
    """

    since: datetime
    history: str = ""
    complete: bool = False
    asked: set[str] = field(default_factory=set)
    seen: dict[str, set[bytes]] = field(default_factory=dict)
    drafts: dict[str, list[Any]] | None = None

    def has(self, message: str) -> bool:
        """Was this message listed?"""
        mark = _digest(message)
        return any(mark in month for month in self.seen.values())

    def note(self, message: str, received: datetime | None) -> None:
        """This message is listed now."""
        month = f"{received:%Y-%m}" if received else "0000-00"
        self.seen.setdefault(month, set()).add(_digest(message))

    def unasked(self, terms: Iterable[str]) -> list[str]:
        """The terms that were not searched for yet."""
        if EVERYTHING in self.asked:
            return []
        return [term for term in terms if term_digest(term) not in self.asked]

    def forget_before(self, since: datetime) -> None:
        """What lies further back will not be met again."""
        for month in [month for month in self.seen if "0000-00" < month < f"{since:%Y-%m}"]:
            del self.seen[month]


def term_digest(term: str) -> str:
    """A term in the bookmark: four bytes of it, in hex."""
    return EVERYTHING if term == EVERYTHING else hashlib.blake2b(term.encode(), digest_size=4).hexdigest()


def cursor_from_bookmark(bookmark: Bookmark) -> Cursor:
    """The bookmark as text."""
    table = {
        "since": bookmark.since.isoformat(),
        _KIND: bookmark.history,
        "complete": bookmark.complete,
        "asked": sorted(bookmark.asked),
        "seen": {
            month: base64.b64encode(b"".join(sorted(marks))).decode() for month, marks in sorted(bookmark.seen.items())
        },
        "drafts": bookmark.drafts,
    }
    return Cursor(json.dumps(table, separators=(",", ":")))


def bookmark_from_cursor(cursor: Cursor, account: str) -> Bookmark:
    """The bookmark back from its text.

    Raises:
        CursorExpired: it is none of this version.
    """
    try:
        table = json.loads(cursor)
        return Bookmark(
            datetime.fromisoformat(table["since"]),
            str(int(table[_KIND])) if table[_KIND] else "",
            bool(table["complete"]),
            set(table["asked"]),
            {month: _marks(base64.b64decode(text)) for month, text in table["seen"].items()},
            None if table["drafts"] is None else dict(table["drafts"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CursorExpired(
            account, f"The bookmark of {account} can't be read: its mail is listed anew.", resume=None
        ) from None


def _digest(message: str) -> bytes:
    return hashlib.blake2b(message.encode(), digest_size=_DIGEST).digest()


def _marks(joined: bytes) -> set[bytes]:
    return {joined[start : start + _DIGEST] for start in range(0, len(joined), _DIGEST)}
