"""Microsoft Graph on the loopback interface: a strict, stateful subset that records everything asked of it.

Strict: what the schema (graph_schema.py) does not name is refused and noted as a violation; what could send a mail is
noted as sending. A test's world asserts at its end that there is neither.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.servers.graph_answers import Answer, Answers
from tests.servers.graph_events import Events
from tests.servers.graph_mailbox import Mailbox
from tests.servers.graph_odata import Refused
from tests.servers.graph_schema import ROUTES, SENDING, Route
from tests.servers.web import WebServer

ALL_SCOPES = "Mail.ReadWrite Calendars.Read User.Read"


@dataclass(frozen=True)
class Asked:
    """A request. path: below the base address, as spelled; options: the query."""

    method: str
    path: str
    options: dict[str, str]
    headers: dict[str, str]
    body: bytes
    name: str = ""

    @property
    def prefers(self) -> dict[str, str]:
        pairs = (part.strip().partition("=") for part in self.headers.get("prefer", "").split(","))
        return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs if name.strip()}


@dataclass
class Fault:
    """What happens to the next `times` requests of that name ("" is any). after: the deed is done first.

    how: lost, reset, hang, cut, or a status to answer with.
    """

    name: str = ""
    how: str = "lost"
    status: int = 0
    after: bool = False
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    code: str = "ServiceUnavailable"


@dataclass
class Token:
    scopes: frozenset[str]
    claims_wanted: bool = False


class Graph:
    """One tenant with one user. base: what the configuration names as api_url, without /v1.0."""

    def __init__(self, mailbox: Mailbox, events: Events) -> None:
        self.mailbox = mailbox
        self.events = events
        self.asked: list[Asked] = []
        self.sending: list[str] = []
        self.violations: list[str] = []
        self.faults: list[Fault] = []
        self.tokens: dict[str, Token] = {"good": Token(frozenset(ALL_SCOPES.split()))}
        self.most_at_once = 0
        self.bytes_out = 0
        self.url = ""
        self.over = threading.Event()
        self._at_once = 0
        self._lock, self._counting = threading.Lock(), threading.Lock()
        self.answers = Answers(self)

    def fault(self, **settings: Any) -> None:
        self.faults.append(Fault(**settings))

    def names(self) -> list[str]:
        """What was asked for, by the routes' names."""
        return [asked.name for asked in self.asked]

    def answer(self, asked: Asked) -> tuple[Answer, Fault | None]:
        """Do what is asked, or what a fault makes of it."""
        with self._counting:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            with self._lock:
                return self._answer(asked)
        finally:
            with self._counting:
                self._at_once -= 1

    def _answer(self, asked: Asked) -> tuple[Answer, Fault | None]:
        route, ids = self._routed(asked)
        asked = Asked(asked.method, asked.path, asked.options, asked.headers, asked.body, route.name if route else "")
        self.asked.append(asked)
        fault = next((each for each in self.faults if each.name in ("", asked.name) and each.times > 0), None)
        if fault is not None:
            fault.times -= 1
            if not fault.after:
                return _spoiled(fault), fault
        try:
            done = self._done(asked, route, ids)
        except Refused as refused:
            done = error_answer(refused)
        return (_spoiled(fault), fault) if fault is not None else (done, None)

    def _routed(self, asked: Asked) -> tuple[Route | None, dict[str, str]]:
        path = re.sub(r"\('([^']+)'\)", r"/\1", asked.path).replace("/mailfolders/", "/mailFolders/")
        for route in ROUTES:
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path.replace("$", r"\$"))
            found = re.fullmatch(pattern, path)
            if found and route.method == asked.method:
                if set(found.groupdict().values()) & {"delta"}:
                    continue
                return route, found.groupdict()
        return None, {}

    def _done(self, asked: Asked, route: Route | None, ids: dict[str, str]) -> Answer:
        if any(re.fullmatch(form, f"{asked.method} {asked.path}", re.IGNORECASE) for form in SENDING):
            self.sending.append(f"{asked.method} {asked.path}")
            raise Refused(403, "ErrorAccessDenied", "this could send")
        if route is None:
            self.violations.append(f"no such route: {asked.method} {asked.path}")
            raise Refused(404, "ResourceNotFound")
        self._check_token(asked, route)
        if asked.prefers.get("idtype") != "ImmutableId":
            self.violations.append(f"{asked.name} without immutable ids")
        unknown = set(asked.options) - route.options
        if unknown:
            self.violations.append(f"{asked.name} does not take {sorted(unknown)}")
            raise Refused(400, "ErrorInvalidUrlQuery", f"{sorted(unknown)}")
        try:
            return self.answers.to(asked, ids)
        except Refused as refused:
            if refused.status == 400:
                self.violations.append(f"{asked.name}: {refused.message}")
            raise

    def _check_token(self, asked: Asked, route: Route) -> None:
        token = self.tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "))
        if token is None:
            raise Refused(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
        if token.claims_wanted:
            wanted = base64.b64encode(b'{"access_token":{"nbf":{"essential":true,"value":"1764000000"}}}').decode()
            challenge = f'Bearer realm="", authorization_uri="https://login.example/common/oauth2/authorize", error="insufficient_claims", claims="{wanted}"'
            raise Refused(
                401, "InvalidAuthenticationToken", "Continuous access evaluation", **{"WWW-Authenticate": challenge}
            )
        if not token.scopes & route.scopes:
            raise Refused(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def _spoiled(fault: Fault) -> Answer:
    if not fault.status:
        return Answer(500)
    return error_answer(Refused(fault.status, fault.code, "", **fault.headers))


def error_answer(refused: Refused) -> Answer:
    body = {"error": {"code": refused.code, "message": refused.message, "innerError": {"request-id": "0"}}}
    return Answer(refused.status, json.dumps(body).encode(), dict(refused.headers))


def mime_from_body(body: bytes) -> bytes:
    """The MIME in a request: base64 in text/plain.

    Raises:
        Refused: it is no base64.
    """
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        raise Refused(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.") from None


@contextlib.contextmanager
def running_graph(graph: Graph, certificate: Path | None = None) -> Iterator[Graph]:
    """Serve it while the block lasts; `graph.url` is where."""
    server = WebServer(_handler_for(graph.answer, graph), certificate)
    graph.url = server.url.replace("127.0.0.1", "localhost") if certificate else server.url
    try:
        yield graph
    finally:
        graph.over.set()
        server.close()


def _handler_for(answer: Callable[[Asked], tuple[Answer, Fault | None]], graph: Graph) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            options = dict(parse_qsl(query, keep_blank_values=True))
            told, fault = answer(Asked(self.command, path.removeprefix("/v1.0"), options, headers, body))
            if fault is not None and not fault.status:
                self.close_connection = True
                _break(self, fault.how, told, graph.over)
                return
            if len(told.body) > 1_000 and "gzip" in headers.get("accept-encoding", ""):
                told = Answer(
                    told.status, gzip.compress(told.body, 1), {**told.headers, "Content-Encoding": "gzip"}, told.kind
                )
            graph.bytes_out += len(told.body)
            give(self, told)

        def log_message(self, *arguments: object) -> None:
            pass

    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._serve)
    return Handler


def give(handler: BaseHTTPRequestHandler, told: Answer) -> None:
    """Write a whole answer at once."""
    head = {"Content-Type": told.kind, "Content-Length": str(len(told.body)), **told.headers}
    lines = [f"HTTP/1.1 {told.status} told", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    with contextlib.suppress(OSError):
        handler.wfile.write("\r\n".join(lines).encode("latin-1") + told.body)


def _break(handler: BaseHTTPRequestHandler, how: str, told: Answer, over: threading.Event) -> None:
    if how == "reset":
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
    elif how == "hang":
        over.wait(20)
    elif how == "cut":
        with contextlib.suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 told\r\nContent-Length: 4000\r\n\r\n{")
