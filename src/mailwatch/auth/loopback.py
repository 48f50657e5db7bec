"""The address on this machine at which a browser ends after a sign-in (RFC 8252 §7.3): one answer, the right one, in five minutes.

A browser asks for more than that one page, other tabs may end here, and anybody on the machine may knock. So whatever does not carry
the state of this very sign-in is turned away, and waiting goes on.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mailwatch.errors import UsageError

PATIENCE = 300.0
_STEP = 0.5
_DONE = b"<!doctype html><title>mailwatch</title><p>That is all. You can close this page and go back to mailwatch.</p>"
_OTHER = b"<!doctype html><title>mailwatch</title><p>This page belongs to no sign-in that is going on.</p>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider's page sent along: a code, or the error that it gives for there being none, in its own words."""

    code: str = ""
    error: str = ""
    detail: str = ""


def answer_in(address: str, state: str) -> Answer | None:
    """The answer in the address at which a browser ended; None where it is none of this sign-in."""
    given = dict(parse_qsl(urlsplit(address.strip()).query))
    if not hmac.compare_digest(given.get("state", "").encode(), state.encode()):
        return None
    code, error = given.get("code", ""), given.get("error", "")
    return Answer(code, error, given.get("error_description", "")) if code or error else None


class Loopback:
    """Listens on 127.0.0.1, at a port that happens to be free.

    Args:
        clock: for tests.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._server = _Server(("127.0.0.1", 0), _Page)
        self._server.timeout = _STEP

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """What the provider is told to send the browser to."""
        return f"http://127.0.0.1:{self.port}/"

    def wait(self, state: str, *, patience: float = PATIENCE) -> Answer:
        """The one answer that carries this state.

        Raises:
            UsageError: nobody came in time.
        """
        self._server.expected = state
        end = self._clock() + patience
        while self._server.answer is None:
            if self._clock() >= end:
                raise UsageError(
                    f"Nobody finished the sign-in in the browser within {patience / 60:.0f} minutes.",
                    next_step="try again",
                )
            self._server.handle_request()
        return self._server.answer

    def close(self) -> None:
        """Stop listening."""
        self._server.server_close()


class _Server(HTTPServer):
    allow_reuse_address = False
    expected: str = ""
    answer: Answer | None = None

    def handle_error(self, *_: Any) -> None:
        """A caller that hung up is none of our business."""


class _Page(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5

    def log_message(self, *_: Any) -> None:
        """The address holds the code: it is not written anywhere."""

    def do_GET(self) -> None:
        found = answer_in(self.path, self.server.expected) if self.server.answer is None else None
        self.server.answer = self.server.answer or found
        body = _DONE if found else _OTHER
        self.send_response(200 if found else 400)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
