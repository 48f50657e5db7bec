"""An untouched draft gives way to a new one at the user's word: one intent, and a crash in between resumes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from mailwatch.cli.hands import at_work
from mailwatch.core.by_hand import letter_anew
from mailwatch.core.model import Draft, LedgerRow, LedgerState
from mailwatch.store import open_store
from mailwatch.tick.by_hand import replace_letter
from mailwatch.tick.letters import row_from_draft
from mailwatch.tick.run import Run
from tests.cli.conftest import Life

NOW = "2026-11-24T10:00:00+01:00"
LATER = "2026-11-24T10:15:00+01:00"


def new_letter(run: Run) -> Draft:
    (row,) = lying(run.store.ledger.rows())
    letter = letter_anew(
        row.key, run.plan(), run.store.facts(run.settings.me), run.coverage(), run.settings.policy, run.settings.letters
    )
    assert isinstance(letter, Draft)
    return letter


def lying(rows: tuple[LedgerRow, ...]) -> list[LedgerRow]:
    return [row for row in rows if row.state in {LedgerState.SAVED, LedgerState.EDITED}]


def rows_of(life: Life) -> list[LedgerRow]:
    with open_store(life.folder / "state", now=datetime(2026, 11, 24, 10, tzinfo=UTC)) as store:
        (key,) = {row.key for row in lying(store.ledger.rows())}
        return [row for row in store.ledger.rows() if row.key == key]


def message_id(path: Path) -> str:
    return str(message_from_bytes(path.read_bytes())["Message-ID"])


def edit(life: Life) -> None:
    (path,) = life.drafts()
    path.write_bytes(path.read_bytes().rstrip(b"\n") + b"\n\nP.S. One more thing.\n")


def test_a_replacement_is_the_next_revision_and_the_only_draft(life: Life) -> None:
    with at_work(life.session(NOW)) as run:
        assert replace_letter(run, new_letter(run))
    assert [(row.revision, row.state) for row in rows_of(life)] == [(1, LedgerState.REMOVED), (2, LedgerState.SAVED)]
    (path,) = life.drafts()
    assert message_id(path) == rows_of(life)[1].message_id
    assert life.call("run", now=LATER)[0] == 0
    assert life.drafts() == [path]


def test_a_draft_that_was_edited_a_moment_ago_stays(life: Life) -> None:
    with at_work(life.session(NOW)) as run:
        letter = new_letter(run)
        edit(life)
        assert not replace_letter(run, letter)
    (path,) = life.drafts()
    assert b"One more thing" in path.read_bytes()
    life.call("run", now=LATER)
    assert [row.state for row in rows_of(life)] == [LedgerState.EDITED, LedgerState.REMOVED]
    assert life.drafts() == [path]


def test_a_draft_known_as_edited_is_not_replaced(life: Life) -> None:
    edit(life)
    with at_work(life.session(NOW)) as run:
        assert not replace_letter(run, new_letter(run))
    assert len(rows_of(life)) == 1


def crash_after_the_intent(life: Life) -> None:
    with at_work(life.session(NOW)) as run:
        (row,) = lying(run.store.ledger.rows())
        run.store.ledger.put(
            replace(row, state=LedgerState.REMOVED, at=run.now), row_from_draft(new_letter(run), run.now)
        )


def take_the_old_one_away(life: Life) -> None:
    life.drafts()[0].unlink()


def leave_it(life: Life) -> None:
    """The crash came before the old letter was taken away."""


@pytest.mark.parametrize("then", [leave_it, take_the_old_one_away])
def test_a_crash_in_the_middle_is_finished_by_the_next_run(life: Life, then: Callable[[Life], None]) -> None:
    crash_after_the_intent(life)
    then(life)
    assert life.call("run", now=LATER)[0] == 0
    assert [(row.revision, row.state) for row in rows_of(life)] == [(1, LedgerState.REMOVED), (2, LedgerState.SAVED)]
    assert [message_id(path) for path in life.drafts()] == [rows_of(life)[1].message_id]


def test_after_a_crash_a_draft_that_the_user_has_taken_up_stays(life: Life) -> None:
    crash_after_the_intent(life)
    edit(life)
    life.call("run", now=LATER)
    assert [(row.revision, row.state) for row in rows_of(life)] == [(1, LedgerState.EDITED), (2, LedgerState.REMOVED)]
    assert len(life.drafts()) == 1


def test_after_a_crash_a_pause_keeps_the_replacement_waiting(life: Life) -> None:
    crash_after_the_intent(life)
    take_the_old_one_away(life)
    life.call("pause", now=NOW)
    life.call("run", now=LATER)
    assert life.drafts() == []
    life.call("pause", "--off", now=NOW)
    life.call("run", now="2026-11-24T10:30:00+01:00")
    assert len(life.drafts()) == 1
