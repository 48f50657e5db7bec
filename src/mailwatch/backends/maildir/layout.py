"""Where the folders are: Maildir, Maildir++ (.Sent beside cur), and separate folders as mbsync and offlineimap write them.

A folder is a directory that holds `cur` and `new`; its use is told by the configuration, else by its name. Nothing is
ever created here.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailwatch.backends.folder_names import FolderNames, folded, load_folder_names
from mailwatch.core.model import SpecialUse
from mailwatch.errors import BackendError

_OWN = frozenset({"cur", "new", "tmp"})
_FOREIGN = frozenset({".git", ".hg", ".notmuch"})
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder. name: its path below the root ("." is the root itself). parts: the names in it, decoded.

    rank: how good a choice it is among the folders of its use, 0 is best.
    """

    path: Path
    name: str
    parts: tuple[str, ...]
    use: SpecialUse
    rank: int

    @property
    def shown(self) -> str:
        """The name for a status line: printable, short."""
        text = "/".join(self.parts) or "INBOX"
        return "".join(letter if letter.isprintable() else "?" for letter in text)[:60]


@dataclass(frozen=True, slots=True)
class Layout:
    """All folders of one account."""

    folders: tuple[Folder, ...]

    def of(self, *uses: SpecialUse) -> tuple[Folder, ...]:
        """The folders for these uses, the best choice first."""
        return tuple(
            sorted((each for each in self.folders if each.use in uses), key=lambda each: (each.rank, each.name))
        )

    def named(self, name: str) -> Folder | None:
        """The folder of this name."""
        return next((each for each in self.folders if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the configuration says about folders.

    account: the account's name in the configuration, for messages.
    names:   the configured folder name for a use.
    watched: the user's own folders to read (empty: all).
    """

    account: str
    names: Mapping[SpecialUse, str]
    watched: frozenset[str] = frozenset()


def layout_of(root: Path, choices: Choices) -> Layout:
    """Find the folders below `root` and tell their uses.

    Raises:
        BackendError: there is no such directory, it holds no mail folder or no INBOX, or a configured folder is missing.
    """
    names = load_folder_names()
    found = tuple(_folders_below(root, choices, names))
    for use, configured in choices.names.items():
        if not any(_is_called(each, configured) for each in found):
            raise BackendError(
                choices.account,
                f"The configuration names {configured!r} as {use.value}, but {root} holds no folder of that name.",
                next_step=f"correct {use.value} under [account.{choices.account}]; there are: {_listed(found)}",
            )
    folders = tuple(_with_use(each, choices, names) for each in found)
    if not any(each.use is SpecialUse.INBOX for each in folders):
        raise BackendError(
            choices.account,
            f"The mail folder {root} holds no INBOX in Maildir format, so no mail can be read there.",
            next_step=f"set path under [account.{choices.account}] to the folder that holds cur, new and tmp, or INBOX",
        )
    wanted = {folded(name) for name in choices.watched}
    own = tuple(each for each in folders if each.use is not SpecialUse.OTHER or not wanted or _is_one_of(each, wanted))
    return Layout(own)


def required(layout: Layout, use: SpecialUse, root: Path, account: str) -> tuple[Folder, ...]:
    """The folders for a use that can't be done without (Sent, Drafts).

    Raises:
        BackendError: there is none. mailwatch does not create one.
    """
    folders = layout.of(use)
    if not folders:
        naming = f'write {use.value} = "its name" under [account.{account}] (there are: {_listed(layout.folders)})'
        raise BackendError(
            account,
            f"No folder in {root} is recognised as {use.value.capitalize()}, and mailwatch creates none.",
            next_step=f"{naming}, or make one: {_command_to_make(layout, use, root)}",
        )
    return folders


def _command_to_make(layout: Layout, use: SpecialUse, root: Path) -> str:
    beside_cur = layout.named(".") is not None
    folder = root / f"{'.' if beside_cur else ''}{use.value.capitalize()}"
    return shlex.join(["mkdir", "-p", *(str(folder / inside) for inside in ("cur", "new", "tmp"))])


def unlisted(folder: Folder, account: str, error: OSError) -> BackendError:
    """The error for a folder whose messages can't be seen, so that nothing may be concluded from their absence."""
    return BackendError(
        account,
        f"The folder {folder.shown} of {account} can't be read ({error.strerror}), so what lies there is not known.",
        next_step=f"make {folder.path} and what is in it readable for yourself",
    )


def _folders_below(root: Path, choices: Choices, names: FolderNames) -> Iterator[Folder]:
    seen: set[tuple[int, int]] = set()  # a linked folder may contain itself
    waiting: list[tuple[Path, str, tuple[str, ...]]] = [(root, ".", ())]
    while waiting:
        path, name, parts = waiting.pop()
        identity, entries = _listing(path, choices.account)
        if identity in seen:
            continue
        seen.add(identity)
        if len(seen) > _MOST:
            raise BackendError(
                choices.account, f"The mail folder {root} holds more than {_MOST} folders, which can't be one account."
            )
        if {"cur", "new"} <= entries:
            yield Folder(path, name, parts, SpecialUse.OTHER, 0)
        for entry in sorted(entries - _OWN - _FOREIGN, reverse=True):
            below = entry if name == "." else f"{name}/{entry}"
            waiting.append((path / entry, below, parts + names.parts_of(entry)))


def _listing(path: Path, account: str) -> tuple[tuple[int, int], set[str]]:
    try:
        status = path.stat()
        with os.scandir(path) as entries:
            return (status.st_dev, status.st_ino), {entry.name for entry in entries if _may_be_folder(entry)}
    except (FileNotFoundError, NotADirectoryError):
        raise BackendError(
            account, f"The mail folder {path} does not exist.", next_step=f"correct path under [account.{account}]"
        ) from None
    except OSError as error:
        raise BackendError(
            account, f"The folder {path} can't be listed ({error.strerror}), so what lies there is not known."
        ) from None


def _may_be_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _with_use(folder: Folder, choices: Choices, names: FolderNames) -> Folder:
    configured = [use for use, name in choices.names.items() if _is_called(folder, name)]
    if configured:
        use, rank = configured[0], -1
    elif folder.name == ".":
        use, rank = SpecialUse.INBOX, 0
    else:
        use, rank = names.use_of(folder.parts)
    return Folder(folder.path, folder.name, folder.parts, use, rank)


def _is_called(folder: Folder, name: str) -> bool:
    return _is_one_of(folder, {folded(name)})


def _is_one_of(folder: Folder, wanted: set[str]) -> bool:
    spellings = (folder.name, folder.name.removeprefix("."), "/".join(folder.parts), ".".join(folder.parts))
    return any(folded(spelling) in wanted for spelling in spellings)


def _listed(folders: tuple[Folder, ...]) -> str:
    shown = sorted(folder.shown for folder in folders)
    return ", ".join(shown[:12]) + (", …" if len(shown) > 12 else "") or "none"
