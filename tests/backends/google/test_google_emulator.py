"""The backends against an emulator of Google that others wrote: what both sides took from the same documents fits together."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailwatch.backends.base import FoundPlace
from mailwatch.backends.gmail import GmailBackend
from mailwatch.backends.gmail.cursor import Bookmark, cursor_from_bookmark
from mailwatch.backends.google_calendar import GoogleCalendar
from mailwatch.core.model import SpecialUse
from mailwatch.sandbox import InlineParser
from tests.backends.calendar_contract import WINDOW
from tests.backends.contract import look
from tests.backends.mails import ME, SINCE, letter
from tests.servers.emulators import GOOGLE, need, running_emulator
from tests.servers.google_account import FreeBudget

MESSAGES = [
    {"id": "msg_invite", "from": "Rita Ek <rita@acme.example>", "to": ME, "subject": "Your interview", "body_text": "We look forward to our interview."},
    {"id": "msg_sent", "from": ME, "to": "bo@acme.example", "subject": "Hello", "body_text": "Hi Bo.", "label_ids": ["SENT"]},
]  # fmt: skip
EVENTS = [
    {
        "id": "evt", "calendar_id": "primary", "summary": "Interview with Acme", "start_date_time": "2026-11-25T09:00:00.000Z",
        "end_date_time": "2026-11-25T09:30:00.000Z",
    }
]  # fmt: skip
CALENDARS = [{"id": "primary", "summary": ME, "primary": True, "selected": True, "time_zone": "UTC"}]


@pytest.fixture(scope="module")
def emulator():
    need(GOOGLE)
    messages = [{"label_ids": ["INBOX"], **each} for each in MESSAGES]
    with running_emulator(GOOGLE, ME, messages=messages, calendars=CALENDARS, calendar_events=EVENTS) as emulator:
        yield emulator


@pytest.fixture
def backend(emulator):
    backend = GmailBackend(ME, "emu", emulator, InlineParser(), budget=FreeBudget("emu"), api_url=emulator.url)
    yield backend
    backend.close()


def test_mail_is_listed_from_the_history_and_read(backend):
    beginning = cursor_from_bookmark(Bookmark(SINCE, history="1"))  # it has no profile to begin with
    envelopes, last = look(backend, beginning)
    assert {(envelope.subject, envelope.role) for envelope in envelopes} == {
        ("Your interview", SpecialUse.INBOX), ("Hello", SpecialUse.SENT),
    }  # fmt: skip
    invite = next(envelope.ref for envelope in envelopes if envelope.role is SpecialUse.INBOX)
    (fetched,) = backend.fetch([invite])
    assert b"We look forward to our interview." in fetched.raw
    assert look(backend, last.cursor)[0] == []


def test_a_draft_is_saved_into_its_conversation_found_and_discarded(backend):
    envelopes, _ = look(backend, cursor_from_bookmark(Bookmark(SINCE, history="1")))
    parent = next(envelope for envelope in envelopes if envelope.role is SpecialUse.INBOX)
    draft = letter(in_reply_to=parent.id, subject="Re: Your interview", text="Grüße aus Köln — schön war’s.")
    saved = backend.save_draft(draft)
    (seen,) = backend.drafts()
    assert (seen.ref, seen.message_id, seen.thread) == (saved.ref, draft.message_id, parent.thread)
    assert [(found.place, found.ref) for found in backend.find_draft(draft)] == [(FoundPlace.DRAFTS, saved.ref)]
    other = letter(text="Something else.")
    assert backend.discard_draft(saved.ref, unchanged_from=other.fingerprint) is False
    assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is True
    assert backend.drafts() == ()
    assert backend.read_draft(saved.ref) is None


def test_the_calendar_is_read(emulator):
    calendar = GoogleCalendar("jobs", emulator, InlineParser(), zone="UTC", api_url=emulator.url)
    (page,) = calendar.changes(None, window=WINDOW)
    (item,) = page.items
    assert (item.event.summary, item.event.start) == ("Interview with Acme", datetime(2026, 11, 25, 9, tzinfo=UTC))
    (again,) = calendar.changes(page.cursor, window=WINDOW)
    assert (again.items, again.removed) == ((), frozenset())
    calendar.close()
