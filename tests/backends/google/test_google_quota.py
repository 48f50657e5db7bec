"""The quota: both of Google's tables, kept to the minute, waited for within reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.backends.google import GMAIL, Budget, QuotaSpent, Table
from tests.servers.google_server import NEW_UNITS, OLD_UNITS


class Clock:
    def __init__(self):
        self.now = 0.0
        self.naps = []

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.now += seconds


def budget_with(clock, **settings):
    return Budget("web", clock=lambda: clock.now, sleep=clock.sleep, **settings)


def test_what_a_call_costs_is_what_google_counts():
    assert {name: call.units for name, call in GMAIL.items()} == {name: NEW_UNITS[name] for name in GMAIL}
    assert {name: call.units_before for name, call in GMAIL.items()} == {name: OLD_UNITS[name] for name in GMAIL}


def test_three_hundred_messages_go_into_a_minute_and_the_next_one_waits_for_it():
    clock = Clock()
    budget = budget_with(clock)
    for _ in range(300):
        budget.spend(20)
    assert clock.naps == []
    clock.now = 10.0
    budget.spend(20)
    assert clock.naps == [50.0]
    assert budget.spent == 6_020


def test_an_older_project_may_spend_more():
    clock = Clock()
    budget = budget_with(clock, table=Table.BEFORE_2026)
    for _ in range(3_000):
        budget.spend(5)
    assert clock.naps == []
    budget.spend(5)
    assert clock.naps == [60.0]


def test_patience_is_for_the_whole_run():
    clock = Clock()
    budget = budget_with(clock, patience=70.0)
    for _ in range(600):
        budget.spend(20)
    assert clock.naps == [60.0]
    with pytest.raises(QuotaSpent, match="next run goes on") as caught:
        budget.spend(20)
    assert caught.value.retry_after.total_seconds() == 60.0
    assert budget.spent == 12_000


@given(st.lists(st.tuples(st.integers(1, 2_000), st.floats(0, 90)), max_size=60))
def test_in_no_minute_is_more_spent_than_there_is(steps):
    clock = Clock()
    budget = budget_with(clock, patience=float("inf"))
    spent = []
    for units, pause in steps:
        clock.now += pause
        budget.spend(units)
        spent.append((clock.now, units))
    for moment, _ in spent:
        assert sum(units for at, units in spent if moment - 60 < at <= moment) <= 6_000
