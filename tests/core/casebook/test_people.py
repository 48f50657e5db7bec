"""Who was there, and whose address is known."""

from __future__ import annotations

import pytest

from mailwatch.core.casebook import assemble
from mailwatch.core.model import Automation, Debrief, Person, PersonKind, PersonPart
from tests.core import builders as b

SLOT = "2026-09-08 10:00"


def people(*items, me=b.ME) -> list[Person]:
    (application,) = assemble(b.facts(*items, me=me), b.LEXICON).applications
    (interview,) = application.interviews
    return list(interview.people)


def names(*items) -> list[str]:
    return [one.name for one in people(*items)]


def invitation(*guests, organizer=b.KIT, when="2026-09-01 09:00", **more):
    fields = {key: more.pop(key) for key in ("sequence", "uid") if key in more}
    return b.mail(
        organizer or b.KIT,
        when,
        b.meeting(SLOT, uid=fields.pop("uid", "u1"), organizer=organizer, people=guests, **fields),
        **more,
    )


@pytest.mark.scenario("D1", "D2")
def test_guests_interview_and_the_organizer_only_arranges() -> None:
    assert names(invitation(b.RITA, b.BO)) == ["Rita Ek", "Bo Lind"]


@pytest.mark.scenario("D1")
def test_an_organizer_without_guests_holds_the_call() -> None:
    assert names(invitation()) == ["Kit Moran"]


def test_an_organizer_whom_words_count_in_interviews_too() -> None:
    with_kit = b.mention(b.KIT, "sender", PersonPart.INTERVIEWER)
    assert set(names(invitation(b.RITA, people=(with_kit,)))) == {"Rita Ek", "Kit Moran"}


@pytest.mark.scenario("D2", "T8")
def test_names_in_the_body_are_interviewers_without_an_address() -> None:
    named = (b.named_interviewer("Lou Tsang", title="Staff Engineer"), b.named_interviewer("Bas van Oort"))
    found = people(invitation(people=named))
    assert [(one.name, one.address, one.title) for one in found] == [
        ("Lou Tsang", None, "Staff Engineer"),
        ("Bas van Oort", None, ""),
    ]


@pytest.mark.scenario("D2")
def test_a_name_gets_the_address_of_the_same_full_name_seen_elsewhere() -> None:
    earlier = b.mail('"Lind, Bo" <bo@acme.example>', "2026-08-20 09:00", kind=b.MessageKind.INTERVIEW_REQUEST)
    booked = invitation(
        people=(b.named_interviewer("Bo Lind", title="Engineering Manager", kind=PersonKind.HIRING_MANAGER),)
    )
    (found,) = people(earlier, booked)
    assert (found.address, found.title, found.kind) == (
        "bo@acme.example",
        "Engineering Manager",
        PersonKind.HIRING_MANAGER,
    )


@pytest.mark.scenario("T8", "T19")
def test_no_address_is_ever_made_up() -> None:
    found = people(invitation(people=(b.named_interviewer("Lou Tsang"),)))
    assert found[0].address is None


@pytest.mark.scenario("T19")
def test_a_first_name_means_the_only_one_who_bears_it() -> None:
    assert names(invitation(b.RITA, b.BO, people=(b.named_interviewer("Rita"),))) == ["Rita Ek", "Bo Lind"]
    two = invitation(
        "Chris Arsenault <ca@acme.example>", "Chris Boudreau <cb@acme.example>", people=(b.named_interviewer("Chris"),)
    )
    assert names(two) == ["Chris Arsenault", "Chris Boudreau"]


@pytest.mark.scenario("T19")
def test_one_person_under_two_spellings_is_one() -> None:
    first = invitation('"Ylönen, Greta" <greta@acme.example>')
    again = invitation("Greta Ylonen <greta@acme.example>", when="2026-09-02 09:00")
    (found,) = people(first, again)
    assert found.name in {"Greta Ylonen", "Greta Ylönen"}


def test_two_addresses_of_one_name_are_one_person() -> None:
    first = invitation(b.RITA)
    joined = b.mail(
        "Rita Ek <rita.ek@gmail.com>",
        "2026-09-02 09:00",
        answers=first,
        kind=b.MessageKind.OTHER,
        direction=b.Direction.UNKNOWN,
    )
    assert [one.address for one in people(first, joined)] == ["rita@acme.example"]


@pytest.mark.scenario("D21")
def test_who_was_taken_off_the_guest_list_is_not_there() -> None:
    first = invitation(b.RITA, b.BO)
    update = invitation(b.RITA, b.ANA, when="2026-09-05 09:00", sequence=1)
    assert names(first, update) == ["Rita Ek", "Ana Ruiz"]


