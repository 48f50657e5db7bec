"""What mbox files and folders of .eml files have in common: folders of messages that can only be read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mailwatch.backends.folder_names import folded, load_folder_names
from mailwatch.backends.maildir.files import Head
from mailwatch.core.model import SpecialUse
from mailwatch.errors import BackendError

MOST_FOLDERS = 5_000


@dataclass(frozen=True, slots=True)
class Folder:
    """One mbox file, or one directory of .eml files. name: its path below the root, "." for the root itself."""

    path: Path
    name: str
    use: SpecialUse
    parts: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name for a status line: printable, short."""
        text = "/".join(self.parts) or self.use.value.upper()
        return "".join(letter if letter.isprintable() else "?" for letter in text)[:60]


@dataclass(frozen=True, slots=True)
class Item:
    """One message of a folder. unique: names it in the folder; at: when it was delivered, in epoch seconds, about."""

    unique: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds.

    whole: everything is listed; False: only what was added behind `since_end`, the rest is as it was.
    stamp: changes with the folder, "" where a change could hide in the same instant. end: the store's own, for next time.
    """

    items: Mapping[str, Item]
    whole: bool
    stamp: str
    end: str = ""


class Store(Protocol):
    """A kind of archive. Every method may raise OSError where a folder can't be read."""

    noun: str
    """What a folder is, for messages: "mbox file"."""

    def folders_below(self, root: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """The folders in a directory, each with the names that lead there; the root itself has none."""
        ...

    def stamp(self, folder: Folder) -> str:
        """See Listing."""
        ...

    def listing(self, folder: Folder, end: str) -> Listing:
        """The messages of a folder. end: where the last listing ended, "" for all."""
        ...

    def head(self, folder: Folder, unique: str) -> Head | None:
        """The beginning of a message; None where it has vanished."""
        ...

    def whole(self, folder: Folder, unique: str, limit: int) -> bytes | None:
        """A message, at most `limit` bytes of it; None where it has vanished."""
        ...


@dataclass(frozen=True, slots=True)
class Choices:
    """What the configuration says. account: its name; path, sent: incoming and sent mail; watched: own folders to read."""

    account: str
    path: Path
    sent: Path | None = None
    watched: Sequence[str] = field(default_factory=tuple)


def folders_of(store: Store, choices: Choices) -> tuple[Folder, ...]:
    """The folders of an account, their uses told by the configuration, else by their names.

    Raises:
        BackendError: there is no such file or directory, or nothing that holds sent mail.
    """
    found = list(_incoming(store, choices))
    if choices.sent is not None:
        sent = choices.sent.resolve()
        found = [each for each in found if each.use is not SpecialUse.SENT and each.path.resolve() != sent]
        found += _below(store, choices, choices.sent, "sent", SpecialUse.SENT)
    if not any(each.use is SpecialUse.SENT for each in found):
        raise BackendError(
            choices.account,
            f"Nothing at {choices.path} is recognised as sent mail, so nobody can tell what you have answered.",
            next_step=f"write sent = its {store.noun} under [account.{choices.account}]",
        )
    return tuple(found)


def _incoming(store: Store, choices: Choices) -> Iterator[Folder]:
    wanted = {folded(name) for name in choices.watched}
    for folder in _below(store, choices, choices.path, "path", None):
        spellings = {folded(folder.name), folded("/".join(folder.parts))}
        if folder.use is SpecialUse.DRAFTS or (folder.use is SpecialUse.OTHER and wanted and not wanted & spellings):
            continue
        yield folder


def _below(store: Store, choices: Choices, root: Path, key: str, use: SpecialUse | None) -> Iterator[Folder]:
    """The folders at a configured path. use: what all of them are for, None where their names tell."""
    try:
        for count, (path, parts) in enumerate(store.folders_below(root)):
            if count >= MOST_FOLDERS:
                raise BackendError(choices.account, f"{root} holds more than {MOST_FOLDERS} folders.")
            name = os.fsencode(path.relative_to(root)).decode("utf-8", "backslashreplace")
            yield Folder(path, name if use is None else f"{key}/{name}", use or _use_of(parts), parts)
    except OSError as error:
        raise BackendError(
            choices.account,
            f"{root} can't be read ({error.strerror}), so what lies there is not known.",
            next_step=f"correct {key} under [account.{choices.account}]",
        ) from None


def _use_of(parts: tuple[str, ...]) -> SpecialUse:
    return load_folder_names().use_of(parts)[0] if parts else SpecialUse.INBOX


def unlisted(folder: Folder, account: str, error: OSError) -> BackendError:
    """The error for a folder that can't be read, so that nothing may be concluded from what is absent there."""
    return BackendError(
        account,
        f"{folder.shown} of {account} can't be read ({error.strerror}), so what lies there is not known.",
        next_step=f"make {folder.path} readable for yourself",
    )
