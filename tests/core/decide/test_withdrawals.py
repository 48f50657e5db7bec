"""Withdrawals after the user accepted an offer."""

from __future__ import annotations

import pytest

from mailwatch.core.decide import decide
from mailwatch.core.model import (
    Action,
    Casebook,
    Decision,
    InterviewState,
    Kind,
    LedgerState,
    MarkKind,
    Policy,
    Standing,
)
from tests.core import builders as b

NOW = "2026-09-20 09:00"


def accepted(when: str = "2026-09-19 09:00"):
    return b.application(
        b.interview(anchors=("uid-a",)),
        id="taken",
        state="accepted",
        sent=(b.wrote("Mirva <m@taken.example>", when, accepts_offer=True),),
    )


def other(*interviews, **more):
    values = {"id": "other", "company": "Globex", "sent": (b.wrote(b.KIT, "2026-09-10 09:00"),)}
    return b.application(*interviews, **(values | more))


def withdrawals(*applications, now=NOW, items=(), policy=b.RULES) -> list[Decision]:
    decisions = decide(Casebook(applications), b.facts(*items), b.covered(now), b.at(now), policy)
    return [each for each in decisions if each.kind is Kind.WITHDRAWAL]


@pytest.mark.scenario("F8")
def test_every_other_open_process_gets_one_letter_to_its_contact_in_its_thread() -> None:
    ahead = b.interview("2026-09-25 10:00", anchors=("uid-2",))
    application = other(b.interview(), ahead, last_messages=(("kit@acme.example", "<latest@globex.example>"),))
    (decision,) = withdrawals(accepted(), application)
    assert (decision.action, decision.standing, decision.application) == (Action.DRAFT, Standing.DUE, "other")
    assert (decision.recipient.address, decision.parent) == ("kit@acme.example", "<latest@globex.example>")
    assert decision.freed == (ahead.id,)
    assert "after you have signed" in decision.reason


@pytest.mark.scenario("R7")
def test_an_offer_alone_withdraws_nothing() -> None:
    assert withdrawals(b.application(b.interview(), id="taken", state="offered"), other(b.interview())) == []


@pytest.mark.scenario("F8", "F9")
@pytest.mark.parametrize("state", ["rejected", "withdrawn", "closed", "offered"])
def test_closed_processes_and_other_offers_get_none(state: str) -> None:
    assert withdrawals(accepted(), other(b.interview(), state=state)) == []


@pytest.mark.scenario("R11")
def test_a_process_on_hold_is_withdrawn_from_too() -> None:
    assert len(withdrawals(accepted(), other(b.interview(), state="on_hold"))) == 1


def test_a_process_in_which_nobody_was_met_gets_none() -> None:
    assert withdrawals(accepted(), other()) == []
    assert withdrawals(accepted(), other(b.interview(state=InterviewState.CANCELLED))) == []
    assert len(withdrawals(accepted(), other(b.interview(state=InterviewState.REQUESTED)))) == 1


def test_a_process_asleep_for_two_months_gets_none() -> None:
    silent = other(b.interview("2026-07-01 10:00"), sent=(b.wrote(b.KIT, "2026-07-02 09:00"),))
    assert withdrawals(accepted(), silent) == []


def test_a_suspicious_process_gets_none() -> None:
    assert withdrawals(accepted(), other(b.interview(), suspicions=(b.Evidence("<m>", "suspicion.money"),))) == []


@pytest.mark.scenario("F8")
def test_acceptance_by_mark_counts_from_the_mark() -> None:
    taken = b.application(
        b.interview(anchors=("uid-a",)), id="taken", state="accepted", messages=frozenset({"<offer@taken.example>"})
    )
    told = b.mark(MarkKind.ACCEPTED, "<offer@taken.example>", when="2026-09-19 09:00")
    (decision,) = withdrawals(taken, other(b.interview()), items=[told])
    assert decision.due == b.at("2026-09-19 09:00")


def test_a_month_later_it_is_too_late() -> None:
    (decision,) = withdrawals(accepted("2026-08-20 09:00"), other(b.interview()))
    assert (decision.action, decision.standing) == (Action.NOTHING, Standing.EXPIRED)


def test_the_process_that_is_left_gets_no_follow_up_beside_it() -> None:
    decisions = decide(
        Casebook((accepted("2026-09-23 09:00"), other(b.interview()))),
        b.facts(),
        b.covered("2026-09-24 09:00"),
        b.at("2026-09-24 09:00"),
        Policy(),
    )
    assert [each.kind for each in decisions if each.application == "other" and each.kind is not Kind.THANK_YOU] == [
        Kind.WITHDRAWAL
    ]


def test_without_a_human_contact_there_is_no_letter() -> None:
    nobody = other(b.interview(people=[b.person("Lou Tsang")]), contact=None, contacts=())
    assert withdrawals(accepted(), nobody) == []


def test_a_deleted_withdrawal_is_not_written_again() -> None:
    row = b.row(Kind.WITHDRAWAL, b.KIT, LedgerState.REMOVED, anchor=None)
    (decision,) = withdrawals(accepted(), other(b.interview()), items=[row])
    assert decision.standing is Standing.DISMISSED


def test_one_done_by_phone_is_done() -> None:
    done = b.mark(MarkKind.DONE, "uid-1@acme.example", kind_of_letter=Kind.WITHDRAWAL, value="phone")
    (decision,) = withdrawals(accepted(), other(b.interview()), items=[done])
    assert decision.standing is Standing.DONE


def test_a_withdrawal_begun_by_the_user_or_muted_is_left_alone() -> None:
    (decision,) = withdrawals(accepted(), other(b.interview()), items=[b.draft_seen(b.KIT)])
    assert decision.standing is Standing.BEING_WRITTEN
    (muted,) = withdrawals(accepted(), other(b.interview()), policy=Policy(muted=frozenset({"globex"})))
    assert muted.standing is Standing.BLOCKED
