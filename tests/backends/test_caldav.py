"""Calendars on Radicale and Xandikos: the contract, discovery, and that nothing but reading ever leaves."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import requests

from mailwatch.backends.caldav import CaldavCalendar, Door, SignedIn
from mailwatch.backends.caldav.multistatus import multistatus_from_bytes
from mailwatch.core.model import Window
from mailwatch.errors import (
    AuthError,
    BackendError,
    CursorExpired,
    ProtocolError,
    RateLimited,
    RefusedToSend,
    TransientError,
)
from mailwatch.transport import NETWORK_LIMITS, Service, Transport
from tests.backends.calendar_contract import HOUR, WINDOW, CalendarContract, listed
from tests.backends.events import END, HEAD, CountingParser, vevent
from tests.backends.mails import NOW
from tests.servers.caldav import running_radicale, running_xandikos
from tests.servers.proxy import Proxy
from tests.servers.recording import Told, recording_server
from tests.servers.scripted_caldav import ScriptedCaldav, Shelf

READING = {b"PROPFIND", b"REPORT", b"GET", b"OPTIONS"}


@pytest.fixture(scope="module")
def radicale():
    with running_radicale() as server:
        yield server


@pytest.fixture(scope="module")
def xandikos():
    with running_xandikos() as server:
        yield server


@pytest.fixture(scope="module", params=["radicale", "xandikos"])
def server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def proxy(server):
    with Proxy(int(server.root.rpartition(":")[2].rstrip("/"))) as between:
        yield between


@pytest.fixture
def world(server, proxy):
    made = CaldavWorld(server, proxy)
    proxy.counts.clear()
    yield made
    made.close()
    asked = set(re.findall(rb"([A-Z]+) \S* HTTP/1\.1\r\n", bytes(proxy.counts.sent)))
    assert asked <= READING
    proxy.end_connections()


def basic(user, password):
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


class CaldavWorld:
    """A calendar of its own for a user; the owner's hands reach the server directly, mailwatch through the proxy."""

    def __init__(self, server, proxy):
        self.server, self.proxy = server, proxy
        self.user = server.new_user()
        self.hands = requests.Session()
        self.hands.auth = (self.user, server.password)
        self.home = f"{server.root}{self.user}/" if server.has_passwords else f"{server.root}user/calendars/"
        self.title = self.user
        self.url = self.new_calendar(self.title)
        self.parser = CountingParser()
        self.start = f"http://127.0.0.1:{proxy.port}/"
        self.opened = []

    def new_calendar(self, title):
        url = f"{self.home}{quote(title)}/"
        body = (
            '<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>'
            f"<displayname>{title}</displayname></prop></set></C:mkcalendar>"
        )
        assert self.hands.request("MKCALENDAR", url, data=body.encode(), headers={"Content-Type": "text/xml"}).ok
        return url

    def open(self, *, wanted=None, start="", header=None):
        header = header or (lambda fresh: basic(self.user, self.server.password))
        door = Door("jobs", SignedIn("home", header))
        wanted = [self.title] if wanted is None else wanted
        self.opened.append(CaldavCalendar(door, start or self.start, self.parser, wanted=wanted, zone="Europe/Berlin"))
        return self.opened[-1]

    def put(self, uid, text, *, url=""):
        answer = self.hands.put(
            f"{url or self.url}{quote(uid)}.ics",
            data=text.encode(),
            headers={"Content-Type": "text/calendar; charset=utf-8"},
        )
        assert answer.ok, answer.text

    def enter(self, uid, start, *, url="", **fields):
        self.put(uid, HEAD + vevent(uid, start, **fields) + END, url=url)

    def delete(self, uid):
        assert self.hands.delete(f"{self.url}{quote(uid)}.ics").ok

    def empty(self):
        body = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
        headers = {"Depth": "1", "Content-Type": "text/xml"}
        answer = self.hands.request("PROPFIND", self.url, data=body, headers=headers)
        for href in re.findall(r"<(?:\w+:)?href>([^<]*\.ics)</", answer.text):
            assert self.hands.delete(self.server.root.rstrip("/") + href).ok

    def break_down(self):
        self.proxy.fault.refuse = True
        self.proxy.end_connections()

    def close(self):
        self.proxy.fault.refuse = False
        for calendar in self.opened:
            calendar.close()
        self.hands.delete(self.url)
        self.hands.close()


