"""What shows that a message is a certain draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailwatch.backends.base import FoundPlace
from mailwatch.backends.evidence import could_be, evidence_for, plain_subject, written_at
from mailwatch.core.model import MessageRef, SpecialUse
from mailwatch.sandbox import InlineParser
from tests.backends.mails import ME, NOW, RITA, ago, changed, letter, mail, mid


def seen(raw):
    return InlineParser().envelope(raw, ref=MessageRef("x"), role=SpecialUse.DRAFTS)


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("Re: Your interview", "your interview"),
        ("RE: AW:  Your   Interview", "your interview"),
        ("Sv:x", "x"),
        ("回复: 面试", "面试"),
        ("Re", "re"),
        ("Reading list", "reading list"),
        ("", ""),
    ],
)
def test_a_subject_without_reply_marks(subject, plain):
    assert plain_subject(subject) == plain


def test_a_message_id_is_enough_anywhere():
    draft = letter()
    rewritten = changed(draft.raw, To="bo@acme.example", Subject="Other", Date="Mon, 1 Jan 2024 10:00:00 +0000")
    assert all(evidence_for(draft, seen(rewritten), place) == "message-id" for place in FoundPlace)


def test_a_reply_whose_thread_was_lost_is_known_by_its_subject():
    draft = letter(in_reply_to=mid(1), subject="Re: Your interview")
    rewritten = changed(
        draft.raw, Message_ID="<new@x.example>", In_Reply_To=None, References=None, Subject="AW: Your interview"
    )
    assert evidence_for(draft, seen(rewritten), FoundPlace.DRAFTS) == "recipient+subject"


def test_copies_and_blind_copies_count_as_recipients():
    draft = letter()
    for name in ("Cc", "Bcc"):
        rewritten = changed(draft.raw, Message_ID="<new@x.example>", To=None, **{name: RITA})
        assert evidence_for(draft, seen(rewritten), FoundPlace.DRAFTS) == "recipient+subject"


@pytest.mark.parametrize("place", [FoundPlace.SENT, FoundPlace.TRASH])
def test_outside_drafts_only_later_mail_counts_without_the_id(place):
    draft = letter()
    for date, by in (
        ("Tue, 24 Nov 2026 12:00:00 +0000", "recipient+subject"),
        ("Tue, 24 Nov 2026 11:59:59 +0000", ""),
        (None, ""),
    ):
        assert evidence_for(draft, seen(changed(draft.raw, Message_ID="<new@x.example>", Date=date)), place) == by


@pytest.mark.parametrize(
    "date", [None, "nonsense", "Tue, 99 Nov 2026 12:00:00 +0000", "Tue, 24 Nov 99999999999 12:00:00 +0000"]
)
def test_a_draft_without_a_date_is_known_outside_drafts_by_its_id_alone(date):
    draft = letter()
    undated = replace(draft, raw=changed(draft.raw, Date=date))
    assert written_at(undated) is None
    assert evidence_for(undated, seen(changed(draft.raw, Message_ID="<new@x.example>")), FoundPlace.SENT) == ""


def test_a_date_without_a_zone_is_read_as_utc():
    assert written_at(replace(letter(), raw=b"Date: Tue, 24 Nov 2026 12:00:00 -0000\n\nDate: x")) == datetime(
        2026, 11, 24, 12, tzinfo=UTC
    )
    assert written_at(letter()) == NOW


def test_the_quick_look_misses_nothing():
    draft = letter(in_reply_to=mid(1))
    for raw in (
        draft.raw,
        changed(draft.raw, To="bo@acme.example"),
        changed(draft.raw, Message_ID="<new@x.example>"),
        changed(draft.raw, Message_ID="<new@x.example>", To='"rita"@ACME.example'),
        draft.raw.replace(b"\r\n", b"\n"),
    ):
        assert could_be(draft, raw) is bool(evidence_for(draft, seen(raw), FoundPlace.DRAFTS))
    elsewhere = mail(1, sender=ME, to="bo@acme.example", text=f"I wrote to {RITA}", at=ago(days=1))
    assert not could_be(draft, elsewhere)
