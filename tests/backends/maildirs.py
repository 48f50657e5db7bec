"""Maildirs on disk as their owner has them, in all the layouts that mailwatch understands."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path

from mailwatch.backends.maildir import MaildirBackend
from mailwatch.core.model import MessageId, SpecialUse
from mailwatch.sandbox import InlineParser
from tests.backends.mails import ME, NOW

INBOX, SENT, ARCHIVE, OTHER, DRAFTS, TRASH, JUNK = (
    SpecialUse.INBOX, SpecialUse.SENT, SpecialUse.ARCHIVE, SpecialUse.OTHER, SpecialUse.DRAFTS, SpecialUse.TRASH, SpecialUse.JUNK,
)  # fmt: skip

LAYOUTS: Mapping[str, Mapping[SpecialUse, str]] = {
    "maildir++": {INBOX: ".", SENT: ".Sent", ARCHIVE: ".Archive.2026", OTHER: ".Jobs.Acme", DRAFTS: ".Drafts", TRASH: ".Trash", JUNK: ".Junk"},
    "maildir++ below INBOX": {
        INBOX: ".", SENT: ".INBOX.Sent", ARCHIVE: ".INBOX.Archive", OTHER: ".INBOX.Jobs", DRAFTS: ".INBOX.Drafts", TRASH: ".INBOX.Trash", JUNK: ".INBOX.Spam",
    },
    "maildir++ in German, modified UTF-7": {
        INBOX: ".", SENT: ".Gesendet", ARCHIVE: ".Archiv", OTHER: ".Bewerbungen", DRAFTS: ".Entw&APw-rfe", TRASH: ".Gel&APY-scht", JUNK: ".Spam",
    },
    "mbsync": {INBOX: "INBOX", SENT: "Sent", ARCHIVE: "Archive", OTHER: "Jobs/Acme", DRAFTS: "Drafts", TRASH: "Trash", JUNK: "Junk"},
    "mbsync with folders in INBOX": {
        INBOX: "Inbox", SENT: "Inbox/.Sent", ARCHIVE: "Inbox/.Archive", OTHER: "Inbox/.Jobs", DRAFTS: "Inbox/.Drafts", TRASH: "Inbox/.Trash", JUNK: "Inbox/.Junk",
    },
    "mbsync of Gmail": {
        INBOX: "INBOX", SENT: "[Gmail]/Sent Mail", ARCHIVE: "Archive", OTHER: "Jobs", DRAFTS: "[Gmail]/Drafts", TRASH: "[Gmail]/Bin", JUNK: "[Gmail]/Spam",
    },
    "offlineimap": {INBOX: "INBOX", SENT: "INBOX.Sent", ARCHIVE: "INBOX.Archive", OTHER: "INBOX.Jobs", DRAFTS: "INBOX.Drafts", TRASH: "INBOX.Trash", JUNK: "INBOX.Junk"},
    "offlineimap in French": {
        INBOX: "INBOX", SENT: "Éléments envoyés", ARCHIVE: "Archives", OTHER: "Emploi", DRAFTS: "Brouillons", TRASH: "Corbeille", JUNK: "Courrier indésirable",
    },
}  # fmt: skip


def make_folder(path: Path) -> Path:
    for inside in ("cur", "new", "tmp"):
        (path / inside).mkdir(parents=True, exist_ok=True)
    return path


class MaildirWorld:
    """A Maildir account; what a mail program or a synchroniser does to it."""

    page = 4
    breakable = frozenset({DRAFTS, SENT})

    def __init__(self, root: Path, layout: str = "maildir++") -> None:
        self.root = root
        self.folders = {use: make_folder(root / name) for use, name in LAYOUTS[layout].items()}
        self._number = 0

    def open(self, **settings) -> MaildirBackend:
        return MaildirBackend(ME, self.root, InlineParser(), **{"name": "home", **settings})

    def put(self, raw, use, at=NOW, *, name=None, flags=None) -> Path:
        """A message comes to lie in a folder: into new, or with flags into cur."""
        self._number += 1
        unique = name or f"{int(at.timestamp())}.M{self._number}P77.host"
        unread = flags is None and use not in {SENT, DRAFTS}
        target = f"new/{unique}" if unread else f"cur/{unique}:2,{'S' if flags is None else flags}"
        path = self.folders[use] / target
        path.write_bytes(raw.replace(b"\r\n", b"\n"))
        return path

    def begin_draft(self, raw):
        self.put(raw, DRAFTS, flags="DS")

    def edit_draft(self, message, raw, *, keep_old=False, flagged=True):
        if not keep_old:
            self._path(message, DRAFTS).unlink()
        self.put(raw, DRAFTS, flags="D" if flagged else "S")

    def send_draft(self, message, raw=None):
        path = self._path(message, DRAFTS)
        data = raw or path.read_bytes()
        path.unlink()
        self.put(data, SENT)

    def move(self, message, to):
        path = self._path(message)
        path.rename(self.folders[to] / "cur" / f"{path.name.partition(':')[0]}:2,S")

    def purge(self, message):
        self._path(message).unlink()

    def read(self, message):
        path = self._path(message)
        path.rename(path.parent.parent / "cur" / f"{path.name.partition(':')[0]}:2,RS")

    @contextmanager
    def broken(self, use):
        away = self.root.with_name("away")
        self.folders[use].rename(away)
        try:
            yield
        finally:
            away.rename(self.folders[use])

    def state(self):
        drafts = self.folders[DRAFTS]
        paths = sorted(path for path in self.root.rglob("*") if drafts not in path.parents)
        return tuple(
            (str(path), path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in paths
        )

    def drafts(self):
        return sorted(path.read_bytes() for path in self.folders[DRAFTS].glob("[cn]*/*"))

    def age(self, seconds=60):
        """Let some time pass: directories that were just changed look settled."""
        then = (self.root.stat().st_mtime_ns - seconds * 10**9,) * 2
        for folder in self.folders.values():
            for inside in ("cur", "new"):
                os.utime(folder / inside, ns=then)

    def _path(self, message: MessageId, *uses: SpecialUse) -> Path:
        folders = [self.folders[use] for use in uses or self.folders]
        paths = [path for folder in folders for path in folder.glob("[cn]*/*") if path.is_file()]
        return next(path for path in paths if b"Message-ID: " + message.encode() in path.read_bytes())


@contextmanager
def open_folder():
    """A temporary folder that an ordinary user may look into, unlike pytest's."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@contextmanager
def as_ordinary_user():
    """File permissions do not bind root; for this while we are nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
