from __future__ import annotations

import json
import logging
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailwatch.core.compose import Letters
from mailwatch.core.model import Plan
from mailwatch.errors import StoreError, TransientError
from mailwatch.store import open_store
from mailwatch.store.database import Database
from mailwatch.tick import OpenAccount, Watched, kept_plan, plan_now
from tests.tick.doubles import MINE, SmallCore, person
from tests.tick.lives import Fuse, Killed, Witness
from tests.tick.world import SmallWorld

WATCHED = (Watched("home", MINE),)


def due(world: SmallWorld, count: int = 1) -> None:
    for number in range(1, count + 1):
        world.invite(number)
    world.pass_time(hours=2)


def test_the_plan_of_the_last_run_is_kept_until_something_changes(world: SmallWorld) -> None:
    world.invite(1)
    report = world.tick()
    store, me, policy = world.machine.open(world.now), world.settings.me, world.settings.policy
    assert kept_plan(store, me, policy, WATCHED, world.now) == report.plan
    later = world.now + timedelta(minutes=90)
    assert kept_plan(store, me, policy, WATCHED, later) is None, "by then a letter is due"
    assert kept_plan(store, me, replace(policy, tone="formal"), WATCHED, world.now) is None
    assert kept_plan(store, me, policy, (*WATCHED, Watched("work", person(1))), world.now) is None
    store.words.mute("acme")
    assert kept_plan(store, me, policy, WATCHED, world.now) is None


def test_a_plan_that_no_longer_fits_is_computed(world: SmallWorld) -> None:
    world.invite(1)
    report = world.tick()
    store = world.machine.open(world.now)
    assert plan_now(store, world.settings, WATCHED, world.now, plan=SmallCore()) == report.plan
    world.pass_time(hours=2)
    slack = timedelta(hours=3)
    computed = plan_now(store, world.settings, WATCHED, world.now, plan=SmallCore(), slack=slack)
    assert [draft.to.address for draft in computed.drafts] == [person(1)]
    strict = plan_now(store, world.settings, WATCHED, world.now, plan=SmallCore())
    assert [decision.action.value for decision in strict.decisions] == ["wait"], "the last look is too old"


def test_without_anything_new_the_core_is_asked_as_seldom_as_possible(world: SmallWorld) -> None:
    due(world)
    world.tick()
    plan, asked = world.plan, []

    def counting(*facts: object) -> Plan:
        asked.append(1)
        return plan(*facts)  # type: ignore[arg-type]

    world.plan = counting
    world.pass_time(minutes=15)
    world.tick()
    assert len(asked) == 1


def test_what_a_run_did_is_written_down(world: SmallWorld) -> None:
    due(world)
    world.tick()
    ((at, report),) = world.machine.open(world.now).state.runs()
    assert at == world.now
    assert json.loads(report)["saved"][0]["recipient"] == person(1)


@pytest.mark.scenario("T22")
def test_no_draft_without_an_intent_on_the_disk(world: SmallWorld) -> None:
    """A full disk: nothing is saved, the database stays sound, and the next run goes on."""
    due(world)
    world.tick()
    for number in range(2, 12):
        world.invite(number)
    world.pass_time(hours=2)
    store = world.machine.open(world.now)
    put = type(store.ledger).put

    def full(ledger: object, *rows: object) -> None:
        pages = store.database.rows("PRAGMA page_count")[0][0]
        store.database.rows(f"PRAGMA max_page_count = {pages}")
        put(ledger, *rows)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(store.ledger), "put", full)
        with pytest.raises(StoreError, match="no space left"):
            world.tick()
    saved = len(world.drafts())
    store.database.rows("PRAGMA max_page_count = 1000000")
    store.database.check()
    world.pass_time(minutes=15)
    world.tick()
    assert len(world.drafts()) == 11
    assert saved < 11
    assert world.states() == ["saved"] * 11


def test_every_write_may_fail_for_want_of_space_without_a_second_draft(tmp_path: Path) -> None:
    for step in range(40):
        world = SmallWorld(tmp_path / str(step))
        due(world)
        failing = FullAt(step)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Database, "_commit", failing.commit(Database._commit))
            with suppress(StoreError):
                world.tick()
        done = failing.left >= 0
        world.machine.close()
        for _ in range(2):
            world.pass_time(minutes=3)
            world.tick()
        assert len(world.drafts()) == 1
        assert world.states() == ["saved"]
        world.close()
        if done:
            return
    pytest.fail("a tick does not write so often")


