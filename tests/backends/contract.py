"""What every mail backend does, whatever stands behind it: the MUSTs of its Protocol, one test each.

A backend's test file derives from `MailContract` and gives it a `world`: the mailbox from its owner's side. Where a
backend can do more (run out of bookmarks, stop early, filter on the server), its file derives from those contracts too.
"""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

import pytest

from mailwatch.backends.base import FoundPlace, MailBackend
from mailwatch.core.identity import fingerprint_of
from mailwatch.core.model import Cursor, DraftRef, Envelope, Interest, MessageId, SpecialUse
from mailwatch.errors import BackendError, CursorExpired
from tests.backends.mails import ALL, ME, NOW, RITA, SINCE, ago, changed, invitation, letter, mail, mid

EVERYWHERE = (
    SpecialUse.INBOX,
    SpecialUse.SENT,
    SpecialUse.ARCHIVE,
    SpecialUse.TRASH,
    SpecialUse.OTHER,
    SpecialUse.JUNK,
)


class MailWorld(Protocol):
    """A mailbox as its owner has it. Messages are named by their Message-IDs.

    page: messages in one page of its backend, about. breakable: uses whose folders `broken` can make unlistable.
    """

    page: int
    breakable: frozenset[SpecialUse]

    def open(self) -> MailBackend: ...
    def put(self, raw: bytes, use: SpecialUse, at: datetime) -> None: ...
    def begin_draft(self, raw: bytes) -> None: ...
    def edit_draft(self, message: MessageId, raw: bytes, *, keep_old: bool = False, flagged: bool = True) -> None: ...
    def send_draft(self, message: MessageId, raw: bytes | None = None) -> None: ...
    def move(self, message: MessageId, to: SpecialUse) -> None: ...
    def purge(self, message: MessageId) -> None: ...
    def read(self, message: MessageId) -> None: ...
    def broken(self, use: SpecialUse) -> AbstractContextManager[None]: ...

    def state(self) -> Hashable:
        """Everything but Drafts: where, which flags, which bytes."""
        ...

    def drafts(self) -> list[bytes]:
        """The drafts' bytes, line ends aside, sorted."""
        ...


def look(backend: MailBackend, cursor: Cursor | None = None, *, since: datetime = SINCE, interest: Interest = ALL):
    """All pages of one look: the envelopes and the last page."""
    pages = list(backend.changes(cursor, since=since, interest=interest))
    return [envelope for page in pages for envelope in page.items], pages[-1]


def ids(envelopes: list[Envelope]) -> set[MessageId]:
    return {envelope.id for envelope in envelopes}


