"""A hundred and fifty whole messages, headers and all, mixed as a mailbox mixes them: how well are they read?

The floors lie a little below the figures of docs/reading-quality.md. The second half is closed to whoever mends rules.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from mailwatch.core.model import MessageKind
from tests.core.reading.examples import MAILS
from tests.core.reading.wires import CLOSED, SEEN, told, wires

INTERVIEW = {"interview_request", "interview_confirmed", "interview_rescheduled", "interview_cancelled"}
FLOORS = {SEEN: 0.89, CLOSED: 0.92}


@pytest.fixture(params=FLOORS)
def half(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_nine_in_ten_whole_messages_are_read_as_what_they_are(half: str) -> None:
    misread = {case.id: reading.kind.value for case, reading in told(half) if reading.kind.value not in case.kinds}
    assert len(misread) <= (1 - FLOORS[half]) * len(told(half)), misread


def test_mail_that_arranges_an_interview_is_hardly_ever_missed(half: str) -> None:
    arranging = [(case, reading) for case, reading in told(half) if set(case.kinds) <= INTERVIEW]
    missed = [case.id for case, reading in arranging if reading.kind.value not in INTERVIEW]
    assert len(missed) <= 0.05 * len(arranging), missed


def test_a_full_mailbox_has_hardly_a_message_taken_for_an_interview_that_is_none(half: str) -> None:
    false = [
        case.id for case, reading in told(half) if reading.kind.value in INTERVIEW and not INTERVIEW & {*case.kinds}
    ]
    assert len(false) <= 1, false


def test_no_whole_message_is_taken_for_a_refusal_that_is_none_and_few_refusals_are_missed(half: str) -> None:
    refusals = [(case, reading) for case, reading in told(half) if case.kinds[0] == "rejection"]
    false = [
        case.id
        for case, reading in told(half)
        if reading.kind is MessageKind.REJECTION and "rejection" not in case.kinds
    ]
    missed = [case.id for case, reading in refusals if reading.kind is not MessageKind.REJECTION]
    assert false == []
    assert len(missed) <= 2, missed


def test_every_sent_thank_you_is_seen_and_nothing_else_taken_for_one(half: str) -> None:
    thanks = {case.id for case, _reading in told(half) if case.kinds == ("thank_you_sent",)}
    assert {case.id for case, reading in told(half) if reading.kind is MessageKind.THANK_YOU_SENT} == thanks


def test_nearly_every_start_is_found_to_the_minute(half: str) -> None:
    wanted = [(case, reading) for case, reading in told(half) if "start" in case.table]
    missed = [
        case.id
        for case, reading in wanted
        if datetime.fromisoformat(case.table["start"]) not in {meeting.start for meeting in reading.meetings}
    ]
    assert len(missed) <= 1, missed


def test_people_and_firms_named_in_tables_are_found_more_often_than_not() -> None:
    cases = [pair for file in FLOORS for pair in told(file)]
    panels = [(case, reading) for case, reading in cases if "people" in case.table]
    whole = [
        case.id for case, reading in panels if {*case.table["people"]} <= {person.name for person in reading.people}
    ]
    firms = [(case, reading) for case, reading in cases if "company" in case.table]
    named = [case.id for case, reading in firms if case.table["company"] in [name.text for name in reading.companies]]
    assert len(whole) > len(panels) / 2, whole
    assert len(named) >= len(firms) - 1, named


def test_no_weight_was_learned_from_whole_messages() -> None:
    assert not {SEEN, CLOSED} & set(MAILS)


def test_the_messages_are_whole_and_as_many_as_the_first_line_says() -> None:
    cases = [case for file in FLOORS for case in wires(file)]
    assert len(cases) >= 150
    assert len({case.id for case in cases}) == len(cases)
    assert all(
        "\nSubject: " in case.table["wire"] and "\nMIME-Version: " in f"\n{case.table['wire']}" for case in cases
    )
