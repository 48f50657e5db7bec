"""The one-run lock: an flock on a file in the state folder. It dies with the process that holds it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mailwatch.errors import AlreadyRunning, StoreError
from mailwatch.private_files import open_private, private_folder

RUN, DAEMON = "lock", "daemon.lock"
_LOOK_EVERY = 0.2


@contextmanager
def run_lock(
    folder: Path, *, wait: float = 0.0, sleep: Callable[[float], None] = time.sleep, name: str = RUN
) -> Iterator[None]:
    """Hold the lock of a state folder.

    Args:
        wait: seconds to wait for another holder to finish.
        name: RUN for one look; DAEMON for as long as one keeps looking.

    Raises:
        AlreadyRunning: another process holds it; the message names its process id.
        StoreError: the file system knows no locks, or the folder isn't the user's own.
    """
    descriptor = open_private(private_folder(folder) / name, os.O_RDWR)
    try:
        _take(descriptor, folder, wait, sleep)
        with suppress(OSError):  # on a full disk the lock holds, and only the note of who has it is lost
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, folder: Path, wait: float, sleep: Callable[[float], None]) -> None:
    waited = 0.0
    while not _locked(descriptor, folder):
        if waited >= wait:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            raise AlreadyRunning(
                f"Another mailwatch is at work (process {holder or 'unknown'}), so this one did nothing.",
                next_step="wait for it to finish, or stop it",
            )
        sleep(_LOOK_EVERY)
        waited += _LOOK_EVERY


def _locked(descriptor: int, folder: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StoreError(
            f"The file system of {folder} knows no locks ({error.strerror}), so two runs could collide.",
            next_step="set MAILWATCH_STATE to a folder on a local disk",
        ) from error
    return True
