"""The backends against a Microsoft Graph that others wrote, where it has the routes that mailwatch uses.

It knows no deltas and no MIME: paths, well-known names, filters and the shape of answers are what it can witness.
"""

from __future__ import annotations

import pytest

from mailwatch.backends.base import FoundPlace
from mailwatch.backends.graph import GraphBackend, GraphDoor
from mailwatch.backends.graph.folders import _well_known
from mailwatch.backends.graph_calendar import GraphCalendar
from mailwatch.core.model import DraftRef, MessageRef
from mailwatch.sandbox import InlineParser
from tests.backends.graphs import QUICK
from tests.backends.mails import ME, RITA, letter
from tests.servers.emulators import MICROSOFT, need, running_emulator

DRAFT = {
    "from": {"address": ME, "name": "Jo Berg"}, "to_recipients": [{"address": RITA, "name": "Rita Ek"}], "subject": "Thank you",
    "body_content": "Thank you for the talk.", "parent_folder_id": "drafts", "is_draft": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def emulator():
    need(MICROSOFT)
    with running_emulator(MICROSOFT, ME, messages=[DRAFT]) as emulator:
        yield emulator


@pytest.fixture
def door(emulator):
    door = GraphDoor("web", emulator, base_url=emulator.url, limits=QUICK)
    yield door
    door.close()


def test_folders_are_known_by_their_well_known_names(door):
    assert all(_well_known(door, name) for name in ("inbox", "sentitems", "drafts", "deleteditems", "archive"))


def test_drafts_are_listed_and_found_again(door):
    backend = GraphBackend(ME, door, InlineParser())
    assert (RITA,) in {seen.to for seen in backend.drafts()}
    found = backend.find_draft(letter())
    assert [(each.place, each.by) for each in found] == [(FoundPlace.DRAFTS, "recipient+subject")]
    assert backend.read_draft(DraftRef("AAAA")) is None


def test_a_message_comes_in_parts(door):
    backend = GraphBackend(ME, door, InlineParser())
    ref = next(seen.ref for seen in backend.drafts() if RITA in seen.to)
    (fetched,) = backend.fetch([MessageRef(f"{ref}~l")])
    assert b"Thank you for the talk." in fetched.parts[0].payload


def test_calendars_are_named(door):
    assert "/calendarView" in GraphCalendar("jobs", door, zone="UTC")._paths()
