"""`setup` on a real server and on folders: what works is written, what does not is said, and nothing is written before it works."""

from __future__ import annotations

import io
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from mailwatch.cli.entry import run
from mailwatch.core.model import SpecialUse
from tests.servers.caldav import DavServer, running_radicale
from tests.servers.dovecot import PASSWORD, Dovecot, Setup, need_dovecot, running_dovecot
from tests.servers.recording import Recording, Told, recording_server

DRAFTS = SpecialUse.DRAFTS


@pytest.fixture(scope="module")
def server(authority: tuple[Path, Path]) -> Iterator[Dovecot]:
    need_dovecot()
    with running_dovecot(Setup(tls=authority[1], special_use=False)) as running:
        yield running


@dataclass
class Machine:
    """A user's machine with nothing on it, and a mailbox on a server."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    server: Dovecot
    user: str
    ca_file: Path

    @property
    def config(self) -> Path:
        return self.folder / "config" / "config.toml"

    def call(self, *words: str, typed: str = "") -> tuple[int, str, str]:
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        self.capsys.readouterr()
        code = run(["--no-input", "setup", *words])
        return (code, *self.capsys.readouterr())

    def on_server(self, *more: str, typed: str = PASSWORD + "\n", **changes: str) -> tuple[int, str, str]:
        options = {
            "email": f"{self.user}@home.example",
            "name": "Jo Park",
            "host": "127.0.0.1",
            "port": str(self.server.tls_port),
            "user": self.user,
            "ca-file": str(self.ca_file),
            "password": "stdin",
            "key": "env:KEY",
            **changes,
        }
        words = [word for key, value in options.items() if value for word in (f"--{key}", value)]
        return self.call(*words, "--no-first-look", *more, typed=typed)

    def has_folders(self, *names: str) -> None:
        for name in names:
            self.server.doveadm("mailbox", "create", "-u", self.user, name)

    def written(self) -> dict[str, dict]:
        return tomllib.loads(self.config.read_text("utf-8"))


@pytest.fixture
def machine(
    server: Dovecot, authority: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> Machine:
    made = Machine(tmp_path, capsys, monkeypatch, server, server.new_user(), authority[0])
    monkeypatch.setenv("MAILWATCH_CONFIG", str(made.config))
    monkeypatch.setenv("MAILWATCH_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("KEY", "0" * 64)
    return made


def test_a_sign_in_that_works_is_written_and_the_password_is_not(machine: Machine) -> None:
    machine.has_folders("Drafts", "Sent")
    code, out, err = machine.on_server()
    assert (code, out) == (0, ""), err
    account = machine.written()["account"]["home"]
    assert account["host"] == "127.0.0.1"
    assert account["auth"] == {"kind": "password", "password": {"keyring": True}}
    assert "drafts" not in account
    assert PASSWORD not in machine.config.read_text() + err
    assert machine.config.stat().st_mode & 0o777 == 0o600
    assert machine.config.parent.stat().st_mode & 0o777 == 0o700
    assert run(["auth", "status"]) == 0


def test_a_wrong_password_a_wrong_host_and_a_strange_certificate_write_nothing(machine: Machine) -> None:
    machine.has_folders("Drafts", "Sent")
    code, _, err = machine.on_server(typed="wrong\n")
    assert code == 4
    assert "nothing was written; many providers want an app password here" in err
    assert "[account." not in err, "there is no configuration yet"
    code, _, err = machine.on_server(host="localhost", port="1")
    assert code == 1
    assert "can't be reached" in err
    code, _, err = machine.on_server(**{"ca-file": ""})
    assert code == 1
    assert "certificate" in err
    assert not machine.config.exists()


def test_without_a_drafts_folder_the_user_is_asked_for_one_and_none_is_made(machine: Machine) -> None:
    machine.has_folders("Sent", "Notes")
    code, _, err = machine.on_server()
    assert code == 2
    assert "mailwatch creates none" in err
    assert "Notes" in err
    assert not machine.config.exists()
    assert machine.on_server("--drafts", "Notes")[0] == 0
    assert machine.written()["account"]["home"]["drafts"] == "Notes"
    assert "Drafts" not in machine.server.doveadm("mailbox", "list", "-u", machine.user)


def test_a_mailbox_with_nothing_but_an_inbox_is_told_what_it_lacks(machine: Machine) -> None:
    code, _, err = machine.on_server()
    assert code == 2
    assert "make one called Drafts in your mail program, then again" in err


def test_two_folders_that_might_be_drafts_are_both_named(machine: Machine) -> None:
    machine.has_folders("Sent", "Drafts", "Brouillons")
    code, _, err = machine.on_server()
    assert code == 2
    assert "Drafts, Brouillons" in err


def test_a_second_run_brings_the_account_up_to_date_and_keeps_comments(machine: Machine) -> None:
    machine.has_folders("Drafts", "Sent")
    machine.on_server()
    machine.config.write_text(machine.config.read_text() + "\n# mine\n")
    assert machine.on_server("--tell", "--notify")[0] == 0
    assert list(machine.written()["account"]) == ["home"]
    assert machine.written()["drafts"] == {"create": False}
    assert machine.written()["notify"] == {"desktop": True}
    assert "# mine" in machine.config.read_text()


def test_mail_on_this_computer_needs_no_sign_in_and_gets_its_first_look(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    for name in ("Mail", "Mail/.Drafts", "Mail/.Sent"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / name / part).mkdir(parents=True)
    (tmp_path / "plans.ics").write_text("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n")
    words = ("--email", "jo@home.example", "--name", "Jo", "--path", str(tmp_path / "Mail"))
    code, out, err = machine.call(*words, "--calendar", str(tmp_path / "plans.ics"))
    assert code == 0, err
    assert "seconds for most mailboxes" in err
    assert "mail: listing mail\n" in err
    assert "1 of 1 account ok" in out
    assert machine.written()["calendar"]["calendar"]["path"] == str(tmp_path / "plans.ics")
    assert "read as UTC" not in err
    monkeypatch.setenv("TZ", "UTC")
    code, out, err = machine.call("--email", "jo@home.example", "--name", "Jo", "--path", str(tmp_path / "Mail"))
    assert "No interview found so far." in out
    assert "a time in a mail that names no zone is read as UTC" in err
    assert list(machine.written()["account"]) == ["mail"], "brought up to date, not added"


FEED = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def feed(authority: tuple[Path, Path]) -> Iterator[Recording]:
    with recording_server(authority[1]) as serving:
        serving.tell(Told(body=FEED, headers={"Content-Type": "text/calendar"}))
        yield serving


@pytest.fixture(scope="module")
def radicale() -> Iterator[DavServer]:
    with running_radicale() as serving:
        yield serving


def test_the_secret_address_of_a_feed_is_tried_and_kept_among_the_secrets(machine: Machine, feed: Recording) -> None:
    machine.has_folders("Drafts", "Sent")
    machine.on_server()
    address = f"{feed.url}/private-0123456789abcdef/basic.ics"
    code, out, err = machine.call("--calendar", address, "--ca-file", str(machine.ca_file), "--no-first-look")
    assert (code, out) == (0, ""), err
    assert machine.written()["calendar"]["calendar"]["secret_url"] == {"keyring": True}
    for path in machine.folder.rglob("*"):
        assert path.is_dir() or b"0123456789abcdef" not in path.read_bytes(), path
    assert "0123456789abcdef" not in err
    assert run(["run"]) == 0
    assert len(feed.asked) >= 2


def test_an_address_that_leads_to_no_calendar_is_not_kept(machine: Machine, feed: Recording) -> None:
    machine.has_folders("Drafts", "Sent")
    machine.on_server()
    feed.tell(Told(body=b"<html>Sign in</html>"))
    code, _, err = machine.call("--calendar", f"{feed.url}/me.ics", "--ca-file", str(machine.ca_file))
    assert code == 1
    assert "no calendar" in err
    assert "calendar" not in machine.written()


def test_a_caldav_server_with_a_sign_in_of_its_own_is_read_before_it_is_written(
    machine: Machine, radicale: DavServer
) -> None:
    machine.has_folders("Drafts", "Sent")
    machine.on_server()
    user = radicale.new_user()
    with requests.Session() as hands:
        hands.auth = (user, radicale.password)
        assert hands.request("MKCALENDAR", f"{radicale.root}{user}/jobs/").ok
    words = ("--calendar", radicale.root, "--calendar-user", user, "--calendar-password", "stdin", "--no-first-look")
    assert machine.call(*words, typed="wrong\n")[0] == 4
    assert "calendar" not in machine.written()
    code, _, err = machine.call(*words, typed=radicale.password + "\n")
    assert code == 0, err
    assert f"Found {user}/jobs." in err
    written = machine.written()["calendar"]["calendar"]
    assert (written["user"], written["auth"]["password"]) == (user, {"keyring": True})
    assert radicale.password not in machine.config.read_text()
    assert run(["run"]) == 0


def test_a_password_goes_only_to_a_server_of_the_same_owner(machine: Machine) -> None:
    """Without a word from the user; a public calendar is asked for without one."""
    machine.has_folders("Drafts", "Sent")
    machine.on_server()
    with recording_server() as stranger:
        stranger.tell(Told(status=404))
        elsewhere = stranger.url.replace("127.0.0.1", "localhost")
        assert machine.call("--calendar", f"{elsewhere}/dav/")[0] == 1
    assert stranger.asked
    assert all("authorization" not in asked.headers for asked in stranger.asked)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "set-up asks questions"),
        (("--email", "nobody"), "no e-mail address"),
        (("--email", "jo@home.example"), "--name is needed"),
        (("--email", "jo@home.example", "--name", "Jo", "--provider", "nowhere"), "no provider is called nowhere"),
        (("--email", "jo@home.example", "--name", "Jo", "--path", "/nonexistent"), "there is nothing at"),
        (
            ("--email", "jo@home.example", "--name", "Jo", "--host", "h.example", "--password", "hunter2"),
            "never the secret",
        ),
        (("--email", "jo@home.example", "--name", "Jo", "--path", ".", "--calendar", "/x.ics"), "there is no calendar"),
        (("--calendar", "/nonexistent.ics"), "--email is needed"),
    ],
)
def test_an_answer_that_is_missing_or_of_no_use_is_named(machine: Machine, words: tuple[str, ...], said: str) -> None:
    code, _, err = machine.call(*words)
    assert code == 2
    assert said in err
    assert not machine.config.exists()


def test_a_file_that_is_no_toml_is_left_alone(machine: Machine) -> None:
    machine.config.parent.mkdir()
    machine.config.write_text("[me\n")
    assert machine.on_server()[0] == 3
    assert machine.config.read_text() == "[me\n"


def test_a_place_that_cannot_be_written_is_named(machine: Machine) -> None:
    machine.has_folders("Drafts", "Sent")
    machine.config.parent.write_text("a file")
    code, _, err = machine.on_server()
    assert code in {1, 3}
    assert "config" in err


def test_json_says_what_was_written(machine: Machine) -> None:
    machine.has_folders("Drafts", "Sent")
    machine.monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    options = ("--email", f"{machine.user}@home.example", "--name", "Jo", "--host", "127.0.0.1", "--user", machine.user)
    more = (
        "--port",
        str(machine.server.tls_port),
        "--ca-file",
        str(machine.ca_file),
        "--password",
        "stdin",
        "--key",
        "env:KEY",
    )
    assert run(["--json", "setup", *options, *more]) == 0
    answer = json.loads(machine.capsys.readouterr().out)
    assert (answer["command"], answer["accounts"]) == ("setup", ["home"])


def test_the_service_is_installed_on_request_and_offered_otherwise(machine: Machine, monkeypatch) -> None:
    machine.has_folders("Drafts", "Sent")
    monkeypatch.setattr("mailwatch.service.install._has_systemd", lambda _environment: False)
    code, _, err = machine.on_server("--service")
    assert code == 2
    assert "crontab -e" in err
    assert machine.config.exists()
    assert "mailwatch service install" in machine.on_server()[2]
