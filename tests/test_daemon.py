from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from itertools import pairwise

import pytest

from mailwatch.daemon import announce, watch
from mailwatch.errors import RefusedToSend, StoreError
from tests.service.settings import text_with

SECOND = timedelta(seconds=1)


def soon(number: int, after: float = 0.05) -> None:
    threading.Timer(after, os.kill, (os.getpid(), number)).start()


def test_it_looks_again_and_again_until_it_is_told_to_stop() -> None:
    looks: list[float] = []

    def look() -> None:
        looks.append(time.monotonic())
        if len(looks) == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    assert watch(look, interval=timedelta(milliseconds=20), jitter=timedelta(milliseconds=5)) == 0
    assert len(looks) == 3
    assert all(later - earlier >= 0.015 for earlier, later in pairwise(looks))


def test_a_look_comes_a_little_earlier_or_later_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def wait(_awake: object, seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 40:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("mailwatch.daemon._wait", wait)
    watch(lambda: None, interval=timedelta(minutes=15), jitter=timedelta(minutes=1))
    assert all(840 <= wait <= 960 for wait in waits)
    assert min(waits) < 900 < max(waits)


def test_it_stops_in_the_middle_of_a_look() -> None:
    soon(signal.SIGTERM)
    began = time.monotonic()
    assert watch(lambda: time.sleep(30), interval=SECOND) == 0
    assert time.monotonic() - began < 5


def test_it_stops_while_it_waits() -> None:
    soon(signal.SIGINT)
    began = time.monotonic()
    assert watch(lambda: None, interval=timedelta(hours=1)) == 0
    assert time.monotonic() - began < 5


def test_a_hangup_makes_it_look_at_once() -> None:
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        soon(signal.SIGHUP if len(looks) == 1 else signal.SIGTERM)

    assert watch(look, interval=timedelta(hours=1)) == 0
    assert len(looks) == 2


def test_a_second_signal_does_not_interrupt_the_way_out() -> None:
    done: list[str] = []

    def look() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            done.append("cleaned up")

    assert watch(look, interval=SECOND) == 0
    assert done == ["cleaned up"]


class Dying:
    """Something whose end is the moment at which the signal comes: what is raised there, Python passes over."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_that_comes_while_python_clears_something_away_is_not_lost() -> None:
    began = time.monotonic()
    assert watch(Dying, interval=timedelta(hours=1)) == 0
    assert time.monotonic() - began < 5


def test_a_look_that_fails_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    failures = [StoreError("The disk is full.", next_step="free some"), ValueError("a secret from a mail")]

    def look() -> None:
        if failures:
            raise failures.pop(0)
        os.kill(os.getpid(), signal.SIGTERM)

    assert watch(look, interval=timedelta(0)) == 0
    assert "The disk is full." in caplog.text
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_a_stopped_attempt_to_send_ends_it() -> None:
    def look() -> None:
        raise RefusedToSend("POST …/send was stopped.")

    with pytest.raises(RefusedToSend):
        watch(look, interval=timedelta(0))


def test_handlers_are_as_before_afterwards() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    soon(signal.SIGTERM)
    watch(lambda: None, interval=SECOND)
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)] == before


def test_a_process_that_watches_ends_within_seconds_of_a_signal() -> None:
    script = (
        "from datetime import timedelta\n"
        "from mailwatch.daemon import watch\n"
        "print('here', flush=True)\n"
        "raise SystemExit(watch(lambda: None, interval=timedelta(hours=1)))\n"
    )
    daemon = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert daemon.stdout is not None
    assert daemon.stdout.readline() == "here\n"
    time.sleep(0.2)
    daemon.send_signal(signal.SIGTERM)
    daemon.communicate(timeout=5)
    assert daemon.returncode == 0


def listening(tmp_path) -> tuple[socket.socket, str]:
    door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    door.bind(str(tmp_path / "notify"))
    door.settimeout(5)
    return door, str(tmp_path / "notify")


def test_the_service_manager_hears_that_it_is_ready_alive_and_stopping(tmp_path, monkeypatch) -> None:
    door, address = listening(tmp_path)
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    watch(lambda: os.kill(os.getpid(), signal.SIGTERM), interval=SECOND)
    heard = [door.recv(200).decode().split("\n") for _ in range(3)]
    door.close()
    assert heard == [["READY=1"], ["STATUS=looking", "WATCHDOG=1"], ["STOPPING=1"]]


def test_a_manager_that_is_gone_changes_nothing(monkeypatch) -> None:
    for address in ("/nonexistent/socket", "@mailwatch-nobody-listens"):
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        announce("READY=1")


def test_a_machine_that_slept_wakes_up_to_a_look(monkeypatch) -> None:
    """While it sleeps the steady clock stands still and the one on the wall goes on."""
    looks: list[int] = []
    wall = time.time()  # noqa: TID251 - the clock is the subject

    def look() -> None:
        looks.append(1)
        if len(looks) == 1:
            monkeypatch.setattr("mailwatch.daemon._SLICE", 0.02)
            threading.Timer(0.1, lambda: monkeypatch.setattr("mailwatch.daemon.time.time", lambda: wall + 7200)).start()
        else:
            os.kill(os.getpid(), signal.SIGTERM)

    began = time.monotonic()
    assert watch(look, interval=timedelta(hours=1)) == 0
    assert (len(looks), time.monotonic() - began < 20) == (2, True)


def test_a_clock_that_is_set_back_does_not_make_it_wait_longer(monkeypatch) -> None:
    looks: list[int] = []
    wall = time.time()  # noqa: TID251 - the clock is the subject

    def look() -> None:
        looks.append(1)
        monkeypatch.setattr("mailwatch.daemon.time.time", lambda: wall - 86_400)
        if len(looks) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    assert watch(look, interval=timedelta(milliseconds=50)) == 0
    assert len(looks) == 2


def daemon_in(folder) -> list[str]:
    for name in ("Mail", "Mail/.Drafts", "Mail/.Sent"):
        for part in ("cur", "new", "tmp"):
            (folder / name / part).mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text_with(folder))
    (folder / "config.toml").chmod(0o600)
    return [sys.executable, "-m", "mailwatch", "-c", str(folder / "config.toml"), "daemon"]


def test_a_second_daemon_ends_at_once_and_names_the_first_and_a_hangup_reads_the_configuration_anew(tmp_path) -> None:
    environment = {**os.environ, "MAILWATCH_STATE": str(tmp_path / "state")}
    command = daemon_in(tmp_path)
    first = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert "exit=0" in first.stderr.readline()
        second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert second.returncode == 6
        assert f"process {first.pid}" in second.stderr
        (tmp_path / "config.toml").write_text(text_with(tmp_path).replace("Jo Park", ""))
        first.send_signal(signal.SIGHUP)
        assert "config" in first.stderr.readline()
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=5) == 0
    finally:
        first.kill()
        first.communicate()
