"""Drafts at Gmail: in the right conversation, known again after everything that can happen to them, and never two in one thread."""

from __future__ import annotations

import pytest

from mailwatch.backends.base import FoundPlace
from mailwatch.core.model import MessageId, SpecialUse
from mailwatch.errors import ProtocolError, TransientError
from tests.backends.contract import look
from tests.backends.mails import NOW, RITA, ago, changed, letter, mail, mid
from tests.servers.google_mailbox import milliseconds
from tests.servers.google_server import Fault


def answer(**more):
    return letter(in_reply_to=mid(1), subject="Re: Your interview", **more)


def draft_mail(world, draft):
    return next(mail for mail in world.box.mails.values() if mail.header("Message-ID") == draft.message_id)


@pytest.mark.scenario("T16")
def test_a_draft_lies_in_the_conversation_of_the_mail_it_answers(world, backend):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    backend.save_draft(answer())
    asked = next(each for each in world.google.asked if each.method.endswith("drafts.create"))
    parent = world._mail(mid(1))
    assert asked.body["message"]["threadId"] == parent.thread
    assert draft_mail(world, answer()).thread == parent.thread


def test_with_another_subject_it_stands_alone_and_is_no_ghost(world, backend):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    backend.save_draft(letter(in_reply_to=mid(1), subject="A thank-you"))
    assert draft_mail(world, letter(in_reply_to=mid(1), subject="A thank-you")).thread != world._mail(mid(1)).thread
    assert world.box.ghosts == []


def test_an_answer_to_mail_that_is_not_there_stands_alone(world, backend):
    saved = backend.save_draft(answer())
    assert backend.read_draft(saved.ref) is not None


@pytest.mark.scenario("T16")
def test_of_two_letters_to_one_conversation_the_second_stands_alone(world, backend):
    """Gmail shows one draft in a conversation: the other one would be there and not be seen."""
    world.put(mail(1, Cc="Bo <bo@acme.example>"), SpecialUse.INBOX, ago(days=2))
    first, second = answer(), answer(to="bo@acme.example")
    backend.save_draft(first)
    backend.save_draft(second)
    assert draft_mail(world, first).thread == world._mail(mid(1)).thread
    assert draft_mail(world, second).thread != world._mail(mid(1)).thread
    assert world.box.collisions == []
    assert {found.by for found in backend.find_draft(second)} == {"message-id"}


def test_a_draft_of_the_users_own_in_the_conversation_is_left_in_sight(world, backend):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    own = mail(
        "own",
        sender="Jo <jo@home.example>",
        to=RITA,
        subject="Re: Your interview",
        In_Reply_To=mid(1),
        References=mid(1),
    )
    world.box.begin_draft(own, world._mail(mid(1)).thread)
    backend.save_draft(answer(to="bo@acme.example"))
    assert world.box.collisions == []


def test_one_request_stores_it_and_it_carries_its_id_already(world, backend):
    draft = letter()
    saved = backend.save_draft(draft)
    calls = world.google.calls()
    assert calls.count("drafts.create") == 1
    assert saved.ref.startswith("draft/r")
    assert saved.link.startswith("https://mail.google.com/mail/?authuser=jo@home.example#drafts/")
    assert saved.stamp == backend.drafts()[0].stamp


def test_an_edit_leaves_the_ref_and_changes_the_stamp(world, backend):
    draft = letter()
    saved = backend.save_draft(draft)
    world.edit_draft(draft.message_id, changed(draft.raw, text="My own words."))
    (seen,) = backend.drafts()
    assert seen.ref == saved.ref
    assert seen.stamp != saved.stamp


def test_edited_sent_and_deleted_are_told_apart(world, backend):
    drafts = {name: letter(to=f"{name}@acme.example") for name in ("edited", "sent", "deleted", "trashed")}
    saved = {name: backend.save_draft(draft) for name, draft in drafts.items()}
    world.edit_draft(drafts["edited"].message_id, changed(drafts["edited"].raw, text="My own words."))
    world.send_draft(drafts["sent"].message_id)
    world.purge(drafts["deleted"].message_id)
    world.move(drafts["trashed"].message_id, SpecialUse.TRASH)
    places = {name: [found.place for found in backend.find_draft(draft)] for name, draft in drafts.items()}
    assert places == {
        "edited": [FoundPlace.DRAFTS],
        "sent": [FoundPlace.SENT],
        "deleted": [],
        "trashed": [FoundPlace.TRASH],
    }
    assert [seen.ref for seen in backend.drafts()] == [saved["edited"].ref]


