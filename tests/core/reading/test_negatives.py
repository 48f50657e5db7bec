"""Two hundred and sixty messages and calendar entries that are no interview of the user's, through the whole pipeline."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from mailwatch.core.model import AccountCoverage, Coverage, Facts, Me, Plan, Policy, Reach
from mailwatch.core.plan import plan
from mailwatch.letters import load_letters
from tests.core.reading.mails import lexicon
from tests.core.reading.negatives import Negative, negatives
from tests.storylines.export import result_of

LETTERS = load_letters()
# While thank-yous would be due for what lies in each week, and when the last follow-up would be.
MOMENTS = [datetime(2026, month, day, 22, tzinfo=UTC) for month, day in ((9, 12), (9, 16), (9, 19), (9, 25), (10, 16))]


@cache
def cases() -> list[Negative]:
    """Read when a test asks, not when tests are collected: every worker collects."""
    return list(negatives())


def planned(facts: Facts, now: datetime) -> Plan:
    everything = Reach(datetime(2026, 1, 1, tzinfo=UTC), now)
    coverage = Coverage((AccountCoverage(facts.me.primary, everything, everything),))
    return plan(facts, coverage, now, Policy(), lexicon(), LETTERS)


def faults_of(facts: Facts) -> tuple[int, int]:
    """The most interviews ever shown as fixed or held, and the drafts over all moments."""
    plans = [planned(facts, now) for now in MOMENTS]
    return max(held_in(found, facts.me) for found in plans), sum(len(found.drafts) for found in plans)


def held_in(found: Plan, me: Me) -> int:
    told = result_of(found, [], ZoneInfo(me.zone))["interviews"]
    return sum(item["status"] in {"scheduled", "completed"} for item in told)


@cache
def faults() -> dict[str, tuple[int, int]]:
    return {case.id: faults_of(case.facts) for case in cases()}


def together() -> dict[str, Facts]:
    """All cases of one user in one mailbox and one calendar: what one says must not make another an interview."""
    by_user: dict[str, list[Negative]] = defaultdict(list)
    for case in cases():
        by_user[case.me.primary].append(case)
    return {
        user: Facts(
            own[0].me,
            tuple(mail for case in own for mail in case.mails),
            tuple(event for case in own for event in case.events),
        )
        for user, own in by_user.items()
    }


@pytest.mark.scenario("D11", "D12", "D17", "D18", "D19", "D32")
def test_nothing_is_ever_drafted_for_what_is_no_interview() -> None:
    assert [name for name, (_interviews, drafts) in faults().items() if drafts] == []


def test_at_most_one_of_them_is_taken_for_an_interview() -> None:
    assert len(false := [name for name, (interviews, _drafts) in faults().items() if interviews]) <= 1, false


def test_nothing_is_drafted_when_all_of_it_lies_in_one_mailbox() -> None:
    drafts = {user: faults_of(facts)[1] for user, facts in together().items()}
    assert len(drafts) > 1
    assert not any(drafts.values()), drafts


def test_the_set_is_as_large_as_its_first_line_says() -> None:
    assert sum(len(case.mails) + len(case.events) for case in cases()) >= 260
    assert sum(len(case.events) for case in cases()) >= 80
