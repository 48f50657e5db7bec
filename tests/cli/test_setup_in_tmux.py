"""Set-up as a person meets it: in a terminal, questions answered by typing, up to the first draft in the mailbox."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from tests.needed import needed
from tests.servers.caldav import DavServer, running_radicale
from tests.servers.dovecot import PASSWORD, Dovecot, Setup, need_dovecot, running_dovecot

PATIENCE = 40.0


@pytest.fixture(scope="module")
def server(authority: tuple[Path, Path]) -> Iterator[Dovecot]:
    needed("tmux")
    need_dovecot()
    with running_dovecot(Setup(tls=authority[1], special_use=False)) as running:
        yield running


@pytest.fixture(scope="module")
def radicale() -> Iterator[DavServer]:
    with running_radicale() as running:
        yield running


class Screen:
    """A terminal of tmux's own server, 100 by 40, with one program in it."""

    def __init__(self, folder: Path, command: list[str], environment: dict[str, str]) -> None:
        self._tmux = ["tmux", "-S", str(folder / "tmux"), "-f", "/dev/null"]
        given = [f"{name}={value}" for name, value in environment.items()]
        line = shlex.join(["env", *given, *command]) + f"; echo $? > {folder / 'code'}; sleep 600"
        self._run("new-session", "-d", "-x", "100", "-y", "40", line)
        self.folder = folder

    def _run(self, *words: str) -> str:
        return subprocess.run([*self._tmux, *words], check=True, capture_output=True, text=True).stdout

    def text(self) -> str:
        return self._run("capture-pane", "-p", "-J", "-S", "-200")

    def waits_for(self, pattern: str) -> str:
        """Wait until the words stand below what was typed last."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if re.search(pattern, shown := self.text()):
                return shown
            time.sleep(0.05)
        raise AssertionError(f"{pattern} never came:\n{self.text()}")

    def answers(self, question: str, answer: str) -> None:
        self.waits_for(question)
        self._run("send-keys", "-l", answer)
        self._run("send-keys", "Enter")

    def code(self) -> int:
        end = time.monotonic() + PATIENCE
        while not (path := self.folder / "code").exists() or not path.read_text().strip():
            assert time.monotonic() < end, self.text()
            time.sleep(0.05)
        return int(path.read_text())

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)


@pytest.fixture
def options(request: pytest.FixtureRequest, authority: tuple[Path, Path]) -> list[str]:
    """What the command line says besides the server's port and the user."""
    return getattr(request, "param", ["--host", "127.0.0.1", "--ca-file", str(authority[0])])


@pytest.fixture
def screen(server: Dovecot, options: list[str], tmp_path: Path) -> Iterator[tuple[Screen, str, Path]]:
    """`mailwatch` without a configuration, on a machine whose only network is the mail server."""
    user = server.new_user()
    config = tmp_path / "config.toml"
    environment = {
        "HOME": str(tmp_path),
        "MAILWATCH_CONFIG": str(config),
        "MAILWATCH_STATE": str(tmp_path / "state"),
        "KEY": "0" * 64,
        "TZ": "UTC",
        "LANG": "C.UTF-8",
    }
    command = [sys.executable, "-m", "mailwatch", "setup", "--port", str(server.tls_port)]
    command += ["--user", user, "--key", "env:KEY", *options]
    made = Screen(tmp_path, command, environment)
    yield made, user, config
    made.close()


STAMP = "%Y%m%dT%H%M%SZ"


def interview(now: datetime) -> str:
    """An interview that ended two hours ago, as it stands in a calendar."""
    start = now - timedelta(hours=3)
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:talk-1@acme.example\r\n"
        f"DTSTAMP:{start:{STAMP}}\r\nDTSTART:{start:{STAMP}}\r\nDTEND:{start + timedelta(hours=1):{STAMP}}\r\n"
        "SUMMARY:Interview: Jo Park - Data Engineer\r\nORGANIZER;CN=Rita Ek:mailto:rita.ek@acme.example\r\n"
        "ATTENDEE;CN=Rita Ek;PARTSTAT=ACCEPTED:mailto:rita.ek@acme.example\r\n"
        "ATTENDEE;CN=Jo Park;PARTSTAT=ACCEPTED:mailto:jo@home.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def announcement(now: datetime) -> bytes:
    """The mail of the day before."""
    return (
        "From: Rita Ek <rita.ek@acme.example>\r\nTo: Jo Park <jo@home.example>\r\n"
        f"Subject: Tomorrow\r\nDate: {now - timedelta(days=1):%a, %d %b %Y %H:%M:%S +0000}\r\n"
        "Message-ID: <invite-1@acme.example>\r\n\r\n"
        "Hi Jo,\r\n\r\nI look forward to our interview for the Data Engineer position tomorrow.\r\n\r\nBest,\r\nRita Ek\r\n"
        "Engineering Manager, Acme\r\n"
    ).encode()


def stands_in_calendar(radicale: DavServer, event: str) -> str:
    """The user of a calendar with this one event."""
    name = radicale.new_user()
    with requests.Session() as hands:
        hands.auth = (name, radicale.password)
        assert hands.request("MKCALENDAR", f"{radicale.root}{name}/jobs/").ok
        headers = {"Content-Type": "text/calendar"}
        assert hands.put(f"{radicale.root}{name}/jobs/a.ics", data=event.encode(), headers=headers).ok
    return name


