"""Feeds: one GET, over https, going nowhere private on a server's word."""

from __future__ import annotations

import logging
import socket

import pytest

from mailwatch.errors import AuthError, BackendError, MailwatchError, ProtocolError, RefusedToSend, TransientError
from mailwatch.transport import Feed, FeedStamp, GuardedSession, Limits, fetch_feed
from mailwatch.transport import connections as connections_module
from mailwatch.transport.connections import Watch, is_public
from mailwatch.transport.feed import _FeedGate
from tests.servers.recording import Told

QUICK = Limits(connect=2, silence=0.5, whole=1.0, body=1_000)


def fetch(url, **settings):
    return fetch_feed("jobs", url, **{"limits": QUICK, **settings})


def test_a_feed_comes_with_its_stamp(server):
    server.tell(Told(200, {"ETag": '"v1"', "Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT"}, b"BEGIN:VCALENDAR"))
    assert fetch(f"{server.url}/secret/basic.ics") == Feed(
        b"BEGIN:VCALENDAR", FeedStamp('"v1"', "Tue, 24 Nov 2026 10:00:00 GMT")
    )
    assert (server.asked[0].method, server.asked[0].path) == ("GET", "/secret/basic.ics")


def test_an_unchanged_feed_is_not_sent_again(server):
    server.tell(Told(304))
    assert fetch(f"{server.url}/x.ics", known=FeedStamp('"v1"', "Tue, 24 Nov 2026 10:00:00 GMT")) is None
    asked = server.asked[0].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"v1"', "Tue, 24 Nov 2026 10:00:00 GMT")


def test_a_stamp_that_knows_nothing_asks_for_everything(server):
    fetch(f"{server.url}/x.ics", known=FeedStamp())
    assert not {"if-none-match", "if-modified-since"} & set(server.asked[0].headers)


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example/x.ics",
        "ftp://calendar.example/x.ics",
        "file:///etc/passwd",
        "calendar.ics",
        "",
        "https://",
        "https://[x",
    ],
)
def test_only_https_addresses_are_feeds(url):
    with pytest.raises(BackendError, match="https"):
        fetch(url)


def test_a_named_authority_that_is_missing_is_said(server, tmp_path):
    with pytest.raises(BackendError, match="CA file") as caught:
        fetch(f"{server.url}/x.ics", ca_file=tmp_path / "none.pem")
    assert caught.value.account == "jobs"


def test_webcal_means_https(tls_server, authority):
    tls_server.tell(Told(200, {}, b"ok"))
    url = tls_server.url.replace("https:", "webcal:") + "/x.ics"
    assert fetch(url, ca_file=authority[0]) == Feed(b"ok", FeedStamp())


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:9/x.ics",
        "http://calendar.example/x.ics",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "https://127.0.0.1:9/x.ics",
        "https://localhost:9/x.ics",
        "https://[::1]:9/x.ics",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/router",
        "https://192.168.1.1/",
        "https://[fe80::1]/",
        "https://[::ffff:127.0.0.1]:9/",
        "https://2130706433:9/",
        "https://0/",
        "/again.ics",
    ],
)
def test_a_redirect_to_a_private_place_or_another_scheme_is_not_followed(server, target):
    server.tell(Told(302, {"Location": target}))
    with pytest.raises((ProtocolError, TransientError)):
        fetch(f"{server.url}/x.ics")
    assert len(server.asked) == 1


def test_a_name_that_resolves_to_a_private_address_is_not_followed(server, monkeypatch):
    private = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443)),
    ]
    monkeypatch.setattr(connections_module.socket, "getaddrinfo", lambda *arguments, **named: private)
    with pytest.raises(PermissionError):
        Watch(public_only=True).address_of("calendar.example", 443)
    monkeypatch.setattr(connections_module.socket, "getaddrinfo", lambda *arguments, **named: private[:1])
    assert Watch(public_only=True).address_of("calendar.example", 443) == "93.184.215.14"


def test_a_redirect_to_a_public_https_address_is_followed(server, tls_server, authority, monkeypatch):
    monkeypatch.setattr(connections_module, "is_public", lambda address: True)  # the test server plays a public one
    server.tell(Told(302, {"Location": f"{tls_server.url}/moved.ics"}))
    tls_server.tell(Told(200, {}, b"ok"))
    assert fetch(f"{server.url}/x.ics", ca_file=authority[0]) == Feed(b"ok", FeedStamp())
    assert tls_server.asked[0].path == "/moved.ics"


def test_redirects_in_circles_end(tls_server, authority, monkeypatch):
    monkeypatch.setattr(connections_module, "is_public", lambda address: True)
    tls_server.tell(Told(302, {"Location": "/x.ics"}))
    with pytest.raises(ProtocolError, match="circles"):
        fetch(f"{tls_server.url}/x.ics", ca_file=authority[0])
    assert len(tls_server.asked) == 5


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.1.1", "100.64.0.1", "0.0.0.1", "224.0.0.1", "240.0.0.1",
                "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe"]
)  # fmt: skip
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_addresses_that_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, AuthError),
        (403, AuthError),
        (404, ProtocolError),
        (410, ProtocolError),
        (429, TransientError),
        (500, TransientError),
        (204, ProtocolError),
    ],
)
def test_statuses_become_typed_errors(server, status, error):
    server.tell(Told(status))
    with pytest.raises(error) as caught:
        fetch(f"{server.url}/secret.ics")
    assert "secret" not in str(caught.value) + caught.value.next_step


def test_a_feed_over_the_limit_is_not_read(server):
    server.tell(Told(200, {}, b"x" * 2_000))
    with pytest.raises(ProtocolError):
        fetch(f"{server.url}/x.ics")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_a_feeds_session_only_gets(server, method):
    with pytest.raises(RefusedToSend):
        GuardedSession(_FeedGate()).request(method, f"{server.url}/x.ics")
    assert server.asked == []


@pytest.mark.parametrize("how", ["lost", "hang", "cut"])
def test_the_secret_address_is_neither_logged_nor_shown(server, how, caplog):
    caplog.set_level(logging.DEBUG)
    server.tell(Told(200, {}, b"ok"), Told(200, {}, b"secret", how=how))
    fetch(f"{server.url}/private-secret/basic.ics?key=secret")
    with pytest.raises(MailwatchError) as caught:
        fetch(f"{server.url}/private-secret/basic.ics?key=secret")
    assert "secret" not in caplog.text + str(caught.value) + caught.value.next_step
    assert caught.value.__suppress_context__