def test_a_process_killed_at_any_step_leaves_one_draft_of_each_letter(tmp_path: Path) -> None:
    for step in range(200):
        world, fuse = SmallWorld(tmp_path / str(step)), Fuse(step)
        door = Witness(world.mailbox, world.parser, fuse)
        world.accounts = [OpenAccount("home", MINE, door)]
        due(world, 2)
        with fuse.in_place(), suppress(Killed):
            world.tick()
        world.machine.close()
        survived = fuse.left is not None
        fuse.left = None
        for _ in range(2):
            world.pass_time(minutes=3)
            world.tick()
        assert sorted(b"person1" in raw for raw in world.drafts()) == [False, True], f"killed at step {step}"
        assert world.states() == ["saved", "saved"]
        world.close()
        if survived:
            assert step > 30, "a tick of so few steps would be no test"
            return
    pytest.fail("a tick does not write so often")


class FullAt:
    """A disk on which the nth commit finds no space."""

    def __init__(self, step: int) -> None:
        self.left = step

    def commit(self, work: object) -> object:
        import sqlite3

        def committing(database: Database) -> None:
            self.left -= 1
            if self.left == -1:
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise error
            work(database)  # type: ignore[operator]

        return committing


def test_a_locked_database_ends_the_tick_before_anything_is_saved(world: SmallWorld) -> None:
    due(world)
    store = world.machine.open(world.now)
    store.database.rows("PRAGMA busy_timeout = 10")
    with (
        open_store(store.folder, now=world.now) as other,
        other.database.writing(),
        pytest.raises(StoreError, match="Another program is writing"),
    ):
        world.tick()
    assert world.drafts() == []
    assert len(world.tick().saved) == 1


def test_a_daily_copy_that_fails_is_a_line_and_nothing_more(world: SmallWorld) -> None:
    due(world)
    store = world.machine.open(world.now)
    (store.folder / "backups").write_text("in the way")
    report = world.tick()
    assert len(report.saved) == 1
    assert [problem.kind for problem in report.problems] == ["store"]
    assert report.exit_code == 5


def test_a_mended_database_is_told(world: SmallWorld) -> None:
    due(world)
    world.tick()
    path = world.machine.folder / "mailwatch.db"
    world.machine.close()
    with path.open("r+b") as file:
        file.write(b"\xa5" * 4096)
    world.pass_time(minutes=15)
    report = world.tick()
    assert report.saved == ()
    assert "damaged" in report.problems[0].message
    assert len(world.drafts()) == 1
    assert world.states() == ["saved"]


def test_a_problem_says_since_when_it_is_there(world: SmallWorld) -> None:
    first = world.now
    for _ in range(2):
        world.mailbox.faults.fail_next("changes", TransientError("home", "home can't be reached."))
        report = world.tick()
        world.pass_time(hours=1)
    assert report.problems[0].since == first


def test_the_log_names_no_person_and_no_subject(world: SmallWorld, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    due(world)
    world.tick()
    world.mailbox.faults.fail_next("changes")
    world.tick()
    assert "state=saved" in caplog.text
    for secret in (person(1), "firm1", "Thank you", "jordan", "Interview"):
        assert secret not in caplog.text


def test_the_clock_of_the_world_is_taken_where_no_instant_is_given(world: SmallWorld) -> None:
    from mailwatch.tick import Doors, World, tick

    report = tick(
        world.machine.open(world.now), Doors((), world.parser), world.settings, World(lambda: world.now, world.nap),
        plan=world.plan,
    )  # fmt: skip
    assert report.at == world.now
    assert report.exit_code == 0


def test_a_status_loads_none_of_the_machinery() -> None:
    script = (
        "import sys\n"
        "from mailwatch.store import open_store\n"
        "from mailwatch.tick import kept_plan, Watched\n"
        "heavy = {'bs4', 'lxml', 'icalendar', 'requests', 'pydantic', 'mailwatch.tick.engine', 'mailwatch.sandbox'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_that_the_package_does_not_have_is_an_attribute_error() -> None:
    import mailwatch.tick

    with pytest.raises(AttributeError):
        _ = mailwatch.tick.nonsense


def test_a_broken_file_of_the_users_own_letters_is_named_in_the_status(world: SmallWorld) -> None:
    letters = Letters({}, ("en/thank_you.toml: there is no slot “opening”; the built-in letters are used instead.",))
    world.settings = replace(world.settings, letters=letters)
    due(world)
    report = world.tick()
    (problem,) = report.problems
    assert "en/thank_you.toml" in problem.message
    assert problem.next_step == "mailwatch templates check"
    assert len(report.saved) == 1, "letters are written all the same"
    world.settings = replace(world.settings, letters=Letters({}))
    world.pass_time(minutes=15)
    assert world.tick().problems == ()
