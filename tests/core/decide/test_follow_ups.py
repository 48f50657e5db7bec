"""Follow-ups: when to ask, whom, how often, and when to let go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mailwatch.core.casebook.correspondence import KIND_WORDS
from mailwatch.core.decide import decide
from mailwatch.core.model import (
    Action,
    Casebook,
    Decision,
    DecisionDate,
    Evidence,
    InterviewState,
    Kind,
    LedgerState,
    MarkKind,
    MessageId,
    Policy,
    ReplyKind,
    Standing,
)
from mailwatch.core.reading.weighing import MAYBE_OVER, UNREAD
from tests.core import builders as b

# The default interview: Tuesday 8 September, 10:00 to 11:00. Fourteen days later is Tuesday the 22nd.
DUE = "2026-09-22 09:00"


def follow_up(application, now=DUE, *items, policy=b.RULES, coverage=None) -> Decision | None:
    decisions = decide(Casebook((application,)), b.facts(*items), coverage or b.covered(now), b.at(now), policy)
    found = [each for each in decisions if each.kind is Kind.FOLLOW_UP]
    return found[0] if found else None


def promised(by: str | None, said: str = "2026-09-09 10:00", **more) -> DecisionDate:
    return DecisionDate(date.fromisoformat(by) if by else None, b.at(said), "soon", "<promise@acme.example>", **more)


@pytest.mark.scenario("F2")
def test_without_a_promise_it_is_due_fourteen_days_after_the_interview() -> None:
    waiting = follow_up(b.application(b.interview()), "2026-09-21 23:59")
    assert (waiting.action, waiting.standing, waiting.until) == (
        Action.WAIT,
        Standing.NOT_DUE,
        b.at("2026-09-22 00:00"),
    )
    assert "Tue 22 Sep" in waiting.reason
    due = follow_up(b.application(b.interview()))
    assert (due.action, due.standing, due.ordinal) == (Action.DRAFT, Standing.DUE, 1)
    assert due.recipient.address == "kit@acme.example"
    assert due.anchor == b.at("2026-09-08 10:00")


@pytest.mark.scenario("F1", "R4")
def test_a_promised_date_gives_three_business_days_of_grace() -> None:
    application = b.application(b.interview(), decision=promised("2026-09-18", by_whom="rita@acme.example"))
    waiting = follow_up(application, "2026-09-22 23:59")
    assert (waiting.action, waiting.until) == (Action.WAIT, b.at("2026-09-23 00:00"))
    assert "Fri 18 Sep" in waiting.reason
    due = follow_up(application, "2026-09-23 06:00")
    assert (due.action, due.promised) == (Action.DRAFT, date(2026, 9, 18))


@pytest.mark.scenario("F6")
def test_it_goes_to_whoever_made_the_promise() -> None:
    application = b.application(b.interview(), decision=promised("2026-09-18", by_whom="rita@acme.example"))
    assert follow_up(application, "2026-09-23 06:00").recipient.address == "rita@acme.example"


@pytest.mark.scenario("F6")
def test_a_promise_by_a_robot_leaves_it_to_the_main_contact() -> None:
    application = b.application(b.interview(), decision=promised("2026-09-18", by_whom="noreply@acme.example"))
    assert follow_up(application, "2026-09-23 06:00").recipient.address == "kit@acme.example"


@pytest.mark.scenario("R14", "F1")
def test_a_far_promise_is_waited_for_however_long_the_interview_is_ago() -> None:
    application = b.application(b.interview(), decision=promised("2026-10-30"))
    assert follow_up(application, "2026-11-03 09:00").action is Action.WAIT
    assert follow_up(application, "2026-11-04 09:00").action is Action.DRAFT


@pytest.mark.scenario("R5")
def test_a_delay_without_a_date_adds_a_week_and_the_grace() -> None:
    application = b.application(b.interview(), decision=promised(None, "2026-09-18 10:00"))
    decision = follow_up(application)
    assert (decision.action, decision.due) == (Action.WAIT, b.at("2026-09-30 00:00"))  # 25 September + 3 business days


def test_an_early_delay_does_not_bring_the_question_forward() -> None:
    application = b.application(b.interview(), decision=promised(None, "2026-09-08 15:00"))
    assert follow_up(application).due == b.at("2026-09-22 00:00")


@pytest.mark.scenario("F5")
def test_due_dates_roll_over_weekends_and_holidays() -> None:
    saturday = b.application(b.interview("2026-09-12 10:00"))
    assert follow_up(saturday).due == b.at("2026-09-28 00:00")
    holiday = Policy(holidays=frozenset({date(2026, 9, 28)}))
    assert follow_up(saturday, policy=holiday).due == b.at("2026-09-29 00:00")


@pytest.mark.scenario("F5")
def test_nobody_is_asked_between_the_years() -> None:
    assert follow_up(b.application(b.interview("2026-12-10 10:00"))) is None
    december = b.application(b.interview("2026-12-10 10:00"))
    assert follow_up(december, "2026-12-26 10:00").until == b.at("2027-01-06 00:00")


def test_before_the_interview_there_is_nothing_to_ask() -> None:
    assert follow_up(b.application(b.interview()), "2026-09-08 10:30") is None


@pytest.mark.scenario("R3", "R7", "F9")
@pytest.mark.parametrize("state", ["rejected", "offered", "accepted", "withdrawn", "closed"])
def test_never_after_a_rejection_an_offer_or_the_end(state: str) -> None:
    assert follow_up(b.application(b.interview(), state=state)) is None


@pytest.mark.scenario("R11")
def test_a_process_on_hold_is_left_in_peace() -> None:
    decision = follow_up(b.application(b.interview(), state="on_hold", decision=promised(None, on_hold=True)))
    assert (decision.action, decision.standing) == (Action.NOTHING, Standing.NOT_NEEDED)


@pytest.mark.scenario("R6", "R10")
def test_never_while_the_ball_is_in_the_users_court() -> None:
    decision = follow_up(b.application(b.interview(), your_turn="they ask you for references"))
    assert decision.standing is Standing.NOT_NEEDED
    assert "references" in decision.reason


@pytest.mark.scenario("R6", "D14")
def test_never_while_the_next_round_is_ahead_or_being_arranged() -> None:
    ahead = b.interview("2026-09-29 10:00", anchors=("uid-2",))
    waiting = follow_up(b.application(b.interview(), ahead))
    assert (waiting.action, waiting.until) == (Action.WAIT, b.at("2026-09-29 11:00"))
    arranging = b.application(b.interview(), replies=(b.answered(ReplyKind.NEXT_ROUND, "2026-09-10 10:00"),))
    assert follow_up(arranging).action is Action.NOTHING


def test_an_arrangement_before_the_interview_is_history() -> None:
    application = b.application(b.interview(), replies=(b.answered(ReplyKind.NEXT_ROUND, "2026-09-01 10:00"),))
    assert follow_up(application).action is Action.DRAFT


@pytest.mark.scenario("R1", "F4")
def test_kind_words_move_no_clock() -> None:
    kind = (Evidence(MessageId("<r@x>"), KIND_WORDS, "thanks for coming in"),)
    words = b.answered(ReplyKind.NEUTRAL, "2026-09-20 10:00", evidence=kind)
    assert follow_up(b.application(b.interview(), replies=(words,))).action is Action.DRAFT


@pytest.mark.scenario("R3")
@pytest.mark.parametrize("rule", [MAYBE_OVER, UNREAD])
def test_no_question_is_written_while_a_mail_may_be_their_decision(rule: str) -> None:
    unread = (Evidence(MessageId("<r@x>"), rule, "the seat will be somebody's"),)
    letter = b.answered(ReplyKind.NEUTRAL, "2026-09-12 10:00", evidence=unread)
    kind = (Evidence(MessageId("<k@x>"), KIND_WORDS, "thanks again"),)
    polite = b.answered(ReplyKind.NEUTRAL, "2026-09-14 10:00", evidence=kind)
    held = follow_up(b.application(b.interview(), replies=(letter, polite)), "2026-09-24 10:00")
    assert (held.action, held.standing, held.until) == (Action.ASK, Standing.BLOCKED, None)
    assert "mailwatch mark" in held.reason
    clear = b.answered(ReplyKind.TIMELINE_UPDATE, "2026-09-15 10:00")
    assert follow_up(b.application(b.interview(), replies=(letter, clear)), "2026-09-24 10:00").action is Action.DRAFT


@pytest.mark.scenario("R3")
def test_a_mail_that_nothing_was_recognised_in_is_for_the_user_to_read_first() -> None:
    application = b.application(b.interview(), replies=(b.answered(ReplyKind.NEUTRAL, "2026-09-20 10:00"),))
    held = follow_up(application)
    assert (held.action, held.standing, held.until) == (Action.ASK, Standing.BLOCKED, b.at("2026-09-24 10:00"))
    assert "read it" in held.reason
    assert follow_up(application, "2026-09-24 10:00").action is Action.DRAFT


@pytest.mark.scenario("D15", "R3")
@pytest.mark.parametrize("kind", [ReplyKind.REJECTION, ReplyKind.OFFER, ReplyKind.TIMELINE_UPDATE])
def test_nothing_is_asked_while_a_mail_may_be_the_answer(kind: ReplyKind) -> None:
    unplaced = (b.answered(kind, "2026-09-20 10:00"),)
    held = follow_up(b.application(b.interview(), unplaced=unplaced))
    assert (held.action, held.standing) == (Action.ASK, Standing.BLOCKED)
    assert "may be about this job" in held.reason
    newer = (b.answered(ReplyKind.TIMELINE_UPDATE, "2026-09-21 10:00"),)
    assert follow_up(b.application(b.interview(), unplaced=unplaced, replies=newer)).action is Action.DRAFT


@pytest.mark.scenario("R10")
def test_after_the_user_gave_what_they_asked_for_the_clock_starts_again() -> None:
    application = b.application(
        b.interview(),
        replies=(b.answered(ReplyKind.NEEDS_INFO, "2026-09-14 10:00"),),
        sent=(b.wrote(b.KIT, "2026-09-15 10:00"),),
    )
    assert follow_up(application).due == b.at("2026-09-29 00:00")


@pytest.mark.scenario("F3")
def test_a_question_asked_by_hand_counts_and_the_next_one_waits_fourteen_days() -> None:
    application = b.application(b.interview(), sent=(b.wrote(b.KIT, "2026-09-21 10:00", follow_up=True),))
    waiting = follow_up(application, "2026-10-02 10:00")
    assert (waiting.action, waiting.ordinal, waiting.due) == (Action.WAIT, 2, b.at("2026-10-05 00:00"))
    assert "writing earlier hurts" in waiting.reason
    due = follow_up(application, "2026-10-05 10:00")
    assert (due.action, due.unanswered) == (Action.DRAFT, 1)


@pytest.mark.scenario("F3")
def test_a_question_by_phone_counts_too() -> None:
    asked = b.mark(
        MarkKind.DONE, "uid-1@acme.example", when="2026-09-21 10:00", kind_of_letter=Kind.FOLLOW_UP, value="phone"
    )
    decision = follow_up(b.application(b.interview()), DUE, asked)
    assert (decision.ordinal, decision.due) == (2, b.at("2026-10-05 00:00"))


def test_an_early_question_never_shortens_a_promise() -> None:
    application = b.application(
        b.interview(), decision=promised("2026-10-01"), sent=(b.wrote(b.KIT, "2026-09-11 10:00", follow_up=True),)
    )
    assert follow_up(application).due == b.at("2026-10-06 00:00")


@pytest.mark.scenario("F2", "F11")
def test_after_two_questions_silence_closes_the_process() -> None:
    asked = tuple(b.wrote(b.KIT, when, follow_up=True) for when in ("2026-09-22 10:00", "2026-10-06 10:00"))
    application = b.application(b.interview(), sent=asked)
    waiting = follow_up(application, "2026-10-20 10:00")
    assert (waiting.action, waiting.standing, waiting.until) == (Action.WAIT, Standing.SENT, b.at("2026-10-27 10:00"))
    closed = follow_up(application, "2026-10-28 10:00")
    assert (closed.action, closed.standing) == (Action.NOTHING, Standing.EXPIRED)
    assert "eep searching" in closed.reason


@pytest.mark.scenario("F11")
def test_a_new_timeframe_after_two_questions_allows_another_one() -> None:
    asked = tuple(b.wrote(b.KIT, when, follow_up=True) for when in ("2026-09-22 10:00", "2026-10-06 10:00"))
    answered = b.answered(ReplyKind.TIMELINE_UPDATE, "2026-10-07 10:00")
    application = b.application(
        b.interview(), sent=asked, replies=(answered,), decision=promised("2026-10-16", "2026-10-07 10:00")
    )
    decision = follow_up(application, "2026-10-21 10:00")
    assert (decision.action, decision.ordinal, decision.unanswered) == (Action.DRAFT, 3, 0)


@pytest.mark.scenario("F11")
def test_questions_of_an_earlier_round_are_not_counted() -> None:
    second = b.interview("2026-10-08 10:00", anchors=("uid-2",))
    asked = tuple(b.wrote(b.KIT, when, follow_up=True) for when in ("2026-09-15 10:00", "2026-10-01 10:00"))
    decision = follow_up(b.application(b.interview(), second, sent=asked), "2026-10-22 10:00")
    assert (decision.action, decision.ordinal) == (Action.DRAFT, 1)


@pytest.mark.scenario("F3")
def test_our_draft_that_was_sent_is_counted_once_though_sent_shows_it_too() -> None:
    row = b.row(
        Kind.FOLLOW_UP, b.KIT, LedgerState.SENT, ordinal=1, when="2026-09-22 12:00", sent_at=b.at("2026-09-22 11:00")
    )
    application = b.application(b.interview(), sent=(b.wrote(b.KIT, "2026-09-22 11:00", follow_up=True),))
    decision = follow_up(application, "2026-10-06 10:00", row)
    assert (decision.ordinal, decision.due) == (2, b.at("2026-10-06 00:00"))


def test_nothing_is_asked_within_four_days_of_any_mail_to_that_contact() -> None:
    recent = b.sent(b.KIT, "2026-09-21 12:00")
    decision = follow_up(b.application(b.interview()), DUE, recent)
    assert (decision.action, decision.until) == (Action.WAIT, b.at("2026-09-25 12:00"))
    assert decision.due == b.at("2026-09-22 00:00")


@pytest.mark.scenario("F4")
def test_it_waits_while_our_thank_you_lies_unsent() -> None:
    thanks = b.row(Kind.THANK_YOU, b.KIT, LedgerState.SAVED)
    decision = follow_up(b.application(b.interview()), DUE, thanks)
    assert (decision.action, decision.standing) == (Action.WAIT, Standing.BLOCKED)


def test_it_waits_for_a_thank_you_to_somebody_else_only_in_the_same_thread() -> None:
    start = b.mail(b.KIT, "2026-09-01 09:00", ident="<start@acme.example>")
    application = b.application(
        b.interview(),
        last_messages=(("kit@acme.example", "<start@acme.example>"),),
        messages=frozenset({"<start@acme.example>"}),
    )
    same = b.row(Kind.THANK_YOU, b.RITA, LedgerState.SAVED, thread_of="<start@acme.example>")
    assert follow_up(application, DUE, start, same).action is Action.WAIT
    other = b.row(Kind.THANK_YOU, b.RITA, LedgerState.SAVED, thread_of="<other@acme.example>")
    assert follow_up(application, DUE, start, other).action is Action.DRAFT


@pytest.mark.scenario("R2")
def test_who_is_away_is_asked_two_business_days_after_the_return() -> None:
    application = b.application(b.interview(), away=(("kit@acme.example", date(2026, 9, 24)),))
    decision = follow_up(application)
    assert (decision.action, decision.until) == (Action.WAIT, b.at("2026-09-28 00:00"))
    assert decision.due == b.at("2026-09-22 00:00")
    assert follow_up(application, "2026-09-28 00:00").action is Action.DRAFT


@pytest.mark.scenario("R2")
def test_an_absence_is_waited_for_only_so_long() -> None:
    application = b.application(b.interview(), away=(("kit@acme.example", date(2026, 12, 1)),))
    assert follow_up(application).until == b.at("2026-09-29 00:00")  # 21 days after the interview
    with_date = b.application(
        b.interview(), away=(("kit@acme.example", date(2026, 12, 1)),), decision=promised("2026-09-16")
    )
    assert follow_up(with_date, "2026-09-21 09:00").until == b.at("2026-09-22 00:00")  # 6 days after the promised date


def test_an_absence_without_a_return_date_is_no_reason_to_wait() -> None:
    assert follow_up(b.application(b.interview(), away=(("kit@acme.example", None),))).action is Action.DRAFT


@pytest.mark.scenario("F7")
def test_who_has_left_is_replaced_by_the_next_contact() -> None:
    application = b.application(b.interview(), unreachable=frozenset({"kit@acme.example"}))
    assert follow_up(application).recipient.address == "rita@acme.example"


@pytest.mark.scenario("F7")
def test_without_anybody_to_ask_it_becomes_a_task() -> None:
    application = b.application(b.interview(people=[b.person("Lou Tsang")]), contact=None, contacts=())
    decision = follow_up(application)
    assert (decision.action, decision.standing) == (Action.ASK, Standing.NO_ADDRESS)


@pytest.mark.scenario("S10")
def test_a_muted_person_is_passed_over_for_the_next_contact() -> None:
    decision = follow_up(b.application(b.interview()), policy=Policy(muted=frozenset({"kit@acme.example"})))
    assert decision.recipient.address == "rita@acme.example"


@pytest.mark.scenario("F1")
def test_it_answers_the_newest_message_of_that_contact() -> None:
    application = b.application(b.interview(), last_messages=(("kit@acme.example", "<latest@acme.example>"),))
    assert follow_up(application).parent == "<latest@acme.example>"


def test_it_answers_the_users_own_mail_to_a_contact_who_never_wrote() -> None:
    mine = b.wrote(b.KIT, "2026-09-09 10:00")
    assert follow_up(b.application(b.interview(), sent=(mine,))).parent == mine.message


def test_no_follow_up_without_complete_coverage() -> None:
    decision = follow_up(b.application(b.interview()), coverage=b.covered(DUE, until="2026-09-20 09:00"))
    assert (decision.action, decision.standing) == (Action.WAIT, Standing.BLOCKED)


@pytest.mark.scenario("T23")
def test_a_question_that_the_user_has_begun_is_left_to_the_user() -> None:
    assert follow_up(b.application(b.interview()), DUE, b.draft_seen(b.KIT)).standing is Standing.BEING_WRITTEN


@pytest.mark.scenario("F12", "F13")
def test_what_fell_due_more_than_thirty_days_ago_is_let_go() -> None:
    assert follow_up(b.application(b.interview()), "2026-10-21 23:59").action is Action.DRAFT
    decision = follow_up(b.application(b.interview()), "2026-10-22 00:00")
    assert (decision.action, decision.standing) == (Action.NOTHING, Standing.EXPIRED)
    assert decision.reason == "It fell due Tue 22 Sep: too long ago to ask now."


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (LedgerState.SAVED, Standing.DRAFT_READY),
        (LedgerState.EDITED, Standing.DRAFT_EDITED),
        (LedgerState.GONE, Standing.BEING_WRITTEN),
        (LedgerState.REMOVED, Standing.DISMISSED),
    ],
)
def test_a_follow_up_of_ours_is_never_written_twice(state: LedgerState, standing: Standing) -> None:
    row = b.row(Kind.FOLLOW_UP, b.KIT, state, ordinal=1, when="2026-09-22 06:00")
    assert follow_up(b.application(b.interview()), DUE, row).standing is standing


def test_a_draft_to_an_earlier_contact_is_still_that_follow_up() -> None:
    row = b.row(Kind.FOLLOW_UP, b.ANA, LedgerState.SAVED, ordinal=1, when="2026-09-22 06:00")
    decision = follow_up(b.application(b.interview()), DUE, row)
    assert decision.standing is Standing.DRAFT_READY
    assert "ana@acme.example" in decision.reason


def test_a_deleted_follow_up_to_anybody_is_not_written_to_somebody_else() -> None:
    row = b.row(Kind.FOLLOW_UP, b.ANA, LedgerState.REMOVED, ordinal=1, when="2026-09-22 06:00")
    assert follow_up(b.application(b.interview()), DUE, row).standing is Standing.DISMISSED


def test_a_skipped_follow_up_is_settled() -> None:
    skipped = b.mark(MarkKind.SKIPPED, "uid-1@acme.example", kind_of_letter=Kind.FOLLOW_UP)
    assert follow_up(b.application(b.interview()), DUE, skipped).standing is Standing.DISMISSED


@pytest.mark.scenario("R20")
def test_mail_of_theirs_in_junk_stops_the_question() -> None:
    decision = follow_up(b.application(b.interview(), junk=1))
    assert (decision.action, decision.standing) == (Action.ASK, Standing.BLOCKED)
    assert "1 mail from Acme lies in Spam" in decision.reason
    assert "2 mails" in follow_up(b.application(b.interview(), junk=2)).reason


@pytest.mark.scenario("D17")
def test_an_informational_or_doubtful_talk_is_followed_by_nothing() -> None:
    assert follow_up(b.application(b.interview(informational=True))) is None
    assert follow_up(b.application(b.interview(draftable=False))) is None
    assert follow_up(b.application(b.interview(state=InterviewState.CANCELLED))) is None


def test_the_users_own_zone_decides_which_day_it_is() -> None:
    zone = b.Me("Jordan Reyes", b.ME.primary, b.ME.addresses, zone="Pacific/Auckland")
    evening = b.application(b.interview("2026-09-08 13:00"))  # Wednesday the 9th, 1 am in Auckland
    decisions = decide(Casebook((evening,)), b.facts(me=zone), b.covered(DUE), b.at(DUE), Policy())
    due = next(each.due for each in decisions if each.kind is Kind.FOLLOW_UP)
    assert due == b.at("2026-09-23 00:00") - timedelta(hours=12)
