"""A directory to write into, opened once and never through a link, so that nobody can put another one in its place.

Windows has no such handle on a directory: there the files are named by their whole path, and a link is looked for before.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path

from mailwatch.private_files import SAFELY

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | SAFELY


@dataclass(frozen=True, slots=True)
class Directory:
    """An open directory. handle: of the system, None where it has none."""

    path: Path
    handle: int | None

    def new_file(self, name: str) -> BufferedWriter:
        """A file that was not there before, the user's alone.

        Raises:
            OSError: it can't be made.
        """
        return os.fdopen(os.open(self._named(name), _NEW_FILE, 0o600, dir_fd=self.handle), "wb")

    def move(self, name: str, to: Directory, new_name: str) -> None:
        """Give a file its place and name in another directory.

        Raises:
            OSError: it can't be moved.
        """
        os.rename(self._named(name), to._named(new_name), src_dir_fd=self.handle, dst_dir_fd=to.handle)

    def remove(self, name: str) -> None:
        """Take a file away.

        Raises:
            OSError: it can't be removed.
        """
        os.unlink(self._named(name), dir_fd=self.handle)

    def _named(self, name: str) -> str:
        return str(self.path / name) if self.handle is None else name


@contextmanager
def opened(path: Path) -> Iterator[Directory]:
    """Open a directory.

    Raises:
        OSError: it is none, a link, or closed to us.
    """
    if not hasattr(os, "O_DIRECTORY"):
        if path.is_symlink() or not path.is_dir():
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        yield Directory(path, None)
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | SAFELY)
    try:
        yield Directory(path, handle)
    finally:
        os.close(handle)
