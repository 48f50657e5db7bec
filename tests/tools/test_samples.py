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


VALUES = {"interview day", "role", "company", "people", "date named", "interviews planned", "interview"}


def test_every_sentence_of_every_letter_has_a_source_that_exists_and_says_it(samples: ModuleType) -> None:
    letters = load_letters()
    told: dict[str, str] = {}
    for row in samples.rows_from_file():
        draft = samples.letter_from_row(row, letters)
        assert isinstance(draft, Draft)
        language = letters.languages[draft.language]
        known = {entry.id for bank in language.banks.values() for entry in bank}
        known |= {letter.id for letter in language.fixed.values()}
        typed = " ".join(_texts([row.get("note", {}), row.get("notes", {}), row.get("fit", "")]))
        for sentence in draft.sentences:
            for part in sentence.source.removesuffix(" as subject").split(" + "):
                in_mail = part == "the mail it answers"
                assert part in known or part in VALUES or part.startswith("debrief.") or in_mail, part
            if sentence.source.startswith("debrief.") and "as subject" not in sentence.source:
                assert sentence.text.rstrip(".") in typed, "the user's own words stand as they were typed"
            told[sentence.text] = sentence.source
    assert len(told) > 150


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in _texts(item)]
