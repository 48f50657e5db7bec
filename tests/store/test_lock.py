from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mailwatch.errors import AlreadyRunning, StoreError
from mailwatch.store import run_lock

HOLD = """
import sys, time
from pathlib import Path
from mailwatch.store import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
TRY = """
import sys, time
from pathlib import Path
from mailwatch.errors import AlreadyRunning
from mailwatch.store import run_lock
try:
    with run_lock(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
except AlreadyRunning:
    print("refused", flush=True)
"""


def start(script: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_the_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with run_lock(tmp_path):
        with pytest.raises(AlreadyRunning, match=str(os.getpid())) as caught, run_lock(tmp_path):
            pass
        assert caught.value.exit_code == 6
    with run_lock(tmp_path):
        pass


def test_the_lock_dies_with_a_killed_holder(tmp_path: Path) -> None:
    holder = start(HOLD, tmp_path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(AlreadyRunning, match=str(holder.pid)), run_lock(tmp_path):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    began = time.monotonic()
    with run_lock(tmp_path, wait=2.0):
        assert time.monotonic() - began < 2.0


def test_of_many_that_start_at_once_one_gets_it(tmp_path: Path) -> None:
    starters = [start(TRY, tmp_path) for _ in range(6)]
    answers = [starter.stdout.readline() for starter in starters if starter.stdout]
    for starter in starters:
        starter.communicate("")
    assert sorted(answers) == ["held\n"] + ["refused\n"] * 5


def test_a_waiting_run_gets_the_lock_when_it_is_free(tmp_path: Path) -> None:
    holder = run_lock(tmp_path)
    holder.__enter__()
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            holder.__exit__(None, None, None)

    with run_lock(tmp_path, wait=30.0, sleep=nap):
        assert len(naps) == 3


def test_a_waiting_run_gives_up_in_time(tmp_path: Path) -> None:
    naps: list[float] = []
    with run_lock(tmp_path), pytest.raises(AlreadyRunning), run_lock(tmp_path, wait=1.0, sleep=naps.append):
        pass
    assert sum(naps) == pytest.approx(1.0)


def test_a_file_system_without_locks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(StoreError, match="No locks available"), run_lock(tmp_path):
        pass


def test_who_holds_it_is_noted_behind_the_first_byte_which_windows_lets_nobody_else_read(tmp_path: Path) -> None:
    with run_lock(tmp_path):
        assert (tmp_path / "lock").read_bytes()[1:] == str(os.getpid()).encode()
