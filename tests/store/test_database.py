from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from mailwatch.errors import StoreError
from mailwatch.private_files import private_file
from mailwatch.store import DamagedStore, Store, open_store
from mailwatch.store.backups import KEPT, backups
from mailwatch.store.database import Database
from mailwatch.store.schema import MIGRATIONS, Migration
from tests.store.builders import ME, MINE, NOW, envelope, ledger_row


def fill(store: Store, count: int = 200) -> None:
    store.mail.record(MINE, [envelope(number) for number in range(count)])
    store.mail.judge(lambda _: True, "k", NOW)
    store.ledger.put(ledger_row())


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_the_users_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with open_store(tmp_path / "deep" / "state", now=NOW) as store:
            fill(store)
            store.back_up_daily(NOW)
            folder = store.folder
            assert mode_of(folder) == 0o700
            assert mode_of(folder / "backups") == 0o700
            files = [path for path in folder.rglob("*") if path.is_file()]
            assert {path.name for path in files} >= {"mailwatch.db", "mailwatch.db-wal", "drafted.log"}
            assert {mode_of(path) for path in files} == {0o600}
    finally:
        os.umask(before)


def test_files_that_others_could_read_are_closed(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    open_store(folder, now=NOW).close()
    folder.chmod(0o755)
    (folder / "mailwatch.db").chmod(0o644)
    open_store(folder, now=NOW).close()
    assert mode_of(folder) == 0o700
    assert mode_of(folder / "mailwatch.db") == 0o600


def test_a_folder_or_file_that_others_can_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    open_store(folder, now=NOW).close()
    (folder / "mailwatch.db").chmod(0o622)
    with pytest.raises(StoreError, match="can't be trusted"):
        open_store(folder, now=NOW)
    folder.chmod(0o777)
    with pytest.raises(StoreError, match="can't be trusted") as caught:
        open_store(folder, now=NOW)
    assert caught.value.next_step == f"chmod go-w {folder}"


def test_a_link_in_the_place_of_a_file_or_folder_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir(mode=0o700)
    (tmp_path / "linked").symlink_to(target)
    with pytest.raises(StoreError, match="link"):
        open_store(tmp_path / "linked", now=NOW)
    (target / "mailwatch.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(StoreError, match="can't be opened"):
        open_store(target, now=NOW)
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_pipe_in_the_place_of_the_database_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    os.mkfifo(folder / "mailwatch.db", 0o600)
    with pytest.raises(StoreError, match="link or a device"):
        open_store(folder, now=NOW)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(StoreError, match="can't be made"):
        open_store(tmp_path / "state", now=NOW)


def test_a_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(tmp_path / "state", now=NOW).close()
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    with pytest.raises(StoreError, match="another user"):
        open_store(tmp_path / "state", now=NOW)


def test_every_table_is_strict(store: Store) -> None:
    tables = store.database.rows("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    assert {strict for name, strict in tables if not name.startswith("sqlite_")} == {1}


def test_every_migration_sets_its_own_number() -> None:
    for number, migration in enumerate(MIGRATIONS, start=1):
        assert migration.statements[-1] == f"PRAGMA user_version = {number}"
        assert sum("user_version" in statement for statement in migration.statements) == 1


def test_a_database_of_a_newer_mailwatch_is_left_alone(tmp_path: Path) -> None:
    with open_store(tmp_path, now=NOW) as store, store.database.writing():
        store.database.write("PRAGMA user_version = 99")
    before = (tmp_path / "mailwatch.db").read_bytes()
    with pytest.raises(StoreError, match="newer mailwatch") as caught:
        open_store(tmp_path, now=NOW, mend=True)
    assert caught.value.next_step == "upgrade mailwatch"
    assert (tmp_path / "mailwatch.db").read_bytes() == before


def test_a_change_of_tables_is_backed_up_first_and_happens_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(tmp_path, now=NOW) as store:
        fill(store, 3)
    version = len(MIGRATIONS)
    steps = ("CREATE TABLE one (a TEXT) STRICT", "CREATE TABLE two (a NONSENSE) STRICT", "PRAGMA user_version = 2")
    broken = (*MIGRATIONS, Migration("broken", steps))
    database = Database(tmp_path / "mailwatch.db")
    with pytest.raises(StoreError):
        database.migrate(broken)
    assert database.version() == version
    assert database.rows("SELECT name FROM sqlite_master WHERE name = 'one'") == []
    database.close()

    good = (*MIGRATIONS, Migration("good", (steps[0], f"PRAGMA user_version = {version + 1}")))
    monkeypatch.setattr("mailwatch.store.store.MIGRATIONS", good)
    monkeypatch.setattr(Database.migrate, "__defaults__", (good,))
    with open_store(tmp_path, now=NOW) as store:
        assert store.database.version() == version + 1
        assert len(store.facts(ME).mails) == 3
    (copy,) = backups(tmp_path / "backups")
    with sqlite3.connect(copy) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)


def test_two_processes_that_upgrade_at_once_do_it_once(tmp_path: Path) -> None:
    private = tmp_path / "mailwatch.db"
    first, second = Database(private), Database(private)
    begin = first.writing

    def after_the_other(**named: bool) -> object:
        first.writing = begin  # type: ignore[method-assign]
        second.migrate()
        return begin(**named)

    first.writing = after_the_other  # type: ignore[method-assign, assignment]
    first.migrate()
    assert first.version() == second.version() == len(MIGRATIONS)
    first.close()
    second.close()


def test_a_copy_that_can_not_be_made_is_one_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoreError, match="can't be written"):
        store.back_up_daily(NOW)


def test_nothing_of_a_failed_transaction_remains(store: Store) -> None:
    generation = store.database.generation

    def record_and_fail() -> None:
        with store.database.writing():
            store.mail.record(MINE, [envelope()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_fail()
    assert store.mail.counts() == (0, 0, 0)
    assert store.database.generation == generation


def test_a_write_that_changes_nothing_is_no_new_generation(store: Store) -> None:
    generation = store.database.generation
    with store.database.writing():
        store.database.write("DELETE FROM marks")
    assert store.database.generation == generation


def test_a_locked_database_is_one_sentence(store: Store) -> None:
    with (
        open_store(store.folder, now=NOW, patience=0.05) as second,
        store.database.writing(),
        pytest.raises(StoreError, match="Another program is writing") as caught,
    ):
        second.words.mute("acme")
    assert caught.value.next_step == "try again in a moment"
    second = open_store(store.folder, now=NOW)
    second.words.mute("acme")
    assert store.words.muted() == {"acme"}
    second.close()


def test_a_status_can_be_read_while_a_run_writes(store: Store) -> None:
    with open_store(store.folder, now=NOW) as second, store.database.writing():
        store.words.mute("acme")
        assert second.words.muted() == frozenset()


def test_a_full_disk_is_one_sentence_and_the_database_stays_sound(store: Store) -> None:
    fill(store, 20)
    pages = store.database.rows("PRAGMA page_count")[0][0]
    store.database.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="no space left"):
        store.mail.record(MINE, [envelope(number) for number in range(100, 3000)])
    assert store.mail.counts()[0] == 20
    store.database.check()
    store.database.rows("PRAGMA max_page_count = 100000")
    assert store.mail.record(MINE, [envelope(100)]) == 1


def test_a_file_that_is_no_database_is_named_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    (folder / "mailwatch.db").write_bytes(b"This was a shopping list. " * 500)
    with pytest.raises(DamagedStore) as caught:
        open_store(folder, now=NOW)
    assert caught.value.next_step == "mailwatch run"


def test_a_database_that_nobody_may_write_is_one_sentence(store: Store) -> None:
    store.database.rows("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="can't be written"):
        store.words.mute("acme")


def test_any_other_failure_of_sqlite_is_a_sentence_too(store: Store) -> None:
    with pytest.raises(StoreError, match="failed"):
        store.database.rows("SELECT nonsense FROM nowhere")


def test_a_file_system_without_shared_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoWal(sqlite3.Connection):
        def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
            return super().execute("SELECT 'delete'" if "journal_mode" in statement else statement, *values)

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, factory=NoWal, **k))
    with pytest.raises(StoreError, match="can't be shared safely"):
        open_store(tmp_path / "state", now=NOW)


def damage(path: Path, page: int) -> None:
    with sqlite3.connect(path) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        file.seek(page * size)
        file.write(b"\xa5" * size)


def test_a_damaged_page_is_found_the_copy_restored_and_the_ledger_brought_up_to_date(tmp_path: Path) -> None:
    with open_store(tmp_path, now=NOW) as store:
        fill(store)
        store.back_up_daily(NOW)
        later = ledger_row(2)
        store.ledger.put(later)
        pages = store.database.rows("PRAGMA page_count")[0][0]
    damage(tmp_path / "mailwatch.db", pages // 2)
    with pytest.raises(DamagedStore), open_store(tmp_path, now=NOW) as store:
        store.database.check()
    with open_store(tmp_path, now=NOW, mend=True) as store:
        assert "took its place" in store.notices[0]
        assert store.ledger.rows() == (ledger_row(), later)
        assert len(store.facts(ME).mails) == 200
    (aside,) = tmp_path.glob("mailwatch.db.damaged-*")
    assert mode_of(aside) == 0o600
    with open_store(tmp_path, now=NOW, mend=True) as store:
        assert store.notices == ()


def test_every_single_damaged_page_is_found_or_harmless(tmp_path: Path) -> None:
    with open_store(tmp_path / "first", now=NOW) as store:
        fill(store, 60)
        pages = store.database.rows("PRAGMA page_count")[0][0]
        expected = store.facts(ME)
    for page in range(pages):
        folder = tmp_path / f"page{page}"
        shutil.copytree(tmp_path / "first", folder)
        damage_raw(folder / "mailwatch.db", page)
        with open_store(folder, now=NOW, mend=True) as store:
            assert store.notices or store.facts(ME) == expected
            assert store.ledger.rows() == (ledger_row(),), "whatever happened, the log has kept the ledger"


def damage_raw(path: Path, page: int) -> None:
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"\xa5" * 4096)


def test_without_a_sound_copy_it_starts_anew_and_says_so(tmp_path: Path) -> None:
    with open_store(tmp_path, now=NOW) as store:
        fill(store)
        store.back_up_daily(NOW)
    for copy in backups(tmp_path / "backups"):
        damage_raw(copy, 1)
    (tmp_path / "backups" / "99990101T000000Z.db").write_bytes(b"garbage" * 1000)
    damage_raw(tmp_path / "mailwatch.db", 0)
    with open_store(tmp_path, now=NOW, mend=True) as store:
        assert "mail is read anew" in store.notices[0]
        assert store.mail.counts() == (0, 0, 0)
        assert store.ledger.rows() == (ledger_row(),)


def test_one_copy_a_day_is_kept_for_a_week(store: Store) -> None:
    for hours in range(0, 24 * 12, 6):
        store.back_up_daily(NOW + timedelta(hours=hours))
    copies = backups(store.folder / "backups")
    assert len(copies) == KEPT
    assert [copy.stem[:8] for copy in copies] == [
        (NOW + timedelta(days=11 - day)).strftime("%Y%m%d") for day in range(KEPT)
    ]


def test_a_copy_that_can_not_be_put_back_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(tmp_path, now=NOW) as store:
        store.back_up_daily(NOW)
    damage_raw(tmp_path / "mailwatch.db", 0)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreError, match="can't be put back"):
        open_store(tmp_path, now=NOW, mend=True)


def test_a_place_that_can_only_be_read_is_named_with_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, flags: int) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("mailwatch.private_files.open_safely", refused)
    with pytest.raises(StoreError, match="Read-only") as caught:
        private_file(tmp_path / "x")
    assert caught.value.next_step == "let it be written to, or name another folder in MAILWATCH_STATE"
