"""Meetings stated in plain words: proposed, agreed, moved, called off. Mails of Thursday 10 September 2026, three in the afternoon in London."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from mailwatch.core.model import (
    Address,
    Direction,
    Me,
    Meeting,
    MeetingState,
    MessageKind,
    Reading,
)
from mailwatch.core.reading import read
from mailwatch.core.reading.applying import APPLIES
from tests.core.reading.mails import context, incoming

ME = Me("Jo Ferris", Address("jo.ferris@gmail.com"), frozenset({Address("jo.ferris@gmail.com")}), "Europe/London")
TUESDAY_TWO = datetime(2026, 9, 15, 13, tzinfo=UTC)
JOB = "Thank you for applying for the Data Analyst position. "
ASKED = "We'd like to invite you to an interview for the Data Analyst position."


def told(text: str, *, subject: str = "Data Analyst at Acme", **more: Any) -> Reading:
    return read(incoming(text, me=ME, subject=subject, offset=60, **more), context(ME))


def wrote(text: str, *, subject: str = "Re: Data Analyst at Acme", quoted: str = ASKED, **more: Any) -> Reading:
    """The user's own answer."""
    return told(text, subject=subject, quoted=quoted, outgoing=True, to="Rita Ek <rita.ek@acme.example>", **more)


def states(reading: Reading) -> list[tuple[str, str]]:
    return [
        (meeting.state.value, meeting.start.strftime("%m-%d" if meeting.day_only else "%m-%d %H:%M"))
        for meeting in reading.meetings
        if meeting.start
    ]


def only(reading: Reading) -> Meeting:
    (meeting,) = reading.meetings
    return meeting


@pytest.mark.scenario("D9")
@pytest.mark.parametrize(
    "text",
    [
        f"{ASKED} Would Tuesday at 2 pm work for you?",
        f"{ASKED} Could you do Tuesday at 2 pm?",
        f"{ASKED} Are you free on Tuesday at 2 pm?",
        f"{ASKED} Tuesday at 2 pm would be ideal for me.",
        f"{ASKED} We suggest Tuesday at 2 pm.",
        f"{ASKED} Please let me know if Tuesday at 2 pm suits you.",
        "can u pop in tues at 2 for a quick interview? got ur cv for the counter assistant job",
    ],
)
def test_a_question_with_a_time_is_a_proposal(text: str) -> None:
    reading = told(text)
    assert reading.kind is MessageKind.INTERVIEW_REQUEST
    assert reading.direction is Direction.CANDIDATE
    assert (only(reading).state, only(reading).start) == (MeetingState.PROPOSED, TUESDAY_TWO)


@pytest.mark.parametrize(
    "text",
    [
        f"{JOB}Your interview is confirmed for Tuesday, 15 September at 2 pm.",
        f"{JOB}Confirming our interview on Tuesday at 2 pm. You will meet Bo Lind.",
        f"{JOB}Your interview will take place on 15 September at 14:00.",
        f"{JOB}Just a reminder of your interview on Tuesday at 2 pm.",
        "Interview for the HVAC Technician spot will be with me and my brother Royce, Tuesday 2pm at the shop.",
    ],
)
def test_a_stated_time_is_confirmed(text: str) -> None:
    reading = told(text)
    assert reading.kind is MessageKind.INTERVIEW_CONFIRMED
    assert states(reading) == [("confirmed", "09-15 13:00")]


@pytest.mark.scenario("D8")
@pytest.mark.parametrize(
    "text",
    [
        "Tuesday at 2 works for me, thank you.",
        "Perfect, see you on Tuesday at 2 pm.",
        "I can do Tuesday at 2 pm. Looking forward to it.",
        "Yes, Tuesday 15 September at 14:00 is fine.",
        "hi yes tuesday half 2 is great see you then",
    ],
)
def test_the_users_yes_to_a_time(text: str) -> None:
    reading = wrote(text)
    assert reading.kind is MessageKind.SCHEDULING_SENT
    assert only(reading).state is MeetingState.ACCEPTED


def test_the_users_own_slots_are_proposals() -> None:
    assert states(wrote("I could do Tuesday at 2 pm, Wednesday at 3 pm or Friday at 10 am.")) == [
        ("proposed", "09-15 13:00"),
        ("proposed", "09-16 14:00"),
        ("proposed", "09-11 09:00"),
    ]
    assert states(wrote("Would Tuesday at 2 pm suit you?")) == [("proposed", "09-15 13:00")]


