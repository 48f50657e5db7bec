"""The whole plan from the store: 20,000 envelopes, of which 2,000 were read, of 100 applications; and how it grows."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from benchmarks.row import Row
from mailwatch.core.mime import envelope_from_raw
from mailwatch.core.model import Address, Envelope, Message, MessageId, MessageRef, Policy, Reading, SpecialUse
from mailwatch.core.plan import plan
from mailwatch.core.reading import read
from mailwatch.store import Store, open_store
from tests.job_mail import USER, application
from tests.job_plans import CONTEXT, COVERAGE, LETTERS, ME, NOW, message_of

RUNS = 5
MAIL_A_PROCESS = 200
_NEWS = (
    f"From: News <news@list.example>\r\nTo: {USER}\r\nSubject: News %d\r\nMessage-ID: <n%d@list.example>\r\n"
    "Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nList-Id: <news.list.example>\r\nPrecedence: bulk\r\n\r\n.\r\n"
)


def rows() -> Iterator[Row]:
    """The rows of this file."""
    seconds = {count: _seconds(count) for count in (50, 100, 200)}
    print("plan, CPU seconds by applications:", {count: round(spent, 3) for count, spent in seconds.items()})
    yield Row("plan from 20,000 envelopes, 100 processes", seconds[100], 0.3, "s CPU", 11)
    growth = max(seconds[100] / seconds[50], seconds[200] / seconds[100])
    yield Row("plan, twice the facts", growth, 2.2, "× the time", 11)


def _seconds(applications: int) -> float:
    """The least CPU time of taking all facts from the store and making the plan of them."""
    best = float("inf")
    with tempfile.TemporaryDirectory() as folder:
        with open_store(Path(folder), now=NOW) as store:
            fill(store, range(applications), applications * MAIL_A_PROCESS)
        for _ in range(RUNS):
            best = min(best, planned(Path(folder)))
    return best


def planned(folder: Path) -> float:
    """The CPU time of one plan from the store of a folder."""
    with open_store(folder, now=NOW) as store:
        begun = time.process_time()
        plan(store.facts(ME), COVERAGE, NOW, Policy(), CONTEXT.lexicon, LETTERS)
        return time.process_time() - begun


def fill(store: Store, applications: range, mail: int) -> None:
    """Put the messages of these applications into a store, and newsletters until that is so much mail."""
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as readers:
        pairs = [pair for some in readers.map(_read, applications, chunksize=5) for pair in some]
    envelopes = [message.envelope for message, _ in pairs]
    sample = news(0)
    envelopes += [
        replace(sample, id=MessageId(f"<n{number}@list.example>"), ref=MessageRef(f"n{number}"))
        for number in range(mail - len(envelopes))
    ]
    for start in range(0, len(envelopes), 1000):
        store.mail.record(Address(USER), envelopes[start : start + 1000])
    read_ones = {message.envelope.id for message, _ in pairs}
    store.mail.judge(lambda envelope: envelope.id in read_ones, "bench", NOW)
    store.mail.keep_readings("bench", [reading for _, reading in pairs])


def _read(application_number: int) -> list[tuple[Message, Reading]]:
    return [(message, read(message, CONTEXT)) for message in _messages(application_number)]


def _messages(number: int) -> Iterator[Message]:
    for step, post in enumerate(application(number, NOW - timedelta(days=60 - number % 40))):
        if post.at <= NOW:
            yield message_of(post, MessageRef(f"{number}.{step}"))


def news(number: int) -> Envelope:
    """The envelope of a newsletter."""
    raw = (_NEWS % (number, number)).encode()
    return envelope_from_raw(raw, ref=MessageRef(f"n{number}"), role=SpecialUse.INBOX, received=NOW)
