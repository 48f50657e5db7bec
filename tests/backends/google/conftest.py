"""A strict Google of our own for each test of this folder, and a mailbox of Gmail's in it."""

from __future__ import annotations

import pytest

from tests.backends.gmails import GmailWorld
from tests.servers.google_server import running_host


@pytest.fixture(scope="module")
def host():
    with running_host() as host:
        yield host


@pytest.fixture
def google(host):
    return host.fresh()


@pytest.fixture
def world(google):
    world = GmailWorld(google)
    yield world
    world.close()
    google.check()


@pytest.fixture
def backend(world):
    return world.open()
