"""A Google and a Microsoft Graph that somebody else wrote (npm), on loopback: second witnesses beside our own fakes.

Neither is whole. That Google has no profile, expands no series and gives no sync tokens; that Graph knows no deltas and no MIME.
What they have, they have without us.
"""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.needed import absent, needed
from tests.servers.dovecot import free_port

FOLDER = Path(__file__).parent / "emulator"
GOOGLE = FOLDER / "node_modules" / "emulate" / "dist" / "index.js"
MICROSOFT = FOLDER / "node_modules" / "@inbox-zero" / "emulate" / "dist" / "index.js"
TOKEN = "a-token-of-the-emulators"


class Emulator:
    """Where it listens, and who is signed in."""

    def __init__(self, url: str) -> None:
        self.url = url

    def token(self, *, fresh: bool = False, claims: str = "") -> str:
        """The one token that it was started with."""
        return TOKEN


def need(program: Path) -> None:
    """See needed.absent."""
    needed("node")
    if not program.is_file():
        absent("the emulator is not installed (npm ci --prefix tests/servers/emulator)")


@contextmanager
def running_emulator(program: Path, address: str, **seed: list[dict[str, Any]]) -> Iterator[Emulator]:
    """Start one with one account. seed: messages, calendar_events, … as its documentation names them."""
    port = free_port()
    service = "google" if program == GOOGLE else "microsoft"
    everything = {name: [{"user_email": address, **each} for each in rows] for name, rows in seed.items()}
    table = {
        service: {"users": [{"email": address, "name": "Jo Berg"}], **everything},
        "tokens": {TOKEN: {"login": address, "scopes": []}},
    }
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "seed.json"
        path.write_text(json.dumps(table), encoding="utf-8")
        command = ["node", str(program), "start", "-p", str(port), "-s", service, "--seed", str(path)]
        with subprocess.Popen(command, cwd=name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                _wait_for(port, process)
                yield Emulator(f"http://localhost:{port}")
            finally:
                process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("localhost", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the emulator does not start")
