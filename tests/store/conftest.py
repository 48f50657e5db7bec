from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailwatch.store import Store, open_store
from tests.store.builders import NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "state", now=NOW) as opened:
        yield opened
