"""A third of the project's own storylines, replayed through real ticks: the figures must not fall.

`make storylines` replays all of them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.storylines.drafts import Problems, problems_of
from tests.storylines.run import run_check

HERE = Path(__file__).resolve().parent
NUMBER = re.compile(r"^(\w+) +(-?[\d.]+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def problems() -> Problems:
    return Problems()


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory, problems: Problems) -> dict[str, float]:
    folder = tmp_path_factory.mktemp("storylines")
    rendered, export = folder / "rendered", folder / "export.json"
    texts = [path.read_text(encoding="utf-8") for path in sorted((HERE / "stories").glob("*.yaml"))]
    stories = re.findall(r"^- id: (\S+)$", "\n".join(texts), re.MULTILINE)[::3]
    render = [sys.executable, str(HERE / "tools" / "render.py"), str(rendered), "--only", *stories]
    subprocess.run(render, check=True, capture_output=True)
    checks = sorted(path.parent for path in rendered.glob("*/*/context.json"))
    document = {
        "schema": "mailwatch-eval/1",
        "program": "test",
        "results": [run_check(check, look=problems) for check in checks],
    }
    export.write_text(json.dumps(document))
    command = [sys.executable, str(HERE / "tools" / "score.py"), "storylines", str(rendered / "gold.json"), str(export)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {name: float(number) for name, number in NUMBER.findall(printed)}


def test_where_nothing_must_happen_nothing_happens(figures: dict[str, float]) -> None:
    assert figures["wrong_drafts_on_negatives"] == 0
    assert figures["false_interviews_on_negatives"] == 0


def test_hardly_a_draft_is_wrong_and_none_is_misaddressed(figures: dict[str, float]) -> None:
    assert figures["wrong_drafts"] <= 2
    assert figures["placeholders"] == figures["shared_drafts"] == figures["wrong_names"] == 0
    assert figures["draft_thread"] == 1


def test_interviews_are_found_at_their_very_minute(figures: dict[str, float]) -> None:
    assert figures["detect_f1"] >= 0.95
    assert figures["start_exact"] >= 0.95


def test_the_whole_is_as_good_as_it_has_been(figures: dict[str, float]) -> None:
    assert figures["overall"] >= 88


def test_every_draft_greets_its_reader_is_whole_and_holds_no_private_word(
    figures: dict[str, float], problems: Problems
) -> None:
    assert figures["overall"] > 0
    assert problems == []
    assert problems.drafts >= 12
    assert problems.debriefed == problems.drafts
    assert problems.personal >= 6, "a debrief makes letters personal"


def test_a_bad_draft_would_be_seen() -> None:
    head = "To: Rita Ek <rita@acme.example>\r\nSubject: Hello\r\n"
    assert list(problems_of(f"{head}\r\nHi Rita,\r\n\r\nThank you.\r\n".encode(), {"Bo Lind"})) == []
    bad = f"{head}Bcc: eve@evil.example\r\nIn-Reply-To: <a@b.example>\r\n\r\nHi Bo Lind,\r\n\r\nThank you, [name].\r\n"
    assert list(problems_of(bad.encode(), {"Bo Lind"})) == [
        "has a header of its own",
        "holds a placeholder: “[”",
        "is an answer in half",
        "greets somebody else: Hi Bo Lind,",
        "greets {'Bo Lind'}",
    ]
