"""Copies of the database: one a day, one before each change of the tables, the last seven kept; and going back to one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailwatch.errors import StoreError
from mailwatch.private_files import private_folder, put_in_place, settle_folder
from mailwatch.store.database import Database

KEPT = 7
EVERY = timedelta(hours=24)
_STAMP = "%Y%m%dT%H%M%SZ"
_SIDE_FILES = ("", "-wal", "-shm")


def back_up(database: Database, folder: Path, now: datetime) -> Path:
    """Write a copy of the database into the folder, and drop the oldest copies beyond the last seven.

    Raises:
        StoreError: the disk refused.
    """
    private_folder(folder)
    target = folder / f"{_stamp(now)}.db"
    partial = target.with_suffix(".partial")
    try:
        partial.unlink(missing_ok=True)
        database.copy_to(partial)
        partial.chmod(0o600)
        put_in_place(partial, target)
        settle_folder(folder)
        for old in backups(folder)[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{target} can't be written ({error.strerror}).", next_step="free some disk space") from error
    return target


def back_up_daily(database: Database, folder: Path, now: datetime) -> None:
    """Back up, unless the newest copy is younger than a day."""
    newest = next(iter(backups(folder)), None)
    if newest is None or newest.stem <= _stamp(now - EVERY):
        back_up(database, folder, now)


def backups(folder: Path) -> list[Path]:
    """All copies, the newest first."""
    return sorted(folder.glob("*.db"), reverse=True)


def set_aside(path: Path, now: datetime) -> Path:
    """Move a damaged database out of the way, with its side files; where it is now."""
    aside = path.with_name(f"{path.name}.damaged-{_stamp(now)}")
    for suffix in _SIDE_FILES:
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.replace(aside.with_name(aside.name + suffix))
    settle_folder(path.parent)
    return aside


def restore_newest(path: Path, folder: Path) -> Path | None:
    """Put the newest sound copy in the place of the database; which one, or None where there is none.

    Raises:
        StoreError: the disk refused.
    """
    for copy in backups(folder):
        if not _is_sound(copy):
            continue
        partial = path.with_name(f"{path.name}.partial")
        try:
            partial.write_bytes(copy.read_bytes())
            partial.chmod(0o600)
            put_in_place(partial, path)
            settle_folder(path.parent)
        except OSError as error:
            raise StoreError(
                f"{copy} can't be put back ({error.strerror}).", next_step="free some disk space"
            ) from error
        return copy
    return None


def _is_sound(copy: Path) -> bool:
    try:
        database = Database(copy)
    except StoreError:
        return False
    try:
        database.check()
        return True
    except StoreError:
        return False
    finally:
        database.close()


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime(_STAMP)
