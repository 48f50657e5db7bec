"""Print the catalogue of situations with the tests that cover each, and those without any: `scenarios.py [--uncovered]`.

Tests are found by their marker, without running them; storylines by their tags.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

TOP = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of the catalogue."""

    code: str
    rank: str
    title: str
    chapter: str


def catalogue_from_text(text: str) -> list[Scenario]:
    """The rows of tests/scenarios.toml, in their order."""
    return [
        Scenario(code, rank, title, chapter)
        for chapter, rows in tomllib.loads(text).items()
        for code, (rank, title) in rows.items()
    ]


def marked_tests(source: str) -> Iterator[tuple[str, str]]:
    """(code, test name) for every scenario marker in a test file: on functions, classes, parameters or the whole file."""
    tree = ast.parse(source)
    yield from _marks_below(tree, "whole file", skip=(ast.FunctionDef, ast.ClassDef))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _marks_below(node, node.name)
        elif isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                yield from _marks_below(decorator, node.name)


def _marks_below(node: ast.AST, name: str, skip: tuple[type[ast.AST], ...] = ()) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "scenario":
        yield from ((str(code.value), name) for code in node.args if isinstance(code, ast.Constant))
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, skip):
            yield from _marks_below(child, name, skip)


def tests_by_code(folder: Path) -> dict[str, list[str]]:
    """The tests below a folder, by scenario code, as pytest names them."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        for code, name in marked_tests(path.read_text(encoding="utf-8")):
            found[code].append(f"{path.relative_to(folder.parent)}::{name}")
    return found


def storylines_by_code(folder: Path) -> dict[str, list[str]]:
    """The storylines below a folder, by the codes among their tags."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.glob("*.yaml")):
        for story in yaml.safe_load(path.read_text(encoding="utf-8")) or ():
            for tag in story.get("tags", ()):
                found[tag].append(story["id"])
    return found


def report(
    scenarios: list[Scenario], tests: Mapping[str, list[str]], stories: Mapping[str, list[str]], *, uncovered_only: bool
) -> Iterator[str]:
    """The table, and its sum."""
    for scenario in scenarios:
        covering = sorted(set(tests.get(scenario.code, ())))
        if uncovered_only and covering:
            continue
        yield f"{scenario.code:<4} {scenario.rank}  {scenario.title}"
        yield from (f"          {test}" for test in covering)
        if names := stories.get(scenario.code):
            yield f"          storylines: {', '.join(names)}"
        if not covering:
            yield "          no test"
    yield ""
    for rank in "ABCD":
        row = [scenario for scenario in scenarios if scenario.rank == rank]
        open_codes = [scenario.code for scenario in row if scenario.code not in tests]
        without = f"; without a test: {' '.join(open_codes)}" if open_codes else ""
        yield f"rank {rank}: {len(row) - len(open_codes)} of {len(row)} covered{without}"


def unknown_codes(scenarios: list[Scenario], tests: Mapping[str, list[str]]) -> list[str]:
    """One line for every marker whose code the catalogue does not have."""
    known = {scenario.code for scenario in scenarios}
    return [f"{name}: no scenario has the code {code}" for code in sorted(set(tests) - known) for name in tests[code]]


def main(arguments: list[str]) -> int:
    """Print the table; exit 1 where a marker names a code that does not exist."""
    scenarios = catalogue_from_text((TOP / "tests" / "scenarios.toml").read_text(encoding="utf-8"))
    tests = tests_by_code(TOP / "tests")
    stories = storylines_by_code(TOP / "tests" / "storylines" / "stories")
    print("\n".join(report(scenarios, tests, stories, uncovered_only="--uncovered" in arguments)))
    unknown = unknown_codes(scenarios, tests)
    print("\n".join(unknown), end="\n" if unknown else "")
    return int(bool(unknown))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
