"""The Graph calendar passes the contract, and knows what the service leaves unsaid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailwatch.backends.graph import GraphDoor
from mailwatch.backends.graph.events import event_from_fields, uid_of
from mailwatch.backends.graph_calendar import GraphCalendar
from mailwatch.core.model import Cursor, ZoneState
from mailwatch.errors import BackendError, CursorExpired
from tests.backends.calendar_contract import HOUR, WINDOW, CalendarContract, listed
from tests.backends.graphs import QUICK, Key, new_graph
from tests.backends.mails import ME, NOW
from tests.servers.graph import Fault, running_graph


class GraphCalendarWorld:
    def __init__(self, graph) -> None:
        self.graph = graph
        self.events = graph.events
        self.opened = []
        graph.answers.largest_page = 3

    def open(self, **settings):
        door = GraphDoor("web", Key(), base_url=self.graph.url, limits=QUICK)
        self.opened.append(GraphCalendar("jobs", door, zone="Europe/Berlin", me=ME, **settings))
        return self.opened[-1]

    def enter(self, uid, start, *, title="Interview", sequence=0, weekly=0):
        self.events.enter(uid, start, weekly=weekly, subject=title)

    def delete(self, uid):
        self.events.delete(uid)

    def empty(self):
        for entry in list(self.events.entries.values()):
            self.events.delete(entry.uid)

    def break_down(self):
        self.graph.faults = [Fault(how="", status=500)]

    def close(self):
        for backend in self.opened:
            backend.close()
        assert (self.graph.sending, self.graph.violations) == ([], [])


@pytest.fixture
def world():
    with running_graph(new_graph()) as graph:
        world = GraphCalendarWorld(graph)
        yield world
        world.close()


class TestGraphCalendar(CalendarContract):
    @pytest.fixture
    def world(self, world):
        return world


def only(world, **settings):
    (event,) = listed(world.open(**settings))[0].values()
    return event


def person(address, name="", answer="none", kind="required"):
    return {"emailAddress": {"name": name, "address": address}, "status": {"response": answer}, "type": kind}


@pytest.mark.scenario("D1", "D24", "D30")
def test_an_event_says_who_where_and_how(world):
    world.events.enter(
        "a", NOW, subject="Interview\r\nwith Acme", location={"displayName": "Room 1"}, categories=["Jobs"],
        organizer={"emailAddress": {"name": "Rita Ek", "address": "Rita@acme.example"}},
        attendees=[person(ME, "Jo"), person("bo@acme.example", "bo@acme.example", "declined", "optional"), person("r1@acme.example", "R1", kind="resource")],
        responseStatus={"response": "tentativelyAccepted"}, body={"contentType": "html", "content": "<p>Bring <b>this</b></p>"},
        onlineMeeting={"joinUrl": "https://teams.example/l/1"}, originalStartTimeZone="W. Europe Standard Time",
    )  # fmt: skip
    event = only(world)
    assert (event.summary, event.location, event.url, event.description) == (
        "Interview with Acme", "Room 1", "https://teams.example/l/1", "Bring this",
    )  # fmt: skip
    assert (event.organizer.name, event.organizer.address) == ("Rita Ek", "rita@acme.example")
    assert [(each.address, each.partstat, each.role, each.cutype) for each in event.attendees] == [
        (ME, "TENTATIVE", "REQ-PARTICIPANT", ""), ("bo@acme.example", "DECLINED", "OPT-PARTICIPANT", ""), ("r1@acme.example", "NEEDS-ACTION", "", "RESOURCE"),
    ]  # fmt: skip
    assert event.attendees[1].name == ""
    assert (event.tzid, event.zone_state, event.categories, event.status) == (
        "W. Europe Standard Time", ZoneState.KNOWN, ("Jobs",), "CONFIRMED",
    )  # fmt: skip


@pytest.mark.scenario("D6", "D20", "D24")
def test_cancelled_events_and_holds_are_told(world):
    world.events.enter("a", NOW, isCancelled=True, showAs="free")
    world.events.enter("b", NOW, isOrganizer=True, showAs="tentative")
    world.events.enter("c", NOW, isOrganizer=False, showAs="tentative")
    assert {each.uid: each.status for each in listed(world.open())[0].values()} == {
        "a": "CANCELLED", "b": "TENTATIVE", "c": "CONFIRMED",
    }  # fmt: skip


@pytest.mark.scenario("D22")
def test_a_day_without_times_is_a_day_where_the_user_is(world):
    world.events.enter("a", datetime(2026, 12, 1, tzinfo=UTC), hours=24, isAllDay=True)
    event = only(world)
    assert (event.start, event.end) == (datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 1, 23, tzinfo=UTC))
    assert (event.all_day, event.zone_state, event.tzid) == (True, ZoneState.FLOATING, "")


@pytest.mark.scenario("D22")
@pytest.mark.parametrize(
    ("zone", "start", "state"),
    [
        ("W. Europe Standard Time", datetime(2026, 12, 1, 13, tzinfo=UTC), ZoneState.KNOWN),
        ("America/New_York", datetime(2026, 12, 1, 19, tzinfo=UTC), ZoneState.KNOWN),
        ("tzone://Microsoft/Custom", datetime(2026, 12, 1, 13, tzinfo=UTC), ZoneState.UNKNOWN),
    ],
)
def test_times_are_read_in_the_zone_that_they_are_told_in(zone, start, state):
    fields = {"id": "AAAA", "start": {"dateTime": "2026-12-01T14:00:00.0000000", "timeZone": zone}}
    event = event_from_fields(fields, zone="Europe/Berlin")
    assert (event.start, event.end, event.zone_state, event.uid) == (start, start, state, "AAAA")


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"start": 3}, {"start": {"dateTime": "soon", "timeZone": "UTC"}}, {"start": {"dateTime": "0001-01-01T00:00:00"}},
    ],
)  # fmt: skip
def test_what_has_no_start_is_no_event(fields):
    assert event_from_fields({"id": "AAAA", **fields}, zone="UTC") is None


def test_fields_of_the_wrong_kind_are_left_out():
    broken = {
        name: [7]
        for name in ("subject", "location", "body", "organizer", "attendees", "onlineMeeting", "responseStatus")
    }
    event = event_from_fields({"start": {"dateTime": "2026-12-01T14:00:00Z"}, **broken}, zone="UTC")
    assert (event.summary, event.location, event.url, event.organizer, len(event.attendees)) == ("", "", "", None, 1)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("1@acme.example", "1@acme.example"),
        ("040000008200E00074C5B7101A82E00807EA0B1840C2D3E4F5061728", "040000008200E00074C5B7101A82E0080000000040C2D3E4F5061728"),
        ("040000008200E00074C5B7101A82E008" + "00000000" + "0" * 32 + "7643616C2D55696401000000" + b"31@acme.example\0".hex().upper(), "31@acme.example"),
    ],
)  # fmt: skip
def test_the_uid_is_the_one_that_mails_carry(told, meant):
    assert uid_of({"iCalUId": told}) == meant
    assert uid_of({"iCalUId": told + "#1", "uid": told}, {"iCalUId": "other"}) == meant


@pytest.mark.scenario("D24")
def test_occurrences_take_from_their_series_what_the_service_leaves_out(world):
    entry = world.events.enter("s", NOW + HOUR, weekly=4, subject="Weekly", location={"displayName": "Room 1"})
    entry.exceptions[1] = {
        "start": NOW + timedelta(days=8),
        "end": NOW + timedelta(days=8, hours=2),
        "subject": "Moved",
    }
    entry.exceptions[2] = {"isCancelled": True}
    world.events.note(entry)
    events = sorted(listed(world.open())[0].values(), key=lambda event: event.recurrence_id)
    assert [(event.uid, event.summary, event.status) for event in events] == [
        ("s", "Weekly", "CONFIRMED"), ("s", "Moved", "CONFIRMED"), ("s", "Weekly", "CANCELLED"), ("s", "Weekly", "CONFIRMED"),
    ]  # fmt: skip
    assert [event.recurrence_id for event in events] == [NOW + HOUR + timedelta(weeks=week) for week in range(4)]
    assert events[1].start == NOW + timedelta(days=8)
    assert {event.location for event in events} == {"Room 1"}
    assert all(event.recurring for event in events)


@pytest.mark.scenario("D6")
def test_an_occurrence_that_is_left_out_when_its_series_comes_again_was_deleted(world):
    entry = world.events.enter("s", NOW + HOUR, weekly=3)
    world.enter("other", NOW + 5 * HOUR)
    items, _, cursor = listed(world.open())
    entry.gone.add(1)
    world.events.note(entry)
    _, removed, cursor = listed(world.open(), cursor)
    assert [items[ref].start for ref in removed] == [NOW + HOUR + timedelta(weeks=1)]
    world.delete("s")
    _, removed, _ = listed(world.open(), cursor)
    assert {items[ref].uid for ref in removed} == {"s"}
    assert len(removed) == 2


def test_a_series_that_the_answer_does_not_hold_is_asked_for_once(world, monkeypatch):
    world.enter("s", NOW + HOUR, weekly=3, title="Weekly")
    known = world.events.since
    monkeypatch.setattr(world.events, "since", lambda *words: [each for each in known(*words) if each["type"] != "seriesMaster"])  # fmt: skip
    assert {event.summary for event in listed(world.open())[0].values()} == {"Weekly"}
    assert world.graph.names().count("event") == 1
    monkeypatch.setattr(world.events, "by_id", lambda key: None)
    assert {event.summary for event in listed(world.open())[0].values()} == {""}


def test_nothing_new_costs_one_request(world):
    world.enter("a", NOW + HOUR)
    _, _, cursor = listed(world.open())
    before = len(world.graph.asked)
    assert listed(world.open(), cursor)[:2] == ({}, frozenset())
    assert world.graph.names()[before:] == ["event delta"]


def test_all_calendars_are_read_or_those_that_are_named(world):
    jobs = world.events.add_calendar("Jobs")
    world.enter("a", NOW + HOUR)
    world.events.enter("b", NOW + HOUR, calendar=jobs)
    assert {each.uid for each in listed(world.open())[0].values()} == {"a", "b"}
    assert {each.uid for each in listed(world.open(calendars=["Jobs"]))[0].values()} == {"b"}
    with pytest.raises(BackendError, match="no calendar 'Work'") as caught:
        listed(world.open(calendars=["Work"]))
    assert "Calendar, Jobs" in caught.value.next_step


@pytest.mark.scenario("S7")
def test_an_expired_bookmark_keeps_what_was_known_so_that_removals_are_seen(world):
    world.enter("a", NOW + HOUR)
    world.enter("b", NOW + HOUR)
    items, _, cursor = listed(world.open())
    world.delete("a")
    world.graph.answers.expire(world.events.default)
    with pytest.raises(CursorExpired) as caught:
        listed(world.open(), cursor)
    changed, removed, _ = listed(world.open(), Cursor(caught.value.resume or ""))
    assert changed == {}
    assert [items[ref].uid for ref in removed] == ["a"]


def test_events_that_make_no_sense_are_counted(world, monkeypatch):
    world.enter("a", NOW + HOUR)
    world.enter("b", NOW + HOUR)
    known = world.events.since
    monkeypatch.setattr(world.events, "since", lambda *words: [{**each, "start": None} if each["iCalUId"] == "a" else each for each in known(*words)])  # fmt: skip
    (page,) = world.open().changes(None, window=WINDOW)
    assert ([item.event.uid for item in page.items], page.problems) == (["b"], ("1 event can't be understood",))


@pytest.mark.scenario("D5", "D21")
def test_a_meetings_sequence_is_asked_for_where_others_are_invited(world):
    world.enter("alone", NOW)
    listed(world.open())
    assert "event view" not in world.graph.names()
    for number in range(5):
        world.events.enter(f"m{number}", NOW + number * HOUR, attendees=[person("bo@acme.example")], sequence=number)
    world.events.enter("s", NOW, weekly=2, attendees=[person("bo@acme.example")], sequence=7)
    events = listed(world.open())[0].values()
    assert sorted((event.uid, event.sequence) for event in events) == [
        ("alone", 0), ("m0", 0), ("m1", 1), ("m2", 2), ("m3", 3), ("m4", 4), ("s", 7), ("s", 7),
    ]  # fmt: skip
    assert world.graph.names().count("event view") == 3


def test_a_sequence_that_makes_no_sense_is_none(world, monkeypatch):
    world.events.enter("a", NOW, attendees=[person("bo@acme.example")], sequence=3)
    known = world.graph.answers._event_view
    for broken in (b'"many"', b"-3", b"null"):
        monkeypatch.setattr(world.graph.answers, "_event_view", lambda *words, broken=broken: replace(known(*words), body=known(*words).body.replace(b'"3"', broken)))  # fmt: skip
        assert only(world).sequence == 0
