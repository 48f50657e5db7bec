"""Mail as single .eml files (RFC 5322) in directories, as mail programs export it."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from mailwatch.backends.archives.store import Folder, Item, Listing
from mailwatch.backends.maildir.files import Head, head_of, whole_of

_SETTLED = 2_000_000_000


class Eml:
    """Satisfies store.Store. A message is named by its file, its size and its time: a file that was rewritten is another one."""

    noun = "folder of .eml files"

    def folders_below(self, root: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Every directory is a folder."""
        if not stat.S_ISDIR(root.stat().st_mode):
            raise NotADirectoryError(20, "it is no folder")
        waiting: list[tuple[Path, tuple[str, ...]]] = [(root, ())]
        while waiting:
            directory, parts = waiting.pop()
            yield directory, parts
            with os.scandir(directory) as entries:
                below = sorted(
                    entry.name
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
                )
            waiting += [(directory / name, (*parts, os.fsencode(name).decode("utf-8", "replace"))) for name in below]

    def stamp(self, folder: Folder) -> str:
        """A hash of all names, sizes and times."""
        return self.listing(folder, "").stamp

    def listing(self, folder: Folder, end: str) -> Listing:  # noqa: ARG002  a directory has no end
        """All messages."""
        items: dict[str, Item] = {}
        latest = folder.path.stat().st_mtime_ns
        with os.scandir(folder.path) as entries:
            for entry in entries:
                if entry.name.lower().endswith(".eml") and not entry.name.startswith("."):
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        unique = f"{entry.name}/{status.st_size}-{status.st_mtime_ns}"
                        items[unique] = Item(unique, status.st_mtime)
                        latest = max(latest, status.st_mtime_ns)
        text = "\0".join(sorted(items)).encode("utf-8", "surrogateescape")
        settled = time.time_ns() - latest > _SETTLED
        return Listing(items, whole=True, stamp=hashlib.blake2b(text, digest_size=12).hexdigest() if settled else "")

    def head(self, folder: Folder, unique: str) -> Head | None:
        """See store.Store."""
        try:
            return head_of(folder.path / _name_in(unique))
        except FileNotFoundError:
            return None

    def whole(self, folder: Folder, unique: str, limit: int) -> bytes | None:
        """See store.Store."""
        try:
            return whole_of(folder.path / _name_in(unique), limit)
        except FileNotFoundError:
            return None


def _name_in(unique: str) -> str:
    """The file's name; one that would lead elsewhere is none."""
    name = unique.rpartition("/")[0]
    if not name or "/" in name or name in {".", ".."}:
        raise FileNotFoundError(2, "no such message")
    return name
