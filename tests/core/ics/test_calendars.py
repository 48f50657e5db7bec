"""Whole calendars in a window: the prefilter, series, exceptions, bombs; icalendar and recurring_ical_events as the witness."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailwatch.core.ics import ParsedCalendar, _may_touch, calendar_from_ics
from mailwatch.core.model import Window

BERLIN = "Europe/Berlin"
LIMIT = 3.0 if sys.gettrace() is None else 12.0  # measuring coverage costs that much
WINDOW = Window(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


def vevent(*lines: str, uid: str = "u1") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""))


def parse(*events: str, window: Window = WINDOW, zone: str = BERLIN) -> ParsedCalendar:
    return calendar_from_ics(
        ("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n" + "".join(events) + "END:VCALENDAR\n").encode(),
        window=window,
        zone=zone,
    )


def starts(*events: str, window: Window = WINDOW) -> list[str]:
    return [f"{event.start:%m-%d %H:%M}" for event in parse(*events, window=window).events]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_only_what_touches_the_window_is_kept_in_order():
    found = starts(
        vevent("DTSTART:20261005T100000Z", "DTEND:20261005T110000Z"),
        vevent("DTSTART:20260831T230000Z", "DTEND:20260901T003000Z"),
        vevent("DTSTART:20260831T200000Z", "DTEND:20260901T000000Z"),
        vevent("DTSTART:20261201T000000Z"),
        vevent("DTSTART:20260901T000000Z"),
        vevent("DTSTART:20250101T000000Z", "DURATION:P365D"),
        vevent("DTSTART:20260815T000000Z", "DURATION:P30D"),
        vevent("DTSTART:20240101T000000Z"),
    )
    assert found == ["08-15 00:00", "08-31 23:00", "09-01 00:00", "10-05 10:00"]


def test_dates_written_oddly_are_looked_at_closely():
    assert starts(vevent("DTSTART;TZID=\n /x.test/20071231_1/Europe/Berlin:20261005T100000")) == ["10-05 08:00"]
    assert starts(vevent("dtstart:20261005T100000Z")) == ["10-05 10:00"]
    assert starts(vevent("DTSTART:2026-10-05T10:00:00Z")) == ["10-05 10:00"]


@pytest.mark.scenario("D24", "D22")
def test_a_weekly_series_keeps_its_wall_clock_over_the_clock_change():
    found = starts(vevent("DTSTART;TZID=Europe/Berlin:20261012T100000", "RRULE:FREQ=WEEKLY;COUNT=4"))
    assert found == ["10-12 08:00", "10-19 08:00", "10-26 09:00", "11-02 09:00"]


def test_excluded_and_extra_dates_count():
    found = starts(
        vevent(
            "DTSTART;TZID=Europe/Berlin:20261005T100000",
            "RRULE:FREQ=DAILY;UNTIL=20261009T080000Z",
            "EXDATE;TZID=Europe/Berlin:20261006T100000,20261007T100000",
            "EXDATE;VALUE=DATE:20261008",
            "RDATE;TZID=Europe/Berlin:20261015T120000",
            "RDATE;VALUE=PERIOD:20261016T100000Z/PT1H",
        )
    )
    assert found == ["10-05 08:00", "10-09 08:00", "10-15 10:00", "10-16 10:00"]


def test_a_moved_occurrence_replaces_the_one_it_stood_for():
    series = vevent("DTSTART:20261005T100000Z", "DTEND:20261005T110000Z", "RRULE:FREQ=WEEKLY;COUNT=3", "SUMMARY:Weekly")
    moved = vevent(
        "RECURRENCE-ID:20261012T100000Z", "DTSTART:20261013T150000Z", "DTEND:20261013T160000Z", "SUMMARY:Moved"
    )
    events = parse(series, moved).events
    assert [(f"{event.start:%d %H}", event.summary, event.recurrence_id) for event in events] == [
        ("05 10", "Weekly", at(2026, 10, 5, 10)),
        ("13 15", "Moved", at(2026, 10, 12, 10)),
        ("19 10", "Weekly", at(2026, 10, 19, 10)),
    ]


@pytest.mark.scenario("D6")
def test_a_cancelled_occurrence_stays_visible_as_cancelled():
    series = vevent("DTSTART:20261005T100000Z", "RRULE:FREQ=WEEKLY;COUNT=2")
    events = parse(
        series, vevent("RECURRENCE-ID:20261012T100000Z", "DTSTART:20261012T100000Z", "STATUS:CANCELLED")
    ).events
    assert [(event.start.day, event.status) for event in events] == [(5, ""), (12, "CANCELLED")]


def test_an_occurrence_moved_into_or_out_of_the_window_is_judged_where_it_is():
    series = vevent("DTSTART:20260803T100000Z", "RRULE:FREQ=WEEKLY;COUNT=6")
    into = vevent("RECURRENCE-ID:20260810T100000Z", "DTSTART:20260915T100000Z")
    out = vevent("RECURRENCE-ID:20260907T100000Z", "DTSTART:20260715T100000Z")
    assert starts(series, into, out) == ["09-15 10:00"]


def test_this_and_all_following_moves_the_rest_of_the_series():
    series = vevent("DTSTART:20261005T100000Z", "DTEND:20261005T110000Z", "RRULE:FREQ=WEEKLY;COUNT=4", "SUMMARY:Old")
    onward = vevent(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261019T100000Z",
        "DTSTART:20261020T120000Z",
        "DTEND:20261020T123000Z",
        "SUMMARY:New",
    )
    events = parse(series, onward).events
    assert [(f"{event.start:%d %H:%M}", f"{event.end:%H:%M}", event.summary) for event in events] == [
        ("05 10:00", "11:00", "Old"),
        ("12 10:00", "11:00", "Old"),
        ("20 12:00", "12:30", "New"),
        ("27 12:00", "12:30", "New"),
    ]


def test_an_exception_without_its_series_still_counts():
    assert starts(vevent("RECURRENCE-ID:20261012T100000Z", "DTSTART:20261012T120000Z")) == ["10-12 12:00"]


def test_a_series_of_whole_days_is_one():
    events = parse(vevent("DTSTART;VALUE=DATE:20261005", "RRULE:FREQ=DAILY;UNTIL=20261007")).events
    assert [(f"{event.start:%d %H}", event.all_day) for event in events] == [
        ("04 22", True),
        ("05 22", True),
        ("06 22", True),
    ]


def test_a_long_event_that_began_before_the_window_is_seen():
    assert starts(vevent("DTSTART:20260831T220000Z", "DTEND:20260901T040000Z", "RRULE:FREQ=YEARLY;COUNT=1")) == [
        "08-31 22:00"
    ]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;BYDAY=MO,TU;UNTIL=20261010T000000Z", ["05", "06"]),
        ("FREQ=MONTHLY;BYDAY=2MO;COUNT=2", ["05", "12", "09"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20261101", ["05", "31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20261031", ["05", "30"]),
        ("FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=7", ["05", "07"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO;UNTIL=20261020", ["05", "18", "19"]),
        ("FREQ=DAILY;BYHOUR=10,12;COUNT=3", ["05", "05", "06"]),
        ("FREQ=YEARLY;BYWEEKNO=42;BYDAY=WE", ["05", "14"]),
        ("FREQ=YEARLY;BYYEARDAY=281", ["05", "08"]),
    ],
)
def test_rules_are_worked_out(rule, days):
    assert [
        event.start.strftime("%d") for event in parse(vevent("DTSTART:20261005T100000Z", f"RRULE:{rule}")).events
    ] == days


@pytest.mark.scenario("R22")
@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=SECONDLY", "repeats more often than once a day"),
        ("FREQ=MINUTELY;INTERVAL=1", "repeats more often than once a day"),
        ("FREQ=HOURLY", "repeats more often than once a day"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4,5;BYMINUTE=0,1,2,3,4,5;BYSECOND=0,1,2", "repeats more often than once a day"),
        ("INTERVAL=2", "has a rule without a frequency"),
        ("FREQ=FORTNIGHT", "has a rule without a frequency"),
        ("FREQ=DAILY;INTERVAL=0", "has a rule with a number out of range"),
        ("FREQ=DAILY;INTERVAL=x", "has a rule with a number out of range"),
        ("FREQ=DAILY;COUNT=-1", "has a rule with a number out of range"),
        ("FREQ=DAILY;BYMONTH=13", "has a rule with a number out of range"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "has a rule with a number out of range"),
        ("FREQ=WEEKLY;BYDAY=XX", "has a rule with an unknown weekday"),
        ("FREQ=DAILY;UNTIL=never", "has a rule with an end that can't be read"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "has a rule that never comes true"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "has a rule that never comes true"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "has a rule that never comes true"),
        ("FREQ=MONTHLY;BYDAY=2TU;BYMONTHDAY=31", "has a rule that never comes true"),
        ("FREQ=MONTHLY;BYDAY=6MO", "has a rule that never comes true"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=20", "has a rule that never comes true"),
        ("FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1,2,3;BYSETPOS=3", "has a rule that never comes true"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTH=11", "has a rule that never comes true"),
        ("FREQ=DAILY;INTERVAL=14;BYDAY=SU", "has a rule that never comes true"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "has a rule whose parts do not belong together"),
        ("FREQ=DAILY;BYSETPOS=2", "has a rule whose parts do not belong together"),
        ("FREQ=DAILY;BYYEARDAY=200", "has a rule whose parts do not belong together"),
    ],
)
def test_a_rule_that_can_not_be_worked_out_leaves_its_first_occurrence(rule, reason):
    parsed = parse(vevent("DTSTART:20261005T100000Z", f"RRULE:{rule}"))
    assert [event.start for event in parsed.events] == [at(2026, 10, 5, 10)]
    assert parsed.problems == (f"an event that {reason}",)


@pytest.mark.parametrize(
    "event",
    [
        vevent("DTSTART:19700101T000000Z", "RRULE:FREQ=DAILY"),
        vevent("DTSTART:19700101T000000Z", "RRULE:FREQ=DAILY;COUNT=1000000000"),
        vevent("DTSTART:19010101T000000Z", "RRULE:FREQ=MONTHLY"),
        vevent("DTSTART:19040229T000000Z", "RRULE:FREQ=YEARLY"),
        vevent(
            "DTSTART:20261005T100000Z",
            "RDATE:"
            + ",".join(
                f"2026100{day}T{hour:02}{minute:02}00Z"
                for day in range(1, 8)
                for hour in range(24)
                for minute in range(60)
            )
            * 5,
        ),
        vevent("DTSTART:20261005T100000Z", "RRULE:FREQ=DAILY", *["EXDATE:20261006T100000Z"] * 20_000),
        vevent(
            "DTSTART:20261005T100000Z",
            *[f"ATTENDEE:mailto:p{number}@acme.example" for number in range(200_000)],
            "SUMMARY:x",
        ),
        vevent("DTSTART:20261005T100000Z", "SUMMARY:" + "x" * 5_000_000),
        vevent("DTSTART:20261005T100000Z", *["RRULE:FREQ=DAILY"] * 500),
        "BEGIN:VEVENT\n" * 100_000,
        "BEGIN:VEVENT\nDTSTART:20261005T100000Z\n" * 20_000 + "END:VEVENT\n",
        "BEGIN:VTIMEZONE\n" * 50_000 + vevent("DTSTART;TZID=Q:20261005T100000"),
        vevent("DTSTART:20261005T100000Z", "\n ".join(["DESCRIPTION:a"] * 100_000)),
        vevent("DTSTART" + ";X=y" * 100_000 + ":20261005T100000Z"),
        vevent('DTSTART;TZID="' + "a" * 400_000),
        vevent("DTSTART:20261005T100000Z", *["X-A:" + "b" * 50] * 30_000),
    ],
    ids=range(16),
)
def test_a_bomb_is_over_soon(event):
    begun = time.process_time()
    parsed = parse(event)
    assert time.process_time() - begun < LIMIT
    assert len(parsed.events) <= 20_000


def test_at_most_366_occurrences_of_a_series_are_shown():
    daily = vevent("DTSTART:20200101T000000Z", "RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6")
    window = Window(at(2026, 1, 1), at(2030, 1, 1))
    parsed = parse(daily, window=window)
    assert len(parsed.events) == 366


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["RDATE:" + ",".join(f"202610{n % 28 + 1:02}T{n // 28 % 24:02}{n % 60:02}00Z" for n in range(700))], "366 occurrences"),
        (["RDATE:" + ",".join(["20261105T100000Z"] * 3_000)] * 2, "5000 extra dates"),
        (["RRULE:FREQ=WEEKLY;COUNT=3", *["EXDATE:" + ",".join(["20270101T000000Z"] * 3_000)] * 2], "5000 excluded dates"),
        (["RRULE:FREQ=WEEKLY;COUNT=2"] * 5, "4 rules"),
    ],
)  # fmt: skip
def test_whatever_a_limit_leaves_out_is_said(lines: list[str], problem: str) -> None:
    parsed = parse(vevent("DTSTART:20261005T100000Z", "DTEND:20261005T110000Z", *lines))
    assert [problem in each for each in parsed.problems] == [True]
    assert 0 < len(parsed.events) <= 366


def test_within_the_limits_nothing_is_said() -> None:
    dates = ",".join(f"202610{n % 28 + 1:02}T{n // 28:02}0000Z" for n in range(300))
    assert parse(vevent("DTSTART:20261001T000000Z", f"RDATE:{dates}")).problems == ()


def test_a_rule_with_a_number_of_many_signs_is_refused() -> None:
    assert parse(vevent("DTSTART:20261005T100000Z", "RRULE:FREQ=YEARLY;BYYEARDAY=1,---366")).problems == (
        "an event that has a rule with a number out of range",
    )


def test_a_window_is_at_most_400_days_long():
    window = Window(at(2026, 1, 1), at(2030, 1, 1))
    assert starts(vevent("DTSTART:20270201T000000Z"), vevent("DTSTART:20270301T000000Z"), window=window) == [
        "02-01 00:00"
    ]


def test_more_than_64_mb_that_matter_are_cut_and_named():
    parsed = parse(*[vevent("DTSTART:20261005T100000Z", "DESCRIPTION:" + "x" * 1_000_000)] * 70)
    assert len(parsed.events) == 67
    assert parsed.problems == ("calendar larger than 64 MB, cut",)


def test_the_words_that_open_an_event_may_stand_in_a_text():
    assert starts(vevent("DTSTART:20261005T100000Z", "DESCRIPTION:see BEGIN:VEVENT and END:VEVENT", "SUMMARY:x")) == [
        "10-05 10:00"
    ]


def test_too_many_events_are_cut_and_named():
    event = "BEGIN:VEVENT\nDTSTART:20261005T100000Z\nEND:VEVENT\n"
    parsed = parse(event * 20_100)
    assert len(parsed.events) == 20_000
    assert parsed.problems == ("more than 20000 events, cut",)


def test_what_lies_outside_the_window_pushes_nothing_out_that_lies_in_it(monkeypatch):
    monkeypatch.setattr("mailwatch.core.ics.CALENDAR_EVENTS", 5)
    monkeypatch.setattr("mailwatch.core.ics.CALENDAR_BLOCKS", 12)
    long_ago = "DTSTART:20190301T100000Z"
    past = [vevent(long_ago, f"DURATION:{length}") for length in ("PT1H", "P1D", "P2W", "P1DT2H30M", "PT90M", "-PT1H")]
    past += [vevent(long_ago, "RECURRENCE-ID:20190301T100000Z", "DTEND:20190301T110000Z")] * 20
    ended = [vevent(long_ago, "RRULE:FREQ=DAILY;COUNT=3", uid=f"e{number}") for number in range(10)]
    kept = [vevent("DTSTART:20261020T120000Z", "DURATION:PT1H", uid="new")]
    parsed = parse(*past[:5], *past[6:], *ended, *kept)
    assert [event.uid for event in parsed.events] == ["new"]
    assert parsed.problems == ()


@pytest.mark.parametrize("length", ["P600W", "P9999W", "P99999D", "P1M", "PT2000000H", "PT100000H"])
def test_a_long_or_odd_duration_is_looked_at_whole(length):
    event = vevent("DTSTART:20160105T100000Z", f"DURATION:{length}")
    assert _may_touch(event.partition("VEVENT")[2].encode(), WINDOW)


def test_an_instance_moved_into_the_window_or_out_of_it_counts():
    series = vevent("DTSTART:20260803T100000Z", "RRULE:FREQ=WEEKLY;COUNT=6")
    into = vevent("RECURRENCE-ID:20260803T100000Z", "DTSTART:20260930T100000Z", "DURATION:PT1H")
    out = vevent("RECURRENCE-ID:20260907T100000Z", "DTSTART:20270107T100000Z", "DURATION:PT1H")
    assert starts(series, into, out) == ["09-30 10:00"]


def test_too_many_blocks_that_may_matter_are_cut(monkeypatch):
    monkeypatch.setattr("mailwatch.core.ics.CALENDAR_BLOCKS", 3)
    parsed = parse(*[vevent("DTSTART:20261020T120000Z", uid=str(number)) for number in range(5)])
    assert len(parsed.events) == 3
    assert parsed.problems == ("more than 3 events that may matter, cut",)


def test_too_many_changed_instances_are_cut(monkeypatch):
    monkeypatch.setattr("mailwatch.core.ics.CALENDAR_EVENTS", 3)
    moved = [vevent(f"RECURRENCE-ID:2026102{day}T120000Z", "DTSTART:20261020T120000Z") for day in range(5)]
    assert parse(*moved).problems == ("more than 3 events, cut",)


def witness(text: str) -> list[tuple[datetime, datetime]]:
    """The same by icalendar and recurring_ical_events."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(WINDOW.start, WINDOW.end)
    return sorted((event.start.astimezone(UTC), event.end.astimezone(UTC)) for event in found)


DAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=3, unique=True).map(
    ",".join
)
RULES = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 9)),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={}".format, st.integers(1, 4), DAYS),
    st.builds("FREQ=WEEKLY;INTERVAL={};WKST=SU".format, st.integers(1, 4)),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, st.integers(1, 28) | st.integers(-5, -1)),
    st.builds("FREQ=MONTHLY;INTERVAL={}".format, st.integers(1, 5)),
    st.builds("FREQ=MONTHLY;BYDAY={}{}".format, st.sampled_from([1, 2, 3, 4, -1]), st.sampled_from(["MO", "WE", "FR"])),
    st.builds("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={}".format, st.sampled_from([1, 2, -1])),
    st.builds("FREQ=YEARLY;BYMONTH={};BYDAY={}".format, st.integers(8, 12), st.sampled_from(["1MO", "-1FR", "2WE"])),
)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rule=RULES,
    first=st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 1)),  # noqa: DTZ001 - wall clocks
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Auckland"]),
    count=st.none() | st.integers(1, 200),
    minutes=st.integers(1, 90),  # across a clock change the library adds wall-clock time, RFC 5545 real time
    data=st.data(),
)
def test_series_come_out_as_the_library_has_them(rule, first, zone, count, minutes, data):
    first = first.replace(second=0, microsecond=0, hour=min(max(first.hour, 4), 22))
    lines = [
        f"DTSTART;TZID={zone}:{first:%Y%m%dT%H%M%S}",
        f"DURATION:PT{minutes}M",
        f"RRULE:{rule}" + (f";COUNT={count}" if count else ""),
    ]
    plain = [event.recurrence_id for event in parse(vevent(*lines)).events]
    extra = ""
    if plain:
        left_out = data.draw(st.lists(st.sampled_from(plain), max_size=3, unique=True))
        lines += [f"EXDATE:{moment:%Y%m%dT%H%M%SZ}" for moment in left_out]
        rest = [moment for moment in plain if moment not in left_out]
        if rest:
            moved = data.draw(st.sampled_from(rest))
            to = moved + timedelta(hours=data.draw(st.integers(-300, 300)))
            extra = vevent(
                f"RECURRENCE-ID:{moved:%Y%m%dT%H%M%SZ}", f"DTSTART:{to:%Y%m%dT%H%M%SZ}", f"DURATION:PT{minutes}M"
            )
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n" + vevent(*lines) + extra + "END:VCALENDAR\n"
    ours = sorted(
        (event.start, event.end) for event in calendar_from_ics(text.encode(), window=WINDOW, zone=BERLIN).events
    )
    assert ours == witness(text)
