"""The command line on the demo's mailbox, played once and copied for each test that changes something."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from mailwatch.cli.entry import run
from mailwatch.cli.session import Session, instant_from_text
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


@pytest.fixture
def life(
    played: tuple[Stage, tuple[Scene, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Life:
    """A mailbox of one's own: the demo's after its last moment, free to be changed."""
    return life_from(played[0], tmp_path, monkeypatch, capsys)


@pytest.fixture(scope="session")
def halfway(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The demo up to its second moment: thank-yous lie in Drafts, untouched."""
    stage = set_up(tmp_path_factory.mktemp("halfway"), load_script())
    for _scene in islice(play(stage), 2):
        pass
    return stage


@pytest.fixture
def evening(
    halfway: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Life:
    """A mailbox of one's own, in which thank-yous wait to be sent."""
    return life_from(halfway, tmp_path, monkeypatch, capsys)


def life_from(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Life:
    folder = tmp_path / "life"
    shutil.copytree(stage.folder, folder)
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace(str(stage.folder), str(folder)), "utf-8")
    config.chmod(0o600)
    monkeypatch.setenv("MAILWATCH_STATE", str(folder / "state"))
    return Life(folder, capsys)


class Life:
    """A mailbox, its configuration and state, and the command line on them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self._capsys = capsys

    def call(self, *arguments: str, now: str = AFTER) -> Answer:
        self._capsys.readouterr()
        code = run(["-c", str(self.config), "--now", now, *arguments])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def ask(self, *arguments: str, now: str = AFTER) -> dict[str, Any]:
        code, out, err = self.call("--json", *arguments, now=now)
        assert code == 0, err
        return json.loads(out)  # type: ignore[no-any-return]

    def session(self, now: str = AFTER) -> Session:
        """What a command of this life works with, for a look behind it."""
        return Session(
            {"MAILWATCH_STATE": str(self.folder / "state")}, str(self.config), pretended=instant_from_text(now)
        )

    def drafts(self) -> list[Path]:
        return sorted(path for part in ("cur", "new") for path in (self.folder / "Mail/.Drafts" / part).iterdir())
