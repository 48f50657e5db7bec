"""What real mail programs do to a draft that lies in Drafts, replayed; and what a backend must see of it.

Observed with Roundcube 1.6, Thunderbird 153, neomutt 2022, mutt 2.2 and aerc 0.14 on an IMAP server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from mailwatch.backends.base import FoundPlace
from mailwatch.core.model import Draft, MessageId
from tests.backends.contract import MailWorld, look
from tests.backends.mails import changed, letter, mid

LATER = "Tue, 24 Nov 2026 13:00:00 +0000"
MORE = "Thank you for the talk.\n\nAnd here is a sentence of my own.\n"


@dataclass(frozen=True)
class Program:
    """edit: opens the draft, changes its text, saves it; the id it has afterwards. send: sends what it edited.

    evidence: what shows that the edited draft is ours.
    """

    edit: Callable[[MailWorld, Draft], MessageId]
    send: Callable[[MailWorld, MessageId, bytes], None]
    evidence: str
    copies: int = 1


def _roundcube_edits(world: MailWorld, draft: Draft) -> MessageId:
    world.edit_draft(draft.message_id, changed(draft.raw, text=MORE), flagged=False)
    return draft.message_id


def _thunderbird_edits(world: MailWorld, draft: Draft) -> MessageId:
    new = MessageId("<4b1b0a3e-7d0c-4f0e-9a55-0b7e5c6f1d2a@home.example>")
    world.edit_draft(draft.message_id, changed(draft.raw, text=MORE, Message_ID=new, User_Agent="Mozilla Thunderbird"))
    return new


def _neomutt_edits(world: MailWorld, draft: Draft) -> MessageId:
    world.purge(draft.message_id)  # gone from Drafts while the person types
    world.begin_draft(changed(draft.raw, text=MORE))
    return draft.message_id


def _aerc_edits(world: MailWorld, draft: Draft) -> MessageId:
    world.edit_draft(draft.message_id, changed(draft.raw, text=MORE), keep_old=True, flagged=False)
    return draft.message_id


def _sends_the_same(world: MailWorld, message: MessageId, raw: bytes) -> None:
    world.send_draft(message, changed(raw, text=MORE, Message_ID=message, Date=LATER))


def _sends_anew(world: MailWorld, message: MessageId, raw: bytes) -> None:
    world.send_draft(message, changed(raw, text=MORE, Message_ID="<sent-anew@home.example>", Date=LATER))


PROGRAMS = {
    "roundcube": Program(_roundcube_edits, _sends_the_same, "message-id"),
    "thunderbird": Program(_thunderbird_edits, _sends_anew, "recipient+thread"),
    "neomutt": Program(_neomutt_edits, _sends_the_same, "message-id"),
    "mutt": Program(lambda world, draft: draft.message_id, _sends_the_same, "message-id"),
    "aerc": Program(_aerc_edits, _sends_the_same, "message-id", copies=2),
}


class ClientsContract:
    """Whatever program the user edits and sends a draft with, it stays known as ours."""

    @pytest.fixture(params=sorted(PROGRAMS))
    def program(self, request) -> Program:
        return PROGRAMS[request.param]

    @pytest.fixture
    def draft(self) -> Draft:
        return letter(in_reply_to=mid(1), subject="Re: Your interview")

    @pytest.mark.scenario("T7", "S3")
    def test_an_edited_draft_is_still_known(self, world, backend, program, draft):
        backend.save_draft(draft)
        message = program.edit(world, draft)
        found = backend.find_draft(draft)
        assert [(each.place, each.by) for each in found] == [(FoundPlace.DRAFTS, program.evidence)] * program.copies
        assert {seen.message_id for seen in backend.drafts()} == {message}
        assert look(backend)[0] == []

    @pytest.mark.scenario("T5")
    def test_a_sent_draft_is_still_known(self, world, backend, program, draft):
        backend.save_draft(draft)
        _, before = look(backend)
        program.send(world, program.edit(world, draft), draft.raw)
        sent = [found for found in backend.find_draft(draft) if found.place is FoundPlace.SENT]
        assert [found.by for found in sent] == [program.evidence]
        envelopes, _ = look(backend, before.cursor)
        assert [(envelope.role.value, envelope.in_reply_to) for envelope in envelopes] == [("sent", mid(1))]

    @pytest.mark.scenario("T6")
    def test_nothing_is_found_while_a_program_holds_the_draft(self, world, backend, draft):
        backend.save_draft(draft)
        world.purge(draft.message_id)
        assert backend.find_draft(draft) == ()
        assert backend.drafts() == ()
