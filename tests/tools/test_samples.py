"""The page of sample letters: up to date, many, and every letter on it one that could be sent."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mailwatch.core.compose.lint import thanks_in, too_much_i
from mailwatch.core.model import Draft, Kind
from mailwatch.letters import load_letters

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples", TOP / "tools" / "samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_letters_give_now(samples: ModuleType, tmp_path: Path) -> None:
    assert samples.main([str(tmp_path / "samples.md")]) == 0
    written = (tmp_path / "samples.md").read_text(encoding="utf-8")
    assert written == (TOP / "docs" / "samples.md").read_text(encoding="utf-8"), "run make samples"


def test_there_are_sixty_letters_over_languages_and_kinds_and_each_keeps_the_rules(samples: ModuleType) -> None:
    letters, rows = load_letters(), samples.rows_from_file()
    drafts = [samples.letter_from_row(row, letters) for row in rows]
    assert len(drafts) >= 60
    assert {draft.language for draft in drafts} == set(letters.languages)
    assert {draft.kind for draft in drafts} == set(Kind)
    for draft in drafts:
        assert isinstance(draft, Draft)
        lint = letters.languages[draft.language].words["lint"]
        assert draft.left_out == ()
        assert thanks_in(draft.text, lint) <= 2, draft.text
        assert "i" not in lint or not too_much_i([part.text for part in draft.sentences], lint), draft.text
        assert all(part.source for part in draft.sentences)


def test_a_situation_without_a_letter_stops_the_page(samples: ModuleType) -> None:
    row = {**samples.rows_from_file()[0], "to": {"name": "Nobody"}}
    with pytest.raises(SystemExit, match="No address"):
        list(samples.page([row], load_letters()))
