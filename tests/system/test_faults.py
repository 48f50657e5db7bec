"""What may befall the real process: killed at any moment, told to end, a full disk, a home that can't be written."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.needed import needed
from tests.system.machine import Machine, invitation

NOW = datetime.now(UTC)  # noqa: TID251 - the programs that are started read the real clock
RITA = "Rita Ek <rita.ek@acme.example>"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """An interview ended four hours ago: a thank-you is due."""
    made = Machine(tmp_path)
    start, sent = NOW - timedelta(hours=5), NOW - timedelta(days=2)
    made.config.write_text(made.config.read_text().replace("Europe/Berlin", "UTC"))
    raw = invitation(RITA, "Interview: Jo Park - Data Engineer", start, start + timedelta(hours=1), sent, 1)
    made.receives(raw.replace(b";TZID=Europe/Berlin:", b";TZID=Etc/UTC:"), sent)
    return made


def test_a_daemon_that_is_killed_leaves_no_lock_and_no_second_draft(machine: Machine) -> None:
    for moment in (0.4, 0.7):
        daemon = machine.start("daemon")
        time.sleep(moment)
        daemon.kill()
        daemon.communicate()
        assert len(machine.drafts()) <= 1
    assert "exit=0" in first_look(machine)
    time_of_settling = machine.call("--now", (NOW + timedelta(minutes=5)).isoformat(), "run")
    assert time_of_settling.returncode == 0, time_of_settling.stderr
    assert len(machine.drafts()) == 1


def first_look(machine: Machine) -> str:
    """What a new daemon says of its first look; it is told to end then, and does."""
    daemon = machine.start("daemon")
    try:
        assert daemon.stderr is not None
        said = daemon.stderr.readline()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(5) == 0
    finally:
        daemon.kill()
        daemon.communicate()
    return said


def test_a_daemon_ends_within_five_seconds_in_the_middle_of_a_look(machine: Machine) -> None:
    for number in range(300):
        machine.receives(
            f"From: a{number}@firm.example\r\nSubject: Interview {number}\r\nDate: {NOW:%a, %d %b %Y %H:%M:%S} +0000\r\n\r\nHi\r\n".encode(),
            NOW,
        )
    daemon = machine.start("daemon")
    until = time.monotonic() + 30
    while not (machine.folder / "state/mailwatch.db").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    began = time.monotonic()
    daemon.send_signal(signal.SIGTERM)
    said = daemon.communicate(timeout=5)[1]
    assert daemon.returncode == 0
    assert time.monotonic() - began < 5
    assert "Traceback" not in said
    assert "looked" not in said, "it was in the middle"


def test_on_a_full_disk_nothing_is_saved_and_the_next_run_with_room_saves_once(machine: Machine) -> None:
    prlimit = needed("prlimit")
    tight = machine.call("run", before=[prlimit, "--fsize=20000"])
    assert tight.returncode != 0
    assert "→" in tight.stderr
    assert "Traceback" not in tight.stderr
    assert machine.drafts() == []
    assert machine.call("run").returncode == 0
    full = machine.call("mark", "acme", "closed", before=[prlimit, "--fsize=4096"])
    assert full.returncode != 0
    assert "space" in full.stderr or "full" in full.stderr, full.stderr
    assert machine.call("status", before=[prlimit, "--fsize=4096"]).returncode == 0, "what is known can still be read"
    assert len(machine.drafts()) == 1


def test_in_a_home_that_cannot_be_written_the_reason_is_said_and_nothing_is_saved(machine: Machine) -> None:
    if os.geteuid() == 0:  # rights bind root as soon as it has lost the power to pass over them
        strict = [
            needed("setpriv"),
            "--bounding-set=-dac_override,-dac_read_search",
            "--inh-caps=-dac_override,-dac_read_search",
        ]
    else:
        strict = []
    machine.folder.chmod(0o500)
    try:
        for words in (("run",), ("doctor", "--offline")):
            told = machine.call(*words, before=strict)
            assert told.returncode != 0, words
            assert "state" in told.stderr + told.stdout
            assert "Traceback" not in told.stderr
            assert "bug" not in told.stderr
    finally:
        machine.folder.chmod(0o700)
    assert machine.drafts() == []
