"""Encouragement, and the review list."""

from __future__ import annotations

from datetime import date

import pytest

from mailwatch.core.decide import decisions_on, ground_of, notes, open_questions
from mailwatch.core.model import DecisionDate, InterviewState, Policy, Question
from tests.core import builders as b

NOW = "2026-09-10 09:00"


def said(*applications, now=NOW, items=()) -> tuple[str, ...]:
    ground = ground_of(b.facts(*items), applications, b.covered(now), b.at(now), Policy())
    return notes(applications, decisions_on(applications, ground), ground)


def questions(*applications, asked=(), now=NOW) -> list[Question]:
    ground = ground_of(b.facts(), applications, b.covered(now), b.at(now), Policy())
    return list(open_questions(asked, applications, ground))


def test_no_interview_ahead_and_no_application_this_week_says_keep_applying() -> None:
    old = b.mail(b.KIT, "2026-08-01 09:00", ident="<old@acme.example>")
    application = b.application(b.interview(), messages=frozenset({"<old@acme.example>"}))
    assert "Keep applying: nothing here is certain yet." in said(application, items=[old])


def test_an_interview_ahead_or_a_fresh_application_needs_no_push() -> None:
    ahead = b.application(b.interview("2026-09-20 10:00"))
    assert not any("Keep applying" in note for note in said(ahead))
    fresh = b.mail(b.KIT, "2026-09-08 09:00", ident="<new@acme.example>")
    application = b.application(b.interview(), messages=frozenset({"<new@acme.example>"}))
    assert not any("Keep applying" in note for note in said(application, items=[fresh]))
    closed = b.application(b.interview("2026-09-20 10:00"), state="rejected")
    assert any("Keep applying" in note for note in said(closed))


def test_an_empty_mailbox_is_not_lectured() -> None:
    assert said() == ()


@pytest.mark.scenario("R7")
def test_an_offer_says_keep_the_others_open() -> None:
    assert said(b.application(b.interview(), state="offered"))[0].startswith("Keep the others open")


@pytest.mark.scenario("F8")
def test_after_an_acceptance_the_withdrawals_wait_for_the_signature() -> None:
    taken = b.application(
        b.interview(anchors=("uid-a",)), id="taken", state="accepted", sent=(b.wrote(b.BO, NOW, accepts_offer=True),)
    )
    other = b.application(b.interview(), id="other", company="Globex", sent=(b.wrote(b.KIT, "2026-09-09 09:00"),))
    assert said(taken, other)[0] == "Send the withdrawals after you have signed."


@pytest.mark.scenario("R11")
def test_a_process_on_hold_gets_one_line_after_thirty_days() -> None:
    frozen = DecisionDate(None, b.at("2026-08-11 09:00"), "frozen", "<m>", on_hold=True)
    application = b.application(b.interview("2026-08-01 10:00"), state="on_hold", decision=frozen)
    assert any("Acme has been on hold since" in note for note in said(application))
    assert not any("on hold" in note for note in said(application, now="2026-09-09 09:00"))


def test_who_asked_already_is_told_to_wait() -> None:
    application = b.application(
        b.interview("2026-08-18 10:00"), sent=(b.wrote(b.KIT, "2026-09-02 09:00", follow_up=True),)
    )
    assert "Wait until Wed 16 Sep; writing earlier hurts." in said(application)


def test_a_quiet_day_says_until_when() -> None:
    application = b.application(b.interview("2026-09-20 10:00"))
    assert "Nothing needs you before Sun 20 Sep 12:30." in said(application)
    assert not any("Nothing needs you" in note for note in said(b.application(b.interview("2026-09-10 06:00"))))


@pytest.mark.scenario("D20")
def test_an_unanswered_invitation_is_asked_about_once_it_is_over() -> None:
    unanswered = b.application(b.interview("2026-09-10 06:00", unanswered=True))
    (question,) = questions(unanswered)
    assert "did it take place" in question.text
    assert question.command == f"mailwatch mark {unanswered.interviews[0].id} did-not-happen"
    assert questions(unanswered, now="2026-09-10 06:30") == []
    cancelled = b.application(b.interview("2026-09-10 06:00", unanswered=True, state=InterviewState.CANCELLED))
    assert questions(cancelled) == []


def test_every_question_is_dropped_after_a_week() -> None:
    asked = (Question("q1", "?", "mailwatch why", at=b.at("2026-09-04 09:00")), Question("q2", "?", "mailwatch why"))
    assert [question.id for question in questions(asked=asked)] == ["q1", "q2"]
    assert [question.id for question in questions(asked=asked, now="2026-09-11 09:00")] == ["q2"]


def test_a_promise_in_the_past_is_no_reason_for_a_note() -> None:
    promise = DecisionDate(date(2026, 9, 1), b.at("2026-08-20 09:00"), "by 1 September", "<m>")
    assert not any("on hold" in note for note in said(b.application(b.interview(), decision=promise)))


@pytest.mark.scenario("D8")
def test_a_time_that_only_the_user_named_is_asked_about_once_it_has_come() -> None:
    chosen = b.interview("2026-09-10 06:00", state=InterviewState.REQUESTED, unconfirmed=b.at("2026-09-10 06:00"))
    (question,) = questions(b.application(chosen))
    assert "nobody confirmed it" in question.text
    assert question.command == f"mailwatch confirm {chosen.id}"
    assert questions(b.application(chosen), now="2026-09-10 05:00") == []


@pytest.mark.scenario("F10")
def test_an_offers_date_is_held_against_what_the_others_expect() -> None:
    def process(name: str, by: str = "", **more: object):
        told = DecisionDate(date.fromisoformat(by), b.at(NOW), "", "m") if by else None
        return b.application(b.interview("2026-09-01 10:00"), id=name, company=name, decision=told, **more)

    offer = process("Acme", state="offered", offer_deadline=date(2026, 9, 18))
    notes_said = said(offer, process("Globex", "2026-09-15"), process("Initech", "2026-09-25"), process("Orrin"))
    due = "your answer to Acme is due (Fri 18 Sep)"
    assert f"Globex expects news by Tue 15 Sep, before {due}." in notes_said
    assert f"Initech expects news by Fri 25 Sep, after {due}: mailwatch drafts make deadline Initech." in notes_said
    assert f"Orrin has named no date, and {due}: mailwatch drafts make deadline Orrin." in notes_said
    missed = said(offer, process("Globex", "2026-09-15"), now="2026-09-16 09:00")
    assert f"Globex expected news by Tue 15 Sep, before {due}." in missed
    assert not any("Globex" in note for note in said(offer, process("Globex", "2026-09-15"), now="2026-09-19 09:00"))
    undated = process("Acme", state="offered")
    assert not any("Globex" in note for note in said(undated, process("Globex", "2026-09-15")))
    talked_of = b.application(id="Hooli", company="Hooli")
    assert not any("Hooli" in note for note in said(offer, talked_of))
    called_off = b.application(b.interview(state=InterviewState.CANCELLED), id="Umbra", company="Umbra")
    assert not any("Umbra" in note for note in said(offer, called_off))
