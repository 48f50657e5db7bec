"""Business days."""

from __future__ import annotations

from datetime import date

import pytest

from mailwatch.core.workdays import add_workdays, due_day, is_workday, next_workday


def test_weekends_are_no_working_days() -> None:
    assert is_workday(date(2026, 10, 2))
    assert not is_workday(date(2026, 10, 3))
    assert not is_workday(date(2026, 10, 4))


def test_without_holidays_christmas_to_new_year_is_off() -> None:
    assert is_workday(date(2026, 12, 23))
    assert not is_workday(date(2026, 12, 24))
    assert not is_workday(date(2026, 12, 31))
    assert not is_workday(date(2027, 1, 1))
    assert is_workday(date(2027, 1, 4))


def test_known_holidays_replace_the_default_ones() -> None:
    holidays = frozenset({date(2026, 12, 25)})
    assert is_workday(date(2026, 12, 24), holidays)
    assert not is_workday(date(2026, 12, 25), holidays)


@pytest.mark.scenario("F5")
def test_three_working_days_after_a_friday_is_wednesday() -> None:
    assert add_workdays(date(2026, 10, 2), 3) == date(2026, 10, 7)


def test_three_working_days_after_a_saturday_is_wednesday() -> None:
    assert add_workdays(date(2026, 10, 3), 3) == date(2026, 10, 7)


def test_no_working_days_leave_the_day_as_it_is() -> None:
    assert add_workdays(date(2026, 10, 3), 0) == date(2026, 10, 3)


@pytest.mark.scenario("F5")
def test_a_holiday_moves_the_due_day_to_the_next_working_day() -> None:
    holidays = frozenset({date(2026, 10, 26)})
    assert due_day(date(2026, 10, 24), holidays) == date(2026, 10, 27)
    assert next_workday(date(2026, 10, 26), holidays) == date(2026, 10, 27)


@pytest.mark.scenario("F5")
@pytest.mark.parametrize(
    "day", [date(2026, 12, 19), date(2026, 12, 21), date(2026, 12, 28), date(2027, 1, 1), date(2027, 1, 3)]
)
def test_what_falls_due_between_the_years_appears_on_the_third_working_day_of_january(day: date) -> None:
    assert due_day(day) == date(2027, 1, 6)


@pytest.mark.scenario("F5")
def test_the_last_days_before_and_the_first_after_are_as_they_are() -> None:
    assert due_day(date(2026, 12, 18)) == date(2026, 12, 18)
    assert due_day(date(2027, 1, 5)) == date(2027, 1, 5)
