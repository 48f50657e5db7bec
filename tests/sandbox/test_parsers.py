"""The worker process: same answers as inline, and no item that stops the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from mailwatch.core.model import Envelope, Fetched, MessageRef, Part, SpecialUse, ThreadId, Window
from mailwatch.errors import MailwatchError
from mailwatch.sandbox import InlineParser, Parser, Unreadable, WorkerParser
from mailwatch.sandbox import child as child_module
from mailwatch.sandbox.child import Worker
from mailwatch.sandbox.work import EnvelopeWork
from mailwatch.sandbox.worker import read_frame, write_frame

RAW = b"From: Rita <rita@acme.example>\nSubject: Interview\nMessage-ID: <1@acme.example>\n\nTuesday?\n\nOn Mon, 7 Sep 2026 Ben wrote:\n> Any day."
ICS = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20261005T100000Z\nRRULE:FREQ=WEEKLY;COUNT=2\nEND:VEVENT\nEND:VCALENDAR\n"
WINDOW = Window(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
REF = MessageRef("r")


@pytest.fixture(scope="module")
def worker():
    with WorkerParser() as parser:
        yield parser


def everything(parser: Parser) -> list[object]:
    received = datetime(2026, 9, 7, 9, tzinfo=UTC)
    envelope = parser.envelope(RAW, ref=REF, role=SpecialUse.INBOX, received=received)
    parts = (Part("text/plain", b"Tuesday?"), Part("text/calendar", ICS, filename="i.ics", attachment=True))
    return [
        envelope,
        parser.envelope_from_header(RAW, ref=REF, role=SpecialUse.ALL, received=received, thread=ThreadId("t"), size=9, calendar=True, attachments=("a.pdf",)),
        parser.message(Fetched(REF, raw=RAW), envelope, outgoing=False, zone="Europe/Berlin"),
        parser.message(Fetched(REF, header=RAW, parts=parts, complete=False), envelope, outgoing=True, zone="Europe/Berlin"),
        parser.calendar(ICS, window=WINDOW, zone="Europe/Berlin"),
    ]  # fmt: skip


def test_the_worker_gives_the_same_records_as_reading_inline(worker):
    assert everything(worker) == everything(InlineParser())


def test_the_worker_is_one_process_that_ends_with_its_block():
    with WorkerParser() as parser:
        assert parser._worker._process is None
        parser.envelope(RAW, ref=REF, role=SpecialUse.INBOX)
        process = parser._worker._process
        parser.envelope(RAW, ref=REF, role=SpecialUse.INBOX)
        assert parser._worker._process is process
    assert process.returncode == 0
    parser.close()


@pytest.fixture
def hurting(tmp_path, monkeypatch):
    """A worker whose envelopes hurt as their `ref` says: the real process, with the real limits."""
    (tmp_path / "hurting.py").write_text(
        "import ctypes, sys, time\n"
        "from mailwatch.sandbox import work, worker\n"
        "real = work.EnvelopeWork.done\n"
        "def done(self):\n"
        "    if self.ref == 'sleep': time.sleep(60)\n"
        "    if self.ref == 'spin':\n"
        "        while True: pass\n"
        "    if self.ref == 'regex':\n"
        "        import re; re.match('(a*)*$', 'a' * 60 + 'b')\n"
        "    if self.ref == 'memory': bytearray(2 << 30)\n"
        "    if self.ref == 'crash': ctypes.string_at(0)\n"
        "    if self.ref == 'bug': raise KeyError('words from the mail')\n"
        "    if self.ref == 'print': print('loud'); sys.stdout.flush()\n"
        "    return real(self)\n"
        "work.EnvelopeWork.done = done\n"
        "worker.main(sys.argv[1:])\n"
    )
    made = Worker(1.0, 512 << 20)
    made._command = [sys.executable, "-P", str(tmp_path / "hurting.py"), "1.0", str(512 << 20)]
    yield made
    made.close()


def asked(worker: Worker, what: str) -> Envelope:
    return worker.done(EnvelopeWork(RAW, MessageRef(what), SpecialUse.INBOX, None), Envelope)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("sleep", "takes longer than 1 seconds"),
        ("spin", "takes longer than 1 seconds"),
        ("regex", "takes longer than 1 seconds"),
        ("crash", "makes the parser crash"),
        ("bug", "breaks the parser (KeyError)"),
    ],
)
def test_an_item_that_hurts_is_unreadable_and_the_next_one_is_read(hurting, what, reason):
    assert asked(hurting, "before").subject == "Interview"
    begun = time.monotonic()
    with pytest.raises(Unreadable) as refused:
        asked(hurting, what)
    assert refused.value.reason == reason
    assert time.monotonic() - begun < 5
    assert asked(hurting, "after").subject == "Interview"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space for certain")
def test_an_item_that_eats_memory_is_unreadable_and_the_next_one_is_read(hurting):
    with pytest.raises(Unreadable, match="needs too much memory"):
        asked(hurting, "memory")
    assert asked(hurting, "after").subject == "Interview"


def test_what_a_library_prints_does_not_disturb_the_answers(hurting):
    assert asked(hurting, "print").subject == "Interview"


def test_a_worker_that_was_killed_between_items_is_started_again(worker):
    worker.envelope(RAW, ref=REF, role=SpecialUse.INBOX)
    worker._worker._process.kill()
    worker._worker._process.wait()
    assert worker.envelope(RAW, ref=REF, role=SpecialUse.INBOX).subject == "Interview"


def test_a_worker_that_does_not_start_is_one_clear_sentence():
    broken = Worker(1.0, 512 << 20)
    broken._command = [sys.executable, "-c", "raise SystemExit(3)"]
    with pytest.raises(MailwatchError, match="can't be started"):
        asked(broken, "x")
    broken.close()


def test_a_worker_that_will_not_leave_is_killed(monkeypatch):
    monkeypatch.setattr(child_module, "_PATIENCE", 0.5)
    stubborn = Worker(60.0, 512 << 20)
    script = "import sys, time; from mailwatch.sandbox.worker import *; write_frame(sys.stdout.buffer, READY); time.sleep(60)"
    stubborn._command = [sys.executable, "-P", "-c", script]
    process = stubborn._running()
    stubborn.close()
    assert process.returncode < 0


def test_the_worker_ends_when_its_parent_is_gone():
    script = (
        "from mailwatch.sandbox import WorkerParser; from mailwatch.core.model import *\n"
        "import os\n"
        "parser = WorkerParser(); parser.envelope(b'Subject: x', ref=MessageRef('r'), role=SpecialUse.INBOX)\n"
        "print(parser._worker._process.pid, flush=True); os._exit(0)"
    )
    pid = int(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the worker outlived its parent")


def test_an_inline_parser_names_what_breaks_it(monkeypatch):
    def broken(self: EnvelopeWork) -> Envelope:
        raise MemoryError

    monkeypatch.setattr(EnvelopeWork, "done", broken)
    with pytest.raises(Unreadable, match="needs too much memory"):
        InlineParser().envelope(RAW, ref=REF, role=SpecialUse.INBOX)


def test_what_is_too_large_is_cut_or_refused_before_it_crosses_over():
    parser = InlineParser()
    large = b"Subject: x\n\n" + b"a" * 25_100_000
    envelope = parser.envelope(large, ref=REF, role=SpecialUse.INBOX)
    message = parser.message(Fetched(REF, raw=large), envelope, outgoing=False, zone="UTC")
    assert "message larger than 25 MB, cut" in message.problems
    with pytest.raises(Unreadable, match="larger than 128 MB"):
        parser.calendar(bytes(128 * 1024 * 1024 + 1), window=WINDOW, zone="UTC")


def test_a_frame_cut_short_is_none(tmp_path):
    path = tmp_path / "frames"
    with path.open("wb") as stream:
        write_frame(stream, b"whole")
        stream.write(b"\x00\x00\x00\x09part")
    with path.open("rb") as stream:
        assert [read_frame(stream), read_frame(stream), read_frame(stream)] == [b"whole", None, None]


def test_who_only_asks_the_worker_loads_no_parser_of_pages() -> None:
    """A daemon at rest keeps what it has loaded."""
    script = "import sys, mailwatch.tick.engine, mailwatch.tick.configured; sys.exit('bs4' in sys.modules or 'lxml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