@pytest.mark.scenario("D21")
def test_an_update_without_a_guest_list_takes_nobody_off() -> None:
    first = invitation(b.RITA, b.BO)
    update = b.mail(b.KIT, "2026-09-05 09:00", b.meeting(SLOT, uid="u1", sequence=1))
    assert names(first, update) == ["Rita Ek", "Bo Lind"]


@pytest.mark.scenario("D21")
def test_panel_names_from_the_body_survive_an_update_of_the_calendar_object() -> None:
    first = invitation(people=(b.named_interviewer("Lou Tsang"),))
    update = invitation(when="2026-09-05 09:00", sequence=1)
    assert names(first, update) == ["Lou Tsang"]


@pytest.mark.scenario("D21")
def test_who_declined_or_was_replaced_in_words_is_not_there() -> None:
    declined = b.mention(b.BO, declined=True)
    assert names(invitation(b.RITA, declined)) == ["Rita Ek"]
    first = invitation(b.RITA, b.BO)
    words = b.mail(
        b.KIT, "2026-09-05 09:00", b.meeting(SLOT, uid="u1"), people=(b.mention("Bo Lind", "body", declined=True),)
    )
    assert names(first, words) == ["Rita Ek"]


def test_a_replacement_that_comes_back_is_there_again() -> None:
    first = invitation(b.RITA, b.BO)
    gone = b.mail(
        b.KIT, "2026-09-05 09:00", b.meeting(SLOT, uid="u1"), people=(b.mention("Bo Lind", "body", declined=True),)
    )
    back = b.mail(b.KIT, "2026-09-06 09:00", b.meeting(SLOT, uid="u1"), people=(b.named_interviewer("Bo Lind"),))
    assert set(names(first, gone, back)) == {"Rita Ek", "Bo Lind"}


@pytest.mark.scenario("D24", "D1")
def test_rooms_robots_shared_boxes_and_the_user_are_nobody() -> None:
    crowd = invitation(
        b.RITA, "Acme <noreply@acme.example>", "Hiring <jobs@acme.example>", "Jordan Reyes <jr@alias.example>"
    )
    assert names(crowd) == ["Rita Ek"]


def test_somebody_elses_candidate_is_no_interviewer() -> None:
    assert names(invitation(b.RITA, people=(b.mention("Felicity Dunmore", "body", PersonPart.CANDIDATE),))) == [
        "Rita Ek"
    ]


@pytest.mark.scenario("D8")
def test_who_arranged_it_in_person_interviews_where_nobody_is_named() -> None:
    offer = b.mail(
        b.RITA, "2026-09-01 09:00", b.meeting(SLOT, state=b.MeetingState.PROPOSED), kind=b.MessageKind.INTERVIEW_REQUEST
    )
    yes = b.sent(b.RITA, "2026-09-01 12:00", assent=True, answers=offer)
    assert names(offer, yes) == ["Rita Ek"]


def test_where_only_robots_wrote_nobody_is_known() -> None:
    robot = b.mail("Acme <noreply@greenhouse-mail.test>", "2026-09-01 09:00", b.meeting(SLOT, uid="u1"), company="Acme")
    assert names(robot) == []


