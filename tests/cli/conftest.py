"""The command line on the demo's mailbox, played once and copied for each test that changes something."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailwatch.cli.entry import run
from mailwatch.demo.play import Scene, Stage, play, set_up
from mailwatch.demo.script import load_script

AFTER = "2026-11-24T09:00:00+01:00"

Answer = tuple[int, str, str]
Command = Callable[..., Answer]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stage, tuple[Scene, ...]]:
    stage = set_up(tmp_path_factory.mktemp("demo"), load_script())
    return stage, tuple(play(stage))


@pytest.fixture
def command(
    played: tuple[Stage, tuple[Scene, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Runs one command on a copy of the demo after its last moment: (exit code, stdout, stderr)."""
    stage = played[0]
    state = tmp_path / "state"
    shutil.copytree(stage.state, state)
    monkeypatch.setenv("MAILWATCH_STATE", str(state))

    def call(*arguments: str, now: str = AFTER) -> Answer:
        capsys.readouterr()
        code = run(["-c", str(stage.config), "--now", now, *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def answer(command: Command) -> Callable[..., dict[str, Any]]:
    """The JSON answer of a command that succeeds."""

    def call(*arguments: str, now: str = AFTER) -> dict[str, Any]:
        code, out, err = command("--json", *arguments, now=now)
        assert code == 0, err
        return json.loads(out)  # type: ignore[no-any-return]

    return call
