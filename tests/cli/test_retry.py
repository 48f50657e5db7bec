"""One mail hangs the parser, one takes all memory, one crashes it: the run goes on, the status counts them, `retry` reads them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailwatch.cli.entry import run
from mailwatch.sandbox import WorkerParser
from mailwatch.tick import configured
from tests.cli.test_running import make_maildir, write_config

HURTING = Path(__file__).parent.parent / "sandbox" / "hurting.py"
NOW = "2026-11-25T10:00:00+01:00"
MAIL = (
    "From: Rita Ek <rita{number}@firm{number}.example>\r\nTo: lena@mailbox.example\r\nSubject: Interview at Firm {number}\r\n"
    "Date: Fri, 20 Nov 2026 09:00:00 +0100\r\nMessage-ID: <{number}@firm{number}.example>\r\n\r\n{text}\r\n"
)
TALK = "Your interview with Rita Ek for Data Analyst is confirmed for Tuesday, 24 November 2026 at 10:00 CET."


class HurtingParser(WorkerParser):
    """The parser that a run uses, with a worker that can be hurt."""

    def __init__(self) -> None:
        super().__init__(seconds=1.0)
        self._worker._command = [sys.executable, "-P", str(HURTING), "1.0", str(512 << 20)]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    monkeypatch.setenv("MAILWATCH_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("MAILWATCH_STATE", str(tmp_path / "state"))
    write_config(tmp_path)
    make_maildir(tmp_path)
    for number, word in enumerate(("fine", "hang-here", "bloat-here", "crash-here"), start=1):
        text = MAIL.format(number=number, text=f"{TALK} {word}")
        (tmp_path / "Mail" / "cur" / f"{number}.x.y:2,S").write_bytes(text.encode())

    def call(*words: str) -> Any:
        capsys.readouterr()
        run(["--json", "--now", NOW, *words])
        return json.loads(capsys.readouterr().out)

    return call


@pytest.mark.scenario("S5")
def test_what_hurts_the_worker_is_counted_and_read_at_the_users_word(
    told: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configured, "WorkerParser", HurtingParser)
    first = told("run")["accounts"][0]
    assert (first["complete"], first["fetched"]) == (True, 1)
    assert "3 messages can't be read (" in json.dumps(told("status")["problems"])
    monkeypatch.setattr(configured, "WorkerParser", WorkerParser)
    assert told("run")["accounts"][0]["fetched"] == 0
    assert told("retry")["messages"] == 3
    last = told("run")
    assert last["accounts"][0]["fetched"] == 3
    assert last["problems"] == []
