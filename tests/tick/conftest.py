from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tick.world import SmallWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    small = SmallWorld(tmp_path)
    yield small
    small.close()
