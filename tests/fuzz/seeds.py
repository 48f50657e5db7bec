"""Where fuzzing begins: small well-formed and hostile inputs of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.core import corpus
from tests.tick.real import _INVITATION

TOP = Path(__file__).resolve().parents[2]
HOSTILE = TOP / "tests" / "corpus" / "hostile"
LARGEST = 4_096
_KINDS = {"mail": (".eml",), "reading": (".eml",), "calendar": (".ics",), "config": (".toml",), "phrases": ()}


def seeds_for(name: str) -> list[bytes]:
    """The seeds of a target, in a fixed order."""
    return [*_well_formed(name), *(data for data in _hostile(name) if len(data) <= LARGEST)]


def _hostile(name: str) -> Iterator[bytes]:
    for path in sorted(HOSTILE.rglob("*")):
        if path.suffix in _KINDS[name]:
            yield path.read_bytes()


def _well_formed(name: str) -> Iterator[bytes]:
    if name in {"mail", "reading"}:
        yield _invitation()
        yield from (case.raw() for case in corpus.cases())
    elif name == "calendar":
        event = _invitation().partition(b"BEGIN:VCALENDAR")[2].partition(b"\r\n--")[0]
        yield b"BEGIN:VCALENDAR" + event
        yield b"BEGIN:VCALENDAR" + event.replace(b"UID:", b"RRULE:FREQ=WEEKLY;BYDAY=MO\r\nUID:")
    elif name == "config":
        yield (TOP / "config.example.toml").read_bytes()
    else:
        yield from (path.read_bytes()[:4_000] for path in sorted((TOP / "src/mailwatch/phrases").glob("*.toml")))


def _invitation() -> bytes:
    moments = {
        "start": datetime(2026, 11, 24, 10, tzinfo=UTC),
        "end": datetime(2026, 11, 24, 11, tzinfo=UTC),
        "written": datetime(2026, 11, 20, tzinfo=UTC),
    }
    text = _INVITATION.format(
        number=1, name="Rita Ek", address="rita@acme.example", mine="jordan@home.example", **moments
    )
    return text.replace("\n", "\r\n").encode()
