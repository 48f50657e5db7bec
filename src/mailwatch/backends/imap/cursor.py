"""The bookmark: per folder its UIDVALIDITY and the first UID not seen (RFC 3501 §2.3.1.1). Small at any size of mailbox."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, unquote

from mailwatch.backends.imap.folders import Folders
from mailwatch.core.model import Cursor, SpecialUse
from mailwatch.errors import CursorExpired

_KIND = "imap-1"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a folder has been read, and what it was taken for: with another use its messages are new again."""

    validity: int
    next_uid: int
    use: SpecialUse


@dataclass(slots=True)
class Bookmark:
    """The whole account's: everything since `since` below the marks has been seen."""

    since: datetime
    folders: dict[str, Mark] = field(default_factory=dict)

    def keep_what_holds(self, folders: Folders) -> None:
        """Forget folders that are gone or renamed, and those that the server has numbered anew.

        Raises:
            CursorExpired: some were numbered anew; the cursor of the others is with it.
        """
        stale = 0
        for name, mark in list(self.folders.items()):
            folder = folders.named(name)
            if folder is None or folder.use is not mark.use:
                del self.folders[name]
            elif folder.counts.validity not in (None, mark.validity):
                del self.folders[name]
                stale += 1
        if stale:
            what = "1 folder was" if stale == 1 else f"{stale} folders were"
            message = f"{what} numbered anew by the server of {folders.account}: their mail is listed anew."
            raise CursorExpired(folders.account, message, resume=cursor_from_bookmark(self))


def cursor_from_bookmark(bookmark: Bookmark) -> Cursor:
    """The bookmark as text."""
    folders = {name: [mark.validity, mark.next_uid, mark.use.value] for name, mark in bookmark.folders.items()}
    return Cursor(json.dumps({"since": bookmark.since.isoformat(), _KIND: folders}))


def bookmark_from_cursor(cursor: Cursor, account: str) -> Bookmark:
    """The bookmark back from its text.

    Raises:
        CursorExpired: it is none of this version.
    """
    try:
        table = json.loads(cursor)
        folders = {
            name: Mark(int(validity), int(uid), SpecialUse(use)) for name, (validity, uid, use) in table[_KIND].items()
        }
        return Bookmark(datetime.fromisoformat(table["since"]), folders)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CursorExpired(
            account, f"The bookmark of {account} can't be read: its mail is listed anew.", resume=None
        ) from None


def ref_of(folder: str, validity: int, uid: int) -> str:
    """Where a message lies, in plain ASCII."""
    return f"{quote(folder, safe='/')}#{validity}.{uid}"


def parts_of_ref(ref: str) -> tuple[str, int, int] | None:
    """Folder, UIDVALIDITY and UID of a ref; None for anything else."""
    folder, _, numbers = ref.rpartition("#")
    validity, _, uid = numbers.partition(".")
    if not (folder and validity.isdecimal() and uid.isdecimal() and len(numbers) < 40):
        return None
    return unquote(folder), int(validity), int(uid)
