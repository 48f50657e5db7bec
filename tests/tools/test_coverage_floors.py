from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import coverage_floors as tool

FLOORS = {"src/mailwatch/core": 98.0, "src/mailwatch": 90.0}


def entry(lines: int, missing: int) -> dict[str, dict[str, int]]:
    return {
        "summary": {
            "covered_lines": lines - missing,
            "num_statements": lines,
            "missing_lines": missing,
            "covered_branches": 0,
            "num_branches": 0,
            "missing_branches": 0,
        }
    }


def report(core_missing: int, rest_missing: int) -> dict[str, object]:
    return {
        "files": {"src/mailwatch/core/a.py": entry(100, core_missing), "src/mailwatch/b.py": entry(100, rest_missing)}
    }


def test_a_file_counts_for_the_deepest_folder_it_lies_in() -> None:
    assert tool.shares(report(1, 50), FLOORS) == {"src/mailwatch/core": 99.0, "src/mailwatch": 50.0}


def test_the_project_sets_floors_for_the_core_and_for_the_rest() -> None:
    floors = tool.floors_from_project((tool.TOP / "pyproject.toml").read_text("utf-8"))
    assert list(floors.items()) == [("src/mailwatch/core", 98), ("src/mailwatch", 90)]


@pytest.mark.parametrize(("core", "rest", "exit_code"), [(2, 10, 0), (3, 10, 1), (2, 11, 1)])
def test_a_floor_that_is_missed_fails_and_names_the_weakest_file(
    core: int, rest: int, exit_code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report(core, rest)))
    assert tool.main([str(path)]) == exit_code
    shown = capsys.readouterr().out
    assert ("TOO LOW" in shown) == bool(exit_code)
    assert ("lines and branches untested" in shown) == bool(exit_code)
