"""Mail in mbox files (RFC 4155 and its kin): one file a folder, one message behind the other.

A message begins at a line "From … 12:34…" with a header line behind it; that is stricter than "From " alone, because not
every program escapes such lines in texts. Programs note in the header whether a message was read and rewrite the file for
it, so a message is known by its header without such notes.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Self

from mailwatch.backends.archives.store import Folder, Item, Listing
from mailwatch.backends.maildir.files import HEAD, LONGEST_HEADER, Head

_BLOCK = 1 << 20
_OVERLAP = 1024
_SEARCHED = 512 * 1024  # how far into a long message an invitation is looked for
_FROM = b"From "
_SEPARATOR = re.compile(rb"From [^\n]{0,300}?\d{1,2}:\d{2}[^\n]{0,80}\n(?=[!-9;-~]{1,200}:|>From )")
_STAMP = re.compile(
    rb"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) +(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?[^\n]{0,40}? (?P<year>\d{4})"
)
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_NOTES = re.compile(
    rb"^(?:Status|X-Status|X-Keywords|X-UID|X-IMAP|X-IMAPbase|Content-Length|Lines|X-Mozilla-(?:Status2?|Keys))"
    rb":[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)
_EMPTY_LAST_LINE = re.compile(rb"(?<=\n)\r?\n\Z")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_INTERNAL = b"DON'T DELETE THIS MESSAGE"  # how some servers keep notes of their own in the file
_SETTLED = 2_000_000_000
_TAIL = 1024
_SAFELY = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)  # links are fine here
_INDEXES = (".msf", ".dat", ".cmeta", ".lock", ".html")


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a message lies: from its separator line on, up to the next one."""

    begin: int
    end: int


class Mbox:
    """Satisfies store.Store."""

    noun = "mbox file"

    def __init__(self) -> None:
        self._spans: dict[Path, dict[str, _Span]] = {}

    def folders_below(self, root: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """A file is a folder; in a directory every file that begins like an mbox is one, in Thunderbird's .sbd folders too."""
        if not stat.S_ISDIR(root.stat().st_mode):
            yield root, ()
            return
        waiting: list[tuple[Path, tuple[str, ...]]] = [(root, ())]
        while waiting:
            directory, parts = waiting.pop()
            with os.scandir(directory) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
            for entry in listed:
                name = load_name(entry.name)
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), (*parts, name.removesuffix(".sbd"))))
                elif not entry.name.endswith(_INDEXES) and entry.is_file() and _is_mbox(Path(entry.path)):
                    yield Path(entry.path), (*parts, name.removesuffix(".mbox"))

    def stamp(self, folder: Folder) -> str:
        """Size and modification time of the file."""
        status = folder.path.stat()
        settled = time.time_ns() - status.st_mtime_ns > _SETTLED
        return f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}" if settled else ""

    def listing(self, folder: Folder, end: str) -> Listing:
        """All messages, or those behind the point up to which the file is as it was."""
        stamp = self.stamp(folder)
        with _File(folder.path) as file:
            begin = file.resumed_at(end)
            spans = dict(_named_spans(file, begin))
            items = {unique: Item(unique, _delivered(file, span)) for unique, span in spans.items()}
            self._spans[folder.path] = spans
            return Listing(items, begin == 0, stamp, file.end)

    def head(self, folder: Folder, unique: str) -> Head | None:
        """See store.Store."""
        with _File(folder.path) as file:
            span = self._span(folder, file, unique)
            return _head(file, span) if span else None

    def whole(self, folder: Folder, unique: str, limit: int) -> bytes | None:
        """See store.Store. Lines that were escaped because they begin with "From " are as their writer wrote them."""
        with _File(folder.path) as file:
            span = self._span(folder, file, unique)
            if span is None:
                return None
            data = file.read(span.begin, min(span.end, span.begin + limit + _OVERLAP)).partition(b"\n")[2]
            return _QUOTED.sub(rb"\1", _EMPTY_LAST_LINE.sub(b"", data))[:limit]

    def _span(self, folder: Folder, file: _File, unique: str) -> _Span | None:
        """Where a message lies now. Spans are remembered while the message is found there."""
        for _ in range(2):
            span = self._spans.get(folder.path, {}).get(unique)
            if span and _name_of(file, span).partition("-")[0] == unique.partition("-")[0]:
                return span
            self._spans[folder.path] = dict(_named_spans(file, 0))
        return None


