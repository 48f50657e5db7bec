"""`report` and `export` on the demo's mailbox."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Answer, Command


def test_the_report_is_written_for_its_owner_alone(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    code, out, err = command("report", "--html", str(target))
    assert (code, out) == (0, "")
    assert str(target) in err
    assert target.stat().st_mode & 0o777 == 0o600
    assert "Brightwater Rail" in target.read_text()


def test_without_a_file_the_report_is_data(command: Command) -> None:
    assert command("report")[1].startswith("<!doctype html>")
    assert json.loads(command("--json", "report")[1])["html"].startswith("<!doctype html>")


def test_a_terminal_is_spared_the_page(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    code, out, err = command("report")
    assert (code, out) == (2, "")
    assert "mailwatch report --html FILE" in err


def test_a_report_that_cannot_be_written_names_the_reason(command: Command, tmp_path: Path) -> None:
    code, _, err = command("report", "--html", str(tmp_path / "none" / "report.html"))
    assert code == 1
    assert "No such file or directory" in err
    assert "mailwatch report --html FILE" in err


def exported(command: Command, *words: str) -> Answer:
    return command("export", *words)


def test_the_forms_of_an_export(command: Command) -> None:
    assert json.loads(exported(command, "json")[1])["command"] == "export"
    assert "debriefs" not in json.loads(exported(command)[1])
    assert json.loads(exported(command, "json", "--with-private")[1])["debriefs"] == []


def test_options_that_do_not_fit_a_form_are_refused(command: Command) -> None:
    assert exported(command, "csv", "--with-private")[0] == 2
    code, _, err = exported(command, "json", "--titles")
    assert code == 2
    assert "mailwatch export ics --titles" in err


def test_rows_and_calendars_end_their_lines_as_their_standards_say(command: Command) -> None:
    for form in ("csv", "ics"):
        text = exported(command, form)[1]
        assert text.count("\n") == text.count("\r\n") > 3
