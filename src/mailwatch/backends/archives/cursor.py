"""The bookmark of an archive: per folder its stamp, where its listing ended, and the messages seen there by short hashes."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime

from mailwatch.core.model import Cursor, SpecialUse
from mailwatch.errors import CursorExpired

_KIND = "archive-1"
_WIDTH = 8


@dataclass(slots=True)
class FolderMark:
    """What is known of one folder. use: what it was taken for; with another use its messages are new again."""

    use: SpecialUse
    stamp: str = ""
    end: str = ""
    seen: set[bytes] = field(default_factory=set)


@dataclass(slots=True)
class Bookmark:
    """The whole account's: everything since `since` that is in the folders has been seen."""

    since: datetime
    folders: dict[str, FolderMark] = field(default_factory=dict)


def hash_of(unique: str) -> bytes:
    """Eight bytes for a message's name."""
    return hashlib.blake2b(unique.encode("utf-8", "surrogateescape"), digest_size=_WIDTH).digest()


def cursor_from_bookmark(bookmark: Bookmark) -> Cursor:
    """The bookmark as text."""
    folders = {
        name: [mark.use.value, mark.stamp, mark.end, base64.b64encode(b"".join(sorted(mark.seen))).decode("ascii")]
        for name, mark in bookmark.folders.items()
    }
    return Cursor(json.dumps({"since": bookmark.since.isoformat(), _KIND: folders}))


def bookmark_from_cursor(cursor: Cursor, account: str) -> Bookmark:
    """The bookmark back from its text.

    Raises:
        CursorExpired: it is none of this version.
    """
    try:
        table = json.loads(cursor)
        since = datetime.fromisoformat(table["since"])
        return Bookmark(since, {name: _mark(*values) for name, values in table[_KIND].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CursorExpired(
            account, f"The bookmark of {account} can't be read: its mail is listed anew.", resume=None
        ) from None


def _mark(use: str, stamp: str, end: str, packed: str) -> FolderMark:
    data = base64.b64decode(packed, validate=True)
    seen = {data[start : start + _WIDTH] for start in range(0, len(data), _WIDTH)}
    return FolderMark(SpecialUse(use), str(stamp), str(end), seen)
