"""A look says what it does and how far it is: a bar on a terminal, plain lines elsewhere, nothing where nobody waits."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from itertools import count

import pytest

from mailwatch.cli.progress import Progress
from mailwatch.tick.progress import Doing, Step
from tests.cli.conftest import Life

LISTED = [Step(Doing.LISTING, "home", done) for done in (500, 1000, 1200)]
FETCHED = [Step(Doing.FETCHING, "home", done, 80) for done in range(10, 81, 10)]
READ = [Step(Doing.READING, "", done, 80) for done in range(1, 81)]


def shown(steps: list[Step], clock: Iterator[float], *, drawn: bool) -> str:
    stream = io.StringIO()
    progress = Progress(stream, drawn=drawn, clock=lambda: next(clock))
    for step in steps:
        progress(step)
    progress.close()
    return stream.getvalue()


def test_a_bar_names_the_work_and_how_long_the_rest_may_take_and_leaves_a_clean_line() -> None:
    written = shown([*LISTED, *FETCHED], count(), drawn=True)
    frames = written.split("\r\x1b[K")
    assert "home: listing mail  1000" in frames
    assert "home: fetching texts  [##########----------] 40 of 80, about 3 s left" in frames
    assert frames[-1] == ""
    assert "\n" not in written


def test_a_long_way_is_told_in_minutes_and_only_once_the_pace_is_known() -> None:
    steps = [Step(Doing.READING, "", done, 1000) for done in (1, 10, 11)]
    frames = shown(steps, iter([0.0, 1.0, 3.0]), drawn=True).split("\r\x1b[K")
    assert frames[1] == "reading texts  [--------------------] 1 of 1000"
    assert frames[2] == "reading texts  [--------------------] 10 of 1000"
    assert frames[3] == "reading texts  [--------------------] 11 of 1000, about 4 min left"


def test_it_is_not_drawn_more_often_than_can_be_seen() -> None:
    written = shown(READ, (number / 1000 for number in count()), drawn=True)
    assert written.count("[") - written.count("\x1b[") == 2, "the first step and the last"


def test_without_a_terminal_each_part_of_the_work_is_one_line() -> None:
    written = shown([*LISTED, *FETCHED, *READ, *LISTED], count(), drawn=False)
    assert written.splitlines() == [
        "home: listing mail",
        "home: fetching texts: 80 messages",
        "reading texts: 80 messages",
    ]


def test_what_an_account_is_called_can_do_nothing_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    written = shown([Step(Doing.FETCHING, "a\x1b[2Jb" * 9, 1, 2)], count(), drawn=True)
    assert "\x1b[2J" not in written
    assert all(len(frame) < 60 for frame in written.split("\r\x1b[K"))


def test_a_look_is_watched_only_where_somebody_waits_for_it(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "listing" not in life.call("run")[2], "nobody waits at a terminal"
    shutil.rmtree(life.folder / "state")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    code, _, err = life.call("run")
    assert code in {0, 5}
    assert "listing mail" in err
