"""Signing in at Microsoft in the browser, with a registration of the user's own (msal's public client).

Asked for: Mail.ReadWrite and Calendars.Read, never Mail.Send; for an IMAP account IMAP.AccessAsUser.All, never SMTP.Send.
A token that carries more than that is refused: what may send is no sign-in for mailwatch. msal's cache of tokens is too
large for some keyrings; it lies in the vault as one text.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailwatch.auth.base import Asker, Desk, SignInStatus, sign_in_needed
from mailwatch.auth.loopback import PATIENCE as _PATIENCE
from mailwatch.auth.loopback import Answer, Loopback, answer_in
from mailwatch.auth.microsoft_client import IMAP_SCOPES, MAIL_SCOPES, Client, client_for, client_id_of, unwanted_scopes
from mailwatch.auth.microsoft_refusals import refusal_in
from mailwatch.errors import AuthError, ConfigError, SecretError, UsageError
from mailwatch.settings import AccountSettings

log = logging.getLogger(__name__)

_REFUSED_FOR = 900.0
_EARLY = 300.0
_IDLE_AFTER = timedelta(days=75)
_NAMES = {"Mail.ReadWrite": "read mail and keep drafts", "Calendars.Read": "read calendars", "User.Read": "see which account it is", "IMAP.AccessAsUser.All": "read mail and keep drafts through IMAP"}  # fmt: skip


class MicrosoftSignIn:
    """An account that signs in at Microsoft (satisfies base.SignIn and base.TokenSource, and graph.Access)."""

    def __init__(self, account: AccountSettings, desk: Desk) -> None:
        self._account = account
        self._desk = desk
        self._scopes = IMAP_SCOPES if account.backend == "imap" else MAIL_SCOPES
        self._token: tuple[str, float] = ("", 0.0)
        self._refused: tuple[float, AuthError] | None = None

    # What the runs need

    def token(self, *, fresh: bool = False, claims: str = "") -> str:
        """A token that is valid now.

        Args:
            fresh: the last one was refused: get another.
            claims: what the service wants to see in it (a claims challenge), as JSON.

        Raises:
            AuthError: the user has to sign in again; for a quarter of an hour nobody is asked then.
            TransientError: Microsoft can't be reached.
        """
        token, until = self._token
        if token and not fresh and not claims and time.monotonic() < until:
            return token
        if self._refused is not None and time.monotonic() < self._refused[0]:
            raise self._refused[1]
        try:
            return self._renewed(fresh=fresh, claims=claims)
        except ConfigError as error:
            raise sign_in_needed(self._account.name, error.message, next_step=error.next_step) from None
        except AuthError as error:
            self._refused = time.monotonic() + _REFUSED_FOR, error
            raise

    def _renewed(self, *, fresh: bool, claims: str) -> str:
        name = self._account.name
        kept = _table(self._desk.kept(name, "microsoft"))
        if not kept:
            raise sign_in_needed(name, f"{name} is not signed in at Microsoft")
        with closing(client_for(self._account, str(kept.get("cache", "")))) as client:
            result = client.renewed(self._scopes, fresh=fresh, claims=claims)
            if result is None:
                raise sign_in_needed(name, f"Nothing is left of the sign-in of {name}")
            self._check(result)
            if client.changed:
                self._keep({**kept, "cache": client.cache})
        self._token = str(result["access_token"]), time.monotonic() + float(result.get("expires_in", 0)) - _EARLY
        self._refused = None
        return self._token[0]

    def _keep(self, kept: Mapping[str, Any]) -> None:
        """Keep the renewed cache; the old one still serves where that fails."""
        try:
            self._desk.vault.put(f"account.{self._account.name}.microsoft", json.dumps(kept))
        except SecretError as error:
            log.warning("sign_in_kept account=%s done=no why=%s", self._account.name, type(error).__name__)

    def _check(self, result: Mapping[str, Any]) -> None:
        """Only a token with just the wanted rights passes.

        Raises:
            AuthError: it was refused, or carries more or less than was asked for.
        """
        name = self._account.name
        if "error" in result or "access_token" not in result:
            refusal, number = refusal_in(result)
            seen = f" (AADSTS{number})" if number else ""
            raise sign_in_needed(name, refusal.happened.format(name) + seen, next_step=refusal.next_step)
        if "scope" not in result:  # out of the cache, where it was checked when it came
            return
        more, less = unwanted_scopes(str(result["scope"]), self._scopes)
        if more:
            raise sign_in_needed(
                name,
                f"The sign-in of {name} would allow more than mailwatch may have ({', '.join(more)}), so it is not used",
                next_step="take these API permissions out of your registration and withdraw the consent "
                f"(docs/outlook.md, step 5), then mailwatch auth login {name}",
            )
        if less:
            raise sign_in_needed(name, f"The permission to {_NAMES[less[0]]} ({less[0]}) was not given for {name}")

    # What the user does

    def login(
        self, asker: Asker, *, now: datetime, device: bool = False, paste: bool = False, client: str = ""
    ) -> SignInStatus:
        """See SignIn. In the browser on this computer; else with a code, or by pasting an address."""
        account = self._account
        if client or (device and paste):
            what = "needs no client file" if client else "takes either --device or --paste"
            raise UsageError(f"A sign-in at Microsoft {what}", next_step=f"mailwatch auth login {account.name}")
        client_id_of(account)
        asker.say(
            f"mailwatch asks Microsoft to let it {' and '.join(_NAMES[scope.rpartition('/')[2]] for scope in self._scopes if scope != 'User.Read')} "
            f"of {account.email}. It does not ask for the right to send."
        )
        way = self._by_code if device else self._by_pasting if paste else self._in_the_browser
        with closing(client_for(account, "")) as opened:
            result = way(opened, asker)
            cache = opened.cache
        self._check(result)
        claims = result.get("id_token_claims")
        address = str(claims.get("preferred_username", "")) if isinstance(claims, dict) else ""
        kept = {"since": now.isoformat(), "address": address, "scopes": sorted(str(result.get("scope", "")).split()), "cache": cache}  # fmt: skip
        self._desk.vault.put(f"account.{account.name}.microsoft", json.dumps(kept))
        self._refused, self._token = None, ("", 0.0)
        return self.status(now=now)

    def _in_the_browser(self, client: Client, asker: Asker) -> Mapping[str, Any]:
        page = Loopback()
        try:
            # The name, not the number: Microsoft lets any port of localhost through (RFC 8252 §7.3).
            flow = client.begin(self._scopes, f"http://localhost:{page.port}", login_hint=self._account.email)
            if not asker.browse(flow["auth_uri"]):
                asker.say(f"Open this address in a browser on this computer: {flow['auth_uri']}")
                asker.say("Without a browser here: run it again with --device, or with --paste.")
            answer = page.wait(flow["state"], patience=_PATIENCE)
        finally:
            page.close()
        return self._finished(client, flow, answer)

    def _by_pasting(self, client: Client, asker: Asker) -> Mapping[str, Any]:
        flow = client.begin(self._scopes, "http://localhost", login_hint=self._account.email)
        asker.say(f"Open this address in any browser: {flow['auth_uri']}")
        asker.say(
            "When you have signed in, the browser ends at an address that it can't open. Copy that whole address."
        )
        answer = answer_in(asker.line("The address: "), flow["state"])
        if answer is None:
            raise sign_in_needed(
                self._account.name, f"That address is not the end of this sign-in to {self._account.name}"
            )
        return self._finished(client, flow, answer)

    @staticmethod
    def _finished(client: Client, flow: dict[str, Any], answer: Answer) -> Mapping[str, Any]:
        if answer.error:
            return {"error": answer.error, "error_description": answer.detail}
        return client.finish(flow, {"code": answer.code, "state": flow["state"]})

    def _by_code(self, client: Client, asker: Asker) -> Mapping[str, Any]:
        flow = client.begin_with_code(self._scopes)
        if "user_code" not in flow:
            return flow
        asker.say(f"On any device, open {flow['verification_uri']} and type the code {flow['user_code']}")
        asker.say("Type it only because you started this sign-in yourself just now.")
        return client.finish_with_code(flow)

    def status(self, *, now: datetime) -> SignInStatus:
        """See SignIn."""
        account, where = self._account, self._desk.vault.where
        found = SignInStatus(account.name, "microsoft", account.email, signed_in=False, where=where)
        kept = _table(self._desk.vault.get(f"account.{account.name}.microsoft"))
        if not kept:
            return found
        address = str(kept.get("address", ""))
        notes = []
        if address and address.casefold() != account.email:
            notes.append(f"Signed in as {address}, while the configuration says {account.email}.")
        used = _last_use(str(kept.get("cache", "")))
        if used is not None and now - used > _IDLE_AFTER:
            notes.append("It was last used more than 75 days ago; after 90 days without use a new sign-in is needed.")
        scopes = tuple(scope for scope in kept.get("scopes", ()) if isinstance(scope, str))
        since = _moment(str(kept.get("since", "")))
        return replace(found, signed_in=True, address=address or account.email, scopes=scopes, since=since, notes=tuple(notes))  # fmt: skip

    def logout(self) -> tuple[str, ...]:
        """See SignIn. Microsoft lets no program take back a permission: the user does that on a page."""
        self._token = ("", 0.0)
        if not self._desk.vault.forget(f"account.{self._account.name}.microsoft"):
            return ()
        pages = "https://account.microsoft.com/privacy/app-access for a personal account, https://myapps.microsoft.com for others"
        return (f"To take the permission back: {pages}.",)


def _table(text: str | None) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _last_use(cache: str) -> datetime | None:
    """When the refresh token came, which happens at each use."""
    tokens = _table(cache).get("RefreshToken")
    times = [each.get("last_modification_time") for each in tokens.values()] if isinstance(tokens, dict) else []
    seconds = [int(each) for each in times if isinstance(each, str) and each.isdecimal() and len(each) < 12]
    return datetime.fromtimestamp(max(seconds), UTC) if seconds else None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
