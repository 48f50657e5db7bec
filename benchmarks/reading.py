"""From bytes to verdict: a mixed mailbox judged by its heads and read where that is worth it, beside the usual stack.

The usual stack parses every mail with email.policy.default, strips its HTML with BeautifulSoup (html.parser), and tries one
pattern after another, case aside. mailwatch reads every head, and whole only what triage names.
"""

from __future__ import annotations

import email
import email.policy
import itertools
import re
import time
from collections.abc import Iterator

from bs4 import BeautifulSoup

from benchmarks.mailbox import END, Generator
from benchmarks.row import Row
from mailwatch.core.mime import envelope_from_raw, message_from_fetched
from mailwatch.core.mime.headers import split_message
from mailwatch.core.model import Detection, Fetched, Me, MessageRef, SpecialUse
from mailwatch.core.reading import ReadingContext, read
from mailwatch.core.triage import Knowledge, worth_reading
from tests.job_plans import CONTEXT

MESSAGES = 1_000
_PATTERNS = 300


def rows() -> Iterator[Row]:
    """The rows of this file."""
    mails = [raw for _, raw in itertools.islice(Generator().messages(MESSAGES), MESSAGES)]
    context = ReadingContext(
        Me("Jo Berg", CONTEXT.me.primary, frozenset({CONTEXT.me.primary})), CONTEXT.lexicon, Detection()
    )
    for raw in mails[:200]:  # what is compiled once is compiled before the clock starts, on both sides
        _verdict(raw, context, always=True)
    patterns = _patterns()
    read_whole, mine = 0, time.process_time()
    for raw in mails:
        read_whole += _verdict(raw, context)
    mine = time.process_time() - mine
    other = time.process_time()
    for raw in mails[::4]:
        _usual(raw, patterns)
    other = (time.process_time() - other) * 4
    print(
        f"reading: {1000 * mine / MESSAGES:.2f} ms a mail, {100 * read_whole / MESSAGES:.0f} % read whole; the usual stack {1000 * other / MESSAGES:.1f} ms"
    )
    yield Row("bytes to verdict", other / mine, 12, "× as fast as the usual stack", 10, at_least=True)


def _verdict(raw: bytes, context: ReadingContext, *, always: bool = False) -> bool:
    """Judge one mail; was it read whole?"""
    knowledge = Knowledge(context.me, context.lexicon, context.detection)
    head = split_message(raw)[0]
    envelope = envelope_from_raw(head, ref=MessageRef("x"), role=SpecialUse.INBOX, received=END)
    wanted = always or worth_reading(envelope, knowledge)
    if wanted:
        read(message_from_fetched(Fetched(MessageRef("x"), raw=raw), envelope, outgoing=False, zone="UTC"), context)
    return wanted


def _patterns() -> list[re.Pattern[str]]:
    """Three hundred of mailwatch's own English phrases, as somebody would write them who knows nothing of gates."""
    phrases = CONTEXT.lexicon.languages["en"].phrases
    every = [phrase.expression for category in phrases for phrase in phrases[category]]
    return [
        re.compile(rf"\b{expression}", re.IGNORECASE) for expression in every[:: len(every) // _PATTERNS][:_PATTERNS]
    ]


def _usual(raw: bytes, patterns: list[re.Pattern[str]]) -> int:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    if body is not None and body.get_content_type() == "text/html":
        text = BeautifulSoup(text, "html.parser").get_text(" ")
    text = f"{message['Subject']}\n{text}"
    return sum(1 for pattern in patterns if pattern.search(text))
