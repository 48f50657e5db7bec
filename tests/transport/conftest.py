from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.recording import make_certificate, recording_server


@pytest.fixture
def server():
    with recording_server() as recording:
        yield recording


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def tls_server(authority):
    with recording_server(authority[1]) as recording:
        yield recording
