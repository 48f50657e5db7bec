"""Microsoft's library msal behind our own HTTP door, made anew for each exchange so that it remembers no error of the last one."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from mailwatch.errors import ConfigError, MailwatchError
from mailwatch.provider_catalogue import provider_named
from mailwatch.settings import AccountSettings
from mailwatch.transport import Guard, Limits, Transport, rule

MAIL_SCOPES = ("Mail.ReadWrite", "Calendars.Read", "User.Read")
IMAP_SCOPES = ("https://outlook.office.com/IMAP.AccessAsUser.All",)
_TOLERATED = frozenset({"openid", "profile", "email", "offline_access", "user.read"})
AUTHORITY = "https://login.microsoftonline.com"
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,120}")
_CLIENT_ID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_LIMITS = Limits(connect=10, silence=30, whole=60, body=1_000_000, one_wait=20, all_waits=40)
_JUDGED_BY_MSAL = frozenset(range(400, 500)) - {429}


def unwanted_scopes(granted: str, asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of a token's scopes, those that are too many, and those of the asked ones that are missing."""
    wanted = {_short(scope): scope for scope in asked}
    seen = {_short(scope): scope for scope in granted.split()}
    more = sorted(scope for short, scope in seen.items() if short not in wanted and short not in _TOLERATED)
    less = [
        scope.rpartition("/")[2] for short, scope in wanted.items() if short not in seen and short not in _TOLERATED
    ]
    return more, less


def client_id_of(account: AccountSettings) -> str:
    """The id of the registration: the user's own, else the one that a publisher has put into providers/outlook.toml.

    Raises:
        ConfigError: there is none, or it is no such id.
    """
    provider = provider_named("outlook")
    found = (account.sign_in.client_id if account.sign_in else "") or (provider.client_id if provider else "")
    if not found:
        raise ConfigError(
            f"There is no client id for {account.name}, so Microsoft would not know who asks.",
            next_step=f"register mailwatch once (docs/outlook.md), then set client_id in [account.{account.name}.auth]",
        )
    if not _CLIENT_ID.fullmatch(found):
        raise ConfigError(
            f"The client id of {account.name} is none: it looks like 8a1c2f34-56de-4b7a-9c01-23456789abcd.",
            next_step="copy “Application (client) ID” from your registration (docs/outlook.md, step 3)",
        )
    return found


def require_library(account: AccountSettings) -> None:
    """Is the extra installed? It is not loaded for that.

    Raises:
        ConfigError: it is not.
    """
    if find_spec("msal") is None:
        raise ConfigError(
            f"Account {account.name} needs the package msal, which is not installed.",
            next_step="pip install 'mailwatch[outlook]' (with pipx: pipx inject mailwatch msal)",
        )


def client_for(account: AccountSettings, cache: str) -> Client:
    """The library for an account, with what was kept of it.

    Raises:
        ConfigError: msal is not installed, or the registration or tenant is not named right.
        TransientError: Microsoft can't be reached.
    """
    require_library(account)
    import msal

    client_id = client_id_of(account)
    base = (account.endpoints.authority or AUTHORITY).rstrip("/")
    tenant = (account.sign_in.tenant if account.sign_in else "") or "common"
    if not _TENANT.fullmatch(tenant):
        raise _no_tenant(account)
    kept = msal.SerializableTokenCache()
    if cache:
        kept.deserialize(cache)
    door = _Door(account, base)
    try:
        application = msal.PublicClientApplication(
            client_id,
            authority=f"{base}/{tenant}",
            token_cache=kept,
            http_client=door,
            instance_discovery=False,
            client_capabilities=["CP1"],
        )
    except ValueError:
        door.close()
        raise _no_tenant(account) from None
    except MailwatchError:
        door.close()
        raise
    return Client(application, kept, door)


