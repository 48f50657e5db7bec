"""A Google that somebody else wrote (npm: emulate), on loopback: a second witness beside our own fake.

It is no full Gmail: it has no profile, expands no series and gives no sync tokens. What it has, it has without us.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.servers.dovecot import free_port

FOLDER = Path(__file__).parent / "emulator"
PROGRAM = FOLDER / "node_modules" / "emulate" / "dist" / "index.js"
TOKEN = "a-token-of-the-emulators"


def is_installed() -> bool:
    """`npm ci` was run in its folder, and there is a Node to run it."""
    return PROGRAM.is_file() and shutil.which("node") is not None


class Emulator:
    """Where it listens, and who is signed in."""

    def __init__(self, url: str) -> None:
        self.url = url

    def token(self, *, fresh: bool = False) -> str:
        """The one token that it was started with."""
        return TOKEN


@contextmanager
def running_emulator(address: str, **seed: list[dict[str, Any]]) -> Iterator[Emulator]:
    """Start it with one account. seed: messages, calendar_events, … as its documentation names them."""
    port = free_port()
    everything = {name: [{"user_email": address, **each} for each in rows] for name, rows in seed.items()}
    table = {
        "google": {"users": [{"email": address, "name": "Jo Berg"}], **everything},
        "tokens": {TOKEN: {"login": address, "scopes": []}},
    }
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "seed.json"
        path.write_text(json.dumps(table), encoding="utf-8")
        command = ["node", str(PROGRAM), "start", "-p", str(port), "-s", "google", "--seed", str(path)]
        with subprocess.Popen(command, cwd=name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                _wait_for(port, process)
                yield Emulator(f"http://127.0.0.1:{port}")
            finally:
                process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the emulator does not start")