def arrives(server: Dovecot, user: str, raw: bytes) -> None:
    command = ["doveadm", "-c", str(server.folder / "dovecot.conf"), "save", "-u", user, "-m", "INBOX"]
    subprocess.run(command, input=raw, check=True, capture_output=True)


def drafts(server: Dovecot, user: str, folder: str = "Drafts") -> str:
    return server.doveadm("fetch", "-u", user, "hdr text", "mailbox", folder, "all")


@pytest.fixture
def options_with_a_calendar(options: list[str]) -> None:
    options.append("--calendar")


@pytest.mark.usefixtures("options_with_a_calendar")
def test_from_nothing_to_the_first_draft_by_answering_questions(screen, server: Dovecot, radicale: DavServer) -> None:
    terminal, user, config = screen
    for name in ("Drafts", "Sent"):
        server.doveadm("mailbox", "create", "-u", user, name)
    now = datetime.now(UTC)  # noqa: TID251 - the program that is started reads the real clock
    arrives(server, user, announcement(now))
    own = stands_in_calendar(radicale, interview(now))
    began = time.monotonic()
    terminal.answers("Your e-mail address", "jo@home.example")
    terminal.answers("Your name", "Jo Park")
    terminal.answers("Password for jo@home.example", "wrong")
    terminal.answers(r"refused the sign-in[\s\S]*Password for jo@home.example", PASSWORD)
    terminal.answers("from an employer", "n")
    terminal.answers("Save drafts in this mailbox", "y")
    terminal.answers(r"3  a CalDAV server[\s\S]*Which one", "3")
    terminal.answers("Its address", radicale.root)
    terminal.answers("take the sign-in of jo@home.example", "n")
    terminal.answers("Your sign-in name there", own)
    terminal.answers("Password for user", radicale.password)
    terminal.answers(rf"Found {own}/jobs[\s\S]*Nothing is saved before you say so[\s\S]*Hi Rita[\s\S]*\[s\]ave", "s")
    assert terminal.code() == 0
    shown = terminal.text()
    assert PASSWORD not in shown
    assert radicale.password not in shown
    assert "DRAFT READY" in shown
    assert "To: Rita Ek <rita.ek@acme.example>" in drafts(server, user).replace("\r", "")
    assert config.stat().st_mode & 0o777 == 0o600
    assert time.monotonic() - began < 300


@pytest.mark.parametrize("options", [["--host", "no-such-host.invalid"]], indirect=True)
def test_a_wrong_host_is_asked_for_again_and_a_strange_certificate_is_never_accepted(screen) -> None:
    terminal, _, config = screen
    terminal.answers("Your e-mail address", "jo@home.example")
    terminal.answers("Your name", "Jo Park")
    terminal.answers("Password for", PASSWORD)
    terminal.answers(r"can't be reached[\s\S]*The IMAP server's name", "127.0.0.1")
    terminal.answers(r"name[\s\S]*Password for[\s\S]*Password for", PASSWORD)
    terminal.answers(r"certificate[\s\S]*The IMAP server's name", "")
    terminal.answers(r"certificate[\s\S]*Password for", PASSWORD)
    assert terminal.code() == 1
    assert "as ca_file" in terminal.text()
    assert not config.exists()


def test_without_a_drafts_folder_the_user_chooses_another_and_none_is_made(screen, server: Dovecot) -> None:
    terminal, user, config = screen
    for name in ("Notes", "Sent"):
        server.doveadm("mailbox", "create", "-u", user, name)
    terminal.answers("Your e-mail address", "jo@home.example")
    terminal.answers("Your name", "Jo Park")
    terminal.answers("Password for", PASSWORD)
    terminal.answers(r"Which folder is your Drafts\?[\s\S]*1  Notes[\s\S]*Which one", "")
    terminal.answers("from an employer", "n")
    terminal.answers("Save drafts in this mailbox", "n")
    assert terminal.code() == 0
    assert 'drafts = "Notes"' in config.read_text()
    assert "Drafts" not in server.doveadm("mailbox", "list", "-u", user)


def test_between_two_drafts_folders_the_user_chooses_by_number(screen, server: Dovecot) -> None:
    terminal, user, config = screen
    for name in ("Drafts", "Brouillons", "Sent"):
        server.doveadm("mailbox", "create", "-u", user, name)
    terminal.answers("Your e-mail address", "not an address")
    terminal.answers(r"is no e-mail address[\s\S]*Your e-mail address", "jo@home.example")
    terminal.answers("Your name", "Jo Park")
    terminal.answers("Password for", PASSWORD)
    terminal.answers(r"Which folder is your Drafts\?[\s\S]*Brouillons[\s\S]*Which one", "2")
    terminal.answers("from an employer", "y")
    terminal.answers(r"Your employer can read drafts here[\s\S]*Save drafts in this mailbox", "")
    assert terminal.code() == 0
    written = config.read_text()
    assert 'drafts = "Brouillons"' in written
    assert "create = false" in written
