"""Google Calendar passes the contract on the fake Google."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailwatch.backends.google_calendar import GoogleCalendar
from mailwatch.sandbox import InlineParser
from tests.backends.calendar_contract import CalendarContract
from tests.backends.gmails import QUICK, Tokens
from tests.servers.google_server import Fault, running_host


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


@pytest.fixture(scope="module")
def host():
    with running_host() as host:
        yield host


@pytest.fixture
def google(host):
    return host.fresh()


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
