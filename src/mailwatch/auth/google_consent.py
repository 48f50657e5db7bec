"""The user's consent in their browser: PKCE, a state that is compared, a page on this machine or a pasted address (RFC 7636, RFC 8252)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailwatch.auth.base import Asker
from mailwatch.auth.google_endpoints import Places
from mailwatch.auth.loopback import Answer, Loopback, answer_in
from mailwatch.errors import AuthError, ConfigError, UsageError
from mailwatch.transport import put_under_guard, typed_errors
from mailwatch.transport.connections import Deadline, Watch

INSTALL = "pip install 'mailwatch[gmail]'"
_PASTED = "http://127.0.0.1/"
_SECONDS = 60.0
_LARGEST = 100_000
_HELP = "docs/gmail.md, step 5"
_TALKATIVE = ("requests_oauthlib", "oauthlib", "google_auth_oauthlib")  # they write tokens into their logs


@dataclass(frozen=True, slots=True)
class Client:
    """The user's own registration with Google, from the file that the Cloud console gave them."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Google hands out after consent. lives: seconds that the sign-in will last, where Google says so."""

    access: str
    refresh: str
    scopes: tuple[str, ...]
    expires_in: float
    lives: float | None = None


def client_from_file(name: str, account: str) -> Client:
    """The client in a file.

    Raises:
        ConfigError: there is none, or it is one of another kind.
    """
    try:
        text = Path(name).expanduser().read_bytes()[:_LARGEST].decode("utf-8-sig")
        table = json.loads(text)
        kinds = set(table)
        found = table.get("installed")
    except (OSError, ValueError, TypeError, AttributeError):
        raise ConfigError(
            f"The client file {name} of {account} can't be read.", next_step=f"download it again ({_HELP})"
        ) from None
    if isinstance(found, dict) and found.get("client_id") and found.get("client_secret"):
        return Client(str(found["client_id"]), str(found["client_secret"]))
    kind = (
        "a web application" if "web" in kinds else "a service account" if "private_key" in kinds else "something else"
    )
    raise ConfigError(
        f"The client file {name} of {account} is of {kind}, and mailwatch needs one of a desktop app.",
        next_step=f"make a client of type Desktop app ({_HELP})",
    )


class Consent:
    """One sign-in in the browser.

    Args:
        account: its name. email: whom the page should suggest.
        client: the user's registration. scopes: what is asked for. places: Google's addresses.
    """

    def __init__(self, account: str, email: str, client: Client, scopes: tuple[str, ...], places: Places) -> None:
        self._account = account
        self._email = email
        self._client = client
        self._scopes = scopes
        self._places = places

    def tokens(self, asker: Asker, *, paste: bool) -> Tokens:
        """Send the user to Google's page, and trade the answer in for tokens.

        Raises:
            AuthError: they said no, or Google did. UsageError: nobody answered, or nothing that fits.
        """
        flow = self._flow()
        answer = self._pasted(flow, asker) if paste else self._listened(flow, asker)
        if answer.error:
            raise self._denied(answer.error)
        return self._traded(flow, answer.code)

    def _flow(self) -> Any:
        try:
            from google_auth_oauthlib.flow import Flow
        except ImportError:
            raise ConfigError("Google's sign-in is not installed.", next_step=INSTALL) from None
        for library in _TALKATIVE:
            logging.getLogger(library).setLevel(logging.ERROR)
        table = {
            "client_id": self._client.id,
            "client_secret": self._client.secret,
            "auth_uri": self._places.page,
            "token_uri": self._places.token,
        }
        return Flow.from_client_config({"installed": table}, scopes=list(self._scopes))

    def _listened(self, flow: Any, asker: Asker) -> Answer:
        with closing(Loopback()) as loopback:
            flow.redirect_uri = loopback.address
            page, state = self._page(flow)
            opened = asker.browse(page)
            asker.say(f"{'Your browser shows' if opened else 'Open this in a browser:'} {page}")
            if not opened:
                port = loopback.port
                asker.say(
                    f"If the browser is on another machine, forward the port first: ssh -L {port}:127.0.0.1:{port} HOST"
                )
                asker.say(f"Or paste the address at which it ends: mailwatch auth login {self._account} --paste")
            asker.say("Waiting for the page to be answered, five minutes at most.")
            return loopback.wait(state)

    def _pasted(self, flow: Any, asker: Asker) -> Answer:
        flow.redirect_uri = _PASTED
        page, state = self._page(flow)
        asker.say(f"Open this in a browser: {page}")
        asker.say("It ends at a page that can't be shown. Copy that page's address.")
        answer = answer_in(asker.line("Address: "), state)
        if answer is None:
            raise UsageError("That is not the address at which this sign-in ends.", next_step="try again")
        return answer

    def _page(self, flow: Any) -> tuple[str, str]:
        page, state = flow.authorization_url(access_type="offline", prompt="consent", login_hint=self._email)
        return str(page), str(state)

    def _traded(self, flow: Any, code: str) -> Tokens:
        """The code for tokens, once: a code that was used can't be used again."""
        from oauthlib.oauth2 import OAuth2Error

        watch = Watch()
        put_under_guard(flow.oauth2session, self._places.guard, watch=watch, ca_file=self._places.ca_file)
        try:
            with typed_errors(self._account), Deadline(watch, _SECONDS):
                answer = flow.fetch_token(code=code, timeout=_SECONDS, include_client_id=True)
        except OAuth2Error as error:
            raise self._denied(str(error.error or "no reason given")) from None
        except Warning as changed:  # oauthlib's word for other scopes than those asked for; the token is with it
            answer = getattr(changed, "token", {})
        return self._tokens_in(answer)

    def _tokens_in(self, answer: Mapping[str, Any]) -> Tokens:
        access, refresh = str(answer.get("access_token", "")), str(answer.get("refresh_token", ""))
        if not access or not refresh:
            raise self._denied("no lasting sign-in was handed out")
        stated = answer.get("scope", "")
        scopes = stated.split() if isinstance(stated, str) else list(stated)
        return Tokens(
            access,
            refresh,
            tuple(scopes),
            _seconds(answer.get("expires_in")) or 0.0,
            _seconds(answer.get("refresh_token_expires_in")),
        )

    def _denied(self, reason: str) -> AuthError:
        again = f"mailwatch auth login {self._account}"
        if reason == "access_denied":
            return AuthError(
                self._account,
                f"The sign-in of {self._account} was refused in the browser.",
                next_step=f"add your address as a test user or publish the project (docs/gmail.md, step 6), then {again}",
            )
        shown = "".join(letter for letter in reason if letter.isprintable())[:80]
        return AuthError(
            self._account, f"Google did not accept the sign-in of {self._account} ({shown}).", next_step=again
        )


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 < value < 1e9 else None
