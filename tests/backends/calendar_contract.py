"""What every calendar backend does, whatever stands behind it.

A backend's test file derives from `CalendarContract` and gives it a `world`: the calendar from its owner's side.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import pytest

from mailwatch.backends.base import CalendarBackend
from mailwatch.core.model import Cursor, Window
from mailwatch.errors import BackendError, CursorExpired, ProtocolError, TransientError
from tests.backends.mails import NOW

WINDOW = Window(NOW - timedelta(days=90), NOW + timedelta(days=180))
HOUR = timedelta(hours=1)


class CalendarWorld(Protocol):
    """A calendar as its owner has it."""

    def open(self) -> CalendarBackend: ...

    def enter(self, uid: str, start: datetime, *, title: str = "Interview", sequence: int = 0, weekly: int = 0) -> None:
        """Enter an event of an hour, or change it. weekly: it recurs so many times."""
        ...

    def delete(self, uid: str) -> None: ...

    def empty(self) -> None:
        """All events are gone at once, as after an outage."""
        ...

    def break_down(self) -> None:
        """It can't be read at all."""
        ...


def listed(backend: CalendarBackend, cursor: Cursor | None = None, window: Window = WINDOW):
    """Items by ref, removed refs, and the last cursor of one look."""
    pages = list(backend.changes(cursor, window=window))
    items = {item.ref: item.event for page in pages for item in page.items}
    removed = frozenset(ref for page in pages for ref in page.removed)
    assert not pages[-1].more
    assert not pages[-1].problems
    return items, removed, pages[-1].cursor


class CalendarContract:
    """The MUSTs of base.CalendarBackend."""

    @pytest.fixture
    def world(self) -> CalendarWorld:
        raise NotImplementedError

    def test_events_in_the_window_are_listed(self, world):
        world.enter("a", NOW + HOUR, title="Interview with Acme")
        world.enter("old", NOW - timedelta(days=200))
        world.enter("far", NOW + timedelta(days=300))
        items, removed, _ = listed(world.open())
        assert [(event.uid, event.start, event.end, event.summary) for event in items.values()] == [
            ("a", NOW + HOUR, NOW + 2 * HOUR, "Interview with Acme")
        ]
        assert removed == frozenset()

    def test_an_event_on_the_edge_of_the_window_is_listed(self, world):
        world.enter("begins before", WINDOW.start - HOUR / 2)
        world.enter("ends after", WINDOW.end - HOUR / 2)
        assert {event.uid for event in listed(world.open())[0].values()} == {"begins before", "ends after"}

    def test_an_empty_calendar_is_a_calendar(self, world):
        assert listed(world.open())[:2] == ({}, frozenset())

    def test_a_second_look_sees_what_is_new_or_changed(self, world):
        world.enter("a", NOW + HOUR)
        world.enter("b", NOW + 5 * HOUR)
        first, _, cursor = listed(world.open())
        assert listed(world.open(), cursor)[:2] == ({}, frozenset())
        world.enter("b", NOW + 6 * HOUR, sequence=1)
        world.enter("c", NOW + 9 * HOUR)
        second, removed, _ = listed(world.open(), cursor)
        assert {event.uid: event.start for event in second.values()} == {"b": NOW + 6 * HOUR, "c": NOW + 9 * HOUR}
        assert removed == frozenset()
        assert {ref for ref, event in second.items() if event.uid == "b"} <= first.keys()

    @pytest.mark.scenario("D6")
    def test_a_deleted_event_is_named_once(self, world):
        world.enter("a", NOW + HOUR)
        world.enter("b", NOW + 5 * HOUR)
        first, _, cursor = listed(world.open())
        world.delete("a")
        items, removed, cursor = listed(world.open(), cursor)
        assert items == {}
        assert {first[ref].uid for ref in removed} == {"a"}
        assert listed(world.open(), cursor)[:2] == ({}, frozenset())

    @pytest.mark.scenario("D24")
    def test_each_occurrence_of_a_series_is_an_event_of_its_own(self, world):
        world.enter("s", NOW + HOUR, weekly=3)
        items, _, cursor = listed(world.open())
        assert sorted(event.start for event in items.values()) == [
            NOW + HOUR + timedelta(weeks=week) for week in range(3)
        ]
        assert len({event.recurrence_id for event in items.values()}) == 3
        world.enter("s", NOW + HOUR, weekly=2)
        _, removed, _ = listed(world.open(), cursor)
        assert {items[ref].start for ref in removed} == {NOW + HOUR + timedelta(weeks=2)}

    def test_what_the_window_leaves_behind_was_not_removed(self, world):
        world.enter("early", WINDOW.start + HOUR)
        world.enter("a", NOW + HOUR)
        _, _, cursor = listed(world.open())
        later = Window(WINDOW.start + timedelta(days=2), WINDOW.end + timedelta(days=2))
        assert listed(world.open(), cursor, later)[:2] == ({}, frozenset())

    def test_what_comes_into_the_moving_window_is_listed_within_a_day(self, world):
        world.enter("far", WINDOW.end + timedelta(hours=30))
        _, _, cursor = listed(world.open())
        later = Window(WINDOW.start + timedelta(days=2), WINDOW.end + timedelta(days=2))
        assert {event.uid for event in listed(world.open(), cursor, later)[0].values()} == {"far"}

    def test_a_calendar_that_is_suddenly_empty_is_an_error(self, world):
        for number in range(4):
            world.enter(f"e{number}", NOW + number * timedelta(days=1))
        _, _, cursor = listed(world.open())
        world.empty()
        with pytest.raises(ProtocolError, match="not believed"):
            listed(world.open(), cursor)

    def test_a_calendar_of_few_events_may_become_empty(self, world):
        for number in range(3):
            world.enter(f"e{number}", NOW + number * timedelta(days=1))
        items, _, cursor = listed(world.open())
        world.empty()
        assert listed(world.open(), cursor)[1] == items.keys()

    def test_a_calendar_that_cant_be_read_is_an_error(self, world):
        world.enter("a", NOW + HOUR)
        _, _, cursor = listed(world.open())
        world.break_down()
        with pytest.raises((ProtocolError, TransientError, BackendError)):
            listed(world.open(), cursor)

    def test_a_bookmark_of_something_else_is_refused(self, world):
        for nonsense in ("nonsense", "[]", "{}", '{"a": 1}', "0"):
            with pytest.raises(CursorExpired):
                listed(world.open(), Cursor(nonsense))

    def test_it_has_the_name_it_was_given_and_closes_twice(self, world):
        backend = world.open()
        assert backend.name == "jobs"
        backend.close()
        backend.close()
