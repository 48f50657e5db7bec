"""What the door does with answers, and with servers that don't give one."""

from __future__ import annotations

import gzip
import logging
from datetime import timedelta

import pytest

from mailwatch.errors import (
    AuthError,
    ConfigError,
    MailwatchError,
    ProtocolError,
    RateLimited,
    RefusedToSend,
    TransientError,
)
from mailwatch.transport import Guard, Limits, Transport, rule
from tests.servers.recording import Told

QUICK = Limits(connect=2, silence=0.5, whole=1.0, body=100_000)


class Sleeper(list):
    def __call__(self, seconds):
        self.append(seconds)


@pytest.fixture
def sleeper():
    return Sleeper()


def transport(url, sleeper=None, **settings):
    methods = ("GET", "POST", "PROPFIND")
    guard = Guard([rule(method, url, r"/[a-z/]*") for method in methods])
    return Transport(
        "work", guard, **{"limits": QUICK, "sleep": sleeper if sleeper is not None else Sleeper(), **settings}
    )


def test_an_answer_is_read_whole(server):
    server.tell(Told(200, {"Content-Type": "application/json", "Content-Encoding": "gzip"}, gzip.compress(b'{"a": 1}')))
    answer = transport(server.url).request(
        "GET", f"{server.url}/messages", params={"q": "a b"}, headers={"Prefer": "x"}
    )
    assert (answer.status, answer.json(), answer.headers["content-type"]) == (200, {"a": 1}, "application/json")
    asked = server.asked[0]
    assert asked.path == "/messages?q=a+b"
    assert asked.headers["prefer"] == "x"
    assert asked.headers["user-agent"].startswith("mailwatch/")


def test_a_page_that_is_not_json_is_named_as_such(server):
    server.tell(Told(200, {}, b"<html>please sign in to this network</html>"))
    with pytest.raises(ProtocolError, match="network sign-in"):
        transport(server.url).request("GET", f"{server.url}/").json()


@pytest.mark.parametrize("outside", ["/forbidden/1", "/a/../b", "/a//b"])
def test_what_the_guard_stops_never_reaches_the_server(server, outside):
    with pytest.raises(RefusedToSend):
        transport(server.url).request("GET", f"{server.url}{outside}")
    assert server.asked == []


def test_the_session_given_to_a_library_is_guarded_too(server):
    session = transport(server.url).session
    for attempt in (
        lambda: session.post(f"{server.url}/send/1", data={"a": "b"}),
        lambda: session.put(f"{server.url}/messages", data="x"),
        lambda: session.get(f"{server.url}/messages", headers={"X-HTTP-Method-Override": "POST"}),
        lambda: session.get("http://127.0.0.2:9/messages"),
    ):
        with pytest.raises(RefusedToSend):
            attempt()
    assert server.asked == []


@pytest.mark.scenario("T22")
@pytest.mark.parametrize(
    ("told", "error"),
    [
        (Told(how="lost"), TransientError),
        (Told(how="reset"), TransientError),
        (Told(how="hang"), TransientError),
        (Told(how="cut", body=b"half of this is missing"), TransientError),
        (Told(429, {"Retry-After": "1"}), RateLimited),
        (Told(500), TransientError),
        (Told(503), RateLimited),
        (Told(504), TransientError),
    ],
    ids=["lost", "reset", "hang", "cut", "429", "500", "503", "504"],
)
def test_a_post_is_never_repeated(server, told, error, sleeper):
    server.tell(told)
    with pytest.raises(error):
        transport(server.url, sleeper).request("POST", f"{server.url}/drafts", body=b"{}")
    assert len(server.asked) == 1
    assert sleeper == []


def test_a_post_over_a_connection_that_died_meanwhile_is_sent_once(server):
    server.tell(Told(200), Told(how="lost"))
    door = transport(server.url)
    door.request("GET", f"{server.url}/messages")
    with pytest.raises(TransientError):
        door.request("POST", f"{server.url}/drafts", body=b"{}")
    assert [asked.method for asked in server.asked] == ["GET", "POST"]


@pytest.mark.scenario("S6")
def test_reading_waits_as_long_as_it_is_asked_to(server, sleeper):
    server.tell(Told(429, {"Retry-After": "7"}), Told(503, {"Retry-After": "2"}), Told(200, {}, b"ok"))
    assert transport(server.url, sleeper).request("GET", f"{server.url}/messages").body == b"ok"
    assert sleeper == [7, 2]


def test_a_date_to_retry_after_is_read_against_the_servers_own_clock(server, sleeper):
    then = {"Retry-After": "Tue, 24 Nov 2026 10:00:09 GMT", "Date": "Tue, 24 Nov 2026 10:00:00 GMT"}
    server.tell(Told(503, then), Told(200))
    transport(server.url, sleeper).request("GET", f"{server.url}/messages")
    assert sleeper == [9]


def test_without_a_time_to_wait_the_pauses_grow_and_end(server, sleeper):
    server.tell(Told(503))
    with pytest.raises(RateLimited):
        transport(server.url, sleeper).request("GET", f"{server.url}/messages")
    assert sum(sleeper) <= QUICK.all_waits
    assert all(0 <= pause <= 2 * 2 ** (number + 1) for number, pause in enumerate(sleeper))


def test_more_patience_than_there_is_becomes_an_error_with_a_capped_time(server, sleeper):
    server.tell(Told(429, {"Retry-After": "999999999999"}))
    with pytest.raises(RateLimited) as caught:
        transport(server.url, sleeper).request("GET", f"{server.url}/messages")
    assert caught.value.retry_after == timedelta(hours=1)
    assert sleeper == []


