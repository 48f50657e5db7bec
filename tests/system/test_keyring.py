"""A real desktop keyring (gnome-keyring on a D-Bus session of its own): a password is kept there, read back, and missed when it is locked."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needed import needed
from tests.servers.dovecot import PASSWORD, Dovecot, Setup, need_dovecot, running_dovecot
from tests.servers.recording import make_certificate
from tests.system.machine import Machine

LOCK = (
    "import secretstorage\n"
    "ring = secretstorage.get_default_collection(secretstorage.dbus_init())\n"
    "ring.lock()\n"
    "print(ring.is_locked())\n"
)


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Machine]:
    """A machine on which somebody is logged in, so that their keyring is open."""
    session, daemon = needed("dbus-run-session"), needed("gnome-keyring-daemon")
    machine = Machine(tmp_path, {"XDG_RUNTIME_DIR": str(tmp_path / "runtime")})
    (tmp_path / "runtime").mkdir(mode=0o700)
    bus = subprocess.Popen(
        [session, "--", "sh", "-c", "echo $DBUS_SESSION_BUS_ADDRESS; exec cat"],
        env=machine.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert bus.stdout is not None
    machine.more["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
    ring = subprocess.Popen(
        [daemon, "--foreground", "--unlock", "--components=secrets"],
        env=machine.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert ring.stdin is not None
    ring.stdin.write(b"login password")
    ring.stdin.close()
    try:
        yield machine
    finally:
        ring.terminate()
        ring.wait(10)
        bus.communicate(timeout=10)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dovecot, Path]]:
    need_dovecot()
    ca_file, both = make_certificate(tmp_path_factory.mktemp("tls"))
    with running_dovecot(Setup(tls=both)) as running:
        yield running, ca_file


def test_a_password_is_kept_in_the_keyring_read_back_and_missed_in_clear_words_when_it_is_locked(
    desktop: Machine, server: tuple[Dovecot, Path]
) -> None:
    dovecot, ca_file = server
    user = dovecot.new_user()
    for name in ("Drafts", "Sent"):
        dovecot.doveadm("mailbox", "create", "-u", user, name)
    desktop.config.unlink()
    words = (
        "--no-input", "setup", "--email", "jo@home.example", "--name", "Jo Park", "--host", "127.0.0.1",
        "--port", str(dovecot.tls_port), "--user", user, "--ca-file", str(ca_file),
        "--password", "stdin", "--no-first-look",
    )  # fmt: skip
    began = desktop.call(*words, typed=PASSWORD + "\n")
    assert began.returncode == 0, began.stderr
    assert "its key is in the system's keyring" in desktop.call("auth", "status").stdout
    for path in desktop.folder.rglob("*"):
        if path.is_file() and not path.is_socket():
            assert PASSWORD.encode() not in path.read_bytes(), path
    looked = desktop.call("run")
    assert looked.returncode == 0, looked.stderr

    locked = subprocess.run(
        [sys.executable, "-c", LOCK], env=desktop.environment, capture_output=True, text=True, check=True
    )
    assert locked.stdout == "True\n"
    asked_at = time.monotonic()
    looked = desktop.call("run")
    assert looked.returncode == 4
    assert "keyring" in looked.stdout
    assert "unlock" in looked.stdout
    assert time.monotonic() - asked_at < 30, "it does not wait for somebody who is not there"
    doctor = desktop.call("doctor", "--offline")
    assert "fail  secrets" in doctor.stdout
    assert desktop.call("status").returncode == 0