class TestCaldav(CalendarContract):
    @pytest.fixture
    def world(self, world):
        return world


def requests_in(proxy):
    """Method and path of what went through, oldest first; forgets it."""
    found = re.findall(rb"([A-Z]+) (\S+) HTTP/1\.1\r\n", bytes(proxy.counts.sent))
    proxy.counts.clear()
    return [method.decode() for method, _ in found]


# --- little traffic ---


def test_a_look_at_an_unchanged_server_is_one_request(world, proxy):
    for number in range(3):
        world.enter(f"e{number}", NOW + number * HOUR)
    _, _, cursor = listed(world.open())
    requests_in(proxy)
    assert listed(world.open(), cursor)[:2] == ({}, frozenset())
    assert requests_in(proxy) == ["PROPFIND"]
    assert world.parser.calls == 3


def test_of_many_events_only_the_changed_one_is_fetched_and_parsed(world, proxy):
    for number in range(12):
        world.enter(f"e{number}", NOW + number * HOUR)
    _, _, cursor = listed(world.open())
    world.enter("e3", NOW + 30 * HOUR, sequence=1)
    world.delete("e4")
    world.parser.calls = 0
    requests_in(proxy)
    items, removed, _ = listed(world.open(), cursor)
    assert {event.uid for event in items.values()} == {"e3"}
    assert len(removed) == 1
    assert world.parser.calls == 1
    assert requests_in(proxy) == ["PROPFIND", "REPORT", "REPORT"]


@pytest.mark.parametrize("token", ["http://radicale.org/ns/sync/0", "urn:of-another-server", "data:,<&>"])
def test_a_token_that_the_server_does_not_accept_means_to_start_over(world, token):
    world.enter("a", NOW + HOUR)
    world.enter("b", NOW + 3 * HOUR)
    _, _, cursor = listed(world.open())
    world.delete("a")
    world.enter("c", NOW + 5 * HOUR)
    table = json.loads(cursor)
    for mark in table["caldav-1"].values():
        mark["token"] = token
    items, removed, _ = listed(world.open(), json.dumps(table))
    assert {event.uid for event in items.values()} == {"c"}
    assert len(removed) == 1


def test_in_a_moved_window_only_series_are_fetched_again(world):
    for number in range(5):
        world.enter(f"e{number}", NOW + number * HOUR)
    world.enter("s", NOW, weekly=60)
    _, _, cursor = listed(world.open())
    world.parser.calls = 0
    later = Window(WINDOW.start + timedelta(days=8), WINDOW.end + timedelta(days=8))
    items, removed, _ = listed(world.open(), cursor, later)
    assert {event.uid for event in items.values()} == {"s"}
    assert removed == frozenset()
    assert world.parser.calls == 1


# --- what comes back ---


def test_occurrences_keep_their_zone_across_the_change_of_the_clocks(world):
    zoned = (
        "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\n"
        "TZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\n"
        "DTSTART:19700329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
        "END:DAYLIGHT\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20261101T000000Z\r\n"
        "DTSTART;TZID=Europe/Berlin:20270322T140000\r\nDTEND;TZID=Europe/Berlin:20270322T150000\r\n"
        "SUMMARY:Interview\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nEND:VEVENT\r\n"
    )
    world.put("s", HEAD + zoned + END)
    items, _, _ = listed(world.open())
    events = sorted(items.values(), key=lambda event: event.start)
    assert [event.start for event in events] == [
        datetime(2027, 3, 22, 13, tzinfo=UTC), datetime(2027, 3, 29, 12, tzinfo=UTC),
    ]  # fmt: skip
    assert {event.tzid for event in events} == {"Europe/Berlin"}


