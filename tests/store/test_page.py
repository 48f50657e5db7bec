"""The page of the last run: shown as long as nothing it rests on has changed, and never a reason to fail."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from mailwatch.store import Store, open_store
from mailwatch.store.page import kept_page
from tests.store.builders import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_store(tmp_path / "state", now=NOW) as store:
        keep(store)
    return tmp_path / "state"


def keep(store: Store) -> None:
    store.pages.keep("the page", inputs="inputs", generation=store.database.generation, at=NOW, until=NOW + HOUR)


def test_a_page_is_shown_in_its_time_and_for_its_inputs(folder: Path) -> None:
    assert kept_page(folder, "inputs", NOW) == "the page"
    assert kept_page(folder, "inputs", NOW + HOUR - timedelta(microseconds=1)) == "the page"
    assert kept_page(folder, "inputs", NOW + HOUR) is None
    assert kept_page(folder, "inputs", NOW - timedelta(microseconds=1)) is None
    assert kept_page(folder, "other inputs", NOW) is None


def test_what_the_user_says_makes_the_page_an_old_one(folder: Path) -> None:
    with open_store(folder, now=NOW) as store:
        store.words.mute("acme")
    assert kept_page(folder, "inputs", NOW) is None


def test_a_forgotten_page_is_none(folder: Path) -> None:
    with open_store(folder, now=NOW) as store:
        store.pages.forget()
    assert kept_page(folder, "inputs", NOW) is None


def test_where_nothing_was_ever_kept_nothing_is_made(tmp_path: Path) -> None:
    assert kept_page(tmp_path / "state", "inputs", NOW) is None
    assert not (tmp_path / "state").exists()


def test_a_database_of_another_age_has_no_page(folder: Path) -> None:
    with sqlite3.connect(folder / "mailwatch.db") as database:
        database.execute("PRAGMA user_version = 1")
    assert kept_page(folder, "inputs", NOW) is None


def test_a_damaged_database_has_no_page(folder: Path) -> None:
    (folder / "mailwatch.db").write_bytes(b"no database at all" * 400)
    assert kept_page(folder, "inputs", NOW) is None


def test_a_database_without_the_tables_has_no_page(folder: Path) -> None:
    with sqlite3.connect(folder / "mailwatch.db") as database:
        database.execute("DROP TABLE page")
    assert kept_page(folder, "inputs", NOW) is None


def test_a_database_that_others_can_write_is_not_trusted(folder: Path) -> None:
    (folder / "mailwatch.db").chmod(0o666)
    assert kept_page(folder, "inputs", NOW) is None
