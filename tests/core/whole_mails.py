"""Every whole mail of the corpora: hostile ones, those of the reading material, those of our own storylines."""

from __future__ import annotations

import tempfile
import tomllib
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hypothesis import settings

from tests.core.reading.mails import MATERIAL
from tests.hostile.files import cases
from tests.storylines.scoring import render_set

SOAK = settings.default is not None and settings.default.max_examples >= 10_000
ONE_IN = 3
_STORYLINES = Path(__file__).parent.parent / "storylines"


def in_sample(name: str) -> bool:
    """All of them in a soak; else every third, by its name."""
    return SOAK or zlib.crc32(name.encode()) % ONE_IN == 0


@cache
def whole_mails() -> tuple[tuple[str, bytes], ...]:
    """The mails of the sample, with their names."""
    return tuple((name, raw) for name, raw in _mails() if in_sample(name))


def _mails() -> Iterator[tuple[str, bytes]]:
    for file in sorted(MATERIAL.glob("*.toml")):
        for table in tomllib.loads(file.read_text(encoding="utf-8")).get("mail", []):
            if "wire" in table:
                yield str(table["id"]), table["wire"].replace("\n", "\r\n").encode()
    yield from ((case.name, case.path.read_bytes()) for case in cases("mail"))
    with tempfile.TemporaryDirectory() as folder:
        render_set(_STORYLINES, Path(folder) / "out")
        for path in sorted((Path(folder) / "out" / "messages").glob("*.eml")):
            yield path.stem, path.read_bytes()
