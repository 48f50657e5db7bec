"""The Gmail backend passes the contracts on the fake Google, which holds every request and answer against Google's own documents."""

from __future__ import annotations

import pytest

from mailwatch.backends.gmail import looks
from mailwatch.backends.gmail.calls import Calls
from mailwatch.core.model import SpecialUse
from mailwatch.errors import CursorExpired, TransientError
from tests.backends.capabilities_contract import FilteringContract, LosingContract, StoppingContract
from tests.backends.clients import ClientsContract
from tests.backends.contract import MailContract, ids, look
from tests.backends.gmails import GmailWorld
from tests.backends.mails import SINCE, ago, letter, mail, mid


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(looks, "PAGE", GmailWorld.page)
    monkeypatch.setattr(
        Calls, "few", lambda calls, question: []
    )  # as if there was more mail than is read without asking


class TestGmail(MailContract, ClientsContract, StoppingContract, FilteringContract, LosingContract):
    @pytest.fixture
    def world(self, google):
        world = GmailWorld(google)
        yield world
        world.close()
        google.check()

    def test_what_has_vanished_is_skipped(self, world, backend):
        """A first look reads whole messages, and what it has read is known; another run finds nothing more."""
        for number in range(3):
            world.put(mail(number), SpecialUse.INBOX, ago(days=2))
        envelopes, _ = look(backend)
        world.purge(mid(1))
        refs = {envelope.ref: envelope.id for envelope in envelopes}
        assert {refs[fetched.ref] for fetched in world.open().fetch(list(refs))} == {mid(0), mid(2)}

    def test_a_call_that_failed_did_nothing(self, world, backend):
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        (envelope,), _ = look(world.open())
        for call, attempt in (
            ("save_draft", lambda: backend.save_draft(letter())),
            ("drafts", backend.drafts),
            ("find_draft", lambda: backend.find_draft(letter())),
            ("changes", lambda: look(backend)),
            ("fetch", lambda: list(world.open().fetch([envelope.ref]))),
        ):
            world.fail_next(call)
            with pytest.raises(TransientError):
                attempt()
        assert world.drafts() == []


class TestGmailTheOtherWay(MailContract, LosingContract):
    """What nobody could see of Gmail without an account there is the other way round: the same must hold."""

    test_what_has_vanished_is_skipped = TestGmail.test_what_has_vanished_is_skipped
    test_a_call_that_failed_did_nothing = TestGmail.test_a_call_that_failed_did_nothing

    @pytest.fixture
    def world(self, host):
        google = host.fresh(converts_text=False, decodes_headers=True, search_lags=False, history_labels=False)
        world = GmailWorld(google)
        yield world
        world.close()
        google.check()


@pytest.mark.scenario("S7")
def test_a_history_that_google_has_forgotten_is_made_up_for_by_searching(world, backend):
    world.put(mail(1), SpecialUse.INBOX, ago(days=3))
    world.put(mail(2), SpecialUse.SENT, ago(days=3))
    _, first = look(backend)
    world.box.forget_history()
    world.put(mail(3), SpecialUse.INBOX, ago(hours=1))
    with pytest.raises(CursorExpired) as caught:
        look(backend, first.cursor)
    envelopes, last = look(backend, caught.value.resume)
    assert ids(envelopes) == {mid(3)}
    assert last.covers_from <= SINCE
    assert look(backend, last.cursor)[0] == []
