"""Signing in to Google with the user's own client: exactly the permissions that are needed, and tokens for as long as Google lets it last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from mailwatch.auth.base import Asker, Desk, SignInStatus, sign_in_needed
from mailwatch.auth.google_consent import INSTALL, Consent, Tokens, client_from_file
from mailwatch.auth.google_endpoints import places_from
from mailwatch.auth.google_scopes import WORDS, compared, wanted_for
from mailwatch.errors import AuthError, BackendError, ConfigError, SecretError, UsageError
from mailwatch.settings import AccountSettings
from mailwatch.transport import Transport

if TYPE_CHECKING:
    from google.oauth2.credentials import Credentials

_WEEK = timedelta(days=7)
_PUBLISH = "publish your Cloud project (docs/gmail.md, step 6)"
_CONNECTIONS = "https://myaccount.google.com/connections"
_SAME_MAILBOX = frozenset({"gmail.com", "googlemail.com"})


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the vault holds of a sign-in.

    since: when it was made, ISO 8601. ends: when Google will end it, where it said so, else "".
    ended: Google has ended it.
    """

    client_id: str
    client_secret: str
    refresh_token: str
    scopes: tuple[str, ...]
    since: str
    ends: str = ""
    ended: bool = False


class GoogleSignIn:
    """One account's sign-in at Google (satisfies base.SignIn and base.TokenSource)."""

    def __init__(self, account: AccountSettings, desk: Desk) -> None:
        self._account = account
        self._desk = desk
        self._places = places_from(account.endpoints)
        self._wanted = wanted_for(account.backend)
        self._credentials: Credentials | None = None
        self._refused: AuthError | None = None

    def login(
        self, asker: Asker, *, now: datetime, device: bool = False, paste: bool = False, client: str = ""
    ) -> SignInStatus:
        """See SignIn. What is asked for is said before the browser opens; what was granted is compared with it."""
        name = self._account.name
        if device:
            raise UsageError(
                "Google lets no code from another device read mail", next_step=f"mailwatch auth login {name} --paste"
            )
        file = client or (self._account.sign_in.client_file if self._account.sign_in else "")
        if not file:
            raise UsageError(
                f"{name} needs the client file that Google gave you",
                next_step=f"mailwatch auth login {name} --client FILE",
            )
        registered = client_from_file(file, name)
        asker.say(
            f"Google will ask whether mailwatch may {', '.join(WORDS[scope] for scope in self._wanted)}. Tick every box."
        )
        asker.say("mailwatch never sends: saving a draft is the only thing that it ever writes.")
        consent = Consent(name, self._account.email, registered, self._wanted, self._places)
        tokens = consent.tokens(asker, paste=paste)
        self._check(tokens)
        ends = (now + timedelta(seconds=tokens.lives)).isoformat() if tokens.lives else ""
        kept = _Kept(registered.id, registered.secret, tokens.refresh, tokens.scopes, now.isoformat(), ends)
        self._keep(kept)
        self._desk.vault.forget(self._entry_of_access)
        self._credentials, self._refused = None, None
        return self.status(now=now)

    def status(self, *, now: datetime) -> SignInStatus:
        """See SignIn."""
        account = self._account
        kept = _kept_from(self._desk.vault.get(self._entry))
        if kept is None:
            return SignInStatus(account.name, "google", account.email, False, self._desk.vault.where)
        since = datetime.fromisoformat(kept.since)
        return SignInStatus(
            account.name, "google", account.email, not kept.ended, self._desk.vault.where, kept.scopes, since, tuple(_notes(kept, self._wanted, now))
        )  # fmt: skip

    def logout(self) -> tuple[str, ...]:
        """See SignIn. The sign-in is revoked at Google, then forgotten."""
        kept = _kept_from(self._desk.vault.get(self._entry))
        self._desk.vault.forget(self._entry_of_access)
        self._desk.vault.forget(self._entry)
        if kept is None or kept.ended or self._is_revoked(kept.refresh_token):
            return ()
        return (f"Google could not be told: remove mailwatch by hand at {_CONNECTIONS}.",)

    def token(self, *, fresh: bool = False) -> str:
        """See TokenSource. A refusal holds for as long as this object lives: Google is not asked again and again."""
        if self._refused is not None:
            raise self._refused
        credentials = self._credentials or self._opened()
        if fresh or not credentials.valid:
            self._renew(credentials)
        return str(credentials.token)

    # --- what is kept ---

    @property
    def _entry(self) -> str:
        return f"account.{self._account.name}.google"

    @property
    def _entry_of_access(self) -> str:
        return f"{self._entry}-access"

    def _keep(self, kept: _Kept) -> None:
        self._desk.vault.put(self._entry, json.dumps(asdict(kept)))

    def _opened(self) -> Credentials:
        """The credentials as they were kept."""
        try:
            from google.oauth2.credentials import Credentials
        except ImportError:
            raise ConfigError("Google's sign-in is not installed.", next_step=INSTALL) from None
        name = self._account.name
        kept = _kept_from(self._desk.kept(name, "google"))
        if kept is None:
            raise sign_in_needed(name, f"{name} is not signed in at Google")
        if kept.ended:
            raise sign_in_needed(name, _ending(kept, name))
        missing = compared(kept.scopes, self._wanted[:2]).missing_words
        if missing:
            raise sign_in_needed(name, f"The sign-in of {name} does not allow to {missing}")
        token, expiry = _access_from(self._desk.kept(name, "google-access"))
        self._credentials = Credentials(  # type: ignore[no-untyped-call]
            token, refresh_token=kept.refresh_token, token_uri=self._places.token, client_id=kept.client_id,
            client_secret=kept.client_secret, expiry=expiry,
        )  # fmt: skip
        return self._credentials

    # --- Google ---

    def _renew(self, credentials: Credentials) -> None:
        """A new access token, by one request that is made once."""
        from google.auth.exceptions import RefreshError

        door = self._places.door(self._account.name)
        try:
            credentials.refresh(_Request(door))  # type: ignore[no-untyped-call]
        except RefreshError as error:
            self._refused = self._refusal(_reason(error))
            raise self._refused from None
        finally:
            door.close()
        self._remember(credentials)

    def _remember(self, credentials: Credentials) -> None:
        """Keep the access token for the runs of the next hour, and a refresh token that has replaced the old one."""
        expiry = credentials.expiry.isoformat() if credentials.expiry else ""
        try:
            self._desk.vault.put(self._entry_of_access, json.dumps([credentials.token, expiry]))
            kept = _kept_from(self._desk.vault.get(self._entry))
            if kept is not None and credentials.refresh_token not in {None, kept.refresh_token}:
                self._keep(replace(kept, refresh_token=str(credentials.refresh_token)))
        except SecretError:
            return  # it is asked for again next time

    def _refusal(self, reason: str) -> AuthError:
        name = self._account.name
        if reason == "invalid_grant":
            kept = _kept_from(self._desk.kept(name, "google"))
            if kept is not None:
                self._mark_ended(kept)
            return sign_in_needed(name, _ending(kept, name) if kept else f"Google has ended the sign-in of {name}")
        if reason in {"invalid_client", "unauthorized_client", "deleted_client"}:
            happened = f"Google does not know the client of {name} any more"
            return sign_in_needed(
                name, happened, next_step=f"make a new one (docs/gmail.md, step 5), then mailwatch auth login {name}"
            )
        return sign_in_needed(name, f"Google refused to renew the sign-in of {name} ({reason})")

    def _mark_ended(self, kept: _Kept) -> None:
        try:
            self._keep(replace(kept, ended=True))
            self._desk.vault.forget(self._entry_of_access)
        except SecretError:
            return

    def _check(self, tokens: Tokens) -> None:
        """Exactly what was asked for, and the right mailbox; what could do more is given back at once.

        Raises:
            AuthError: it is not.
        """
        name, found = self._account.name, compared(tokens.scopes, self._wanted)
        if found.beyond:
            self._is_revoked(tokens.refresh)
            raise AuthError(
                name,
                f"Google granted more than mailwatch asked for ({', '.join(found.beyond)}), so the sign-in was given back.",
                next_step=f"make a client for mailwatch alone (docs/gmail.md, step 5), then mailwatch auth login {name}",
            )
        if compared(tokens.scopes, self._wanted[:2]).missing:
            self._is_revoked(tokens.refresh)
            raise AuthError(
                name,
                f"Not everything was ticked: mailwatch may not {found.missing_words}.",
                next_step=f"mailwatch auth login {name}, and tick every box",
            )
        owner = self._owner(tokens.access)
        if _mailbox(owner) != _mailbox(self._account.email):
            self._is_revoked(tokens.refresh)
            raise AuthError(
                name,
                f"The browser signed in another mailbox than {self._account.email}, so the sign-in was given back.",
                next_step=f"choose the right account there, or correct email in [account.{name}]",
            )

    def _owner(self, access: str) -> str:
        door = self._places.door(self._account.name)
        try:
            headers = {"authorization": f"Bearer {access}"}
            answer = door.request("GET", self._places.profile, params={"fields": "emailAddress"}, headers=headers)
            return str(answer.json().get("emailAddress", ""))
        finally:
            door.close()

    def _is_revoked(self, token: str) -> bool:
        door = self._places.door(self._account.name)
        try:
            headers = {"content-type": "application/x-www-form-urlencoded"}
            door.request("POST", self._places.revoke, headers=headers, body=urlencode({"token": token}).encode())
        except BackendError:
            return False
        finally:
            door.close()
        return True


