from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailwatch.demo.play import Scene, Stage
from tests.cli.conftest import Command

Answering = Callable[..., dict[str, Any]]


def test_the_status_names_the_processes_and_says_that_nothing_is_sent(command: Command) -> None:
    code, out, err = command("status")
    assert code == 0
    assert err == ""
    assert "Brightwater Rail" in out
    assert "mailwatch never sends." in out
    assert len(out.splitlines()) <= 12


def test_the_bare_command_is_the_status(command: Command) -> None:
    assert command()[1] == command("status")[1]


def test_exit_code_ten_says_that_something_is_due_and_only_when_asked(command: Command) -> None:
    assert command("status")[0] == 0
    assert command("status", "--exit-code")[0] == 10


def test_the_status_as_json_has_the_same_processes(command: Command, answer: Answering) -> None:
    found = answer("status")
    assert found["schema"] == "mailwatch/1"
    assert found["command"] == "status"
    assert found["due"] is True
    text = command("status", "--all")[1]
    assert all(item["company"] in text for item in found["applications"] if item["company"])


def test_a_rejection_closes_its_process(answer: Answering) -> None:
    states = {item["company"]: item["state"] for item in answer("status")["applications"]}
    assert states["Nordlicht Energie"] == "rejected"
    assert states["Cobalt Harbour"] == "offered"


def test_the_plan_says_what_a_run_would_save_and_writes_nothing(command: Command, played: tuple[Stage, Any]) -> None:
    before = sorted(path.name for path in played[0].drafts.rglob("*"))
    code, out, _ = command("plan", "--text")
    assert code == 0
    assert "letters would be saved" in out
    assert sorted(path.name for path in played[0].drafts.rglob("*")) == before


def test_the_plan_can_be_asked_for_another_moment(answer: Answering) -> None:
    assert answer("plan", "--at", "2026-11-24T12:00+01:00")["at"] == "2026-11-24T11:00:00Z"


def test_show_and_why_find_a_process_by_a_word(command: Command) -> None:
    code, out, _ = command("show", "brightwater")
    assert code == 0
    assert "Farida Okonjo <farida.okonjo@brightwater-rail.example>" in out
    code, out, _ = command("why", "brightwater")
    assert code == 0
    assert "·" in out


def test_why_explains_one_message(command: Command, answer: Answering) -> None:
    evidence = answer("why", "nordlicht")["application"]["interviews"][0]["evidence"]
    source = next(item["source"] for item in evidence if "@" in item["source"] and item["source"].startswith("<"))
    code, out, _ = command("why", source)
    assert code == 0
    assert "candidate" in out


def test_a_word_that_means_nothing_is_refused_with_the_next_step(command: Command) -> None:
    code, out, err = command("show", "hooli")
    assert (code, out) == (2, "")
    assert "nothing known is called “hooli”" in err
    assert "→ mailwatch status --all" in err


def test_the_export_holds_everything_and_no_control_character(command: Command) -> None:
    code, out, _ = command("export", "json")
    assert code == 0
    assert out.isascii()
    assert json.loads(out)["command"] == "export"


def test_drafts_alone_lists_them(answer: Answering) -> None:
    assert answer("drafts") == answer("drafts", "list")


def test_the_drafts_are_listed_and_shown_as_they_were_saved(command: Command, answer: Answering) -> None:
    drafts = answer("drafts", "list", "--all")["drafts"]
    assert {item["state"] for item in drafts} >= {"saved", "sent"}
    code, out, _ = command("drafts", "show", drafts[0]["id"])
    assert code == 0
    assert f"To: {drafts[0]['to']}" in out
    assert "Lena" in out


def test_there_is_no_draft_of_an_unknown_name(command: Command) -> None:
    assert command("drafts", "show", "nobody@nowhere.example")[0] == 2


@pytest.mark.scenario("S9")
def test_every_letter_of_the_plan_names_its_evidence(answer: Answering) -> None:
    letters = [item for process in answer("status")["applications"] for item in process["letters"]]
    assert letters
    assert all(item["evidence"] for item in letters if item["needs_you"])


def test_the_demo_runs_in_its_folder_and_shows_three_moments(
    command: Command, tmp_path: Path, played: tuple[Stage, tuple[Scene, ...]], worker: None
) -> None:
    code, out, _ = command("demo", "--folder", str(tmp_path / "again"))
    assert code == 0
    assert all(scene.moment.title in out for scene in played[1])
    assert f"mutt -f {tmp_path / 'again' / 'Mail' / '.Drafts'}" in out


def test_the_demo_tells_the_whole_story(played: tuple[Stage, tuple[Scene, ...]]) -> None:
    before, after, weeks_later = played[1]
    assert not before.report.saved
    assert {saved.recipient for saved in after.report.saved} >= {"farida.okonjo@brightwater-rail.example"}
    assert "jonas.lindqvist@brightwater-rail.example" not in {saved.recipient for saved in after.report.saved}
    assert [saved.recipient for saved in weeks_later.report.saved] == ["priya@orrinvale.example"]
    assert "In-Reply-To" in weeks_later.letters[0].decode()


def test_an_option_of_mailwatch_itself_behind_the_command_is_shown_its_place(command: Command) -> None:
    code, out, err = command("compare", "--json")
    assert code == 2
    assert "it stands before the command: mailwatch --json compare" in err
    assert json.loads(out)["error"]["exit_code"] == 2
    _, _, err = command("compare", "--jason")
    assert "mailwatch compare --help" in err