def test_attendees_and_odd_names_come_through(world):
    text = vevent("ä b&c/d", NOW + HOUR, title="Gespräch & mehr <3").replace(
        "END:VEVENT", "ATTENDEE;CN=Rita Ek;PARTSTAT=ACCEPTED:mailto:rita@acme.example\r\nEND:VEVENT"
    )
    world.put("ä b&c", HEAD + text + END)
    items, _, cursor = listed(world.open())
    (event,) = items.values()
    assert (event.uid, event.summary) == ("ä b&c/d", "Gespräch & mehr <3")
    assert [(who.name, who.address, who.partstat) for who in event.attendees] == [
        ("Rita Ek", "rita@acme.example", "ACCEPTED")
    ]
    world.delete("ä b&c")
    assert len(listed(world.open(), cursor)[1]) == 1


# --- several calendars ---


def test_several_calendars_are_one_and_titles_choose_among_them(world):
    other = world.new_calendar(f"{world.title} Büro")
    world.enter("a", NOW + HOUR)
    world.enter("b", NOW + HOUR, url=other)
    both = [world.title, f"{world.title} BÜRO"]
    items, _, cursor = listed(world.open(wanted=both))
    assert {event.uid for event in items.values()} == {"a", "b"}
    assert {event.uid for event in listed(world.open(wanted=both[1:]))[0].values()} == {"b"}
    assert listed(world.open(wanted=both[:1]), cursor)[:2] == ({}, frozenset())  # not read any more is not removed
    world.hands.delete(other)
    _, removed, _ = listed(world.open(wanted=both[:1]), cursor)
    assert {items[ref].uid for ref in removed} == {"b"}


def test_a_calendar_that_is_named_and_not_there_is_an_error_with_those_that_are(world):
    with pytest.raises(BackendError, match="Nowhere") as caught:
        listed(world.open(wanted=["Nowhere"]))
    assert world.title in caught.value.next_step


# --- finding it ---


def test_the_calendar_is_found_from_any_of_its_addresses(world, proxy):
    world.enter("a", NOW + HOUR)
    path = world.url.removeprefix(world.server.root)
    parts = path.rstrip("/").split("/")
    for depth in range(len(parts) + 1):
        start = world.start + "".join(f"{part}/" for part in parts[:depth])
        items, _, cursor = listed(world.open(start=start))
        assert {event.uid for event in items.values()} == {"a"}, start
    requests_in(proxy)
    listed(world.open(start=start), cursor)
    assert requests_in(proxy) == ["PROPFIND"]


def test_a_bookmark_of_another_server_is_not_used(world):
    _, _, cursor = listed(world.open())
    with pytest.raises(CursorExpired, match="another server"):
        listed(world.open(start=world.start + "user/"), cursor)


# --- signing in ---


def test_a_wrong_password_is_tried_once_and_said(radicale):
    with Proxy(int(radicale.root.rpartition(":")[2].rstrip("/"))) as between:
        world = CaldavWorld(radicale, between)
        between.counts.clear()
        with pytest.raises(AuthError, match="refused the sign-in") as caught:
            listed(world.open(header=lambda fresh: basic(world.user, "wrong")))
        assert caught.value.next_step == "mailwatch auth login home"
        assert between.counts.sent.count(b"PROPFIND / ") == 1
        world.close()


# --- what servers get wrong, and what is not sent to them ---


@pytest.fixture
def script():
    with recording_server() as recording:
        made = ScriptedCaldav(recording, {"jobs": Shelf("Jobs")})
        yield made


def single(uid, start=NOW + HOUR, **fields):
    return HEAD + vevent(uid, start, **fields) + END


def calendar_at(script, *, start="/", header=lambda fresh: "Basic am86cHc=", wanted=(), limits=NETWORK_LIMITS):
    door = Door("jobs", SignedIn("home", header), limits=limits)
    return CaldavCalendar(door, script.recording.url + start, CountingParser(), wanted=wanted, zone="Europe/Berlin")


