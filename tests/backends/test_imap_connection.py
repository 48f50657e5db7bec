"""Connecting to IMAP servers: secure before anything else, one clear line for what fails, and patience with who refuses."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from mailwatch.backends.imap import ImapBackend, Secret, Server
from mailwatch.errors import AuthError, BackendError, ConfigError, ProtocolError, RateLimited, TransientError
from mailwatch.sandbox import InlineParser
from tests.backends.contract import look
from tests.backends.mails import ME
from tests.servers.dovecot import Setup, need_dovecot, running_dovecot, token_for
from tests.servers.proxy import Fault, Proxy
from tests.servers.scripted_imap import Script, scripted_server

PASSWORD = Secret("correct-horse")
YEARS_AGO, IN_YEARS = 1_200_000_000, 4_000_000_000


@pytest.fixture(scope="module")
def dovecot(authority):
    need_dovecot()
    with running_dovecot(Setup(tls=authority[1], tokens="xoauth2 oauthbearer")) as server:
        yield server


class Asked:
    """A secret, and how often it was asked for."""

    def __init__(self, secret=PASSWORD) -> None:
        self.secret = secret
        self.times = 0

    def __call__(self) -> Secret:
        self.times += 1
        return self.secret


def backend_at(port, secret=PASSWORD, **settings):
    settings = {"host": "127.0.0.1", "tls": "none", "user": "jo", "timeout": 5.0, **settings}
    asked = secret if isinstance(secret, Asked) else Asked(secret)
    return ImapBackend(ME, Server(account="web", port=port, secret=asked, **settings), InlineParser())


def folders_of(backend):
    """Something that needs a sign-in and nothing else."""
    try:
        return {folder.name for folder in backend._folders().every}
    finally:
        backend.close()


# --- TLS ---


@pytest.mark.scenario("S2")
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_server_with_a_certificate_of_its_own_is_trusted_once_it_is_named(dovecot, authority, tls):
    port = dovecot.tls_port if tls == "implicit" else dovecot.port
    assert folders_of(backend_at(port, tls=tls, ca_file=str(authority[0]))) == {"INBOX"}


@pytest.mark.scenario("S2")
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_an_unknown_certificate_is_refused_before_any_secret_is_asked_for(dovecot, tls):
    port, secret = dovecot.tls_port if tls == "implicit" else dovecot.port, Asked()
    with pytest.raises(BackendError, match=r"certificate of 127\.0\.0\.1 can't be trusted") as caught:
        folders_of(backend_at(port, secret, tls=tls))
    assert (secret.times, "ca_file" in caught.value.next_step) == (0, True)


def expired(folder):
    """A certificate of 127.0.0.1 that ended years ago, and key with certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailwatch tests")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2021, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    certificate, both = folder / "old.pem", folder / "both.pem"
    certificate.write_bytes(made)
    both.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made)
    return certificate, both


@pytest.mark.scenario("S2")
def test_a_certificate_that_has_expired_is_refused_although_it_is_named(tmp_path):
    need_dovecot()
    certificate, both = expired(tmp_path)
    with running_dovecot(Setup(tls=both)) as server:
        for tls, port in (("implicit", server.tls_port), ("starttls", server.port)):
            secret = Asked()
            with pytest.raises(BackendError, match="certificate has expired") as caught:
                folders_of(backend_at(port, secret, tls=tls, ca_file=str(certificate)))
            assert secret.times == 0
            assert caught.value.retry_after is not None


def test_a_certificate_for_another_name_is_refused(dovecot, authority):
    secret = Asked()
    with pytest.raises(BackendError, match="can't be trusted"):
        folders_of(backend_at(dovecot.tls_port, secret, host="localhost", tls="implicit", ca_file=str(authority[0])))
    assert secret.times == 0


def test_certificates_that_cant_be_read_are_a_mistake_in_the_configuration(dovecot, tmp_path):
    for path in (tmp_path / "missing.pem", tmp_path):
        with pytest.raises(ConfigError, match="certificates of web"):
            folders_of(backend_at(dovecot.tls_port, tls="implicit", ca_file=str(path)))


def test_nothing_but_this_very_machine_is_spoken_to_without_tls():
    secret = Asked()
    with pytest.raises(BackendError, match="without TLS"):
        folders_of(backend_at(143, secret, host="mail.example"))
    assert secret.times == 0
    assert Server("web", "localhost", 143, "jo", secret, tls="none").is_local


