"""Calendars sign in with their account, by themselves, or not at all; and addresses of feeds are secrets too."""

from __future__ import annotations

import io
import json
import sys
from contextlib import closing
from pathlib import Path

import pytest
import requests

from mailwatch.accounts import desk_for, open_accounts
from mailwatch.auth import secret_of
from mailwatch.auth.dav import basic, caldav_door, caldav_start
from mailwatch.auth.dav_signing import authorization, user_of
from mailwatch.cli.entry import run
from mailwatch.config import load_settings
from mailwatch.errors import AuthError, ConfigError
from mailwatch.sandbox import InlineParser
from tests.backends.calendar_contract import HOUR, listed
from tests.backends.events import END, HEAD, vevent
from tests.backends.mails import NOW
from tests.servers.caldav import PASSWORD, running_radicale
from tests.servers.recording import Told, recording_server

KEY = "0" * 64


@pytest.fixture(scope="module")
def radicale():
    with running_radicale() as server:
        yield server


@pytest.fixture
def user(radicale):
    """A user with one event in a calendar."""
    name = radicale.new_user()
    with requests.Session() as hands:
        hands.auth = (name, PASSWORD)
        assert hands.request("MKCALENDAR", f"{radicale.root}{name}/jobs/").ok
        event = HEAD + vevent("a", NOW + HOUR) + END
        headers = {"Content-Type": "text/calendar"}
        assert hands.put(f"{radicale.root}{name}/jobs/a.ics", data=event.encode(), headers=headers).ok
    return name


class Home:
    """A configuration, its state, and the command line on both."""

    def __init__(self, folder: Path, capsys, monkeypatch):
        self.config = folder / "config.toml"
        self.state = folder / "state"
        self._capsys, self._monkeypatch = capsys, monkeypatch
        monkeypatch.setenv("MAILWATCH_STATE", str(self.state))
        monkeypatch.setenv("KEY", KEY)

    def write(self, text):
        head = '[me]\nname = "Jordan Reyes"\n[secrets]\nkey = { env = "KEY" }\n'
        self.config.write_text(head + text, "utf-8")
        self.config.chmod(0o600)

    def call(self, *arguments, typed=""):
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        self._capsys.readouterr()
        code = run(["-c", str(self.config), *arguments])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    @property
    def settings(self):
        return load_settings(self.config, None, {})

    @property
    def desk(self):
        return desk_for(self.settings)

    def events(self):
        """UIDs in the one calendar of the configuration."""
        with closing(open_accounts(self.settings, InlineParser())) as opened:
            return {event.uid for event in listed(opened.calendars[0].backend)[0].values()}


@pytest.fixture
def home(tmp_path, capsys, monkeypatch):
    return Home(tmp_path, capsys, monkeypatch)


IMAP = '[account.mail]\nbackend = "imap"\nemail = "jordan@example.com"\nhost = "127.0.0.1"\n'
MAIL = '[account.local]\nbackend = "maildir"\nemail = "jordan@local.example"\npath = "Mail"\n'


def test_a_calendar_signs_in_with_the_password_of_its_account(home, radicale, user):
    home.write(
        IMAP + f'user = "{user}"\n[calendar.jobs]\nbackend = "caldav"\naccount = "mail"\nurl = "{radicale.root}"\n'
    )
    with pytest.raises(AuthError, match="No password is kept") as caught:
        home.events()
    assert caught.value.next_step == "mailwatch auth login mail"
    home.desk.vault.put("account.mail.password", PASSWORD)
    assert home.events() == {"a"}
    code, _, err = home.call("auth", "login", "jobs")
    assert code == 3
    assert "mailwatch auth login mail" in err


def test_a_calendar_can_sign_in_by_itself(home, radicale, user):
    home.write(MAIL + f'[calendar.jobs]\nbackend = "caldav"\nurl = "{radicale.root}"\nuser = "{user}"\n')
    with pytest.raises(AuthError, match="No password is kept") as caught:
        home.events()
    assert caught.value.next_step == "mailwatch auth login calendar.jobs"
    code, _, err = home.call("auth", "login", "calendar.jobs", "--stdin", typed="wrong")
    assert code == 4
    assert "refused" in err
    code, out, err = home.call("auth", "login", "jobs", "--stdin", typed=PASSWORD)
    assert code == 0, err
    assert f"as {user} at 127.0.0.1" in out
    assert home.events() == {"a"}
    code, out, _ = home.call("--json", "auth", "status")
    (account,) = json.loads(out)["accounts"]
    assert (code, account["account"], account["signed_in"]) == (0, "calendar.jobs", True)
    home.call("auth", "logout", "jobs")
    assert home.desk.vault.names() == ()


