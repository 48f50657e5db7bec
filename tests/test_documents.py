from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
PAGES = [TOP / "README.md", TOP / "CONTRIBUTING.md", TOP / "SECURITY.md", *sorted((TOP / "docs").rglob("*.md"))]


def named(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_path_of_the_tree_that_a_page_names_exists(page: Path) -> None:
    named_paths = re.findall(r"\b((?:src|tests|docs|tools|providers|requirements)/[\w./-]*\w)", page.read_text("utf-8"))
    assert [path for path in named_paths if not (TOP / path).exists()] == []


@pytest.mark.parametrize("name", ["failures.md", "hostile-input.md"])
def test_every_failure_and_threat_that_a_page_tells_of_has_its_test(name: str) -> None:
    page = (TOP / "docs" / name).read_text("utf-8")
    rows = re.findall(r"^\| (?!what fails|what comes in|-)([^|]+) \| [^|]+ \| ([^|]+) \|$", page, flags=re.MULTILINE)
    assert len(rows) == page.count("\n| ") - 1 > 20
    for what, tests in rows:
        named_tests = re.findall(r"(tests/[\w/]+\.py)::(\w+)", tests)
        assert named_tests, what
        for path, test in named_tests:
            assert f"def {test}(" in (TOP / path).read_text("utf-8"), f"{what}: {path}::{test}"


def test_every_runtime_dependency_is_argued_for() -> None:
    import tomllib

    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    page = (TOP / "docs" / "dependencies.md").read_text("utf-8")
    argued = set(re.findall(r"^\| ([A-Za-z0-9-]+) \|", page, flags=re.MULTILINE))
    wanted = {re.split(r"[>=<\[]", line)[0] for line in project["dependencies"]}
    assert wanted <= argued
    assert {name for name in project["optional-dependencies"] if name not in {"all", "dev"}} <= argued


def test_the_budget_of_ci_names_every_part_and_stays_within_thirteen_minutes() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (\d+) \|", (TOP / "CONTRIBUTING.md").read_text("utf-8"), flags=re.MULTILINE))
    parts = re.findall(r"^timed (\w+) ", (TOP / ".ci" / "run").read_text("utf-8"), flags=re.MULTILINE)
    assert parts
    assert set(parts) | {"total"} == set(rows)
    assert int(rows["total"]) <= 780


def test_every_test_that_the_quirks_name_exists() -> None:
    page = (TOP / "docs" / "quirks.md").read_text("utf-8")
    there = "\n".join(path.read_text("utf-8") for path in (TOP / "tests").rglob("test_*.py"))
    there += "\n".join(path.read_text("utf-8") for path in (TOP / "tests" / "backends").glob("*.py"))
    named_tests = re.findall(r"`(test_\w+)`", page)
    assert [name for name in named_tests if f"def {name}(" not in there] == []
    assert len(named_tests) > 40
