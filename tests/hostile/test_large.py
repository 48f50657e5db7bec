"""What is far too large is read as far as it goes, by the real worker with its real limits, in seconds and in bounds."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from mailwatch.core.model import Fetched, SpecialUse
from mailwatch.sandbox import WorkerParser
from tests.fuzz.targets import REF, WINDOW, ZONE
from tests.hostile.made import CALENDARS, MAILS

SOAK = settings.default is not None and settings.default.max_examples >= 10_000
SECONDS = 3.0
MEMORY = 256 << 20  # PERFORMANCE.md, row 5: the worker's peak


@pytest.fixture(scope="module")
def worker():
    with WorkerParser() as parser:
        yield parser


def peak(parser: WorkerParser) -> int:
    """The most memory that the worker has held, in bytes."""
    process = parser._worker._process
    assert process is not None
    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) << 10


def spent(parser: WorkerParser) -> float:
    """Seconds of processor time that the worker has used; 0.0 before it has begun, and where the system does not say."""
    process = parser._worker._process
    if process is None or sys.platform != "linux":
        return 0.0
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def within_bounds(parser: WorkerParser, before: float) -> None:
    assert spent(parser) - before < SECONDS
    if sys.platform == "linux":
        assert peak(parser) < MEMORY


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_without_end_is_read_as_far_as_it_goes(name, worker, record_property):
    make, some, all_of_it = MAILS[name]
    raw = make(all_of_it if SOAK else some)
    before = spent(worker)
    envelope = worker.envelope(raw, ref=REF, role=SpecialUse.INBOX)
    message = worker.message(Fetched(REF, raw=raw), envelope, outgoing=False, zone=ZONE)
    assert message.problems or "24 November 2026" in message.new_text
    assert len(message.new_text) <= 32_000
    within_bounds(worker, before)
    record_property("figure", ("mails without end, within 3 s and 256 MB", "mails", 1))


@pytest.mark.parametrize("name", CALENDARS)
def test_a_calendar_without_end_is_worked_out_as_far_as_it_matters(name, worker):
    make, some, all_of_it = CALENDARS[name]
    data = make(all_of_it if SOAK else some)
    before = spent(worker)
    found = worker.calendar(data, window=WINDOW, zone=ZONE)
    assert found.events or found.problems
    assert len(found.events) <= 20_000
    within_bounds(worker, before)
