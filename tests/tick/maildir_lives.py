"""The same lives on a Maildir: the user's programs and a synchroniser work on the files, mailwatch on the backend."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailwatch.backends.maildir import MaildirBackend
from mailwatch.backends.maildir.names import parts_of_ref
from mailwatch.backends.memory import Faults
from mailwatch.core.model import DraftRef, SpecialUse
from mailwatch.sandbox import Parser
from mailwatch.tick import OpenAccount
from tests.tick.doubles import MINE
from tests.tick.lives import Fuse, Life
from tests.tick.witness import Witnessing
from tests.tick.world import SmallWorld

FOLDERS = {"INBOX": SpecialUse.INBOX, "Sent": SpecialUse.SENT, "Drafts": SpecialUse.DRAFTS, "Trash": SpecialUse.TRASH}


@dataclass(frozen=True)
class Stored:
    folder: str
    unique: str
    raw: bytes

    @property
    def ref(self) -> str:
        return f"{self.folder}/{self.unique}"


class FilesMailbox:
    """The account from the user's side (what MemoryMailbox is in memory): folders of files below a root, as mbsync keeps them."""

    account = MINE

    def __init__(self, root: Path, now: Callable[[], datetime]) -> None:
        self.root = root
        self.faults = Faults(MINE)
        self._now = now
        self._read: dict[str, tuple[tuple[int, int, int], bytes]] = {}
        self._numbers = itertools.count(1)
        for name in FOLDERS:
            for inside in ("cur", "new", "tmp"):
                (root / name / inside).mkdir(parents=True)

    def messages(self, *uses: SpecialUse) -> tuple[Stored, ...]:
        names = [name for name, use in FOLDERS.items() if not uses or use in uses]
        return tuple(self._stored(path) for name in names for path in self._files(name))

    def get(self, ref: str) -> Stored:
        return self._stored(str(self._path(ref)))

    def find(self, ref: str) -> Stored | None:
        try:
            return self.get(ref)
        except KeyError:
            return None

    def mail_arrives(self, raw: bytes, at: datetime, folder: str = "INBOX") -> str:
        return self._put(raw, folder, "new", at)

    def user_sends(self, raw: bytes, at: datetime) -> str:
        return self._put(raw, "Sent", "cur", at, ":2,S")

    def user_begins_draft(self, raw: bytes) -> str:
        return self._put(raw, "Drafts", "cur", self._now(), ":2,DS")

    def user_edits_draft(self, ref: str, raw: bytes) -> str:
        written = self.user_begins_draft(raw)
        self._path(ref).unlink()
        return written

    def user_takes_draft(self, ref: str) -> bytes:
        raw = self.get(ref).raw
        self._path(ref).unlink()
        return raw

    def user_sends_draft(self, ref: str, at: datetime, raw: bytes | None = None) -> str:
        written = self.user_takes_draft(ref)
        return self.user_sends(raw or written, at)

    def user_deletes(self, ref: str) -> str:
        path = self._path(ref)
        moved = self.root / "Trash" / "cur" / f"{self._name(self._now())}:2,S"
        path.rename(moved)
        return self._stored(str(moved)).ref

    def renumber(self, folder: str) -> None:
        """A synchroniser that lost its state names every file anew."""
        for path in map(Path, self._files(folder)):
            _, _, flags = path.name.partition(":")
            path.rename(path.with_name(self._name(self._now()) + (f":{flags}" if flags else "")))

    def _put(self, raw: bytes, folder: str, inside: str, at: datetime, flags: str = "") -> str:
        path = self.root / folder / inside / f"{self._name(at)}{flags}"
        path.write_bytes(raw)
        return self._stored(str(path)).ref

    def _name(self, at: datetime) -> str:
        return f"{int(at.timestamp())}.M{next(self._numbers)}P7.home"

    def _files(self, folder: str) -> list[str]:
        """Paths as text: these lives ask half a million times, and a Path takes longer to make than its file to look at."""
        return [path for inside in ("cur", "new") for path in _sorted_files(f"{self.root}/{folder}/{inside}")]

    def _path(self, ref: str) -> Path:
        folder, _, unique = ref.partition("/")
        for path in self._files(folder):
            if _unique(path) == unique:
                return Path(path)
        raise KeyError(ref)

    def _stored(self, path: str) -> Stored:
        """A file as it is now; one that nobody has written to since it was read is not read again."""
        seen = os.stat(path)  # noqa: PTH116
        stamp = (seen.st_ino, seen.st_size, seen.st_mtime_ns)
        known = self._read.get(path)
        if known is None or known[0] != stamp:
            raw = (
                Path(path).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            )  # programs differ, nobody cares
            known = self._read[path] = (stamp, raw)
        return Stored(path.rsplit("/", 3)[1], _unique(path), known[1])


def _unique(path: str) -> str:
    return path.rpartition("/")[2].partition(":")[0]


def _sorted_files(place: str) -> list[str]:
    with os.scandir(place) as entries:
        return [f"{place}/{name}" for name in sorted(entry.name for entry in entries)]


class MaildirWitness(Witnessing, MaildirBackend):
    def __init__(self, mailbox: FilesMailbox, parser: Parser, fuse: Fuse) -> None:
        MaildirBackend.__init__(self, MINE, mailbox.root, parser, name="home")
        self.bear_witness(mailbox, fuse)

    def own_ref(self, ref: DraftRef) -> str:
        return "/".join(parts_of_ref(ref))


class MaildirLife(Life):
    """A life whose mailbox is a Maildir."""

    def __init__(self) -> None:
        super().__init__()
        door = MaildirWitness(self.world.mailbox, self.world.parser, self.fuse)  # type: ignore[arg-type]
        self.door = door  # type: ignore[assignment]
        self.world.accounts = [OpenAccount("home", MINE, door)]

    def new_world(self) -> SmallWorld:
        world = SmallWorld(self.folder)
        world.mailbox = FilesMailbox(self.folder / "Mail", lambda: world.now)  # type: ignore[assignment]
        return world
