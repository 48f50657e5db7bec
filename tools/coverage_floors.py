"""Compare a coverage report with the floors in pyproject.toml: `coverage_floors.py REPORT.json`.

A floor belongs to a folder and counts every file below it that no deeper floor claims. Exit 1 where one is missed.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent.parent


def floors_from_project(text: str) -> dict[str, float]:
    """The floors by folder, deepest folder first, so that the first match is the one that counts."""
    table = tomllib.loads(text)["tool"]["mailwatch"]["coverage-floors"]
    return dict(sorted(table.items(), key=lambda row: row[0].count("/"), reverse=True))


def floor_of(path: str, floors: dict[str, float]) -> str:
    """The deepest folder with a floor that a file lies in, or ""."""
    return next((name for name in floors if path.startswith(name + "/")), "")


def shares(report: dict[str, Any], floors: dict[str, float]) -> dict[str, float]:
    """Percent of lines and branches covered, by floor folder; 100 where a folder has no code."""
    covered = dict.fromkeys(floors, 0)
    total = dict.fromkeys(floors, 0)
    for path, entry in report["files"].items():
        folder = floor_of(path, floors)
        if not folder:
            continue
        summary = entry["summary"]
        covered[folder] += summary["covered_lines"] + summary["covered_branches"]
        total[folder] += summary["num_statements"] + summary["num_branches"]
    return {name: 100 * covered[name] / total[name] if total[name] else 100.0 for name in floors}


def weakest(report: dict[str, Any], floors: dict[str, float], folder: str, count: int = 5) -> list[str]:
    """The files of a floor that lose most lines and branches, worst first."""
    lost = {
        path: entry["summary"]["missing_lines"] + entry["summary"]["missing_branches"]
        for path, entry in report["files"].items()
        if floor_of(path, floors) == folder
    }
    worst = sorted(lost, key=lambda path: -lost[path])[:count]
    return [f"  {path}: {lost[path]} lines and branches untested" for path in worst if lost[path]]


def main(arguments: list[str]) -> int:
    """Print one line for each floor; name the weakest files of a floor that is missed."""
    report = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    floors = floors_from_project((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    missed = False
    for folder, share in shares(report, floors).items():
        verdict = "ok" if share >= floors[folder] else "TOO LOW"
        print(f"coverage  {folder:<24} {share:6.2f} %  (floor {floors[folder]} %)  {verdict}")
        if share < floors[folder]:
            missed = True
            print("\n".join(weakest(report, floors, folder)))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
