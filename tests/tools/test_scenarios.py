from __future__ import annotations

from pathlib import Path

from tools import scenarios as tool

TOP = Path(__file__).resolve().parents[2]
CATALOGUE = tool.catalogue_from_text((TOP / "tests" / "scenarios.toml").read_text("utf-8"))

MARKED = '''
import pytest

@pytest.mark.scenario("D1", "D2")
def test_one(): ...

class TestTwo:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.scenario("T1"))])
    def test_three(self, x): ...

def test_four():
    """Mentions scenario("R1") only in words."""
'''


def test_the_catalogue_is_whole() -> None:
    codes = [row.code for row in CATALOGUE]
    assert len(codes) == len(set(codes)) == 106
    assert {row.rank for row in CATALOGUE} == set("ABCD")
    assert all(row.title and row.title[0] != " " for row in CATALOGUE)


def test_markers_are_found_on_functions_methods_and_parameters() -> None:
    assert set(tool.marked_tests(MARKED)) == {("D1", "test_one"), ("D2", "test_one"), ("T1", "test_three")}


def test_a_marker_for_the_whole_file_counts() -> None:
    assert set(tool.marked_tests('pytestmark = pytest.mark.scenario("S1")')) == {("S1", "whole file")}


def test_the_report_names_what_has_no_test() -> None:
    rows = [tool.Scenario("D1", "A", "first", "detection"), tool.Scenario("D2", "A", "second", "detection")]
    lines = list(tool.report(rows, {"D1": ["tests/a.py::test_one"]}, {"D2": ["w01"]}, uncovered_only=False))
    assert "          tests/a.py::test_one" in lines
    assert "          storylines: w01" in lines
    assert "rank A: 1 of 2 covered; without a test: D2" in lines


def test_only_the_uncovered_ones_on_request() -> None:
    rows = [tool.Scenario("D1", "A", "first", "detection"), tool.Scenario("D2", "A", "second", "detection")]
    lines = list(tool.report(rows, {"D1": ["x"]}, {}, uncovered_only=True))
    assert not any(line.startswith("D1") for line in lines)


def test_no_test_claims_a_situation_that_does_not_exist() -> None:
    assert tool.unknown_codes(CATALOGUE, tool.tests_by_code(TOP / "tests")) == []


def test_a_wrong_code_is_named_with_its_test() -> None:
    assert tool.unknown_codes(CATALOGUE, {"D99": ["tests/a.py::test_one"]}) == [
        "tests/a.py::test_one: no scenario has the code D99"
    ]


def test_stories_count_by_their_tags(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- {id: w01, tags: [D1, panel]}\n")
    assert tool.storylines_by_code(tmp_path)["D1"] == ["w01"]