def test_a_password_in_the_configuration_serves_a_calendar_too(home, radicale, user):
    auth = f'[calendar.jobs.auth]\nkind = "password"\npassword = "{PASSWORD}"\n'
    home.write(MAIL + f'[calendar.jobs]\nbackend = "caldav"\nurl = "{radicale.root}"\nuser = "{user}"\n{auth}')
    assert home.events() == {"a"}


def test_a_calendar_without_user_and_account_signs_nothing(home):
    home.write(MAIL + '[calendar.jobs]\nbackend = "caldav"\nurl = "http://127.0.0.1:1/"\n')
    (calendar,) = home.settings.calendars
    assert authorization(calendar, None, home.desk)(False) == ""


def test_the_server_is_the_configured_one_else_the_providers_else_that_of_the_domain(home):
    text = '[account.{0}]\nbackend = "imap"\nemail = "jordan@{1}"\n{2}[calendar.{0}]\nbackend = "caldav"\naccount = "{0}"\n'
    own = 'host = "imap.reyes.example"\nuser = "jr"\n'
    home.write(
        text.format("a", "icloud.com", "") + text.format("b", "reyes.example", own) + text.format("c", "gmx.de", "")
    )
    found = {
        calendar.name: (caldav_start(calendar, account), user_of(calendar, account))
        for calendar, account in zip(home.settings.calendars, home.settings.accounts, strict=True)
    }
    assert found["a"] == ("https://caldav.icloud.com/", "jordan@icloud.com")
    assert found["b"] == ("reyes.example", "jr")
    assert found["c"][0].startswith("https://caldav.gmx.net")


def test_a_name_and_password_beyond_ascii_are_sent_as_utf_8():
    assert basic("jörg", "päss:wörd") == "Basic asO2cmc6cMOkc3M6d8O2cmQ="


def test_a_calendar_of_an_account_with_tokens_sends_them(home, monkeypatch):
    home.write('[account.g]\nbackend = "imap"\nprovider = "gmail"\nemail = "j@gmail.com"\n[account.g.auth]\nkind = "oauth"\n'
               '[calendar.g]\nbackend = "caldav"\naccount = "g"\nurl = "https://apidata.googleusercontent.com/caldav/v2/"\n')  # fmt: skip
    monkeypatch.setattr("mailwatch.auth.kinds._KINDS", {"google": lambda account, desk: Tokens()})
    (calendar,), (account,) = home.settings.calendars, home.settings.accounts
    header = authorization(calendar, account, home.desk)
    assert (header(False), header(True)) == ("Bearer old", "Bearer new")
    assert caldav_door(calendar, account, header).name == "g"


class Tokens:
    """A sign-in in the browser, long since made."""

    def token(self, *, fresh=False):
        return "new" if fresh else "old"


# --- feeds ---


@pytest.fixture
def feed():
    with recording_server() as server:
        server.tell(Told(body=(HEAD + vevent("f", NOW + HOUR) + END).encode()))
        yield server


def test_the_secret_address_of_a_feed_is_tried_kept_and_never_shown(home, feed):
    address = f"{feed.url}/private-hunter2/basic.ics"
    home.write(MAIL + '[calendar.web]\nbackend = "ics"\nsecret_url = { keyring = true }\n')
    with pytest.raises(AuthError, match="No address is kept") as caught:
        home.events()
    assert caught.value.next_step == "mailwatch auth login calendar.web"
    code, out, err = home.call("auth", "login", "web", "--stdin", typed=address + "\n")
    assert code == 0, err
    assert "hunter2" not in out + err
    assert home.events() == {"f"}
    assert home.call("auth", "status")[1].startswith("calendar.web  address, 127.0.0.1: signed in since")
    with closing(open_accounts(home.settings, InlineParser())) as opened:
        assert "hunter2" not in repr(opened.calendars[0].backend._source)
    assert home.call("auth", "logout", "web")[1] == "Signed out of web.\n"


@pytest.mark.parametrize("told", [Told(body=b"<html>"), Told(404)])
def test_an_address_that_leads_to_no_calendar_is_not_kept(home, feed, told):
    home.write(MAIL + '[calendar.web]\nbackend = "ics"\nsecret_url = { keyring = true }\n')
    feed.tell(told)
    code, _, err = home.call("auth", "login", "web", "--stdin", typed=f"{feed.url}/x")
    assert code == 1
    assert "no calendar" in err or "no longer leads" in err
    assert home.desk.vault.names() == ()


def test_a_calendar_without_a_secret_has_none(home):
    home.write(MAIL + '[calendar.own]\nbackend = "ics"\npath = "own.ics"\n')
    with pytest.raises(ConfigError, match="no secret of its own"):
        secret_of(home.settings.calendars[0], home.desk)
    assert home.call("auth", "login", "own")[0] == 3
