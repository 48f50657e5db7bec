"""`forget` on the demo's mailbox: what it erases, what it leaves, and that it asks first."""

from __future__ import annotations

from tests.cli.conftest import Life


def test_everything_goes_and_the_drafts_that_are_left_are_named(life: Life) -> None:
    before = life.drafts()
    answer = life.ask("forget", "--yes")
    assert answer["forgotten"] == "everything"
    assert answer["messages"] > 50
    assert len(answer["drafts_left"]) == len(before) == 1
    assert life.drafts() == before
    assert list((life.folder / "state").iterdir()) == []
    assert life.config.exists()


def test_after_forgetting_everything_the_next_run_finds_its_draft_and_makes_no_second_one(life: Life) -> None:
    life.call("forget", "--yes")
    assert life.call("run")[0] == 0
    assert len(life.drafts()) == 1


def test_a_person_goes_and_the_others_stay(life: Life) -> None:
    code, out, _ = life.call("forget", "--person", "Priya@OrrinVale.example", "--yes")
    assert code == 0
    assert "still in Drafts" in out
    assert b"priya@orrinvale" not in b"".join(
        path.read_bytes() for path in (life.folder / "state").rglob("*") if path.is_file()
    )
    assert "Brightwater" in life.call("status", "--all")[1]


def test_an_account_goes_with_its_mail(life: Life) -> None:
    assert life.ask("forget", "--account", "demo", "--yes")["messages"] > 50
    assert "Brightwater" not in life.call("status", "--all")[1]


def test_it_asks_first_and_knows_its_names(life: Life) -> None:
    assert life.call("forget")[0] == 2
    assert life.call("forget", "--account", "nobody", "--yes")[0] == 2
    assert life.call("forget", "--account", "demo", "--person", "x@y.example", "--yes")[0] == 2
    assert (life.folder / "state" / "mailwatch.db").exists()
