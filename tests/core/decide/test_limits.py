"""Not too much at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailwatch.core.decide import decide
from mailwatch.core.model import Action, Casebook, Decision, Kind, LedgerState, Policy, Standing
from tests.core import builders as b

NOW = "2026-09-08 13:00"
START = "<start@acme.example>"


def decided(*applications, now=NOW, items=(), policy=b.RULES) -> tuple[Decision, ...]:
    return decide(Casebook(applications), b.facts(*items), b.covered(now), b.at(now), policy)


def drafts(decisions) -> list[Decision]:
    return [each for each in decisions if each.action is Action.DRAFT]


def firm(number: int, panel: int, hour: int = 9):
    people = [b.person(f"P{n} Firm{number} <p{n}@firm{number}.example>") for n in range(panel)]
    round_ = b.interview(f"2026-09-08 {hour:02}:00", people=people, anchors=(f"uid-{number}",))
    return b.application(
        round_,
        id=f"a{number}",
        company=f"Firm {number}",
        contact=None,
        contacts=(),
        domains=frozenset({f"firm{number}.example"}),
    )


@pytest.mark.scenario("F12")
def test_at_most_ten_drafts_in_one_run_the_rest_waits() -> None:
    decisions = decided(*(firm(number, 1) for number in range(12)))
    assert len(drafts(decisions)) == 10
    waiting = [each for each in decisions if each.standing is Standing.BLOCKED]
    assert len(waiting) == 2
    assert all(each.action is Action.WAIT for each in waiting)


@pytest.mark.scenario("F12", "T2")
def test_a_panel_is_never_split() -> None:
    decisions = decided(firm(1, 4, 8), firm(2, 4, 9), firm(3, 4, 10))
    by_firm = {each.application for each in drafts(decisions)}
    assert by_firm == {"a1", "a2"}
    assert len(drafts(decisions)) == 8


def test_a_panel_larger_than_the_limit_is_saved_whole() -> None:
    assert len(drafts(decided(firm(1, 12)))) == 12


def test_a_smaller_limit_is_honoured() -> None:
    assert len(drafts(decided(firm(1, 1), firm(2, 1), firm(3, 1), policy=Policy(max_per_run=2)))) == 2


def test_the_most_pressing_letters_come_first() -> None:
    decisions = decided(firm(1, 1, 10), firm(2, 1, 8), policy=Policy(max_per_run=1))
    assert [each.application for each in drafts(decisions)] == ["a2"]


def test_two_in_one_thread_become_one_in_it_and_one_beside_it() -> None:
    hello = b.mail(b.RITA, "2026-09-01 09:00", ident=START)
    again = b.mail(b.BO, "2026-09-01 10:00", ident="<again@acme.example>", answers=hello)
    application = b.application(
        b.interview(panel=2),
        last_messages=(("rita@acme.example", START), ("bo@acme.example", "<again@acme.example>")),
        messages=frozenset({START, "<again@acme.example>"}),
    )
    assert [each.parent for each in drafts(decided(application, items=[hello, again]))] == [START, None]


def test_a_follow_up_waits_while_another_draft_lies_in_its_thread() -> None:
    hello = b.mail(b.KIT, "2026-08-01 09:00", ident=START)
    application = b.application(
        b.interview("2026-08-18 10:00"), last_messages=(("kit@acme.example", START),), messages=frozenset({START})
    )
    row = b.row(Kind.WITHDRAWAL, b.BO, LedgerState.SAVED, thread_of=START, anchor=None, evidence=("uid-x",))
    decision = next(each for each in decided(application, items=[hello, row]) if each.kind is Kind.FOLLOW_UP)
    assert (decision.action, decision.standing) == (Action.WAIT, Standing.BLOCKED)


@pytest.mark.scenario("F15")
def test_one_contact_in_two_processes_gets_the_second_letter_on_the_next_business_day() -> None:
    friday = "2026-09-11 13:00"
    one = b.application(b.interview("2026-09-11 09:00", anchors=("uid-1",)), id="a1")
    two = b.application(b.interview("2026-09-11 10:00", anchors=("uid-2",)), id="a2", role="Lead")
    first, second = (each for each in decided(one, two, now=friday) if each.kind is Kind.THANK_YOU)
    assert first.action is Action.DRAFT
    assert (second.action, second.until) == (Action.WAIT, b.at("2026-09-14 00:00"))


@pytest.mark.scenario("F15")
def test_a_draft_saved_earlier_today_for_another_process_counts() -> None:
    row = b.row(
        Kind.FOLLOW_UP,
        b.RITA,
        LedgerState.SAVED,
        anchor="2026-08-01 10:00",
        evidence=("uid-x",),
        when="2026-09-08 07:00",
    )
    decision = next(each for each in decided(b.application(b.interview()), items=[row]) if each.kind is Kind.THANK_YOU)
    assert (decision.action, decision.until) == (Action.WAIT, b.at("2026-09-09 00:00"))
    yesterday = b.row(
        Kind.FOLLOW_UP,
        b.RITA,
        LedgerState.SAVED,
        anchor="2026-08-01 10:00",
        evidence=("uid-x",),
        when="2026-09-07 07:00",
    )
    decision = next(
        each for each in decided(b.application(b.interview()), items=[yesterday]) if each.kind is Kind.THANK_YOU
    )
    assert decision.action is Action.DRAFT


def test_two_letters_to_one_contact_of_one_process_are_no_burst() -> None:
    first = b.interview("2026-09-07 10:00", anchors=("uid-1",))
    second = b.interview("2026-09-08 10:00", anchors=("uid-2",), people=[b.person(b.BO)])
    assert len(drafts(decided(b.application(first, second)))) == 2


def test_limits_leave_other_decisions_as_they_are() -> None:
    ahead = b.application(b.interview("2026-09-09 10:00"))
    decisions = decided(ahead)
    assert [each.standing for each in decisions] == [Standing.NOT_DUE]
    assert decisions[0].until == b.at("2026-09-09 11:00") + timedelta(minutes=90)