@pytest.mark.parametrize(
    ("greeting", "says"),
    [
        (b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n", "no secure connection"),
        (b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] in already\r\n", "before it is secure"),
    ],
)
def test_starttls_that_is_not_there_or_too_late_ends_it(greeting, says):
    secret = Asked()
    with scripted_server(Script(greeting=greeting)) as script, pytest.raises(BackendError, match=says):
        folders_of(backend_at(script.port, secret, tls="starttls"))
    assert (secret.times, [words for words in script.asked if words != b"LOGOUT"]) == (0, [])


def test_what_a_stranger_puts_behind_starttls_is_never_read_as_the_servers():
    injected = b"{tag} OK now\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n* OK injected\r\n"
    greeting = b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"
    secret = Asked()
    with scripted_server(Script(greeting, {b"STARTTLS": injected})) as script, pytest.raises(RateLimited):
        folders_of(backend_at(script.port, secret, tls="starttls", timeout=0.5))
    assert (secret.times, script.asked[0]) == (0, b"STARTTLS")


def test_a_connection_that_is_signed_in_already_is_believed_behind_tls(dovecot):
    greeting = b"* PREAUTH [CAPABILITY IMAP4rev1] in\r\n"
    with scripted_server(Script(greeting)) as script, pytest.raises(ProtocolError, match="not believed"):
        folders_of(backend_at(script.port))


# --- sign-in ---


@pytest.mark.scenario("S2")
def test_a_wrong_password_is_said_once_and_not_tried_again_for_a_minute(dovecot):
    with Proxy(dovecot.port) as proxy:
        backend = backend_at(proxy.port, Secret("wrong"))
        for _ in range(3):
            with pytest.raises(AuthError, match="refused the sign-in") as caught:
                backend.drafts()
        assert proxy.counts.connections == 1
        backend._refused = (time.monotonic() - 1, caught.value)
        with pytest.raises(AuthError):
            backend.drafts()
        assert proxy.counts.connections == 2
    assert caught.value.exit_code == 4
    assert "[account.web.auth]" in caught.value.next_step
    assert "wrong" not in caught.value.message


@pytest.mark.parametrize("password", ['quotes " and \\', "pässwörd", "spa ce"])
def test_any_password_reaches_the_server_as_it_is(password):
    script = Script(answers={b"AUTHENTICATE PLAIN": b"+ \r\n"})
    with scripted_server(script):
        backend = backend_at(script.port, Secret(password), user='j"o')
        script.answers[b"AUTHENTICATE PLAIN"] = b"{tag} NO later\r\n"
        if password.isascii():
            assert folders_of(backend) == {"INBOX", "Sent", "Drafts"}
            quoted = password.replace("\\", "\\\\").replace('"', '\\"')
            assert f'LOGIN "j\\"o" "{quoted}"'.encode() in script.asked
        else:
            with pytest.raises(AuthError):
                folders_of(backend)
            assert script.asked[0] == b"AUTHENTICATE PLAIN"


def test_login_that_is_switched_off_is_passed_by():
    greeting = b"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready\r\n"
    with scripted_server(Script(greeting)) as script, pytest.raises(AuthError, match="accepts no password"):
        folders_of(backend_at(script.port))


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (b"{tag} NO [UNAVAILABLE] later\r\n", RateLimited, "too busy"),
        (b"{tag} NO [LIMIT] too many\r\n", RateLimited, "too busy"),
        (b"{tag} NO [PRIVACYREQUIRED] tls\r\n", AuthError, "secure connection"),
        (b"{tag} NO [ALERT] Application-specific password required\r\n", AuthError, "refused the sign-in"),
        (b"{tag} BAD what\r\n", AuthError, "refused the sign-in"),
        (b"* BYE overloaded\r\n", RateLimited, "closed the connection"),
        (b"", RateLimited, "does not answer"),
    ],
)
def test_every_refusal_has_its_line(answer, kind, says):
    with scripted_server(Script(answers={b"LOGIN": answer})) as script, pytest.raises(kind, match=says) as caught:
        folders_of(backend_at(script.port, timeout=0.5))
    assert type(caught.value) is kind
    if b"Application" in answer:
        assert "app password" in caught.value.next_step


