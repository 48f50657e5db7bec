"""`next`, `log`, `completion`, `config edit` and `config schema`: the small commands around the status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from mailwatch.cli.entry import run
from mailwatch.cli.session import Session
from mailwatch.core.model import InterviewState, Standing
from mailwatch.render.glance import glance_from_plan, glance_lines
from tests.cli.conftest import Command
from tests.render.plans import NOW, RITA, acme, interview, letter, plan
from tests.service.settings import text_with

TOMORROW_NIGHT = NOW + timedelta(hours=39)


def glance(found: object) -> list[str]:
    from zoneinfo import ZoneInfo

    looked = glance_from_plan(found, TOMORROW_NIGHT)
    return [item.text for item in glance_lines(looked, plan(at=NOW), ZoneInfo("Europe/Berlin"), ("work: no network",))]


def test_the_glance_names_what_is_near_then_what_is_to_do_then_what_failed() -> None:
    near, far = interview("bb22", hours_ago=-5), interview("cc33", hours_ago=-90)
    off = interview("dd44", hours_ago=-6, state=InterviewState.CANCELLED)
    found = plan(
        acme(interviews=(near, far, off), your_turn="they wait for a time"), decisions=(letter(RITA, Standing.DUE),)
    )
    assert glance(found) == [
        "Tue 24 Nov 14:00 (in 5 h)  panel · Acme Corp · Senior engineer  [bb]",
        "to do  they wait for a time · Acme Corp · Senior engineer  [ac]",
        "to do  thank-you Rita Ek · Acme Corp · Senior engineer  [ac]",
        "problem: work: no network",
    ]


def test_a_meeting_that_goes_on_is_still_shown_and_one_that_is_over_is_not() -> None:
    assert len(glance(plan(acme(interviews=(interview(hours_ago=1), interview("bb22", hours_ago=3)))))) == 2


def test_a_long_list_is_cut_and_says_where_the_rest_is() -> None:
    found = glance(plan(acme(interviews=()), decisions=tuple(letter(RITA, Standing.DUE) for _ in range(7))))
    assert found[5] == "… and 2 more: mailwatch status"


def test_a_quiet_day_says_so(command: Command) -> None:
    looked = glance_from_plan(plan(acme(interviews=())), TOMORROW_NIGHT)
    assert glance_lines(looked, plan(at=NOW), None, ())[0].text == "Nothing needs you, and no interview is near."  # type: ignore[arg-type]
    assert "offer" in command("next")[1]
    assert json.loads(command("--json", "next")[1])["todo"]


def test_the_log_tells_what_each_run_did(command: Command) -> None:
    lines = command("log")[1].splitlines()
    assert any("saved" in row for row in lines)
    runs = json.loads(command("--json", "log", "-n", "2")[1])["runs"]
    assert len(runs) == 2
    assert runs[0]["at"] > runs[1]["at"]


def test_before_any_run_the_log_says_how_to_begin(tmp_path: Path, monkeypatch, capsys) -> None:
    arrange(tmp_path, monkeypatch)
    assert run(["log"]) == 0
    assert "mailwatch run" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_gets_a_script_for_mailwatch(shell: str, capsys) -> None:
    assert run(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert "_MAILWATCH_COMPLETE" in out
    assert "%(" not in out


def test_bash_can_load_the_script_that_the_program_prints() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "mailwatch", "completion", "bash"], capture_output=True, text=True, check=True
    )
    loading = printed.stdout + "complete -p mailwatch"
    loaded = subprocess.run(["/bin/bash", "--norc", "-c", loading], capture_output=True, text=True, check=True)
    assert "_mailwatch_completion" in loaded.stdout


@pytest.mark.parametrize(
    ("kind", "variables"),
    [
        ("bash", {"COMP_WORDS": "mailwatch sta", "COMP_CWORD": "1"}),
        ("powershell", {"COMP_WORDS": "mailwatch sta", "COMP_WORD": "sta"}),
    ],
)
def test_a_half_typed_command_is_completed(kind: str, variables: dict[str, str]) -> None:
    environment = {**os.environ, **variables, "_MAILWATCH_COMPLETE": f"{kind}_complete"}
    ended = subprocess.run(
        [sys.executable, "-m", "mailwatch"], env=environment, capture_output=True, text=True, check=False
    )
    assert "status" in ended.stdout
    assert "debrief" not in ended.stdout


def test_the_scheme_of_the_file_is_a_json_schema(capsys) -> None:
    assert run(["config", "schema"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(found)
    assert "account" in found["properties"]


def arrange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: str = "true") -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text_with(tmp_path))
    path.chmod(0o600)
    monkeypatch.setenv("MAILWATCH_CONFIG", str(path))
    monkeypatch.setenv("MAILWATCH_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("VISUAL", editor)
    monkeypatch.setattr(Session, "interactive", True)
    return path


def test_an_edited_file_takes_the_place_of_the_old_one_with_its_rights(tmp_path: Path, monkeypatch, capsys) -> None:
    path = arrange(tmp_path, monkeypatch, "sed -i 's/Jo Park/Jo Parks/'")
    assert run(["config", "edit"]) == 0
    assert 'name = "Jo Parks"' in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["config.toml", "state"]
    assert run(["config", "edit"]) == 0


def test_nothing_is_written_where_nothing_was_changed(tmp_path: Path, monkeypatch, capsys) -> None:
    arrange(tmp_path, monkeypatch)
    assert run(["config", "edit"]) == 0
    assert "Nothing was changed." in capsys.readouterr().err


@pytest.mark.parametrize("again", [False, True])
def test_a_file_with_a_mistake_never_takes_effect(tmp_path: Path, monkeypatch, capsys, again: bool) -> None:
    path = arrange(tmp_path, monkeypatch, "sed -i 's/timezone/timezon/'")
    before, answers = path.read_text(), iter([again, False])
    monkeypatch.setattr("click.confirm", lambda *_a, **_k: next(answers))
    assert run(["config", "edit"]) == 0
    assert path.read_text() == before
    err = capsys.readouterr().err
    assert "timezon" in err
    assert "The old file was kept." in err


def test_an_editor_needs_a_terminal_and_a_file(tmp_path: Path, monkeypatch, capsys) -> None:
    path = arrange(tmp_path, monkeypatch)
    path.unlink()
    assert run(["config", "edit"]) == 3
    monkeypatch.setattr(Session, "interactive", False)
    assert run(["config", "edit"]) == 2
