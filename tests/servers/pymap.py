"""pymap, a server in Python that keeps mail in memory: a second opinion on the standard."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.servers.dovecot import free_port
from tests.servers.untraced import environment

# Its password hash takes a good part of a second for each sign-in.
_WITHOUT_HASHING = """
from pymap.config import IMAPConfig
from pymap.main import main
from pysasl.hashing import Cleartext
IMAPConfig._get_hash_context = classmethod(lambda cls, configuration: Cleartext())
main()
"""


@dataclass(frozen=True)
class Pymap:
    port: int
    host: str = "127.0.0.1"
    user: str = "jo"
    password: str = "correct-horse"


@contextlib.contextmanager
def running_pymap() -> Iterator[Pymap]:
    """A server with one user, whose mailbox is empty at first."""
    server = Pymap(free_port())
    command = [
        sys.executable,
        "-c",
        _WITHOUT_HASHING,
        "--host",
        server.host,
        "--port",
        str(server.port),
        "--no-tls",
        "dict",
    ]
    command += ["--demo-user", server.user, "--demo-password", server.password]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(server: Pymap, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((server.host, server.port), 1) as probe:
            if probe.recv(4) == b"* OK":
                return
        time.sleep(0.05)
    raise RuntimeError("pymap did not start")
