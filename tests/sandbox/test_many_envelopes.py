"""Many envelopes in one trip to the worker: in order, and no item spoils another."""

from __future__ import annotations

import pytest

from mailwatch.core.model import Envelope, MessageRef, SpecialUse
from mailwatch.sandbox import InlineParser, Unreadable, WorkerParser, work
from tests.backends.mails import mail, mid


def items(*numbers):
    return [(mail(number), MessageRef(f"r{number}"), SpecialUse.INBOX) for number in numbers]


@pytest.mark.parametrize("kind", [InlineParser, WorkerParser])
def test_envelopes_come_in_the_order_asked_for(kind):
    parser = kind()
    envelopes = parser.envelopes(items(3, 1, 2))
    assert [(envelope.id, envelope.ref) for envelope in envelopes] == [(mid(3), "r3"), (mid(1), "r1"), (mid(2), "r2")]
    assert envelopes == tuple(parser.envelope(raw, ref=ref, role=role) for raw, ref, role in items(3, 1, 2))
    assert parser.envelopes([]) == ()
    if isinstance(parser, WorkerParser):
        parser.close()


@pytest.mark.parametrize(
    ("error", "reason"),
    [(ValueError("words of the mail"), "breaks the parser (ValueError)"), (MemoryError(), "needs too much memory")],
)
def test_one_that_fails_is_named_and_the_others_are_read(monkeypatch, error, reason):
    real = work.envelope_from_raw

    def fragile(raw, **settings):
        if b"<m2@" in raw:
            raise error
        return real(raw, **settings)

    monkeypatch.setattr(work, "envelope_from_raw", fragile)
    first, second, third = InlineParser().envelopes(items(1, 2, 3))
    assert (first.id, third.id) == (mid(1), mid(3))
    assert isinstance(second, Unreadable)
    assert second.reason == reason


def test_where_one_takes_the_worker_down_each_is_asked_for_by_itself(monkeypatch):
    with WorkerParser() as parser:
        real = parser._done

        def falling(piece, kind):
            if isinstance(piece, work.Many) or b"<m2@" in piece.raw:
                parser._worker.close()
                raise Unreadable("makes the parser crash")
            return real(piece, kind)

        monkeypatch.setattr(parser, "_done", falling)
        first, second, third = parser.envelopes(items(1, 2, 3))
    assert isinstance(first, Envelope)
    assert isinstance(third, Envelope)
    assert isinstance(second, Unreadable)
    assert second.reason == "makes the parser crash"