@pytest.mark.parametrize(
    "text", ["That works, thank you!", "Will do, thank you Mr. Fenwick!", "Yes please.", "Sounds good, see you then."]
)
def test_assent_without_a_time(text: str) -> None:
    reading = wrote(text)
    assert reading.assent
    assert reading.kind is MessageKind.SCHEDULING_SENT


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Would that work for you?", {"quoted": "Tuesday?"}),
        ("That works. " + "We have a lot to tell about the firm. " * 15, {"quoted": "Tuesday?"}),
        ("Perfect, talk then.", {}),
        ("That time works, but could we reschedule?", {"quoted": "Tuesday?"}),
    ],
)
def test_no_assent(text: str, more: dict[str, Any]) -> None:
    assert not told(text, subject="Data Analyst", **more).assent


def test_the_employers_yes_to_the_users_time() -> None:
    reading = told(
        "Tuesday at 2 works for us. Talk then!", subject="Re: Data Analyst", quoted="Would Tuesday at 2 suit?"
    )
    assert reading.assent
    assert only(reading).state is MeetingState.ACCEPTED


@pytest.mark.scenario("D5", "D28")
@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("Your interview has been moved from Monday at 10 am to Tuesday at 2 pm.", datetime(2026, 9, 14, 9, tzinfo=UTC)),
        ("We have to reschedule your interview: Tuesday at 2 pm instead of Monday at 10 am.", datetime(2026, 9, 14, 9, tzinfo=UTC)),
        ("Your interview has been rescheduled to Tuesday at 2 pm.", None),
    ],
)  # fmt: skip
def test_a_move_names_the_new_time_and_the_old(text: str, old: datetime | None) -> None:
    reading = told(text)
    assert reading.kind is MessageKind.INTERVIEW_RESCHEDULED
    assert (only(reading).start, only(reading).previous_start) == (TUESDAY_TWO, old)


def test_who_looks_forward_to_a_talk_moves_none() -> None:
    assert (
        told("I look forward to our interview for the Analyst position tomorrow.").kind
        is not MessageKind.INTERVIEW_RESCHEDULED
    )
    brought = "Could we bring our interview for the Analyst position forward to Friday at 10:00?"
    assert told(brought).kind is MessageKind.INTERVIEW_RESCHEDULED


@pytest.mark.scenario("D6")
@pytest.mark.parametrize(
    "text",
    [
        "Unfortunately we have to cancel your interview on Tuesday at 2 pm.",
        "Your interview on Tuesday at 2 pm will not take place.",
    ],
)
def test_a_cancellation_in_words(text: str) -> None:
    reading = told(text)
    assert reading.kind is MessageKind.INTERVIEW_CANCELLED
    assert states(reading) == [("cancelled", "09-15 13:00")]


def test_a_reply_subject_repeats_the_past() -> None:
    reading = told("Thank you, we have what we need.", subject="Re: Interview on Tuesday at 2 pm")
    assert reading.meetings == ()


def test_a_time_already_gone_by_and_one_far_away_are_no_meetings() -> None:
    assert told(f"{JOB}We received your interview recording today at 11 am.").meetings == ()
    assert told(f"{JOB}Your interview is on 3 December 2027 at 10 am.").meetings == ()


@pytest.mark.scenario("D13")
def test_lines_of_times_and_names_are_sessions() -> None:
    text = (
        "Your interview is confirmed. Here is the plan for Tuesday 15 September:\n\n"
        "14:00 - 14:45 Bo Lind, Engineering Manager\n14:45 - 15:30 Ann Sy, Staff Engineer\n"
    )
    sessions = [meeting for meeting in told(text).meetings if meeting.agenda]
    assert [[person.name for person in meeting.people] for meeting in sessions] == [["Bo Lind"], ["Ann Sy"]]
    assert [meeting.title for meeting in sessions] == ["Bo Lind, Engineering Manager", "Ann Sy, Staff Engineer"]


def test_a_length_stated_once_gives_the_end() -> None:
    text = f"{JOB}Your interview is confirmed for Tuesday at 2 pm. It will take 45 minutes."
    assert only(told(text)).end == datetime(2026, 9, 15, 13, 45, tzinfo=UTC)
    two = f"{JOB}Your interview is confirmed for Tuesday at 2 pm: 45 minutes, then 30 minutes of questions."
    assert only(told(two)).end is None


@pytest.mark.scenario("D10")
def test_a_booking_link_is_a_request_without_a_time() -> None:
    text = (
        "saw your talk. hiring a Founding Engineer at Driftpath and think you'd fit. wanna talk? cal.com/amara/founder"
    )
    reading = told(text, subject="founding engineer?", sender="Amara Quill <amara@driftpath.example>")
    assert (reading.kind, reading.meetings) == (MessageKind.INTERVIEW_REQUEST, ())
    bare = told(text.split(" wanna", maxsplit=1)[0], subject="hello", sender="Amara Quill <amara@driftpath.example>")
    assert bare.kind is not MessageKind.INTERVIEW_REQUEST


