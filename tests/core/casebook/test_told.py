"""What the user says belongs together, took place, or was there: it wins over every reading, and can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailwatch.core.casebook import assemble
from mailwatch.core.ids import mail_id
from mailwatch.core.model import (
    Application,
    ApplicationState,
    Appointment,
    Casebook,
    Direction,
    InterviewState,
    Mark,
    MarkKind,
    ReplyKind,
)
from tests.core import builders as b

SLOT = "2026-09-08 10:00"
GLOBEX = "Max Orban <max@globex.example>"
NEWER = "Nora Lund <nora@acme.example>"


def book(*items) -> Casebook:
    return assemble(b.facts(*items), b.LEXICON)


def applications(*items) -> tuple[Application, ...]:
    return book(*items).applications


def only(*items) -> Application:
    (found,) = applications(*items)
    return found


def invitation(sender=b.RITA, when="2026-09-01 09:00", start=SLOT, uid="u1", **more):
    more.setdefault("company", "Acme")
    return b.mail(sender, when, b.meeting(start, uid=uid, organizer=sender), **more)


def evidence_of(*found: Application) -> frozenset[str]:
    return frozenset().union(*(one.messages for one in found), *(i.anchors for one in found for i in one.interviews))


def merged(*found: Application, value: str = "") -> Mark:
    return b.mark(MarkKind.MERGED, *evidence_of(*found), value=value)


def at_one_firm():
    """Two jobs at one firm, arranged by different people."""
    return (
        invitation(role="Data Analyst"),
        invitation(NEWER, start="2026-09-09 10:00", uid="u2", role="Platform Engineer"),
    )


def test_two_jobs_are_one_process_once_the_user_says_so() -> None:
    mails = at_one_firm()
    first, second = applications(*mails)
    whole = only(*mails, merged(first, second))
    assert len(whole.interviews) == 2
    assert whole.messages == first.messages | second.messages


def test_a_later_mail_about_either_job_belongs_to_the_merged_process() -> None:
    mails = at_one_firm()
    mark = merged(*applications(*mails))
    later = invitation(
        "Ida Falk <ida@acme.example>", "2026-09-12 09:00", "2026-09-15 10:00", "u3", role="Platform Engineer"
    )
    assert len(only(*mails, later, mark).interviews) == 3


def test_two_firms_are_one_process_once_the_user_says_so() -> None:
    mails = invitation(role="Data Analyst"), invitation(GLOBEX, start="2026-09-09 10:00", uid="u2", company="Globex")
    found = applications(*mails)
    assert len(found) == 2
    assert len(only(*mails, merged(*found)).interviews) == 2


def test_without_the_word_they_are_two_again() -> None:
    mails = at_one_firm()
    assert len(applications(*mails, merged(*applications(*mails)))) == 1
    assert len(applications(*mails)) == 2


def test_two_meetings_are_one_once_the_user_says_so_at_the_time_told_last() -> None:
    mails = invitation(), invitation(when="2026-09-02 09:00", start="2026-09-10 12:00", uid="u2", subject="Talk")
    found = only(*mails)
    assert len(found.interviews) == 2
    (interview,) = only(*mails, merged(found, value="meeting")).interviews
    assert interview.start == b.at("2026-09-10 12:00")
    assert interview.moved_from == (b.at(SLOT),)


def stray(**more):
    """A refusal that names no job, from somebody whom both processes know."""
    return b.reply("People <people@acme.example>", "2026-09-12 09:00", ReplyKind.REJECTION, **more)


def linked(mail, target: Application, **more) -> Mark:
    message = mail.envelope.id
    return b.mark(MarkKind.LINKED, message, *evidence_of(target), value=message, **more)


def test_a_mail_that_could_be_about_two_jobs_is_asked_about_and_settled_by_a_link() -> None:
    mails, refusal = at_one_firm(), stray()
    casebook = book(*mails, refusal)
    (question,) = casebook.questions
    assert {one.state for one in casebook.applications} == {ApplicationState.OPEN}
    assert question.command == f"mailwatch link {mail_id(refusal.envelope.id)} {casebook.applications[0].id}"
    assert "Data Analyst" in question.text
    assert "Platform Engineer" in question.text
    settled = book(*mails, refusal, linked(refusal, casebook.applications[1]))
    assert settled.questions == ()
    states = {one.role: one.state for one in settled.applications}
    assert states == {"Data Analyst": ApplicationState.OPEN, "Platform Engineer": ApplicationState.REJECTED}


def test_a_mail_moves_to_the_process_that_the_user_names_and_takes_nothing_along() -> None:
    acme = invitation(role="Data Analyst")
    globex = invitation(GLOBEX, start="2026-09-09 10:00", uid="u2", company="Globex")
    refusal = b.reply(b.RITA, "2026-09-12 09:00", ReplyKind.REJECTION, answers=acme)
    found = {one.company: one for one in applications(acme, globex, refusal)}
    assert found["Acme"].state is ApplicationState.REJECTED
    moved = {one.company: one for one in applications(acme, globex, refusal, linked(refusal, found["Globex"]))}
    assert moved["Acme"].state is ApplicationState.OPEN
    assert moved["Globex"].state is ApplicationState.REJECTED


def test_of_two_links_of_one_mail_the_later_counts() -> None:
    mails, refusal = at_one_firm(), stray()
    first, second = applications(*mails)
    words = linked(refusal, first), linked(refusal, second, when="2026-09-14 09:00")
    states = [one.state for one in applications(*mails, refusal, *words)]
    assert states == [ApplicationState.OPEN, ApplicationState.REJECTED]


def test_a_link_to_what_is_not_known_any_more_changes_nothing() -> None:
    mail, refusal = invitation(), stray()
    mark = b.mark(MarkKind.LINKED, refusal.envelope.id, "<gone@mail.example>", value=refusal.envelope.id)
    assert only(mail, refusal, mark).state is ApplicationState.REJECTED


def test_a_mail_from_nobody_known_counts_where_the_user_puts_it() -> None:
    mail = invitation()
    private = b.reply("kit.private@gmail.com", "2026-09-12 09:00", ReplyKind.REJECTION, direction=Direction.UNKNOWN)
    before = only(mail, private)
    assert before.state is ApplicationState.OPEN
    assert only(mail, private, linked(private, before)).state is ApplicationState.REJECTED


def told(start: str = "2026-09-20 14:00", *evidence: str, minutes: int = 45, **more) -> Mark:
    begin = b.at(start)
    appointment = Appointment(begin, begin + minutes * (b.at("2026-01-01 00:01") - b.at("2026-01-01 00:00")), **more)
    return b.mark(MarkKind.ADDED, *evidence, when="2026-09-10 09:00", appointment=appointment)


@pytest.mark.scenario("D3")
def test_an_interview_agreed_by_phone_is_one_with_its_people() -> None:
    found = only(told(company="Initech", role="Tester", people=(("Bo Lind", "bo@initech.example"), ("Ana Ruiz", ""))))
    assert (found.company, found.role) == ("Initech", "Tester")
    (interview,) = found.interviews
    assert (interview.state, interview.start) == (InterviewState.SCHEDULED, b.at("2026-09-20 14:00"))
    assert [(person.name, person.address) for person in interview.people] == [
        ("Bo Lind", "bo@initech.example"),
        ("Ana Ruiz", None),
    ]
    assert interview.draftable
    assert interview.evidence[0].rule == "told"


def test_an_added_interview_joins_the_process_of_that_firm() -> None:
    found = only(invitation(role="Data Analyst"), told(company="Acme"))
    assert len(found.interviews) == 2


def test_an_added_interview_joins_the_process_that_the_user_names() -> None:
    mail = invitation(company="Acme")
    found = only(mail, told("2026-09-20 14:00", mail.envelope.id, company="Acme Staffing International"))
    assert len(found.interviews) == 2


def test_an_invitation_for_the_same_hour_is_the_added_interview() -> None:
    mail = invitation(when="2026-09-11 09:00", start="2026-09-20 14:00", role="Data Analyst")
    (interview,) = only(told(company="Acme", people=(("Bo Lind", "bo@acme.example"),)), mail).interviews
    assert {person.name for person in interview.people} >= {"Bo Lind"}


def test_a_later_cancellation_calls_an_added_interview_off() -> None:
    off = b.mail(
        "Bo Lind <bo@initech.example>",
        "2026-09-15 09:00",
        b.meeting("2026-09-20 14:00", state=b.MeetingState.CANCELLED),
        kind=b.MessageKind.INTERVIEW_CANCELLED,
        company="Initech",
    )
    (interview,) = only(told(company="Initech", people=(("Bo Lind", "bo@initech.example"),)), off).interviews
    assert interview.state is InterviewState.CANCELLED


def test_another_time_told_moves_the_interview_and_later_mail_moves_it_on() -> None:
    mail = invitation()
    (before,) = only(mail).interviews
    mark = told("2026-09-11 15:00", *before.anchors, previous=b.at(SLOT))
    (moved,) = only(mail, mark).interviews
    assert (moved.start, moved.moved_from) == (b.at("2026-09-11 15:00"), (b.at(SLOT),))
    again = b.mail(
        b.RITA,
        "2026-09-10 18:00",
        b.meeting("2026-09-12 09:00", previous_start=b.at("2026-09-11 15:00")),
        kind=b.MessageKind.INTERVIEW_RESCHEDULED,
        answers=mail,
    )
    (last,) = only(mail, mark, again).interviews
    assert last.start == b.at("2026-09-12 09:00")


def test_somebody_told_of_is_there_with_their_address_and_somebody_taken_away_is_not() -> None:
    mail = invitation()
    (interview,) = only(mail).interviews
    anchors = interview.anchors
    bo = b.mark(MarkKind.PERSON, *anchors, value="Bo Lind", person="bo@acme.example")
    address = b.mark(MarkKind.PERSON, *anchors, value="Rita Ek", person="rita.ek@acme.example", when="2026-09-11 09:00")
    gone = b.mark(MarkKind.NO_PERSON, *anchors, value="Bo Lind", person="bo@acme.example", when="2026-09-12 09:00")
    (with_both,) = only(mail, bo, address).interviews
    assert [person.address for person in with_both.people] == ["rita.ek@acme.example", "bo@acme.example"]
    assert [person.address for person in with_both.sessions[0].people] == ["rita.ek@acme.example", "bo@acme.example"]
    (without,) = only(mail, bo, address, gone).interviews
    assert [person.name for person in without.people] == ["Rita Ek"]


def test_an_address_told_of_reaches_the_sitting_of_that_person_alone() -> None:
    def slot(start: str, who: str):
        return b.meeting(start, uid="loop", agenda=True, people=(b.named_interviewer(who),), minutes=30)

    loop = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting("2026-09-08 09:00", uid="loop", minutes=120),
        slot("2026-09-08 09:00", "Bo Lind"),
        slot("2026-09-08 10:00", "Ana Ruiz"),
        company="Acme",
    )
    (interview,) = only(loop).interviews
    assert len(interview.sessions) == 2
    word = b.mark(MarkKind.PERSON, *interview.anchors, value="Ana Ruiz", person="ana@acme.example")
    (told_of,) = only(loop, word).interviews
    assert [[person.address for person in one.people] for one in told_of.sessions] == [[None], ["ana@acme.example"]]


def test_firm_and_job_are_called_what_the_user_calls_them() -> None:
    mail = invitation(role="Data Analyst")
    words = (
        b.mark(MarkKind.COMPANY, mail.envelope.id, value="Acme Labs"),
        b.mark(MarkKind.ROLE, mail.envelope.id, value="Analyst"),
    )
    found = only(mail, *words)
    assert (found.company, found.role) == ("Acme Labs", "Analyst")


def test_a_word_that_came_to_speak_of_two_processes_is_asked_about_with_what_takes_it_back() -> None:
    mails = at_one_firm()
    found = applications(*mails)
    mark = b.mark(MarkKind.COMPANY, *evidence_of(*found), value="Acme Labs")
    casebook = book(*mails, mark)
    assert {one.company for one in casebook.applications} == {"Acme"}
    (question,) = casebook.questions
    assert question.command == f"mailwatch unmark {mark.id[:6]}"


def test_what_was_said_holds_whatever_a_new_reading_makes_of_the_mail() -> None:
    mails, refusal = at_one_firm(), stray()
    first, second = applications(*mails)
    marks = linked(refusal, second), b.mark(MarkKind.COMPANY, *second.messages, value="Acme Labs")
    anew = [replace(mail, reading=replace(mail.reading, companies=(), roles=mail.reading.roles)) for mail in mails]
    found = applications(*anew, refusal, *marks)
    assert [one.state for one in found] == [ApplicationState.OPEN, ApplicationState.REJECTED]
    assert found[1].company == "Acme Labs"
    assert first.id == found[0].id
