from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailwatch.core.model import Address, DraftRef, DraftSeen, LedgerState
from mailwatch.errors import StoreError
from mailwatch.store import Store, open_store
from tests.store.builders import MINE, NOW, ledger_row

INTENDED, SAVED, EDITED, REMOVED = LedgerState.INTENDED, LedgerState.SAVED, LedgerState.EDITED, LedgerState.REMOVED


def saved(number: int = 1) -> object:
    return replace(ledger_row(number), state=SAVED, ref=DraftRef("Drafts:1"), stamp="s", at=NOW + timedelta(seconds=1))


def reopened(store: Store) -> Store:
    store.close()
    return open_store(store.folder, now=NOW)


def test_a_row_comes_back_with_its_bytes_and_its_history(store: Store) -> None:
    store.ledger.put(ledger_row())
    store.ledger.put(saved())
    assert store.ledger.rows() == (saved(),)
    states = [(revision, state) for revision, state, _ in store.ledger.history(ledger_row().key)]
    assert states == [(1, INTENDED), (1, SAVED)]


def test_revisions_of_one_obligation_are_rows_of_their_own(store: Store) -> None:
    second = replace(ledger_row(), revision=2)
    store.ledger.put(ledger_row(), second)
    assert store.ledger.rows() == (ledger_row(), second)


def test_a_lost_database_is_rebuilt_from_the_log(store: Store) -> None:
    store.ledger.put(ledger_row())
    store.ledger.put(saved())
    store.ledger.put(ledger_row(2))
    store.close()
    for path in store.folder.glob("mailwatch.db*"):
        path.unlink()
    with open_store(store.folder, now=NOW) as rebuilt:
        assert rebuilt.ledger.rows() == (saved(), ledger_row(2))
        assert rebuilt.ledger.reconcile() == 0


def test_a_database_of_yesterday_learns_what_happened_since(store: Store, tmp_path: Path) -> None:
    store.ledger.put(ledger_row())
    store.database.copy_to(tmp_path / "yesterday.db")
    store.ledger.put(saved())
    removed = replace(saved(), state=REMOVED)
    store.ledger.put(removed)
    store.ledger.put(ledger_row(2))
    store.close()
    for path in store.folder.glob("mailwatch.db*"):
        path.unlink()
    shutil.copy(tmp_path / "yesterday.db", store.folder / "mailwatch.db")
    with open_store(store.folder, now=NOW) as restored:
        assert restored.ledger.rows() == (removed, ledger_row(2))


def test_a_lost_log_is_written_anew(store: Store) -> None:
    store.ledger.put(ledger_row())
    store.ledger.put(saved())
    (store.folder / "drafted.log").unlink()
    with reopened(store) as second:
        assert second.ledger.rows() == (saved(),)
    for path in store.folder.glob("mailwatch.db*"):
        path.unlink()
    with open_store(store.folder, now=NOW) as third:
        assert third.ledger.rows() == (saved(),)


def test_a_log_of_yesterday_does_not_take_the_ledger_back(store: Store, tmp_path: Path) -> None:
    store.ledger.put(ledger_row())
    yesterday = (store.folder / "drafted.log").read_bytes()
    store.ledger.put(saved())
    (store.folder / "drafted.log").write_bytes(yesterday)
    with reopened(store) as second:
        assert second.ledger.rows() == (saved(),)
        second.ledger.put(replace(saved(), state=REMOVED))
        assert second.ledger.rows()[0].state is REMOVED


def test_a_clock_that_jumps_back_does_not_make_old_states_new(store: Store) -> None:
    store.ledger.put(saved())
    store.ledger.put(replace(saved(), state=REMOVED, at=NOW - timedelta(days=400)))
    store.close()
    for path in store.folder.glob("mailwatch.db*"):
        path.unlink()
    with open_store(store.folder, now=NOW) as rebuilt:
        assert rebuilt.ledger.rows()[0].state is REMOVED


def test_a_line_torn_by_a_power_cut_costs_nothing_else(store: Store) -> None:
    store.ledger.put(ledger_row())
    log = store.folder / "drafted.log"
    log.write_bytes(log.read_bytes() + b'{"row":{"key":"00')
    with reopened(store) as second:
        second.ledger.put(ledger_row(2))
    lines = log.read_bytes().splitlines()
    assert len(lines) == 3
    for path in store.folder.glob("mailwatch.db*"):
        path.unlink()
    with open_store(store.folder, now=NOW) as rebuilt:
        assert rebuilt.ledger.rows() == (ledger_row(), ledger_row(2))


def test_a_row_whose_letter_is_lost_still_stands(store: Store) -> None:
    store.ledger.put(ledger_row())
    store.ledger.put(saved())
    log = store.folder / "drafted.log"
    log.write_bytes(log.read_bytes().splitlines()[1] + b"\n")
    store.close()
    for path in store.folder.glob("mailwatch.db*"):
        path.unlink()
    with open_store(store.folder, now=NOW) as rebuilt:
        assert rebuilt.ledger.rows() == (replace(saved(), raw=b""),)


def test_the_letter_stands_in_the_log_once(store: Store) -> None:
    store.ledger.put(ledger_row())
    store.ledger.put(saved())
    first, second = (store.folder / "drafted.log").read_bytes().splitlines()
    assert len(first) > len(second)


def test_a_change_that_reached_only_the_log_is_learnt(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(store.database), "_commit", killed)
        with pytest.raises(KeyboardInterrupt):
            store.ledger.put(ledger_row())
    assert store.ledger.rows() == ()
    assert store.ledger.reconcile() == 1
    assert store.ledger.rows() == (ledger_row(),)


def test_no_intent_stands_in_the_database_alone_when_the_log_can_not_be_written(store: Store) -> None:
    (store.folder / "drafted.log").mkdir()
    with pytest.raises(StoreError, match=r"drafted\.log can't be opened"):
        store.ledger.put(ledger_row())
    assert store.ledger.rows() == ()


def test_an_unreadable_log_is_one_sentence(store: Store) -> None:
    store.ledger.put(ledger_row())
    (store.folder / "drafted.log").unlink()
    (store.folder / "drafted.log").mkdir()
    with pytest.raises(StoreError, match=r"drafted\.log"):
        store.ledger.reconcile()


def test_the_newest_listing_of_drafts_is_kept_for_each_account(store: Store) -> None:
    other = Address("jordan@work.example")
    mine = DraftSeen(MINE, DraftRef("Drafts:1"), "s1", to=(Address("rita@acme.example"),))
    store.ledger.see_drafts(MINE, (mine,))
    store.ledger.see_drafts(other, ())
    generation = store.database.generation
    store.ledger.see_drafts(MINE, (mine,))
    assert store.database.generation == generation
    assert store.ledger.drafts_seen() == (mine,)
    store.ledger.see_drafts(MINE, ())
    assert store.ledger.drafts_seen() == ()


def test_of_two_lines_the_one_with_more_changes_counts_wherever_it_stands(store: Store) -> None:
    store.ledger.put(ledger_row())
    store.ledger.put(saved())
    log = store.folder / "drafted.log"
    log.write_bytes(b"".join(line + b"\n" for line in reversed(log.read_bytes().splitlines())))
    store.close()
    for path in store.folder.glob("mailwatch.db*"):
        path.unlink()
    with open_store(store.folder, now=NOW) as rebuilt:
        assert rebuilt.ledger.rows() == (saved(),)
