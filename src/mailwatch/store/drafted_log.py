"""`drafted.log`: the ledger's mirror outside the database, append-only, one line of JSON for each change of a row.

It is enough to rebuild the ledger when the database is lost. A line is on the disk before the database has the same
change, so the log is never behind. The letter itself stands only in the first line of a row.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from mailwatch.core.model import DraftKey, LedgerRow
from mailwatch.errors import StoreError
from mailwatch.private_files import open_private, put_in_place, settle_folder
from mailwatch.store.records import bytes_from_record

RowId = tuple[DraftKey, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger row, and how many states it has been in: of two copies, the higher one is the newer."""

    row: LedgerRow
    change: int

    @property
    def id(self) -> RowId:
        """What tells rows apart: the obligation and the revision of its letter."""
        return self.row.key, self.row.revision


_LINE = msgspec.json.Decoder(Entry)


class DraftedLog:
    """The log file of a state folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self) -> int:
        """Its length in bytes, 0 where there is none."""
        with self._said():
            try:
                return self.path.stat().st_size
            except FileNotFoundError:
                return 0

    def append(self, entries: Iterable[Entry]) -> int:
        """Write changes down and wait until they are on the disk; the length of the file afterwards."""
        lines = b"".join(_line(entry, whole=entry.change == 1) for entry in entries)
        with self._said():
            fresh = not self.path.exists()
            descriptor = open_private(self.path, os.O_RDWR | os.O_APPEND)
            try:
                _write_all(descriptor, _end_of_torn_line(descriptor) + lines)
                os.fsync(descriptor)
                size = os.fstat(descriptor).st_size
            finally:
                os.close(descriptor)
            if fresh:
                settle_folder(self.path.parent)
        return size

    def entries(self) -> Mapping[RowId, Entry]:
        """The newest state of every row, as far as lines can be read: a torn line says nothing."""
        newest: dict[RowId, Entry] = {}
        letters: dict[RowId, bytes] = {}
        with self._said():
            try:
                data = self.path.read_bytes()
            except FileNotFoundError:
                return {}
        for line in data.splitlines():
            entry = _entry_from_line(line)
            if entry is None:
                continue
            if entry.row.raw:
                letters[entry.id] = entry.row.raw
            known = newest.get(entry.id)
            if known is None or entry.change >= known.change:
                newest[entry.id] = entry
        return {identity: _with_letter(entry, letters.get(identity)) for identity, entry in newest.items()}

    def rewrite(self, entries: Iterable[Entry]) -> int:
        """Replace the log by the present state of each row; the length of the file afterwards."""
        partial = self.path.with_name(f"{self.path.name}.partial")
        with self._said():
            partial.unlink(missing_ok=True)
            descriptor = open_private(partial, os.O_RDWR | os.O_EXCL)
            try:
                _write_all(descriptor, b"".join(_line(entry, whole=True) for entry in entries))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            put_in_place(partial, self.path)
            settle_folder(self.path.parent)
        return self.size()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"{self.path} can't be written or read ({error.strerror}), so no draft was saved.",
                next_step="check the disk space and the owner of the file",
            ) from error


def _line(entry: Entry, *, whole: bool) -> bytes:
    said = entry if whole else replace(entry, row=replace(entry.row, raw=b""))
    return bytes_from_record(said) + b"\n"


def _with_letter(entry: Entry, letter: bytes | None) -> Entry:
    """The entry with the letter of an earlier line. Without any it still says that this letter was drafted."""
    return replace(entry, row=replace(entry.row, raw=letter)) if letter and not entry.row.raw else entry


def _entry_from_line(line: bytes) -> Entry | None:
    try:
        return _LINE.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _end_of_torn_line(descriptor: int) -> bytes:
    """A line end, where the last writer was interrupted in the middle of a line."""
    size = os.fstat(descriptor).st_size
    if not size:
        return b""
    os.lseek(descriptor, -1, os.SEEK_END)
    return b"" if os.read(descriptor, 1) == b"\n" else b"\n"


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
