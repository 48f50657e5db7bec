from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.core.model import (
    Address,
    Automation,
    Envelope,
    Mailbox,
    Message,
    MessageId,
    MessageRef,
    SpecialUse,
    ThreadId,
)
from mailwatch.store import BROKEN, VANISHED, Store
from mailwatch.store.records import bytes_from_envelope, envelope_from_bytes
from tests.store.builders import ME, MINE, NOW, envelope, message, reading

OTHER = Address("jordan@work.example")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
BOXES = st.builds(Mailbox, TEXT, TEXT.map(Address))
FIRST, LAST = datetime(1900, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - the zone is given apart
INSTANTS = st.none() | st.datetimes(FIRST, LAST, timezones=st.just(UTC))


def everything(_: Envelope) -> bool:
    return True


def nothing(_: Envelope) -> bool:
    return False


def test_an_envelope_comes_back_with_every_field() -> None:
    full = Envelope(
        id=MessageId("<a@b>"),
        ref=MessageRef("r"),
        role=SpecialUse.SENT,
        subject="Zoë’s 面接",
        sender=Mailbox("Zoë", Address("zoe@acme.example")),
        to=(Mailbox("A", Address("a@acme.example")), Mailbox("", Address("b@acme.example"))),
        cc=(Mailbox("C", Address("c@acme.example")),),
        bcc=(Mailbox("D", Address("d@acme.example")),),
        reply_to=(Mailbox("E", Address("e@acme.example")),),
        date=datetime(2026, 11, 1, 10, tzinfo=UTC),
        received=datetime(2026, 11, 1, 10, 1, tzinfo=UTC),
        zone_offset_minutes=-300,
        in_reply_to=MessageId("<p@b>"),
        references=(MessageId("<o@b>"), MessageId("<p@b>")),
        thread=ThreadId("t1"),
        size=1234,
        transited=True,
        calendar=True,
        attachments=("invite.ics",),
        automation=Automation(auto_reply=True, list_id="l"),
    )
    for field in fields(Envelope):
        empty = envelope()
        assert getattr(full, field.name) != getattr(empty, field.name), f"{field.name} is not covered here"
    assert envelope_from_bytes("<a@b>", "r", "sent", bytes_from_envelope(full)) == full


@given(
    st.builds(
        Envelope,
        id=st.just(MessageId("<a@b>")),
        ref=st.just(MessageRef("r")),
        role=st.sampled_from(SpecialUse),
        subject=TEXT,
        sender=st.none() | BOXES,
        to=st.lists(BOXES, max_size=2).map(tuple),
        cc=st.lists(BOXES, max_size=2).map(tuple),
        bcc=st.lists(BOXES, max_size=1).map(tuple),
        date=INSTANTS,
        received=INSTANTS,
        in_reply_to=st.none() | st.sampled_from([MessageId("<p@b>"), MessageId("<o@b>")]),
        references=st.sampled_from([(), (MessageId("<o@b>"), MessageId("<p@b>"))]),
        size=st.none() | st.integers(0, 2**40),
        transited=st.booleans(),
        attachments=st.lists(TEXT, max_size=2).map(tuple),
    )
)
def test_any_envelope_comes_back(built: Envelope) -> None:
    assert envelope_from_bytes("<a@b>", "r", built.role.value, bytes_from_envelope(built)) == built


def test_a_message_without_date_or_sender_comes_back(store: Store) -> None:
    bare = envelope(date=None, sender=None, to=())
    store.mail.record(MINE, [bare])
    store.mail.judge(everything, "k", NOW)
    assert store.mail.mails()[0].envelope == bare


def test_the_same_page_twice_changes_nothing(store: Store) -> None:
    page = [envelope(1), envelope(2)]
    assert store.mail.record(MINE, page) == 2
    before = store.database.generation
    assert store.mail.record(MINE, page) == 0
    assert store.database.generation == before
    assert store.mail.record(MINE, []) == 0


def test_one_message_in_two_accounts_is_one_mail_with_two_places(store: Store) -> None:
    store.mail.record(MINE, [envelope()])
    store.mail.record(OTHER, [envelope(ref="Archive:7", role=SpecialUse.ARCHIVE)])
    store.mail.judge(everything, "k", NOW)
    (mail,) = store.mail.mails()
    assert {(place.account, place.role) for place in mail.places} == {
        (MINE, SpecialUse.INBOX),
        (OTHER, SpecialUse.ARCHIVE),
    }
    assert mail.envelope.role is SpecialUse.INBOX
    assert not mail.duplicate_id


def test_a_message_found_in_sent_too_counts_as_sent_and_is_read_again(store: Store) -> None:
    store.mail.record(MINE, [envelope()])
    store.mail.judge(everything, "k", NOW)
    store.mail.keep_inputs([message()], NOW)
    assert [kept.outgoing for kept in store.mail.to_read("v1")] == [False]
    store.mail.keep_readings("v1", [reading()])
    store.mail.record(MINE, [envelope(ref="Sent:1", role=SpecialUse.SENT)])
    assert [kept.outgoing for kept in store.mail.to_read("v1")] == [True]
    assert store.mail.mails()[0].outgoing


def test_what_the_message_itself_shows_completes_its_listing(store: Store) -> None:
    store.mail.record(MINE, [envelope()])
    store.mail.judge(everything, "k", NOW)
    whole = replace(envelope(), zone_offset_minutes=-420, automation=Automation(auto_reply=True))
    store.mail.keep_inputs([Message(whole, "Away until Monday.")], NOW)
    assert [kept.envelope for kept in store.mail.to_read("v1")] == [whole]
    assert store.mail.mails()[0].envelope == whole
    assert store.mail.record(MINE, [envelope()]) == 0
    assert store.mail.mails()[0].envelope == whole


def test_a_message_that_leaves_junk_is_judged_again(store: Store) -> None:
    store.mail.record(MINE, [envelope(role=SpecialUse.JUNK)])
    store.mail.judge(lambda seen: seen.role is not SpecialUse.JUNK, "k", NOW)
    assert store.mail.mails() == ()
    store.mail.record(MINE, [envelope(ref="INBOX:9")])
    assert store.mail.judge(lambda seen: seen.role is not SpecialUse.JUNK, "k", NOW) == 1


def test_other_content_under_a_known_id_is_a_message_of_its_own(store: Store) -> None:
    forged = envelope(sender=Mailbox("Rita Ek", Address("rita@elsewhere.example")), ref="INBOX:2", subject="Moved")
    assert store.mail.record(MINE, [envelope(), forged]) == 2
    assert store.mail.record(MINE, [forged, envelope(3)]) == 1
    store.mail.judge(everything, "k", NOW)
    first, second, _ = store.mail.mails()
    assert first.envelope == envelope()
    assert not first.duplicate_id
    assert second.duplicate_id
    assert second.envelope.id not in {envelope().id, ""}
    assert second.envelope.subject == "Moved"


def test_a_subject_folded_otherwise_is_the_same_content(store: Store) -> None:
    store.mail.record(MINE, [envelope(subject="Your  Interview\n at Acme")])
    assert store.mail.record(OTHER, [envelope(subject="your interview at acme", size=9)]) == 0


def test_what_was_not_worth_reading_is_judged_again_when_more_is_known(store: Store) -> None:
    old = envelope(2, date=NOW - timedelta(days=200))
    store.mail.record(MINE, [envelope(1), old, envelope(3, date=None)])
    assert store.mail.judge(nothing, "before", NOW - timedelta(days=90)) == 0
    assert store.mail.judge(everything, "before", NOW - timedelta(days=90)) == 0, "nothing new is known"
    assert store.mail.judge(everything, "after", NOW - timedelta(days=90)) == 2, "and old mail stays as it is"
    assert store.mail.counts() == (3, 2, 0)


def test_what_is_worth_reading_is_asked_for_once_newest_first(store: Store) -> None:
    store.mail.record(MINE, [envelope(1), envelope(2, date=NOW)])
    store.mail.record(OTHER, [envelope(3)])
    store.mail.judge(everything, "k", NOW)
    asked = store.mail.unread(MINE)
    assert store.mail.unread(MINE, 1) == asked[:1]
    assert [(found.id, refs) for found, refs in asked] == [
        ("<m2@acme.example>", ("INBOX:2",)),
        ("<m1@acme.example>", ("INBOX:1",)),
    ]
    store.mail.keep_inputs([message(1)], NOW)
    store.mail.keep_tombstones({MessageId("<m2@acme.example>"): "too large"}, BROKEN, NOW)
    assert store.mail.unread(MINE) == []
    assert [mail.unreadable for mail in store.mail.mails()] == ["", "too large", ""]
    assert store.mail.tombstones() == (("<m2@acme.example>", "too large"),)


def test_every_place_of_a_message_is_offered_the_best_one_first(store: Store) -> None:
    store.mail.record(MINE, [envelope(ref="Trash:1", role=SpecialUse.TRASH), envelope(ref="INBOX:5")])
    store.mail.judge(everything, "k", NOW)
    ((found, refs),) = store.mail.unread(MINE)
    assert refs == ("INBOX:5", "Trash:1")
    assert found.ref == "INBOX:5"


def test_a_vanished_message_is_tried_again_where_it_turns_up(store: Store) -> None:
    store.mail.record(MINE, [envelope()])
    store.mail.judge(everything, "k", NOW)
    store.mail.keep_tombstones({envelope().id: "gone"}, VANISHED, NOW)
    store.mail.record(MINE, [envelope()])
    assert store.mail.unread(MINE) == []
    store.mail.record(MINE, [envelope(ref="Archive:1", role=SpecialUse.ARCHIVE)])
    assert len(store.mail.unread(MINE)) == 1


def test_a_broken_message_is_tried_again_only_at_the_users_word(store: Store) -> None:
    store.mail.record(MINE, [envelope()])
    store.mail.judge(everything, "k", NOW)
    store.mail.keep_tombstones({envelope().id: "no MIME"}, BROKEN, NOW)
    store.mail.record(MINE, [envelope(ref="Archive:1", role=SpecialUse.ARCHIVE)])
    assert store.mail.unread(MINE) == []
    assert store.mail.retry() == 1
    assert len(store.mail.unread(MINE)) == 1


def test_a_new_reader_reads_kept_texts_again(store: Store) -> None:
    store.mail.record(MINE, [envelope(1), envelope(2)])
    store.mail.judge(everything, "k", NOW)
    store.mail.keep_inputs([message(1, "one"), message(2, "two")], NOW)
    assert [kept.new_text for kept in store.mail.to_read("v1")] == ["one", "two"]
    store.mail.keep_readings("v1", [reading(1), reading(2)])
    assert list(store.mail.to_read("v1")) == []
    assert [kept.new_text for kept in store.mail.to_read("v2")] == ["one", "two"]


def test_a_reading_without_its_text_is_kept_when_the_reader_changes(store: Store) -> None:
    store.mail.record(MINE, [envelope(1), envelope(2)])
    store.mail.judge(everything, "k", NOW)
    store.mail.keep_inputs([message(1), message(2)], NOW)
    store.mail.keep_readings("v1", [reading(1, language="de")])
    assert store.mail.drop_inputs_before(NOW) == 0
    assert store.mail.drop_inputs_before(NOW + timedelta(days=1)) == 1, "what was never read keeps its text"
    assert [kept.envelope.id for kept in store.mail.to_read("v2")] == ["<m2@acme.example>"]
    assert store.mail.unread(MINE) == []
    first = store.mail.mails()[0]
    assert first.reading is not None
    assert first.reading.language == "de"


def test_a_message_on_which_the_reader_failed_waits_for_another_reader(store: Store) -> None:
    store.mail.record(MINE, [envelope()])
    store.mail.judge(everything, "k", NOW)
    store.mail.keep_inputs([message()], NOW)
    store.mail.keep_tombstones({envelope().id: "the reader failed"}, "v1", NOW)
    assert list(store.mail.to_read("v1")) == []
    assert len(list(store.mail.to_read("v2"))) == 1
    store.mail.keep_readings("v2", [reading()])
    assert store.mail.tombstones() == ()


def test_a_text_of_another_age_is_dropped_and_fetched_again(store: Store) -> None:
    store.mail.record(MINE, [envelope()])
    store.mail.judge(everything, "k", NOW)
    with store.database.writing():
        store.database.write("INSERT INTO inputs VALUES (1, 0, ?)", (b"not a record",))
    assert store.mail.input_of(envelope().id) is None
    assert list(store.mail.to_read("v1")) == []
    assert len(store.mail.unread(MINE)) == 1


def test_a_reading_of_another_age_counts_as_none(store: Store) -> None:
    store.mail.record(MINE, [envelope()])
    store.mail.judge(everything, "k", NOW)
    with store.database.writing():
        store.database.write("INSERT INTO readings VALUES (1, 'v0', ?)", (b'{"other": 1}',))
    assert store.mail.mails()[0].reading is None


def test_half_characters_do_not_stop_a_page(store: Store) -> None:
    broken = envelope(1, subject="caf\udce9", id=MessageId("<\udcff@x>"))
    assert store.mail.record(MINE, [broken, envelope(2)]) == 2
    store.mail.judge(everything, "k", NOW)
    found = store.mail.unread(MINE)
    assert found[0][0].subject == "caf?"
    store.mail.keep_inputs([Message(found[0][0], "half \ud800 text")], NOW)
    kept = store.mail.input_of(found[0][0].id)
    assert kept is not None
    assert kept.new_text == "half ? text"


def test_where_a_message_lies_is_known_whether_it_was_worth_reading_or_not(store: Store) -> None:
    store.mail.record(MINE, [envelope(role=SpecialUse.TRASH)])
    store.mail.judge(nothing, "k", NOW)
    assert [place.role for place in store.mail.places_of(envelope().id)] == [SpecialUse.TRASH]
    assert store.mail.places_of(MessageId("<unknown@x>")) == ()
    assert store.mail.input_of(MessageId("<unknown@x>")) is None


def test_facts_are_kept_until_one_changes(store: Store) -> None:
    first = store.facts(ME)
    assert store.facts(ME) is first
    assert store.facts(replace(ME, zone="Europe/Berlin")) is not first
    store.mail.record(MINE, [envelope()])
    store.mail.judge(everything, "k", NOW)
    assert len(store.facts(ME).mails) == 1


@pytest.mark.parametrize("words", ["'; DROP TABLE messages; --", "%", '"'])
def test_sql_in_a_mail_is_only_text(store: Store, words: str) -> None:
    store.mail.record(MINE, [envelope(id=MessageId(f"<{words}>"), subject=words, ref=words)])
    store.mail.judge(everything, "k", NOW)
    assert store.mail.mails()[0].envelope.subject == words
