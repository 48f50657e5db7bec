"""iMIP objects to events, as they stand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwatch.core.ics import invitations_from_ics
from mailwatch.core.model import Attendee, CalendarEvent, ZoneState

BERLIN = "Europe/Berlin"


def calendar(*lines: str, method: str = "REQUEST", before: tuple[str, ...] = ()) -> bytes:
    event = ("BEGIN:VEVENT", "UID:u1", *lines, "END:VEVENT")
    return "\r\n".join(
        ("BEGIN:VCALENDAR", "PRODID:-//Acme//EN", f"METHOD:{method}", *before, *event, "END:VCALENDAR", "")
    ).encode()


def event(*lines: str, zone: str = BERLIN, before: tuple[str, ...] = ()) -> CalendarEvent:
    parsed = invitations_from_ics(calendar(*lines, before=before), zone=zone)
    assert parsed.problems == ()
    return parsed.events[0]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.scenario("D1")
def test_every_property_is_read():
    found = event(
        "DTSTAMP:20260901T080000Z",
        "DTSTART;TZID=Europe/Berlin:20260915T140000",
        "DTEND;TZID=Europe/Berlin:20260915T150000",
        "SEQUENCE:2",
        "STATUS:confirmed",
        "SUMMARY:Interview\\, round 2",
        "DESCRIPTION:Hi Ben\\n\\nyou will meet:\\nAda\\; Charles",
        "LOCATION:Room 4\\nBerlin",
        "URL:https://x.test/join",
        'ORGANIZER;CN="Rita, Recruiter":mailto:Rita@Acme.example',
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=accepted;CN=Ada:mailto:ada@acme.example",
        "ATTENDEE;CUTYPE=ROOM;CN=room4@acme.example:mailto:room4@acme.example",
        "ATTENDEE;CN=Grace;EMAIL=grace@acme.example:urn:uuid:77-88",
        "ATTENDEE;CN=Nobody:invalid:nomail",
        "CATEGORIES:Work,Hiring",
        "CATEGORIES:Busy",
    )
    assert found == CalendarEvent(
        uid="u1",
        start=at(2026, 9, 15, 12),
        end=at(2026, 9, 15, 13),
        summary="Interview, round 2",
        description="Hi Ben\n\nyou will meet:\nAda; Charles",
        location="Room 4 Berlin",
        url="https://x.test/join",
        method="REQUEST",
        status="CONFIRMED",
        sequence=2,
        dtstamp=at(2026, 9, 1, 8),
        tzid="Europe/Berlin",
        organizer=Attendee("Rita, Recruiter", "rita@acme.example"),
        attendees=(
            Attendee("Ada", "ada@acme.example", "ACCEPTED", "REQ-PARTICIPANT", "INDIVIDUAL"),
            Attendee("", "room4@acme.example", "", "", "ROOM"),
            Attendee("Grace", "grace@acme.example"),
            Attendee("Nobody", ""),
        ),
        categories=("Work", "Hiring", "Busy"),
        product="-//Acme//EN",
    )


@pytest.mark.scenario("D22")
@pytest.mark.parametrize(
    ("line", "start", "tzid", "state"),
    [
        ("DTSTART:20260915T120000Z", at(2026, 9, 15, 12), "UTC", ZoneState.KNOWN),
        ("DTSTART;TZID=America/New_York:20260915T120000", at(2026, 9, 15, 16), "America/New_York", ZoneState.KNOWN),
        (
            "DTSTART;TZID=Eastern Standard Time:20260915T120000",
            at(2026, 9, 15, 16),
            "Eastern Standard Time",
            ZoneState.KNOWN,
        ),
        (
            'DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin, Bern":20260915T120000',
            at(2026, 9, 15, 10),
            "(UTC+01:00) Amsterdam, Berlin, Bern",
            ZoneState.KNOWN,
        ),
        (
            "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin:20260915T120000",
            at(2026, 9, 15, 10),
            "(UTC+01:00) Amsterdam, Berlin",
            ZoneState.KNOWN,
        ),
        (
            "DTSTART;TZID=tzone://Microsoft/Utc:20260915T120000",
            at(2026, 9, 15, 12),
            "tzone://Microsoft/Utc",
            ZoneState.KNOWN,
        ),
        ("DTSTART;TZID=GMT+01:00:20260915T120000", at(2026, 9, 15, 11), "GMT+01:00", ZoneState.KNOWN),
        (
            "DTSTART;TZID=/mozilla.org/20071231_1/Europe/Berlin:20260915T120000",
            at(2026, 9, 15, 10),
            "/mozilla.org/20071231_1/Europe/Berlin",
            ZoneState.KNOWN,
        ),
        ("DTSTART:20260915T120000", at(2026, 9, 15, 10), "", ZoneState.FLOATING),
        (
            "DTSTART;TZID=Customized Time Zone:20260915T120000",
            at(2026, 9, 15, 10),
            "Customized Time Zone",
            ZoneState.UNKNOWN,
        ),
        ("DTSTART;TZID=../../etc/passwd:20260915T120000", at(2026, 9, 15, 10), "../../etc/passwd", ZoneState.UNKNOWN),
        ("DTSTART:2026-09-15T12:00:00+02:00", at(2026, 9, 15, 10), "+02:00", ZoneState.KNOWN),
        ("DTSTART:2026-09-15 12:00", at(2026, 9, 15, 10), "", ZoneState.FLOATING),
        ("DTSTART:20260915T1200", at(2026, 9, 15, 10), "", ZoneState.FLOATING),
    ],
)
def test_a_start_is_the_right_instant_in_every_spelling(line, start, tzid, state):
    found = event(line)
    assert (found.start, found.tzid, found.zone_state) == (start, tzid, state)


@pytest.mark.scenario("D22")
def test_clock_changes_between_invitation_and_meeting_do_not_matter():
    assert event("DTSTART;TZID=Europe/London:20261024T100000").start == at(2026, 10, 24, 9)
    assert event("DTSTART;TZID=Europe/London:20261026T100000").start == at(2026, 10, 26, 10)
    assert event("DTSTART;TZID=Europe/Berlin:20260329T023000").start == at(
        2026, 3, 29, 1, 30
    )  # skipped: read before the change
    assert event("DTSTART;TZID=Europe/Berlin:20261025T023000").start == at(
        2026, 10, 25, 0, 30
    )  # repeated: the first one


def test_the_calendars_own_zone_goes_before_the_users_for_floating_times():
    found = event("DTSTART:20260915T120000", before=("X-WR-TIMEZONE:America/New_York",))
    assert (found.start, found.zone_state) == (at(2026, 9, 15, 16), ZoneState.KNOWN)


VTIMEZONE = (
    "BEGIN:VTIMEZONE", "TZID:Our own time", "BEGIN:STANDARD", "DTSTART:16010101T030000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0300", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT", "X-PROP:x", "END:VTIMEZONE",
)  # fmt: skip


def test_a_zone_nobody_knows_is_read_from_its_own_description():
    found = event("DTSTART;TZID=Our own time:20260715T120000", before=VTIMEZONE)
    assert (found.start, found.zone_state) == (at(2026, 7, 15, 9), ZoneState.KNOWN)
    assert event("DTSTART;TZID=Our own time:20261215T120000", before=VTIMEZONE).start == at(2026, 12, 15, 10)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "RRULE:FREQ=SECONDLY"),
        ("TZOFFSETTO:+0300", "TZOFFSETTO:+9900"),
        ("TZOFFSETTO:+0300", "TZOFFSETTO:banana"),
        ("DTSTART:16010101T030000", "DTSTART:yesterday"),
        ("BEGIN:STANDARD", "BEGIN:NOTHING"),
        ("TZID:Our own time", "TZID:Another time"),
        ("END:VTIMEZONE", ""),
    ],
)
def test_a_description_that_makes_no_sense_leaves_the_zone_unknown(old, new):
    lines = tuple(line if line != old else new for line in VTIMEZONE)
    found = event("DTSTART;TZID=Our own time:20260715T120000", before=lines)
    assert (found.start, found.zone_state) == (at(2026, 7, 15, 10), ZoneState.UNKNOWN)


def test_a_flapping_description_is_not_read():
    observances = (
        "BEGIN:STANDARD",
        "DTSTART:20260101T000000",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
    ) * 200
    found = event(
        "DTSTART;TZID=Flap:20260715T120000", before=("BEGIN:VTIMEZONE", "TZID:Flap", *observances, "END:VTIMEZONE")
    )
    assert found.zone_state is ZoneState.UNKNOWN


def test_a_description_may_name_the_real_zone():
    found = event(
        "DTSTART;TZID=Mine:20260715T120000",
        before=("BEGIN:VTIMEZONE", "TZID:Mine", "X-LIC-LOCATION:America/New_York", "END:VTIMEZONE"),
    )
    assert found.start == at(2026, 7, 15, 16)


def test_whole_days_begin_at_the_users_midnight():
    found = event("DTSTART;VALUE=DATE:20260915")
    assert (found.start, found.end, found.all_day, found.zone_state) == (
        at(2026, 9, 14, 22),
        at(2026, 9, 15, 22),
        True,
        ZoneState.FLOATING,
    )
    several = event("DTSTART;VALUE=DATE:20260915", "DTEND;VALUE=DATE:20260918", zone="America/New_York")
    assert (several.start, several.end) == (at(2026, 9, 15, 4), at(2026, 9, 18, 4))
    outlook = event(
        "DTSTART;TZID=Europe/Berlin:20260915T000000",
        "DTEND;TZID=Europe/Berlin:20260916T000000",
        "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
    )
    assert outlook.all_day
    assert not event("DTSTART;TZID=Europe/Berlin:20260915T000000").all_day


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        (("DURATION:PT45M",), at(2026, 9, 15, 12, 45)),
        (("DURATION:P1DT2H",), at(2026, 9, 16, 14)),
        (("DURATION:P2W",), at(2026, 9, 29, 12)),
        (("DURATION:-PT45M",), at(2026, 9, 15, 12)),
        (("DURATION:soon",), at(2026, 9, 15, 12)),
        ((), at(2026, 9, 15, 12)),
        (("DTEND:20260915T110000Z",), at(2026, 9, 15, 12)),
        (("DTEND:99990101T000000Z",), at(2026, 9, 15, 12)),
        (("DTEND:20460101T000000Z",), at(2027, 10, 20, 12)),
    ],
)
def test_an_end_is_never_before_its_start_nor_far_away(lines, end):
    assert event("DTSTART:20260915T120000Z", *lines).end == end


@pytest.mark.scenario("D24")
def test_a_series_and_its_exception_stand_as_written():
    data = calendar(
        "DTSTART:20260915T120000Z", "RRULE:FREQ=WEEKLY", "END:VEVENT", "BEGIN:VEVENT", "UID:u1", "RECURRENCE-ID:20260922T120000Z",
        "DTSTART:20260923T120000Z",
    )  # fmt: skip
    master, exception = invitations_from_ics(data, zone=BERLIN).events
    assert (master.recurring, master.recurrence_id) == (True, None)
    assert (exception.recurring, exception.recurrence_id, exception.start) == (
        True,
        at(2026, 9, 22, 12),
        at(2026, 9, 23, 12),
    )


@pytest.mark.scenario("D6")
def test_the_cancellation_of_one_occurrence_may_have_no_start_of_its_own():
    parsed = invitations_from_ics(
        calendar("RECURRENCE-ID:20260922T120000Z", "STATUS:CANCELLED", method="CANCEL"), zone=BERLIN
    )
    assert [(found.method, found.status, found.start) for found in parsed.events] == [
        ("CANCEL", "CANCELLED", at(2026, 9, 22, 12))
    ]
    assert parsed.method == "CANCEL"


def test_alarms_inside_an_event_are_not_its_own():
    found = event(
        "DTSTART:20260915T120000Z",
        "BEGIN:VALARM",
        "DESCRIPTION:Alarm",
        "SUMMARY:Alarm",
        "END:VALARM",
        "SUMMARY:Interview",
    )
    assert (found.summary, found.description) == ("Interview", "")


def test_folded_lines_are_put_together_even_inside_a_character():
    text = calendar("DTSTART:20260915T120000Z", "SUMMARY:Gespräch über alles")
    cut = text.index("ä".encode()) + 1
    assert (
        invitations_from_ics(text[:cut] + b"\r\n " + text[cut:], zone=BERLIN).events[0].summary == "Gespräch über alles"
    )


def test_lines_that_lost_their_fold_belong_to_the_text_before():
    found = event(
        "DTSTART:20260915T120000Z",
        "DESCRIPTION:You will meet",
        "Ada Lovelace (she leads analysis)",
        "and Charles",
        "SUMMARY:Talk",
    )
    assert found.description == "You will meet\nAda Lovelace (she leads analysis)\nand Charles"
    assert found.summary == "Talk"


def test_a_description_in_html_is_read_as_text():
    found = event("DTSTART:20260915T120000Z", "DESCRIPTION:<p>Hi Ben\\,</p><ul><li>Ada</li><li>Charles</li></ul>")
    assert found.description == "Hi Ben,\n\n- Ada\n- Charles"
    assert (
        event("DTSTART:20260915T120000Z", "X-ALT-DESC;FMTTYPE=text/html:<html><body>Hi</body></html>").description
        == "Hi"
    )


def test_the_link_to_the_call_may_stand_in_a_property_of_its_own():
    assert event("DTSTART:20260915T120000Z", "X-GOOGLE-CONFERENCE:https://meet.test/a").url == "https://meet.test/a"


def test_caret_escapes_in_parameters_are_read():
    assert (
        event("DTSTART:20260915T120000Z", "ORGANIZER;CN=Rita ^'R^' Recruiter:mailto:r@acme.example").organizer.name
        == 'Rita "R" Recruiter'
    )


def test_an_unclosed_quote_in_a_parameter_does_not_lose_the_line():
    assert event("DTSTART:20260915T120000Z", 'ORGANIZER;CN="Rita:mailto:r@acme.example').organizer is not None


def test_an_event_without_an_id_gets_one_from_what_it_says():
    data = calendar("DTSTART:20260915T120000Z").replace(b"UID:u1\r\n", b"")
    first, again = (invitations_from_ics(data, zone=BERLIN).events[0].uid for _ in range(2))
    assert first == again
    assert first.endswith("@mailwatch.invalid")


@pytest.mark.parametrize("change", [lambda data: data.replace(b"\r\n", b"\n"), lambda data: data.replace(b"\r\n", b"\r"), bytes.lower, lambda data: b"\xef\xbb\xbf" + data,
                                    lambda data: data.decode().encode("utf-16")])  # fmt: skip
def test_other_line_ends_letters_and_encodings_are_read(change):
    parsed = invitations_from_ics(change(calendar("DTSTART:20260915T120000Z", "SUMMARY:talk")), zone=BERLIN)
    assert [(found.uid, found.start, found.summary) for found in parsed.events] == [("u1", at(2026, 9, 15, 12), "talk")]


@pytest.mark.scenario("R22")
def test_a_truncated_calendar_is_read_as_far_as_it_goes():
    data = calendar("DTSTART:20260915T120000Z", "DTEND:20260915T130000Z", "SUMMARY:Interview with a long title")
    for length in range(len(data)):
        invitations_from_ics(data[:length], zone=BERLIN)
    parsed = invitations_from_ics(data[: data.index(b"long")], zone=BERLIN)
    assert parsed.events[0].summary == "Interview with a"
    assert parsed.problems == ("calendar cut short",)


@pytest.mark.parametrize("data", [b"", b"nothing", b"<html>Please sign in</html>"])
def test_what_is_no_calendar_is_said_to_be_none(data):
    assert invitations_from_ics(data, zone=BERLIN).problems == ("no calendar inside",)


@pytest.mark.parametrize(
    "start",
    [
        "SUMMARY:x",
        "DTSTART:soon",
        "DTSTART:00010101T000000Z",
        "DTSTART:99991231T000000",
        "DTSTART:1850-01-01T00:00:00",
        "DTSTART:20260230T100000",
        "DTSTART:20260915T250000",
    ],
)
def test_an_event_without_a_usable_start_is_named(start):
    parsed = invitations_from_ics(calendar(start), zone=BERLIN)
    assert (parsed.events, parsed.problems) == ((), ("an event without a start that can be read",))


def test_an_unknown_home_zone_means_utc():
    assert event("DTSTART:20260915T120000", zone="Nowhere/Town").start == at(2026, 9, 15, 12)


def test_limits_are_kept_and_named():
    crowd = tuple(f"ATTENDEE:mailto:p{number}@acme.example" for number in range(1_000))
    crowded = invitations_from_ics(calendar("DTSTART:20260915T120000Z", *crowd, "SUMMARY:after"), zone=BERLIN)
    assert len(crowded.events[0].attendees) == 200
    assert crowded.events[0].summary == "after"
    assert crowded.problems == ("an event with more than 200 guests, the rest left out",)
    assert len(event("DTSTART:20260915T120000Z", *crowd[:200]).attendees) == 200
    long = invitations_from_ics(calendar("DTSTART:20260915T120000Z", *["X-A:b"] * 20_001), zone=BERLIN)
    assert long.problems == ("an event with more than 20000 lines, the rest left out",)
    many = b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nUID:x\nDTSTART:20260915T120000Z\nEND:VEVENT\n" * 2_500
    parsed = invitations_from_ics(many, zone=BERLIN)
    assert (len(parsed.events), parsed.problems) == (2_000, ("more than 2000 events, cut",))
    large = invitations_from_ics(calendar("DTSTART:20260915T120000Z", "DESCRIPTION:" + "x" * 3_000_000), zone=BERLIN)
    assert "calendar larger than 2 MB, cut" in large.problems
    assert len(large.events[0].description) <= 16_000
    assert event("DTSTART:20260915T120000Z", "SEQUENCE:99999999999999").sequence == 0


LINE = st.sampled_from(
    ["BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:VALARM", "END:VALARM", "TZID:X", "DTSTART;TZID=X:20260915T120000",
     "DTSTART:20260915", "DTEND:19991231T000000Z", "RECURRENCE-ID:20260915T120000Z", "RRULE:FREQ=DAILY", "DURATION:PT1H", "UID:1", "BEGIN:STANDARD", "END:STANDARD",
     "TZOFFSETFROM:+0100", "TZOFFSETTO:-0100", "X-LIC-LOCATION:Europe/Paris", "ATTENDEE;CN=\":mailto:", "METHOD:CANCEL", "SEQUENCE:x", " folded", ""]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(LINE | st.text(max_size=20), max_size=30))
def test_any_lines_at_all_are_answered(lines):
    parsed = invitations_from_ics("\n".join(lines).encode("utf-8", "surrogatepass"), zone=BERLIN)
    for found in parsed.events:
        assert found.end >= found.start
        assert found.start.tzinfo is UTC
        f"{found}".encode()
