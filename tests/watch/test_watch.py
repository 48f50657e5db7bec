"""The watch sees what it is there for: this is how a send call, wherever it is added, turns the tests red."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest

from tests import watch
from tests.conftest import SEEN
from tests.servers.recording import recording_server

pytestmark = pytest.mark.tries_to_send
PLANTED = {
    "smtplib": "import smtplib; smtplib.SMTP('127.0.0.1', 587)",
    "smtplib by its other door": "import smtplib; smtplib.SMTP_SSL('127.0.0.1', 465)",
    "a socket": "import socket; socket.create_connection(('127.0.0.1', 25))",
    "a number alone": "import socket; socket.socket().connect_ex(('127.0.0.1', 2525))",
    "another host": "import socket; socket.socket().connect(('192.0.2.1', 443))",
    "a mail program": "import subprocess; subprocess.run(['/usr/sbin/sendmail', '-t'])",
}


@pytest.mark.scenario("S1")
@pytest.mark.parametrize("code", PLANTED.values(), ids=PLANTED.keys())
def test_an_attempt_in_a_child_process_is_seen_even_where_its_error_is_swallowed(code: str) -> None:
    program = f"try:\n    {code}\nexcept BaseException:\n    pass"
    subprocess.run([sys.executable, "-c", program], check=True)
    (found,) = watch.seen(SEEN)
    assert "a child process tried to" in found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gmail/v1/users/me/messages/send"),
        ("POST", "/gmail/v1/users/me/drafts/%73end"),
        ("POST", "/v1.0/me/sendMail"),
        ("POST", "/v1.0/me/messages/x/reply"),
        ("POST", "/v1.0/$batch"),
        ("PUT", "/dav/jo/1.ics"),
    ],
)
def test_a_request_that_could_send_is_seen_by_every_fake_server(method: str, path: str) -> None:
    with recording_server() as server:
        wire = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
        wire.request(method, path, b"")
        wire.getresponse().read()
        wire.close()
    assert watch.seen(SEEN) == [f"{method} {path} reached a server"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/gmail/v1/users/me/drafts"), ("POST", "/v1.0/me/messages"), ("REPORT", "/dav/jo/")]
)
def test_what_is_wanted_is_none(method: str, path: str) -> None:
    assert not watch.could_send(method, path, {"host"})


def test_whatever_reaches_a_sink_is_seen() -> None:
    port, *_ = watch.listen_at(0)
    socket.create_connection(("127.0.0.1", port), 5).close()
    until = time.monotonic() + 10
    found: list[str] = []
    while not found and time.monotonic() < until:
        time.sleep(0.01)
        found = watch.seen(SEEN)
    assert found == [f"somebody connected to port {port}"]


def test_this_process_is_watched_too() -> None:
    with pytest.raises(PermissionError), socket.socket() as wire:
        wire.connect(("127.0.0.1", 587))
    (found,) = watch.seen(SEEN)  # by the one hook or the other: a worker of pytest-xdist is a child process itself
    assert "port 587" in found
