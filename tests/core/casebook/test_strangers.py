"""Whoever writes an invitation can put anybody on it: who counts as one of them, and who is asked about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailwatch.core.casebook import assemble
from mailwatch.core.model import Debrief, Doubt, Mail, MarkKind, Person, PersonMention, SharedNote
from tests.core import builders as b

SLOT = "2026-09-08 10:00"
EVE = "Eve Moss <eve@evil.test>"
LEE = "Lee Park <lee@globex.test>"
AGENT = "Mo Tan <mo@talent-bridge.test>"


def people(*items: Any) -> dict[str, Person]:
    (application,) = assemble(b.facts(*items), b.LEXICON).applications
    (interview,) = application.interviews
    return {person.name: person for person in interview.people}


def invitation(*guests: PersonMention | str, organizer: str = b.KIT, **more: Any) -> Mail:
    where = b.meeting(SLOT, uid="u1", organizer=organizer, people=guests)
    return b.mail(organizer, "2026-09-01 09:00", where, company="Acme", **more)


@pytest.mark.scenario("D32")
@pytest.mark.parametrize("stranger", [EVE, "Eve Moss <eve.moss@gmail.com>", "Eve Moss <eve@acme-careers.test>"])
def test_a_guest_from_elsewhere_whom_nothing_else_names_is_a_stranger(stranger: str) -> None:
    found = people(invitation(b.RITA, stranger))
    assert found["Rita Ek"].doubt is Doubt.NONE
    assert found["Eve Moss"].doubt is Doubt.STRANGER


@pytest.mark.parametrize(
    "guest",
    ["Lee Park <lee@acme.example>", "Lee Park <lee@berlin.acme.example>", "Lee Park <lee@acme.test>"],
)
def test_the_organizers_own_firm_has_no_strangers(guest: str) -> None:
    assert people(invitation(guest))["Lee Park"].trusted


def test_whom_the_text_names_is_expected() -> None:
    named = invitation(LEE, people=(b.named_interviewer("Lee Park"),))
    assert people(named)["Lee Park"].trusted
    beside = invitation(b.mention(LEE, part=b.PersonPart.INTERVIEWER, named=True))
    assert people(beside)["Lee Park"].trusted


def test_a_name_of_the_text_does_not_vouch_for_a_second_address_of_that_name() -> None:
    found = people(invitation("Rita Ek <eve@evil.test>", b.RITA, people=(b.named_interviewer("Rita Ek"),)))
    assert found["Rita Ek"].address == "rita@acme.example"


def test_a_name_of_the_text_does_not_vouch_for_an_address_that_goes_by_another_name_too() -> None:
    named = (b.named_interviewer("Rita Ek"),)
    found = people(invitation(EVE, people=named), invitation("Rita Ek <eve@evil.test>", people=named))
    assert all(person.doubt is Doubt.STRANGER for person in found.values() if person.address == "eve@evil.test")
    assert any(person.address == "eve@evil.test" for person in found.values())


def test_whoever_wrote_or_was_written_to_is_known() -> None:
    wrote = b.mail(LEE, "2026-09-02 09:00", company="Acme", answers=(first := invitation(LEE)))
    assert people(first, wrote)["Lee Park"].trusted
    answer = b.sent(LEE, "2026-09-02 12:00", answers=first)
    assert people(first, answer)["Lee Park"].trusted


def test_a_firm_that_the_text_names_may_send_its_people() -> None:
    globex = b.mail(
        b.KIT, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.KIT, people=[LEE]), company="Globex Labs"
    )
    assert people(globex)["Lee Park"].trusted


def test_an_agency_and_a_tool_invite_people_of_one_other_firm() -> None:
    assert people(invitation(LEE, organizer=AGENT, agency=True))["Lee Park"].trusted
    tool = "Acme <invites@calendly.test>"
    assert people(invitation(LEE, organizer=tool))["Lee Park"].trusted


def test_of_two_other_firms_an_agency_vouches_for_neither() -> None:
    found = people(invitation(LEE, EVE, organizer=AGENT, agency=True))
    assert {person.doubt for person in found.values()} == {Doubt.STRANGER}


def test_the_guests_of_an_entry_that_the_user_made_are_the_users() -> None:
    own = b.event(SLOT, organizer="Jordan Reyes <jordan@mail.example>", guests=[LEE])
    assert people(own)["Lee Park"].trusted


def test_the_users_word_ends_the_doubt() -> None:
    invited = invitation(b.RITA, EVE)
    told = b.mark(MarkKind.PERSON, "u1", value="Eve Moss", person="eve@evil.test")
    assert people(invited, told)["Eve Moss"].trusted
    at = b.at("2026-09-08 12:00")
    added = Debrief(frozenset({"u1"}), at, added=(("Eve Moss", "eve@evil.test"),))
    assert people(invited, added)["Eve Moss"].trusted
    noted = Debrief(frozenset({"u1"}), at, notes=(SharedNote("eve@evil.test", topic="your roadmap"),))
    assert people(invited, noted)["Eve Moss"].trusted
    empty = replace(noted, notes=(SharedNote("eve@evil.test"),))
    assert not people(invited, empty)["Eve Moss"].trusted
