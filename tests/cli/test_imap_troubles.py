"""An IMAP account in trouble, from the command line: one clear line, the right exit code, the other account goes on,
and a server that refuses has a minute's peace."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from mailwatch.auth import imap_server
from mailwatch.backends.imap import Server
from mailwatch.cli.entry import run
from tests.backends.mails import NOW, mail
from tests.cli.test_running import make_maildir
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Fault, Proxy
from tests.servers.scripted_imap import Script, scripted_server

CONFIG = """
[me]
name = "Jo Berg"
addresses = ["jo@web.example", "jo@home.example"]
timezone = "Europe/Berlin"

[account.web]
backend = "imap"
email = "jo@web.example"
host = "{host}"
port = {port}
tls = "{tls}"
user = "{user}"
ca_file = "{ca_file}"

[account.web.auth]
kind = "password"
password = {{ env = "WEB_PASSWORD" }}
"""
HOME = """
[account.home]
backend = "maildir"
email = "jo@home.example"
path = "{path}"
"""


@dataclass
class Household:
    """Two accounts: one on a server, one in files. `look` runs mailwatch so many seconds after noon."""

    folder: Path
    settings: dict[str, Any]
    capsys: pytest.CaptureFixture[str]
    alone: bool = False

    def look(self, seconds: int = 0) -> dict[str, Any]:
        text = CONFIG.format(**self.settings) + ("" if self.alone else HOME.format(path=self.folder / "Mail"))
        config = self.folder / "config.toml"
        config.write_text(text)
        config.chmod(0o600)
        self.capsys.readouterr()
        now = f"2026-11-24T12:{seconds // 60:02}:{seconds % 60:02}+00:00"
        code = run(["-c", str(config), "--now", now, "--json", "run"])
        captured = self.capsys.readouterr()
        assert "Traceback" not in captured.err
        told: dict[str, Any] = json.loads(captured.out)
        assert told["exit_code"] == code
        return told


@pytest.fixture
def household(
    dovecot: Dovecot,
    authority: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Household:
    make_maildir(tmp_path)
    user = dovecot.new_user()
    hands = IMAPClient(dovecot.host, dovecot.port, ssl=False)
    hands.login(user, dovecot.password)
    for name in ("Sent", "Drafts"):
        hands.create_folder(name)
    for number in range(5):
        hands.append("INBOX", mail(number, text="word " * 4_000), msg_time=NOW)
    hands.logout()
    monkeypatch.setenv("MAILWATCH_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("WEB_PASSWORD", dovecot.password)
    monkeypatch.setattr(imap_server, "Server", partial(Server, timeout=0.7))
    settings = {
        "host": "127.0.0.1",
        "port": dovecot.tls_port,
        "tls": "implicit",
        "user": user,
        "ca_file": authority[0],
    }
    return Household(tmp_path, settings, capsys)


def the_line(told: dict[str, Any]) -> dict[str, Any]:
    """The one line about the server."""
    (found,) = [problem for problem in told["problems"] if problem["name"] == "web"]
    assert "\n" not in found["message"]
    return found  # type: ignore[no-any-return]


def reach(told: dict[str, Any]) -> dict[str, bool]:
    return {account["name"]: account["complete"] for account in told["accounts"]}


def test_all_is_well(household: Household) -> None:
    told = household.look()
    assert (told["exit_code"], told["problems"], reach(told)) == (0, [], {"web": True, "home": True})


Trouble = Callable[[Household, Proxy, pytest.MonkeyPatch], None]


def wrong_password(_: Household, __: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_PASSWORD", "wrong")


def nobody_there(household: Household, _: Proxy, __: pytest.MonkeyPatch) -> None:
    household.settings["port"] = 1


def no_such_name(household: Household, _: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, *_: Any, **__: Any) -> Any:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", unknown)


def unknown_certificate(household: Household, _: Proxy, __: pytest.MonkeyPatch) -> None:
    household.settings["ca_file"] = ""


def certificate_for_another_name(household: Household, _: Proxy, __: pytest.MonkeyPatch) -> None:
    household.settings["host"] = "localhost"


def clear_text(household: Household, proxy: Proxy, _: pytest.MonkeyPatch) -> None:
    proxy.fault = Fault(cut_after=1)


def refused(_: Household, proxy: Proxy, __: pytest.MonkeyPatch) -> None:
    proxy.fault = Fault(refuse=True)


def says_nothing(_: Household, proxy: Proxy, __: pytest.MonkeyPatch) -> None:
    proxy.fault = Fault(hang=True)


def cut_in_the_middle(_: Household, proxy: Proxy, __: pytest.MonkeyPatch) -> None:
    proxy.fault = Fault(cut_after=60_000)


def drips(_: Household, proxy: Proxy, __: pytest.MonkeyPatch) -> None:
    proxy.fault = Fault(delay=1.0)


REFUSING = [
    (wrong_password, 4, "refused the sign-in of web"),
    (unknown_certificate, 1, "certificate of 127.0.0.1 can't be trusted"),
    (certificate_for_another_name, 1, "certificate of localhost can't be trusted"),
    (clear_text, 1, "No secure connection to 127.0.0.1"),
    (refused, 1, "127.0.0.1 can't be reached"),
    (says_nothing, 1, "127.0.0.1 does not answer"),
    (drips, 1, "127.0.0.1 does not answer"),
]
OTHERS = [
    (nobody_there, 1, "127.0.0.1 can't be reached"),
    (no_such_name, 1, "127.0.0.1 can't be reached (Name or service not known)"),
    (cut_in_the_middle, 1, "127.0.0.1 broke off the connection"),
]


@pytest.mark.scenario("S2", "S6")
@pytest.mark.parametrize(("trouble", "code", "says"), REFUSING + OTHERS)
def test_trouble_with_a_server_is_one_line_the_other_account_goes_on_and_who_refuses_has_a_minutes_peace(
    household: Household, monkeypatch: pytest.MonkeyPatch, trouble: Trouble, code: int, says: str
) -> None:
    with Proxy(household.settings["port"]) as proxy:
        household.settings["port"] = proxy.port
        trouble(household, proxy, monkeypatch)
        told = household.look()
        assert (told["exit_code"], reach(told)) == (5, {"web": False, "home": True})
        assert says in the_line(told)["message"]
        household.alone = True
        patient = trouble in {each for each, *_ in REFUSING}
        for seconds, connections in ((10, 1), (59, 1), (61, 2)) if patient else ((200, None),):
            told = household.look(seconds)
            assert (told["exit_code"], says in the_line(told)["message"]) == (code, True)
            assert connections in (None, proxy.counts.connections)


def test_a_literal_that_breaks_off_is_one_line_and_nothing_is_lost(household: Household) -> None:
    with Proxy(household.settings["port"]) as proxy:
        household.settings["port"] = proxy.port
        known = 0
        for cut in range(4_000, 24_000, 2_500):
            proxy.fault = Fault(cut_after=cut)
            told = household.look(cut // 40)
            known += next(account["new"] for account in told["accounts"] if account["name"] == "web")
        proxy.fault = Fault()
        told = household.look(700)
    assert (told["exit_code"], reach(told)["web"]) == (0, True)
    assert known + next(account["new"] for account in told["accounts"] if account["name"] == "web") == 5


def test_the_status_says_until_when_a_server_is_left_alone(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB_PASSWORD", "wrong")
    household.look()
    for seconds, left_alone in (("00:59", True), ("01:01", False)):
        run(
            [
                "-c",
                str(household.folder / "config.toml"),
                "--now",
                f"2026-11-24T12:{seconds}+00:00",
                "status",
                "--all",
            ]
        )
        told = " ".join(household.capsys.readouterr().out.split())
        assert ("refused the sign-in of web; left alone until 13:01:00" in told) is left_alone


def test_a_password_that_is_not_there_is_no_reason_to_wait(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = os.environ["WEB_PASSWORD"]
    monkeypatch.delenv("WEB_PASSWORD")
    told = household.look()
    assert (told["exit_code"], the_line(told)["kind"]) == (5, "sign-in")
    monkeypatch.setenv("WEB_PASSWORD", password)
    assert household.look(1)["exit_code"] == 0


@pytest.mark.parametrize(
    "greeting", [b"* OK [CAPABILITY IMAP4rev1] ready\r\n", b"* PREAUTH [CAPABILITY IMAP4rev1] in\r\n"]
)
def test_a_server_without_a_secure_connection_is_told_nothing(household: Household, greeting: bytes) -> None:
    with scripted_server(Script(greeting)) as script:
        household.settings |= {"port": script.port, "tls": "starttls"}
        for seconds in (0, 30):
            assert "secure" in the_line(household.look(seconds))["message"]
        assert script.connections == 1
    assert not any(words.startswith((b"LOGIN", b"AUTHENTICATE")) for words in script.asked)