class Client:
    """The few things asked of msal. To be closed."""

    def __init__(self, application: Any, cache: Any, door: _Door) -> None:
        self._application = application
        self._cache = cache
        self._door = door

    def close(self) -> None:
        """Let go of the connections."""
        self._door.close()

    @property
    def changed(self) -> bool:
        """Is there something new to keep?"""
        return bool(self._cache.has_state_changed)

    @property
    def cache(self) -> str:
        """What is to be kept."""
        return str(self._cache.serialize())

    def renewed(self, scopes: Sequence[str], *, fresh: bool, claims: str) -> Mapping[str, Any] | None:
        """A token out of the cache or by renewal; an error answer; or None where nobody has signed in."""
        accounts = self._application.get_accounts()
        if not accounts:
            return None
        found: Mapping[str, Any] | None = self._application.acquire_token_silent_with_error(
            list(scopes), account=accounts[0], force_refresh=fresh, claims_challenge=claims or None
        )
        return found

    def begin(self, scopes: Sequence[str], address: str, *, login_hint: str) -> dict[str, Any]:
        """An auth code flow with PKCE and state (RFC 7636); `auth_uri` is for the browser.

        The answer comes in the address, so that it can be pasted; the code in it is of no use without this flow.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # msal prefers an answer by form
            flow: dict[str, Any] = self._application.initiate_auth_code_flow(
                list(scopes), redirect_uri=address, login_hint=login_hint, response_mode="query"
            )
        return flow

    def finish(self, flow: dict[str, Any], answer: dict[str, str]) -> Mapping[str, Any]:
        """The token for the browser's answer, or an error answer."""
        found: Mapping[str, Any] = self._application.acquire_token_by_auth_code_flow(flow, answer)
        return found

    def begin_with_code(self, scopes: Sequence[str]) -> dict[str, Any]:
        """A device code flow (RFC 8628), or an error answer."""
        flow: dict[str, Any] = self._application.initiate_device_flow(list(scopes))
        return flow

    def finish_with_code(self, flow: dict[str, Any]) -> Mapping[str, Any]:
        """The token, when the code was typed, or an error answer."""
        found: Mapping[str, Any] = self._application.acquire_token_by_device_flow(flow)
        return found


class _Answer:
    """A response as msal wants it."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        self.status_code, self.text, self.headers = status, text, headers

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise ValueError(f"status {self.status_code}")


class _Door:
    """The http client that msal is given: our own door, which knows the pages of the authority that a sign-in needs, and no others."""

    def __init__(self, account: AccountSettings, base: str) -> None:
        path = re.escape(urlsplit(base).path.rstrip("/")) + r"/[A-Za-z0-9.-]+"
        rules = (
            rule("GET", base, rf"{path}/v2\.0/\.well-known/openid-configuration"),
            rule("POST", base, rf"{path}/oauth2/v2\.0/(?:token|devicecode)"),
        )
        ca_file = account.endpoints.ca_file
        self._transport = Transport(
            account.name, Guard(rules), ca_file=Path(ca_file) if ca_file else None, limits=_LIMITS
        )

    def get(self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None, **_: Any) -> _Answer:  # fmt: skip
        answer = self._transport.request("GET", url, params=params, headers=headers, expect=_JUDGED_BY_MSAL)
        return _Answer(answer.status, answer.body.decode("utf-8", "replace"), answer.headers)

    def post(self, url: str, *, params: Mapping[str, str] | None = None, data: Mapping[str, Any] | str | None = None, headers: Mapping[str, str] | None = None, **_: Any) -> _Answer:  # fmt: skip
        body = data if isinstance(data, str) else urlencode({key: value for key, value in (data or {}).items() if value is not None})  # fmt: skip
        sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        answer = self._transport.request("POST", url, params=params, headers=sent, body=body.encode(), expect=_JUDGED_BY_MSAL)  # fmt: skip
        return _Answer(answer.status, answer.body.decode("utf-8", "replace"), answer.headers)

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()


def _short(scope: str) -> str:
    return scope.rpartition("/")[2].casefold()


def _no_tenant(account: AccountSettings) -> ConfigError:
    return ConfigError(
        f"Microsoft does not know the tenant that the configuration names for {account.name}.",
        next_step=f"set tenant in [account.{account.name}.auth] to common, consumers, organizations or your tenant's id",
    )
