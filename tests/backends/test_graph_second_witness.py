"""A second witness: somebody else's emulator of Microsoft Graph, where it has the routes that mailwatch uses.

It knows no deltas and no MIME, so this is a smoke test of paths, well-known names, filters and the shape of answers. It runs
where the emulator is: `npm install @inbox-zero/emulate@0.4.5`, and MAILWATCH_EMULATE set to node_modules/@inbox-zero/emulate.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailwatch.backends.base import FoundPlace
from mailwatch.backends.graph import GraphBackend, GraphDoor
from mailwatch.backends.graph.folders import _well_known
from mailwatch.backends.graph_calendar import GraphCalendar
from mailwatch.core.model import DraftRef, MessageRef
from mailwatch.sandbox import InlineParser
from tests.backends.graphs import QUICK, Key
from tests.backends.mails import ME, RITA, letter
from tests.servers.recording import wait_until

EMULATOR = Path(os.environ.get("MAILWATCH_EMULATE", "nowhere")) / "dist" / "index.js"
SEED = """
tokens:
  good: {login: jo@home.example, scopes: [Mail.ReadWrite, Calendars.Read]}
microsoft:
  users: [{email: jo@home.example, name: Jo Berg}]
  messages:
    - user_email: jo@home.example
      from: {address: jo@home.example, name: Jo Berg}
      to_recipients: [{address: rita@acme.example, name: Rita Ek}]
      subject: Thank you
      body_content: Thank you for the talk.
      parent_folder_id: drafts
      is_draft: true
"""

pytestmark = pytest.mark.skipif(
    not EMULATOR.is_file() or shutil.which("node") is None, reason="the emulator is not installed (MAILWATCH_EMULATE)"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    seed = tmp_path_factory.mktemp("emulator") / "seed.yaml"
    seed.write_text(SEED, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["node", str(EMULATOR), "start", "--service", "microsoft", "--port", str(port), "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as emulator:
        try:
            assert wait_until(lambda: _listens(port), 20)
            yield f"http://localhost:{port}"
        finally:
            emulator.terminate()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("localhost", port), 1):
        return True
    return False


@pytest.fixture
def door(address: str) -> Iterator[GraphDoor]:
    door = GraphDoor("web", Key(), base_url=address, limits=QUICK)
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
