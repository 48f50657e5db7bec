"""Writing one draft the way the Maildir format asks for: tmp, fsync, rename into cur with the flags D and S, fsync.

Only two directories are ever written to, opened once and never through a link: tmp and cur of the one Drafts folder. The
file's name is made of the draft's key, so that nothing from a mail becomes part of a path.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from mailwatch.backends.base import Saved
from mailwatch.backends.folder_names import load_folder_names
from mailwatch.backends.maildir.directory import opened
from mailwatch.backends.maildir.files import LARGEST, entries_in, stamp_of, whole_of
from mailwatch.backends.maildir.layout import Folder, Layout, required
from mailwatch.backends.maildir.names import BEFORE_FLAGS, name_for, ref_of
from mailwatch.core.model import Draft, DraftRef, SpecialUse
from mailwatch.errors import BackendError, DraftRefused
from mailwatch.private_files import settle_folder

_FLAGS = f"{BEFORE_FLAGS}2,DS"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def save(draft: Draft, layout: Layout, root: Path, account: str) -> Saved:
    """Write the draft. One that was saved before under this key and revision is given back as it is now.

    Raises:
        BackendError: there is no Drafts folder, it may send, or it lies outside the account.
        DraftRefused: it can't be written to, or the disk is full.
    """
    folder = _target(layout, root, account)
    unique = name_for(draft)
    try:
        if unique not in entries_in(folder.path):
            _store(folder, unique, draft.raw.replace(b"\r\n", b"\n"), account)
        entry = entries_in(folder.path)[unique]
        path = folder.path / entry.inside / entry.name
        return Saved(
            DraftRef(ref_of(folder.name, unique)), whole_of(path, LARGEST), link=str(path), stamp=stamp_of(path)
        )
    except OSError as error:
        reason = f"The Drafts folder of {account} can't be read back ({error.strerror})."
        raise BackendError(account, reason, next_step=f"see that {folder.path} can be read") from None


def _store(folder: Folder, unique: str, data: bytes, account: str) -> None:
    try:
        _write(folder, unique, data)
    except OSError as error:
        raise _refusal(folder, account, error) from None
    settle_folder(folder.path / "cur")


def _target(layout: Layout, root: Path, account: str) -> Folder:
    """The one folder that drafts go to."""
    folder = required(layout, SpecialUse.DRAFTS, root, account)[0]
    if load_folder_names().may_send(folder.parts):
        raise BackendError(
            account,
            f"The Drafts folder of {account} is called {folder.shown}, and what lies in an outbox may be sent by others.",
            next_step=f"name another folder: drafts under [account.{account}]",
        )
    if not folder.path.resolve().is_relative_to(root.resolve()):
        raise BackendError(
            account,
            f"The Drafts folder of {account} is a link that leads out of {root}, and mailwatch writes nowhere else.",
            next_step=f"name another folder: drafts under [account.{account}]",
        )
    return folder


def _write(folder: Folder, unique: str, data: bytes) -> None:
    with opened(folder.path / "tmp") as tmp, opened(folder.path / "cur") as cur:
        with suppress(FileNotFoundError):
            tmp.remove(unique)  # what a crash of ours has left
        try:
            with tmp.new_file(unique) as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            tmp.move(unique, cur, f"{unique}{_FLAGS}")
        except OSError:
            with suppress(OSError):
                tmp.remove(unique)
            raise


def _refusal(folder: Folder, account: str, error: OSError) -> DraftRefused:
    """Nothing is in Drafts: what was begun has been taken away again."""
    if error.errno in _FULL:
        return DraftRefused(
            account,
            f"The disk of {account} is full: the draft is kept and saved later.",
            next_step="make room on the disk",
        )
    missing = error.errno == errno.ENOENT
    step = f"mkdir {folder.path / 'tmp'}" if missing else f"make {folder.path} writable for yourself"
    return DraftRefused(
        account, f"The Drafts folder of {account} can't be written to ({error.strerror}).", next_step=step
    )
