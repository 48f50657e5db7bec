from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailwatch.cli.entry import root
from mailwatch.cli.session import Session
from mailwatch.demo.play import Stage, deliver_until, set_up
from mailwatch.demo.script import Script, load_script

DAY_AFTER = "2026-11-04T09:00:00+01:00"


@pytest.fixture(scope="session")
def script() -> Script:
    return load_script()


@pytest.fixture
def stage(script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The demo's mailbox the day after the panel, never looked at before, with a first run that asks."""
    stage = set_up(tmp_path, script)
    deliver_until(stage, stage.script.moments[1].at)
    stage.config.write_text(stage.config.read_text().replace('"save"', '"ask"'))
    monkeypatch.setenv("MAILWATCH_STATE", str(stage.state))
    return stage


def drafts_in(stage: Stage) -> list[str]:
    return sorted(path.read_bytes().decode() for path in (stage.drafts / "cur").iterdir())


def run_with(stage: Stage, monkeypatch: pytest.MonkeyPatch, typed: str) -> str:
    monkeypatch.setattr(Session, "interactive", True)
    outcome = CliRunner().invoke(root, ["-c", str(stage.config), "--now", DAY_AFTER, "run"], input=typed)
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    return outcome.output


@pytest.mark.scenario("F13")
def test_the_first_run_shows_each_letter_and_saves_what_was_agreed_to(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = run_with(stage, monkeypatch, "s\nk\n")
    assert "Nothing is saved before you say so." in output
    assert "Farida Okonjo" in output
    assert len(drafts_in(stage)) == 1


def test_a_letter_that_was_skipped_is_settled(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    run_with(stage, monkeypatch, "k\nk\n")
    assert "ask [l]ater" not in run_with(stage, monkeypatch, "")
    assert drafts_in(stage) == []


def test_a_process_that_is_over_gets_no_letter(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    run_with(stage, monkeypatch, "o\no\n")
    assert drafts_in(stage) == []


def test_later_asks_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    run_with(stage, monkeypatch, "l\nl\n")
    assert drafts_in(stage) == []
    run_with(stage, monkeypatch, "s\ns\n")
    assert len(drafts_in(stage)) == 2


def test_without_a_terminal_only_thank_yous_are_saved(stage: Stage) -> None:
    outcome = CliRunner().invoke(root, ["-c", str(stage.config), "--now", DAY_AFTER, "run"])
    assert outcome.exit_code == 0 or outcome.return_value == 0
    assert all("Thank" in draft or "thank" in draft for draft in drafts_in(stage))
    assert drafts_in(stage)


def test_the_daemon_looks_and_ends_on_sigterm(stage: Stage) -> None:
    program = "from mailwatch.cli import main; main()"
    words = ["-c", str(stage.config), "--now", DAY_AFTER, "daemon", "--interval", "1h"]
    # Without the tracer, which takes seconds to write its data at the end.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words], stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("looked: exit=0")
    process.send_signal(signal.SIGTERM)
    with process.stderr:
        assert process.wait(timeout=5) == 0


def test_an_interval_without_its_unit_is_refused(stage: Stage) -> None:
    outcome = CliRunner().invoke(root, ["-c", str(stage.config), "daemon", "--interval", "15"])
    assert outcome.exit_code == 2
    assert "must be a number with its unit" in outcome.output


@pytest.mark.scenario("F13")
def test_the_first_look_says_what_it_found_before_it_asks(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    output = run_with(stage, monkeypatch, "k\nk\n")
    assert "A first look: " in output
    assert " interviews in " in output
    assert output.index("A first look: ") < output.index("To: ")
    assert "ask [l]ater, at the next mailwatch run" in output


def test_stopping_in_the_middle_keeps_what_was_answered_and_asks_about_the_rest_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = run_with(stage, monkeypatch, "s\n")  # and then the input ends, as at Ctrl-C
    assert "Stopped." in output
    assert len(drafts_in(stage)) == 1
    assert "1 letter of the first look waits for your word: mailwatch run in a terminal" in output
    assert "Not checked yet" not in output
    assert run_with(stage, monkeypatch, "s\n").count("ask [l]ater") == 1
    assert len(drafts_in(stage)) == 2


def test_a_plan_says_which_letters_wait_for_a_word(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    run_with(stage, monkeypatch, "l\nl\n")
    outcome = CliRunner().invoke(root, ["-c", str(stage.config), "--now", DAY_AFTER, "plan"])
    assert outcome.output.startswith("0 letters would be saved, and you would be asked about 2")


def test_a_plan_before_any_look_says_that_nothing_was_read(stage: Stage) -> None:
    outcome = CliRunner().invoke(root, ["-c", str(stage.config), "--now", DAY_AFTER, "plan"])
    assert "Nothing has been read yet" in outcome.output
    assert "mailwatch run" in outcome.output
