"""Local archives as their owner's mail program keeps them: mbox files, folders of .eml files, and a Maildir for drafts."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path

from mailwatch.backends.archives import ArchiveBackend, Choices, Eml, Mbox
from mailwatch.core.model import MessageId, SpecialUse
from mailwatch.sandbox import InlineParser
from tests.backends.maildirs import make_folder
from tests.backends.mails import ME, NOW

INBOX, SENT, ARCHIVE, OTHER, DRAFTS, TRASH, JUNK = (
    SpecialUse.INBOX, SpecialUse.SENT, SpecialUse.ARCHIVE, SpecialUse.OTHER, SpecialUse.DRAFTS, SpecialUse.TRASH, SpecialUse.JUNK,
)  # fmt: skip
NAMES = {INBOX: "Inbox", SENT: "Sent", ARCHIVE: "Archive", OTHER: "Jobs", TRASH: "Trash", JUNK: "Junk"}


class ArchiveWorld:
    """What is common: drafts in a Maildir. Subclasses keep the rest."""

    page = 4
    breakable = frozenset({DRAFTS, SENT})
    store = None

    def __init__(self, root: Path) -> None:
        self.root = root / "mail"
        self.maildir = make_folder(root / "drafts")
        self.folders = {use: self.root / name for use, name in NAMES.items()}
        self._number = 0

    def open(self, **settings):
        chosen = {"drafts": self.maildir, **settings}
        return ArchiveBackend(ME, self.store(), Choices("home", self.root), InlineParser(), **chosen)

    def begin_draft(self, raw, *, flags="DS"):
        self._number += 1
        path = self.maildir / "cur" / f"{int(NOW.timestamp())}.M{self._number}P77.host:2,{flags}"
        path.write_bytes(raw.replace(b"\r\n", b"\n"))

    def edit_draft(self, message, raw, *, keep_old=False, flagged=True):
        if not keep_old:
            self._draft(message).unlink()
        self.begin_draft(raw, flags="D" if flagged else "S")

    def send_draft(self, message, raw=None):
        path = self._draft(message)
        data = raw or path.read_bytes()
        path.unlink()
        self.put(data, SENT, NOW)

    def move(self, message, to):
        draft = self._draft(message)
        if draft:
            self.put(draft.read_bytes(), to, NOW)
            draft.unlink()
        else:
            self.put(self.take(message), to, NOW)

    def purge(self, message):
        draft = self._draft(message)
        if draft:
            draft.unlink()
        else:
            self.take(message)

    @contextmanager
    def broken(self, use):
        path = self.maildir if use is DRAFTS else self.folders[use]
        away = path.with_name(f"away-{path.name}")
        away = self.root.parent / "away"
        path.rename(away)
        try:
            yield
        finally:
            away.rename(path)

    def state(self):
        paths = sorted(self.root.rglob("*"))
        return tuple(
            (str(path), path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in paths
        )

    def drafts(self):
        return sorted(path.read_bytes() for path in self.maildir.glob("[cn]*/*"))

    def _draft(self, message: MessageId) -> Path | None:
        wanted = b"Message-ID: " + message.encode()
        return next((path for path in self.maildir.glob("[cn]*/*") if wanted in path.read_bytes()), None)


class MboxWorld(ArchiveWorld):
    store = Mbox

    def __init__(self, root):
        super().__init__(root)
        self.root.mkdir()
        for path in self.folders.values():
            path.touch()

    def put(self, raw, use, at):
        text = re.sub(rb"^(>*From )", rb">\1", raw.replace(b"\r\n", b"\n"), flags=re.MULTILINE)
        with self.folders[use].open("ab") as file:
            file.write(f"From rita@acme.example {at:%a %b %e %H:%M:%S %Y}\n".encode() + text + b"\n")

    def read(self, message):
        """As mutt and Dovecot note it: in the header, by rewriting the file."""
        self._rewrite(message, lambda text: text.replace(b"\n\n", b"\nStatus: RO\nX-Status: A\n\n", 1))

    def take(self, message):
        return self._rewrite(message, lambda text: b"")

    def _rewrite(self, message, change):
        for path in self.folders.values():
            parts = re.split(rb"(?m)^(?=From rita)", path.read_bytes())
            for number, part in enumerate(parts):
                if b"Message-ID: " + message.encode() in part:
                    parts[number] = change(part)
                    path.write_bytes(b"".join(parts))
                    return part.partition(b"\n")[2].removesuffix(b"\n")
        raise LookupError(message)


class EmlWorld(ArchiveWorld):
    store = Eml

    def __init__(self, root):
        super().__init__(root)
        for path in self.folders.values():
            path.mkdir(parents=True)

    def put(self, raw, use, at):
        self._number += 1
        (self.folders[use] / f"Ihr Gespräch {self._number}.eml").write_bytes(raw)

    def read(self, message):
        """Nothing notes it."""

    def take(self, message):
        for path in self.root.rglob("*.eml"):
            data = path.read_bytes()
            if b"Message-ID: " + message.encode() in data:
                path.unlink()
                return data
        raise LookupError(message)
