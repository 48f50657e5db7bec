"""The memory of the whole program, parent and worker, before what is far too large. `make soak` makes it whole.

The kernel's own count: the most that a process, or one that it has waited for, has held at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from tests.backends.test_imap_quirks import fetched, grows
from tests.hostile.made import MB, attendees_of, calendar_with, text_of
from tests.servers.scripted_imap import Script, scripted_server
from tests.system.machine import Machine

SOAK = settings.default is not None and settings.default.max_examples >= 10_000
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
LIMIT = 256  # MB: the worker's, the larger one
READ_PAST = 200 * MB if SOAK else 40 * MB

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss counts something else there")


# A child begins with the peak of whoever started it, so that is a small process and not this one.
LAUNCHER = "import os, subprocess, sys; _, status, used = os.wait4(subprocess.Popen(sys.argv[1:]).pid, 0); print(os.waitstatus_to_exitcode(status), used.ru_maxrss // 1024)"


def peak_of(command: list[str], environment: dict[str, str]) -> tuple[int, int, str]:
    """The exit code, the most memory in MB of the process and of those that it waited for, and what it complained of."""
    launched = [sys.executable, "-I", "-S", "-c", LAUNCHER, *command]
    ran = subprocess.run(launched, env=environment, capture_output=True, text=True, timeout=120, check=True)
    *_, code, peak = ran.stdout.split()
    return int(code), int(peak), ran.stderr.strip()


LARGE: dict[str, Callable[[], bytes]] = {
    "a mail of 100 MB": lambda: text_of(100 * MB if SOAK else 30 * MB),
    "a million attendees": lambda: _mailed(attendees_of(1_000_000 if SOAK else 200_000)),
    "every second for ever": lambda: _mailed(calendar_with(b"RRULE:FREQ=SECONDLY\r\n")),
}


def _mailed(calendar: bytes) -> bytes:
    head, _, _ = text_of(0).partition(b"\r\n\r\n")
    return head + b"\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n" + calendar


@pytest.mark.parametrize("name", LARGE if SOAK else ["all of it at once"])
def test_a_run_past_something_huge_stays_small(
    name: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    machine = Machine(tmp_path)
    for make in [LARGE[name]] if name in LARGE else LARGE.values():
        machine.receives(make(), NOW - timedelta(days=5))
    code, peak, said = peak_of(machine.command("--now", NOW.isoformat(), "run"), machine.environment)
    assert code in {0, 1}, said
    assert peak < LIMIT
    record_property("figure", (f"memory of a run past {name}", "MB", peak))


LOOK = """
import sys
from datetime import UTC, datetime
from mailwatch.backends.imap import ImapBackend, Secret, Server
from mailwatch.core.model import Address, Interest
from mailwatch.errors import BackendError
from mailwatch.sandbox import InlineParser
server = Server("home", "127.0.0.1", int(sys.argv[1]), "jo", lambda: Secret("x"), tls="none", timeout=60.0)
door = ImapBackend(Address("jo@home.example"), server, InlineParser())
try:
    pages = door.changes(None, since=datetime(2026, 9, 1, tzinfo=UTC), interest=Interest())
    print(sum(len(page.items) for page in pages), file=sys.stderr)
except BackendError as error:
    print(type(error).__name__, file=sys.stderr)
"""
LITERALS = {
    "a literal of 3 GB": b"* 1 FETCH (UID 1 BODY[] {3000000000}\r\n" + b"x" * MB,
    "a literal of 200 MB": fetched(1, header=b"X: " + b"x" * READ_PAST + b"\r\n\r\n") + fetched(2) + b"{tag} OK\r\n",
}


@pytest.mark.parametrize("name", LITERALS)
def test_a_literal_that_a_server_announces_is_not_held(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    script = Script()
    grows(script, 3, b"INBOX")
    script.answers |= {b"UID SEARCH": b"* SEARCH 1 2\r\n{tag} OK\r\n", b"UID FETCH": LITERALS[name]}
    with scripted_server(script):
        command = [sys.executable, "-c", LOOK, str(script.port)]
        code, peak, said = peak_of(command, dict(os.environ))
    assert (code, said) == (0, "TransientError" if "3 GB" in name else "2")
    assert peak < 96  # PERFORMANCE.md, row 5: without the worker
    record_property("figure", (f"memory past {name}", "MB", peak))
