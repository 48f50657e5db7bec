from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from itertools import pairwise

import pytest

from mailwatch.daemon import watch
from mailwatch.errors import RefusedToSend, StoreError

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
    assert all(later - earlier >= 0.02 for earlier, later in pairwise(looks))


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
