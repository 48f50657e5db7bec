"""The state folder and its files: the user's alone (0700, 0600), never reached through a link.

Everything here names its file by folder and fixed name; no part of a path ever comes from a mail or a server.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mailwatch.errors import StoreError

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


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
    if stat.S_IMODE(found.st_mode) & 0o077:
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
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"{path} can't be opened ({error.strerror}), so nothing can be remembered.",
            next_step=f"check the owner and the kind of {path}",
        ) from error
    try:
        found = os.fstat(descriptor)
        _refuse_others(path, found)
        if stat.S_IMODE(found.st_mode) & 0o077:
            os.fchmod(descriptor, 0o600)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def settle_folder(folder: Path) -> None:
    """Make a rename or a new file in the folder survive a power loss (fsync of the folder)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_others(path: Path, found: os.stat_result) -> None:
    if not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
        raise StoreError(
            f"{path} is a link or a device, so it is not safe to keep mail there.", next_step=f"remove {path}"
        )
    if found.st_uid != os.geteuid():
        raise StoreError(
            f"{path} belongs to another user, so it is not safe to keep mail there.",
            next_step="set MAILWATCH_STATE to a folder of your own",
        )
    if found.st_mode & _OTHERS_WRITE:
        raise StoreError(
            f"Others can write to {path}, so what it says can't be trusted.", next_step=f"chmod go-w {path}"
        )
