"""Google Calendar passes the contract on the fake Google."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.backends.google_calendar import GoogleCalendar
from mailwatch.backends.google_calendar.icalendar import calendar_from_events
from mailwatch.core.ics import calendar_from_ics
from mailwatch.core.model import Attendee, Window, ZoneState
from mailwatch.errors import AuthError
from mailwatch.sandbox import InlineParser, Unreadable
from tests.backends.calendar_contract import HOUR, WINDOW, CalendarContract, listed
from tests.backends.mails import NOW
from tests.servers.google_account import QUICK, Tokens
from tests.servers.google_calendars import Calendar
from tests.servers.google_server import Fault


class GoogleCalendarWorld:
    def __init__(self, google) -> None:
        self.google = google
        self.calendars = google.calendars
        self.opened = []

    def open(self, **settings):
        backend = GoogleCalendar(
            "jobs",
            Tokens(self.google),
            InlineParser(),
            zone="Europe/Berlin",
            api_url=self.google.url,
            limits=QUICK,
            **settings,
        )
        self.opened.append(backend)
        return backend

    def close(self):
        for backend in self.opened:
            backend.close()

    def enter(self, uid, start, *, title="Interview", sequence=0, weekly=0):
        wanted = {}
        for week in range(max(weekly, 1)):
            at = start + timedelta(weeks=week)
            event = timed(uid, at, title=title, sequence=sequence)
            if weekly:
                event |= {
                    "id": f"{event['id']}_{at:%Y%m%dT%H%M%SZ}",
                    "recurringEventId": event["id"],
                    "originalStartTime": event["start"],
                }
            wanted[event["id"]] = event
        for gone in self._of(uid) - wanted.keys():
            self.calendars.remove(gone)
        for event in wanted.values():
            self.calendars.put(event)

    def delete(self, uid):
        for event in self._of(uid):
            self.calendars.remove(event)

    def empty(self):
        for event, entry in self.calendars.primary.entries.items():
            if not entry.deleted:
                self.calendars.remove(event)

    def break_down(self):
        self.google.faults += [Fault("events.list", status=500) for _ in range(5)]

    def _of(self, uid):
        entries = self.calendars.primary.entries
        return {event for event, entry in entries.items() if entry.event["iCalUID"] == uid and not entry.deleted}


def timed(uid, start, *, title="Interview", sequence=0, hours=1.0, **more):
    """An event resource."""
    identity = "".join(letter for letter in uid if letter.isalnum())
    end = start + timedelta(hours=hours)
    return {
        "id": f"e{identity}", "iCalUID": uid, "summary": title, "sequence": sequence,
        "start": {"dateTime": start.isoformat(), "timeZone": "Europe/Berlin"}, "end": {"dateTime": end.isoformat(), "timeZone": "Europe/Berlin"},
        **more,
    }  # fmt: skip


@pytest.fixture
def world(google):
    world = GoogleCalendarWorld(google)
    yield world
    world.close()
    google.check()


class TestGoogleCalendar(CalendarContract):
    @pytest.fixture
    def world(self, google):
        world = GoogleCalendarWorld(google)
        yield world
        world.close()
        google.check()


def only(items):
    (event,) = items.values()
    return event


def test_an_event_says_what_the_calendar_says(world):
    more = {
        "description": "<p>Bring your laptop.</p><p>Second line, with; signs</p>", "location": "Room 3, Berlin", "status": "tentative",
        "organizer": {"email": "Rita@acme.example", "displayName": "Ek, Rita"},
        "attendees": [
            {"email": "jo@home.example", "self": True, "responseStatus": "needsAction"},
            {"email": "bo@acme.example", "displayName": "Bo \"B\" Lind", "responseStatus": "accepted", "optional": True},
            {"email": "room@acme.example", "resource": True, "responseStatus": "declined"},
        ],
        "conferenceData": {"entryPoints": [{"entryPointType": "phone", "uri": "tel:+49-30"}, {"entryPointType": "video", "uri": "https://meet.example/x"}]},
    }  # fmt: skip
    world.calendars.put(timed("a@acme.example", NOW + HOUR, title="Interview\nwith Acme", sequence=3, **more))
    event = only(listed(world.open())[0])
    assert (event.uid, event.summary, event.sequence, event.status) == (
        "a@acme.example",
        "Interview with Acme",
        3,
        "TENTATIVE",
    )
    assert event.description == "Bring your laptop.\n\nSecond line, with; signs"
    assert (event.location, event.url, event.tzid) == ("Room 3, Berlin", "https://meet.example/x", "Europe/Berlin")
    assert event.organizer == Attendee("Ek, Rita", "rita@acme.example")
    assert [(each.address, each.partstat, each.role, each.cutype) for each in event.attendees] == [
        ("jo@home.example", "NEEDS-ACTION", "REQ-PARTICIPANT", ""),
        ("bo@acme.example", "ACCEPTED", "OPT-PARTICIPANT", ""),
        ("room@acme.example", "DECLINED", "REQ-PARTICIPANT", "RESOURCE"),
    ]
    assert event.attendees[1].name == "Bo 'B' Lind"
    assert event.zone_state is ZoneState.KNOWN


def test_a_hangout_link_is_a_link_too(world):
    world.calendars.put(timed("a", NOW + HOUR, hangoutLink="https://meet.example/old"))
    assert only(listed(world.open())[0]).url == "https://meet.example/old"


def test_a_whole_day_is_a_day_where_the_user_is(world):
    event = timed("a", NOW) | {"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}}
    world.calendars.put(event)
    found = only(listed(world.open())[0])
    assert found.all_day
    assert (found.start, found.end) == (datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 1, 23, tzinfo=UTC))


def test_a_time_without_a_zone_of_its_own_is_an_instant(world):
    start = (NOW + HOUR).isoformat()
    world.calendars.put(
        timed("a", NOW)
        | {"start": {"dateTime": start}, "end": {"dateTime": (NOW + 2 * HOUR).isoformat(), "timeZone": "Mars/Base"}}
    )
    found = only(listed(world.open())[0])
    assert (found.start, found.end) == (NOW + HOUR, NOW + 2 * HOUR)


def test_an_event_made_from_mail_says_so(world):
    world.calendars.put(timed("a", NOW + HOUR, eventType="fromGmail"))
    assert only(listed(world.open())[0]).categories == ("fromGmail",)


@pytest.mark.scenario("S7")
def test_a_token_that_is_no_longer_good_costs_one_full_listing_and_loses_nothing(world):
    world.enter("a", NOW + HOUR)
    world.enter("b", NOW + 2 * HOUR)
    first, _, cursor = listed(world.open())
    world.calendars.expire()
    world.delete("a")
    world.enter("c", NOW + 3 * HOUR)
    items, removed, cursor = listed(world.open(), cursor)
    assert {event.uid for event in items.values()} == {"c"}
    assert {first[ref].uid for ref in removed} == {"a"}
    assert listed(world.open(), cursor)[:2] == ({}, frozenset())


def test_with_nothing_new_there_is_one_call(world):
    world.enter("a", NOW + HOUR)
    backend = world.open(calendars=("primary",))
    _, _, cursor = listed(backend)
    world.google.asked.clear()
    listed(world.open(calendars=("primary",)), cursor)
    assert [call.removeprefix("calendar.") for call in world.google.calls()] == ["events.list"]


def test_the_window_moves_on_once_a_day_and_not_before(world):
    world.enter("a", NOW + HOUR)
    _, _, cursor = listed(world.open())
    for hours, full in ((20, False), (30, True)):
        world.google.asked.clear()
        later = Window(WINDOW.start + timedelta(hours=hours), WINDOW.end + timedelta(hours=hours))
        listed(world.open(), cursor, later)
        asked = next(each.query for each in world.google.asked if each.method == "calendar.events.list")
        assert ("timeMin" in asked) is full
        assert ("syncToken" in asked) is not full


def test_an_event_that_leaves_the_window_is_gone_from_it(world):
    world.enter("a", NOW + HOUR)
    first, _, cursor = listed(world.open())
    world.enter("a", NOW + timedelta(days=300), sequence=1)
    items, removed, _ = listed(world.open(), cursor)
    assert items == {}
    assert {first[ref].uid for ref in removed} == {"a"}


def test_calendars_are_chosen_by_name_and_googles_own_are_left_out(world):
    jobs = world.calendars.add(Calendar("jobs@group.calendar.google.com", "Interviews"))
    world.calendars.add(Calendar("de.german#holiday@group.v.calendar.google.com", "Feiertage", role="reader"))
    world.calendars.put(timed("job", NOW + HOUR), jobs.id)
    world.calendars.put(timed("holiday", NOW + HOUR), "de.german#holiday@group.v.calendar.google.com")
    world.enter("own", NOW + HOUR)

    def uids(**settings):
        return {event.uid for event in listed(world.open(**settings))[0].values()}

    assert uids() == {"own", "job"}
    assert uids(calendars=("interviews",)) == {"job"}
    assert uids(calendars=("Primary", "Feiertage")) == {"own", "holiday"}
    (page,) = world.open(calendars=("Intervews",)).changes(None, window=WINDOW)
    assert page.problems == ("no calendar is called Intervews",)
    (again,) = world.open(calendars=("Intervews",)).changes(page.cursor, window=WINDOW)
    assert again.problems == page.problems


def test_the_same_event_in_two_calendars_has_two_refs(world):
    other = world.calendars.add(Calendar("b@group.calendar.google.com", "B"))
    for place in ("", other.id):
        world.calendars.put(timed("a", NOW + HOUR), place)
    items = listed(world.open())[0]
    assert len(items) == 2
    assert {event.uid for event in items.values()} == {"a"}


def test_an_event_that_breaks_the_parser_is_named_and_the_others_are_read(world, monkeypatch):
    class Fragile(InlineParser):
        def calendar(self, data, **more):
            if b"BREAK" in data:
                raise Unreadable("takes too long")
            return super().calendar(data, **more)

    world.enter("a", NOW + HOUR, title="BREAK")
    world.enter("b", NOW + HOUR)
    backend = GoogleCalendar(
        "jobs", Tokens(world.google), Fragile(), zone="UTC", api_url=world.google.url, limits=QUICK
    )
    (page,) = backend.changes(None, window=WINDOW)
    assert [item.event.uid for item in page.items] == ["b"]
    assert page.problems == ("an event of calendar jobs takes too long",)
    backend.close()


def test_a_sign_in_without_the_calendar_says_so(world):
    from tests.servers.google_signin import COMPOSE, READ

    class Mail(Tokens):
        def __init__(self, google):
            super().__init__(google)
            self._token = google.signin.new_access((READ, COMPOSE))

    backend = GoogleCalendar(
        "jobs", Mail(world.google), InlineParser(), zone="UTC", api_url=world.google.url, limits=QUICK
    )
    with pytest.raises(AuthError, match="lacks a permission"):
        listed(backend)
    backend.close()


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["dateTime", "date", "timeZone", "email", "displayName", "entryPoints", "uri"]), inner, max_size=4),
    max_leaves=6,
)  # fmt: skip
_KEYS = [
    "id",
    "iCalUID",
    "summary",
    "description",
    "location",
    "start",
    "end",
    "originalStartTime",
    "organizer",
    "attendees",
    "sequence",
    "status",
    "eventType",
    "conferenceData",
    "hangoutLink",
    "updated",
]


@pytest.mark.scenario("S12")
@given(st.dictionaries(st.sampled_from(_KEYS), _ANYTHING | st.text()))
def test_whatever_stands_in_an_event_it_is_one_event(fields):
    event = timed("a", NOW + HOUR) | fields
    data = calendar_from_events([event])
    assert data.count(b"BEGIN:VEVENT") - data.count(b"\\nBEGIN:VEVENT") <= 1 or b"BEGIN:VEVENT" in str(fields).encode()
    assert all(line.strip() for line in data.split(b"\r\n")[:-1])
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert len(calendar_from_ics(data, window=WINDOW, zone="Europe/Berlin").events) <= 1
