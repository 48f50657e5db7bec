from __future__ import annotations

import io
import os

import pytest

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
