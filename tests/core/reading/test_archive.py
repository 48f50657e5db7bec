"""Mail in the manner of public archives: an office of 2001, its staff who hire, lists, spam, universities, and everyday sent mail.

The floors lie a little below the figures of docs/reading-quality.md; the second half is closed to whoever mends rules.
"""

from __future__ import annotations

import pytest

from mailwatch.core.model import Direction, MessageKind, Reading, ReplyKind
from mailwatch.core.reading import read
from tests.core.reading.answers import rows
from tests.core.reading.examples import MAILS, WIRES
from tests.core.reading.mails import cases, context, incoming
from tests.core.reading.wires import told

FIRST, CLOSED = "seventh_archive_a", "seventh_archive_b"
FLOORS = {FIRST: 0.95, CLOSED: 0.86}
INTERVIEW = {"interview_request", "interview_confirmed", "interview_rescheduled"}
ANSWERS = rows("material/replies_d.toml")


def forty(kind: str) -> list[tuple[str, Reading]]:
    """The forty answers of a kind, with what is read in each."""
    answers = [row for row in ANSWERS if row["kind"] == kind]
    assert len(answers) == 40
    return [(row["text"], read(incoming(row["text"], subject=row["subject"]), context())) for row in answers]


@pytest.fixture(params=FLOORS)
def half(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_most_mail_of_an_archive_is_read_as_what_it_is(half: str) -> None:
    misread = {case.id: reading.kind.value for case, reading in told(half) if reading.kind.value not in case.kinds}
    assert len(misread) <= (1 - FLOORS[half]) * len(told(half)), misread


def test_mail_about_other_meetings_is_no_interview_and_few_interviews_are_missed(half: str) -> None:
    false = [
        case.id for case, reading in told(half) if reading.kind.value in INTERVIEW and not INTERVIEW & {*case.kinds}
    ]
    asked = [(case.id, reading.kind.value) for case, reading in told(half) if {*case.kinds} <= INTERVIEW]
    assert len(false) <= 1, false
    assert sum(kind in INTERVIEW for _, kind in asked) >= 0.8 * len(asked), asked


def test_refusals_of_credit_papers_and_bids_are_hardly_ever_taken_for_one_of_a_job(half: str) -> None:
    false = [
        case.id
        for case, reading in told(half)
        if reading.kind is MessageKind.REJECTION and "rejection" not in case.kinds
    ]
    missed = [
        case.id for case, reading in told(half) if case.kinds == ("rejection",) and reading.kind.value not in case.kinds
    ]
    assert len(false) <= 1, false
    assert missed == []


def test_thanks_among_colleagues_hosts_customers_and_friends_are_none_for_an_interview() -> None:
    pairs = [pair for file in FLOORS for pair in told(file)] + [*told("everyday", cases)]
    false = [
        case.id
        for case, reading in pairs
        if reading.kind is MessageKind.THANK_YOU_SENT and "thank_you_sent" not in case.kinds
    ]
    sent = [case for case, _ in pairs if case.kinds == ("other_sent",)]
    seen = [
        case.id for case, reading in pairs if case.kinds == ("thank_you_sent",) and reading.kind.value in case.kinds
    ]
    assert len(false) <= 0.06 * len(sent), false
    assert len(seen) == sum(case.kinds == ("thank_you_sent",) for case, _ in pairs)


@pytest.mark.parametrize(
    "text",
    [
        "Wanda, thanks for coming down to see us yesterday. I enjoyed our conversation about the lab.",
        "Wanda, it was a pleasure hosting you here. Thank you for the interesting discussion.",
    ],
)
def test_a_host_thanks_for_no_interview(text: str) -> None:
    reading = read(incoming(text, outgoing=True, to="Wanda Moor <wanda@gradmail.example>"), context())
    assert reading.kind is MessageKind.OTHER_SENT


def test_words_of_refusal_in_an_acknowledgement_refuse_nobody() -> None:
    read_as = forty("neutral")
    refused = [
        text
        for text, reading in read_as
        if reading.kind is MessageKind.REJECTION or reading.reply is ReplyKind.REJECTION
    ]
    assert refused == []


def test_refusals_without_the_usual_words_of_regret_are_heard() -> None:
    read_as = forty("rejection")
    missed = [text for text, reading in read_as if reading.kind is not MessageKind.REJECTION]
    assert len(missed) <= 1, missed


def test_what_no_rule_calls_an_interview_founds_none_unless_it_is_very_like_one() -> None:
    reading = read(
        incoming(
            "Are you around on Tuesday at three? Bring the drawings of the boat and we look at them together.",
            sender="Bo <bo@rowing.example>",
            subject="Tuesday",
        ),
        context(),
    )
    assert reading.kind.value not in INTERVIEW
    assert reading.direction is not Direction.CANDIDATE


def test_nothing_is_learned_from_the_closed_half() -> None:
    assert CLOSED not in {*MAILS, *WIRES}