def uids(found):
    return {event.uid for event in found[0].values()}


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 412])
def test_any_refusal_of_a_token_means_to_start_over(script, status):
    shelf = script.shelves["jobs"]
    shelf.put("a.ics", single("a"))
    _, _, cursor = listed(calendar_at(script))
    shelf.put("b.ics", single("b"))
    shelf.remove("a.ics")
    script.spoil = lambda asked: Told(status) if b"sync-collection" in asked.body else None
    found = listed(calendar_at(script), cursor)
    assert uids(found) == {"b"}
    assert len(found[1]) == 1


def test_a_sync_answer_in_pages_is_read_to_its_end(script):
    shelf = script.shelves["jobs"]
    _, _, cursor = listed(calendar_at(script))
    script.page = 2
    for number in range(7):
        shelf.put(f"e{number}.ics", single(f"e{number}"))
    shelf.remove("e0.ics")
    script.forget()
    assert uids(listed(calendar_at(script), cursor)) == {f"e{number}" for number in range(1, 7)}
    assert script.methods == ["PROPFIND", *["REPORT sync-collection"] * 4, "REPORT calendar-multiget"]


def test_a_sync_answer_that_never_ends_is_listed_instead(script):
    shelf = script.shelves["jobs"]
    _, _, cursor = listed(calendar_at(script))
    shelf.put("a.ics", single("a"))

    def endless(asked):
        if b"sync-collection" not in asked.body:
            return None
        token = len(script.recording.asked)
        gone = "<response><href>/cal/jobs/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"
        return Told(
            207, {}, f'<multistatus xmlns="DAV:">{gone}<sync-token>t{token}</sync-token></multistatus>'.encode()
        )

    script.spoil = endless
    assert uids(listed(calendar_at(script), cursor)) == {"a"}


def test_a_sync_answer_without_a_token_is_not_trusted(script):
    _, _, cursor = listed(calendar_at(script))
    script.shelves["jobs"].put("a.ics", single("a"))
    empty = Told(207, {}, b'<multistatus xmlns="DAV:"/>')
    script.spoil = lambda asked: empty if b"sync-collection" in asked.body else None
    assert uids(listed(calendar_at(script), cursor)) == {"a"}


@pytest.mark.parametrize("tags", [True, False])
def test_without_sync_tokens_entity_tags_tell_what_has_changed(script, tags):
    script.tokens, script.tags = False, tags
    shelf = script.shelves["jobs"]
    for number in range(3):
        shelf.put(f"e{number}.ics", single(f"e{number}"))
    _, _, cursor = listed(calendar_at(script))
    script.forget()
    assert listed(calendar_at(script), cursor)[:2] == ({}, frozenset())
    assert script.methods == (["PROPFIND"] if tags else ["PROPFIND", "REPORT calendar-query"])
    shelf.put("e1.ics", single("e1", NOW + 5 * HOUR))
    shelf.remove("e2.ics")
    calendar = calendar_at(script)
    found = listed(calendar, cursor)
    assert uids(found) == {"e1"}
    assert len(found[1]) == 1
    assert calendar._comparer.parser.calls == 1


def test_without_entity_tags_everything_is_read_again(script):
    script.tokens = script.etags = False
    script.shelves["jobs"].put("a.ics", single("a"))
    _, _, cursor = listed(calendar_at(script))
    script.shelves["jobs"].put("a.ics", single("a", NOW + 9 * HOUR))
    assert uids(listed(calendar_at(script), cursor)) == {"a"}


def test_a_server_that_can_not_search_is_listed(script):
    script.shelves["jobs"].put("a.ics", single("a"))
    script.shelves["jobs"].put("old.ics", single("old", NOW - timedelta(days=400)))
    script.spoil = lambda asked: Told(405) if b"calendar-query" in asked.body else None
    found = listed(calendar_at(script))
    assert uids(found) == {"a"}
    script.forget()
    listed(calendar_at(script), found[2])
    assert script.methods == ["PROPFIND"]


