"""What those backends do in addition that can expire, stop early, filter on the server, or lose an answer."""

from __future__ import annotations

from typing import Protocol

import pytest

from mailwatch.backends.base import FoundPlace
from mailwatch.core.model import Interest, SpecialUse
from mailwatch.errors import CursorExpired, TransientError
from tests.backends.contract import MailWorld, ids, look
from tests.backends.mails import SINCE, ago, letter, mail, mid


class ExpiringWorld(MailWorld, Protocol):
    def expire(self, use: SpecialUse) -> None:
        """The server forgets what bookmarks for this folder meant."""
        ...


class ExpiringContract:
    """Bookmarks that a server may give up, folder by folder."""

    @pytest.mark.scenario("S7")
    def test_an_expired_bookmark_says_what_can_be_kept(self, world, backend):
        world.put(mail(1), SpecialUse.INBOX, ago(days=3))
        world.put(mail(2), SpecialUse.SENT, ago(days=3))
        _, first = look(backend)
        world.expire(SpecialUse.INBOX)
        world.put(mail(3), SpecialUse.INBOX, ago(hours=1))
        with pytest.raises(CursorExpired) as caught:
            look(backend, first.cursor)
        envelopes, last = look(backend, caught.value.resume)
        assert ids(envelopes) == {mid(1), mid(3)}
        assert last.covers_from <= SINCE
        assert look(backend, last.cursor)[0] == []


class StoppingContract:
    """Looks that end before everything was seen."""

    def test_a_look_that_stopped_early_covers_nothing_and_can_go_on(self, world, backend):
        for number in range(world.page * 2 + 1):
            world.put(mail(number), SpecialUse.INBOX, ago(days=2))
        world.stop_after(1)
        first, stopped = look(backend)
        assert stopped.more
        assert stopped.covers_from is None
        world.stop_after(0)
        rest, last = look(backend, stopped.cursor)
        assert ids(first) | ids(rest) == {mid(number) for number in range(world.page * 2 + 1)}
        assert not last.more
        assert last.covers_from <= SINCE


class FilteringContract:
    """Servers that search: they may leave out what nobody asked for, but never what somebody asks for later."""

    INTERVIEW = Interest(words=frozenset({"interview"}))
    WIDER = Interest(
        words=frozenset({"interview"}),
        addresses=frozenset({"bo@globex.example"}),
        domains=frozenset({"initech.example"}),
    )

    def test_it_says_that_it_filters(self, backend):
        assert backend.capabilities.server_filter

    def test_what_matches_is_seen_and_sent_mail_always(self, world, backend):
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        world.put(mail(2, subject="Lunch", text="Soup?", sender="cook@home.example"), SpecialUse.SENT, ago(days=2))
        assert ids(look(backend, interest=self.INTERVIEW)[0]) >= {mid(1), mid(2)}

    def test_when_the_interest_grows_older_mail_is_looked_for(self, world, backend):
        world.put(mail(1, subject="Hello", text="A word.", sender="bo@globex.example"), SpecialUse.INBOX, ago(days=80))
        world.put(
            mail(2, subject="News", text="A word.", sender="ana@initech.example"), SpecialUse.ARCHIVE, ago(days=70)
        )
        _, first = look(backend, interest=self.INTERVIEW)
        envelopes, last = look(backend, first.cursor, interest=self.WIDER)
        assert ids(envelopes) >= {mid(1), mid(2)}
        assert last.covers_from <= SINCE
        assert look(backend, last.cursor, interest=self.WIDER)[0] == []


class LosingContract:
    """Answers that get lost after the deed."""

    @pytest.mark.scenario("T22", "S6")
    def test_a_draft_whose_answer_was_lost_is_found(self, world, backend):
        world.lose_reply("save_draft")
        with pytest.raises(TransientError):
            backend.save_draft(letter())
        assert [found.place for found in backend.find_draft(letter())] == [FoundPlace.DRAFTS]
        assert len(world.drafts()) == 1

    def test_a_call_that_failed_did_nothing(self, world, backend):
        for call, attempt in (
            ("save_draft", lambda: backend.save_draft(letter())),
            ("drafts", backend.drafts),
            ("find_draft", lambda: backend.find_draft(letter())),
            ("changes", lambda: look(backend)),
            ("fetch", lambda: list(backend.fetch([]))),
        ):
            world.fail_next(call)
            with pytest.raises(TransientError):
                attempt()
        assert world.drafts() == []
