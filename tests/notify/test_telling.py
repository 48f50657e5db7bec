"""Notices reach the user's own program, once, without a shell; a program that fails is tried again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from mailwatch.core.model import Standing
from mailwatch.notify import tell, teller_for
from mailwatch.settings import NotifySettings
from mailwatch.store import Problem, open_store
from tests.render.plans import ANA, RITA, acme, letter, plan
from tests.service.settings import settings_with

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
READY = plan(acme(interviews=()), at=NOON, decisions=(letter(RITA, Standing.DRAFT_READY),))


def test_what_was_said_is_not_said_again_and_what_failed_is(tmp_path: Path) -> None:
    settings, heard = settings_with(tmp_path), []
    with open_store(tmp_path / "state", now=NOON) as store:

        def broken(text: str) -> None:
            raise subprocess.TimeoutExpired("tell-me", 30)

        assert tell(store, settings, READY, broken) == 0
        assert tell(store, settings, READY, heard.append) == 1
        assert tell(store, settings, READY, heard.append) == 0
    assert heard == ["A draft waits for you in Drafts: mailwatch status"]


def test_what_was_said_long_ago_is_forgotten(tmp_path: Path) -> None:
    with open_store(tmp_path / "state", now=NOON) as store:
        store.state.set_told({"old": NOON - timedelta(days=121), "new": NOON - timedelta(days=100)})
        tell(store, settings_with(tmp_path), READY, lambda _text: None)
        assert "old" not in store.state.told()
        assert len(store.state.told()) == 2


def detailed(tmp_path: Path, recipient: object) -> str:
    settings, heard = settings_with(tmp_path), []
    loud = replace(settings, notify=NotifySettings(detail=True))
    found = plan(acme(interviews=()), at=NOON, decisions=(letter(recipient, Standing.DRAFT_READY),))
    with open_store(tmp_path / "state", now=NOON) as store:
        tell(store, loud, found, heard.append)
    return heard[0]


def test_names_are_told_only_on_request_and_cleaned(tmp_path: Path) -> None:
    assert detailed(tmp_path, replace(ANA, name="Ana\x1b[2J\u202eRuiz")).endswith(
        "thank-you to Ana\\u001b[2J\\u202eRuiz"
    )


def test_the_text_goes_to_the_programs_input_and_no_shell_reads_it(tmp_path: Path) -> None:
    target = tmp_path / "heard"
    teller = teller_for(NotifySettings(command=("tee", str(target))))
    teller("$(touch evil); `touch evil`")
    assert target.read_text() == "$(touch evil); `touch evil`\n"
    assert not Path("evil").exists()


def test_a_program_that_fails_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        teller_for(NotifySettings(command=("false",)))("x")


def test_the_desktop_is_told_when_its_package_is_there(monkeypatch) -> None:
    heard = []

    class Desktop:
        def __init__(self, app_name: str) -> None:
            heard.append(app_name)

        async def send(self, *, title: str, message: str) -> None:
            heard.extend([title, message])

    module = ModuleType("desktop_notifier")
    module.DesktopNotifier = Desktop  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "desktop_notifier", module)
    teller_for(NotifySettings(desktop=True))("One\nTwo")
    assert heard == ["mailwatch", "One", "Two"]
    monkeypatch.setitem(sys.modules, "desktop_notifier", None)
    with pytest.raises(RuntimeError, match=r"mailwatch\[desktop\]"):
        teller_for(NotifySettings(desktop=True))("One")


def test_an_account_that_waits_for_a_sign_in_is_told(tmp_path: Path) -> None:
    heard: list[str] = []
    with open_store(tmp_path / "state", now=NOON) as store:
        store.state.set_problems((Problem("work", "sign-in", "refused"), Problem("home", "transient", "away")), NOON)
        quiet = plan(acme(interviews=()), at=NOON)
        tell(store, settings_with(tmp_path), quiet, heard.append)
    assert [text.rpartition("mailwatch ")[2] for text in heard] == ["auth login work"]
