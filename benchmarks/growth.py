"""Curves: CPU for each message, event, process and account as these become more, beside what it is at the smallest step.

Messages are cut to 4 kB; what is generated are 2,000, of which the larger mailboxes hold copies under Message-IDs of their own.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from benchmarks import page
from benchmarks.calendar import WINDOW, generated
from benchmarks.local import ME as READER
from benchmarks.local import look
from benchmarks.mailbox import Generator
from benchmarks.plan import fill, planned
from benchmarks.row import Row
from mailwatch.backends.maildir import MaildirBackend
from mailwatch.core.ics import calendar_from_ics
from mailwatch.sandbox import InlineParser
from mailwatch.store import open_store
from tests.job_plans import NOW

MESSAGES = (2_000, 20_000, 200_000)
EVENTS = (1_000, 10_000, 50_000)
PROCESSES = (1, 10, 100, 500)
ACCOUNTS = (1, 5, 20)
OF_PLANS = 20
"""Processes among the messages of which a plan is made."""
IN_EACH = 50
"""Messages in each of several accounts."""
ENOUGH = 1.5
"""CPU seconds after which a measurement is not repeated."""
ROUNDS = 3
BOUND = 1.3
_CUT = 4_000
_ACCOUNT = '[account.a{0}]\nbackend = "maildir"\nemail = "jordan{0}@example.com"\npath = "Mail{0}"\n'


@dataclass(frozen=True, slots=True)
class Curve:
    """CPU seconds of something at several sizes."""

    what: str
    units: str
    points: tuple[tuple[int, float], ...]

    def rows(self) -> Iterator[Row]:
        """Seconds for each one, at every step beside the first."""
        (first, least), *more = self.points
        for count, seconds in more:
            ratio = (seconds / count) / (least / first)
            yield Row(f"growth, {self.what}: {count:,} {self.units}", ratio, BOUND, f"× each of {first:,}")


def rows() -> Iterator[Row]:
    """The rows of this file. What they are ratios of is kept for a table of its own."""
    for measured in (_calendars, _ticks, _plans_of_messages, _plans_of_processes, _looks):
        curve = measured()
        print(f"{curve.what}:", {count: round(seconds, 3) for count, seconds in curve.points}, flush=True)
        page.keep_curve(curve.what, asdict(curve))
        yield from curve.rows()


def _calendars() -> Curve:
    data = {count: generated(count) for count in EVENTS}
    works = {count: partial(calendar_from_ics, data[count], window=WINDOW, zone="UTC") for count in EVENTS}
    return Curve("60 days of a calendar", "events", tuple((count, _least(work)) for count, work in works.items()))


def _plans_of_processes() -> Curve:
    """Plans from a store that grows."""
    points: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as name:
        for known, count in zip((0, *PROCESSES), PROCESSES, strict=False):
            with open_store(Path(name), now=NOW) as store:
                fill(store, range(known, count), 0)
            points.append((count, _least(partial(planned, Path(name)))))
    return Curve("a plan, nothing but processes", "processes", tuple(points))


def _plans_of_messages() -> Curve:
    return Curve(f"a plan, {OF_PLANS} processes among", "messages", tuple((count, _plan(count)) for count in MESSAGES))


def _plan(messages: int) -> float:
    with tempfile.TemporaryDirectory() as name:
        with open_store(Path(name), now=NOW) as store:
            fill(store, range(OF_PLANS), messages)
        return _least(partial(planned, Path(name)))


def _looks() -> Curve:
    """First looks at a Maildir that grows, with what they find written into a new store."""
    points: list[tuple[int, float]] = []
    sample = [raw[:_CUT].partition(b"Message-ID: <") for _, raw in Generator().messages(MESSAGES[0])]
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name:
        mail = _maildir(Path(name, "mail"))
        written = 0
        for count in MESSAGES:
            for number in range(written, count):
                before, mark, after = sample[number % len(sample)]
                (mail / f"cur/1790000000.M{number}.bench:2,S").write_bytes(before + mark + b"%d." % number + after)
            written = count
            points.append((count, _least(partial(_first_look, mail))))
    return Curve("a first look at a Maildir", "messages", tuple(points))


def _first_look(mail: Path) -> None:
    backend = MaildirBackend(READER, mail, InlineParser(), name="bench")
    with tempfile.TemporaryDirectory() as state, open_store(Path(state), now=NOW) as store:
        look(backend, None, partial(store.mail.record, READER))


def _ticks() -> Curve:
    """Processes that look at nothing new; what a process costs without accounts is in each of them."""
    return Curve("a run at nothing new, local mail", "accounts", tuple((count, _tick(count)) for count in ACCOUNTS))


def _tick(accounts: int) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "config.toml"
        texts = [_ACCOUNT.format(number) for number in range(accounts)]
        config.write_text("".join(['[me]\nname = "Jordan Reyes"\n', *texts]), encoding="utf-8")
        config.chmod(0o600)
        for number in range(accounts):
            mail = _maildir(folder / f"Mail{number}")
            for index, (_, raw) in enumerate(Generator(number + 1).messages(IN_EACH)):
                (mail / f"cur/1790000000.M{index}.bench:2,S").write_bytes(raw[:_CUT])
        run = partial(
            subprocess.run,
            [sys.executable, "-m", "mailwatch", "-c", str(config), "run"],
            check=True,
            capture_output=True,
            env={**os.environ, "MAILWATCH_STATE": str(folder / "state")},
        )
        run(), run()  # the second is the one after which everything is as it stays
        return _least(run)


def _maildir(root: Path) -> Path:
    for sub in (".", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (root / sub / part).mkdir(parents=True)
    return root


def _least(work: Callable[[], object]) -> float:
    """The least CPU seconds of a few rounds, those of processes that it starts with them; of one where that is long."""
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        begun = _spent()
        work()
        best = min(best, _spent() - begun)
        if best > ENOUGH:
            break
    return best


def _spent() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
