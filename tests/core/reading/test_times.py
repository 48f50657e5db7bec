"""Days and times in Latin letters. Written on Thursday 10 September 2026 at nine, in Berlin unless a test says else."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailwatch.core.model import TimeMention, ZoneState
from mailwatch.core.reading.times import hours_in, times_in
from tests.core.reading.mails import lexicon

BERLIN = ZoneInfo("Europe/Berlin")
WRITTEN = datetime(2026, 9, 10, 9, tzinfo=BERLIN)


def found(
    text: str, language: str = "en", *, zone: str = "Europe/Berlin", written: datetime = WRITTEN
) -> tuple[TimeMention, ...]:
    return times_in(text, written=written, zone=zone, lexicon=lexicon(), language=language)


def named(text: str, language: str = "en", written: datetime = WRITTEN) -> list[str]:
    """As local times of Berlin, with the end where there is one; a bare day as its date."""
    told = []
    for one in found(text, language, written=written):
        start = one.start.astimezone(BERLIN)
        end = f"-{one.end.astimezone(BERLIN):%H:%M}" if one.end else ""
        told.append(f"{start:%m-%d}" if one.day_only else f"{start:%m-%d %H:%M}{end}")
    return told


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tuesday, September 22, 2026 at 2:30 PM", "09-22 14:30"),
        ("Tue 22 Sep, 14:30-15:15", "09-22 14:30-15:15"),
        ("on the 22nd of September from 2 to 3 pm", "09-22 14:00-15:00"),
        ("2026-09-22 14:30", "09-22 14:30"),
        ("9/22/2026 2:30 PM", "09-22 14:30"),
        ("tomorrow at 3", "09-11 15:00"),
        ("today at noon", "09-10 12:00"),
        ("the day after tomorrow at 10 am", "09-12 10:00"),
        ("Tuesday at 2", "09-15 14:00"),
        ("next Thursday at 11", "09-17 11:00"),
        ("Monday the 14th at quarter past nine", "09-14 09:15"),
        ("Tuesday at half 2", "09-15 14:30"),
        ("Tuesday at quarter to 5", "09-15 16:45"),
        ("9.30am on Friday 18 September", "09-18 09:30"),
        ("3 pm on Tuesday", "09-15 15:00"),
        ("come by Tuesday at 3 and ask for me", "09-15 15:00"),
        ("Wednesday 0900 hrs", "09-16 09:00"),
        ("Friday 11-1 pm", "09-11 11:00-13:00"),
        ("Sept 29th, 4pm", "09-29 16:00"),
        ("the 26th at 5 pm", "09-26 17:00"),
        ("the 26th 5 pm", "09-26 17:00"),
        ("Thurs 630am", "09-17 06:30"),
        ("Monday 1130 am", "09-14 11:30"),
        ("2026-09-22 1300Z", "09-22 15:00"),
        ("22 Sept 1430 UTC", "09-22 16:30"),
        ("wed 10 works", "09-16 10:00"),
        ("Tues 430?", "09-15 16:30"),
        ("430 thurs is good", "09-17 16:30"),
        ("thurs 630 I'll be there", "09-17 06:30"),
        ("22nd 12 is good", "09-22 12:00"),
        ("3 your time Thursday it is", "09-17 15:00"),
        ("tomorrow at 3 instead of 2:30 pm", "09-11 15:00"),
        ("Date: 22 September 2026\nTime: 10:00 - 10:45", "09-22 10:00-10:45"),
        ("Tuesday 22 September\n\n9:00  Rita Ek\n9:45  Bo Lind", "09-22 09:45"),
    ],
)
def test_english(text: str, moment: str) -> None:
    assert moment in named(text)


@pytest.mark.parametrize(
    ("language", "text", "moment"),
    [
        ("de", "am Dienstag um 14 Uhr", "09-15 14:00"),
        ("de", "Montag, den 28. September 2026, um 9.30 Uhr", "09-28 09:30"),
        ("de", "Mittwoch, dem 14. Oktober, um halb vier", "10-14 15:30"),
        ("de", "morgen um 10 Uhr", "09-11 10:00"),
        ("de", "am 24.9. von 13 bis 14 Uhr", "09-24 13:00-14:00"),
        ("de", "Bis morgen um vier!", "09-11 16:00"),
        ("de", "also morgen 16 statt 14 Uhr, Raum bleibt", "09-11 16:00"),
        ("de", "Mittwoch 16 statt 17 Uhr passt", "09-16 16:00"),
        ("de", "nächsten Donnerstag 16:00", "09-17 16:00"),
        ("fr", "mardi à 14 h", "09-15 14:00"),
        ("fr", "le jeudi 24 septembre 2026 à 9 h 30", "09-24 09:30"),
        ("fr", "demain à 16h", "09-11 16:00"),
        ("fr", "le mardi 15 septembre de 10h à 11h", "09-15 10:00-11:00"),
        ("fr", "lundi prochain à 11 heures et demie", "09-14 11:30"),
        ("es", "mañana a las 10", "09-11 10:00"),
        ("es", "el martes 15 de septiembre a las 16:00", "09-15 16:00"),
        ("es", "el próximo jueves a las 9:30", "09-17 09:30"),
        ("it", "martedì alle 15", "09-15 15:00"),
        ("it", "giovedì 24 settembre 2026 alle ore 10.30", "09-24 10:30"),
        ("it", "domani alle 11", "09-11 11:00"),
        ("it", "martedì 22 alle 15.30. Se preferisce, giovedì 24 alla stessa ora.", "09-24 15:30"),
        ("pt", "terça-feira às 14h", "09-15 14:00"),
        ("pt", "dia 24 de setembro às 10h30", "09-24 10:30"),
        ("pt", "amanhã às 9h", "09-11 09:00"),
        ("nl", "dinsdag om 14.00 uur", "09-15 14:00"),
        ("nl", "donderdag 24 september om half drie", "09-24 14:30"),
        ("nl", "morgen om 10 uur", "09-11 10:00"),
        ("nl", "Tot donderdag om 10 uur!", "09-17 10:00"),
    ],
)
def test_other_languages(language: str, text: str, moment: str) -> None:
    assert moment in named(text, language)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on Tuesday", "09-15"),
        ("on October 5", "10-05"),
        ("See you on 22 September!", "09-22"),
    ],
)
def test_a_day_without_an_hour_is_a_day(text: str, day: str) -> None:
    assert named(text) == [day]


@pytest.mark.parametrize(
    "text",
    [
        "Please answer by Tuesday at 3.",
        "Until Tuesday at 3 the form stays open.",
        "on Tuesday 3 candidates come",
        "Thursday, 630 Main Street",
        "our 3rd interview is over",
        "Tuesday; call 24 hrs before",
        "I am here until 4 pm on Friday.",
        "We have 3 openings at 2 sites",
        "Call +1 202 555 0147 or write to us",
        "The salary is $4,500, 9 of 10 points",
        "Sun and fun in March",
        "Version 10.30 was released",
        "Room 14.30 on floor 2",
        "31 February at 10:00",
        "2026-13-45 14:00",
        "",
    ],
)
def test_what_is_no_time_of_a_meeting(text: str) -> None:
    assert [one for one in found(text) if not one.day_only] == []


def test_a_date_without_a_year_lies_ahead_of_the_day_of_writing() -> None:
    written = datetime(2026, 12, 28, 9, tzinfo=BERLIN)
    assert found("Tuesday 5 January at 10:00", written=written)[0].start == datetime(2027, 1, 5, 9, tzinfo=UTC)


def test_a_wrong_weekday_is_kept_as_written_and_flagged() -> None:
    (one,) = found("Monday 22 September 2026 at 10:00")
    assert one.weekday_conflict
    assert one.start == datetime(2026, 9, 22, 8, tzinfo=UTC)
    assert not found("Tuesday 22 September 2026 at 10:00")[0].weekday_conflict


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Tuesday 22 September at 2 pm ET", "09-22 18:00"),
        ("Tuesday 22 September at 2 pm Eastern", "09-22 18:00"),
        ("Tuesday 22 September at 2 pm Vancouver time", "09-22 21:00"),
        ("Tuesday 22 September at 14:00 (America/New_York)", "09-22 18:00"),
        ("Tuesday 22 September at 14:00 CEST", "09-22 12:00"),
        ("Tuesday 22 September at 14:00 GMT+2", "09-22 12:00"),
        ("Tuesday 22 September 14:00 UTC", "09-22 14:00"),
        ("All times are Pacific Time.\nTuesday 22 September 2:00 pm", "09-22 21:00"),
    ],
)
def test_a_stated_zone_wins(text: str, utc: str) -> None:
    one = next(mention for mention in found(text) if not mention.day_only)
    assert one.start.strftime("%m-%d %H:%M") == utc
    assert one.zone
    assert one.zone_state is ZoneState.KNOWN


def test_a_time_without_zone_is_meant_in_the_users() -> None:
    (one,) = found("Tuesday at 2 pm", zone="America/Denver", written=datetime(2026, 9, 10, 15, tzinfo=UTC))
    assert one.start == datetime(2026, 9, 15, 20, tzinfo=UTC)
    assert one.zone_state is ZoneState.FLOATING


def test_summer_time_begins_between_writing_and_meeting() -> None:
    written = datetime(2027, 3, 10, 9, tzinfo=BERLIN)
    assert found("Tuesday 30 March at 10:00", written=written)[0].start == datetime(2027, 3, 30, 8, tzinfo=UTC)
    assert found("Tuesday 16 March at 10:00", written=written)[0].start == datetime(2027, 3, 16, 9, tzinfo=UTC)


def test_a_bare_weekday_behind_a_far_date_is_of_that_week() -> None:
    assert "10-19 10:00" in named("We see people October 19-20. Would Monday at 10 work?")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5/10/2026 at 10:00", "10-05"), ("25/10/2026 at 10:00", "10-25"), ("10/25/2026 at 10:00", "10-25")],
)
def test_day_and_month_in_digits_follow_the_writers_zone_where_both_are_possible(text: str, expected: str) -> None:
    assert named(text)[0].startswith(expected)


def test_month_first_where_the_writer_is_in_america() -> None:
    written = datetime(2026, 9, 10, 9, tzinfo=ZoneInfo("America/New_York"))
    (one,) = found("10/5/2026 at 10:00 AM", zone="America/New_York", written=written)
    assert one.start == datetime(2026, 10, 5, 14, tzinfo=UTC)


def test_a_long_text_is_read_to_a_limit() -> None:
    assert len(found("Tuesday at 2 pm. " * 5_000)) < 6_000


def test_a_zone_said_of_both_times_goes_for_both() -> None:
    zones = {
        one.zone for one in found("Either Tue 10/6 at 1pm or Wed 10/7 at 11am, both Pacific.", zone="Pacific/Honolulu")
    }
    assert zones == {"Pacific"}


def test_hours_without_a_day_are_told_apart_from_numbers() -> None:
    def hours(text: str, language: str) -> list[str]:
        told = hours_in(text, written=WRITTEN, zone="Europe/Berlin", lexicon=lexicon(), language=language)
        return [f"{hour.time:%H:%M}" for hour in told]

    assert hours("3 works. I have eight years of C.", "en") == ["15:00"]
    assert hours("Half two's grand, see you then.", "en") == ["14:30"]
    assert hours("9 h 30 est maintenu ; celui de 11 h tombe à l'eau", "fr") == ["09:30", "11:00"]
    assert hours("Tuesday at 3 works", "en") == []