@pytest.mark.parametrize("mechanisms", [b"AUTH=XOAUTH2", b"AUTH=OAUTHBEARER AUTH=XOAUTH2"])
def test_a_token_signs_in_with_the_better_mechanism(dovecot, mechanisms):
    token = Secret(token_for("jo", until=IN_YEARS), "token")
    assert folders_of(backend_at(dovecot.port, token)) == {"INBOX"}
    with scripted_server(Script(b"* OK [CAPABILITY IMAP4rev1 " + mechanisms + b"] x\r\n")) as script:
        script.answers[b"AUTHENTICATE"] = b"{tag} NO not today\r\n"
        with pytest.raises(AuthError):
            folders_of(backend_at(script.port, token))
        assert script.asked[0] == b"AUTHENTICATE " + mechanisms.split()[0].removeprefix(b"AUTH=")


@pytest.mark.parametrize("changes", [{"until": YEARS_AGO}, {"until": IN_YEARS, "key": b"another key"}])
def test_an_expired_or_forged_token_asks_for_a_new_sign_in(dovecot, changes):
    token = token_for("jo", **changes)
    with pytest.raises(AuthError, match="refused the sign-in"):
        folders_of(backend_at(dovecot.port, Secret(token, "token")))


def test_a_secret_shows_nowhere():
    assert "horse" not in repr(Server("web", "h", 1, "jo", Asked())) + repr(PASSWORD) + str(PASSWORD)


def test_who_asks_to_be_told_our_name_is_told(dovecot):
    script = Script(answers={b"ID": b"* ID NIL\r\n{tag} OK\r\n"})
    script.answers[b"LOGIN"] = b"{tag} OK [CAPABILITY IMAP4rev1 ID] in\r\n"
    with scripted_server(script):
        folders_of(backend_at(script.port, identify=True))
        folders_of(backend_at(script.port))
    assert script.asked.count(b'ID ("name" "mailwatch")') == 1


# --- networks ---


@pytest.mark.scenario("S6")
@pytest.mark.parametrize(
    "fault", [Fault(refuse=True), Fault(hang=True), Fault(cut_after=1), Fault(cut_after=200, reset=True)]
)
def test_a_server_that_refuses_has_a_minutes_peace(dovecot, fault):
    with Proxy(dovecot.port) as proxy:
        proxy.fault = fault
        backend = backend_at(proxy.port, timeout=0.5)
        for _ in range(3):
            with pytest.raises(RateLimited) as caught:
                look(backend)
        assert proxy.counts.connections == 1
    assert caught.value.retry_after.total_seconds() == 60


def test_nobody_at_the_door_is_one_clear_line():
    with Proxy(1) as proxy:
        port = proxy.port
    with pytest.raises(RateLimited, match=r"127\.0\.0\.1 can't be reached"):
        folders_of(backend_at(port))


def test_something_else_than_a_mail_server_is_said_to_be_that():
    with scripted_server(Script(b"HTTP/1.1 400 Bad Request\r\n")) as script, pytest.raises(BackendError):
        folders_of(backend_at(script.port))
    old = Script(b"* OK [CAPABILITY IMAP2] old\r\n")
    with scripted_server(old), pytest.raises(ProtocolError, match="does not speak IMAP"):
        folders_of(backend_at(old.port))


def test_a_server_that_speaks_clear_text_where_tls_should_be_is_told_nothing(dovecot):
    secret = Asked()
    with pytest.raises(RateLimited, match="secure connection"):
        folders_of(backend_at(dovecot.port, secret, tls="implicit"))
    assert secret.times == 0


@pytest.mark.scenario("S6")
def test_a_slow_server_is_given_up_after_a_while_and_a_later_run_goes_on(dovecot):
    with Proxy(dovecot.port) as proxy:
        backend = backend_at(proxy.port, timeout=0.6)
        assert backend._folders().every
        proxy.fault = Fault(delay=2.0)
        with pytest.raises(TransientError, match="stopped answering"):
            look(backend)
        proxy.fault = Fault()
        with pytest.raises(BackendError, match="recognised as Sent"):
            look(backend)
        backend.close()


def test_a_connection_that_ended_at_rest_is_made_again(dovecot):
    with Proxy(dovecot.port) as proxy:
        backend = backend_at(proxy.port)
        assert backend._folders().every
        proxy.end_connections()
        time.sleep(0.05)
        assert backend._folders(anew=True).every
        assert proxy.counts.connections == 2
        backend.close()
