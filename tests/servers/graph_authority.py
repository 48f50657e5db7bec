"""Microsoft's token service on the loopback interface, over https: auth code with PKCE, device code, renewal, refusals.

Endpoints and parameters as learn.microsoft.com/entra/identity-platform documents them (v2-oauth2-auth-code-flow,
v2-oauth2-device-code). What comes without PKCE, with a wrong client or a used code is refused like there.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.servers.graph import Graph, Token, give
from tests.servers.graph_answers import Answer
from tests.servers.web import WebServer

CLIENT = "8a1c2f34-56de-4b7a-9c01-23456789abcd"
_ALWAYS = {"openid", "profile", "offline_access"}


@dataclass
class Pending:
    """A sign-in under way. approved: the user has agreed (device code)."""

    scopes: list[str]
    nonce: str = ""
    challenge: str = ""
    address: str = ""
    approved: bool = True


@dataclass
class Authority:
    """refusal: what every renewal, code or device is answered with, until it is taken away.

    new_token: makes the access tokens. more, less: scopes that are granted beyond, or not, what was asked for. polls: how often a device has to ask.
    """

    address: str
    graph: Graph | None = None
    refusal: dict[str, Any] | None = None
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    polls: int = 0
    lifetime: int = 3600
    new_token: Callable[[], str] = lambda: secrets.token_urlsafe(24)
    status: int = 200
    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    codes: dict[str, Pending] = field(default_factory=dict)
    devices: dict[str, Pending] = field(default_factory=dict)
    renewals: dict[str, list[str]] = field(default_factory=dict)

    def person_agrees(self, uri: str) -> tuple[str, dict[str, str]]:
        """What the browser page does with an authorize address: where it ends, and with which fields."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(uri).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert urlsplit(asked["redirect_uri"])[:1] == ("http",)
        assert urlsplit(asked["redirect_uri"]).hostname == "localhost"
        code = secrets.token_urlsafe(12)
        self.codes[code] = Pending(
            asked["scope"].split(), asked["nonce"], asked["code_challenge"], asked["redirect_uri"]
        )
        return asked["redirect_uri"], {"code": code, "state": asked["state"], "client_info": self._client_info()}

    def answer(self, method: str, path: str, form: dict[str, str]) -> Answer:
        place = urlsplit(path).path
        self.asked.append((f"{method} {place}", form))
        if self.status != 200:
            return Answer(self.status, b"<html>busy</html>", kind="text/html")
        tenant = place.split("/")[1]
        if tenant == "nowhere":
            return _told(
                400, {"error": "invalid_tenant", "error_description": "AADSTS90002: Tenant 'nowhere' not found."}
            )
        if place.endswith("/v2.0/.well-known/openid-configuration"):
            here = f"{self.url}/{tenant}"
            return _told(200, {
                "issuer": f"{here}/v2.0", "authorization_endpoint": f"{here}/oauth2/v2.0/authorize",
                "token_endpoint": f"{here}/oauth2/v2.0/token", "device_authorization_endpoint": f"{here}/oauth2/v2.0/devicecode",
            })  # fmt: skip
        if form.get("client_id") != CLIENT:
            return _told(
                400, {"error": "unauthorized_client", "error_description": "AADSTS700016: Application was not found."}
            )
        if place.endswith("/oauth2/v2.0/devicecode"):
            return self._device(tenant, form)
        if place.endswith("/oauth2/v2.0/token"):
            return self._token(tenant, form)
        return _told(404, {"error": "not_found"})

    def _device(self, tenant: str, form: dict[str, str]) -> Answer:
        code = secrets.token_urlsafe(12)
        self.devices[code] = Pending(form["scope"].split())
        return _told(200, {
            "device_code": code, "user_code": "ABCD1234", "verification_uri": f"{self.url}/{tenant}/device", "expires_in": 900, "interval": 0,
            "message": "To sign in, use a web browser.",
        })  # fmt: skip

    def _token(self, tenant: str, form: dict[str, str]) -> Answer:
        if self.refusal is not None:
            return _told(400, self.refusal)
        grant = form.get("grant_type", "")
        if grant == "authorization_code":
            pending = self.codes.pop(form.get("code", ""), None)
            proof = (
                base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
                .decode()
                .rstrip("=")
            )
            if pending is None or proof != pending.challenge or form.get("redirect_uri") != pending.address:
                return _told(400, {"error": "invalid_grant", "error_description": "AADSTS70000: the code is not valid"})
            return self._granted(tenant, pending)
        if grant.endswith("device_code"):
            if self.polls > 0:
                self.polls -= 1
                return _told(400, {"error": "authorization_pending", "error_description": "AADSTS70016: pending"})
            return self._granted(tenant, self.devices.pop(form["device_code"]))
        if form.get("refresh_token") in self.renewals:
            return self._granted(tenant, Pending(form["scope"].split()))
        return _told(400, {"error": "invalid_grant", "error_description": "AADSTS70000: unknown refresh token"})

    def _granted(self, tenant: str, pending: Pending) -> Answer:
        scopes = [scope for scope in pending.scopes if scope not in self.less] + list(self.more)
        plain = [scope for scope in scopes if scope not in _ALWAYS]
        token, renewal = self.new_token(), secrets.token_urlsafe(40)
        self.renewals[renewal] = scopes
        if self.graph is not None:
            self.graph.tokens[token] = Token(frozenset(plain))
        now = int(time.clock_gettime(time.CLOCK_REALTIME))
        claims = {
            "iss": f"{self.url}/{tenant}/v2.0", "aud": CLIENT, "sub": "s", "oid": "o", "tid": tenant, "exp": now + 3600, "iat": now,
            "nonce": pending.nonce, "preferred_username": self.address,
        }  # fmt: skip
        return _told(200, {
            "token_type": "Bearer", "scope": " ".join(plain), "expires_in": self.lifetime, "ext_expires_in": self.lifetime,
            "access_token": token, "refresh_token": renewal, "id_token": f"{_part({'alg': 'none'})}.{_part(claims)}.x",
            "client_info": self._client_info(),
        })  # fmt: skip

    @staticmethod
    def _client_info() -> str:
        return _part({"uid": "u-1", "utid": "t-1"})


def refused(error: str, number: int, *, suberror: str = "") -> dict[str, Any]:
    """An error answer as the service words it; its own words must never reach the user."""
    told = {
        "error": error,
        "error_description": f"AADSTS{number}: secret words about jo@home.example. Trace ID: 0",
        "error_codes": [number],
    }
    return told | ({"suberror": suberror} if suberror else {})


@contextlib.contextmanager
def running_authority(authority: Authority, certificate: Path) -> Iterator[Authority]:
    """Serve it while the block lasts; `authority.url` is what the configuration names as authority_url."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            give(self, authority.answer(self.command, self.path, dict(parse_qsl(body))))

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *arguments: object) -> None:
            pass

    server = WebServer(Handler, certificate)
    authority.url = server.url
    try:
        yield authority
    finally:
        server.close()


def _told(status: int, value: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(value).encode())


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
