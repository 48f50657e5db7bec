"""Small lives, from the mail as it came to the interviews that it tells of: `material/*.toml`.

A case is written as in tests/core/reading/negatives.py, and says what must come of it on the user's clock: `held` (fixed
interviews), and optionally `possible`, `cancelled`, `with` (everybody who interviews), `decide` (the promised day), `role`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailwatch.core.casebook import assemble
from mailwatch.core.model import Casebook, Interview, InterviewState
from tests.core.reading.mails import ME, lexicon
from tests.core.reading.negatives import case_from_table

MATERIAL = Path(__file__).parent / "material"
_STATES = {"held": InterviewState.SCHEDULED, "possible": InterviewState.POSSIBLE, "cancelled": InterviewState.CANCELLED}


def lives() -> Iterator[Any]:
    for path in sorted(MATERIAL.glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield pytest.param(table, id=f"{path.stem}-{table['id']}")


def interviews_of(book: Casebook, state: InterviewState) -> list[Interview]:
    return [
        interview
        for application in book.applications
        for interview in application.interviews
        if interview.state is state and interview.start is not None and not interview.informational
    ]


def told(table: dict[str, Any]) -> dict[str, Any]:
    """What the casebook makes of a case, in the keys of its table."""
    me = ME[table.get("me", "home")]
    book = assemble(case_from_table(table, me).facts, lexicon())
    zone = ZoneInfo(me.zone)
    found: dict[str, Any] = {
        key: sorted(
            f"{item.start.astimezone(zone):%Y-%m-%d %H:%M}" for item in interviews_of(book, state) if item.start
        )
        for key, state in _STATES.items()
    }
    held = interviews_of(book, InterviewState.SCHEDULED)
    found["with"] = sorted({person.name for interview in held for person in interview.people})
    found["decide"] = next((f"{a.decision.by}" for a in book.applications if a.decision and a.decision.by), "")
    found["role"] = next((a.role for a in book.applications if a.interviews), "")
    return found


@pytest.mark.scenario("D8", "D9", "D25")
@pytest.mark.parametrize("table", list(lives()))
def test_mail_in_plain_words_comes_to_what_it_means(table: dict[str, Any]) -> None:
    found = told(table)
    wanted = {key: table.get(key, []) for key in _STATES} | {
        key: sorted(table[key]) if key == "with" else table[key] for key in ("with", "decide", "role") if key in table
    }
    assert {key: found[key] for key in wanted} == wanted
