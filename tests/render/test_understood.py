"""`read` for people: what one message says, told plainly on 80 and on 40 columns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailwatch.core.model import (
    Address,
    Direction,
    Evidence,
    Gratitude,
    Meeting,
    MeetingState,
    MessageId,
    MessageKind,
    Named,
    PersonMention,
    PersonPart,
    Promise,
    Reading,
    ReplyKind,
    ZoneState,
)
from mailwatch.render.screen import rows_of
from mailwatch.render.understood import KINDS, reading_lines

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 9, 21, 13, 30, tzinfo=UTC)
READING = Reading(
    MessageId("<m1@firm.example>"),
    MessageKind.INTERVIEW_RESCHEDULED,
    Direction.CANDIDATE,
    meetings=(
        Meeting(
            MeetingState.CONFIRMED, START, START.replace(hour=14, minute=30), zone="America/New_York", medium="video",
            previous_start=datetime(2026, 9, 18, 13, tzinfo=UTC),
        ),
        Meeting(MeetingState.PROPOSED, START, zone_state=ZoneState.FLOATING, day_only=True),
    ),
    people=(
        PersonMention("Ana Reed", Address("ana@firm.example"), "Head of Data", PersonPart.INTERVIEWER, source="signature"),
        PersonMention("Bo Lind", part=PersonPart.INTERVIEWER, declined=True),
    ),
    companies=(Named("Firm", "domain"),),
    roles=(Named("Analyst", "subject"),),
    reply=ReplyKind.NEEDS_INFO,
    asked_for="references",
    promise=Promise(date(2026, 9, 25), "by Friday", "promises.weekday"),
    suspicions=(Evidence("<m1@firm.example>", "suspicion.money", "asks for money"),),
    evidence=(Evidence("<m1@firm.example>", "classify.move", "moved to Monday"),),
)  # fmt: skip


def rows(reading: Reading, width: int) -> list[str]:
    return [
        "".join(span.text for span in row) for line in reading_lines(reading, BERLIN) for row in rows_of(line, width)
    ]


def test_everything_that_was_understood_is_shown_with_its_source() -> None:
    text = "\n".join(line.text for line in reading_lines(READING, BERLIN))
    for words in (
        "moves an interview · you are the candidate",
        "Mon 21 Sep 2026 15:30–16:30 Europe/Berlin (written in America/New_York): fixed, video, before Fri 18 Sep 2026",
        "Mon 21 Sep 2026: proposed",
        "Ana Reed, Head of Data, interviews <ana@firm.example> (from the signature)",
        "Bo Lind, does not come no address seen (from the text)",
        "company  Firm (from the domain)",
        "role     Analyst (from the subject)",
        "they asked you for something: references",
        "by Fri 25 Sep 2026: “by Friday”",
        "beware   asks for money",
        "“moved to Monday”  classify.move",
    ):
        assert words in text


@pytest.mark.parametrize("width", [80, 40])
def test_no_row_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, rows(READING, width))) <= width


def test_what_is_not_known_takes_no_line() -> None:
    assert [
        line.text for line in reading_lines(Reading(MessageId("<1@a>"), MessageKind.OTHER, Direction.UNKNOWN), BERLIN)
    ] == ["nothing about an interview of yours"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"promise": Promise(None, "a week after", "r", after_interview=True, days=7)}, "7 days after the interview"),
        ({"promise": Promise(None, "frozen", "r", on_hold=True)}, "on hold, no day named: “frozen”"),
        ({"offer_deadline": date(2026, 9, 30)}, "to be answered by Wed 30 Sep 2026"),
        ({"away_until": date(2026, 9, 30)}, "away until Wed 30 Sep 2026"),
        ({"gone": True}, "no longer to be reached there"),
        ({"gratitude": Gratitude(sure=True, cause="conversation", words="enjoyed our chat")}, "enjoyed our chat"),
        ({"readable": False}, "the text could not be read"),
    ],
)
def test_answers_and_doubts_are_told_in_words(fields: dict[str, object], words: str) -> None:
    reading = Reading(MessageId("<1@a>"), MessageKind.OTHER, Direction.UNKNOWN, **fields)  # type: ignore[arg-type]
    assert words in "\n".join(line.text for line in reading_lines(reading, BERLIN))


def test_every_kind_has_its_words() -> None:
    assert set(KINDS) == set(MessageKind)
