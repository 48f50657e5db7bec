from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailwatch.demo.script import load_script
from tests.cli.conftest import Command


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    script, folder = load_script(), tmp_path_factory.mktemp("files")
    paths = []
    for number, letter in enumerate(script.letters):
        path = folder / f"{number:02}.eml"
        path.write_bytes(letter.raw)
        paths.append(path)
    calendar = folder / "calendar.ics"
    calendar.write_bytes(script.calendar_at(script.moments[-1].at))
    return [*paths, calendar]


def test_many_files_give_one_object_a_line_in_their_order(command: Command, files: list[Path]) -> None:
    code, out, _ = command("read", "--json", "--me", "lena.hartwig@mailbox.example", *map(str, files))
    rows = [json.loads(row) for row in out.splitlines()]
    assert code == 0
    assert [row["file"] for row in rows] == [str(path) for path in files]
    assert all(
        {"class", "start", "people", "company", "role", "decision_by", "direction", "words"} <= row.keys()
        for row in rows[:-1]
    )
    classes = {row["class"] for row in rows}
    assert {"interview_confirmed", "rejection", "offer", "thank_you_sent"} <= classes


def test_a_file_says_its_kind_and_the_words_that_led_there(command: Command, files: list[Path]) -> None:
    invitation = next(path for path in files if b'method="REQUEST"' in path.read_bytes())
    code, out, _ = command("read", str(invitation))
    assert code == 0
    assert "confirms an interview · you are the candidate" in out
    assert "Tue 3 Nov 2026" in out


def test_a_missing_file_is_named_and_the_others_are_read(command: Command, files: list[Path]) -> None:
    code, out, err = command("read", "/nowhere/at/all.eml", str(files[0]))
    assert code == 5
    assert "/nowhere/at/all.eml: No such file or directory" in err
    assert str(files[0]) in out


def test_garbage_is_answered_not_raised(command: Command, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.eml"
    garbage.write_bytes(bytes(range(256)) * 50)
    broken = tmp_path / "broken.ics"
    broken.write_bytes(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:99999999T999999\r\n")
    code, out, _ = command("read", "--json", str(garbage), str(broken))
    assert code == 5
    first, second = map(json.loads, out.splitlines())
    assert "error" not in first
    assert second["error"] == "it is cut short"


def test_an_address_that_is_none_is_refused(command: Command, files: list[Path]) -> None:
    assert command("read", "--me", "nonsense", str(files[0]))[0] == 2
    assert command("read", "--me", "a@b.example", "--zone", "Mars/Base", str(files[0]))[0] == 3
