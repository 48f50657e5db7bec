"""Which messages are read whole, from their envelopes alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mailwatch.core.model import (
    Address,
    Appointment,
    Automation,
    Debrief,
    Detection,
    Direction,
    Envelope,
    Kind,
    LedgerState,
    Mailbox,
    MarkKind,
    Me,
    MessageId,
    MessageKind,
    MessageRef,
    SpecialUse,
)
from mailwatch.core.triage import (
    Knowledge,
    interest_from,
    knowledge_from,
    worth_reading,
)
from mailwatch.phrases import load_lexicon
from tests.core.builders import ME as REYES
from tests.core.builders import facts, mail, mark, meeting, mention, row, sent

LEXICON = load_lexicon()
ME = Me("Jo Ferris", Address("jo.ferris@gmail.com"), frozenset({Address("jo.ferris@gmail.com")}), "Europe/London")
PLAIN = Knowledge(ME, LEXICON, Detection())
BULK = Automation(bulk=True)
LIST = Automation(list_id="dev.lists.example")


def envelope(sender: str = "Rita Ek <rita.ek@acme.example>", subject: str = "Hello", **more: Any) -> Envelope:
    name, _, address = sender.rpartition("<")
    box = Mailbox(name.strip(), Address(address.rstrip(">"))) if address else None
    values: dict[str, Any] = {"role": SpecialUse.INBOX, "date": datetime(2026, 9, 1, tzinfo=UTC), **more}
    role = values.pop("role")
    return Envelope(MessageId("<m1@acme.example>"), MessageRef("1"), role, subject, box, **values)


def wanted(sender: str = "Rita Ek <rita.ek@acme.example>", subject: str = "Hello", **more: Any) -> bool:
    return worth_reading(envelope(sender, subject, **more), PLAIN)


def test_personal_mail_and_sent_mail_are_read() -> None:
    assert wanted()
    assert wanted("Jo Ferris <jo.ferris@gmail.com>", role=SpecialUse.SENT)


@pytest.mark.parametrize("role", [SpecialUse.JUNK, SpecialUse.DRAFTS])
def test_junk_and_drafts_are_not(role: SpecialUse) -> None:
    assert not wanted(role=role)


def test_the_users_own_mail_in_the_inbox_and_mail_without_a_sender_are_not() -> None:
    assert not wanted("Jo Ferris <jo.ferris@gmail.com>")
    assert not worth_reading(replace(envelope(), sender=None), PLAIN)


@pytest.mark.parametrize(
    ("sender", "subject", "automation"),
    [
        ("Deals <news@shop.example>", "Your interview with style: 20% off", LIST),
    ],
)
def test_a_newsletter_whose_subject_speaks_of_an_interview_is_looked_at(
    sender: str, subject: str, automation: Automation
) -> None:
    assert wanted(sender, subject, automation=automation)


@pytest.mark.parametrize(
    ("sender", "subject", "automation"),
    [
        ("Deals <news@shop.example>", "20% off everything", BULK),
        ("Dev list <dev@lists.example>", "Re: build is red", LIST),
        ("JobBucket <jobalerts@jobbucket.example>", "14 new jobs near you", Automation()),
        ("Shop <no-reply@shop.example>", "Your parcel has left", Automation()),
    ],
)
def test_mass_mail_and_robots_without_a_cue_are_not(sender: str, subject: str, automation: Automation) -> None:
    assert not wanted(sender, subject, automation=automation)


@pytest.mark.parametrize(
    ("sender", "subject", "automation"),
    [
        ("Acme <no-reply@us.greenhouse-mail.io>", "Hello", BULK),
        ("Calendly <no-reply@calendly.com>", "New event", Automation()),
        ("Acme <no-reply@acme.example>", "Your application to Acme", Automation()),
        ("Acme <no-reply@acme.example>", "Ihre Bewerbung", BULK),
        ("Acme Careers <careers-noreply@acme.example>", "An update on the Data Analyst position", Automation()),
    ],
)
def test_hiring_systems_and_subjects_about_an_application_are_read(
    sender: str, subject: str, automation: Automation
) -> None:
    assert wanted(sender, subject, automation=automation)


def test_a_calendar_part_is_always_read() -> None:
    assert wanted("Deals <news@shop.example>", "Sale", automation=BULK, calendar=True)


def test_ignored_senders_and_domains_are_not_even_with_a_calendar_part() -> None:
    sender, domain = frozenset({"rita.ek@acme.example"}), frozenset({"acme.example"})
    for detection in (Detection(ignore_senders=sender), Detection(ignore_domains=domain)):
        knowledge = replace(PLAIN, detection=detection)
        assert not worth_reading(envelope(calendar=True), knowledge)
        assert worth_reading(envelope("Bo <bo@other.example>"), knowledge)
    parent = replace(PLAIN, detection=Detection(ignore_domains=domain))
    assert not worth_reading(envelope("Rita <rita@mail.acme.example>"), parent)
    assert worth_reading(envelope("Rita <rita@notacme.example>"), parent)


def test_the_users_own_words_count_in_subjects() -> None:
    knowledge = replace(PLAIN, detection=Detection(extra_words=("audition",)))
    asked = envelope("Deals <news@shop.example>", "Your Audition slot", automation=BULK)
    assert worth_reading(asked, knowledge)
    assert not worth_reading(asked, PLAIN)


@pytest.mark.parametrize(
    "known",
    [
        {"addresses": frozenset({"robot@shop.example"})},
        {"domains": frozenset({"shop.example"})},
        {"threads": frozenset({"<first@shop.example>"})},
        {"threads": frozenset({"t-1"})},
    ],
)
def test_known_people_firms_and_conversations_are_read(known: dict[str, frozenset[str]]) -> None:
    asked = envelope(
        "Shop <robot@shop.example>",
        "Hello",
        automation=BULK,
        in_reply_to=MessageId("<first@shop.example>"),
        thread="t-1",
    )
    assert worth_reading(asked, replace(PLAIN, **known))


def test_knowledge_comes_from_processes_of_the_user_alone() -> None:
    known = knowledge_from(
        facts(
            mail("Rita Ek <rita.ek@acme.example>", ident="<a@acme.example>"),
            mail("Ann Sy <ann@gmail.com>", ident="<g@gmail.com>"),
            mail("Kit <kit@other.example>", kind=MessageKind.OTHER, ident="<b@other.example>"),
            mail("Boss <boss@mine.example>", direction=Direction.INTERVIEWER, ident="<c@mine.example>"),
            mail("Robot <no-reply@tool.example>", ident="<d@tool.example>"),
            sent(["Mo <mo@third.example>"], "2026-09-02 09:00", kind=MessageKind.THANK_YOU_SENT),
        ),
        LEXICON,
        Detection(),
    )
    assert {"rita.ek@acme.example", "ann@gmail.com", "mo@third.example"} <= known.addresses
    assert known.domains == {"acme.example", "third.example", "tool.example"}  # the robot writes again, of the same job
    assert "<a@acme.example>" in known.threads
    assert not {"kit@other.example", "boss@mine.example", "no-reply@tool.example"} & known.addresses
    assert known.me == REYES


def test_people_of_meetings_letters_and_debriefs_are_known() -> None:
    invited = meeting("2026-09-08 10:00", people=[mention("Bo Lind <bo@guests.example>")])
    debrief = Debrief(
        frozenset({"uid"}), datetime(2026, 9, 8, tzinfo=UTC), added=(("Kai", "kai@added.example"), ("X", ""))
    )
    known = knowledge_from(
        facts(
            mail("Rita Ek <rita.ek@acme.example>", "2026-09-01 09:00", invited),
            debrief,
            row(Kind.THANK_YOU, "Mo <mo@letters.example>", LedgerState.SAVED),
        ),
        LEXICON,
        Detection(),
    )
    assert {"bo@guests.example", "kai@added.example", "mo@letters.example"} <= known.addresses


def test_a_server_is_asked_for_the_words_of_the_users_languages_and_english() -> None:
    me = replace(ME, languages=("de",))
    knowledge = Knowledge(
        me, LEXICON, Detection(extra_words=("Audition",)), frozenset({"a@b.example"}), frozenset({"b.example"})
    )
    interest = interest_from(knowledge)
    assert {"interview", "bewerbung", "audition"} <= interest.words
    assert "entretien" not in interest.words
    assert interest.addresses == {"a@b.example"}
    assert {"b.example", "greenhouse-mail.io", "calendly.com"} <= interest.domains


def test_what_the_user_linked_is_read_and_whom_the_user_named_is_known() -> None:
    appointment = Appointment(
        datetime(2026, 9, 8, 9, tzinfo=UTC),
        datetime(2026, 9, 8, 10, tzinfo=UTC),
        people=(("Bo Lind", "bo@told.example"), ("Ana Ruiz", "")),
    )
    known = knowledge_from(
        facts(
            mark(MarkKind.LINKED, "<shop@shop.example>", value="<shop@shop.example>"),
            mark(MarkKind.PERSON, "uid", value="Kai", person="kai@named.example"),
            mark(MarkKind.ADDED, appointment=appointment),
        ),
        LEXICON,
        Detection(),
    )
    assert known.addresses == {"bo@told.example", "kai@named.example"}
    shop = envelope("Shop <robot@shop.example>", "Hello", automation=BULK)
    assert not worth_reading(shop, known)
    assert worth_reading(replace(shop, id=MessageId("<shop@shop.example>")), known)
    assert not worth_reading(replace(shop, id=MessageId("<shop@shop.example>"), role=SpecialUse.JUNK), known)
