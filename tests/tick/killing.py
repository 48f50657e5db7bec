"""A mailbox on a server with interviews in it, and runs of `mailwatch` that somebody kills."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from imapclient import IMAPClient

from tests.servers.dovecot import Dovecot
from tests.tick.doubles import MINE
from tests.tick.real import invitation_mail
from tests.watch import INSIDE

Meanwhile = Callable[[Callable[[], None]], None]
ROOT = Path(__file__).parents[2]
CONFIG = """
[me]
name = "Jordan Doe"
addresses = ["{address}"]
timezone = "UTC"

[drafts]
first_run = "save"
max_per_run = 50

[account.home]
backend = "imap"
email = "{address}"
host = "127.0.0.1"
port = {port}
user = "{user}"
ca_file = "{ca_file}"

[account.home.auth]
kind = "password"
password = {{ file = "{password}" }}
"""


class Search:
    """A job search: the user's mailbox, and the state of one mailwatch that looks after it."""

    def __init__(self, folder: Path, server: Dovecot, ca_file: Path, port: int = 0) -> None:
        folder.mkdir()
        self.state = folder / "state"
        self.user = server.new_user()
        password = folder / "password"
        password.write_text(server.password)
        password.chmod(0o600)
        self.config = folder / "config.toml"
        self.config.write_text(
            CONFIG.format(
                address=MINE, port=port or server.tls_port, user=self.user, ca_file=ca_file, password=password
            )
        )
        self.config.chmod(0o600)
        self.hands = IMAPClient(server.host, server.port, ssl=False)
        self.hands.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.hands.login(self.user, server.password)
        for name in ("Sent", "Drafts", "Trash"):
            self.hands.create_folder(name)

    def close(self) -> None:
        self.hands.logout()

    def invite(self, number: int, over: datetime) -> None:
        """An interview with a person, which was over at this instant."""
        begins = over - timedelta(minutes=30)
        self.hands.append("INBOX", invitation_mail(number, begins), msg_time=begins - timedelta(days=2))

    def drafts(self) -> Counter[str]:
        """How many drafts lie there for each person."""
        found = self._in("Drafts", "ENVELOPE")
        return Counter(f"{to.mailbox.decode()}@{to.host.decode()}" for envelope in found for to in envelope.to)

    def raw_in(self, folder: str) -> list[bytes]:
        """The messages of a folder as they lie there."""
        return self._in(folder, "BODY[]")

    def _in(self, folder: str, item: str) -> list[Any]:
        self.hands.select_folder(folder, readonly=True)
        uids = self.hands.search("ALL")
        found = self.hands.fetch(uids, [item]).values() if uids else ()
        return [row[item.encode()] for row in found]

    def arguments(self, now: datetime) -> list[str]:
        return ["-c", str(self.config), "--now", now.isoformat(), "--no-input", "--quiet", "run"]


class Forks:
    """Runs that begin at once: children of a process that has everything. The very first one can't be killed.

    authority: the only certificate there is; reading the system's would be a fifth of each run.
    """

    def __init__(self, authority: Path) -> None:
        untraced = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
        environment = {**untraced, "PYTHONPATH": f"{INSIDE}:{ROOT}/src:{ROOT}", "SSL_CERT_FILE": str(authority)}
        self._is_warm = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.tick.kill_runner"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, search: Search, now: datetime, meanwhile: Meanwhile = lambda _: None) -> int:
        """One run; `meanwhile` is given what kills it. Its exit code, negative for a signal."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(search.state), search.arguments(now)]) + "\n")
        self._process.stdin.flush()
        if not self._is_warm:
            self._is_warm = True
            return int(self._process.stdout.readline())
        handle = os.pidfd_open(int(self._process.stdout.readline()))
        try:
            meanwhile(lambda: signal.pidfd_send_signal(handle, signal.SIGKILL))
        except ProcessLookupError:  # it has ended by itself
            pass
        finally:
            os.close(handle)
        return int(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


class Starts:
    """Runs as a user starts them: a process of their own from the very beginning, with a worker of its own."""

    def __init__(self, _: Path) -> None:
        """They know the system's certificates."""

    def run(self, search: Search, now: datetime, meanwhile: Meanwhile = lambda _: None) -> int:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailwatch", *search.arguments(now)],
            env={**os.environ, "MAILWATCH_STATE": str(search.state)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        meanwhile(process.kill)
        return process.wait(120)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Every run has ended."""
