from __future__ import annotations

import pytest

from tests.servers.recording import recording_server


@pytest.fixture
def server():
    with recording_server() as recording:
        yield recording


@pytest.fixture
def tls_server(authority):
    with recording_server(authority[1]) as recording:
        yield recording