def test_a_server_without_multiget_is_asked_for_each_entry(script):
    shelf = script.shelves["jobs"]
    shelf.put("a.ics", single("a"))
    shelf.put("b.ics", single("b"))
    script.spoil = lambda asked: Told(405) if b"multiget" in asked.body else None
    assert uids(listed(calendar_at(script))) == {"a", "b"}


def test_an_entry_that_vanishes_meanwhile_is_left_out_and_one_that_is_withheld_is_said(script):
    shelf = script.shelves["jobs"]
    for name in ("a", "b", "c"):
        shelf.put(f"{name}.ics", single(name))

    def gone(asked):
        if b"multiget" in asked.body:
            shelf.texts.pop("a.ics", None)
        if asked.method == "GET":
            return Told(405)
        return None

    script.spoil = gone
    given = script._given
    script._given = lambda one, path, name: "" if name == "b.ics" else given(one, path, name)
    (page,) = calendar_at(script).changes(None, window=WINDOW)
    assert {item.event.uid for item in page.items} == {"c"}
    assert page.covers_from is None
    assert page.problems == ("1 entry of calendar jobs can't be read: the server does not give it",)
    script._given, script.spoil = given, lambda asked: None
    found = listed(calendar_at(script), page.cursor)
    assert uids(found) == {"b"}
    assert found[1] == frozenset()


def test_what_a_report_gives_unasked_is_not_taken(script):
    shelf = script.shelves["jobs"]
    shelf.put("a.ics", single("a"))
    given = script._given
    script._given = lambda one, path, name: (
        given(one, path, name) + given(Shelf("x", {"evil.ics": single("evil")}, {"evil.ics": 1}), path, "evil.ics")
    )
    assert uids(listed(calendar_at(script))) == {"a"}


def test_calendars_that_are_not_the_users_events_are_left_out(script):
    script.shelves["jobs"].put("a.ics", single("a"))
    tasks = Shelf("Tasks", component="VTODO")
    bin_ = Shelf("Bin", kinds='<x:deleted-calendar xmlns:x="http://nextcloud.com/ns"/>')
    shared = Shelf("News", kinds="<S:subscribed/>")
    for name, shelf in (("tasks", tasks), ("bin", bin_), ("news", shared)):
        shelf.put("x.ics", single(name))
        script.shelves[name] = shelf
    assert uids(listed(calendar_at(script))) == {"a"}
    script.shelves = {"tasks": tasks}
    with pytest.raises(ProtocolError, match="no calendar that holds events"):
        listed(calendar_at(script))


def test_a_calendar_that_may_not_be_read_stops_no_other(script):
    script.shelves["other"] = Shelf("Other")
    for name in ("jobs", "other"):
        script.shelves[name].put("a.ics", single(name))
    first = listed(calendar_at(script))
    script.shelves["jobs"].put("b.ics", single("b"))
    script.shelves["other"].put("b.ics", single("c"))
    script.spoil = lambda asked: Told(403) if asked.path.startswith("/cal/other/") else None
    (page,) = calendar_at(script).changes(first[2], window=WINDOW)
    assert {item.event.uid for item in page.items} == {"b"}
    assert (page.removed, page.covers_from) == (frozenset(), None)
    assert len(page.problems) == 1
    assert "“Other” can't be read" in page.problems[0]
    script.spoil = lambda asked: None
    assert uids(listed(calendar_at(script), page.cursor)) == {"c"}
    script.spoil = lambda asked: Told(403) if asked.path == "/cal/other/" else None
    (page,) = calendar_at(script).changes(None, window=WINDOW)
    assert {item.event.uid for item in page.items} == {"jobs", "b"}


