"""Signing in at Microsoft, against a token service of our own: three ways in, renewal, refusals, and what is refused by us."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from mailwatch.auth import Desk, microsoft, sign_in_for, token_source_for
from mailwatch.auth.imap_server import imap_server
from mailwatch.auth.microsoft import MicrosoftSignIn
from mailwatch.auth.microsoft_refusals import refusal_in
from mailwatch.backends.imap import Secret
from mailwatch.backends.imap.signin import session_with
from mailwatch.core.model import Address
from mailwatch.errors import AuthError, ConfigError, SecretError, TransientError, UsageError
from mailwatch.secrets import open_vault
from mailwatch.settings import AccountSettings, Endpoints, SecretSource, ServerSettings, SignInSettings
from tests.servers.dovecot import Setup, need_dovecot, running_dovecot, token_for
from tests.servers.graph_authority import CLIENT, Authority, refused, running_authority
from tests.servers.recording import make_certificate

ME = "jo@home.example"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def authority(certificate):
    with running_authority(Authority(ME), certificate[1]) as authority:
        yield authority


@pytest.fixture
def account(authority, certificate) -> AccountSettings:
    endpoints = Endpoints(authority=authority.url, ca_file=str(certificate[0]))
    return AccountSettings(
        "web", "graph", Address(ME), sign_in=SignInSettings("oauth", client_id=CLIENT), endpoints=endpoints
    )


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(open_vault(tmp_path, SecretSource("env", ("KEY",)), {"KEY": "0" * 64}), tmp_path / "config.toml", {})


@pytest.fixture(autouse=True)
def _no_bundle_from_outside(monkeypatch):
    """Certificates named in the environment must not matter; these name none that exist."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    monkeypatch.setenv("CURL_CA_BUNDLE", "/nowhere/ca.pem")


