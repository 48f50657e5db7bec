"""The whole plan from the store: 20,000 envelopes, of which 2,000 were read, of 100 applications; and how it grows."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.row import Row
from mailwatch.core.mime import envelope_from_raw
from mailwatch.core.model import Address, Envelope, Message, MessageRef, Policy, SpecialUse
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
            _fill(store, applications)
        for _ in range(RUNS):
            with open_store(Path(folder), now=NOW) as store:
                begun = time.process_time()
                plan(store.facts(ME), COVERAGE, NOW, Policy(), CONTEXT.lexicon, LETTERS)
                best = min(best, time.process_time() - begun)
    return best


def _fill(store: Store, applications: int) -> None:
    messages = [message for number in range(applications) for message in _messages(number)]
    envelopes = [message.envelope for message in messages]
    envelopes += [news(number) for number in range(applications * MAIL_A_PROCESS - len(envelopes))]
    for start in range(0, len(envelopes), 1000):
        store.mail.record(Address(USER), envelopes[start : start + 1000])
    read_ones = {message.envelope.id for message in messages}
    store.mail.judge(lambda envelope: envelope.id in read_ones, "bench", NOW)
    store.mail.keep_readings("bench", [read(message, CONTEXT) for message in messages])


def _messages(number: int) -> Iterator[Message]:
    for step, post in enumerate(application(number, NOW - timedelta(days=60 - number % 40))):
        if post.at <= NOW:
            yield message_of(post, MessageRef(f"{number}.{step}"))


def news(number: int) -> Envelope:
    """The envelope of a newsletter."""
    raw = (_NEWS % (number, number)).encode()
    return envelope_from_raw(raw, ref=MessageRef(f"n{number}"), role=SpecialUse.INBOX, received=NOW)