@pytest.mark.scenario("D26")
def test_who_only_forwards_an_invitation_is_not_met() -> None:
    forwarded = b.mail("Zub <zub@acme.example>", "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    assert names(forwarded) == ["Rita Ek"]


def test_a_look_alike_address_is_not_trusted() -> None:
    acme_like = "Bo Lind <bo@acne-industries.example>"
    known = b.mail(
        "Kit Moran <kit@acme-industries.example>", "2026-09-01 09:00", b.meeting(SLOT, uid="u1", people=[acme_like])
    )
    (found,) = people(known)
    assert (found.name, found.trusted) == ("Bo Lind", False)


def test_a_debrief_adds_people_and_addresses() -> None:
    booked = invitation(b.RITA, people=(b.named_interviewer("Lou Tsang"),))
    debrief = Debrief(
        frozenset({"u1"}),
        b.at("2026-09-08 12:00"),
        added=(
            ("Lou Tsang", "lou@acme.example"),
            ("Ana Ruiz", "ana@acme.example"),
            ("Rita Ek", "rita@acme.example"),
            ("Max Frisch", ""),
        ),
    )
    found = {one.name: one.address for one in people(booked, debrief)}
    assert found == {
        "Rita Ek": "rita@acme.example",
        "Lou Tsang": "lou@acme.example",
        "Ana Ruiz": "ana@acme.example",
        "Max Frisch": None,
    }


def test_a_debrief_of_another_interview_adds_nobody() -> None:
    other = Debrief(frozenset({"elsewhere"}), b.at("2026-09-08 12:00"), added=(("Ana Ruiz", "ana@acme.example"),))
    assert names(invitation(b.RITA), other) == ["Rita Ek"]


def test_an_away_notice_is_not_somebody_who_arranged_it() -> None:
    ask = b.mail("Acme <noreply@greenhouse-mail.test>", "2026-09-01 09:00", b.meeting(SLOT, uid="u1"), company="Acme")
    away = b.mail(
        b.RITA, "2026-09-02 09:00", answers=ask, automation=Automation(auto_reply=True), kind=b.MessageKind.AUTO_REPLY
    )
    assert names(ask, away) == []


def test_a_debrief_adds_to_every_loop_and_gives_no_address_where_it_names_none() -> None:
    loop = [
        b.mail(b.KIT, "2026-09-01 09:00", b.meeting(f"2026-09-08 {hour}:00", uid=f"u{hour}", people=[who]))
        for hour, who in ((10, b.RITA), (11, b.named_interviewer("Lou Tsang")))
    ]
    debrief = Debrief(frozenset({"u10"}), b.at("2026-09-08 13:00"), added=(("Ana Ruiz", ""), ("Lou Tsang", "")))
    found = people(*loop, debrief)
    assert [(one.name, one.address) for one in found] == [
        ("Rita Ek", "rita@acme.example"),
        ("Lou Tsang", None),
        ("Ana Ruiz", None),
    ]


def test_a_debrief_of_one_round_adds_nobody_to_another() -> None:
    first = invitation(b.RITA)
    second = b.mail(b.KIT, "2026-09-10 09:00", b.meeting("2026-09-15 10:00", uid="u2", people=[b.BO]))
    debrief = Debrief(frozenset({"u2"}), b.at("2026-09-15 12:00"), added=(("Ana Ruiz", ""),))
    (application,) = assemble(b.facts(first, second, debrief), b.LEXICON).applications
    assert [len(item.people) for item in application.interviews] == [1, 2]


def test_a_later_mention_adds_what_the_first_left_open() -> None:
    first = invitation(b.mention(b.RITA, title="Head of Data", kind=PersonKind.HIRING_MANAGER))
    again = invitation(b.mention(b.RITA, title="Somebody", kind=PersonKind.PEER), when="2026-09-02 09:00")
    (found,) = people(first, again)
    assert (found.title, found.kind) == ("Head of Data", PersonKind.HIRING_MANAGER)


def test_a_mention_without_a_name_is_nobody() -> None:
    assert names(invitation(b.RITA, people=(b.named_interviewer("…"),))) == ["Rita Ek"]


def test_the_user_under_another_address_is_not_met() -> None:
    assert names(invitation(b.RITA, "Jordan Reyes <jordan@school.example>")) == ["Rita Ek"]


@pytest.mark.scenario("D13", "D21")
def test_in_a_loop_everybody_sits_where_they_are_invited() -> None:
    schedule = (b.named_interviewer("Bo Lind"), b.named_interviewer("Lou Tsang"))
    first = invitation(b.RITA, organizer=None, people=schedule)
    second = b.mail(b.KIT, "2026-09-01 09:05", b.meeting("2026-09-08 11:00", uid="u2", people=[b.BO]), company="Acme")
    (application,) = assemble(b.facts(first, second), b.LEXICON).applications
    sat = [[one.name for one in session.people] for session in application.interviews[0].sessions]
    assert sat == [["Rita Ek", "Lou Tsang"], ["Bo Lind"]]


def test_who_is_only_named_and_invited_to_the_other_meeting_still_counts_where_nobody_else_does() -> None:
    first = invitation(organizer=None, people=(b.named_interviewer("Bo Lind"),))
    second = b.mail(b.KIT, "2026-09-01 09:05", b.meeting("2026-09-08 11:00", uid="u2", people=[b.BO]), company="Acme")
    (application,) = assemble(b.facts(first, second), b.LEXICON).applications
    assert [[one.name for one in session.people] for session in application.interviews[0].sessions] == [["Bo Lind"]] * 2


@pytest.mark.scenario("D1", "T3")
@pytest.mark.parametrize(
    ("when", "more", "there"),
    [
        ("2026-09-08 15:00", {}, True),
        ("2026-09-08 15:00", {"cause": "scheduling"}, False),
        ("2026-09-08 15:00", {"sure": False}, False),
        ("2026-09-07 15:00", {}, False),
        ("2026-09-20 15:00", {}, False),
    ],
)
def test_an_organizer_beside_a_guest_was_there_if_the_user_thanked_them_for_the_talk(
    when: str, more: dict[str, object], there: bool
) -> None:
    invite = invitation(b.RITA)
    assert ("Kit Moran" in names(invite, b.thanks([b.KIT, b.RITA], when, **more))) is there