def test_one_calendar_of_several_that_is_suddenly_empty_is_not_believed(script):
    script.shelves["other"] = Shelf("Other")
    script.shelves["other"].put("a.ics", single("x"))
    for number in range(5):
        script.shelves["jobs"].put(f"e{number}.ics", single(f"e{number}"))
    first = listed(calendar_at(script))
    for number in range(5):
        script.shelves["jobs"].remove(f"e{number}.ics")
    (page,) = calendar_at(script).changes(first[2], window=WINDOW)
    assert (page.items, page.removed) == ((), frozenset())
    assert page.problems == ("calendar jobs: “Jobs” is suddenly empty, so it was not believed",)


def test_a_calendar_that_is_only_not_listed_is_not_gone(script):
    script.shelves["other"] = Shelf("Other")
    script.shelves["other"].put("a.ics", single("x"))
    first = listed(calendar_at(script))
    hidden = script.shelves["other"]
    hidden.component = "VTODO"
    (page,) = calendar_at(script).changes(first[2], window=WINDOW)
    assert page.removed == frozenset()
    assert page.problems == ("calendar jobs: a calendar is there and no longer listed",)
    del script.shelves["other"]
    assert len(listed(calendar_at(script), page.cursor)[1]) == 1


@pytest.mark.parametrize(("status", "gone"), [("404 Not Found", 1), ("410 Gone", 1), ("200 OK", 0)])
def test_a_calendar_that_is_gone_may_be_answered_with_207_and_404_inside(script, status, gone):
    script.shelves["other"] = Shelf("Other")
    script.shelves["other"].put("a.ics", single("x"))
    first = listed(calendar_at(script))
    del script.shelves["other"]
    inside = f'<multistatus xmlns="DAV:"><response><href>/cal/other/</href><status>HTTP/1.1 {status}</status></response></multistatus>'
    script.spoil = lambda asked: Told(207, {}, inside.encode()) if asked.path == "/cal/other/" else None
    (page,) = calendar_at(script).changes(first[2], window=WINDOW)
    assert len(page.removed) == gone
    assert bool(page.problems) is not bool(gone)


def test_a_home_that_has_moved_is_found_again(script):
    script.shelves["jobs"].put("a.ics", single("a"))
    table = json.loads(listed(calendar_at(script))[2])
    table["homes"] = [[f"{script.recording.url}/gone/", "1"]]
    script.shelves["jobs"].put("b.ics", single("b"))
    assert uids(listed(calendar_at(script), json.dumps(table))) == {"b"}


@pytest.mark.parametrize(
    "body", [b"<html><body>Sign in</body></html>", b"", b"\xff\xfe", b'<multistatus xmlns="DAV:">']
)
def test_a_page_that_is_no_caldav_is_said(script, body):
    script.spoil = lambda asked: Told(200, {}, body)
    with pytest.raises(ProtocolError, match="not CalDAV") as caught:
        listed(calendar_at(script))
    assert "url in [calendar.jobs]" in caught.value.next_step


