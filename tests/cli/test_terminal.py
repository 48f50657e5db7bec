from __future__ import annotations

import io
import os

import pytest

from mailwatch.cli.entry import main, run
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


def test_on_windows_it_says_that_it_does_not_run_there_yet(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr("mailwatch.cli.entry._WINDOWS", True)
    with pytest.raises(SystemExit) as ended:
        main(["doctor"])
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "Windows is not supported yet" in told
    assert "WSL" in told


def test_a_command_with_a_slip_is_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["statsu"]) == 2
    assert "Did you mean status?" in capsys.readouterr().err
    assert run(["xyzzy"]) == 2
    assert "Did you mean" not in capsys.readouterr().err
