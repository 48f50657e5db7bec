"""The one-run lock: a lock of the system's on a file in the state folder. It dies with the process that holds it.

Windows locks the first byte, and nobody else can read that: who holds the lock is noted behind it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mailwatch.errors import AlreadyRunning, StoreError
from mailwatch.private_files import open_private, private_folder

RUN, DAEMON = "lock", "daemon.lock"
_LOOK_EVERY = 0.2
_NOTE = 1


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
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, f"{'':{_NOTE}}{os.getpid()}".encode())
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, folder: Path, wait: float, sleep: Callable[[float], None]) -> None:
    waited = 0.0
    while not _locked(descriptor, folder):
        if waited >= wait:
            os.lseek(descriptor, _NOTE, os.SEEK_SET)
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
            raise AlreadyRunning(
                f"Another mailwatch is at work (process {holder or 'unknown'}), so this one did nothing.",
                next_step="wait for it to finish, or stop it",
            )
        sleep(_LOOK_EVERY)
        waited += _LOOK_EVERY


def _locked(descriptor: int, folder: Path) -> bool:
    from filelock import lock_descriptor

    try:
        return lock_descriptor(descriptor, blocking=False)
    except OSError as error:
        raise StoreError(
            f"The file system of {folder} knows no locks ({error.strerror}), so two runs could collide.",
            next_step="set MAILWATCH_STATE to a folder on a local disk",
        ) from error