class _File:
    """An open mbox file: a regular one, read at given places."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, _SAFELY)
        status = os.fstat(self._descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(self._descriptor)
            raise OSError(22, "not a regular file")
        self.size = status.st_size
        self.modified = datetime.fromtimestamp(status.st_mtime, UTC)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def read(self, begin: int, end: int) -> bytes:
        os.lseek(self._descriptor, begin, os.SEEK_SET)
        return os.read(self._descriptor, max(0, end - begin))

    @property
    def end(self) -> str:
        """The size, and what stands before it: as long as both are so, the file up to here is taken for unchanged."""
        return f"{self.size}-{self._hash_before(self.size)}"

    def resumed_at(self, end: str) -> int:
        size, _, digest = end.partition("-")
        if not size.isdigit() or not 0 < int(size) <= self.size or self._hash_before(int(size)) != digest:
            return 0
        return int(size)

    def _hash_before(self, size: int) -> str:
        return hashlib.blake2b(self.read(max(0, size - _TAIL), size), digest_size=8).hexdigest()


def load_name(name: str) -> str:
    """A file's name as text."""
    return os.fsencode(name).decode("utf-8", "replace")


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(5)
    return start in {b"", b"From "}


def _separators(file: _File, begin: int) -> Iterator[int]:
    """Where messages begin, a block of the file at a time."""
    at = begin
    while at < file.size:
        block = file.read(at, at + _BLOCK + _OVERLAP)
        last = at + len(block) >= file.size
        if at == begin and _SEPARATOR.match(block):
            yield at
        yield from (at + place for place in _after_line_ends(block) if last or place < _BLOCK)
        if last:
            return
        at += _BLOCK - 1  # so that the line end before a separator at the block's start is seen


def _after_line_ends(block: bytes) -> Iterator[int]:
    """Separators behind a line end. What a plain search finds is looked at closely; a pattern alone would be slow on large files."""
    place = block.find(b"\n" + _FROM)
    while place >= 0:
        if _SEPARATOR.match(block, place + 1):
            yield place + 1
        place = block.find(b"\n" + _FROM, place + 1)


def _named_spans(file: _File, begin: int) -> Iterator[tuple[str, _Span]]:
    """The messages by name; of several with the same header the later ones get a number."""
    starts = [*_separators(file, begin), file.size]
    count: Counter[str] = Counter()
    for start, end in pairwise(starts):
        span = _Span(start, end)
        if _INTERNAL in file.read(start, min(end, start + 1000)):
            continue
        name = _name_of(file, span)
        count[name] += 1
        yield (name if count[name] == 1 else f"{name}-{count[name]}"), span


def _name_of(file: _File, span: _Span) -> str:
    return hashlib.blake2b(_NOTES.sub(b"", _header(file, span) + b"\n"), digest_size=12).hexdigest()


def _header(file: _File, span: _Span) -> bytes:
    """A message's header block without the separator line."""
    data = b""
    for size in (8192, LONGEST_HEADER):
        data = file.read(span.begin, min(span.end, span.begin + size)).partition(b"\n")[2]
        if found := _END_OF_HEADER.search(data):
            return data[: found.start()]
    return data


def _head(file: _File, span: _Span) -> Head:
    begin = file.read(span.begin, min(span.end, span.begin + HEAD))
    data = begin.partition(b"\n")[2]
    if not _END_OF_HEADER.search(data):
        data = _header(file, span) + b"\n\n"
    invitation = False
    if b"multipart/" in data.lower():
        rest = file.read(span.begin + len(begin), min(span.end, span.begin + len(begin) + _SEARCHED)).lower()
        invitation = b"text/calendar" in rest or b".ics" in rest
    size = span.end - span.begin
    moment = _delivered(file, span)
    return Head(data, size, datetime.fromtimestamp(moment, UTC), f"{size}", invitation=invitation)


def _delivered(file: _File, span: _Span) -> float:
    """What the separator line says, taken as UTC; the file's own time where it says nothing."""
    found = _STAMP.search(file.read(span.begin, min(span.end, span.begin + 400)).partition(b"\n")[0])
    if found and found["month"] in _MONTHS:
        month = _MONTHS.index(found["month"]) + 1
        day, hour, minute = (int(found[name]) for name in ("day", "hour", "minute"))
        try:
            return datetime(int(found["year"]), month, day, hour, minute, tzinfo=UTC).timestamp()
        except ValueError:
            pass
    return file.modified.timestamp()