@dataclass(frozen=True, slots=True)
class _Answer:
    """What google-auth wants to know of an answer."""

    status: int
    headers: Mapping[str, str]
    data: bytes


@dataclass(frozen=True, slots=True)
class _Request:
    """What google-auth makes its requests with: mailwatch's door, which makes each of them once."""

    door: Transport

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> _Answer:
        answer = self.door.request(method, url, headers=headers, body=body, expect={400, 401, 403})
        return _Answer(answer.status, answer.headers, answer.body)


def _kept_from(text: str | None) -> _Kept | None:
    try:
        table = json.loads(text or "")
        return _Kept(**{**table, "scopes": tuple(table["scopes"])})
    except (ValueError, TypeError, KeyError):
        return None


def _access_from(text: str | None) -> tuple[str | None, datetime | None]:
    """An access token and its end, naive UTC as google-auth wants it."""
    try:
        token, expiry = json.loads(text or "")
        return str(token), datetime.fromisoformat(expiry)
    except (ValueError, TypeError):
        return None, None


def _reason(error: Exception) -> str:
    """Google's word for the refusal of a token."""
    table = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    return str(table.get("error", "")) or "no reason given"


def _ending(kept: _Kept, name: str) -> str:
    """Why Google has ended a sign-in, as far as it can be told."""
    if kept.ends:
        return f"The sign-in of {name} has lasted its 7 days, for its Cloud project is still in testing: {_PUBLISH}"
    return f"Google has ended the sign-in of {name}: it was revoked, your password has changed, or the Cloud project is in testing"


def _notes(kept: _Kept, wanted: tuple[str, ...], now: datetime) -> list[str]:
    notes: list[str] = []
    found = compared(kept.scopes, wanted)
    if found.missing:
        notes.append(f"Not ticked: {found.missing_words}. Sign in again where that is needed.")
    if kept.ended:
        notes.append(_ending(kept, "this account") + ".")
    elif kept.ends:
        left = datetime.fromisoformat(kept.ends) - now
        when = f"in {left.days} days" if left > timedelta(days=1) else "within a day"
        notes.append(f"Your Cloud project is in testing, so Google ends this sign-in {when}: {_PUBLISH}.")
    return notes


def _mailbox(address: str) -> str:
    """A mailbox by one name: Gmail knows no dots and no plus, and two domains."""
    local, _, domain = address.casefold().rpartition("@")
    if domain in _SAME_MAILBOX:
        return f"{local.partition('+')[0].replace('.', '')}@gmail.com"
    return f"{local}@{domain}"
