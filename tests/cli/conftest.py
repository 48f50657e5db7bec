"""The command line on the demo's mailbox, played once and copied for each test that changes something."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from mailwatch.cli.entry import run
from mailwatch.cli.session import Session, instant_from_text
from mailwatch.demo.play import Scene, Stage, play, set_up
from mailwatch.demo.script import load_script
from mailwatch.sandbox import InlineParser, WorkerParser
from mailwatch.tick import configured, pull, save
from tests.tick.real import read_once

AFTER = "2026-11-24T09:00:00+01:00"

Answer = tuple[int, str, str]
Command = Callable[..., Answer]


class ParserHere(InlineParser):
    """Reads in this process: a worker for each command would be most of the time that these tests take."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing was started."""


def without_waiting(patch: pytest.MonkeyPatch) -> None:
    """Leave out what takes time and is another suite's subject.

    tests/sandbox is about the worker, tests/core/reading about reading: here a worker runs only where a test asks for
    it or starts a process, and each mail of the demo is read once. The pause before a second look at Drafts is skipped.
    """
    patch.setattr(configured, "WorkerParser", ParserHere)
    patch.setattr(pull, "read", read_once)
    patch.setattr(save, "LOOK_AGAIN", 0.0)


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    without_waiting(monkeypatch)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail is read in a process of its own, as it is for users."""
    monkeypatch.setattr(configured, "WorkerParser", WorkerParser)


@dataclass(frozen=True)
class Told:
    """The demo after its last moment, and as it was after the second, when thank-yous lay in Drafts, untouched."""

    stage: Stage
    scenes: tuple[Scene, ...]
    halfway: Path


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    stage = set_up(tmp_path_factory.mktemp("demo"), load_script())
    halfway = tmp_path_factory.mktemp("halfway") / "copy"
    scenes = []
    with pytest.MonkeyPatch.context() as patch:
        without_waiting(patch)
        for number, scene in enumerate(play(stage), 1):
            scenes.append(scene)
            if number == 2:
                shutil.copytree(stage.folder, halfway)
    return Told(stage, tuple(scenes), halfway)


@pytest.fixture(scope="session")
def played(told: Told) -> tuple[Stage, tuple[Scene, ...]]:
    return told.stage, told.scenes


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
def life(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Life:
    """A mailbox of one's own: the demo's after its last moment, free to be changed."""
    return life_from(told.stage.folder, told, tmp_path, monkeypatch, capsys)


@pytest.fixture
def evening(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Life:
    """A mailbox of one's own, in which thank-yous wait to be sent."""
    return life_from(told.halfway, told, tmp_path, monkeypatch, capsys)


def life_from(
    origin: Path, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Life:
    folder = tmp_path / "life"
    shutil.copytree(origin, folder)
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace(str(told.stage.folder), str(folder)), "utf-8")
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
