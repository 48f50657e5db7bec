"""Signing in to Google, against a Google on loopback that checks PKCE, scopes and clients, from the command line and beneath it."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from mailwatch.auth import Desk, sign_in_for, token_source_for
from mailwatch.auth.google_consent import client_from_file
from mailwatch.auth.google_scopes import compared, wanted_for
from mailwatch.auth.loopback import Loopback, answer_in
from mailwatch.core.model import Address
from mailwatch.errors import AuthError, ConfigError, TransientError, UsageError
from mailwatch.secrets import open_vault
from mailwatch.settings import AccountSettings, Endpoints, SecretSource, SignInSettings
from tests.servers.google_server import Fault, running_host
from tests.servers.google_signin import CALENDARS, CLIENT, CLIENT_SECRET, COMPOSE, EVENTS, READ, SCOPES

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def host(authority):
    with running_host(authority[1]) as host:
        yield host


@pytest.fixture
def google(host):
    google = host.fresh()
    google.signin.refresh.clear()
    yield google
    google.check()


@dataclass
class Person:
    """The person at the terminal with their browser. knocks: addresses that somebody else asks for at the loopback first."""

    ca_file: str
    interactive: bool = True
    has_browser: bool = True
    pastes: str | None = None
    knocks: tuple[str, ...] = ()
    said: list[str] = field(default_factory=list)

    def say(self, text):
        self.said.append(text)

    def line(self, question):
        page = next(found[1] for said in self.said if (found := re.search(r"browser: (https\S+)", said)))
        ended = self.consent(page)
        return ended if self.pastes is None else self.pastes

    def secret(self, question):
        raise AssertionError("nothing secret is asked for")

    def browse(self, url):
        if self.has_browser:
            threading.Thread(target=self._browse, args=(url,), daemon=True).start()
        return self.has_browser

    def consent(self, url):
        return requests.get(url, allow_redirects=False, verify=self.ca_file, timeout=5).headers["Location"]

    def _browse(self, url):
        ended = self.consent(url)
        place = ended.partition("?")[0]
        self.answers = [requests.get(place + knock, timeout=5).status_code for knock in self.knocks]
        self.answers.append(requests.get(ended, timeout=5).status_code)


@pytest.fixture
def person(authority):
    return Person(str(authority[0]))


@pytest.fixture
def client_file(tmp_path):
    return write_client(tmp_path / "client.json", {"installed": {"client_id": CLIENT, "client_secret": CLIENT_SECRET}})


def write_client(path, table):
    path.write_text(json.dumps(table), encoding="utf-8")
    return str(path)


@pytest.fixture
def account(google, authority, client_file):
    endpoints = Endpoints(api=google.url, token=f"{google.url}/token", ca_file=str(authority[0]))
    return AccountSettings(
        "work",
        "gmail",
        Address("jo@home.example"),
        sign_in=SignInSettings("oauth", client_file=client_file),
        endpoints=endpoints,
    )


@pytest.fixture
def desk(tmp_path):
    environment = {"KEY": "0" * 64}
    vault = open_vault(tmp_path / "state", SecretSource("env", ("KEY",)), environment)
    return Desk(vault, tmp_path / "config.toml", environment)


@pytest.fixture
def sign_in(account, desk):
    return sign_in_for(account, desk)


def test_what_is_asked_for_is_exactly_what_is_needed():
    assert wanted_for("gmail") == (READ, COMPOSE, EVENTS, CALENDARS) == SCOPES
    assert wanted_for("imap") == ("https://mail.google.com/",)
    assert compared([*SCOPES, "openid", "https://www.googleapis.com/auth/userinfo.email"], SCOPES).beyond == ()


@pytest.mark.parametrize(
    "scope", ["gmail.modify", "gmail.send", "gmail.insert", "gmail.labels", "gmail.metadata", "gmail.settings.basic", "gmail.settings.sharing",
              "calendar", "calendar.events", "contacts.readonly"]
)  # fmt: skip
def test_a_sign_in_that_could_do_more_is_given_back(google, sign_in, person, scope):
    google.signin.grants = (*SCOPES, f"https://www.googleapis.com/auth/{scope}")
    with pytest.raises(AuthError, match=f"granted more .*{scope}.* given back"):
        sign_in.login(person, now=NOW)
    assert google.signin.refresh == {}
    assert len(google.signin.revoked) == 1
    assert sign_in.status(now=NOW).signed_in is False


@pytest.mark.scenario("S1")
def test_the_widest_scope_of_all_is_given_back_too(google, sign_in, person):
    google.signin.grants = (*SCOPES, "https://mail.google.com/")
    with pytest.raises(AuthError, match="granted more"):
        sign_in.login(person, now=NOW)
    assert google.signin.refresh == {}


def test_a_sign_in_in_the_browser_is_kept_and_gives_tokens(google, sign_in, person, desk, account):
    found = sign_in.login(person, now=NOW)
    assert (found.signed_in, found.since, found.scopes, found.notes) == (True, NOW, SCOPES, ())
    assert "read mail" in person.said[0]
    token = token_source_for(account, desk).token()
    assert google.signin.access[token] == frozenset(SCOPES)
    (entry,) = [name for name in desk.vault.names() if name.endswith(".google")]
    assert entry == "account.work.google"


@pytest.mark.parametrize("ticked", [(COMPOSE, EVENTS, CALENDARS), (READ, EVENTS, CALENDARS), (EVENTS,)])
def test_a_box_that_was_not_ticked_is_named(google, sign_in, person, ticked):
    google.signin.grants = ticked
    with pytest.raises(AuthError) as caught:
        sign_in.login(person, now=NOW)
    for scope, words in (
        (READ, "read mail"),
        (COMPOSE, "save drafts"),
        (EVENTS, "read calendar events"),
        (CALENDARS, "list calendars"),
    ):
        assert (words in caught.value.message) is (scope not in ticked)
    assert sign_in.status(now=NOW).signed_in is False


def test_without_the_calendar_mail_can_still_be_read(google, sign_in, person):
    google.signin.grants = (READ, COMPOSE)
    found = sign_in.login(person, now=NOW)
    assert found.signed_in
    assert "read calendar events" in found.notes[0]
    assert sign_in.token()


def test_somebody_else_at_the_loopback_is_turned_away(google, sign_in, person):
    person.knocks = ("favicon.ico", "?state=guess&code=4/evil", "?code=4/evil", "")
    assert sign_in.login(person, now=NOW).signed_in
    assert person.answers == [400, 400, 400, 400, 200]


def test_an_answer_of_another_sign_in_is_waited_past_until_the_time_is_over(google, sign_in, person, monkeypatch):
    google.signin.foreign_state = True
    monkeypatch.setitem(Loopback.wait.__kwdefaults__, "patience", 0.6)
    with pytest.raises(UsageError, match="Nobody finished"):
        sign_in.login(person, now=NOW)
    assert google.signin.asked == []


def test_five_minutes_are_all_there_is():
    moments = iter([0.0, 299.0, 300.0])
    loopback = Loopback(clock=lambda: next(moments))
    loopback._server.timeout = 0.01
    with pytest.raises(UsageError, match="within 5 minutes"):
        loopback.wait("state")
    loopback.close()


def test_an_answer_is_taken_once():
    loopback = Loopback()
    thread = threading.Thread(
        target=lambda: requests.get(f"{loopback.address}?state=s&code=first", timeout=5), daemon=True
    )
    thread.start()
    assert loopback.wait("s").code == "first"
    assert loopback.wait("s").code == "first"
    loopback.close()
    thread.join()


@pytest.mark.parametrize(
    "ended",
    [
        "http://127.0.0.1/?state=other&code=4/x",
        "http://127.0.0.1/?code=4/x",
        "nonsense",
        "",
        "http://127.0.0.1/?state=s",
    ],
)
def test_an_address_of_something_else_is_no_answer(ended):
    assert answer_in(ended, "s") is None


def test_over_ssh_the_address_is_pasted(google, sign_in, person):
    person.has_browser = False
    assert sign_in.login(person, now=NOW, paste=True).signed_in
    assert "can't be shown" in " ".join(person.said)


def test_a_pasted_address_of_something_else_is_refused(google, sign_in, person):
    person.pastes = "http://127.0.0.1/?state=guess&code=4/evil"
    with pytest.raises(UsageError, match="not the address"):
        sign_in.login(person, now=NOW, paste=True)
    assert google.signin.asked == []


def test_without_a_browser_both_ways_are_told(google, sign_in, person, monkeypatch):
    person.has_browser = False
    monkeypatch.setitem(Loopback.wait.__kwdefaults__, "patience", 0.1)
    with pytest.raises(UsageError):
        sign_in.login(person, now=NOW)
    told = " ".join(person.said)
    assert "ssh -L" in told
    assert "mailwatch auth login work --paste" in told


def test_a_refusal_in_the_browser_says_what_to_do(google, sign_in, person):
    google.signin.denies = True
    with pytest.raises(AuthError, match="refused in the browser") as caught:
        sign_in.login(person, now=NOW)
    assert "step 6" in caught.value.next_step


def test_a_code_that_google_does_not_take_ends_in_one_line(google, sign_in, person):
    google.signin.refused = "invalid_grant"
    with pytest.raises(AuthError, match=r"did not accept the sign-in of work \(invalid_grant\)"):
        sign_in.login(person, now=NOW)


def test_another_mailbox_than_the_configured_one_is_given_back(google, sign_in, person):
    google.address = "other@home.example"
    with pytest.raises(AuthError, match=r"another mailbox than jo@home\.example"):
        sign_in.login(person, now=NOW)
    assert google.signin.refresh == {}


def test_gmail_knows_no_dots(google, account, desk, person):
    google.address = "jo.berg@gmail.com"
    dotted = replace(account, email=Address("joberg+jobs@googlemail.com"))
    assert sign_in_for(dotted, desk).login(person, now=NOW).signed_in


def test_there_is_no_way_over_another_device(sign_in, person):
    with pytest.raises(UsageError, match="another device"):
        sign_in.login(person, now=NOW, device=True)


def test_a_client_file_is_needed_and_can_be_named(google, account, desk, person, client_file):
    bare = replace(account, sign_in=SignInSettings("oauth"))
    with pytest.raises(UsageError, match="client file"):
        sign_in_for(bare, desk).login(person, now=NOW)
    assert sign_in_for(bare, desk).login(person, now=NOW, client=client_file).signed_in


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"web": {"client_id": "x", "client_secret": "y"}}, "a web application"),
        ({"type": "service_account", "private_key": "x"}, "a service account"),
        ({"installed": {"client_id": "x"}}, "something else"),
        ([], "can't be read"),
    ],
)
def test_a_client_of_another_kind_is_named(tmp_path, table, words):
    with pytest.raises(ConfigError, match=words):
        client_from_file(write_client(tmp_path / "client.json", table), "work")
    with pytest.raises(ConfigError, match="can't be read"):
        client_from_file(str(tmp_path / "missing.json"), "work")


# --- tokens ---


@pytest.fixture
def signed_in(sign_in, person):
    sign_in.login(person, now=NOW)
    return sign_in


def test_a_token_serves_the_runs_of_an_hour(google, signed_in, account, desk):
    first = signed_in.token()
    asked = len(google.signin.asked)
    assert token_source_for(account, desk).token() == first
    assert len(google.signin.asked) == asked


def test_a_token_that_was_refused_is_renewed_once(google, signed_in):
    first = signed_in.token()
    second = signed_in.token(fresh=True)
    assert first != second
    assert signed_in.token() == second


def test_a_new_refresh_token_takes_the_place_of_the_old_one(google, signed_in, account, desk):
    google.signin.rotates = True
    signed_in.token()
    fresh = token_source_for(account, desk)
    fresh.token(fresh=True)
    assert token_source_for(account, desk).token(fresh=True)


@pytest.mark.scenario("S8")
def test_a_revoked_sign_in_ends_in_one_line_and_google_is_not_asked_again(google, signed_in, account, desk):
    google.signin.refresh.clear()
    google.signin.expire_access()
    before = len(google.signin.asked)
    source = token_source_for(account, desk)
    for _ in range(3):
        with pytest.raises(AuthError, match="Google has ended the sign-in of work") as caught:
            source.token(fresh=True)
    with pytest.raises(AuthError, match="Google has ended"):
        token_source_for(account, desk).token()
    assert caught.value.next_step == "mailwatch auth login work"
    assert "\n" not in caught.value.message
    assert len(google.signin.asked) == before + 1
    status = token_source_for(account, desk).status(now=NOW)
    assert status.signed_in is False
    assert "Google has ended" in status.notes[-1]


def test_a_project_in_testing_is_told_of_before_and_after_its_seven_days(google, sign_in, person, account, desk):
    google.signin.more = {"refresh_token_expires_in": 604_799}
    found = sign_in.login(person, now=NOW)
    assert "in testing, so Google ends this sign-in in 6 days" in found.notes[0]
    assert "within a day" in sign_in.status(now=NOW + timedelta(days=6, hours=12)).notes[0]
    google.signin.refresh.clear()
    with pytest.raises(AuthError, match="lasted its 7 days"):
        token_source_for(account, desk).token(fresh=True)


def test_a_client_that_was_deleted_is_named(google, signed_in, account, desk):
    google.signin.refused = "deleted_client"
    with pytest.raises(AuthError, match="does not know the client") as caught:
        token_source_for(account, desk).token(fresh=True)
    assert "step 5" in caught.value.next_step


def test_a_token_endpoint_that_is_down_is_asked_once_and_nothing_is_forgotten(google, signed_in, account, desk):
    before = len(google.asked)
    google.faults += [Fault("/token", status=503), Fault("/token", status=503)]
    source = token_source_for(account, desk)
    with pytest.raises(TransientError):
        source.token(fresh=True)
    assert len(google.asked) == before + 1
    google.faults.clear()
    assert source.token(fresh=True)


def test_who_is_not_signed_in_is_told_how(account, desk):
    with pytest.raises(AuthError, match="not signed in at Google") as caught:
        token_source_for(account, desk).token()
    assert caught.value.next_step == "mailwatch auth login work"


def test_a_kept_sign_in_without_mail_is_not_used(google, signed_in, account, desk):
    table = json.loads(desk.vault.get("account.work.google"))
    desk.vault.put("account.work.google", json.dumps({**table, "scopes": [EVENTS]}))
    with pytest.raises(AuthError, match="does not allow to read mail"):
        token_source_for(account, desk).token()


def test_a_kept_sign_in_that_is_none_counts_for_nothing(desk, account):
    desk.vault.put("account.work.google", "nonsense")
    assert sign_in_for(account, desk).status(now=NOW).signed_in is False


# --- signing out ---


def test_signing_out_revokes_and_forgets(google, signed_in, account, desk):
    signed_in.token()
    assert signed_in.logout() == ()
    assert google.signin.refresh == {}
    assert desk.vault.names() == ()
    assert sign_in_for(account, desk).logout() == ()


def test_signing_out_without_a_network_says_what_is_left(google, signed_in, desk):
    google.faults.append(Fault("/revoke"))
    (left,) = signed_in.logout()
    assert "by hand" in left
    assert desk.vault.names() == ()


def test_no_token_ever_shows_in_a_log(google, sign_in, person, caplog):
    caplog.set_level("DEBUG")
    sign_in.login(person, now=NOW)
    sign_in.token(fresh=True)
    said = caplog.text
    for secret in (
        *google.signin.refresh,
        *google.signin.access,
        CLIENT_SECRET,
        *(form.get("code", "4/") for form in google.signin.asked),
    ):
        assert secret not in said or secret == "4/"
