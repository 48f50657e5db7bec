from __future__ import annotations

import io
import os
import sys

import pytest

from mailwatch.cli.entry import fill_streams, run
from mailwatch.cli.terminal import columns


def test_the_width_is_what_columns_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "123")
    assert columns() == 123


@pytest.mark.parametrize("nonsense", ["0", "wide", "-3", ""])
def test_nonsense_is_not_believed(monkeypatch: pytest.MonkeyPatch, nonsense: str) -> None:
    monkeypatch.setenv("COLUMNS", nonsense)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert columns() == 80


@pytest.mark.parametrize(("own", "width"), [(97, 97), (0, 80)])
def test_a_terminal_says_it_itself(monkeypatch: pytest.MonkeyPatch, own: int, width: int) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(os, "get_terminal_size", lambda _descriptor: os.terminal_size((own, 24)))
    assert columns() == width


def test_a_command_with_a_slip_is_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["statsu"]) == 2
    assert "Did you mean status?" in capsys.readouterr().err
    assert run(["xyzzy"]) == 2
    assert "Did you mean" not in capsys.readouterr().err


def test_a_word_that_is_none_of_the_choices_is_recognised_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mark", "b7", "acepted"]) == 2
    said = capsys.readouterr().err
    assert "“acepted” is not one of did-not-happen, rejected, offer, accepted, withdrew, closed; did you mean" in said
    assert '"accepted"' in said
    assert run(["drafts", "make"]) == 2
    said = capsys.readouterr().err
    assert "It is one of thank-you, decline," in said
    assert "\t" not in said


def test_a_program_without_a_window_has_no_streams_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    fill_streams()
    assert run(["--version"]) == 0
    assert run(["xyzzy"]) == 2
    assert sys.stdin.read() == ""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()
