"""What does not depend on the machine, in a few seconds: turns, bytes, calls, parses and imports, on small mailboxes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from benchmarks import gmail, imap
from benchmarks.calendar import generated, occurrences_differing, unchanged
from benchmarks.mailbox import Generator
from benchmarks.row import Row
from benchmarks.startup import CONFIG
from tests.servers.google_mailbox import milliseconds
from tests.servers.google_server import running_google

HEAVY = (
    "googleapiclient",
    "google.auth",
    "msal",
    "bs4",
    "keyring",
    "icalendar",
    "requests",
    "pydantic",
    "imapclient",
    "lxml",
)
_STATUS = (
    "import sys; sys.argv[1:] = ['-c', {config!r}, 'status']\n"
    "from mailwatch.cli.entry import main\n"
    "try: main()\nexcept SystemExit: pass\n"
    "print('\\n'.join(sys.modules), file=sys.stderr)"
)


def rows() -> Iterator[Row]:
    """The rows of this file."""
    yield Row("status: heavy modules imported", _imported(), 0, "modules", 14, steady=True)
    yield Row(
        "calendar: occurrences that differ", occurrences_differing(generated(1_000)), 0, "occurrences", 12, steady=True
    )
    yield from unchanged(generated(200))
    yield from _gmail()
    yield from (row for row in imap.rows(300) if row.steady)


def _imported() -> int:
    """How many of the heavy modules a status loads after a run."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        config.write_text(CONFIG, encoding="utf-8")
        for sub in (".", ".Sent", ".Drafts", ".Trash"):
            for part in ("cur", "new", "tmp"):
                Path(folder, "Mail", sub, part).mkdir(parents=True)
        environment = {"MAILWATCH_STATE": f"{folder}/state", "PATH": "", "HOME": folder}
        for command in ([sys.executable, "-m", "mailwatch", "-c", str(config), "run"],):
            subprocess.run(command, check=True, capture_output=True, env=environment)
        code = _STATUS.format(config=str(config))
        ended = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
        )
    loaded = set(ended.stderr.split())
    return sum(name in loaded for name in HEAVY)


def _gmail() -> Iterator[Row]:
    with running_google(gmail.ME) as google:
        for number, (at, raw) in enumerate(Generator().messages(200)):
            google.box.arrives(raw[:4_000], {"INBOX"}, milliseconds(at - timedelta(seconds=number % 60)))
        google.box.index()
        with closing(gmail.backend_of(google)) as backend:
            cursor = gmail.look(backend, gmail.knowledge(), None)[1]
            backend.drafts()
            google.asked.clear()
            gmail.look(backend, gmail.knowledge(), cursor)
            backend.drafts()
        calls = Counter(google.calls())
        yield Row("Gmail, nothing new: calls", sum(calls.values()), 2, "calls", 18, steady=True)
