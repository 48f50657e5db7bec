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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.every_provider import everything
from benchmarks.row import Row
from benchmarks.startup import CONFIG, median_seconds

MESSAGES, PROCESSES = 100_000, 200
LOOKS, WARM = 500, 50
LOOKS_EVERYWHERE, WARM_EVERYWHERE = 60, 15
REST = 60.0
_PAGE = resource.getpagesize()
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
    """Two daemons, one on local mail and one on everything there is: after looks at nothing new, and in one quiet minute."""
    config, environment = _mailbox(folder)
    with (
        everything(folder / "all") as (everywhere, known),
        _daemon(config, environment) as local,
        _daemon(everywhere, {**environment, **known}) as every,
    ):
        yield from _looks(local, "daemon, local mail", WARM, LOOKS, 55)
        yield from _looks(every, "daemon, all providers", WARM_EVERYWHERE, LOOKS_EVERYWHERE, 80)
        yield from _quiet_minute({"daemon, local mail": local, "daemon, all providers": every})


def _looks(process: subprocess.Popen[bytes], who: str, warm: int, looks: int, bound: int) -> Iterator[Row]:
    for _ in range(warm):
        _look(process)
    before, spent = _resident(process.pid), _processor(process.pid)
    for _ in range(looks - warm):
        _look(process)
    spent = (_processor(process.pid) - spent) / (looks - warm)
    print(f"{who}: a look at nothing new takes {spent * 1000:.0f} ms of the processor")
    yield Row(f"{who}: memory after {looks} looks", _resident(process.pid) / _MEGABYTE, bound, "MB", 16)
    yield Row(
        f"{who}: memory after {looks} looks, to that after {warm}", _resident(process.pid) / before, 1.05, "×", 16
    )


def _quiet_minute(processes: Mapping[str, subprocess.Popen[bytes]]) -> Iterator[Row]:
    time.sleep(2)
    before = {who: (_processor(process.pid), _switches(process.pid)) for who, process in processes.items()}
    time.sleep(REST)
    for who, process in processes.items():
        spent, woken = _processor(process.pid) - before[who][0], _switches(process.pid) - before[who][1]
        yield Row(f"{who}, at rest: a minute", spent * 1000, 5, "ms of the processor", 16)
        yield Row(f"{who}, at rest: a minute", woken, 2, "wake-ups", 16)


@contextmanager
def _daemon(config: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    program = [sys.executable, "-m", "mailwatch", "-c", str(config)]
    subprocess.run([*program, "run"], check=True, capture_output=True, env=environment)  # as set-up ends
    with subprocess.Popen(
        [*program, "daemon"], env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        try:
            _end_of_look(process)
            yield process
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
    """Seconds of the processor, to the nanosecond (the first number of schedstat), of all its threads."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _switches(pid: int) -> int:
    """How often its threads gave up the processor by themselves."""
    statuses = [(task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for status in statuses)
