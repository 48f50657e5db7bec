"""The tour shows what the program shows: its text and its drawn screens are those of a fresh run, and its pictures are small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailwatch.demo.play import Scene, Stage
from tests.cli.conftest import Command
from tools.terminal_picture import picture
from tools.tour import tour

DOCS = Path(__file__).parents[2] / "docs"
SMALL = 150_000


@pytest.fixture
def fresh(played: tuple[Stage, tuple[Scene, ...]], command: Command) -> dict[str, str]:
    stage, scenes = played

    def ask(*words: str) -> str:
        return command(*words)[1].replace(str(stage.folder), "~/demo")

    return dict(tour(scenes, ask))


def test_the_tour_is_what_a_fresh_run_of_the_demo_shows(fresh: dict[str, str]) -> None:
    for name, text in fresh.items():
        assert (DOCS / name).read_text("utf-8") == text, f"{name}: run make tour"


def test_every_picture_of_the_tour_and_of_the_front_page_is_there_and_small(fresh: dict[str, str]) -> None:
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    named = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", fresh["tour.md"])
    on_front = [one.removeprefix("docs/") for one in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme)]
    assert len(named) == 6
    assert len(on_front) == 2
    for name in {*named, *on_front}:
        assert 1000 < (DOCS / name).stat().st_size < SMALL, name


def test_what_a_screen_says_can_do_nothing_in_a_picture() -> None:
    from mailwatch.render.screen import Span, line

    drawn = picture("mailwatch status", [line(Span("<script>&", "strong"), " ", "日本")], 80)
    assert "<script>" not in drawn
    assert "&lt;script&gt;&amp;" in drawn
