"""Gmail on a generated mailbox of 20,000 messages: calls and quota units of a first look, and of looks at nothing new.

The fake Google of the tests counts; it charges Google's prices and knows as much of Google's search as mailwatch uses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

from benchmarks.mailbox import END, Generator
from benchmarks.row import Row
from mailwatch.backends.gmail import GmailBackend
from mailwatch.backends.google import GMAIL
from mailwatch.backends.google_calendar import GoogleCalendar
from mailwatch.core.model import Address, Cursor, Detection, Envelope, Me, Window
from mailwatch.core.triage import Knowledge, interest_from, worth_reading
from mailwatch.phrases import load_lexicon
from mailwatch.sandbox import InlineParser
from tests.servers.google_account import FreeBudget, Tokens
from tests.servers.google_mailbox import milliseconds
from tests.servers.google_server import FakeGoogle, running_google

MESSAGES = 20_000
ME = Address("jo@home.example")
SINCE = END - timedelta(days=90)
_LISTINGS = ("list", "getProfile")
# What advertising says; half of it says one of these.
_PITCHES = ("an offer for you", "a job well done", "our best position", "the role of sleep", "apply this at home")


def knowledge() -> Knowledge:
    """What a new user is known by."""
    return Knowledge(Me("Jo Berg", ME, frozenset({ME})), load_lexicon(), Detection())


def rows() -> Iterator[Row]:
    """The rows of this file."""
    with running_google(ME) as google:
        known = knowledge()
        _fill(google, interest_from(known).words)
        google.asked.clear()
        with closing(backend_of(google)) as backend:
            envelopes, cursor = look(backend, known, None)
            wanted = [envelope for envelope in envelopes if worth_reading(envelope, known)]
            read = len(list(backend.fetch([envelope.ref for envelope in wanted])))
            backend.drafts()
        calls = Counter(google.calls())
        pages = sum(count for name, count in calls.items() if name.endswith(_LISTINGS))
        units, everything = sum(google.units.values()), MESSAGES * GMAIL["messages.get"].units
        print(
            f"Gmail, {MESSAGES:,} messages: {sum(calls.values()):,} calls, {pages} of them listings, {units:,} units; {read:,} texts read"
        )
        yield Row(
            "Gmail first look: calls beside listings",
            (sum(calls.values()) - pages) / len(wanted),
            1.2,
            "× texts worth reading",
            18,
            steady=True,
        )
        yield Row("Gmail first look: quota", 100 * units / everything, 12, "% of every message", 18, steady=True)
        yield from _idle(google, known, cursor)


def _idle(google: FakeGoogle, known: Knowledge, cursor: Cursor | None) -> Iterator[Row]:
    window = Window(SINCE, END + timedelta(days=180))
    bearer, parser = Tokens(google), InlineParser()
    with closing(
        GoogleCalendar("cal", bearer, parser, zone="UTC", calendars=("primary",), api_url=google.url)
    ) as calendar:
        (page,) = calendar.changes(None, window=window)
        google.asked.clear()
        with closing(backend_of(google)) as backend:
            look(backend, known, cursor)
            backend.drafts()
        yield Row("Gmail, nothing new: calls", len(google.calls()), 2, "calls", 18, steady=True)
        list(calendar.changes(page.cursor, window=window))
        yield Row("Gmail and its calendar, nothing new: calls", len(google.calls()), 3, "calls", 18, steady=True)


def _fill(google: FakeGoogle, telling: frozenset[str]) -> None:
    """Newsletters lie where Gmail files them, and every second one speaks of offers and positions.

    telling: words of interest, which the words of no meaning must not hit by chance.
    """
    for number, (at, whole) in enumerate(Generator(without=telling).messages(MESSAGES)):
        labels, raw = {"INBOX"} if number % 3 else set(), whole[:6_000]
        if b"List-Id:" in raw:
            labels.add("CATEGORY_UPDATES" if number % 10 == 0 else "CATEGORY_PROMOTIONS")
            raw += f" {_PITCHES[number % 5]} ".encode() if number % 2 else b""
        google.box.arrives(raw, labels, milliseconds(at))
    for number in range(200):
        google.box.arrives(
            _sent(number, END - timedelta(hours=7 * number)), {"SENT"}, milliseconds(END - timedelta(hours=7 * number))
        )
    google.box.index()


def _sent(number: int, at: datetime) -> bytes:
    text = f"From: Jo Berg <{ME}>\r\nTo: friend{number}@pals.example\r\nSubject: Hello {number}\r\nDate: {at:%a, %d %b %Y %H:%M:%S} +0000\r\n"
    return f"{text}Message-ID: <sent{number}@home.example>\r\n\r\nSee you on Friday.\r\n".encode()


def backend_of(google: FakeGoogle) -> GmailBackend:
    """A backend on the fake."""
    return GmailBackend(ME, "bench", Tokens(google), InlineParser(), budget=FreeBudget("bench"), api_url=google.url)


def look(backend: GmailBackend, known: Knowledge, cursor: Cursor | None) -> tuple[list[Envelope], Cursor | None]:
    """All that is new, and the bookmark behind it."""
    found: list[Envelope] = []
    for page in backend.changes(cursor, since=SINCE, interest=interest_from(known)):
        found += page.items
        cursor = page.cursor
    return found, cursor
