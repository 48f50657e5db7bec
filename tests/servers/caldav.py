"""Radicale and Xandikos on the loopback interface: one process each for a test session, a user or a home for each test."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.servers.dovecot import free_port
from tests.servers.untraced import environment

PASSWORD = "correct-horse"
_MEMORY = Path("/dev/shm")


@dataclass
class DavServer:
    """A running server. root: the address of everything; user: where a user's own things are, as {root}/USER/."""

    name: str
    root: str
    folder: Path
    has_passwords: bool
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    password = PASSWORD

    def new_user(self) -> str:
        return f"user{os.getpid()}x{next(self._numbers)}"


@contextlib.contextmanager
def running_radicale() -> Iterator[DavServer]:
    """Radicale with passwords: any user of a name given by new_user."""
    with _folder("radicale") as folder:
        port = free_port()
        users = (f"user{os.getpid()}x{number}:{PASSWORD}" for number in range(400))
        (folder / "users").write_text("\n".join(users), "utf-8")
        (folder / "config").write_text(
            f"[server]\nhosts = 127.0.0.1:{port}\n"
            f"[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\nhtpasswd_encryption = plain\ndelay = 0\n"
            f"[storage]\nfilesystem_folder = {folder}/collections\n"
            "[logging]\nlevel = critical\n",
            "utf-8",
        )
        command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
        with _started(command, folder, port):
            yield DavServer("radicale", f"http://127.0.0.1:{port}/", folder, has_passwords=True)


@contextlib.contextmanager
def running_xandikos() -> Iterator[DavServer]:
    """Xandikos, which knows one user and asks nobody for a password."""
    with _folder("xandikos") as folder:
        port = free_port()
        command = [
            sys.executable, "-m", "xandikos", "serve", "--defaults", "-d", str(folder / "dav"), "-l", "127.0.0.1",
            "-p", str(port), "--no-detect-systemd", "--state-dir", str(folder / "state"),
        ]  # fmt: skip
        with _started(command, folder, port):
            yield DavServer("xandikos", f"http://127.0.0.1:{port}/", folder, has_passwords=False)


@contextlib.contextmanager
def _folder(name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=name, dir=_MEMORY if _MEMORY.is_dir() else None) as made:
        yield Path(made)


@contextlib.contextmanager
def _started(command: list[str], folder: Path, port: int) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=log, stderr=log)
        try:
            for _ in range(300):
                if process.poll() is not None:
                    raise RuntimeError((folder / "log").read_text("utf-8", "replace"))
                with contextlib.suppress(requests.ConnectionError):
                    requests.options(f"http://127.0.0.1:{port}/", timeout=5)
                    break
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(10)
