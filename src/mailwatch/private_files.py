"""The state folder and its files: the user's alone (0700, 0600), never reached through a link.

Everything here names its file by folder and fixed name; no part of a path ever comes from a mail or a server.
Windows has neither these rights nor owners by number: there a folder in the user's own profile is the user's alone, and
`mailwatch doctor` reads who may open it.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path

from mailwatch.errors import StoreError

SAFELY: int = (
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", getattr(os, "O_NOINHERIT", 0)) | getattr(os, "O_BINARY", 0)
)
"""Flags for os.open: never through a link, not for programs that we start, bytes as they are; what the system knows of it."""
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_PATIENCE, _NAP = 2.0, 0.05


def rights_of_others(found: os.stat_result) -> int:
    """The bits of group and everybody; 0 where the system has no such bits, and what stands in their place means nothing."""
    return stat.S_IMODE(found.st_mode) & 0o077 if hasattr(os, "geteuid") else 0


def is_strangers(found: os.stat_result, *, or_roots: bool = False) -> bool:
    """Does it belong to another user? Where owners have no numbers, nobody's does.

    Args:
        or_roots: what belongs to the administrator will do too.
    """
    return hasattr(os, "geteuid") and found.st_uid not in {os.geteuid(), *([0] if or_roots else [])}


def put_in_place(fresh: Path, path: Path) -> None:
    """Rename a file over another one. Windows refuses while a reader has the old one open: that is waited for.

    Raises:
        OSError: it can't be done; both are as they were.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            fresh.replace(path)
        except PermissionError:
            if hasattr(os, "geteuid") or time.monotonic() > until:
                raise
            time.sleep(_NAP)
        else:
            return


def private_folder(folder: Path) -> Path:
    """Make sure that the folder exists, belongs to this user, and is closed to others (0700).

    Raises:
        StoreError: it is a link, somebody else's, or writable by others; or it can't be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise StoreError(
            f"The folder {folder} can't be made ({error.strerror}), so nothing can be remembered.",
            next_step="set MAILWATCH_STATE to a folder of your own",
        ) from error
    _refuse_others(folder, found)
    if rights_of_others(found):
        folder.chmod(0o700)
    return folder


def private_file(path: Path) -> None:
    """Make sure that the file exists, belongs to this user, and is closed to others (0600).

    Raises:
        StoreError: it is a link, somebody else's, writable by others, or can't be made.
    """
    os.close(open_private(path, os.O_RDWR))


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a private file, made with mode 0600 where it is missing. The caller closes it.

    Raises:
        StoreError: see private_file.
    """
    try:
        descriptor = open_safely(path, flags | os.O_CREAT)
    except OSError as error:
        raise StoreError(
            f"{path} can't be opened ({error.strerror}), so nothing can be remembered.",
            next_step="let it be written to, or name another folder in MAILWATCH_STATE"
            if error.errno == errno.EROFS
            else f"check the owner and the kind of {path}",
        ) from error
    try:
        found = os.fstat(descriptor)
        _refuse_others(path, found)
        if hasattr(os, "fchmod") and rights_of_others(found):
            os.fchmod(descriptor, 0o600)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def open_safely(path: Path, flags: int) -> int:
    """A descriptor of a file, never through a link; a new one is the user's alone. The caller closes it.

    Where the system can't refuse a link while opening, it is looked for before.

    Raises:
        OSError: it can't be opened, or is a link.
    """
    if not hasattr(os, "O_NOFOLLOW") and path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return os.open(path, flags | SAFELY, 0o600)


def settle_folder(folder: Path) -> None:
    """Make a rename or a new file in the folder survive a power loss (fsync of the folder; Windows opens none)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | SAFELY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_others(path: Path, found: os.stat_result) -> None:
    if not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
        raise StoreError(
            f"{path} is a link or a device, so it is not safe to keep mail there.", next_step=f"remove {path}"
        )
    if is_strangers(found):
        raise StoreError(
            f"{path} belongs to another user, so it is not safe to keep mail there.",
            next_step="set MAILWATCH_STATE to a folder of your own",
        )
    if rights_of_others(found) & _OTHERS_WRITE:
        raise StoreError(
            f"Others can write to {path}, so what it says can't be trusted.", next_step=f"chmod go-w {path}"
        )
