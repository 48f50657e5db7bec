from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mailwatch.cli.entry import COMMANDS, run
from tests.cli.conftest import AFTER, Command

CONFIG = """
[me]
name = "Lena Hartwig"
addresses = ["lena@mailbox.example"]
timezone = "Europe/Berlin"

[account.home]
backend = "maildir"
email = "lena@mailbox.example"
path = "{path}"
"""


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place without configuration and state."""
    monkeypatch.setenv("MAILWATCH_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("MAILWATCH_STATE", str(tmp_path / "state"))
    return tmp_path


def write_config(folder: Path, text: str = CONFIG, **values: object) -> None:
    (folder / "config.toml").write_text(text.format(path=folder / "Mail", **values))
    (folder / "config.toml").chmod(0o600)


def make_maildir(folder: Path) -> None:
    for sub in (".", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (folder / "Mail" / sub / part).mkdir(parents=True)


def test_without_a_configuration_the_bare_command_says_how_to_begin(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([]) == 3
    err = capsys.readouterr().err
    assert "There is no configuration" in err
    assert "mailwatch demo" in err


@pytest.mark.parametrize("name", [*COMMANDS, ""])
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "-h"] if name else ["-h"]) == 0
    assert "Usage: mailwatch" in capsys.readouterr().out


def test_a_mistyped_command_is_a_usage_error_with_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["statsu"]) == 2
    assert "--help" in capsys.readouterr().err


def test_a_broken_key_is_named_with_its_place_and_a_suggestion(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_config(alone, CONFIG + "\n[drafts]\ncreat = true\n")
    assert run(["status"]) == 3
    err = capsys.readouterr().err
    assert "creat" in err
    assert "create" in err
    assert "Traceback" not in err


def test_a_missing_mail_folder_fails_that_account_with_the_next_step(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(alone)
    code = run(["run"])
    captured = capsys.readouterr()
    assert code == 1
    assert "Problem:" in captured.out
    assert "Traceback" not in captured.err


def test_a_run_on_an_empty_mailbox_is_fine_and_private(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_config(alone)
    make_maildir(alone)
    assert run(["run"]) == 0
    assert "mailwatch never sends." in capsys.readouterr().out
    modes = {path.name: path.stat().st_mode & 0o777 for path in (alone / "state").rglob("*")}
    assert all(mode == (0o700 if (alone / "state" / name).is_dir() else 0o600) for name, mode in modes.items())


def test_the_run_says_as_json_what_it_did(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_config(alone)
    make_maildir(alone)
    assert run(["--json", "run"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["command"] == "run"
    assert found["accounts"][0]["complete"] is True


def test_a_second_run_at_the_same_time_is_refused(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from mailwatch.store import run_lock

    write_config(alone)
    make_maildir(alone)
    with run_lock(alone / "state"):
        assert run(["run"]) == 6
    assert "Another mailwatch is at work" in capsys.readouterr().err


def test_only_a_known_account_can_be_asked_for(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_config(alone)
    make_maildir(alone)
    assert run(["-a", "hme", "run"]) == 2
    assert "did you mean home?" in capsys.readouterr().err


def test_a_present_that_is_no_time_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--now", "tomorrow", "status"]) == 2
    assert "is no time" in capsys.readouterr().err


def test_config_path_show_and_check(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "path"]) == 0
    assert capsys.readouterr().out.strip() == str(alone / "config.toml")
    write_config(alone)
    assert run(["config", "show"]) == 0
    assert "home: maildir, lena@mailbox.example" in capsys.readouterr().out
    make_maildir(alone)
    assert run(["config", "check"]) == 0
    assert "is in order" in capsys.readouterr().out
    for words in (["config", "path"], ["config", "show"], ["config", "check"]):
        assert run(["--json", *words]) == 0
        assert json.loads(capsys.readouterr().out)["command"] == " ".join(words)


def test_a_reader_that_goes_away_ends_the_command_quietly(command: Command) -> None:
    program = "import sys; from mailwatch.cli import main; main(sys.argv[1:])"
    pipeline = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -c "{program}" read --help | head -1'],
        capture_output=True,
        text=True,
        check=False,
    )
    assert pipeline.stderr == ""
    assert command("--quiet", "status", now=AFTER)[0] == 0


def test_an_error_is_json_where_json_was_asked_for(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--json", "status"]) == 3
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["exit_code"] == 3
    assert str(alone) in captured.err


def test_with_a_pretended_time_a_run_touches_no_mailbox_on_a_network(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(
        alone, CONFIG + '\n[account.far]\nbackend = "imap"\nemail = "far@example.com"\nhost = "imap.example.com"\n'
    )
    make_maildir(alone)
    assert run(["--now", AFTER, "run"]) == 2
    assert "With --now nothing is written to a mailbox on a network" in capsys.readouterr().err


def test_a_check_names_folders_and_files_that_are_not_there(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calendar = alone / "calendar.ics"
    write_config(alone, CONFIG + f'\n[calendar.own]\nbackend = "ics"\npath = "{calendar}"\n')
    make_maildir(alone)
    assert run(["config", "check"]) == 3
    captured = capsys.readouterr()
    assert captured.out == f"  [calendar.own] path: there is no {calendar}\n"
    assert run(["--json", "config", "check"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], len(found["missing"])) == (False, 1)
    calendar.write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    assert run(["config", "check"]) == 0


def test_a_calendar_file_that_is_none_is_named_with_what_helps(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calendar = alone / "calendar.ics"
    calendar.write_text("Dear diary")
    write_config(alone, CONFIG + f'\n[calendar.own]\nbackend = "ics"\npath = "{calendar}"\n')
    make_maildir(alone)
    assert run(["run"]) == 5
    out = capsys.readouterr().out
    assert f"Problem: {calendar} is no calendar to read from: it is no calendar." in out
    assert "→ let your calendar program write it anew" in out


def test_mail_that_cannot_be_opened_is_named_with_what_helps(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_config(alone)
    make_maildir(alone)
    (alone / "Mail" / "cur" / "1.a.b:2,S").mkdir()  # no file, whoever runs this test
    assert run(["run"]) in {0, 5}
    problems = [row for row in capsys.readouterr().out.splitlines() if row.startswith("Problem: ")]
    assert all("→ the next run tries again" in problem for problem in problems)


def test_letters_of_ones_own_count_from_the_moment_they_change(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from mailwatch.tick import letters_stamp

    (alone / "letters" / "en").mkdir(parents=True)
    before = letters_stamp(str(alone / "letters"))
    (alone / "letters" / "en" / "mine.toml").write_text("")
    between = letters_stamp(str(alone / "letters"))
    (alone / "letters" / "en" / "mine.toml").write_text("# mine")
    assert len({before, between, letters_stamp(str(alone / "letters")), letters_stamp("")}) == 4
