"""Mail of hiring systems that names nobody."""

from __future__ import annotations

import pytest

from mailwatch.core.casebook import assemble
from mailwatch.core.model import Application, ApplicationState, MessageKind, ReplyKind
from tests.core import builders as b

ROBOT = "Recruiting <noreply@greenhouse-mail.test>"
PINE = "Jill Tarantino <jill@pinecove-credit.example>"


def invitation(sender: str = PINE, uid: str = "u1", start: str = "2026-09-08 10:00", **more):
    more.setdefault("company", "Pine Cove Credit Union")
    return b.mail(sender, "2026-09-01 09:00", b.meeting(start, uid=uid, organizer=sender), **more)


def states(*items) -> dict[str, ApplicationState]:
    return {one.company: one.state for one in assemble(b.facts(*items), b.LEXICON).applications}


def refusal(**more):
    return b.reply(ROBOT, "2026-09-15 09:00", ReplyKind.REJECTION, **more)


@pytest.mark.scenario("R9", "R3")
def test_a_shorter_spelling_of_a_known_firm_is_that_firm() -> None:
    assert states(invitation(), refusal(company="Pine Cove")) == {"Pine Cove Credit Union": ApplicationState.REJECTED}


@pytest.mark.scenario("R9")
def test_a_firm_that_only_begins_alike_is_another_one() -> None:
    assert len(states(invitation(), refusal(company="Pinewood Homes"))) == 2
    assert (
        len(states(invitation("Rita Ek <rita@metaverse.example>", company="Metaverse"), refusal(company="Meta"))) == 2
    )


@pytest.mark.scenario("R9")
def test_a_domain_that_begins_like_the_name_needs_the_same_job() -> None:
    known = invitation(company="", role="Compliance Officer")
    assert len(states(known, refusal(company="Pinecove", role="Compliance Officer"))) == 1
    assert len(states(known, refusal(company="Pinecove"))) == 2


@pytest.mark.scenario("R9", "D15")
def test_another_job_at_a_firm_spelled_alike_is_another_application() -> None:
    known = invitation(role="Compliance Officer")
    assert len(states(known, refusal(company="Pine Cove", role="Branch Architect"))) == 2


@pytest.mark.scenario("R9", "R3")
def test_a_refusal_that_names_only_the_job_belongs_to_the_only_process_for_it() -> None:
    known = invitation(role="Compliance Officer")
    other = invitation(
        "Bo Lind <bo@globex.example>", uid="u2", start="2026-09-09 10:00", company="Globex", role="Branch Architect"
    )
    assert states(known, other, refusal(role="Compliance Officer")) == {
        "Pine Cove Credit Union": ApplicationState.REJECTED,
        "Globex": ApplicationState.OPEN,
    }


@pytest.mark.scenario("R9")
def test_one_that_could_be_two_firms_is_left_alone() -> None:
    known = invitation(role="Compliance Officer")
    other = invitation(
        "Bo Lind <bo@globex.example>", uid="u2", start="2026-09-09 10:00", company="Globex", role="Compliance Officer"
    )
    found = assemble(b.facts(known, other, refusal(role="Compliance Officer")), b.LEXICON).applications
    assert [one.state for one in found if one.interviews] == [ApplicationState.OPEN, ApplicationState.OPEN]


def test_one_that_names_nothing_is_left_alone() -> None:
    found: tuple[Application, ...] = assemble(b.facts(invitation(), refusal()), b.LEXICON).applications
    assert [one.state for one in found] == [ApplicationState.OPEN, ApplicationState.REJECTED]


@pytest.mark.scenario("R9", "R3")
def test_a_job_that_only_the_meetings_title_names_is_enough() -> None:
    sender = "Tor Aalto <tor@saimaa.example>"
    known = b.mail(
        sender,
        "2026-09-01 09:00",
        b.meeting("2026-09-08 10:00", uid="u1", organizer=sender, title="Saimaa - interview - Packaging Technologist"),
    )
    assert states(known, refusal(role="Packaging Technologist")) == {"saimaa": ApplicationState.REJECTED}