def page_at(address: str) -> str:
    """What a browser shows at an address."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", f"/?{parts.query}")
    shown = connection.getresponse().read().decode()
    connection.close()
    return shown


class Person:
    """Somebody at a terminal with a browser, who agrees; or does what `answer` makes of it."""

    interactive = True

    def __init__(self, authority, *, browser=True, answer=None) -> None:
        self.authority = authority
        self.browser = browser
        self.answer = answer or (lambda fields: fields)
        self.said: list[str] = []
        self.pages: list[str] = []
        self.thread: threading.Thread | None = None

    def say(self, text):
        self.said.append(text)

    def line(self, question):
        uri = next(text for text in self.said if "http" in text).partition("http")[2]
        address, fields = self.authority.person_agrees("http" + uri)
        return f"{address}/?{urlencode(self.answer(fields))}"

    def secret(self, question):
        raise AssertionError

    def browse(self, url):
        if not self.browser:
            return False
        address, fields = self.authority.person_agrees(url)
        told = self.answer(fields)
        self.thread = threading.Thread(target=self._end, args=(address, told))
        self.thread.start()
        return True

    def _end(self, address, told):
        place = address.replace("localhost", "127.0.0.1")
        for fields in [{"state": "another", "code": "x"}, told]:
            self.pages.append(page_at(f"{place}/?{urlencode(fields)}"))


def signed_in(account, desk, authority, **settings):
    sign_in = MicrosoftSignIn(account, desk)
    return sign_in, sign_in.login(Person(authority), now=NOW, **settings)


def test_a_browser_signs_in_and_the_runs_have_tokens_from_then_on(account, desk, authority):
    person = Person(authority)
    status = sign_in_for(account, desk).login(person, now=NOW)
    person.thread.join()
    assert (status.signed_in, status.address, status.since, status.notes) == (True, ME, NOW, ())
    assert status.scopes == ("Calendars.Read", "Mail.ReadWrite", "User.Read")
    assert "does not ask for the right to send" in person.said[0]
    assert ["belongs to no sign-in" in page for page in person.pages] == [True, False]
    assert "That is all" in person.pages[1]
    source = token_source_for(account, desk)
    first = source.token()
    assert source.token() == first
    grants = [form["grant_type"] for place, form in authority.asked if place.endswith("/token")]
    assert grants == ["authorization_code"]
    assert source.token(fresh=True) != first
    assert [form["grant_type"] for place, form in authority.asked if place.endswith("/token")][1:] == ["refresh_token"]


def test_what_is_asked_for_can_never_send(account, desk, authority):
    signed_in(account, desk, authority)
    (scopes,) = {form["scope"] for place, form in authority.asked if place.endswith("/token")}
    assert set(scopes.split()) == {
        "Mail.ReadWrite",
        "Calendars.Read",
        "User.Read",
        "openid",
        "profile",
        "offline_access",
    }


def test_a_device_code_signs_in_where_there_is_no_browser(account, desk, authority):
    authority.polls = 2
    person = Person(authority, browser=False)
    status = MicrosoftSignIn(account, desk).login(person, now=NOW, device=True)
    assert status.signed_in
    assert any("ABCD1234" in text and f"{authority.url}/common/device" in text for text in person.said)


def test_an_address_can_be_pasted(account, desk, authority):
    assert MicrosoftSignIn(account, desk).login(Person(authority), now=NOW, paste=True).signed_in
    with pytest.raises(AuthError, match="not the end of this sign-in"):
        MicrosoftSignIn(account, desk).login(
            Person(authority, answer=lambda fields: {**fields, "state": "x"}), now=NOW, paste=True
        )
    with pytest.raises(AuthError, match="not the end of this sign-in"):
        MicrosoftSignIn(account, desk).login(Person(authority, answer=lambda _: {}), now=NOW, paste=True)


def test_without_a_browser_the_other_ways_are_named_and_the_wait_ends(account, desk, authority, monkeypatch):
    monkeypatch.setattr(microsoft, "_PATIENCE", 0.05)
    person = Person(authority, browser=False)
    with pytest.raises(UsageError, match="Nobody finished"):
        MicrosoftSignIn(account, desk).login(person, now=NOW)
    assert any("--device" in text and "--paste" in text for text in person.said)
    assert desk.vault.names() == ()


@pytest.mark.parametrize("options", [{"client": "client.json"}, {"device": True, "paste": True}])
def test_options_that_make_no_sense_are_refused(account, desk, authority, options):
    with pytest.raises(UsageError):
        MicrosoftSignIn(account, desk).login(Person(authority), now=NOW, **options)


def test_a_sign_in_that_was_called_off_says_so(account, desk, authority):
    called_off = Person(authority, answer=lambda fields: {"state": fields["state"], "error": "access_denied"})
    with pytest.raises(AuthError, match="called off"):
        MicrosoftSignIn(account, desk).login(called_off, now=NOW)
    called_off.thread.join()
    by_rule = {"error": "access_denied", "error_description": "AADSTS90094: secret words"}
    with pytest.raises(AuthError, match="Need admin approval"):
        MicrosoftSignIn(account, desk).login(
            Person(authority, answer=lambda fields: {"state": fields["state"], **by_rule}), now=NOW
        )


@pytest.mark.scenario("S1")
@pytest.mark.parametrize(
    "scope", ["Mail.Send", "https://graph.microsoft.com/Mail.Send", "MailboxSettings.ReadWrite", "Calendars.ReadWrite", "Mail.Send.Shared", "Files.Read"]
)  # fmt: skip
def test_a_token_that_may_do_more_is_refused_and_not_kept(account, desk, authority, scope):
    authority.more = (scope,)
    with pytest.raises(AuthError, match=f"more than mailwatch may have .{scope}") as caught:
        signed_in(account, desk, authority)
    assert "API permissions" in caught.value.next_step
    assert desk.vault.names() == ()
    authority.more = ()
    sign_in, _ = signed_in(account, desk, authority)
    sign_in.token()
    authority.more = (scope,)
    with pytest.raises(AuthError, match="more than"):
        sign_in.token(fresh=True)


def test_a_permission_that_was_not_given_is_named(account, desk, authority):
    authority.less = ("Calendars.Read",)
    with pytest.raises(AuthError, match=r"read calendars \(Calendars.Read\) was not given"):
        signed_in(account, desk, authority)


REFUSALS = [
    ("invalid_grant", 65001, "withdrawn"), ("access_denied", 90094, "Need admin approval"), ("invalid_grant", 50173, "password"),
    ("invalid_grant", 700082, "90 days"), ("invalid_grant", 50076, "second factor"), ("invalid_grant", 53003, "Conditional Access"),
    ("unauthorized_client", 700016, "client id"), ("invalid_request", 9002346, "kind of account"), ("invalid_client", 7000218, "public client"),
    ("invalid_request", 50011, "http://localhost"), ("invalid_grant", 50034, "does not know"), ("invalid_grant", 12345, "no longer accepts"),
    ("something_new", 99999, "refuses"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "number", "words"), REFUSALS)
def test_every_refusal_is_one_clear_line_without_the_services_own_words(account, desk, authority, error, number, words):
    sign_in, _ = signed_in(account, desk, authority)
    authority.refusal = refused(error, number)
    with pytest.raises(AuthError) as caught:
        sign_in.token(fresh=True)
    text = f"{caught.value.message} {caught.value.next_step}"
    assert words in text
    assert f"AADSTS{number}" in text
    assert "secret words" not in text
    assert "\n" not in text
    assert caught.value.exit_code == 4


def test_the_number_in_the_description_tells_more_than_the_word_and_the_suberror_more_than_the_error():
    assert "second factor" in refusal_in({"error": "invalid_grant", "suberror": "interaction_required"})[0].happened
    assert refusal_in({"error": "invalid_grant", "error_description": "AADSTS1: x AADSTS50173: y"}) == refusal_in(
        refused("x", 50173)
    )
    assert refusal_in({}) == (refusal_in({"error": "new"})[0], "")


@pytest.mark.parametrize(("number", "words"), [(53003, "without --device"), (70020, "not typed in time")])
def test_a_device_code_that_is_blocked_or_late_says_what_else_there_is(account, desk, authority, number, words):
    authority.refusal = refused("invalid_grant", number)
    with pytest.raises(AuthError) as caught:
        MicrosoftSignIn(account, desk).login(Person(authority), now=NOW, device=True)
    assert words in f"{caught.value.message} {caught.value.next_step}"


def test_after_a_refusal_nobody_is_asked_for_a_quarter_of_an_hour(account, desk, authority, monkeypatch):
    sign_in, _ = signed_in(account, desk, authority)
    authority.refusal = refused("invalid_grant", 65001)
    for _ in range(3):
        with pytest.raises(AuthError):
            sign_in.token(fresh=True)
    assert sum(form.get("grant_type") == "refresh_token" for _, form in authority.asked) == 1
    clock = microsoft.time.monotonic() + 901
    monkeypatch.setattr(microsoft.time, "monotonic", lambda: clock)
    authority.refusal = None
    assert sign_in.token(fresh=True)


def test_an_error_is_not_remembered_once_the_service_is_well_again(account, desk, authority):
    """msal keeps error answers in memory and would repeat them without asking."""
    sign_in, _ = signed_in(account, desk, authority)
    authority.status = 500
    with pytest.raises(TransientError):
        sign_in.token(fresh=True)
    authority.status = 200
    assert sign_in.token(fresh=True)
    authority.refusal = refused("invalid_grant", 50076)
    with pytest.raises(AuthError):
        sign_in.token(fresh=True)
    authority.refusal = None
    sign_in._refused = None
    assert sign_in.token(fresh=True)


def test_claims_that_the_service_wants_are_asked_for(account, desk, authority):
    sign_in, _ = signed_in(account, desk, authority)
    before = sign_in.token()
    claims = '{"access_token":{"nbf":{"essential":true,"value":"1764000000"}}}'
    assert sign_in.token(claims=claims) != before
    asked = json.loads(authority.asked[-1][1]["claims"])
    assert asked["access_token"]["nbf"]["value"] == "1764000000"
    assert asked["access_token"]["xms_cc"]["values"] == ["CP1"]


def test_a_token_is_renewed_before_it_ends_and_the_renewal_is_kept(account, desk, authority):
    authority.lifetime = 200
    sign_in, _ = signed_in(account, desk, authority)
    first = sign_in.token()
    assert sign_in.token() != first
    renewals = [form["refresh_token"] for _, form in authority.asked if form.get("grant_type") == "refresh_token"]
    assert len(renewals) == len(set(renewals)) == 2


def test_a_renewal_that_can_not_be_kept_serves_all_the_same(account, desk, authority, monkeypatch, caplog):
    sign_in, _ = signed_in(account, desk, authority)

    def full(name, value):
        raise SecretError("The disk is full.")

    monkeypatch.setattr(type(desk.vault), "put", lambda self, name, value: full(name, value))
    with caplog.at_level(logging.WARNING):
        assert sign_in.token(fresh=True)
    assert "sign_in_kept account=web done=no" in caplog.text


def test_nothing_secret_is_logged(account, desk, authority, caplog):
    with caplog.at_level(logging.DEBUG, logger="mailwatch"):
        sign_in, _ = signed_in(account, desk, authority)
        token = sign_in.token(fresh=True)
    for secret in (token, ME, *authority.renewals, CLIENT):
        assert secret not in caplog.text


def test_an_account_that_is_not_signed_in_says_so(account, desk, authority):
    sign_in = MicrosoftSignIn(account, desk)
    assert sign_in.status(now=NOW).signed_in is False
    with pytest.raises(AuthError, match="not signed in") as caught:
        sign_in.token()
    assert caught.value.next_step == "mailwatch auth login web"
    desk.vault.put("account.web.microsoft", '{"cache": ""}')
    with pytest.raises(AuthError, match="Nothing is left"):
        MicrosoftSignIn(account, desk).token()
    desk.vault.put("account.web.microsoft", "no JSON")
    assert MicrosoftSignIn(account, desk).status(now=NOW).signed_in is False
    assert authority.asked == [("GET /common/v2.0/.well-known/openid-configuration", {})]


def test_the_status_tells_another_address_and_long_rest(account, desk, authority):
    authority.address = "jo.berg@outlook.example"
    _, status = signed_in(account, desk, authority)
    assert status.address == "jo.berg@outlook.example"
    assert "while the configuration says" in status.notes[0]
    sign_in = MicrosoftSignIn(account, desk)
    kept = json.loads(desk.vault.get("account.web.microsoft") or "")
    (renewal,) = json.loads(kept["cache"])["RefreshToken"].values()
    used = datetime.fromtimestamp(int(renewal["last_modification_time"]), UTC)
    assert len(sign_in.status(now=used + timedelta(days=74)).notes) == 1
    assert "75 days ago" in sign_in.status(now=used + timedelta(days=76)).notes[1]


def test_signing_out_forgets_and_says_where_the_permission_is_taken_back(account, desk, authority):
    sign_in, _ = signed_in(account, desk, authority)
    (sentence,) = sign_in.logout()
    assert "account.microsoft.com" in sentence
    assert desk.vault.names() == ()
    assert sign_in.logout() == ()
    with pytest.raises(AuthError):
        sign_in.token()


def test_an_imap_account_signs_in_for_imap_and_for_nothing_that_sends(account, desk, authority):
    imap = replace(account, backend="imap", provider="outlook", server=ServerSettings("127.0.0.1", 993, "implicit", ME))
    _, status = signed_in(imap, desk, authority)
    assert status.scopes == ("https://outlook.office.com/IMAP.AccessAsUser.All",)
    assert token_source_for(imap, desk).token()
    authority.more = ("https://outlook.office.com/SMTP.Send",)
    with pytest.raises(AuthError, match=r"SMTP\.Send"):
        signed_in(imap, desk, authority)


def test_the_token_of_an_imap_account_signs_in_to_an_imap_server(account, desk, authority):
    need_dovecot()
    with running_dovecot(Setup(tokens="xoauth2 oauthbearer")) as dovecot:
        authority.new_token = lambda: token_for("jo", until=2_200_000_000)
        where = ServerSettings("127.0.0.1", dovecot.port, "implicit", "jo")
        imap = replace(account, backend="imap", provider="outlook", server=where)
        signed_in(imap, desk, authority)
        server = imap_server(imap, lambda: Secret(token_source_for(imap, desk).token(), "token"))
        session_with(replace(server, tls="none", ca_file="")).end()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (SignInSettings("oauth"), "no client id"),
        (SignInSettings("oauth", client_id="mailwatch"), "is none"),
        (SignInSettings("oauth", client_id=CLIENT, tenant="nowhere"), "tenant"),
        (SignInSettings("oauth", client_id=CLIENT, tenant="../evil"), "tenant"),
    ],
)
def test_a_configuration_that_can_not_work_says_what_to_set(account, desk, authority, settings, words):
    wrong = replace(account, sign_in=settings)
    with pytest.raises(ConfigError, match=words) as caught:
        MicrosoftSignIn(wrong, desk).login(Person(authority), now=NOW)
    assert caught.value.next_step
    desk.vault.put("account.web.microsoft", '{"cache": ""}')
    with pytest.raises(AuthError, match=words):
        MicrosoftSignIn(wrong, desk).token()


@pytest.mark.parametrize(
    "tenant", ["consumers", "organizations", "contoso.onmicrosoft.example", "8a1c2f34-56de-4b7a-9c01-23456789abcd"]
)
def test_the_tenant_of_the_configuration_is_the_one_that_is_asked(account, desk, authority, tenant):
    chosen = replace(account, sign_in=SignInSettings("oauth", client_id=CLIENT, tenant=tenant))
    signed_in(chosen, desk, authority)
    assert {place.split("/")[1] for place, _ in authority.asked} == {tenant}


def test_a_publishers_client_id_makes_it_one_click(account, desk, authority, monkeypatch):
    from mailwatch.auth import microsoft_client

    known = microsoft_client.provider_named("outlook")
    assert known is not None
    assert known.client_id == ""
    monkeypatch.setattr(
        microsoft_client, "provider_named", lambda name: type(known)(known.title, (), (), (), client_id=CLIENT)
    )
    assert signed_in(replace(account, sign_in=SignInSettings("oauth")), desk, authority)[1].signed_in


def test_without_the_library_there_is_one_line_that_installs_it(account, desk, authority, monkeypatch):
    from mailwatch.auth import microsoft_client

    monkeypatch.setattr(microsoft_client, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="msal") as caught:
        MicrosoftSignIn(account, desk).login(Person(authority), now=NOW)
    assert "mailwatch[outlook]" in caught.value.next_step


def test_a_certificate_that_does_not_fit_ends_the_sign_in(account, desk, authority, certificate):
    from mailwatch.errors import ProtocolError

    strict = replace(account, endpoints=Endpoints(authority=authority.url))
    with pytest.raises(ProtocolError, match="certificate"):
        MicrosoftSignIn(strict, desk).login(Person(authority), now=NOW)
    assert authority.asked == []
