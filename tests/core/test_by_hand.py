"""One letter at the user's word: whose it is, what it says, and why there may be none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailwatch.core.by_hand import letter_anew, letter_asked_for
from mailwatch.core.model import (
    Application,
    Draft,
    DraftKey,
    Facts,
    Kind,
    Person,
    Plan,
    Refusal,
    ReplyKind,
)
from mailwatch.core.plan import plan
from mailwatch.letters import load_letters
from tests.core import builders as b

AFTER, LATE = "2026-09-08 13:00", "2026-09-20 09:00"
LETTERS = load_letters()


def invitation(*guests: str, start: str = "2026-09-08 10:00", uid: str = "u1", **more):
    meeting = b.meeting(start, uid=uid, organizer=b.RITA, people=guests)
    return b.mail(b.RITA, "2026-09-01 09:00", meeting, company="Acme", role="Data Analyst", **more)


def planned(facts: Facts, now: str) -> Plan:
    return plan(facts, b.covered(now), b.at(now), b.RULES, b.LEXICON, LETTERS)


def asked(kind: Kind, facts: Facts, now: str = LATE, person: Person | None = None, **more) -> Draft | Refusal:
    found = planned(facts, now)
    (application,) = found.applications
    return letter_asked_for(kind, application, person, found, facts, b.covered(now), b.RULES, LETTERS, **more)


def test_a_letter_is_written_anew_word_for_word_from_the_same_facts() -> None:
    facts = b.facts(invitation())
    found = planned(facts, AFTER)
    (draft,) = found.drafts
    assert letter_anew(draft.key, found, facts, b.covered(AFTER), b.RULES, LETTERS) == draft


def test_a_letter_whose_subject_is_gone_is_refused() -> None:
    facts = b.facts(invitation())
    found = planned(facts, AFTER)
    gone = Refusal("What this letter was about is not known any more.")
    assert letter_anew(DraftKey("0" * 32), found, facts, b.covered(AFTER), b.RULES, LETTERS) == gone


def test_a_late_thank_you_is_written_to_the_only_person() -> None:
    draft = asked(Kind.THANK_YOU, b.facts(invitation()))
    assert isinstance(draft, Draft)
    assert draft.to.address == "rita@acme.example"


def test_of_several_people_one_has_to_be_named() -> None:
    facts = b.facts(invitation(b.BO, b.ANA))
    assert asked(Kind.THANK_YOU, facts) == Refusal("Several people were there: say to whom the letter goes.")
    draft = asked(Kind.THANK_YOU, facts, person=b.person(b.BO))
    assert isinstance(draft, Draft)
    assert draft.to.address == "bo@acme.example"


def test_of_two_rounds_with_one_person_the_last_is_thanked_for() -> None:
    facts = b.facts(invitation(), invitation(start="2026-09-15 10:00", uid="u2"))
    draft = asked(Kind.THANK_YOU, facts)
    assert isinstance(draft, Draft)
    assert draft.anchor == b.at("2026-09-15 10:00")


def test_somebody_who_was_not_there_gets_none() -> None:
    assert asked(Kind.THANK_YOU, b.facts(invitation()), person=b.person("Zoe Ray <zoe@acme.example>")) == Refusal(
        "No interview with them at Acme calls for a thank-you."
    )


@pytest.mark.scenario("R8")
def test_a_gracious_answer_to_a_refusal_in_the_language_asked_for() -> None:
    no = b.reply(b.RITA, "2026-09-15 09:00", ReplyKind.REJECTION)
    draft = asked(Kind.THANKS_ANYWAY, b.facts(invitation(), no), language="de")
    assert isinstance(draft, Draft)
    assert (draft.kind, draft.language) == (Kind.THANKS_ANYWAY, "de")


def test_what_makes_no_sense_says_why() -> None:
    refused = asked(Kind.DECLINE, b.facts(invitation()))
    assert refused == Refusal("No offer is known there: mailwatch mark ID offer.")


def test_a_process_that_is_not_in_the_plan_has_no_letter() -> None:
    facts = b.facts(invitation())
    found = planned(facts, AFTER)
    (draft,) = found.drafts
    without = replace(found, applications=tuple[Application, ...]())
    assert isinstance(letter_anew(draft.key, without, facts, b.covered(AFTER), b.RULES, LETTERS), Refusal)
