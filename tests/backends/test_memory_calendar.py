"""The calendar in memory passes the contract, and more: it can stop early."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailwatch.backends.memory import MemoryCalendar, MemoryEvents
from mailwatch.core.model import CalendarEvent
from tests.backends.calendar_contract import HOUR, WINDOW, CalendarContract, listed
from tests.backends.mails import NOW


class MemoryCalendarWorld:
    def __init__(self):
        self.calendar = MemoryEvents("jobs")

    def open(self):
        return MemoryCalendar(self.calendar, page=2)

    def enter(self, uid, start, *, title="Interview", sequence=0, weekly=0):
        self.delete(uid)
        for week in range(max(weekly, 1)):
            at = start + timedelta(weeks=week)
            self.calendar.put(
                CalendarEvent(
                    uid, at, at + HOUR, summary=title, sequence=sequence, recurrence_id=at if weekly else None
                )
            )

    def delete(self, uid):
        for ref in [ref for ref, event in self.calendar.events.items() if event.uid == uid]:
            self.calendar.remove(ref)

    def empty(self):
        self.calendar.events.clear()

    def break_down(self):
        self.calendar.faults.fail_next("changes")


class TestMemoryCalendar(CalendarContract):
    @pytest.fixture
    def world(self):
        return MemoryCalendarWorld()


def test_a_look_that_stopped_early_can_go_on_and_removes_nothing_before():
    world = MemoryCalendarWorld()
    for number in range(5):
        world.enter(f"e{number}", NOW + number * HOUR)
    _, _, cursor = listed(world.open())
    world.delete("e0")
    for number in range(5, 10):
        world.enter(f"e{number}", NOW + number * HOUR)
    world.calendar.faults.stop_after = 1
    (page,) = world.open().changes(cursor, window=WINDOW)
    assert (page.more, page.covers_from, page.removed, len(page.items)) == (True, None, frozenset(), 2)
    world.calendar.faults.stop_after = 0
    items, removed, _ = listed(world.open(), page.cursor)
    assert len(items) == 3
    assert len(removed) == 1


def test_a_look_can_be_abandoned_after_any_page():
    world = MemoryCalendarWorld()
    for number in range(7):
        world.enter(f"e{number}", NOW + number * HOUR)
    count = len(list(world.open().changes(None, window=WINDOW)))
    assert count == 4
    for taken in range(1, count):
        pages = world.open().changes(None, window=WINDOW)
        head = [next(pages) for _ in range(taken)]
        rest, _, _ = listed(world.open(), head[-1].cursor)
        assert len({item.ref for page in head for item in page.items} | rest.keys()) == 7
