"""Whole mails as they come: what each is read as, with the times, people, firm and job that it names."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from mailwatch.core.model import Reading
from mailwatch.core.reading import read, reader_version
from mailwatch.core.reading.context import ReadingContext
from tests.core.reading.mails import Case, cases, context

FILES = ("arranging_en", "staff_en", "other_kinds_en", "mass_en", "languages_b", "second_en", "third_en")
CASES = list(cases(*FILES))
NUMBERS = {case.id: number for number, case in enumerate(CASES)}


INTERVIEW = {"interview_request", "interview_confirmed", "interview_rescheduled"}


def test_at_least_ninety_four_mails_in_a_hundred_are_read_as_what_they_are() -> None:
    misread = {case.id: kind for case in CASES if (kind := kind_of(case)) not in case.kinds}
    assert len(misread) <= 0.06 * len(CASES), misread


def test_hardly_any_mail_is_taken_for_one_about_an_interview_that_is_none() -> None:
    false = [case.id for case in CASES if kind_of(case) in INTERVIEW and not INTERVIEW & set(case.kinds)]
    assert len(false) <= 0.01 * len(CASES), false


def test_no_mail_is_taken_for_a_refusal_that_is_none() -> None:
    assert [case.id for case in CASES if kind_of(case) == "rejection" and "rejection" not in case.kinds] == []


@cache
def reading_of(number: int) -> Reading:
    """Each mail is read once for all tests."""
    return read(CASES[number].message, CASES[number].context)


def told(case: Case) -> Reading:
    return reading_of(NUMBERS[case.id])


def kind_of(case: Case) -> str:
    return told(case).kind.value


@pytest.mark.parametrize("case", [case for case in CASES if "start" in case.table], ids=lambda case: case.id)
def test_the_time_of_a_meeting_is_the_right_instant(case: Case) -> None:
    wanted = datetime.fromisoformat(str(case.table["start"])).astimezone(UTC)
    assert wanted in {meeting.start for meeting in told(case).meetings}


@pytest.mark.parametrize("case", [case for case in CASES if "people" in case.table], ids=lambda case: case.id)
def test_the_people_named_are_found(case: Case) -> None:
    found = {person.name for person in told(case).people}
    assert set(case.table["people"]) <= found


@pytest.mark.parametrize("case", [case for case in CASES if "company" in case.table], ids=lambda case: case.id)
def test_the_employer_is_called_as_it_calls_itself(case: Case) -> None:
    assert case.table["company"] in [name.text for name in told(case).companies]


def test_nearly_every_job_is_named_without_numbers_and_brackets() -> None:
    named = [case for case in CASES if "role" in case.table]
    missed = [case.id for case in named if case.table["role"] not in roles_of(case)]
    assert len(missed) <= 0.07 * len(named), missed


def roles_of(case: Case) -> list[str]:
    return [name.text for name in told(case).roles]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_reason_quotes_one_line_of_at_most_160_characters(case: Case) -> None:
    for evidence in told(case).evidence:
        assert "\n" not in evidence.words
        assert len(evidence.words) <= 160
        assert evidence.rule


def test_the_readers_version_changes_with_whatever_it_depends_on() -> None:
    base = context()
    other = ReadingContext(context("lena").me, base.lexicon, base.detection)
    assert reader_version(base) == reader_version(context())
    assert reader_version(base) != reader_version(other)