def test_entities_are_not_resolved(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    inside = '<multistatus xmlns="DAV:"><response><href>/&a;</href></response></multistatus>'
    text = f'<!DOCTYPE m [<!ENTITY a SYSTEM "file://{secret}">]>{inside}'
    (found,) = multistatus_from_bytes("jobs", text.encode()).resources
    assert found.href == "/"
    bomb = "".join(f'<!ENTITY e{n} "&e{n + 1};&e{n + 1};">' for n in range(40))
    with pytest.raises(ProtocolError):
        multistatus_from_bytes("jobs", f'<!DOCTYPE m [<!ENTITY a "&e0;">{bomb}<!ENTITY e40 "ha">]>{inside}'.encode())


def test_a_server_without_calendars_is_said(script):
    script.spoil = lambda asked: Told(207, {}, b'<multistatus xmlns="DAV:"/>')
    with pytest.raises(ProtocolError, match="No calendar was found") as caught:
        listed(calendar_at(script))
    assert "url in [calendar.jobs]" in caught.value.next_step


def test_a_path_that_leads_nowhere_is_looked_for_at_the_well_known_one(script):
    script.shelves["jobs"].put("a.ics", single("a"))
    script.spoil = lambda asked: Told(404) if asked.path == "/old/path/" else None
    assert uids(listed(calendar_at(script, start="/old/path/"))) == {"a"}
    script.spoil = lambda asked: Told(404)
    with pytest.raises(ProtocolError, match="status 404"):
        listed(calendar_at(script, start="/old/path/"))


def test_a_redirect_within_the_server_is_followed_but_not_in_circles(script):
    script.shelves["jobs"].put("a.ics", single("a"))
    script.spoil = lambda asked: Told(302, {"Location": "/cal/"}) if asked.path == "/moved/" else None
    table = json.loads(listed(calendar_at(script))[2])
    table["homes"] = [[f"{script.recording.url}/moved/", "1"]]
    assert uids(listed(calendar_at(script), json.dumps(table))) == set()
    steps = iter(range(100))
    script.spoil = lambda asked: Told(302, {"Location": f"/{next(steps)}/"})
    with pytest.raises(ProtocolError, match="in circles"):
        listed(calendar_at(script))
    script.spoil = lambda asked: Told(302, {"Location": asked.path})
    with pytest.raises(ProtocolError, match="astray"):
        listed(calendar_at(script))
    script.spoil = lambda asked: Told(302, {"Location": "ftp://127.0.0.1/"})
    with pytest.raises(ProtocolError, match="astray"):
        listed(calendar_at(script))


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "http://127.0.0.1:9/"])
def test_the_sign_in_goes_to_no_other_host(script, elsewhere):
    script.spoil = lambda asked: Told(301, {"Location": elsewhere})
    with pytest.raises(BackendError, match="not where you signed in"):
        listed(calendar_at(script))
    home = f'<calendar-home-set xmlns="urn:ietf:params:xml:ns:caldav"><x:href xmlns:x="DAV:">{elsewhere}</x:href></calendar-home-set>'
    body = f'<multistatus xmlns="DAV:"><response><href>/</href><propstat><prop>{home}</prop></propstat></response></multistatus>'
    script.spoil = lambda asked: Told(207, {}, body.encode())
    with pytest.raises(BackendError, match="not where you signed in") as caught:
        listed(calendar_at(script))
    assert "set url" in caught.value.next_step


def test_a_host_of_the_same_owner_is_trusted_over_https_only():
    door = Door("jobs", SignedIn("home", lambda fresh: "x"))
    door._transport("https://caldav.icloud.com/")
    assert door._transport("https://p34-caldav.icloud.com:443/1/").account == "jobs"
    for url in ("https://icloud.com.evil.example/", "https://caldav.icloud.co/", "https://10.0.0.1/"):
        with pytest.raises(BackendError, match="not where you signed in"):
            door._transport(url)
    door.close()
    with pytest.raises(BackendError, match="in the clear"):
        door._transport("http://caldav.icloud.com/")
    door._transport("https://10.0.0.1/")
    with pytest.raises(BackendError, match="not where you signed in"):
        door._transport("https://10.9.0.1/")
    door.close()


@pytest.mark.scenario("S1")
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PROPPATCH", "MKCALENDAR", "POST", "MOVE", "ACL", "LOCK"])
def test_nothing_that_writes_passes_the_door(script, method):
    door = Door("jobs", SignedIn("home", lambda fresh: "x"))
    with pytest.raises(RefusedToSend):
        door.ask(method, f"{script.recording.url}/cal/jobs/a.ics", b"x")
    assert script.recording.asked == []
    door.close()


def test_a_token_that_was_withdrawn_is_renewed_once(script):
    script.shelves["jobs"].put("a.ics", single("a"))
    script.spoil = lambda asked: Told(401) if asked.headers["authorization"] == "Bearer old" else None
    tokens = {False: "Bearer old", True: "Bearer new"}
    assert uids(listed(calendar_at(script, header=tokens.get))) == {"a"}
    script.spoil = lambda asked: Told(401)
    script.forget()
    with pytest.raises(AuthError, match="refused the sign-in"):
        listed(calendar_at(script, header=tokens.get))
    assert len(script.methods) == 2


