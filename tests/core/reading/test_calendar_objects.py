"""Calendar objects in mails and calendars: state, people, sessions, and whose interview it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailwatch.core.model import (
    Attendee,
    CalendarEvent,
    Direction,
    Meeting,
    MeetingState,
    MessageKind,
    PersonPart,
    Reading,
)
from mailwatch.core.reading import read, read_event
from tests.core.reading.mails import ME, context, incoming

START = datetime(2026, 9, 15, 14, tzinfo=UTC)
USER = Attendee("Jo Ferris", "jo.ferris@gmail.com", "NEEDS-ACTION", "REQ-PARTICIPANT")
RITA = Attendee("Rita Ek", "rita.ek@acme.example", "ACCEPTED")
BO = Attendee("Bo Lind", "bo.lind@acme.example", "ACCEPTED", "REQ-PARTICIPANT")
TITLE = "Interview: Jo Ferris <> Acme - Data Analyst"


def event(*guests: Attendee, title: str = TITLE, minutes: int = 60, **more: Any) -> CalendarEvent:
    values: dict[str, Any] = {"method": "REQUEST", "organizer": RITA, "tzid": "Europe/London", **more}
    return CalendarEvent(
        "uid-1@acme", START, START + timedelta(minutes=minutes), title, attendees=guests or (USER, BO), **values
    )


def mailed(*events: CalendarEvent, text: str = "Please find the invitation attached.", **more: Any) -> Reading:
    return read(incoming(text, subject=events[0].summary, events=events, **more), context())


def only(reading: Reading) -> Meeting:
    (meeting,) = reading.meetings
    return meeting


def names(meeting: Meeting, part: PersonPart = PersonPart.INTERVIEWER) -> list[str]:
    return [person.name for person in meeting.people if person.part is part]


@pytest.mark.scenario("D1")
def test_an_invitation_is_a_confirmed_interview_with_its_guests_and_organizer() -> None:
    reading = mailed(event())
    meeting = only(reading)
    assert reading.kind is MessageKind.INTERVIEW_CONFIRMED
    assert (meeting.state, meeting.start, meeting.uid) == (MeetingState.CONFIRMED, START, "uid-1@acme")
    assert names(meeting) == ["Bo Lind"]
    assert names(meeting, PersonPart.UNSURE) == ["Rita Ek"]
    assert meeting.unanswered


@pytest.mark.parametrize(
    ("changes", "state", "kind"),
    [
        ({"method": "CANCEL"}, MeetingState.CANCELLED, MessageKind.INTERVIEW_CANCELLED),
        ({"status": "CANCELLED"}, MeetingState.CANCELLED, MessageKind.INTERVIEW_CANCELLED),
        ({"sequence": 1}, MeetingState.CONFIRMED, MessageKind.INTERVIEW_RESCHEDULED),
        ({"method": "COUNTER"}, MeetingState.PROPOSED, MessageKind.OTHER),
        ({"status": "TENTATIVE"}, MeetingState.PROPOSED, MessageKind.OTHER),
        ({"title": f"[Hold] {TITLE}"}, MeetingState.PROPOSED, MessageKind.OTHER),
        ({"title": f"Placeholder: {TITLE}"}, MeetingState.PROPOSED, MessageKind.OTHER),
    ],
)
def test_what_the_object_says_of_the_meeting(changes: dict[str, Any], state: MeetingState, kind: MessageKind) -> None:
    reading = mailed(event(**changes))
    assert (only(reading).state, reading.kind) == (state, kind)


@pytest.mark.scenario("D5", "D7")
def test_an_updated_invitation_is_a_new_time_by_its_title() -> None:
    assert mailed(event(title=f"Updated invitation: {TITLE}")).kind is MessageKind.INTERVIEW_RESCHEDULED


def test_the_users_refusal_is_told() -> None:
    meeting = only(mailed(event(replace(USER, partstat="DECLINED"), BO)))
    assert (meeting.state, meeting.user_declined) == (MeetingState.DECLINED, True)


def test_another_guests_answer_is_no_meeting() -> None:
    reading = mailed(event(method="REPLY"), text="Bo Lind has accepted this invitation.")
    assert reading.meetings == ()


def test_the_users_own_answer_accepts() -> None:
    reading = read(
        incoming("", subject=f"Accepted: {TITLE}", events=(event(method="REPLY"),), outgoing=True), context()
    )
    assert only(reading).state is MeetingState.ACCEPTED


def test_rooms_robots_shared_boxes_and_the_user_are_nobody() -> None:
    guests = (
        USER,
        BO,
        Attendee("Room 4", "room-4@resource.calendar.google.com", cutype="ROOM"),
        Attendee("", "no-reply@acme.example"),
        Attendee("Acme Jobs", "jobs@acme.example"),
        Attendee("", "", cutype="INDIVIDUAL"),
    )
    assert names(only(mailed(event(*guests)))) == ["Bo Lind"]


def test_an_optional_guest_is_unsure_and_one_who_declined_is_marked() -> None:
    optional = Attendee("Kai Ode", "kai.ode@acme.example", role="OPT-PARTICIPANT")
    away = Attendee("Mo Reed", "mo.reed@acme.example", "DECLINED", "REQ-PARTICIPANT")
    meeting = only(mailed(event(USER, BO, optional, away)))
    assert "Kai Ode" in names(meeting, PersonPart.UNSURE)
    assert [person.name for person in meeting.people if person.declined] == ["Mo Reed"]


def test_a_guest_who_is_the_organizer_is_listed_once() -> None:
    meeting = only(mailed(event(USER, RITA)))
    assert [(person.name, person.part, person.source) for person in meeting.people] == [
        ("Rita Ek", PersonPart.UNSURE, "organizer")
    ]


def test_an_organizer_that_is_a_tool_or_missing_is_nobody() -> None:
    tool = Attendee("Acme", "no-reply@calendly.com")
    assert only(mailed(event(organizer=tool))).people[0].name == "Bo Lind"
    assert len(only(mailed(event(organizer=None))).people) == 1


def test_a_guest_named_in_the_text_gets_a_title() -> None:
    text = "You will meet Bo Lind (Engineering Manager) and Ann Sy, Staff Engineer."
    meeting = only(mailed(event(), text=text))
    assert {person.name: person.title for person in meeting.people} == {
        "Bo Lind": "Engineering Manager",
        "Rita Ek": "",
        "Ann Sy": "Staff Engineer",
    }


def test_names_in_the_title_are_interviewers_where_a_guest_fits() -> None:
    meeting = only(mailed(event(title="Bo <> Jo | Acme interview")))
    assert names(meeting) == ["Bo Lind"]


@pytest.mark.scenario("D13")
def test_an_agenda_gives_sessions_with_their_own_people() -> None:
    agenda = "10:00 - 10:45 Bo Lind, Engineering Manager\n10:45 - 11:30 Ann Sy (Staff Engineer)"
    reading = mailed(_agenda(agenda))
    sessions = [meeting for meeting in reading.meetings if meeting.agenda]
    assert [names(meeting) for meeting in sessions] == [["Bo Lind"], ["Ann Sy"]]
    assert sessions[0].people[0].address == "bo.lind@acme.example"
    assert sessions[0].end == sessions[1].start


def _agenda(text: str) -> CalendarEvent:
    start = datetime(2026, 9, 15, 9, tzinfo=UTC)  # ten in London
    return replace(event(description=text), start=start, end=start + timedelta(minutes=90))


def test_a_single_time_is_no_agenda() -> None:
    reading = mailed(_agenda("10:00 Bo Lind\nSee you!"))
    assert not any(meeting.agenda for meeting in reading.meetings)


@pytest.mark.scenario("D30")
def test_an_all_day_entry_names_only_its_day() -> None:
    assert only(mailed(event(all_day=True))).day_only


@pytest.mark.parametrize(
    ("place", "medium"),
    [
        ("https://us02web.zoom.us/j/123", "video"),
        ("Phone: we will call you", "phone"),
        ("Our offices, 3rd floor, reception", "onsite"),
        ("", ""),
    ],
)
def test_how_they_meet(place: str, medium: str) -> None:
    assert only(mailed(event(location=place), text="See you.")).medium == medium


@pytest.mark.scenario("D11", "D12")
@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("Interview: Nia Paz - Data Analyst", "Please submit your scorecard. Resume attached."),
        ("Debrief: Nia Paz", "Hiring debrief for the Data Analyst role"),
        ("Interview panel sync", "Interview kit and questions for the candidate"),
    ],
)
def test_a_colleagues_invitation_about_a_candidate_is_the_users_side_of_the_table(title: str, description: str) -> None:
    boss = Attendee("Kit Moss", "kit.moss@brightwater.example")
    me = Attendee("Sam Okafor", "sam.okafor@brightwater.example", "NEEDS-ACTION")
    entry = event(me, title=title, description=description, organizer=boss)
    reading = read_event(entry, context("work"))
    assert reading.direction is Direction.INTERVIEWER
    assert reading.kind is not MessageKind.INTERVIEW_CONFIRMED


@pytest.mark.scenario("D25")
def test_an_entry_that_the_user_typed_says_interview_and_not_whose() -> None:
    entry = event(title="interview fenwicks hardware", method="", organizer=None)
    reading = read_event(replace(entry, attendees=()), context())
    assert reading.direction is Direction.UNKNOWN
    assert [evidence.rule for evidence in reading.evidence] == ["direction.own_entry"]
    assert reading.kind is MessageKind.OTHER


@pytest.mark.parametrize(
    "title",
    [
        "Kayleigh's interview - drive her there", "Podcast interview with Dana", "Mock interview", "Visa interview", "Exit interview",
        "Parent interview at school", "Respirator fit test + health interview", "Informational interview with Ann",
    ],
)  # fmt: skip
def test_other_peoples_and_other_kinds_of_interviews_are_none_of_the_users(title: str) -> None:
    entry = replace(event(title=title, method=""), attendees=(USER, BO))
    assert read_event(entry, context()).kind is not MessageKind.INTERVIEW_CONFIRMED


def test_a_calendar_entry_with_the_users_name_is_the_users() -> None:
    entry = event(USER, title="Vorstellungsgespräch Jo Ferris", method="")
    assert read_event(entry, context()).direction is Direction.CANDIDATE


def test_a_personal_meeting_is_nothing() -> None:
    reading = read_event(event(title="Dinner at Bo's", method=""), context())
    assert (reading.kind, reading.direction) == (MessageKind.OTHER, Direction.UNKNOWN)
    assert ME["home"].name not in [person.name for person in reading.people]
