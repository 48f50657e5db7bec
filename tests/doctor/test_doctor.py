"""The doctor: what is in order, what is not, and what mends it; without changing anything."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailwatch.accounts import OpenAccount, OpenCalendar, Opened, desk_for
from mailwatch.auth import Desk
from mailwatch.backends.base import Capabilities, Changes
from mailwatch.backends.memory import MemoryMail, MemoryMailbox
from mailwatch.core.model import Address, Cursor
from mailwatch.doctor import Check, Level, account_checks, calendar_checks, guard_checks, machine_checks, sends
from mailwatch.doctor.google_sends import GOOGLE_SENDS
from mailwatch.doctor.graph_sends import GRAPH_SENDS
from mailwatch.errors import TransientError
from mailwatch.sandbox import InlineParser
from mailwatch.secrets import open_vault
from mailwatch.settings import AccountSettings, CalendarSettings, SecretSource, Settings
from mailwatch.store import open_store
from tests.service.settings import settings_with

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def desk(tmp_path: Path, settings: Settings) -> Desk:
    return desk_for(settings, {"MAILWATCH_STATE": str(tmp_path / "state"), "HOME": str(tmp_path)}, patience=0.1)


def on_machine(tmp_path: Path, *, now: datetime = NOW) -> dict[str, Check]:
    settings = settings_with(tmp_path)
    found = machine_checks(settings, desk(tmp_path, settings), tmp_path / "state", None, now=now)
    return {check.name: check for check in found}


def ran(tmp_path: Path, at: datetime) -> Path:
    with open_store(tmp_path / "state", now=at) as store:
        store.state.keep_run(at, json.dumps({"saved": [1, 2]}).encode())
    return tmp_path / "state" / "mailwatch.db"


def test_before_the_first_run_there_is_no_memory_and_a_command_that_makes_one(tmp_path: Path) -> None:
    found = on_machine(tmp_path)
    assert (found["memory"].level, found["memory"].fix) == (Level.WARN, "mailwatch run")
    assert found["configuration"].level is Level.OK
    assert found["secrets"].text == "none are kept"


def test_a_sound_memory_is_said_to_be_sound_and_nothing_running_by_itself_is_told(tmp_path: Path) -> None:
    ran(tmp_path, NOW - timedelta(hours=3))
    found = on_machine(tmp_path)
    assert found["database"].level is found["clock"].level is found["memory"].level is Level.OK
    assert found["service"].text == "last run 3 h ago, 2 drafts saved; nothing runs by itself"
    assert found["service"].fix == "mailwatch service install"


def test_a_damaged_database_fails_with_the_run_that_mends_it(tmp_path: Path) -> None:
    path = ran(tmp_path, NOW)
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 9] = b"\xff" * (4096 * 7)
    path.write_bytes(data)
    found = on_machine(tmp_path)["database"]
    assert (found.level, found.fix) == (Level.FAIL, "mailwatch run")


def test_a_database_that_others_can_read_fails_with_the_command_that_helps(tmp_path: Path) -> None:
    path = ran(tmp_path, NOW)
    path.chmod(0o644)
    assert on_machine(tmp_path)["memory"].fix == f"chmod 600 {path}"


def test_a_clock_that_was_set_back_is_noticed_by_a_run_from_the_future(tmp_path: Path) -> None:
    ran(tmp_path, NOW + timedelta(hours=5))
    found = on_machine(tmp_path)["clock"]
    assert (found.level, found.text) == (Level.FAIL, "the last run is 5 h in the future")


def opened(backend: object, *calendars: object) -> Opened:
    doors = tuple(OpenCalendar("plans", calendar) for calendar in calendars)
    return Opened((OpenAccount("home", "jo@home.example", backend),), doors)


def test_an_account_that_answers_is_reachable_and_one_that_does_not_says_why(tmp_path: Path) -> None:
    settings = settings_with(tmp_path)
    box = MemoryMail(MemoryMailbox("jo@home.example"), InlineParser())
    (fine,) = account_checks(settings, desk(tmp_path, settings), opened(box), now=NOW)
    assert (fine.level, fine.name) == (Level.OK, "home: mailbox")
    broken = TransientError("home", "home can't be reached.", next_step="look at the network")
    (failed,) = account_checks(settings, desk(tmp_path, settings), opened(broken), now=NOW)
    assert (failed.level, failed.fix) == (Level.FAIL, "look at the network")


class ReadOnly:
    capabilities = Capabilities(drafts=False)

    def drafts(self) -> tuple[()]:
        return ()


class Silent(ReadOnly):
    def drafts(self) -> tuple[()]:
        raise TransientError("home", "home is silent.")


def test_an_account_without_drafts_is_a_warning_and_one_that_fails_while_asked_a_failure(tmp_path: Path) -> None:
    settings = settings_with(tmp_path)
    for backend, level in ((ReadOnly(), Level.WARN), (Silent(), Level.FAIL)):
        (check,) = account_checks(settings, desk(tmp_path, settings), opened(backend), now=NOW)
        assert check.level is level


def test_an_account_that_is_not_signed_in_names_the_sign_in(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, password="{ keyring = true }")
    vault = open_vault(tmp_path / "state", SecretSource("env", ("KEY",)), {"KEY": "0" * 64})
    (check,) = account_checks(settings, Desk(vault, tmp_path / "config.toml"), None, now=NOW)
    assert (check.level, check.fix) == (Level.FAIL, "mailwatch auth login work")


class Calendar:
    name = "plans"

    def __init__(self, *problems: str, error: TransientError | None = None) -> None:
        self.problems, self.error = problems, error

    def changes(self, cursor: Cursor | None, *, window: object) -> object:
        if self.error:
            raise self.error
        yield Changes((), Cursor("c"), problems=self.problems)


@pytest.mark.parametrize(
    ("calendar", "level"),
    [
        (Calendar(), Level.OK),
        (Calendar("2 entries can't be read"), Level.WARN),
        (Calendar(error=TransientError("plans", "plans is silent.")), Level.FAIL),
        (TransientError("plans", "plans can't be opened."), Level.FAIL),
    ],
)
def test_a_calendar_is_read_a_little_and_its_problems_are_told(calendar: object, level: Level) -> None:
    (check,) = calendar_checks(opened(None, calendar), now=NOW)
    assert check.level is level


def test_every_known_way_to_send_is_refused_and_the_limits_are_said(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, password='{ env = "X" }')
    home, work = guard_checks(settings)
    assert "no server is spoken to" in home.text
    assert work.level is Level.OK
    assert work.text.startswith(f"{len(sends.IMAP_SENDS)} known ways to send were refused")
    assert "password itself" in work.text


def test_a_caldav_calendar_is_held_against_every_way_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = CalendarSettings("dav", "caldav", url="https://dav.example/")
    there = replace(
        settings_with(tmp_path), accounts=(), calendars=(calendar, CalendarSettings("own", "ics", path="x"))
    )
    (check,) = guard_checks(there)
    assert (check.name, check.level) == ("dav: cannot write", Level.OK)
    assert check.text.startswith(f"{len(sends.CALDAV_SENDS)} known ways to send were refused")
    monkeypatch.setattr(sends, "CALDAV_SENDS", (("REPORT", "/dav/"),))
    (check,) = guard_checks(there)
    assert (check.level, check.text) == (Level.FAIL, "the guard let through: REPORT")


def test_an_outlook_account_is_held_against_every_way_that_graph_has_to_send(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = replace(
        settings_with(tmp_path), accounts=(AccountSettings("office", "graph", Address("jordan@outlook.com")),)
    )
    (check,) = guard_checks(office)
    assert check.level is Level.OK
    assert check.text.startswith(f"{len(GRAPH_SENDS)} known ways to send were refused by the guard; Microsoft refuses")
    monkeypatch.setattr("mailwatch.doctor.graph_sends.GRAPH_SENDS", (("POST", "/me/messages"),))
    (check,) = guard_checks(office)
    assert (check.level, check.text) == (Level.FAIL, "the guard let through: messages")


def test_a_gmail_account_is_held_against_every_way_that_google_has_to_send(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = replace(settings_with(tmp_path), accounts=(AccountSettings("mail", "gmail", Address("jordan@gmail.com")),))
    (check,) = guard_checks(mail)
    assert check.level is Level.OK
    assert check.text.startswith(
        f"{len(GOOGLE_SENDS)} known ways to send were refused by the guard; the token itself could"
    )
    monkeypatch.setattr("mailwatch.doctor.google_sends.GOOGLE_SENDS", (("POST", "/gmail/v1/users/me/drafts"),))
    (check,) = guard_checks(mail)
    assert (check.level, check.text) == (Level.FAIL, "the guard let through: drafts")


def test_a_guard_with_a_hole_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sends, "IMAP_SENDS", (b"x1 NOOP\r\n",))
    *_, work = guard_checks(settings_with(tmp_path, password='{ env = "X" }'))
    assert (work.level, work.text) == (Level.FAIL, "the guard let through: NOOP")
