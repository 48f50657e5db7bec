"""Where iCalendar text comes from, and how each place says that nothing has changed."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mailwatch.backends.pieces import Piece
from mailwatch.errors import BackendError, ProtocolError

if TYPE_CHECKING:
    from mailwatch.transport import FeedStamp

LARGEST = 64 * 1024 * 1024
_MOST_FILES = 20_000
_SETTLED = 2_000_000_000  # nanoseconds: a file changed more recently may change again under the same time
_MARKS = (b"BEGIN:VCALENDAR", b"END:VCALENDAR")


class Source(Protocol):
    """A place with iCalendar text in one or more pieces."""

    def read(self, stamps: Mapping[str, str]) -> Mapping[str, Piece]:
        """All pieces by name; of those whose stamp still fits, only that they are the same.

        Raises:
            BackendError: the place can't be read.
        """
        ...


class FileSource:
    """One .ics file."""

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._path = path

    def read(self, stamps: Mapping[str, str]) -> Mapping[str, Piece]:
        """See Source."""
        try:
            piece = _piece_of(self._path, stamps.get("", ""))
        except OSError as error:
            raise _unreadable(self._name, self._path, error) from None
        if piece.problem:
            raise ProtocolError(
                self._name,
                f"{self._path} is no calendar to read from: {piece.problem}. Nothing was taken from it.",
                next_step=f"let your calendar program write it anew, or correct path under [calendar.{self._name}]",
            )
        return {"": piece}


class FolderSource:
    """A folder of .ics files, as vdirsyncer and many calendar programs keep them; folders in it included."""

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._path = path

    def read(self, stamps: Mapping[str, str]) -> Mapping[str, Piece]:
        """See Source. A file that can't be read is a piece with a problem; the others go on."""
        pieces: dict[str, Piece] = {}
        for path in self._files():
            key = os.fsencode(path.relative_to(self._path)).decode("utf-8", "backslashreplace")
            try:
                pieces[key] = _piece_of(path, stamps.get(key, ""))
            except FileNotFoundError:
                continue
            except OSError as error:
                pieces[key] = Piece("", problem=str(error.strerror))
        return pieces

    def _files(self) -> list[Path]:
        try:
            found = list(_ics_files_below(self._path))
        except OSError as error:
            raise _unreadable(self._name, self._path, error) from None
        if len(found) > _MOST_FILES:
            raise ProtocolError(
                self._name,
                f"The folder of calendar {self._name} holds more than {_MOST_FILES} files, which can't be one calendar.",
            )
        return sorted(found)


class FeedSource:
    """A feed over https. Its address is a secret: only its host is ever shown.

    Args:
        url: the address, or what fetches it from where secrets are.
    """

    def __init__(self, name: str, url: str | Callable[[], str], *, ca_file: Path | None = None) -> None:
        self._name = name
        self._url = url
        self._ca_file = ca_file

    def __repr__(self) -> str:
        from mailwatch.transport import host_of

        return f"FeedSource({self._name!r}, host={host_of(self._url) if isinstance(self._url, str) else ''!r})"

    def read(self, stamps: Mapping[str, str]) -> Mapping[str, Piece]:
        """See Source."""
        from mailwatch.transport import fetch_feed, host_of  # requests is loaded for feeds only

        url = self._url if isinstance(self._url, str) else self._url()
        known = stamps.get("", "")
        before, digest = _feed_stamp(known)
        feed = fetch_feed(self._name, url, known=before, ca_file=self._ca_file)
        if feed is None:
            return {"": Piece(known)}
        now = hashlib.sha256(feed.body).hexdigest()
        stamp = json.dumps([feed.stamp.etag, feed.stamp.last_modified, now])
        if now == digest:
            return {"": Piece(stamp)}
        if fault := fault_in(feed.body):
            raise ProtocolError(
                self._name,
                f"The feed of calendar {self._name} at {host_of(url)} can't be read: {fault}. Nothing was taken from it.",
                next_step="open its address in a browser, or copy it anew from the calendar's settings",
            )
        return {"": Piece(stamp, feed.body)}


def fault_in(data: bytes) -> str:
    """Why this is not a whole calendar, as a clause ("it is cut short"), "" where it is one."""
    text = data.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\0")
    if not text:
        return "it is empty"
    if not text[:64].upper().startswith(_MARKS[0]):
        page = text[:1] == b"<"
        return "it is a web page, perhaps one to sign in" if page else "it is no calendar"
    return "" if text[-64:].upper().endswith(_MARKS[1]) else "it is cut short"


def _piece_of(path: Path, known: str) -> Piece:
    """A file as a piece.

    Raises:
        OSError: it can't be read.
    """
    status = path.stat()
    stamp = f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"
    if stamp == known:
        return Piece(stamp)
    if status.st_size > LARGEST:
        return Piece("", problem=f"it is larger than {LARGEST // 1_048_576} MB")
    data = path.read_bytes()
    if fault := fault_in(data):
        return Piece("", problem=fault)
    return Piece(stamp if time.time_ns() - status.st_mtime_ns > _SETTLED else "", data)


def _ics_files_below(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        listed = list(entries)
    for entry in listed:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _ics_files_below(Path(entry.path))
        elif entry.name.lower().endswith(".ics") and entry.is_file():
            yield Path(entry.path)


def _feed_stamp(text: str) -> tuple[FeedStamp | None, str]:
    from mailwatch.transport import FeedStamp

    if not text:
        return None, ""
    etag, last_modified, digest = json.loads(text)
    return FeedStamp(str(etag), str(last_modified)), str(digest)


def _unreadable(name: str, path: Path, error: OSError) -> BackendError:
    return BackendError(
        name,
        f"Calendar {name} can't be read from {path} ({error.strerror}).",
        next_step=f"correct path under [calendar.{name}]",
    )
