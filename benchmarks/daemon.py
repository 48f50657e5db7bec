"""A status over a long job search, and a daemon at rest: start-up, memory, time of the processor, growth."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.row import Row
from benchmarks.startup import CONFIG, median_seconds

MESSAGES, PROCESSES = 100_000, 200
LOOKS, WARM = 500, 50
REST = 60.0
_PAGE = resource.getpagesize()
_TICKS = os.sysconf("SC_CLK_TCK")
_MEGABYTE = 1e6


def rows() -> Iterator[Row]:
    """The rows of this file."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _long_search(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield from _at_rest(Path(folder))


def _mailbox(folder: Path) -> tuple[Path, dict[str, str]]:
    config = folder / "config.toml"
    config.write_text(
        CONFIG + '[service]\ninterval = "15m"\n[drafts]\nfirst_run = "save"\nmax_per_run = 1\n', encoding="utf-8"
    )
    config.chmod(0o600)
    for sub in (".", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (folder / "Mail" / sub / part).mkdir(parents=True)
    return config, {**os.environ, "MAILWATCH_STATE": str(folder / "state")}


def _long_search(folder: Path) -> Iterator[Row]:
    """A status where 200 processes are known and 100,000 messages are in the database."""
    config, environment = _mailbox(folder)
    now = datetime.now(UTC)  # noqa: TID251 - the program that is measured reads the real clock
    for number in range(PROCESSES):
        (folder / f"Mail/cur/{number}.interview:2,S").write_bytes(_interview(number, now))
    program = str(Path(sys.executable).with_name("mailwatch"))
    command = [program, "-c", str(config)]
    subprocess.run([*command, "run"], check=True, capture_output=True, env=environment)
    _remember(folder / "state", MESSAGES - PROCESSES, now)
    # The look after which everything is as it stays.
    subprocess.run([*command, "run"], check=True, capture_output=True, env=environment)
    nothing = median_seconds([sys.executable, "-c", "pass"])
    what = f"status, {PROCESSES} processes, {MESSAGES:,} messages"
    yield Row(what, median_seconds([*command, "status"], environment) / nothing, 9, "× python -c pass")


def _interview(number: int, now: datetime) -> bytes:
    """A mail that agrees on an interview of some days ago at a firm of its own."""
    start = now - timedelta(days=8 + number % 60, hours=number % 7)
    sent = start - timedelta(days=3)
    stamp = "%Y%m%dT%H%M%SZ"
    address = f"rita{number}@firm{number}.example"
    event = (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:{number}@firm{number}.example\r\n"
        f"DTSTAMP:{sent:{stamp}}\r\nDTSTART:{start:{stamp}}\r\nDTEND:{start + timedelta(hours=1):{stamp}}\r\n"
        f"SUMMARY:Interview: Jordan Reyes - Engineer\r\nORGANIZER;CN=Rita Ek:mailto:{address}\r\n"
        f"ATTENDEE;CN=Rita Ek:mailto:{address}\r\nATTENDEE;CN=Jordan Reyes:mailto:jordan@example.com\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return (
        f"From: Rita Ek <{address}>\r\nTo: Jordan Reyes <jordan@example.com>\r\nSubject: Interview: Engineer at Firm{number}\r\n"
        f"Date: {sent:%a, %d %b %Y %H:%M:%S} +0000\r\nMessage-ID: <{number}@firm{number}.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        "Hi Jordan,\r\n\r\nthis is for your interview.\r\n\r\nBest,\r\nRita Ek\r\n--b\r\n"
        f"Content-Type: text/calendar; method=REQUEST\r\n\r\n{event}\r\n--b--\r\n"
    ).encode()


def _remember(state: Path, many: int, now: datetime) -> None:
    """Put messages that are about something else into the database, as a look would have put them there."""
    from mailwatch.core.model import Address, Envelope, Mailbox, MessageId, MessageRef, SpecialUse
    from mailwatch.store import open_store

    with open_store(state, now=now) as store:
        for first in range(0, many, 5000):
            store.mail.record(
                Address("jordan@example.com"),
                [
                    Envelope(
                        id=MessageId(f"<other{number}@shop{number % 900}.example>"),
                        ref=MessageRef(f"INBOX/other{number}"),
                        role=SpecialUse.INBOX,
                        subject=f"Your order {number}",
                        sender=Mailbox("Shop", Address(f"news@shop{number % 900}.example")),
                        date=now - timedelta(minutes=number),
                    )
                    for number in range(first, min(first + 5000, many))
                ],
            )


def _at_rest(folder: Path) -> Iterator[Row]:
    """A daemon on local mail: after many looks at nothing new, and in a minute in which nothing happens."""
    config, environment = _mailbox(folder)
    program = [sys.executable, "-m", "mailwatch", "-c", str(config)]
    subprocess.run([*program, "run"], check=True, capture_output=True, env=environment)  # as set-up ends
    command = [*program, "daemon"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        try:
            _end_of_look(process)
            for _ in range(WARM):
                _look(process)
            warm, spent = _resident(process.pid), _processor(process.pid)
            for _ in range(LOOKS - WARM):
                _look(process)
            grown, spent = _resident(process.pid) / warm, (_processor(process.pid) - spent) / (LOOKS - WARM)
            yield Row("daemon, local mail: memory after 500 looks", _resident(process.pid) / _MEGABYTE, 55, "MB")
            yield Row("daemon: memory after 500 looks, to that after 50", grown, 1.05, "×")
            yield Row("daemon: a look at nothing new", spent * 1000, 100, "ms of the processor")
            time.sleep(1)
            before, woken = _processor(process.pid), _switches(process.pid)
            time.sleep(REST)
            yield Row("daemon at rest: a minute", (_processor(process.pid) - before) * 1000, 10, "ms of the processor")
            yield Row("daemon at rest: a minute", _switches(process.pid) - woken, 4, "wake-ups")
        finally:
            process.send_signal(signal.SIGTERM)


def _look(process: subprocess.Popen[bytes]) -> None:
    """One look more."""
    process.send_signal(signal.SIGHUP)
    _end_of_look(process)


def _end_of_look(process: subprocess.Popen[bytes]) -> None:
    if process.stderr is None or not select.select([process.stderr], [], [], 60)[0]:
        raise RuntimeError("the daemon did not look")
    if b"exit=0" not in process.stderr.readline():
        raise RuntimeError("a look of the daemon failed")


def _resident(pid: int) -> int:
    """Memory in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def _processor(pid: int) -> float:
    """Seconds of the processor, to a hundredth, with the workers that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def _switches(pid: int) -> int:
    """How often it gave up the processor by itself."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
