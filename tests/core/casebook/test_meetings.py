"""The same meeting in many traces; how it is agreed, moved and called off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailwatch.core.casebook import assemble
from mailwatch.core.model import (
    Application,
    Direction,
    InterviewState,
    MarkKind,
    MeetingState,
    MessageKind,
    PersonPart,
    ReplyKind,
    ZoneState,
)
from tests.core import builders as b

SLOT = "2026-09-08 10:00"
LATER = "2026-09-10 14:00"


def applications(*items) -> tuple[Application, ...]:
    return assemble(b.facts(*items), b.LEXICON).applications


def only(*items) -> Application:
    found = applications(*items)
    assert len(found) == 1, [one.company for one in found]
    return found[0]


def interviews(*items):
    return only(*items).interviews


def one(*items):
    found = interviews(*items)
    assert len(found) == 1, [(item.state, item.start) for item in found]
    return found[0]


def proposed(*times, sender=b.RITA, when="2026-09-01 09:00", **more):
    offers = [b.meeting(time, state=MeetingState.PROPOSED) for time in times]
    return b.mail(sender, when, *offers, kind=MessageKind.INTERVIEW_REQUEST, **more)


def accepted(answers, time, when="2026-09-01 12:00", to=b.RITA, **more):
    return b.sent(
        to,
        when,
        b.meeting(time, state=MeetingState.ACCEPTED),
        kind=MessageKind.SCHEDULING_SENT,
        answers=answers,
        **more,
    )


@pytest.mark.scenario("D1")
def test_an_invitation_by_mail_is_an_interview() -> None:
    found = one(b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA)))
    assert (found.state, found.start, found.end) == (InterviewState.SCHEDULED, b.at(SLOT), b.at("2026-09-08 11:00"))
    assert "u1" in found.anchors


@pytest.mark.scenario("D4")
def test_calendar_invitation_confirmation_and_reminder_are_one_interview_with_four_evidences() -> None:
    invite = b.mail(
        b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA, people=[b.BO]), ident="<invite@x>"
    )
    robot = "Acme <noreply@greenhouse-mail.test>"
    confirmation = b.mail(robot, "2026-09-01 09:05", b.meeting(SLOT, uid="u2"), company="Acme", ident="<confirm@x>")
    reminder = b.mail(
        robot, "2026-09-07 10:00", b.meeting("2026-09-08 10:10", minutes=None), company="Acme", ident="<remind@x>"
    )
    found = one(b.event(SLOT, uid="u1", guests=[b.BO]), invite, confirmation, reminder)
    assert {"u1", "u2", "<invite@x>", "<confirm@x>", "<remind@x>"} <= found.anchors
    assert found.start == b.at(SLOT)


@pytest.mark.scenario("D5")
def test_a_higher_sequence_moves_the_same_meeting() -> None:
    first = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    update = b.mail(b.RITA, "2026-09-03 09:00", b.meeting(LATER, uid="u1", organizer=b.RITA, sequence=1))
    found = one(first, update)
    assert (found.start, found.moved_from) == (b.at(LATER), (b.at(SLOT),))


@pytest.mark.scenario("D5")
def test_an_old_version_that_arrives_late_changes_nothing() -> None:
    update = b.mail(b.RITA, "2026-09-03 09:00", b.meeting(LATER, uid="u1", organizer=b.RITA, sequence=1))
    late = b.mail(b.RITA, "2026-09-03 10:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    assert one(update, late).start == b.at(LATER)


def test_a_calendar_that_was_moved_is_followed_version_by_version() -> None:
    first = b.event(SLOT, uid="u1", seen="2026-09-01 09:00")
    second = b.event(LATER, uid="u1", seen="2026-09-03 09:00", sequence=1)
    back = b.event(SLOT, uid="u1", seen="2026-09-04 09:00", sequence=2)
    assert one(first, second).start == b.at(LATER)
    assert one(first, second, back).start == b.at(SLOT)


@pytest.mark.scenario("D6")
def test_a_cancel_from_the_organizer_cancels() -> None:
    first = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    cancel = b.mail(
        b.RITA,
        "2026-09-07 18:00",
        b.meeting(SLOT, uid="u1", organizer=b.RITA, sequence=1, state=MeetingState.CANCELLED),
        kind=MessageKind.INTERVIEW_CANCELLED,
    )
    assert one(first, cancel).state is InterviewState.CANCELLED


@pytest.mark.scenario("D6")
def test_a_cancel_in_words_means_the_meeting_ahead() -> None:
    first = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    cancel = b.mail(
        b.RITA, "2026-09-07 18:00", b.meeting(None, state=MeetingState.CANCELLED), kind=MessageKind.INTERVIEW_CANCELLED
    )
    stale = b.event(SLOT, uid="u1", seen="2026-09-20 09:00")
    assert one(first, cancel, stale).state is InterviewState.CANCELLED


@pytest.mark.scenario("D6")
def test_a_removal_counts_only_before_the_end() -> None:
    there = b.event(SLOT, uid="u1")
    assert one(there, b.event(SLOT, uid="u1", seen="2026-09-07 09:00", removed=True)).state is InterviewState.CANCELLED
    assert one(there, b.event(SLOT, uid="u1", seen="2026-09-08 12:00", removed=True)).state is InterviewState.SCHEDULED


def test_a_cancelled_event_in_the_calendar_is_cancelled() -> None:
    assert (
        one(b.event(SLOT, uid="u1"), b.event(SLOT, uid="u1", seen="2026-09-05 09:00", status="CANCELLED")).state
        is InterviewState.CANCELLED
    )


def test_a_cancel_of_something_unknown_opens_nothing() -> None:
    words = b.mail(
        b.RITA, "2026-09-07 18:00", b.meeting(None, state=MeetingState.CANCELLED), kind=MessageKind.INTERVIEW_CANCELLED
    )
    assert interviews(words) == ()


@pytest.mark.scenario("D5", "D6")
def test_a_stranger_neither_moves_nor_cancels() -> None:
    first = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    forged = [
        b.mail(
            "Eve <eve@evil.test>",
            "2026-09-05 09:00",
            b.meeting(LATER, uid="u1", organizer="Eve <eve@evil.test>", sequence=5),
        ),
        b.mail(
            "Eve <eve@evil.test>",
            "2026-09-05 10:00",
            b.meeting(SLOT, uid="u1", organizer=b.RITA, sequence=6, state=MeetingState.CANCELLED),
        ),
    ]
    found = one(first, *forged)
    assert (found.state, found.start) == (InterviewState.SCHEDULED, b.at(SLOT))
    assert any("eve@evil.test" in doubt for doubt in found.doubts)


def test_a_colleague_of_the_organizer_may_change_it() -> None:
    first = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    update = b.mail(b.KIT, "2026-09-05 09:00", b.meeting(LATER, uid="u1", organizer=b.KIT, sequence=1))
    assert one(first, update).start == b.at(LATER)


@pytest.mark.scenario("D7")
@pytest.mark.parametrize("cancel_first", [True, False])
def test_cancel_and_new_booking_are_one_round(cancel_first: bool) -> None:
    tool = "Calendly <notifications@calendly.test>"
    booked = b.mail(tool, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA), reply_to=[b.RITA])
    times = ("2026-09-05 09:00", "2026-09-05 09:01") if cancel_first else ("2026-09-05 09:01", "2026-09-05 09:00")
    cancel = b.mail(
        tool,
        times[0],
        b.meeting(SLOT, uid="u1", organizer=b.RITA, sequence=1, state=MeetingState.CANCELLED),
        kind=MessageKind.INTERVIEW_CANCELLED,
        reply_to=[b.RITA],
    )
    again = b.mail(tool, times[1], b.meeting(LATER, uid="u2", organizer=b.RITA), reply_to=[b.RITA])
    found = one(booked, cancel, again)
    assert (found.start, found.moved_from) == (b.at(LATER), (b.at(SLOT),))
    assert {"u1", "u2"} <= found.anchors


def test_a_second_round_booked_long_after_a_cancelled_one_is_its_own() -> None:
    first = b.mail(b.RITA, "2026-08-01 09:00", b.meeting("2026-08-05 10:00", uid="u1", organizer=b.RITA))
    cancel = b.mail(
        b.RITA,
        "2026-08-03 09:00",
        b.meeting("2026-08-05 10:00", uid="u1", organizer=b.RITA, sequence=1, state=MeetingState.CANCELLED),
        kind=MessageKind.INTERVIEW_CANCELLED,
    )
    later = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u2", organizer=b.RITA))
    assert [item.state for item in interviews(first, cancel, later)] == [
        InterviewState.CANCELLED,
        InterviewState.SCHEDULED,
    ]


def test_one_cancelled_session_of_a_loop_is_not_the_other_one_moved() -> None:
    loop = [
        b.mail(b.RITA, "2026-09-01 09:00", b.meeting(f"2026-09-08 {h}:00", uid=f"u{h}", organizer=b.RITA))
        for h in (10, 11)
    ]
    cancel = b.mail(
        b.RITA,
        "2026-09-02 09:00",
        b.meeting(SLOT, uid="u10", organizer=b.RITA, sequence=1, state=MeetingState.CANCELLED),
        kind=MessageKind.INTERVIEW_CANCELLED,
    )
    assert {item.state for item in interviews(*loop, cancel)} == {InterviewState.CANCELLED, InterviewState.SCHEDULED}


@pytest.mark.scenario("D7")
def test_a_fresh_invitation_that_says_moved_replaces_the_old_one() -> None:
    robot = "Acme <noreply@greenhouse-mail.test>"
    first = b.mail(robot, "2026-09-01 09:00", b.meeting(SLOT, uid="u1"), company="Acme")
    fresh = b.mail(
        robot, "2026-09-03 09:00", b.meeting(LATER, uid="u2"), company="Acme", kind=MessageKind.INTERVIEW_RESCHEDULED
    )
    assert one(first, fresh).start == b.at(LATER)


@pytest.mark.scenario("D8")
def test_a_proposal_and_its_acceptance_are_an_interview() -> None:
    offer = proposed(SLOT)
    found = one(offer, accepted(offer, SLOT))
    assert (found.state, found.start) == (InterviewState.SCHEDULED, b.at(SLOT))


@pytest.mark.scenario("D8")
def test_a_bare_that_works_accepts_the_only_time_offered() -> None:
    offer = proposed(SLOT)
    yes = b.sent(b.RITA, "2026-09-01 12:00", assent=True, answers=offer, kind=MessageKind.SCHEDULING_SENT)
    assert one(offer, yes).start == b.at(SLOT)
    several = proposed(SLOT, LATER)
    yes = b.sent(b.RITA, "2026-09-01 12:00", assent=True, answers=several, kind=MessageKind.SCHEDULING_SENT)
    assert one(several, yes).state is InterviewState.REQUESTED


@pytest.mark.scenario("D8")
def test_the_users_proposal_accepted_by_the_employer_is_agreed() -> None:
    ask = b.mail(b.RITA, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST)
    mine = b.sent(b.RITA, "2026-09-01 12:00", b.meeting(SLOT, state=MeetingState.PROPOSED), answers=ask)
    yes = b.mail(
        b.RITA, "2026-09-01 13:00", answers=mine, assent=True, direction=Direction.UNKNOWN, kind=MessageKind.OTHER
    )
    assert one(ask, mine).state is InterviewState.REQUESTED
    assert one(ask, mine, yes).start == b.at(SLOT)


@pytest.mark.scenario("D9")
def test_a_proposal_alone_is_only_requested() -> None:
    found = one(proposed(SLOT, LATER))
    assert (found.state, found.start) == (InterviewState.REQUESTED, None)


@pytest.mark.scenario("D9")
def test_one_side_alone_agrees_to_nothing() -> None:
    ask = b.mail(b.RITA, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST)
    assert one(ask, accepted(ask, SLOT)).state is InterviewState.REQUESTED


def test_picking_an_hour_on_a_day_they_named_waits_for_their_word() -> None:
    offer = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting("2026-09-08 00:00", state=MeetingState.PROPOSED, day_only=True, minutes=None),
        kind=MessageKind.INTERVIEW_REQUEST,
    )
    mine = accepted(offer, SLOT)
    assert one(offer, mine).state is InterviewState.REQUESTED
    word = b.mail(b.RITA, "2026-09-01 15:00", b.meeting(SLOT), answers=mine)
    assert one(offer, mine, word).start == b.at(SLOT)


def test_a_time_inside_an_offered_span_is_agreed() -> None:
    offer = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting("2026-09-08 09:00", state=MeetingState.PROPOSED, minutes=180),
        kind=MessageKind.INTERVIEW_REQUEST,
    )
    assert one(offer, accepted(offer, SLOT)).start == b.at(SLOT)


def test_an_offered_day_with_one_hour_is_accepted_by_the_day() -> None:
    offer = proposed(SLOT, LATER)
    day = b.sent(
        b.RITA,
        "2026-09-01 12:00",
        b.meeting("2026-09-08 00:00", state=MeetingState.ACCEPTED, day_only=True, minutes=None),
        answers=offer,
    )
    assert one(offer, day).start == b.at(SLOT)


def test_the_employer_agreeing_to_a_time_we_never_saw_proposed_settles_it() -> None:
    said = b.sent(b.RITA, "2026-09-01 08:00")
    yes = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, state=MeetingState.ACCEPTED), answers=said)
    assert one(said, yes).start == b.at(SLOT)


@pytest.mark.scenario("D8")
def test_a_first_letter_cannot_agree_to_a_time_it_can_only_propose_one() -> None:
    first = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, state=MeetingState.ACCEPTED))
    assert (one(first).state, one(first).start) == (InterviewState.REQUESTED, None)
    agreed = one(first, b.sent(b.RITA, "2026-09-01 12:00", assent=True, answers=first))
    assert (agreed.state, agreed.start) == (InterviewState.SCHEDULED, b.at(SLOT))


@pytest.mark.scenario("D10")
def test_a_booking_link_alone_is_requested_until_it_is_booked() -> None:
    ask = b.mail(b.RITA, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST)
    again = b.mail(b.RITA, "2026-09-03 09:00", kind=MessageKind.INTERVIEW_REQUEST, answers=ask)
    assert one(ask, again).state is InterviewState.REQUESTED
    booked = b.mail(
        "Calendly <notifications@calendly.test>",
        "2026-09-04 09:00",
        b.meeting(SLOT, uid="u1", organizer=b.RITA),
        reply_to=[b.RITA],
    )
    assert one(ask, again, booked).start == b.at(SLOT)


def test_a_request_by_the_recruiter_is_settled_by_the_systems_confirmation() -> None:
    ask = b.mail(b.KIT, "2026-09-01 09:00", kind=MessageKind.NEXT_ROUND, reply=ReplyKind.NEXT_ROUND)
    confirmation = b.mail(
        "Acme <noreply@greenhouse-mail.test>", "2026-09-02 09:00", b.meeting(SLOT, uid="u1"), company="Acme"
    )
    assert one(ask, confirmation).start == b.at(SLOT)


@pytest.mark.scenario("D28", "R8")
def test_words_move_a_meeting_though_the_calendar_keeps_the_old_time() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    words = b.mail(
        b.RITA,
        "2026-09-07 20:00",
        b.meeting(LATER, state=MeetingState.PROPOSED, previous_start=b.at(SLOT)),
        kind=MessageKind.INTERVIEW_RESCHEDULED,
        subject="Tomorrow",
    )
    yes = accepted(words, LATER, "2026-09-07 21:00")
    shown = b.event(SLOT, uid="u1", seen="2026-09-08 18:00")
    found = one(invite, words, yes, shown)
    assert (found.state, found.start, found.moved_from) == (InterviewState.SCHEDULED, b.at(LATER), (b.at(SLOT),))
    assert found.conflict_end == b.at("2026-09-08 11:00")
    assert any("calendar still shows" in doubt for doubt in found.doubts)


@pytest.mark.scenario("D28")
def test_a_calendar_that_has_caught_up_is_no_conflict() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    words = b.mail(b.RITA, "2026-09-07 20:00", b.meeting(LATER), kind=MessageKind.INTERVIEW_RESCHEDULED)
    shown = b.event(LATER, uid="u1", seen="2026-09-08 18:00", sequence=1)
    found = one(invite, words, shown)
    assert (found.start, found.conflict_end, found.doubts) == (b.at(LATER), None, ())


def test_a_move_that_is_only_proposed_leaves_no_meeting_at_the_old_time() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    words = b.mail(
        b.RITA,
        "2026-09-07 20:00",
        b.meeting(LATER, state=MeetingState.PROPOSED),
        kind=MessageKind.INTERVIEW_RESCHEDULED,
    )
    assert one(invite, words, b.event(SLOT, uid="u1", seen="2026-09-08 18:00")).state is InterviewState.REQUESTED


def test_the_old_event_tidied_away_after_a_move_in_words_cancels_nothing() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    words = b.mail(
        b.RITA, "2026-09-05 09:00", b.meeting(LATER, previous_start=b.at(SLOT)), kind=MessageKind.INTERVIEW_RESCHEDULED
    )
    cancel = b.mail(
        b.RITA,
        "2026-09-05 10:00",
        b.meeting(SLOT, uid="u1", organizer=b.RITA, sequence=1, state=MeetingState.CANCELLED),
    )
    found = one(invite, words, cancel)
    assert (found.state, found.start) == (InterviewState.SCHEDULED, b.at(LATER))


@pytest.mark.scenario("D29")
def test_a_meeting_that_nobody_came_to_can_be_moved_afterwards() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    sorry = b.mail(
        b.RITA,
        "2026-09-08 12:00",
        b.meeting("2026-09-10 00:00", state=MeetingState.PROPOSED, day_only=True, minutes=None),
        kind=MessageKind.INTERVIEW_RESCHEDULED,
    )
    yes = accepted(sorry, "2026-09-10 10:00", "2026-09-08 13:00")
    found = one(invite, b.event(SLOT, uid="u1"), sorry, yes)
    assert (found.state, found.start) == (InterviewState.SCHEDULED, b.at("2026-09-10 10:00"))


@pytest.mark.scenario("D29")
def test_the_users_mark_says_that_it_did_not_happen() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    assert one(invite, b.mark(MarkKind.DID_NOT_HAPPEN, "u1")).state is InterviewState.DID_NOT_HAPPEN


@pytest.mark.scenario("D20")
def test_declined_by_the_user_in_the_calendar_or_by_mail() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    assert (
        one(invite, b.event(SLOT, uid="u1", answer="DECLINED", seen="2026-09-05 09:00")).state
        is InterviewState.DECLINED
    )
    no = b.sent(b.RITA, "2026-09-03 09:00", b.meeting(None, state=MeetingState.DECLINED), answers=invite)
    assert one(invite, no).state is InterviewState.DECLINED
    reminder = b.mail(b.RITA, "2026-09-07 09:00", b.meeting(SLOT, minutes=None), answers=invite)
    assert one(invite, no, reminder).state is InterviewState.DECLINED


@pytest.mark.scenario("D20")
def test_an_unanswered_invitation_counts_and_says_so() -> None:
    found = one(b.event(SLOT, answer="NEEDS-ACTION"))
    assert (found.state, found.unanswered) == (InterviewState.SCHEDULED, True)
    assert not one(b.event(SLOT, answer="ACCEPTED")).unanswered


@pytest.mark.scenario("D13")
def test_meetings_of_one_day_are_sessions_of_one_round() -> None:
    loop = [
        b.mail(b.KIT, "2026-09-01 09:00", b.meeting(f"2026-09-08 {hour}:00", uid=f"u{hour}", people=[who]))
        for hour, who in ((10, b.RITA), (11, b.BO), (13, b.ANA))
    ]
    found = one(*loop)
    assert [session.start.hour for session in found.sessions] == [10, 11, 13]
    assert [session.people[0].name for session in found.sessions] == ["Rita Ek", "Bo Lind", "Ana Ruiz"]
    assert (found.start.hour, found.end.hour, len(found.people)) == (10, 14, 3)


@pytest.mark.scenario("D13", "D2")
def test_an_agenda_inside_one_event_gives_sessions_and_people() -> None:
    whole = b.meeting("2026-09-08 10:00", uid="u1", minutes=180, organizer=b.KIT)
    agenda = [
        b.meeting(f"2026-09-08 {hour}:00", agenda=True, people=[b.named_interviewer(who, "agenda")])
        for hour, who in ((10, "Rita Ek"), (11, "Bo Lind"))
    ]
    found = one(b.mail(b.KIT, "2026-09-01 09:00", whole, *agenda))
    assert [(session.start.hour, session.people[0].name) for session in found.sessions] == [
        (10, "Rita Ek"),
        (11, "Bo Lind"),
    ]
    assert {session.uid for session in found.sessions} == {"u1"}
    assert found.sessions[0].end == b.at("2026-09-08 11:00")
    assert [person.name for person in found.people] == ["Rita Ek", "Bo Lind"]


@pytest.mark.scenario("D14")
def test_rounds_weeks_apart_are_interviews_of_one_process() -> None:
    rounds = [
        b.mail(
            b.KIT, f"2026-08-{day:02} 09:00", b.meeting(f"2026-08-{day + 4:02} 10:00", uid=f"u{day}", organizer=b.KIT)
        )
        for day in (1, 10, 20)
    ]
    assert [item.start.day for item in interviews(*rounds)] == [5, 14, 24]


@pytest.mark.scenario("D25")
def test_a_self_typed_entry_gets_its_people_from_the_thread() -> None:
    offer = proposed(SLOT)
    yes = accepted(offer, SLOT)
    typed = b.event("2026-09-08 10:05", title="Interview, phone", organizer="", uid="typed")
    found = one(offer, yes, typed)
    assert [person.name for person in found.people] == ["Rita Ek"]
    assert "typed" in found.anchors


@pytest.mark.scenario("D23")
def test_a_meeting_without_the_word_is_known_by_its_people() -> None:
    ask = b.mail(b.RITA, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST)
    found = one(ask, b.event(SLOT, title="Jordan + Rita", organizer=b.RITA))
    assert found.state is InterviewState.SCHEDULED


@pytest.mark.scenario("D23")
def test_a_stranger_at_a_firm_where_the_user_applied_is_only_possible() -> None:
    applied = b.mail("Acme <jobs@acme.example>", "2026-08-20 09:00", kind=MessageKind.APPLICATION_ACK, company="Acme")
    found = one(applied, b.event(SLOT, title="Jordan + Rita", organizer=b.RITA))
    assert (found.state, found.draftable) == (InterviewState.POSSIBLE, False)


@pytest.mark.scenario("D18", "D11")
@pytest.mark.parametrize("direction", [Direction.OTHER, Direction.INTERVIEWER, Direction.UNKNOWN])
def test_what_is_no_interview_of_the_user_leaves_no_trace(direction: Direction) -> None:
    meeting = b.meeting(SLOT, uid="u1", organizer=b.RITA)
    assert applications(b.mail(b.RITA, "2026-09-01 09:00", meeting, direction=direction, kind=MessageKind.OTHER)) == ()


def test_an_invitation_to_an_interview_counts_though_it_does_not_say_who_asks() -> None:
    meeting = b.meeting(SLOT, uid="u1", organizer=b.RITA)
    assert (
        one(b.mail(b.RITA, "2026-09-01 09:00", meeting, direction=Direction.UNKNOWN)).state is InterviewState.SCHEDULED
    )


@pytest.mark.scenario("R3")
def test_a_date_in_a_refusal_is_no_meeting() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    no = b.reply(b.RITA, "2026-09-15 09:00", ReplyKind.REJECTION)
    dated = b.mail(
        b.RITA, "2026-09-15 09:00", b.meeting("2026-09-20 10:00"), reply=ReplyKind.REJECTION, kind=MessageKind.REJECTION
    )
    assert len(interviews(invite, no, dated)) == 1


@pytest.mark.scenario("D18")
def test_a_thread_about_something_else_outweighs_a_title() -> None:
    about = b.mail(b.RITA, "2026-08-30 09:00", direction=Direction.OTHER, kind=MessageKind.INTERVIEW_OTHER)
    again = b.mail(
        b.RITA, "2026-08-31 09:00", direction=Direction.OTHER, kind=MessageKind.INTERVIEW_OTHER, answers=about
    )
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA), answers=again)
    assert interviews(about, again, invite) == ()
    assert one(about, invite).state is InterviewState.POSSIBLE


@pytest.mark.scenario("D17")
def test_an_informational_chat_is_recorded_as_one() -> None:
    chat = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting(SLOT, uid="u1", organizer=b.RITA, informational=True),
        direction=Direction.OTHER,
        kind=MessageKind.INTERVIEW_OTHER,
    )
    assert one(chat).informational


@pytest.mark.scenario("D19")
def test_an_assessment_is_no_interview() -> None:
    test = b.mail(
        "Acme <noreply@greenhouse-mail.test>",
        "2026-09-01 09:00",
        b.meeting(SLOT, assessed=True),
        kind=MessageKind.ASSESSMENT,
        company="Acme",
    )
    assert interviews(test) == ()


@pytest.mark.scenario("D27")
def test_a_meeting_among_colleagues_is_none_unless_the_user_says_so() -> None:
    me = b.Me("Jordan Reyes", b.Address("jordan@acme.example"), frozenset({b.Address("jordan@acme.example")}))
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    found = assemble(b.facts(invite, me=me), b.LEXICON).applications[0].interviews
    assert [item.state for item in found] == [InterviewState.POSSIBLE]
    confirmed = assemble(b.facts(invite, b.mark(MarkKind.CONFIRMED, "u1"), me=me), b.LEXICON).applications[0].interviews
    assert [(item.state, item.draftable) for item in confirmed] == [(InterviewState.SCHEDULED, True)]


@pytest.mark.scenario("D8")
def test_the_users_confirmation_settles_the_last_time_that_was_named() -> None:
    ask = b.mail(b.RITA, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST, ident="<ask@x>")
    found = one(ask, accepted(ask, SLOT), b.mark(MarkKind.CONFIRMED, "<ask@x>"))
    assert (found.state, found.start) == (InterviewState.SCHEDULED, b.at(SLOT))
    empty = b.mail(b.RITA, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST, ident="<ask@x>")
    assert one(empty, b.mark(MarkKind.CONFIRMED, "<ask@x>")).state is InterviewState.REQUESTED


def test_what_the_user_ignores_is_left_out() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA), ident="<invite@x>")
    assert applications(invite, b.event(SLOT, uid="u1"), b.mark(MarkKind.IGNORED, "<invite@x>", "u1")) == ()


@pytest.mark.scenario("D22")
def test_a_calendar_object_keeps_its_instant_when_words_round_it() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    come = b.mail(b.RITA, "2026-09-02 09:00", b.meeting("2026-09-08 09:50", minutes=None), answers=invite)
    early = b.mail(b.RITA, "2026-09-02 10:00", b.meeting("2026-09-08 09:15", minutes=None), answers=invite)
    assert one(invite, come, early).start == b.at(SLOT)


@pytest.mark.scenario("D32")
def test_a_suspect_invitation_is_possible_and_never_drafted() -> None:
    scam = b.mail(
        "HR <hr.desk@gmail.com>",
        "2026-09-01 09:00",
        b.meeting(SLOT),
        suspicions=(b.Evidence("<m>", "suspicion.money", "cheque"),),
    )
    found = only(scam)
    assert found.suspicions
    assert [(item.state, item.draftable) for item in found.interviews] == [(InterviewState.POSSIBLE, False)]


@pytest.mark.scenario("D32")
def test_one_forged_mail_among_honest_ones_is_not_believed() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    forged = b.mail(
        b.RITA,
        "2026-09-05 09:00",
        b.meeting(LATER, uid="u1", organizer=b.RITA, sequence=1),
        suspicions=(b.Evidence("<m>", "suspicion.dmarc"),),
    )
    found = only(invite, forged)
    assert found.suspicions == ()
    assert found.interviews[0].start == b.at(SLOT)


@pytest.mark.scenario("D24")
def test_a_hold_is_only_requested() -> None:
    hold = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting(SLOT, uid="u1", organizer=b.RITA, state=MeetingState.PROPOSED),
        kind=MessageKind.INTERVIEW_REQUEST,
    )
    assert one(hold).state is InterviewState.REQUESTED


@pytest.mark.scenario("D22")
def test_an_entry_without_a_time_of_day_says_so() -> None:
    invite = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting("2026-09-08 00:00", uid="u1", organizer=b.RITA, minutes=1440, day_only=True),
    )
    assert "no time of day is named" in one(invite).doubts


@pytest.mark.scenario("D22")
def test_an_unknown_zone_is_a_doubt() -> None:
    invite = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting(SLOT, uid="u1", organizer=b.RITA, zone="Moon/Base", zone_state=b.UNKNOWN_ZONE),
    )
    assert any("Moon/Base" in doubt for doubt in one(invite).doubts)


@pytest.mark.scenario("D8")
def test_a_time_that_only_the_user_chose_is_kept_for_a_question() -> None:
    offer = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting("2026-09-08 00:00", state=MeetingState.PROPOSED, day_only=True, minutes=None),
        kind=MessageKind.INTERVIEW_REQUEST,
    )
    assert one(offer, accepted(offer, SLOT)).unconfirmed == b.at(SLOT)
    mine = b.sent(b.RITA, "2026-09-01 12:00", b.meeting(SLOT, state=MeetingState.PROPOSED), answers=offer)
    assert one(offer, mine).unconfirmed is None


def test_an_event_with_a_crowd_of_guests_is_only_possible() -> None:
    crowd = [f"Guest{n} Name{n} <g{n}@acme.example>" for n in range(14)]
    fair = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA, people=crowd))
    assert one(fair).state is InterviewState.POSSIBLE


@pytest.mark.scenario("D14")
def test_an_answer_read_the_wrong_way_round_does_not_undo_the_interview() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    words = b.reply(
        b.RITA,
        "2026-09-09 09:00",
        ReplyKind.TIMELINE_UPDATE,
        direction=Direction.INTERVIEWER,
        promise=b.promise("2026-09-18"),
    )
    found = only(invite, words)
    assert found.interviews[0].state is InterviewState.SCHEDULED
    assert found.decision.by.day == 18


def test_the_users_own_letter_never_counts_against_the_interview() -> None:
    invite = b.mail(
        b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA), direction=Direction.UNKNOWN
    )
    letter = b.thanks(b.RITA, "2026-09-08 20:00", direction=Direction.INTERVIEWER, answers=invite)
    assert one(invite, letter).state is InterviewState.SCHEDULED


def test_the_calendar_entry_is_silent_where_the_mail_of_the_same_meeting_speaks() -> None:
    about = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting(SLOT, uid="u1", organizer=b.RITA),
        direction=Direction.OTHER,
        kind=MessageKind.INTERVIEW_OTHER,
    )
    entry = b.event(SLOT, uid="u1", title="Interview – Data Analyst – Jordan Reyes")
    assert interviews(about, entry) == ()


@pytest.mark.scenario("D13")
def test_an_agenda_item_outside_the_event_still_belongs_to_it() -> None:
    whole = b.meeting("2026-09-08 10:00", uid="u1", minutes=120, organizer=b.KIT)
    agenda = [b.meeting(time, uid="u1", agenda=True) for time in ("2026-09-08 09:45", "2026-09-08 11:00")]
    found = one(b.mail(b.KIT, "2026-09-01 09:00", whole, *agenda))
    assert (found.start, len(found.sessions)) == (b.at("2026-09-08 10:00"), 2)


@pytest.mark.scenario("D13")
def test_the_same_agenda_told_twice_is_told_once() -> None:
    whole = b.meeting("2026-09-08 10:00", uid="u1", minutes=120, organizer=b.KIT)
    agenda = [b.meeting(time, agenda=True) for time in ("2026-09-08 10:00", "2026-09-08 11:00")]
    again = b.mail(b.KIT, "2026-09-02 09:00", whole, *agenda)
    assert len(one(b.mail(b.KIT, "2026-09-01 09:00", whole, *agenda), again).sessions) == 2


def test_words_that_only_repeat_the_day_change_nothing() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    see_you = b.mail(
        b.RITA, "2026-09-02 09:00", b.meeting("2026-09-08 00:00", day_only=True, minutes=None), answers=invite
    )
    assert one(invite, see_you).start == b.at(SLOT)


def test_a_day_without_an_hour_is_only_requested() -> None:
    ask = b.mail(b.RITA, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST)
    day = b.mail(b.RITA, "2026-09-02 09:00", b.meeting("2026-09-08 00:00", day_only=True, minutes=None), answers=ask)
    assert one(ask, day).state is InterviewState.REQUESTED


def test_a_move_to_a_day_is_matched_by_the_day_it_leaves() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    words = b.mail(
        b.RITA,
        "2026-09-05 09:00",
        b.meeting(LATER, previous_start=b.at("2026-09-08 00:00")),
        kind=MessageKind.INTERVIEW_RESCHEDULED,
    )
    assert one(invite, words).start == b.at(LATER)


def test_a_move_of_a_meeting_that_nobody_knows_is_a_meeting() -> None:
    words = b.mail(
        b.RITA, "2026-09-05 09:00", b.meeting(LATER, previous_start=b.at(SLOT)), kind=MessageKind.INTERVIEW_RESCHEDULED
    )
    assert one(words).start == b.at(LATER)


def test_the_user_asking_to_move_leaves_the_meeting_until_they_agree() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    ask = b.sent(
        b.RITA,
        "2026-09-03 09:00",
        b.meeting(LATER, state=MeetingState.PROPOSED, previous_start=b.at(SLOT)),
        answers=invite,
    )
    assert one(invite, ask).start == b.at(SLOT)
    yes = b.mail(
        b.RITA,
        "2026-09-03 10:00",
        b.meeting(LATER, state=MeetingState.ACCEPTED, previous_start=b.at(SLOT)),
        answers=ask,
    )
    assert one(invite, ask, yes).start == b.at(LATER)


def test_two_people_of_one_free_mail_provider_share_no_firm() -> None:
    invite = b.mail(
        "Rita Ek <rita@gmail.com>", "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer="Rita Ek <rita@gmail.com>")
    )
    stranger = b.mail(
        "Eve <eve@gmail.com>", "2026-09-05 09:00",
        b.meeting(SLOT, uid="u1", sequence=3, organizer="Rita Ek <rita@gmail.com>", state=MeetingState.CANCELLED),
    )  # fmt: skip
    assert one(invite, stranger).state is InterviewState.SCHEDULED


def test_one_occurrence_of_a_series_is_cancelled_alone() -> None:
    first, second = b.at(SLOT), b.at("2026-09-15 10:00")
    series = [b.event(moment, uid="series", recurrence_id=moment, recurring=True) for moment in (first, second)]
    cancel = b.mail(
        b.RITA, "2026-09-02 09:00",
        b.meeting(first, uid="series", recurrence_id=first, sequence=1, organizer=b.RITA, state=MeetingState.CANCELLED),
    )  # fmt: skip
    assert [item.state for item in interviews(*series, cancel)] == [InterviewState.CANCELLED, InterviewState.SCHEDULED]


def test_an_entry_removed_from_a_calendar_but_shown_in_another_stays() -> None:
    there = b.event(SLOT, uid="u1")
    other = replace(b.event(SLOT, uid="u1", seen="2026-09-02 09:00"), calendar="work")
    gone = b.event(SLOT, uid="u1", seen="2026-09-03 09:00", removed=True)
    assert one(there, other, gone, replace(other, seen_at=b.at("2026-09-04 09:00"))).state is InterviewState.SCHEDULED


def test_an_undated_mail_is_left_out() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    undated = replace(invite, envelope=replace(invite.envelope, date=None, received=None))
    assert applications(undated) == ()


@pytest.mark.scenario("D8", "D22")
def test_a_time_repeated_without_its_zone_is_the_same_time() -> None:
    offer = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting("2026-09-08 18:30", state=MeetingState.PROPOSED, zone="America/New_York", minutes=30),
        kind=MessageKind.INTERVIEW_REQUEST,
    )
    mine = b.meeting("2026-09-08 14:30", state=MeetingState.ACCEPTED, zone_state=ZoneState.FLOATING, minutes=None)
    yes = b.sent(b.RITA, "2026-09-01 12:00", mine, answers=offer)
    again = b.mail(
        b.RITA,
        "2026-09-02 09:00",
        b.meeting("2026-09-08 14:30", zone_state=ZoneState.FLOATING, minutes=None),
        answers=yes,
    )
    found = one(offer, yes, again)
    assert (found.start, found.end) == (b.at("2026-09-08 18:30"), b.at("2026-09-08 19:00"))
    other = b.meeting("2026-09-08 15:30", state=MeetingState.ACCEPTED, zone_state=ZoneState.FLOATING, minutes=None)
    assert one(offer, b.sent(b.RITA, "2026-09-01 12:00", other, answers=offer)).state is InterviewState.REQUESTED


@pytest.mark.scenario("D28")
def test_moved_to_a_day_without_an_hour_keeps_the_hour_and_says_so() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    day = b.meeting("2026-09-10 00:00", day_only=True, minutes=None)
    found = one(invite, b.mail(b.RITA, "2026-09-05 09:00", day, kind=MessageKind.INTERVIEW_RESCHEDULED))
    assert (found.start, found.moved_from) == (b.at("2026-09-10 10:00"), (b.at(SLOT),))
    assert any("without an hour" in doubt for doubt in found.doubts)


@pytest.mark.scenario("D28")
@pytest.mark.parametrize("how", ["assent", "day", "hour"])
def test_a_day_proposed_for_a_move_is_accepted_with_the_old_hour(how: str) -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    day = b.meeting("2026-09-10 00:00", state=MeetingState.PROPOSED, day_only=True, minutes=None)
    ask = b.mail(b.RITA, "2026-09-05 09:00", day, kind=MessageKind.INTERVIEW_RESCHEDULED, answers=invite)
    answers = {
        "assent": {"assent": True},
        "day": {"meetings": (b.meeting("2026-09-10 00:00", state=MeetingState.ACCEPTED, day_only=True, minutes=None),)},
        "hour": {"meetings": (b.meeting("2026-09-10 10:00", state=MeetingState.ACCEPTED),)},
    }
    more = answers[how]
    yes = b.sent(b.RITA, "2026-09-05 10:00", *more.pop("meetings", ()), answers=ask, **more)
    assert one(invite, ask, yes).start == b.at("2026-09-10 10:00")


def test_a_bare_yes_to_a_day_is_no_agreement_on_an_hour() -> None:
    ask = b.mail(
        b.RITA,
        "2026-09-01 09:00",
        b.meeting("2026-09-08 00:00", state=MeetingState.PROPOSED, day_only=True, minutes=None),
        kind=MessageKind.INTERVIEW_REQUEST,
    )
    yes = b.sent(b.RITA, "2026-09-01 12:00", assent=True, answers=ask)
    assert one(ask, yes).state is InterviewState.REQUESTED
    day = b.sent(
        b.RITA,
        "2026-09-01 12:00",
        b.meeting("2026-09-08 00:00", state=MeetingState.ACCEPTED, day_only=True, minutes=None),
        answers=ask,
    )
    assert one(ask, day).state is InterviewState.REQUESTED


def test_an_acceptance_that_names_nothing_takes_the_only_offer() -> None:
    offer = proposed(SLOT)
    assert one(offer, accepted(offer, None)).start == b.at(SLOT)
    several = proposed(SLOT, LATER)
    assert one(several, accepted(several, None)).state is InterviewState.REQUESTED


def test_a_yes_after_everything_is_settled_changes_nothing() -> None:
    offer = proposed(SLOT)
    first = accepted(offer, SLOT)
    day = b.sent(
        b.RITA,
        "2026-09-02 12:00",
        b.meeting("2026-09-08 00:00", state=MeetingState.ACCEPTED, day_only=True, minutes=None),
        answers=first,
    )
    assert one(offer, first, day).start == b.at(SLOT)
    assert one(offer, first, accepted(first, None, "2026-09-02 12:00")).start == b.at(SLOT)


def test_a_confirmation_without_a_time_settles_nothing() -> None:
    offer = proposed(SLOT, LATER)
    vague = b.mail(b.RITA, "2026-09-02 09:00", b.meeting(None), answers=offer)
    assert one(offer, vague).state is InterviewState.REQUESTED


@pytest.mark.scenario("D6")
def test_a_strangers_word_cancels_nothing() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    eve = b.mail(
        "Eve <eve@evil.test>",
        "2026-09-05 09:00",
        b.meeting(SLOT, uid="u1", sequence=2, state=MeetingState.CANCELLED),
        kind=MessageKind.INTERVIEW_CANCELLED,
    )
    assert one(invite, eve).state is InterviewState.SCHEDULED


def test_a_strangers_mail_that_only_repeats_the_meeting_is_kept_as_evidence() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    friend = b.mail(
        "Max <max@friends.example>", "2026-09-05 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA), ident="<fw@x>"
    )
    found = one(invite, friend)
    assert "<fw@x>" in found.anchors
    assert found.doubts == ()


@pytest.mark.scenario("D24")
def test_a_hold_that_is_called_off_leaves_nothing_scheduled() -> None:
    hold = b.meeting(SLOT, uid="u1", organizer=b.RITA, state=MeetingState.PROPOSED)
    off = b.meeting(SLOT, uid="u1", organizer=b.RITA, state=MeetingState.CANCELLED, sequence=1)
    found = one(b.mail(b.RITA, "2026-09-01 09:00", hold), b.mail(b.RITA, "2026-09-02 09:00", off))
    assert found.state is InterviewState.CANCELLED


def test_an_entry_first_seen_as_removed_is_nothing() -> None:
    ask = b.mail(b.RITA, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST)
    assert [item.start for item in interviews(ask, b.event(SLOT, removed=True))] == [None]


@pytest.mark.scenario("D7")
def test_a_rebooking_by_a_robot_without_people_is_known_by_its_title() -> None:
    robot = "Acme <noreply@greenhouse-mail.test>"
    booked = b.mail(robot, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", title="Interview with Acme"), company="Acme")
    cancel = b.mail(
        robot,
        "2026-09-05 09:00",
        b.meeting(SLOT, uid="u1", sequence=1, state=MeetingState.CANCELLED, title="Interview with Acme"),
        kind=MessageKind.INTERVIEW_CANCELLED,
        company="Acme",
    )
    again = b.mail(robot, "2026-09-05 09:10", b.meeting(LATER, uid="u2", title="Interview with Acme"), company="Acme")
    assert one(booked, cancel, again).start == b.at(LATER)


@pytest.mark.scenario("D4")
def test_a_robots_mail_without_any_name_is_the_meeting_at_that_hour() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    robot = b.mail("Scheduling <noreply@greenhouse-mail.test>", "2026-09-01 09:05", b.meeting(SLOT, uid="u2"))
    later = b.mail("Scheduling <noreply@greenhouse-mail.test>", "2026-09-01 09:06", b.meeting(LATER, uid="u3"))
    assert {"u1", "u2"} <= one(invite, robot).anchors
    assert len(applications(invite, robot, later)) == 2


def test_a_veto_weighs_only_on_its_own_meeting() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA, people=[b.RITA]))
    other = b.mail(b.BO, "2026-09-01 10:00", b.meeting(LATER, uid="u2", organizer=b.BO), direction=Direction.OTHER)
    assert [item.start for item in interviews(invite, other)] == [b.at(SLOT)]


def test_interviews_of_one_day_are_told_apart_from_a_chat_on_the_same_day() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    chat = b.mail(
        b.BO,
        "2026-09-01 10:00",
        b.meeting("2026-09-08 15:00", uid="u2", organizer=b.BO, informational=True),
        direction=Direction.OTHER,
    )
    assert [item.informational for item in interviews(invite, chat)] == [False, True]


def test_a_removal_alone_is_nothing() -> None:
    assert interviews(b.event(SLOT, removed=True)) == ()


def test_a_veto_of_one_meeting_leaves_another_of_the_same_process() -> None:
    first = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    second = b.mail(b.BO, "2026-09-01 10:00", b.meeting(LATER, uid="u2", organizer=b.BO), direction=Direction.UNKNOWN)
    other = b.mail(b.BO, "2026-09-02 10:00", b.meeting(LATER, uid="u2", organizer=b.BO), direction=Direction.OTHER)
    again = b.mail(b.BO, "2026-09-02 11:00", b.meeting(LATER, uid="u2", organizer=b.BO), direction=Direction.OTHER)
    assert [item.start for item in interviews(first, second, other, again)] == [b.at(SLOT)]


@pytest.mark.scenario("D5")
def test_a_time_that_the_user_asks_for_is_no_second_meeting() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    ask = b.sent(b.RITA, "2026-09-03 09:00", b.meeting(LATER, state=MeetingState.PROPOSED), answers=invite)
    yes = b.mail(b.RITA, "2026-09-03 10:00", b.meeting(LATER, state=MeetingState.ACCEPTED), answers=ask)
    update = b.mail(b.RITA, "2026-09-03 10:05", b.meeting(LATER, uid="u1", organizer=b.RITA, sequence=1))
    assert one(invite, ask).start == b.at(SLOT)
    assert one(invite, ask, yes, update).start == b.at(LATER)


def test_two_meetings_that_moved_to_one_hour_are_one() -> None:
    first = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    words = b.mail(b.RITA, "2026-09-02 09:00", b.meeting(LATER))
    update = b.mail(b.RITA, "2026-09-03 10:05", b.meeting(LATER, uid="u1", organizer=b.RITA, sequence=1))
    found = one(first, words, update)
    assert (found.start, len(found.sessions)) == (b.at(LATER), 1)
    assert words.envelope.id in found.anchors


@pytest.mark.scenario("D13")
def test_an_agenda_in_a_plain_mail_is_one_meeting_with_sessions() -> None:
    offer = proposed("2026-09-08 10:00")
    yes = accepted(offer, "2026-09-08 10:00")
    agenda = [
        b.meeting(f"2026-09-08 {hour}:00", agenda=True, people=[b.named_interviewer(who, "agenda")])
        for hour, who in ((10, "Rita Ek"), (11, "Lou Tsang"))
    ]
    plan = b.mail(b.KIT, "2026-09-03 09:00", *agenda)
    found = one(offer, yes, plan)
    assert [session.start.hour for session in found.sessions] == [10, 11]
    assert len({session.uid for session in found.sessions}) == 1
    assert (found.end, [person.name for person in found.people]) == (b.at("2026-09-08 12:00"), ["Rita Ek", "Lou Tsang"])
    assert [session.start.hour for session in one(plan).sessions] == [10, 11]


@pytest.mark.scenario("D18", "F8")
def test_another_kind_of_meeting_with_the_same_people_undoes_no_interview() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    onboarding = b.mail(
        b.RITA,
        "2026-09-12 09:00",
        b.meeting("2026-09-21 10:00", uid="u2", organizer=b.RITA),
        direction=Direction.OTHER,
        kind=MessageKind.OTHER,
    )
    assert [(item.state, item.start) for item in interviews(invite, onboarding)] == [
        (InterviewState.SCHEDULED, b.at(SLOT))
    ]


@pytest.mark.scenario("D6", "D31")
def test_another_time_proposed_in_the_same_conversation_and_taken_moves_the_meeting() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    day = b.meeting("2026-09-09 00:00", state=MeetingState.PROPOSED, day_only=True, minutes=None)
    asks = b.mail(b.RITA, "2026-09-07 17:00", day, kind=MessageKind.INTERVIEW_REQUEST, answers=invite)
    waiting = one(invite, asks)
    assert (waiting.state, waiting.start, waiting.conflict_end) == (
        InterviewState.SCHEDULED,
        b.at(SLOT),
        b.at("2026-09-10 00:00"),
    )
    assert waiting.doubts == ("they proposed another time, and nothing says that it was agreed",)
    takes = accepted(asks, "2026-09-09 10:00", "2026-09-07 18:00")
    moved = one(invite, asks, takes)
    assert (moved.state, moved.start, moved.conflict_end) == (InterviewState.SCHEDULED, b.at("2026-09-09 10:00"), None)
    assert moved.moved_from == (b.at(SLOT),)


@pytest.mark.scenario("D14", "R6")
def test_a_proposal_with_other_people_or_for_another_round_is_another_meeting() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    with_bo = b.meeting(LATER, state=MeetingState.PROPOSED, people=[b.BO])
    further = b.meeting(LATER, state=MeetingState.PROPOSED)
    for proposal, says in ((with_bo, ReplyKind.SCHEDULING), (further, ReplyKind.NEXT_ROUND)):
        asks = b.mail(
            b.RITA, "2026-09-07 17:00", proposal, kind=MessageKind.INTERVIEW_REQUEST, reply=says, answers=invite
        )
        states = [item.state for item in interviews(invite, asks)]
        assert states == [InterviewState.SCHEDULED, InterviewState.REQUESTED]


def test_an_acceptance_without_a_proposal_moves_nothing() -> None:
    invite = b.mail(b.RITA, "2026-09-01 09:00", b.meeting(SLOT, uid="u1", organizer=b.RITA))
    first = interviews(invite, accepted(invite, LATER, "2026-09-07 18:00"))[0]
    assert (first.state, first.start, first.moved_from) == (InterviewState.SCHEDULED, b.at(SLOT), ())


def fresh(start, uid, when, *guests, title="Technical interview with Acme", **more):
    meeting = b.meeting(start, uid=uid, people=guests or (b.named_interviewer("Rita Ek"),), title=title)
    return b.mail("Acme <noreply@greenhouse-mail.test>", when, meeting, company="Acme", **more)


@pytest.mark.scenario("D5", "D6")
def test_a_second_invitation_with_the_same_title_and_people_replaces_the_first() -> None:
    moved = one(fresh(SLOT, "u1", "2026-09-01 09:00"), fresh(LATER, "u2", "2026-09-04 09:00"))
    assert (moved.start, moved.moved_from) == (b.at(LATER), (b.at(SLOT),))
    assert {"u1", "u2"} <= moved.anchors


@pytest.mark.scenario("D13", "D14")
@pytest.mark.parametrize(
    "second",
    [
        fresh(LATER, "u2", "2026-09-01 09:10"),
        fresh(LATER, "u2", "2026-09-08 12:00"),
        fresh(LATER, "u2", "2026-09-04 09:00", b.named_interviewer("Bo Lind")),
        fresh(LATER, "u2", "2026-09-04 09:00", title="Final interview with Acme"),
    ],
    ids=["planned at once", "after the first", "other people", "another title"],
)
def test_two_invitations_are_two_interviews(second) -> None:
    assert [item.start for item in interviews(fresh(SLOT, "u1", "2026-09-01 09:00"), second)] == [
        b.at(SLOT),
        b.at(LATER),
    ]


def test_an_invitation_that_the_calendar_still_shows_is_not_replaced() -> None:
    shown = b.event(SLOT, uid="u1", organizer="")
    assert len(interviews(fresh(SLOT, "u1", "2026-09-01 09:00"), shown, fresh(LATER, "u2", "2026-09-04 09:00"))) == 2


def test_invitations_that_name_nobody_replace_nothing() -> None:
    nobody = b.mention("Jordan Reyes", part=PersonPart.CANDIDATE)
    first, second = fresh(SLOT, "u1", "2026-09-01 09:00", nobody), fresh(LATER, "u2", "2026-09-04 09:00", nobody)
    assert len(interviews(first, second)) == 2


@pytest.mark.scenario("D25")
def test_an_entry_of_the_users_own_that_no_mail_bears_out_is_only_possible() -> None:
    typed = b.event(SLOT, title="Interview Acme", organizer="", uid="typed")
    alone = one(typed)
    assert (alone.state, alone.draftable) == (InterviewState.POSSIBLE, False)
    asked = b.mail(b.RITA, "2026-09-01 09:00", kind=MessageKind.INTERVIEW_REQUEST, company="Acme")
    held = [item for item in interviews(asked, typed) if item.start is not None]
    assert [(item.state, [person.name for person in item.people]) for item in held] == [
        (InterviewState.SCHEDULED, ["Rita Ek"])
    ]
    late = b.mail(b.RITA, "2026-09-09 09:00", kind=MessageKind.INTERVIEW_REQUEST, company="Acme")
    held = [item for item in interviews(late, typed) if item.start is not None]
    assert [item.people for item in held] == [()]


def proposal(start: str = SLOT, *, also: str = "", **more):
    offers = [b.meeting(one, state=MeetingState.PROPOSED) for one in (start, also) if one]
    return b.mail(b.RITA, "2026-09-01 09:00", *offers, kind=MessageKind.INTERVIEW_REQUEST, company="Acme", **more)


@pytest.mark.scenario("D8")
def test_thanks_for_the_talk_after_the_one_time_that_was_named_prove_that_it_took_place() -> None:
    thanked = b.thanks(b.RITA, "2026-09-08 15:00")
    (held,) = interviews(proposal(), thanked)
    assert (held.state, held.start) == (InterviewState.SCHEDULED, b.at(SLOT))
    for mails in (
        (proposal(),),
        (proposal(), b.thanks(b.RITA, "2026-09-08 09:00")),
        (proposal(), b.thanks(b.RITA, "2026-09-20 09:00")),
        (proposal(), b.thanks(b.RITA, "2026-09-08 15:00", cause="date")),
        (proposal(), b.thanks("Bo Lind <bo@elsewhere.example>", "2026-09-08 15:00")),
        (proposal(also="2026-09-07 10:00"), thanked),
    ):
        assert [one.state for one in interviews(*mails)] == [InterviewState.REQUESTED]
