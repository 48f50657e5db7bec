"""Drafts of ours that something has overtaken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailwatch.core.decide import ground_of, stale_drafts
from mailwatch.core.ids import told_id
from mailwatch.core.model import Debrief, InterviewState, Kind, LedgerState, MarkKind, Policy, ReplyKind, Stale
from tests.core import builders as b

NOW = "2026-09-09 09:00"


def stale(application, row, *items, now=NOW) -> list[Stale]:
    applications = (application,) if application is not None else ()
    ground = ground_of(b.facts(row, *items), applications, b.covered(now), b.at(now), Policy())
    return list(stale_drafts(applications, ground))


def thank_you_row(**more):
    return b.row(Kind.THANK_YOU, b.RITA, LedgerState.SAVED, **more)


def test_a_draft_that_is_right_is_not_stale() -> None:
    assert stale(b.application(b.interview()), thank_you_row()) == []


@pytest.mark.parametrize("state", [LedgerState.SENT, LedgerState.REMOVED, LedgerState.GONE, LedgerState.INTENDED])
def test_only_drafts_that_lie_in_drafts_can_be_stale(state: LedgerState) -> None:
    assert stale(b.application(b.interview(), state="rejected"), b.row(Kind.THANK_YOU, b.RITA, state)) == []


@pytest.mark.scenario("T14", "R3")
def test_a_rejection_makes_the_thank_you_stale() -> None:
    row = thank_you_row()
    seen = b.draft_seen(b.RITA, message_id=row.message_id, subject="Thank you")
    (found,) = stale(b.application(b.interview(), state="rejected"), row, seen)
    assert "said no" in found.reason
    assert (found.subject, found.recipient, found.application) == ("Thank you", "rita@acme.example", "a1")


@pytest.mark.scenario("D6")
@pytest.mark.parametrize("state", [InterviewState.CANCELLED, InterviewState.DECLINED, InterviewState.DID_NOT_HAPPEN])
def test_what_never_took_place_makes_it_stale(state: InterviewState) -> None:
    (found,) = stale(b.application(b.interview(state=state)), thank_you_row())
    assert "did not take place" in found.reason


@pytest.mark.scenario("D5")
def test_a_moved_meeting_makes_it_stale() -> None:
    later = b.interview("2026-09-15 10:00", moved_from=(b.at("2026-09-08 10:00"),))
    (found,) = stale(b.application(later), thank_you_row())
    assert "moved to Tue 15 Sep 10:00" in found.reason


def test_who_was_absent_gets_no_thank_you_however_it_came_to_lie_there() -> None:
    told = Debrief(frozenset({"uid-1@acme.example"}), b.at(NOW), absent=("rita@acme.example",))
    (found,) = stale(b.application(b.interview()), thank_you_row(), told)
    assert found.reason == "rita@acme.example was not there, you wrote."


@pytest.mark.scenario("T5")
def test_the_users_own_thank_you_makes_it_stale() -> None:
    (found,) = stale(b.application(b.interview()), thank_you_row(), b.thanks(b.RITA, "2026-09-08 20:00"))
    assert "yourself" in found.reason


def test_our_own_draft_once_sent_is_not_the_users_second_one() -> None:
    row = thank_you_row()
    assert stale(b.application(b.interview()), row, b.thanks(b.RITA, "2026-09-08 20:00", ident=row.message_id)) == []


@pytest.mark.scenario("T12")
def test_after_five_days_it_is_too_late() -> None:
    (found,) = stale(b.application(b.interview()), thank_you_row(), now="2026-09-13 11:00")
    assert "too late" in found.reason


@pytest.mark.scenario("T13")
def test_meeting_the_person_again_makes_the_first_letter_stale() -> None:
    again = b.interview("2026-09-10 10:00", anchors=("uid-2",))
    (found,) = stale(b.application(b.interview(), again), thank_you_row(), now="2026-09-10 12:00")
    assert "again" in found.reason
    others = b.interview("2026-09-10 10:00", anchors=("uid-2",), people=[b.person(b.BO)])
    assert stale(b.application(b.interview(), others), thank_you_row(), now="2026-09-10 12:00") == []


@pytest.mark.scenario("R21")
def test_an_answer_makes_the_follow_up_stale_but_kind_words_do_not() -> None:
    row = b.row(Kind.FOLLOW_UP, b.KIT, LedgerState.SAVED, ordinal=1, when="2026-09-22 07:00")
    answered = b.application(b.interview(), replies=(b.answered(ReplyKind.TIMELINE_UPDATE, "2026-09-22 09:00"),))
    assert "answered after this draft" in stale(answered, row, now="2026-09-22 10:00")[0].reason
    kind = b.application(b.interview(), replies=(b.answered(ReplyKind.NEUTRAL, "2026-09-22 09:00"),))
    assert stale(kind, row, now="2026-09-22 10:00") == []


def test_a_closed_process_or_a_new_round_makes_the_follow_up_stale() -> None:
    row = b.row(Kind.FOLLOW_UP, b.KIT, LedgerState.EDITED, ordinal=1, when="2026-09-22 07:00")
    assert (
        "no longer open" in stale(b.application(b.interview(), state="closed"), row, now="2026-09-22 10:00")[0].reason
    )
    again = b.interview("2026-09-29 10:00", anchors=("uid-2",))
    assert "invited you again" in stale(b.application(b.interview(), again), row, now="2026-09-23 10:00")[0].reason
    assert stale(b.application(b.interview()), row, now="2026-09-23 10:00") == []


@pytest.mark.scenario("F3")
def test_a_question_asked_by_hand_makes_the_follow_up_stale() -> None:
    row = b.row(Kind.FOLLOW_UP, b.KIT, LedgerState.SAVED, ordinal=1, when="2026-09-22 07:00")
    by_hand = b.application(b.interview(), sent=(b.wrote(b.KIT, "2026-09-22 09:00", follow_up=True),))
    assert "you asked Acme yourself" in stale(by_hand, row, now="2026-09-22 10:00")[0].reason


def test_a_withdrawal_is_stale_once_the_process_is_over() -> None:
    row = b.row(Kind.WITHDRAWAL, b.KIT, LedgerState.SAVED, anchor=None)
    assert "nothing to withdraw" in stale(b.application(b.interview(), state="rejected"), row)[0].reason
    assert "withdrawn" in stale(b.application(b.interview(), state="withdrawn"), row)[0].reason
    assert stale(b.application(b.interview()), row) == []


def test_letters_made_on_request_are_the_users_to_judge() -> None:
    row = b.row(Kind.DECLINE, b.KIT, LedgerState.SAVED, anchor=None)
    assert stale(b.application(b.interview(), state="rejected"), row) == []


def test_a_draft_of_an_unknown_process_says_nothing() -> None:
    assert stale(None, thank_you_row()) == []
    assert stale(b.application(b.interview("2026-10-01 10:00", anchors=("uid-9",))), thank_you_row()) == []
    elsewhere = b.application(
        b.interview("2026-10-01 10:00", anchors=("uid-9",)), messages=frozenset({"uid-1@acme.example"})
    )
    assert stale(elsewhere, thank_you_row()) == []


def test_a_draft_to_somebody_who_is_no_longer_in_the_panel_says_nothing_of_thanks() -> None:
    row = b.row(Kind.THANK_YOU, b.BO, LedgerState.SAVED)
    assert stale(b.application(b.interview()), row, b.thanks(b.BO, "2026-09-08 20:00")) == []


def test_a_draft_without_a_session_is_found_by_its_evidence() -> None:
    cancelled = b.application(b.interview(state=InterviewState.CANCELLED))
    assert len(stale(cancelled, thank_you_row(anchor=None))) == 1


@pytest.mark.scenario("D15", "R3")
def test_a_draft_waits_for_the_user_where_a_refusal_may_be_about_its_job() -> None:
    unplaced = (b.answered(ReplyKind.REJECTION, "2026-09-09 10:00"),)
    (found,) = stale(b.application(b.interview(), unplaced=unplaced), thank_you_row())
    assert "may be Acme's refusal" in found.reason


def test_a_letter_about_an_interview_that_the_user_took_back_is_not_to_be_sent() -> None:
    row = thank_you_row(evidence=(told_id("m1"),))
    assert [found.reason for found in stale(None, row)] == ["you took back the interview that it is about."]
    assert stale(None, row, replace(b.mark(MarkKind.ADDED), id="m1")) == []


def test_a_letter_about_what_the_user_says_was_no_interview_is_not_to_be_sent() -> None:
    row = thank_you_row(evidence=("<gone@mail.example>",))
    assert stale(None, row) == []
    (found,) = stale(None, row, b.mark(MarkKind.IGNORED, "<gone@mail.example>"))
    assert found.reason == "you said that this was no interview of yours."
