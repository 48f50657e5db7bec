"""A machine with one user: a Maildir, a configuration, and the real program started on them as users start it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.watch import WATCH

CONFIG = """
[me]
name = "Jo Park"
timezone = "Europe/Berlin"

[account.home]
backend = "maildir"
email = "jo@home.example"
path = "{folder}/Mail"

[drafts]
first_run = "save"
"""


@dataclass
class Machine:
    """folder: the user's home. more: variables besides HOME and the like."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)
    _mails: int = 0

    def __post_init__(self) -> None:
        for name in ("Mail", "Mail/.Drafts", "Mail/.Sent", "Mail/.Trash"):
            for part in ("cur", "new", "tmp"):
                (self.folder / name / part).mkdir(parents=True, exist_ok=True)
        self.config.write_text(CONFIG.format(folder=self.folder), "utf-8")
        self.config.chmod(0o600)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def environment(self) -> dict[str, str]:
        own = {"HOME": str(self.folder), "MAILWATCH_STATE": str(self.folder / "state"), "TZ": "UTC", "LANG": "C.UTF-8"}
        # On a full disk Python may leave half of a compiled module behind, and stumble over it later (CPython issue 126606).
        python = {"PYTHONDONTWRITEBYTECODE": "1"}
        watched = {name: os.environ[name] for name in ("PYTHONPATH", WATCH)}
        return {
            "PATH": os.environ["PATH"],
            "MAILWATCH_CONFIG": str(self.config),
            **python,
            **watched,
            **own,
            **self.more,
        }

    @staticmethod
    def command(*words: str) -> list[str]:
        return [sys.executable, "-m", "mailwatch", *words]

    def call(self, *words: str, typed: str = "", before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Run one command to its end. before: a program that starts it."""
        return subprocess.run(
            [*before, *self.command(*words)],
            env=self.environment, input=typed, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def start(self, *words: str, more: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start one command, and go on."""
        return subprocess.Popen(
            self.command(*words), env={**self.environment, **(more or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def receives(self, raw: bytes, at: datetime, folder: str = "") -> None:
        self._mails += 1
        path = self.folder / "Mail" / folder / "cur" / f"{int(at.timestamp())}.{self._mails}.home:2,S"
        path.write_bytes(raw)
        os.utime(path, (at.timestamp(), at.timestamp()))

    def drafts(self) -> list[Path]:
        return sorted(path for part in ("cur", "new") for path in (self.folder / "Mail/.Drafts" / part).iterdir())

    def sends(self, draft: Path) -> None:
        """The user sends a draft as it is."""
        draft.rename(self.folder / "Mail/.Sent/cur" / f"{draft.name.partition(':')[0]}:2,S")


def mail(sender: str, subject: str, text: str, at: datetime, *, answers: str = "", number: int = 0) -> bytes:
    """A mail to the user. number: makes its Message-ID."""
    domain = sender.rpartition("@")[2].rstrip(">")
    threads = f"In-Reply-To: {answers}\r\nReferences: {answers}\r\n" if answers else ""
    return (
        f"From: {sender}\r\nTo: Jo Park <jo@home.example>\r\nSubject: {subject}\r\n"
        f"Date: {at.astimezone(UTC):%a, %d %b %Y %H:%M:%S +0000}\r\nMessage-ID: <m{number}@{domain}>\r\n{threads}\r\n{text}\r\n"
    ).encode()


def invitation(sender: str, title: str, start: datetime, end: datetime, at: datetime, number: int) -> bytes:
    """An invitation to an interview, with its calendar object in the zone of Berlin."""
    name, address = sender.rstrip(">").split(" <")
    domain = address.rpartition("@")[2]
    local = "%Y%m%dT%H%M%S"
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
        f"UID:talk-{number}@{domain}\r\nDTSTAMP:{at.astimezone(UTC):{local}}Z\r\n"
        f"DTSTART;TZID=Europe/Berlin:{start:{local}}\r\nDTEND;TZID=Europe/Berlin:{end:{local}}\r\nSUMMARY:{title}\r\n"
        f"ORGANIZER;CN={name}:mailto:{address}\r\nATTENDEE;CN={name};PARTSTAT=ACCEPTED:mailto:{address}\r\n"
        "ATTENDEE;CN=Jo Park;PARTSTAT=ACCEPTED:mailto:jo@home.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    head, _, body = mail(
        sender, title, f"Hi Jo,\r\n\r\nthis is for your interview.\r\n\r\nBest,\r\n{name}", at, number=number
    ).partition(b"\r\n\r\n")
    parts = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8'
        f"\r\n\r\n{body.decode()}\r\n--b\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n{event}\r\n--b--\r\n"
    )
    return head + b"\r\n" + parts.encode()