@pytest.mark.scenario("D3", "D7")
def test_a_system_that_names_a_known_person_by_full_name_belongs_to_that_process() -> None:
    ask = b.mail(PINE, "2026-08-30 09:00", kind=b.MessageKind.INTERVIEW_REQUEST)
    booked = b.mail(
        ROBOT,
        "2026-09-01 09:00",
        b.meeting("2026-09-08 10:00", uid="u1", people=[b.named_interviewer("Jill Tarantino")]),
        company="Something Else",
    )
    (found,) = assemble(b.facts(ask, booked), b.LEXICON).applications
    assert [one.address for one in found.interviews[0].people] == ["jill@pinecove-credit.example"]


def test_a_firm_named_like_the_job_is_no_firm() -> None:
    known = invitation(role="Compliance Officer")
    odd = refusal(company="Compliance Officer", role="Compliance Officer")
    assert states(known, odd) == {"Pine Cove Credit Union": ApplicationState.REJECTED}


@pytest.mark.scenario("D25")
@pytest.mark.parametrize("title", ["Interview Pine Cove Credit Union", "interview pine coves credit unions"])
def test_an_entry_that_says_the_firms_whole_name_belongs_there(title: str) -> None:
    asked = b.mail(PINE, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST, company="Pine Cove Credit Union")
    typed = b.event("2026-09-08 10:00", title=title, organizer="", uid="typed")
    (application,) = assemble(b.facts(asked, typed), b.LEXICON).applications
    held = [item for item in application.interviews if item.start is not None]
    assert [[one.name for one in item.people] for item in held] == [["Jill Tarantino"]]


@pytest.mark.scenario("D25", "D15")
@pytest.mark.parametrize("more", [{"title": "Interview Pine Cove"}, {"title": "Interview"}])
def test_an_entry_that_says_less_stays_alone(more: dict[str, str]) -> None:
    asked = b.mail(PINE, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST, company="Pine Cove Credit Union")
    typed = b.event("2026-09-08 10:00", organizer="", uid="typed", **more)
    assert len(assemble(b.facts(asked, typed), b.LEXICON).applications) == 2


@pytest.mark.scenario("D15")
def test_a_title_with_the_firm_and_another_job_stays_alone() -> None:
    known = invitation(role="Compliance Officer")
    meeting = b.meeting("2026-09-18 10:00", uid="u9", title="Interview with Pine Cove Credit Union")
    other = b.mail(ROBOT, "2026-09-02 09:00", meeting, role="Branch Architect")
    assert len(assemble(b.facts(known, other), b.LEXICON).applications) == 2


@pytest.mark.scenario("D5")
def test_two_robots_mails_about_one_job_and_one_person_are_about_one_application() -> None:
    def told(start: str, uid: str, when: str, name: str = "Rafe Lindqvist", role: str = "Backend Engineer"):
        meeting = b.meeting(start, uid=uid, people=[b.named_interviewer(name)], title="Technical interview")
        return b.mail(ROBOT, when, meeting, role=role)

    first = told("2026-09-08 10:00", "u1", "2026-09-01 09:00")
    second = told("2026-09-10 10:00", "u2", "2026-09-03 09:00")
    third = told("2026-09-11 10:00", "u3", "2026-09-04 09:00")
    (application,) = assemble(b.facts(first, second, third), b.LEXICON).applications
    assert [item.start for item in application.interviews] == [b.at("2026-09-11 10:00")]
    for other in (
        told("2026-09-10 10:00", "u2", "2026-09-03 09:00", name="Yewande Cole"),
        told("2026-09-10 10:00", "u2", "2026-09-03 09:00", role="Branch Architect"),
    ):
        assert len(assemble(b.facts(first, other), b.LEXICON).applications) == 2