def test_what_was_sent_a_moment_ago_is_found_before_the_search_knows_it(world, backend):
    draft = answer()
    backend.save_draft(draft)
    world.send_draft(
        draft.message_id,
        changed(draft.raw, Message_ID="<gmails-own@mail.gmail.example>", Date="Tue, 24 Nov 2026 13:00:00 +0000"),
    )
    assert world._mail(MessageId("<gmails-own@mail.gmail.example>")).hidden
    (found,) = backend.find_draft(draft)
    assert (found.place, found.by) == (FoundPlace.SENT, "recipient+thread")
    world.box.index()
    assert [each.place for each in world.open().find_draft(draft)] == [FoundPlace.SENT]


def test_a_busy_trash_is_looked_into_no_further_than_the_draft_is_old(world, backend):
    for number in range(60):
        world.put(mail(f"t{number}", at=ago(days=30 + number)), SpecialUse.TRASH, ago(days=30 + number))
    world.google.asked.clear()
    assert backend.find_draft(letter()) == ()
    assert world.google.calls().count("messages.get") <= 2


def test_the_header_of_a_draft_is_read_once(world):
    for number in range(6):
        world.begin_draft(mail(f"own{number}", to=RITA))
    _, last = look(world.open())
    world.google.asked.clear()
    fresh = world.open()
    look(fresh, last.cursor)
    assert len(fresh.drafts()) == 6
    assert world.google.calls() == ["history.list", "drafts.list"]
    world.edit_draft(mid("own3"), mail("own3", to=RITA, text="Something else."))
    world.google.asked.clear()
    fresh.drafts()
    assert world.google.calls() == ["drafts.list", "messages.get"]


def test_a_draft_that_is_edited_while_it_is_listed_is_there_the_next_time(world, backend, monkeypatch):
    world.begin_draft(mail("own", to=RITA))
    monkeypatch.setattr(backend._calls, "header", lambda message: None)
    assert backend.drafts() == ()
    monkeypatch.undo()
    assert len(backend.drafts()) == 1


def test_a_draft_that_google_denies_having_is_an_error(world, backend, monkeypatch):
    monkeypatch.setattr(backend._calls, "draft", lambda draft: None)
    with pytest.raises(ProtocolError, match="there is none"):
        backend.save_draft(letter())


def test_an_answer_without_an_id_is_an_error(world, backend, monkeypatch):
    monkeypatch.setattr(backend._calls, "_done", lambda request: {})
    with pytest.raises(ProtocolError, match="did not say"):
        backend._calls.create_draft(b"", "")


def test_a_draft_deleted_a_moment_before_is_not_deleted_again(world, backend):
    draft = letter()
    saved = backend.save_draft(draft)
    world.google.faults.append(Fault("drafts.delete", status=404, reason="notFound"))
    assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is False


def test_an_access_token_that_ended_in_the_middle_is_renewed_for_reading(world, backend):
    world.put(mail(1), SpecialUse.INBOX, ago(days=2))
    world.google.signin.expire_access()
    assert len(look(backend)[0]) == 1
    world.google.signin.expire_access()
    with pytest.raises(TransientError, match="had to be renewed"):
        backend.save_draft(letter())  # a writing request is made once, whatever the answer is
    assert world.drafts() == []
    backend.save_draft(letter())
    assert world.google.calls().count("drafts.create") == 2


def test_the_oldest_copy_of_a_draft_comes_first(world, backend):
    draft = letter()
    saved = backend.save_draft(draft)
    world.box.now = milliseconds(NOW) + 60_000
    world.begin_draft(draft.raw)
    world.box.collisions.clear()
    assert next(found.ref for found in backend.find_draft(draft)) == saved.ref
