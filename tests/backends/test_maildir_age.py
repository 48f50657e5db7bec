"""Old mail is passed over by a glance at its dates; in doubt it is parsed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.backends.maildir import changes as changes_module
from mailwatch.backends.maildir.age import surely_older
from mailwatch.core.model import MessageRef, SpecialUse
from mailwatch.sandbox import InlineParser
from tests.backends.contract import look
from tests.backends.maildirs import INBOX, MaildirWorld
from tests.backends.mails import SINCE, ago, mail

OLD, NEW = b"Mon, 05 Jan 2026 10:00:00 +0100", b"Mon, 23 Nov 2026 10:00:00 +0100"


@pytest.mark.parametrize(
    ("header", "old"),
    [
        (b"Date: " + OLD, True),
        (b"From: a\r\ndate:" + OLD + b"\r\nTo: b", True),
        (b"Date: " + NEW, False),
        (b"Received: from a\n\tby b;\n\t" + OLD + b"\nDate: " + OLD, True),
        (b"Received: from a\r\n by b; " + NEW + b"\r\nReceived: by c; " + OLD + b"\r\nDate: " + OLD, False),
        (b"Received: by b; " + OLD + b"\nDate: " + NEW, False),
        (b"Received: by b\nDate: " + OLD, False),
        (b"Date: " + OLD + b"\nDate: " + NEW, False),
        (b"X-Date: " + OLD, False),
        (b"Subject: x\n Date: " + OLD, False),
        (b"Date: yesterday", False),
        (b"Date: Mon, 05 Jan 99999999999 10:00:00 +0100", False),
        (b"Date: Mon, 99 Jan 2026 10:00:00 +0100", False),
        (b"Date: Mon, 05 Jan 2026 10:00:00 -0000", True),
        (b"Date: Mon, 05 Jan 2026 10:00:00\xff", False),
        (b"Date: Wed, 26 Aug 2026 11:00:00 +0000", False),  # a day before: another reading of its zone could differ
        (b"", False),
    ],
)
def test_only_what_is_old_by_all_its_dates_is_old(header, old):
    assert surely_older(header, SINCE) is old


@given(
    st.binary(max_size=200),
    st.sampled_from([OLD, NEW, b"", b"x"]),
    st.sampled_from([OLD, NEW, b"", b"x"]),
    st.binary(max_size=50),
)
def test_property_the_glance_never_says_old_where_the_parser_would_not(before, date, received, after):
    header = before + b"\nReceived: by x; " + received + b"\nDate: " + date + b"\n" + after
    if surely_older(header.partition(b"\n\n")[0], SINCE):
        envelope = InlineParser().envelope(header, ref=MessageRef("x"), role=SpecialUse.INBOX)
        assert all(moment < SINCE for moment in (envelope.date, envelope.received) if moment is not None)


def test_old_mail_is_not_parsed(tmp_path, monkeypatch):
    world = MaildirWorld(tmp_path / "mail")
    world.put(mail(1, at=ago(days=400)), INBOX, ago(days=400))
    backend = world.open()
    monkeypatch.setattr(
        backend._parser, "_done", lambda work, kind: pytest.fail("it was parsed") if work.items else kind(())
    )
    envelopes, last = look(backend)
    assert envelopes == []
    monkeypatch.setattr(changes_module, "head_of", lambda path, **settings: pytest.fail("it was read again"))
    assert look(backend, last.cursor)[0] == []