class MailContract:
    """The MUSTs of base.MailBackend."""

    @pytest.fixture
    def world(self) -> MailWorld:
        raise NotImplementedError

    @pytest.fixture
    def backend(self, world: MailWorld) -> MailBackend:
        return world.open()

    # --- changes ---

    def test_it_is_the_account_it_says(self, backend):
        assert backend.account == ME

    @pytest.mark.scenario("R20")
    def test_a_first_look_sees_mail_wherever_it_lies(self, world, backend):
        for number, use in enumerate(EVERYWHERE):
            world.put(mail(number), use, ago(days=2))
        envelopes, last = look(backend)
        assert {envelope.id: envelope.role for envelope in envelopes} == {
            mid(number): use for number, use in enumerate(EVERYWHERE)
        }
        assert last.covers_from is not None
        assert last.covers_from <= SINCE
        assert not last.more
        assert not last.problems

    def test_an_envelope_says_what_the_header_says(self, world, backend):
        parent = mid("parent")
        raw = mail(1, subject="Re: Grüße", Cc="Bo <bo@acme.example>", In_Reply_To=parent, References=f"<a@b> {parent}")
        world.put(raw, SpecialUse.INBOX, ago(days=1))
        (envelope,), _ = look(backend)
        assert (envelope.subject, envelope.sender.address, envelope.in_reply_to) == ("Re: Grüße", RITA, parent)
        assert [mailbox.address for mailbox in envelope.recipients] == [ME, "bo@acme.example"]
        assert envelope.references == (MessageId("<a@b>"), parent)
        assert envelope.date == ago(days=2)

    def test_an_empty_mailbox_is_covered_too(self, backend):
        envelopes, last = look(backend)
        assert envelopes == []
        assert last.covers_from <= SINCE

    @pytest.mark.scenario("T23")
    def test_drafts_are_never_mail(self, world, backend):
        world.begin_draft(mail("own", sender=f"Jo <{ME}>", to=RITA))
        backend.save_draft(letter())
        assert look(backend)[0] == []

    def test_a_second_look_sees_what_is_new(self, world):
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        _, first = look(world.open())
        again, second = look(world.open(), first.cursor)
        assert again == []
        assert second.covers_from <= SINCE
        world.put(mail(2), SpecialUse.INBOX, ago(hours=1))
        world.put(mail(3), SpecialUse.SENT, ago(hours=1))
        world.put(mail(4), SpecialUse.OTHER, ago(hours=1))
        assert ids(look(world.open(), second.cursor)[0]) == {mid(2), mid(3), mid(4)}

    def test_mail_read_or_answered_meanwhile_is_not_new(self, world):
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        _, first = look(world.open())
        world.read(mid(1))
        assert look(world.open(), first.cursor)[0] == []

    def test_what_moved_is_seen_in_its_new_place(self, world):
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        _, first = look(world.open())
        world.move(mid(1), SpecialUse.ARCHIVE)
        envelopes, _ = look(world.open(), first.cursor)
        assert [(envelope.id, envelope.role) for envelope in envelopes] == [(mid(1), SpecialUse.ARCHIVE)]

    @pytest.mark.scenario("R20")
    def test_mail_deleted_before_we_looked_still_happened(self, world):
        _, first = look(world.open())
        world.put(mail(1, subject="Unfortunately"), SpecialUse.INBOX, ago(hours=2))
        world.move(mid(1), SpecialUse.TRASH)
        assert ids(look(world.open(), first.cursor)[0]) == {mid(1)}

    def test_mail_gone_for_good_is_simply_gone(self, world):
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        _, first = look(world.open())
        world.purge(mid(1))
        envelopes, second = look(world.open(), first.cursor)
        assert envelopes == []
        assert second.covers_from <= SINCE

    @pytest.mark.scenario("F13")
    def test_old_mail_is_looked_for_when_asked_to_look_further_back(self, world):
        world.put(mail(1, at=ago(days=200)), SpecialUse.INBOX, ago(days=200))
        _, first = look(world.open(), since=ago(days=30))
        envelopes, second = look(world.open(), first.cursor, since=ago(days=365))
        assert mid(1) in ids(envelopes)
        assert second.covers_from <= ago(days=365)

    def test_only_the_last_page_covers_anything(self, world, backend):
        self._fill(world, backend, world.page * 2 + 1)
        pages = list(backend.changes(None, since=SINCE, interest=ALL))
        assert len(pages) > 1
        assert [page.covers_from is not None for page in pages] == [False] * (len(pages) - 1) + [True]

    @pytest.mark.scenario("S6")
    def test_a_look_can_be_abandoned_after_any_page(self, world):
        numbers = self._fill(world, world.open(), world.page * 3 + 1)
        count = len(list(world.open().changes(None, since=SINCE, interest=ALL)))
        for taken in range(1, count):
            head = list(islice(world.open().changes(None, since=SINCE, interest=ALL), taken))
            rest, last = look(world.open(), head[-1].cursor)
            seen = ids([envelope for page in head for envelope in page.items] + rest)
            assert seen == {mid(number) for number in numbers}
            assert last.covers_from <= SINCE

    def test_a_bookmark_of_something_else_is_refused(self, backend):
        for nonsense in ("nonsense", "{}", "[]", '{"a": 1}', "0"):
            with pytest.raises(CursorExpired) as caught:
                look(backend, Cursor(nonsense))
            assert caught.value.resume is None

    # --- fetch ---

    def test_a_message_is_fetched_with_its_text_and_calendar(self, world, backend):
        world.put(invitation(), SpecialUse.INBOX, ago(days=2))
        (envelope,), _ = look(backend)
        (fetched,) = backend.fetch([envelope.ref])
        assert fetched.ref == envelope.ref
        assert fetched.complete
        told = fetched.raw or fetched.header + b"".join(part.payload for part in fetched.parts)
        for piece in (
            b"Message-ID: <minvite@acme.example>",
            b"See you on Tuesday.",
            b"BEGIN:VCALENDAR",
            b"END:VCALENDAR",
        ):
            assert piece in told

    def test_what_has_vanished_is_skipped(self, world, backend):
        for number in range(3):
            world.put(mail(number), SpecialUse.INBOX, ago(days=2))
        envelopes, _ = look(backend)
        world.purge(mid(1))
        refs = {envelope.ref: envelope.id for envelope in envelopes}
        assert {refs[fetched.ref] for fetched in backend.fetch(list(refs))} == {mid(0), mid(2)}

    def test_a_message_read_meanwhile_can_still_be_fetched(self, world, backend):
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        (envelope,), _ = look(backend)
        world.read(mid(1))
        assert [fetched.ref for fetched in backend.fetch([envelope.ref])] == [envelope.ref]

    @pytest.mark.scenario("S2")
    def test_reading_changes_nothing(self, world, backend):
        for number, use in enumerate(EVERYWHERE):
            world.put(mail(number), use, ago(days=2))
        world.begin_draft(mail("own", to=RITA))
        before = world.state(), world.drafts()
        envelopes, last = look(backend)
        list(backend.fetch([envelope.ref for envelope in envelopes]))
        (seen,) = backend.drafts()
        backend.read_draft(seen.ref)
        backend.find_draft(letter())
        look(backend, last.cursor)
        backend.close()
        assert (world.state(), world.drafts()) == before

    # --- drafts ---

    @pytest.mark.scenario("T23")
    def test_the_drafts_are_listed_ours_and_the_users(self, world, backend):
        world.begin_draft(mail("own", to=f"Rita <{RITA}>", subject="Hello", In_Reply_To=mid(1), References=mid(1)))
        ours = letter(in_reply_to=mid(2), subject="Re: Your interview")
        saved = backend.save_draft(ours)
        seen = {draft.message_id: draft for draft in backend.drafts()}
        assert set(seen) == {mid("own"), ours.message_id}
        own = seen[mid("own")]
        assert (own.to, own.subject, own.in_reply_to, own.account) == ((RITA,), "Hello", mid(1), ME)
        assert (seen[ours.message_id].ref, seen[ours.message_id].in_reply_to) == (saved.ref, mid(2))

    def test_a_draft_without_message_id_is_listed(self, world, backend):
        world.begin_draft(changed(mail("own", to=RITA), Message_ID=None))
        (seen,) = backend.drafts()
        assert seen.message_id is None
        assert seen.to == (RITA,)

    @pytest.mark.scenario("T7")
    def test_a_drafts_stamp_changes_with_an_edit_and_only_then(self, world, backend):
        world.begin_draft(mail("own", to=RITA))
        before, again = backend.drafts()[0].stamp, world.open().drafts()[0].stamp
        assert before == again
        world.edit_draft(mid("own"), mail("own", to=RITA, text="Another text of the same letter, and longer."))
        assert [draft.stamp for draft in backend.drafts()] != [before]

    @pytest.mark.scenario("S3", "S4")
    def test_a_saved_draft_is_the_letter_and_nothing_else_changes(self, world, backend):
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        world.begin_draft(mail("own", to=RITA))
        before = world.state()
        draft = letter(in_reply_to=mid(1), subject="Re: Your interview", text="Grüße aus Köln — schön war’s.")
        saved = backend.save_draft(draft)
        assert world.state() == before
        assert len(world.drafts()) == 2
        assert fingerprint_of(saved.raw) == draft.fingerprint
        stored = backend.read_draft(saved.ref)
        assert stored is not None
        assert fingerprint_of(stored) == draft.fingerprint
        assert draft.message_id.encode() in stored
        assert mid(1).encode() in stored

    def test_a_draft_that_is_gone_reads_as_none(self, world, backend):
        draft = letter()
        saved = backend.save_draft(draft)
        world.purge(draft.message_id)
        assert backend.read_draft(saved.ref) is None
        assert backend.read_draft(DraftRef("nowhere/0")) is None

    # --- find_draft ---

    def _places(self, backend, draft):
        return [found.place for found in backend.find_draft(draft)]

    def test_a_draft_never_saved_is_nowhere(self, world, backend):
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        assert backend.find_draft(letter(in_reply_to=mid(1))) == ()

    def test_a_draft_is_saved_right_after_it_was_looked_for(self, world, backend):
        """As every tick does. Some servers append nothing to a folder that is open for reading."""
        assert backend.find_draft(letter()) == ()
        saved = backend.save_draft(letter())
        assert [found.ref for found in backend.find_draft(letter())] == [saved.ref]

    @pytest.mark.scenario("T22", "S3")
    def test_a_saved_draft_is_found_by_anybody_who_looks(self, world, backend):
        saved = backend.save_draft(letter())
        (found,) = world.open().find_draft(letter())
        assert (found.place, found.ref, found.by) == (FoundPlace.DRAFTS, saved.ref, "message-id")

    @pytest.mark.scenario("T5")
    def test_a_sent_draft_is_found_in_sent(self, world, backend):
        draft = letter()
        backend.save_draft(draft)
        world.send_draft(draft.message_id)
        (found,) = backend.find_draft(draft)
        assert (found.place, found.by, found.date) == (FoundPlace.SENT, "message-id", NOW)

    @pytest.mark.scenario("T6")
    def test_a_deleted_draft_is_found_in_trash_and_then_nowhere(self, world, backend):
        draft = letter()
        backend.save_draft(draft)
        world.move(draft.message_id, SpecialUse.TRASH)
        assert self._places(backend, draft) == [FoundPlace.TRASH]
        assert look(backend)[0] == [] or {envelope.role for envelope in look(backend)[0]} == {SpecialUse.TRASH}
        world.purge(draft.message_id)
        assert self._places(backend, draft) == []

    @pytest.mark.scenario("T22")
    def test_two_drafts_with_one_id_are_both_found_the_first_one_first(self, world, backend):
        draft = letter()
        saved = backend.save_draft(draft)
        world.edit_draft(draft.message_id, changed(draft.raw, text="edited"), keep_old=True)
        found = backend.find_draft(draft)
        assert [each.place for each in found] == [FoundPlace.DRAFTS, FoundPlace.DRAFTS]
        assert found[0].ref == saved.ref != found[1].ref

    @pytest.mark.parametrize("threaded", [True, False])
    def test_a_draft_with_a_new_id_is_found_by_person_and_conversation(self, world, backend, threaded):
        draft = letter(in_reply_to=mid(1) if threaded else None)
        backend.save_draft(draft)
        rewritten = changed(draft.raw, Message_ID="<new@client.example>", text="edited")
        world.edit_draft(draft.message_id, rewritten, flagged=False)
        (found,) = backend.find_draft(draft)
        assert (found.place, found.by) == (FoundPlace.DRAFTS, "recipient+thread" if threaded else "recipient+subject")
        world.send_draft(MessageId("<new@client.example>"), changed(rewritten, Date="Tue, 24 Nov 2026 13:00:00 +0000"))
        (found,) = backend.find_draft(draft)
        assert (found.place, found.date) == (FoundPlace.SENT, NOW + timedelta(hours=1))

    @pytest.mark.scenario("T16")
    def test_an_earlier_letter_in_the_same_thread_is_not_the_draft(self, world, backend):
        earlier = mail(
            "ok", sender=f"Jo <{ME}>", to=RITA, subject="Re: Your interview", In_Reply_To=mid(1), References=mid(1)
        )
        world.put(earlier, SpecialUse.SENT, ago(days=2))
        assert backend.find_draft(letter(in_reply_to=mid(1), subject="Re: Your interview")) == ()

    def test_a_letter_to_somebody_else_is_not_the_draft(self, world, backend):
        world.begin_draft(mail("own", to="bo@acme.example", subject="Thank you", In_Reply_To=mid(1), References=mid(1)))
        assert backend.find_draft(letter(in_reply_to=mid(1))) == ()

    def test_where_a_place_cant_be_looked_into_nothing_is_concluded(self, world, backend):
        assert world.breakable
        for use in world.breakable:
            with world.broken(use), pytest.raises(BackendError):
                backend.find_draft(letter())
        assert backend.find_draft(letter()) == ()

    # --- discard_draft ---

    def test_an_untouched_draft_can_be_discarded(self, world, backend):
        world.begin_draft(mail("own", to=RITA))
        draft = letter()
        saved = backend.save_draft(draft)
        assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is True
        assert backend.read_draft(saved.ref) is None
        assert len(world.drafts()) == 1
        assert backend.discard_draft(saved.ref, unchanged_from=draft.fingerprint) is False

    @pytest.mark.scenario("T7")
    def test_an_edited_draft_is_left_as_it_is(self, world, backend):
        draft = letter()
        backend.save_draft(draft)
        world.edit_draft(draft.message_id, changed(draft.raw, text="My own words."))
        before = world.drafts()
        for seen in backend.drafts():
            assert backend.discard_draft(seen.ref, unchanged_from=draft.fingerprint) is False
        assert world.drafts() == before

    def test_nothing_outside_drafts_is_ever_discarded(self, world, backend):
        for number, use in enumerate((SpecialUse.INBOX, SpecialUse.SENT, SpecialUse.TRASH)):
            world.put(mail(number), use, ago(days=2))
        envelopes, _ = look(backend)
        before = world.state()
        for envelope in envelopes:
            (fetched,) = backend.fetch([envelope.ref])
            same = fingerprint_of(fetched.raw or fetched.header)
            assert backend.discard_draft(DraftRef(envelope.ref), unchanged_from=same) is False
            assert backend.read_draft(DraftRef(envelope.ref)) is None
        assert world.state() == before

    def test_closing_twice_is_fine(self, backend):
        backend.close()
        backend.close()

    def _fill(self, world: MailWorld, backend: MailBackend, count: int) -> range:
        for number in range(count):
            world.put(mail(number), EVERYWHERE[number % 3], ago(days=2))
        return range(count)