def test_the_patience_of_one_run_is_limited(server, sleeper):
    server.tell(Told(503, {"Retry-After": "50"}))
    with pytest.raises(RateLimited):
        transport(server.url, sleeper).request("GET", f"{server.url}/messages")
    assert sleeper == [50, 50]


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthError), (403, AuthError), (404, ProtocolError), (410, ProtocolError), (502, TransientError)],
)
def test_statuses_become_typed_errors_unless_expected(server, status, error):
    server.tell(Told(status))
    door = transport(server.url)
    with pytest.raises(error) as caught:
        door.request("GET", f"{server.url}/messages")
    assert caught.value.account == "work"
    assert door.request("GET", f"{server.url}/messages", expect={status}).status == status


def test_a_refused_sign_in_names_the_command_that_helps(server):
    server.tell(Told(401))
    with pytest.raises(AuthError) as caught:
        transport(server.url).request("GET", f"{server.url}/messages")
    assert caught.value.next_step == "check the sign-in of work in the configuration"


def test_reading_follows_a_redirect_within_the_server(server):
    server.tell(Told(301, {"Location": "/dav/home"}), Told(207, {}, b"found"))
    assert transport(server.url).request("PROPFIND", f"{server.url}/dav").body == b"found"
    assert [(asked.method, asked.path) for asked in server.asked] == [("PROPFIND", "/dav"), ("PROPFIND", "/dav/home")]


@pytest.mark.parametrize(
    "elsewhere", ["https://127.0.0.1:1/x", "//evil.example/x", "http://127.0.0.1:1/x", "ftp://a/b"]
)
def test_a_redirect_to_another_place_is_not_followed(server, elsewhere):
    server.tell(Told(302, {"Location": elsewhere}))
    with pytest.raises(ProtocolError, match="redirect"):
        transport(server.url).request("GET", f"{server.url}/messages")
    assert len(server.asked) == 1


def test_a_redirect_to_a_path_outside_the_allow_list_is_stopped(server):
    server.tell(Told(302, {"Location": "/send/1"}))
    with pytest.raises(RefusedToSend):
        transport(server.url).request("GET", f"{server.url}/messages")
    assert len(server.asked) == 1


def test_a_redirected_post_is_not_sent_again(server):
    server.tell(Told(307, {"Location": "/other"}))
    with pytest.raises(ProtocolError):
        transport(server.url).request("POST", f"{server.url}/drafts", body=b"{}")
    assert len(server.asked) == 1


def test_redirects_in_circles_end(server):
    server.tell(Told(302, {"Location": "/messages"}))
    with pytest.raises(ProtocolError, match="circles"):
        transport(server.url).request("GET", f"{server.url}/messages")
    assert len(server.asked) == 5


def test_an_answer_over_the_limit_is_not_read(server):
    server.tell(Told(200, {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 10_000_000)))
    with pytest.raises(ProtocolError, match="MB"):
        transport(server.url).request("GET", f"{server.url}/messages")


def test_a_server_that_drips_is_cut_off(server):
    server.tell(Told(200, {}, b"x" * 200, how="drip"))
    with pytest.raises(TransientError, match=r"longer than|broke off"):
        transport(server.url).request("GET", f"{server.url}/messages")


def test_a_dripped_body_without_length_is_not_taken_for_whole(server):
    server.tell(Told(200, {"Content-Length": "", "Connection": "close"}, b"x" * 200, how="drip"))
    with pytest.raises(TransientError):
        transport(server.url).request("GET", f"{server.url}/messages")


def test_no_server_there_is_for_later():
    url = "http://127.0.0.1:1"
    with pytest.raises(TransientError, match="can't be reached"):
        transport(url).request("GET", f"{url}/messages")


def test_cookies_are_not_kept(server):
    server.tell(Told(200, {"Set-Cookie": "session=1"}))
    door = transport(server.url)
    door.request("GET", f"{server.url}/messages")
    door.request("GET", f"{server.url}/messages")
    assert "cookie" not in server.asked[1].headers


def test_the_environment_has_no_say(server, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login rita password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    transport(server.url).request("GET", f"{server.url}/messages")
    assert "authorization" not in server.asked[0].headers


def test_a_private_authority_is_trusted_when_named_and_only_then(tls_server, authority, monkeypatch):
    tls_server.tell(Told(200, {}, b"ok"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    monkeypatch.setenv("CURL_CA_BUNDLE", "/nonexistent")
    assert transport(tls_server.url, ca_file=authority[0]).request("GET", f"{tls_server.url}/x").body == b"ok"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority[0]))
    with pytest.raises(ProtocolError, match="certificate") as caught:
        transport(tls_server.url).request("GET", f"{tls_server.url}/x")
    assert "ca_file" in caught.value.next_step
    assert len(tls_server.asked) == 1


def test_a_named_authority_that_is_missing_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.pem"):
        transport("http://127.0.0.1:1", ca_file=tmp_path / "none.pem")


def test_neither_log_nor_error_holds_address_header_or_body(server, caplog):
    caplog.set_level(logging.DEBUG)
    server.tell(Told(200, {}, b"secret-body"), Told(404, {}, b"secret-body"))
    door = transport(server.url)
    door.request(
        "GET", f"{server.url}/secretpath", params={"q": "secret-word"}, headers={"Authorization": "Bearer secret-token"}
    )
    with pytest.raises(MailwatchError) as caught:
        door.request("GET", f"{server.url}/secretpath", headers={"Authorization": "Bearer secret-token"})
    assert "http account=work" in caplog.text
    assert "secret" not in caplog.text + str(caught.value) + caught.value.next_step


def test_closing_twice_is_fine():
    door = transport("http://127.0.0.1:1")
    door.close()
    door.close()
