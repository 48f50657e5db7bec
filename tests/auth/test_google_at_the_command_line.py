"""Gmail from the command line: sign in, run, plan, doctor, a sign-in that Google ends, sign out; on a Google on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
import requests

from mailwatch.cli.auth_asker import Terminal
from mailwatch.cli.entry import run
from tests.backends.mails import invitation
from tests.servers.google_mailbox import milliseconds
from tests.servers.google_server import running_google
from tests.servers.google_signin import CLIENT, CLIENT_SECRET
from tests.servers.recording import make_certificate

NOW = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)

_CONFIG = """
[me]
name = "Jo Berg"
addresses = ["jo@home.example"]
timezone = "UTC"
[secrets]
key = {{ env = "KEY" }}
[account.mail]
backend = "gmail"
email = "jo@home.example"
api_url = "{url}"
token_url = "{url}/token"
ca_file = "{ca_file}"
[account.mail.auth]
client_file = "client.json"
[calendar.cal]
backend = "google"
account = "mail"
calendars = ["primary"]
api_url = "{url}"
ca_file = "{ca_file}"
[drafts]
first_run = "save"
"""


@pytest.fixture
def google(tmp_path, monkeypatch):
    ca_file, both = make_certificate(tmp_path)
    with running_google(tls=both) as google:
        google.signin.refresh.clear()
        google.box.now = milliseconds(NOW)
        config = tmp_path / "config.toml"
        config.write_text(_CONFIG.format(url=google.url, ca_file=ca_file), encoding="utf-8")
        config.chmod(0o600)
        (tmp_path / "client.json").write_text(
            json.dumps({"installed": {"client_id": CLIENT, "client_secret": CLIENT_SECRET}})
        )
        monkeypatch.setenv("KEY", "0" * 64)
        monkeypatch.setenv("MAILWATCH_CONFIG", str(config))
        monkeypatch.setenv("MAILWATCH_STATE", str(tmp_path / "state"))
        monkeypatch.setattr(Terminal, "browse", lambda asker, url: _consents(url, str(ca_file)))
        yield google
        google.check()


def _consents(url, ca_file):
    def go():
        page = requests.get(url, allow_redirects=False, verify=ca_file, timeout=10)
        requests.get(page.headers["Location"], timeout=10)

    threading.Thread(target=go, daemon=True).start()
    return True


@pytest.fixture
def call(capsys):
    def calling(*words, at=NOW):
        capsys.readouterr()
        code = run(["--now", f"{at:%Y-%m-%dT%H:%M:%SZ}", *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return calling


@pytest.mark.scenario("S8")
def test_from_signing_in_to_signing_out(google, call):
    assert call("run")[0] == 4
    code, out, _ = call("auth", "login", "mail")
    assert code == 0
    assert out.startswith("Signed in to mail as jo@home.example.")
    google.box.arrives(
        invitation(text="Your interview for the position of data analyst is confirmed."),
        {"INBOX"},
        milliseconds(NOW - timedelta(days=3)),
    )
    assert call("run")[0] == 0
    (draft,) = google.box.drafts.values()
    saved = google.box.mails[draft]
    assert saved.header("To") == "Rita Ek <rita@acme.example>"
    code, out, _ = call("doctor", "mail")
    assert "ways to send were refused by the guard" in out
    google.signin.refresh.clear()
    google.signin.expire_access()
    later = NOW + timedelta(hours=2)
    code, out, err = call("run", at=later)
    assert code == 4
    assert "mailwatch auth login mail" in out + err
    command = [sys.executable, "-m", "mailwatch", "--now", f"{later:%Y-%m-%dT%H:%M:%SZ}", "run"]
    process = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert process.returncode == 4, "the same as a process of its own, as a timer starts it"
    assert "mailwatch auth login mail" in process.stdout + process.stderr
    assert call("auth", "status", at=later)[0] == 4
    assert call("auth", "logout", "mail", at=later)[0] == 0
    assert list(google.box.drafts.values()) == [draft]
