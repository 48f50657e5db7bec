"""The bookmark: per folder, when its directories last changed and which messages were seen there.

A tick in which nothing happened compares two times a folder and lists nothing. Messages are remembered by eight bytes of
hash each, so that 20,000 of them fit into 220 kB of cursor.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mailwatch.core.model import Cursor, SpecialUse
from mailwatch.errors import CursorExpired

_KIND = "maildir-1"
_WIDTH = 8
_SETTLED = 2_000_000_000  # nanoseconds; coarser than any file system's clock
UNSETTLED = (0, 0)
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


class FolderMark:
    """What is known of one folder.

    use:   what it was taken for: with another use its messages are new again.
    times: modification times of cur and new when it was listed, UNSETTLED where a change could hide in the same instant.
    seen:  hashes of the messages yielded or passed over; unpacked from the text only when a folder has changed.
    """

    __slots__ = ("_packed", "_seen", "times", "use")

    def __init__(self, use: SpecialUse, times: tuple[int, int] = UNSETTLED, packed: str = "") -> None:
        self.use = use
        self.times = times
        self._packed = packed
        self._seen: set[bytes] | None = None

    @property
    def seen(self) -> set[bytes]:
        """The hashes, to be changed in place."""
        if self._seen is None:
            data = base64.b64decode(self._packed)
            self._seen = {data[start : start + _WIDTH] for start in range(0, len(data), _WIDTH)}
        return self._seen

    @property
    def packed(self) -> str:
        """The hashes as text."""
        return self._packed if self._seen is None else base64.b64encode(b"".join(sorted(self._seen))).decode("ascii")


@dataclass(slots=True)
class Bookmark:
    """The whole account's: everything since `since` that is in the folders has been seen."""

    since: datetime
    folders: dict[str, FolderMark] = field(default_factory=dict)


def hash_of(unique: str) -> bytes:
    """Eight bytes for the unique part of a file name."""
    return hashlib.blake2b(os.fsencode(unique), digest_size=_WIDTH).digest()


def times_of(folder: Path) -> tuple[int, int]:
    """Modification times of a folder's directories, in nanoseconds.

    Raises:
        OSError: one is gone.
    """
    return (folder / "cur").stat().st_mtime_ns, (folder / "new").stat().st_mtime_ns


def settled(times: tuple[int, int]) -> tuple[int, int]:
    """The times if they are old enough for a later change to show, else UNSETTLED.

    A file system's clock ticks every few milliseconds; a file that arrives within the tick of the listing leaves the time
    as it was. (git calls this the racy index.)
    """
    return times if time.time_ns() - max(times) > _SETTLED else UNSETTLED


def cursor_from_bookmark(bookmark: Bookmark) -> Cursor:
    """The bookmark as text."""
    folders = {name: [mark.use.value, *mark.times, mark.packed] for name, mark in bookmark.folders.items()}
    return Cursor(json.dumps({"since": bookmark.since.isoformat(), _KIND: folders}))


def bookmark_from_cursor(cursor: Cursor, account: str) -> Bookmark:
    """The bookmark back from its text.

    Raises:
        CursorExpired: it is none of this version.
    """
    try:
        table = json.loads(cursor)
        return Bookmark(
            datetime.fromisoformat(table["since"]), {name: _mark(*values) for name, values in table[_KIND].items()}
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CursorExpired(
            account, f"The bookmark of {account} can't be read: its mail is listed anew.", resume=None
        ) from None


def _mark(use: str, cur: int, new: int, packed: str) -> FolderMark:
    if len(packed) % 4 or not _BASE64.fullmatch(packed):
        raise ValueError("no list of hashes")
    return FolderMark(SpecialUse(use), (int(cur), int(new)), packed)
