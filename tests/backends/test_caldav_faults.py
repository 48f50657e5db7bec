"""Bad days between mailwatch and a CalDAV server: each is a failure of this look alone, and the next one is whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailwatch.backends.caldav import CaldavCalendar, Door, SignedIn
from mailwatch.errors import TransientError
from mailwatch.transport import NETWORK_LIMITS
from tests.backends.calendar_contract import HOUR, listed
from tests.backends.events import END, HEAD, CountingParser, vevent
from tests.backends.mails import NOW
from tests.servers.proxy import Fault, Proxy
from tests.servers.recording import recording_server
from tests.servers.scripted_caldav import ScriptedCaldav, Shelf

IMPATIENT = replace(NETWORK_LIMITS, connect=0.5, silence=0.3, whole=1.0)
FAULTS = {
    "refused": Fault(refuse=True),
    "silent": Fault(hang=True),
    "cut": Fault(cut_after=300),
    "reset": Fault(cut_after=300, reset=True),
    "slow": Fault(slow=200),
    "late": Fault(delay=0.6),
    "answer lost": Fault(lose_reply_to=b"REPORT"),
    "ends at the report": Fault(end_at=b"REPORT"),
}


@pytest.fixture
def server():
    with recording_server() as recording:
        script = ScriptedCaldav(recording, {"jobs": Shelf("Jobs")})
        for number in range(3):
            script.shelves["jobs"].put(f"e{number}.ics", HEAD + vevent(f"e{number}", NOW + number * HOUR) + END)
        yield script


@pytest.fixture
def proxy(server):
    with Proxy(int(server.recording.url.rpartition(":")[2])) as between:
        yield between


def calendar_at(proxy, limits=NETWORK_LIMITS):
    door = Door("jobs", SignedIn("home", lambda fresh: "Basic am86cHc="), limits=limits)
    return CaldavCalendar(door, f"http://127.0.0.1:{proxy.port}/", CountingParser(), zone="Europe/Berlin")


@pytest.mark.scenario("S6")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_day_is_said_in_a_sentence_and_the_next_look_is_whole(proxy, server, fault):
    first = listed(calendar_at(proxy))
    server.shelves["jobs"].put("new.ics", HEAD + vevent("new", NOW + 9 * HOUR) + END)
    proxy.end_connections()
    proxy.fault = FAULTS[fault]
    calendar = calendar_at(proxy, IMPATIENT)
    with pytest.raises(TransientError) as caught:
        listed(calendar, first[2])
    calendar.close()
    assert "jobs" in caught.value.message
    assert "\n" not in caught.value.message
    proxy.end_connections()
    proxy.fault = Fault()
    items, removed, _ = listed(calendar_at(proxy), first[2])
    assert {event.uid for event in items.values()} == {"new"}
    assert removed == frozenset()


def test_nobody_at_home_is_said_too(proxy):
    with proxy.closed(), pytest.raises(TransientError):
        listed(calendar_at(proxy))