def test_a_sign_in_of_an_unknown_kind_is_said(script):
    script.spoil = lambda asked: Told(401, {"WWW-Authenticate": 'Digest realm="x"'})
    with pytest.raises(AuthError, match="accepts only Digest, a kind of sign-in that mailwatch does not know"):
        listed(calendar_at(script))


@pytest.mark.parametrize(
    ("told", "kind"),
    [(Told(500), TransientError), (Told(how="lost"), TransientError), (Told(429, {"Retry-After": "900"}), RateLimited)],
)
def test_a_server_in_trouble_is_asked_again_later(script, told, kind):
    script.spoil = lambda asked: told
    with pytest.raises(kind):
        listed(calendar_at(script))


# --- from a domain ---


def unsigned(script):
    return [asked.path for asked in script.recording.asked if "authorization" not in asked.headers]


def as_https(monkeypatch, script, host):
    """Requests to https://HOST go to the script."""
    real = Door._transport

    def transport(self, url):
        return real(
            self,
            url.replace(f"https://{host}:443", script.recording.url).replace(f"https://{host}", script.recording.url),
        )

    request = Transport.request

    def moved(self, method, url, **settings):
        return request(
            self,
            method,
            url.replace(f"https://{host}:443", script.recording.url).replace(f"https://{host}", script.recording.url),
            **settings,
        )

    monkeypatch.setattr(Door, "_transport", transport)
    monkeypatch.setattr(Transport, "request", moved)


def of_domain(domain="reyes.example"):
    door = Door("jobs", SignedIn("home", lambda fresh: "Basic am86cHc="))
    return CaldavCalendar(door, domain, CountingParser(), zone="Europe/Berlin")


def test_a_web_site_that_is_no_dav_server_never_learns_the_password(script, monkeypatch):
    monkeypatch.setattr("mailwatch.backends.caldav.discovery.service_of", lambda service, domain: None)
    as_https(monkeypatch, script, "reyes.example")
    script.spoil = lambda asked: Told(405) if asked.path == "/" else Told(404)
    with pytest.raises(ProtocolError):
        listed(of_domain())
    assert unsigned(script) == ["/.well-known/caldav", "/"]
    assert len(script.recording.asked) == 2


@pytest.mark.parametrize("greeting", [Told(401, {"WWW-Authenticate": 'Basic realm="dav"'}), None])
def test_a_dav_server_of_the_domain_is_signed_in_to_once_it_has_shown_itself(script, monkeypatch, greeting):
    monkeypatch.setattr("mailwatch.backends.caldav.discovery.service_of", lambda service, domain: None)
    as_https(monkeypatch, script, "reyes.example")
    script.shelves["jobs"].put("a.ics", single("a"))
    script.spoil = lambda asked: (
        greeting if "authorization" not in asked.headers and asked.path != "/.well-known/caldav" else None
    )
    assert uids(listed(of_domain())) == {"a"}
    assert unsigned(script) == ["/.well-known/caldav", "/"]


def test_the_host_that_dns_names_is_asked_if_it_is_the_same_owners(script, monkeypatch):
    found = Service("dav.reyes.example", 443, "/cal/")
    monkeypatch.setattr("mailwatch.backends.caldav.discovery.service_of", lambda service, domain: found)
    as_https(monkeypatch, script, "dav.reyes.example")
    script.shelves["jobs"].put("a.ics", single("a"))
    script.spoil = lambda asked: (
        Told(302, {"Location": "/"}) if asked.path == "/cal/" and asked.headers["depth"] == "0" else None
    )
    assert uids(listed(of_domain())) == {"a"}
    with pytest.raises(BackendError, match="not the same owner") as caught:
        listed(of_domain("other.example"))
    assert 'set url = "https://dav.reyes.example/"' in caught.value.next_step
