"""Signing in with a password, against a real server, at the command line."""

from __future__ import annotations

import io
import json
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mailwatch.accounts import desk_for, open_accounts
from mailwatch.auth import Desk, kind_of, secret_of, sign_in_for, token_source_for
from mailwatch.auth.locks import lock_of
from mailwatch.auth.password import SecretSignIn
from mailwatch.cli.auth_asker import Terminal
from mailwatch.cli.entry import run
from mailwatch.cli.session import Session
from mailwatch.config import load_settings
from mailwatch.errors import AuthError, ConfigError, UsageError
from mailwatch.sandbox import InlineParser
from mailwatch.secrets import open_vault
from mailwatch.settings import SecretSource, Settings
from tests.servers.dovecot import PASSWORD

NOW = "2026-11-24T09:00:00Z"
KEY = "0" * 64


@dataclass
class Home:
    """A configuration with one IMAP account whose key is in a variable, and the command line on it."""

    config: Path
    state: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def call(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        self.capsys.readouterr()
        code = run(["-c", str(self.config), "--now", NOW, *arguments])
        captured = self.capsys.readouterr()
        return code, captured.out, captured.err

    def ask(self, *arguments: str, typed: str = "") -> dict:
        code, out, err = self.call("--json", *arguments, typed=typed)
        assert code in {0, 4}, err
        return json.loads(out)

    @property
    def settings(self) -> Settings:
        return load_settings(self.config, None, {})

    @property
    def desk(self) -> Desk:
        return desk_for(self.settings, {"MAILWATCH_STATE": str(self.state), "KEY": KEY})

    def write(
        self, *, password: str = "{ keyring = true }", port: int = 993, ca_file: str = "", more: str = ""
    ) -> None:
        self.config.write_text(
            f"""
            [me]
            name = "Jordan Reyes"
            [secrets]
            key = {{ env = "KEY" }}
            [account.home]
            backend = "imap"
            provider = "fastmail"
            email = "jordan@example.com"
            host = "127.0.0.1"
            port = {port}
            ca_file = "{ca_file}"
            [account.home.auth]
            kind = "password"
            password = {password}
            {more}
            """,
            "utf-8",
        )
        self.config.chmod(0o600)


@pytest.fixture
def home(dovecot, authority, tmp_path: Path, capsys, monkeypatch) -> Home:
    monkeypatch.setenv("MAILWATCH_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("KEY", KEY)
    made = Home(tmp_path / "config.toml", tmp_path / "state", capsys, monkeypatch)
    made.write(port=dovecot.tls_port, ca_file=str(authority[0]))
    made.anew = lambda **changes: made.write(port=dovecot.tls_port, ca_file=str(authority[0]), **changes)  # type: ignore[attr-defined]
    return made


def test_a_password_that_works_is_kept_and_used_by_the_next_run(home) -> None:
    code, out, err = home.call("auth", "login", "home", "--stdin", typed=PASSWORD + "\n")
    assert code == 0, err
    assert "Signed in to home as jordan@example.com" in out
    assert PASSWORD not in out + err
    assert "app.fastmail.com" in err
    assert secret_of(home.settings.accounts[0], home.desk) == PASSWORD
    with closing(open_accounts(home.settings, InlineParser(), desk=home.desk)) as opened:
        assert [folder.name for folder in opened.accounts[0].backend._folders().every] == ["INBOX"]


def test_a_password_that_the_server_refuses_is_not_kept(home) -> None:
    code, out, err = home.call("auth", "login", "home", "--stdin", typed="wrong\n")
    assert (code, out) == (4, "")
    assert "refused the sign-in" in err
    assert home.desk.vault.names() == ()


def test_the_status_says_who_is_signed_in_and_since_when(home) -> None:
    before = home.ask("auth", "status")
    assert home.call("auth", "status")[0] == 4
    assert before["accounts"] == [
        {"account": "home", "kind": "password", "address": "jordan@example.com", "signed_in": False, "since": None,
         "where": "sealed file, mode 0600; its key is in the variable KEY", "scopes": [], "notes": []}
    ]  # fmt: skip
    home.call("auth", "login", "home", "--stdin", typed=PASSWORD)
    after = home.ask("auth", "status", "home")["accounts"][0]
    assert (after["signed_in"], after["since"]) == (True, NOW)
    code, out, _ = home.call("auth", "status")
    assert code == 0
    assert "home  password, jordan@example.com: signed in since 2026-11-24" in out


def test_signing_out_forgets_the_password_and_says_where_to_delete_it(home) -> None:
    home.call("auth", "login", "home", "--stdin", typed=PASSWORD)
    _, out, _ = home.call("auth", "logout", "home")
    assert "stays valid until you delete it: https://app.fastmail.com" in out
    assert home.desk.vault.names() == ()
    assert home.ask("auth", "logout", "home")["notes"] == []
    with pytest.raises(AuthError, match="No password is kept") as caught:
        secret_of(home.settings.accounts[0], home.desk)
    assert caught.value.next_step == "mailwatch auth login home"


def test_nobody_is_asked_where_nobody_is(home) -> None:
    code, _, err = home.call("auth", "login", "home")
    assert code == 2
    assert "--stdin" in err
    code, _, err = home.call("auth", "login", "home", "--stdin", typed="\n")
    assert code == 2
    assert "nothing was changed" in err


@pytest.mark.parametrize("option", ["--device", "--paste"])
def test_a_password_needs_no_browser(home, option: str) -> None:
    assert home.call("auth", "login", "home", option)[0] == 2


def test_an_unknown_account_is_answered_with_a_guess(home) -> None:
    code, _, err = home.call("auth", "login", "hoem")
    assert code == 2
    assert "did you mean home?" in err
    assert "there are: home" in home.call("auth", "status", "elsewhere")[2]


def test_a_password_kept_elsewhere_is_tried_and_not_stored(home) -> None:
    home.anew(password=f'{{ command = ["{sys.executable}", "-c", "print(\'{PASSWORD}\')"] }}')
    code, out, err = home.call("auth", "login", "home")
    assert code == 0, err
    assert "printed by the configured command" in out
    assert home.desk.vault.names() == ()
    assert home.ask("auth", "status")["accounts"][0]["signed_in"] is None
    assert "not tried" in home.call("auth", "status")[1]
    assert "does not delete it" in home.ask("auth", "logout", "home")["notes"][0]


def test_a_password_in_the_configuration_itself_signs_in(home) -> None:
    home.anew(password=f'"{PASSWORD}"')
    assert secret_of(home.settings.accounts[0], home.desk) == PASSWORD
    settings, desk = home.settings, home.desk
    home.config.unlink()
    with pytest.raises(AuthError, match="any more"):
        secret_of(settings.accounts[0], desk)


def test_what_keeps_a_password_from_being_read_is_an_error_of_this_account(home, tmp_path: Path) -> None:
    home.anew(password='{ file = "nowhere" }')
    with pytest.raises(AuthError, match="No such file") as caught:
        secret_of(home.settings.accounts[0], home.desk)
    assert caught.value.next_step == "check password in [account.home.auth]"
    home.anew(password='{ env = "PW" }')
    with pytest.raises(AuthError, match="PW") as caught:
        secret_of(home.settings.accounts[0], home.desk)
    assert caught.value.next_step == "export PW=…"
    (tmp_path / "empty").write_text("\n", "utf-8")
    (tmp_path / "empty").chmod(0o600)
    home.anew(password='{ file = "empty" }')
    with pytest.raises(AuthError, match="is empty"):
        secret_of(home.settings.accounts[0], home.desk)


def test_an_unreadable_vault_is_an_error_of_this_account(home) -> None:
    home.call("auth", "login", "home", "--stdin", typed=PASSWORD)
    desk = desk_for(home.settings, {"MAILWATCH_STATE": str(home.state), "KEY": "1" * 64})
    with pytest.raises(AuthError, match="another key"):
        secret_of(home.settings.accounts[0], desk)
    with pytest.raises(AuthError, match="another key"):
        desk.kept("home", "google")
    assert home.desk.kept("home", "google") is None
    home.monkeypatch.setenv("KEY", "1" * 64)
    code, _, err = home.call("auth", "status")
    assert code == 1
    assert "another key" in err


class Person:
    """Types what a test says, one answer after the other."""

    interactive = True

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.told: list[str] = []

    def say(self, text: str) -> None:
        self.told.append(text)

    def secret(self, question: str) -> str:
        return self.answers.pop(0)


def test_a_typing_mistake_is_forgiven_twice(home) -> None:
    tried = []

    def attempt(password: str) -> None:
        tried.append(password)
        if password != PASSWORD:
            raise AuthError("home", "refused")

    sign_in = SecretSignIn(replace(lock_of(home.settings.accounts[0]), attempt=attempt), home.desk)
    person = Person("one", "two", PASSWORD)
    now = Session({}, pretended=None).now
    assert sign_in.login(person, now=now).signed_in
    assert tried == ["one", "two", PASSWORD]
    assert person.told[1:] == ["refused", "refused"]
    with pytest.raises(AuthError):
        sign_in.login(Person("one", "two", "three"), now=now)


def test_accounts_without_a_sign_in_have_nothing_to_sign_in_to(home, tmp_path: Path) -> None:
    home.anew(more='[account.local]\nbackend = "maildir"\nemail = "j@local.example"\npath = "Mail"\n')
    assert [one["account"] for one in home.ask("auth", "status")["accounts"]] == ["home"]
    code, _, err = home.call("auth", "login", "local")
    assert code == 3
    assert "lies on this computer" in err
    home.config.write_text(
        home.config.read_text("utf-8").split("[account.home]")[0]
        + "[account.local]\nbackend = 'maildir'\nemail = 'j@l.example'\npath = 'M'\n",
        "utf-8",
    )
    assert "No account needs a sign-in." in home.call("auth", "status")[2]


OAUTH = '[account.{0}]\nbackend = "imap"\nprovider = "{1}"\nemail = "j@{0}.example"\nhost = "imap.example.com"\n[account.{0}.auth]\nkind = "oauth"\n'


def test_each_account_is_sent_to_those_who_sign_it_in(home) -> None:
    home.anew(
        more=OAUTH.format("goo", "gmail") + OAUTH.format("out", "outlook") + OAUTH.format("none", "gmx")
        + '[account.api]\nbackend = "gmail"\nemail = "j@gmail.com"\n[account.ms]\nbackend = "graph"\nemail = "j@outlook.com"\n'
    )  # fmt: skip
    kinds = {account.name: kind_of(account) for account in home.settings.accounts}
    assert kinds == {
        "home": "password",
        "goo": "google",
        "out": "microsoft",
        "none": "",
        "api": "google",
        "ms": "microsoft",
    }
    accounts = {account.name: account for account in home.settings.accounts}
    with pytest.raises(ConfigError, match="no sign-in that this version knows"):
        sign_in_for(accounts["none"], home.desk)
    with pytest.raises(ConfigError, match="there are no tokens"):
        token_source_for(accounts["home"], home.desk)


def terminal(monkeypatch, typed: str = "", *, tty: bool = True, **options) -> Terminal:
    stdin = io.StringIO(typed)
    monkeypatch.setattr(stdin, "isatty", lambda: tty)
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: tty)
    return Terminal(Session({}), **options)


def test_the_terminal_asks_and_opens_pages_only_where_somebody_sits(monkeypatch, capsys) -> None:
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    monkeypatch.setattr("mailwatch.cli.auth_asker.getpass", lambda question, stream: f"typed after {question}")
    there = terminal(monkeypatch, " https://localhost/?code=1 \n")
    assert there.line("Address: ") == "https://localhost/?code=1"
    assert there.secret("Password: ") == "typed after Password: "
    assert there.browse("https://login.example/")
    there.say("hello")
    assert capsys.readouterr() == ("", "Address: hello\n")
    nobody = terminal(monkeypatch, tty=False)
    assert not nobody.browse("https://login.example/")
    for ask in (nobody.line, nobody.secret):
        with pytest.raises(UsageError, match="nobody can be asked"):
            ask("?")
    assert opened == ["https://login.example/"]


def test_a_terminal_without_a_browser_says_so(monkeypatch) -> None:
    import webbrowser

    def none(url: str) -> bool:
        raise webbrowser.Error("none")

    monkeypatch.setattr("webbrowser.open", none)
    assert not terminal(monkeypatch).browse("https://login.example/")


def test_the_default_desk_is_the_environments(home) -> None:
    vault = open_vault(home.state, SecretSource("env", ("KEY",)), {"KEY": KEY})
    vault.put("account.home.password", PASSWORD)
    assert secret_of(home.settings.accounts[0], desk_for(home.settings)) == PASSWORD
