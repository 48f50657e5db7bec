from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from mailwatch.core.zones import known_zone, zone_from_name
from mailwatch.core.zones.places import ABBREVIATIONS, CITIES, REGIONS
from mailwatch.core.zones.windows import WINDOWS

SUMMER = datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("/mozilla.org/20071231_1/Europe/Berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("W. Europe Standard Time 1", "Europe/Berlin"),
        ("Eastern Daylight Time", "America/New_York"),
        ("US Mountain Standard Time", "America/Phoenix"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT+05.30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("CT", "America/Chicago"),
        ("EST", "America/New_York"),
        ("cest", "Europe/Berlin"),
        ("CET/CEST", "Europe/Berlin"),
        ("Houston time", "America/Chicago"),
        ("Houston, TX", "America/Chicago"),
        ("Pacific", "America/Los_Angeles"),
        ("heure de Paris", "Europe/Paris"),
        ("hora de Bogotá", "America/Bogota"),
        ("Berliner Zeit", "Europe/Berlin"),
        ("日本時間", "Asia/Tokyo"),
        ("Time zone: (Madrid)", "Europe/Madrid"),
    ],
)
def test_a_zone_is_known_by_many_names(name, zone):
    assert str(zone_from_name(name)) == zone


@pytest.mark.parametrize(
    ("name", "hours"),
    [("UTC+2", 2), ("GMT+01:00", 1), ("UTC−5", -5), ("+0530", 5.5), ("-03:00", -3), ("UTC plus 3", 3), ("Z", 0), ("tzone://Microsoft/Utc", 0),
     ("(UTC) Coordinated Universal Time", 0), ("(UTC+03:00)", 3), ("GMT", 0)],
)  # fmt: skip
def test_an_offset_is_a_zone(name, hours):
    assert SUMMER.astimezone(zone_from_name(name)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "name",
    ["", " ", "Customized Time Zone", "tzone://Microsoft/Custom", "(UTC+03:00) Nowhere", "(UTC+99:00) Berlin", "+25:00", "Factory", "works for me",
     "et", "ist", "est", "met", "art", "(UTC-05:00) Berlin"],
)  # fmt: skip
def test_what_nobody_can_place_has_no_zone(name):
    assert zone_from_name(name) is None


@pytest.mark.parametrize(
    ("name", "home", "zone"),
    [
        ("IST", "Europe/Dublin", "Europe/Dublin"),
        ("IST", "Asia/Jerusalem", "Asia/Jerusalem"),
        ("IST", "Europe/Paris", "Asia/Kolkata"),
        ("MST", "America/Phoenix", "America/Phoenix"),
        ("CST", "Asia/Shanghai", "Asia/Shanghai"),
        ("AEST", "Australia/Brisbane", "Australia/Brisbane"),
        ("IST", "nowhere", "Asia/Kolkata"),
    ],
)
def test_home_settles_an_abbreviation_that_zones_share(name, home, zone):
    assert str(zone_from_name(name, home=home)) == zone


def test_gmt_stays_gmt_at_home_in_london():
    assert zone_from_name("GMT", home="Europe/London") is UTC


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "/etc/localtime",
        "Europe/../Europe/Berlin",
        "/",
        "a" * 5000,
        "Europe/Berlin\x00",
        "C:\\Windows",
    ],
)
def test_a_zone_name_is_never_opened_as_a_file(name):
    zone_from_name("Europe/Berlin")
    opened: list[object] = []
    watching = True
    sys.addaudithook(lambda event, arguments: opened.append(arguments) if watching and event == "open" else None)
    zone_from_name(name)
    watching = False
    assert opened == []


def test_every_zone_in_our_tables_exists():
    for zone in {*ABBREVIATIONS, *CITIES, *REGIONS, *WINDOWS.values()}:
        assert known_zone(zone) is not None, zone


def test_windows_names_mean_what_cldr_says():
    january = datetime(2026, 1, 15, 12, tzinfo=UTC)
    for name, zone in WINDOWS_TO_OLSON.items():
        for moment in (january, SUMMER):
            ours, theirs = zone_from_name(name), known_zone(zone)
            assert moment.astimezone(ours).utcoffset() == moment.astimezone(theirs).utcoffset(), name


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_has_an_answer(name):
    zone = zone_from_name(name)
    assert zone is None or SUMMER.astimezone(zone).utcoffset() is not None
