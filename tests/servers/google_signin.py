"""Google's sign-in: the page that asks for consent, the token endpoint with PKCE, and revocation."""

from __future__ import annotations

import base64
import hashlib
import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

READ = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
EVENTS = "https://www.googleapis.com/auth/calendar.events.readonly"
CALENDARS = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
SCOPES = (READ, COMPOSE, EVENTS, CALENDARS)
CLIENT, CLIENT_SECRET = "1234.apps.googleusercontent.com", "a desktop client's secret is none"
REFRESH = "1//a-refresh-token"


@dataclass
class SignIn:
    """Grants, and the tokens made from them.

    grants: what the user ticks on the consent page; None: everything asked for. denies: the user says no.
    foreign_state: the answer to the browser belongs to another sign-in. refused: the token endpoint's error, "" for none.
    rotates: a refresh brings a new refresh token too. more: what else stands in the answer to a code. asked: form fields of every request to the token endpoint.
    """

    grants: tuple[str, ...] | None = None
    denies: bool = False
    foreign_state: bool = False
    refused: str = ""
    refused_more: dict[str, str] = field(default_factory=dict)
    rotates: bool = False
    more: dict[str, Any] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    access: dict[str, frozenset[str]] = field(default_factory=dict)
    refresh: dict[str, tuple[str, ...]] = field(default_factory=lambda: {REFRESH: SCOPES})
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def consent(self, asked: dict[str, str]) -> str:
        """Where the browser goes after the consent page."""
        for name, wanted in (
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("code_challenge_method", "S256"),
            ("access_type", "offline"),
        ):
            if asked.get(name) != wanted:
                raise AssertionError(f"the sign-in page is asked with {name}={asked.get(name)}")
        if len(asked.get("code_challenge", "")) < 43 or len(asked.get("state", "")) < 16:
            raise AssertionError("no code challenge, or no state to speak of")
        state = "another-sign-in" if self.foreign_state else asked["state"]
        if self.denies:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': state})}"
        code = f"4/code-{next(self._count)}"
        self.codes[code] = asked
        granted = " ".join(self.grants if self.grants is not None else asked["scope"].split())
        return f"{asked['redirect_uri']}?{urlencode({'state': state, 'code': code, 'scope': granted})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The token endpoint: status and answer."""
        self.asked.append(form)
        if self.refused:
            return 400, {"error": self.refused, **self.refused_more}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        if form.get("grant_type") == "refresh_token":
            return self._refreshed(form)
        if form.get("grant_type") == "authorization_code":
            return self._redeemed(form)
        return 400, {"error": "unsupported_grant_type"}

    def revoke(self, token: str) -> int:
        self.revoked.append(token)
        self.access.pop(token, None)
        return 200 if self.refresh.pop(token, None) is not None else 400

    def new_access(self, scopes: tuple[str, ...] = SCOPES) -> str:
        token = f"ya29.access-{next(self._count)}"
        self.access[token] = frozenset(scopes)
        return token

    def expire_access(self) -> None:
        """An hour passes."""
        self.access.clear()

    def _refreshed(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        scopes = self.refresh.get(form.get("refresh_token", ""))
        if scopes is None:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        more = {"refresh_token": f"1//{next(self._count)}"} if self.rotates else {}
        if more:
            self.refresh[more["refresh_token"]] = self.refresh.pop(form["refresh_token"])
        return 200, {**self._answer(scopes), **more}

    def _redeemed(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant", "error_description": "Malformed auth code."}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return 400, {"error": "invalid_grant", "error_description": "Invalid code verifier."}
        scopes = self.grants if self.grants is not None else tuple(asked["scope"].split())
        refresh = f"1//refresh-{next(self._count)}"
        self.refresh[refresh] = scopes
        return 200, {**self._answer(scopes), "refresh_token": refresh, **self.more}

    def _answer(self, scopes: tuple[str, ...]) -> dict[str, Any]:
        return {
            "access_token": self.new_access(scopes),
            "expires_in": 3599,
            "scope": " ".join(scopes),
            "token_type": "Bearer",
        }
