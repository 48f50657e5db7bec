"""The memory backend passes the contracts, in all its guises."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from mailwatch.backends.memory import MemoryMail, MemoryMailbox
from mailwatch.core.model import MessageId, SpecialUse
from mailwatch.sandbox import InlineParser, Unreadable
from tests.backends.capabilities_contract import ExpiringContract, FilteringContract, LosingContract, StoppingContract
from tests.backends.clients import ClientsContract
from tests.backends.contract import MailContract, ids, look
from tests.backends.mails import ME, NOW, ago, letter, mail, mid

FOLDER = {
    SpecialUse.INBOX: "INBOX",
    SpecialUse.SENT: "Sent",
    SpecialUse.ARCHIVE: "Archive",
    SpecialUse.OTHER: "Jobs",
    SpecialUse.DRAFTS: "Drafts",
    SpecialUse.TRASH: "Trash",
    SpecialUse.JUNK: "Junk",
}


class MemoryWorld:
    page = 4
    breakable = frozenset({SpecialUse.DRAFTS, SpecialUse.SENT, SpecialUse.TRASH})

    def __init__(self, *, server_filter: bool = False) -> None:
        self.mailbox = MemoryMailbox(ME)
        self._server_filter = server_filter

    def open(self):
        return MemoryMail(self.mailbox, InlineParser(), page=self.page, server_filter=self._server_filter)

    def put(self, raw, use, at):
        self.mailbox.put(raw, FOLDER[use], at)

    def begin_draft(self, raw):
        self.mailbox.user_begins_draft(raw)

    def edit_draft(self, message, raw, *, keep_old=False, flagged=True):
        self.mailbox.user_edits_draft(self._ref(message, SpecialUse.DRAFTS), raw, keep_old=keep_old)

    def send_draft(self, message, raw=None):
        self.mailbox.user_sends_draft(self._ref(message, SpecialUse.DRAFTS), NOW, raw)

    def move(self, message, to):
        self.mailbox.user_moves(self._ref(message), FOLDER[to])

    def purge(self, message):
        self.mailbox.purge(self._ref(message))

    def read(self, message):
        self.mailbox.user_reads(self._ref(message))

    @contextmanager
    def broken(self, use):
        self.fail_next("find_draft")
        yield

    def fail_next(self, call):
        self.mailbox.faults.fail_next(call)

    def lose_reply(self, call):
        self.mailbox.faults.lose_reply(call)

    def stop_after(self, pages):
        self.mailbox.faults.stop_after = pages

    def expire(self, use):
        self.mailbox.renumber(FOLDER[use])

    def state(self):
        return tuple(stored for stored in self.mailbox.messages() if stored.folder != "Drafts")

    def drafts(self):
        return sorted(stored.raw for stored in self.mailbox.messages(SpecialUse.DRAFTS))

    def _ref(self, message: MessageId, *uses: SpecialUse) -> str:
        return next(
            stored.ref for stored in self.mailbox.messages(*uses) if b"Message-ID: " + message.encode() in stored.raw
        )


class TestMemoryMail(MailContract, ClientsContract, ExpiringContract, StoppingContract, LosingContract):
    @pytest.fixture
    def world(self):
        return MemoryWorld()


class TestFilteringMemoryMail(FilteringContract):
    @pytest.fixture
    def world(self):
        return MemoryWorld(server_filter=True)

    @pytest.fixture
    def backend(self, world):
        return world.open()

    def test_what_nobody_asked_for_is_left_out(self, world, backend):
        world.put(mail(1, subject="Lunch", text="Soup?"), SpecialUse.INBOX, ago(days=2))
        world.put(mail(2), SpecialUse.INBOX, ago(days=2))
        assert ids(look(backend, interest=self.INTERVIEW)[0]) == {mid(2)}


@pytest.mark.scenario("R22")
def test_mail_that_breaks_the_parser_is_counted_and_the_others_go_on():
    class Fragile(InlineParser):
        def envelope(self, raw, **settings):
            if b"BREAK" in raw:
                raise Unreadable("it took too long")
            return super().envelope(raw, **settings)

    mailbox = MemoryMailbox(ME)
    mailbox.mail_arrives(mail(1, subject="BREAK"), ago(days=1))
    mailbox.mail_arrives(mail(2), ago(days=1))
    mailbox.user_begins_draft(mail("own", subject="BREAK"))
    backend = MemoryMail(mailbox, Fragile())
    envelopes, last = look(backend)
    assert ids(envelopes) == {mid(2)}
    assert last.problems == ("1 message can't be understood",)
    assert [draft.to for draft in backend.drafts()] == [()]
    assert backend.find_draft(letter()) == ()


@pytest.mark.scenario("F13")
def test_mail_older_than_the_look_back_is_passed_over():
    mailbox = MemoryMailbox(ME)
    mailbox.mail_arrives(mail(1, at=ago(days=400)), ago(days=400))
    mailbox.mail_arrives(mail(2, at=ago(days=400)), ago(days=1))
    assert ids(look(MemoryMail(mailbox, InlineParser()))[0]) == {mid(2)}


def test_a_ref_names_its_message_until_it_moves():
    mailbox = MemoryMailbox(ME)
    ref = mailbox.mail_arrives(mail(1), ago(days=1))
    moved = mailbox.user_deletes(ref)
    assert mailbox.find(ref) is None
    assert mailbox.get(moved).folder == "Trash"
    assert mailbox.find("nonsense") is None


def test_a_draft_can_be_taken_and_sent():
    mailbox = MemoryMailbox(ME)
    assert mailbox.user_takes_draft(mailbox.user_begins_draft(mail(1))) == mail(1)
    assert mailbox.messages() == ()
    sent = mailbox.user_sends_draft(mailbox.user_begins_draft(mail(2)), NOW)
    assert mailbox.get(sent).raw == mail(2)
    assert mailbox.get(sent).folder == "Sent"