@pytest.mark.parametrize(
    ("language", "text", "state"),
    [
        ("de", "wir laden Sie gern zu einem Vorstellungsgespräch ein: Dienstag, 15. September 2026, um 14 Uhr. Bitte bestätigen Sie den Termin für die Stelle als Netzplaner.", {"proposed", "confirmed"}),
        ("fr", "Nous vous proposons un entretien pour le poste d'analyste le mardi 15 septembre à 14 h. Cela vous convient-il ?", {"proposed"}),
        ("es", "Nos gustaría invitarte a una entrevista para el puesto de analista. ¿Te viene bien el martes 15 de septiembre a las 14:00?", {"proposed"}),
        ("it", "La invitiamo a un colloquio per la posizione di analista: martedì 15 settembre alle ore 14 va bene per Lei?", {"proposed"}),
        ("pt", "Gostaríamos de convidá-lo para uma entrevista para a vaga de analista. Terça-feira, 15 de setembro, às 14h, pode ser?", {"proposed"}),
        ("nl", "We nodigen je graag uit voor een sollicitatiegesprek voor de functie van analist. Schikt dinsdag 15 september om 14.00 uur?", {"proposed"}),
    ],
)  # fmt: skip
def test_other_languages(language: str, text: str, state: set[str]) -> None:
    reading = told(text, subject="")
    assert reading.language == language
    assert reading.kind in (MessageKind.INTERVIEW_REQUEST, MessageKind.INTERVIEW_CONFIRMED)
    assert {one for one, _ in states(reading)} <= state
    assert [start for _, start in states(reading)] == ["09-15 13:00"]


def test_the_users_withdrawal_and_refusal_are_told() -> None:
    text = "I would like to withdraw my application for the Data Analyst position."
    assert wrote(text).kind is MessageKind.DECLINE_SENT


def test_the_users_other_mails() -> None:
    assert wrote("Thank you for the conversation today about the audit trail.").kind is MessageKind.THANK_YOU_SENT
    assert wrote("Please find my references attached.").kind is MessageKind.OTHER_SENT


def relative(reading: Reading) -> list[tuple[str, object]]:
    """What names no moment by itself: the state, and the shift, hour or choice."""
    return [
        (meeting.state.value, meeting.shift or meeting.clock or meeting.nth)
        for meeting in reading.meetings
        if meeting.relative
    ]


@pytest.mark.scenario("D28")
def test_a_move_by_some_hours_waits_for_the_meeting_that_it_moves() -> None:
    asked = told(
        "We must push our interview back by an hour, is that all right?", subject="Re: Interview", quoted=ASKED
    )
    assert relative(asked) == [("proposed", timedelta(hours=1))]
    assert relative(told("Your interview starts two hours later.", quoted=ASKED)) == [("confirmed", timedelta(hours=2))]


@pytest.mark.scenario("D28")
def test_an_hour_that_replaces_another_names_both() -> None:
    reading = told("Could you come at 4 pm instead of 2 pm?", subject="Re: Interview", quoted=ASKED)
    assert [(m.clock, m.clock_before) for m in reading.meetings] == [(time(16), time(14))]


@pytest.mark.scenario("D9")
@pytest.mark.parametrize(
    ("text", "choice"),
    [("The second one, please.", 2), ("The latter suits me.", -1), ("The first slot is great.", 1)],
)
def test_a_choice_by_number_is_kept_until_the_offers_are_known(text: str, choice: int) -> None:
    assert relative(wrote(text)) == [("accepted", choice)]


@pytest.mark.scenario("D31")
def test_of_two_hours_in_a_sentence_only_the_one_of_the_clause_is_called_off() -> None:
    text = "Le rendez-vous de 9 h 30 est maintenu ; celui de 11 h tombe à l'eau, désolée."
    reading = read(incoming(text, me="noe", subject="Re: Entretien", quoted="Entretien"), context("noe"))
    assert relative(reading) == [("cancelled", time(11))]


@pytest.mark.scenario("D9")
@pytest.mark.parametrize(
    "text",
    [
        "I'd like to apply for the framer post. My CV is attached.",
        "Petra says you're looking for a night baker. Six years of sourdough, I can start right away.",
        "Your ad says you need a joiner. I worked on boats for nine years, licensed and with my own tools.",
    ],
)
def test_who_asks_for_work_applies(text: str) -> None:
    assert APPLIES in rules(told(text, subject="Hello", outgoing=True, to="tess@moreauframes.example"))


@pytest.mark.parametrize(
    "text",
    [
        "I saw your ad for the two-room flat. I have a steady job and references.",
        "I need a plumber for a leak under the sink. Could you come on Tuesday?",
        "I'd like to apply for the evening class in pottery.",
        "Thank you for your ad. We are looking for a framer ourselves.",
    ],
)
def test_who_asks_for_something_else_does_not(text: str) -> None:
    assert APPLIES not in rules(told(text, subject="Hello", outgoing=True, to="tess@moreauframes.example"))


def rules(reading: Reading) -> set[str]:
    return {evidence.rule for evidence in reading.evidence}
