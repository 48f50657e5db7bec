"""Microsoft Graph through the one HTTP door: what may be asked, with which headers, and what its errors mean.

POST makes drafts and nothing else: `messages` and `createReply`. There is no way through here to `send`, `sendMail`,
`reply`, `forward`, events, rules, settings or `$batch`; the sign-in does not allow them either (Mail.Send is not asked for).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

from mailwatch.backends.graph.ids import PATTERN
from mailwatch.errors import AuthError, BackendError, ProtocolError, RateLimited, TransientError
from mailwatch.transport import NETWORK_LIMITS, Guard, Limits, Response, Rule, Transport, rule

GRAPH = "https://graph.microsoft.com"
_VERSION = "/v1.0"
_IMMUTABLE = 'IdType="ImmutableId"'
_JUDGED_HERE = frozenset({400, 401, 403, 404, 409, 410, 412, 413, 422, 423, 504, 507})
_FULL = timedelta(minutes=15)
_STALE = frozenset({"syncstatenotfound", "syncstateinvalid", "resyncrequired", "fullsyncrequired"})
_NO_MAILBOX = frozenset({"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi", "errornonexistentmailbox"})
_QUOTA = frozenset({"errorquotaexceeded", "quotaexceeded"})
_CLAIMS = re.compile(r'claims="([A-Za-z0-9+/=_-]+)"')


class Access(Protocol):
    """A sign-in that hands out access tokens."""

    def token(self, *, fresh: bool = False, claims: str = "") -> str:
        """An access token, from the cache as long as it is good.

        Args:
            fresh: the service has just refused the last one; another one is wanted.
            claims: what the service wants to see in the next one (a claims challenge), as JSON.

        Raises:
            AuthError: there is none to be had without the user.
        """
        ...


class Stale(Exception):
    """A bookmark of the service's own is no longer accepted: what it stood for has to be listed anew."""


class Overloaded(TransientError):
    """The service did not manage to put the answer together in time; a smaller page may do."""


class GraphDoor:
    """One account's way to Graph.

    Args:
        account: the name that errors carry: of the account, or of the calendar.
        sign_in: the name of the account that is signed in to, where it is another one.
        access: hands out tokens.
        base_url: the service's address without the version, for national clouds and tests.
        ca_file: certificates to trust instead of the bundled ones.
        limits: time, size and patience.
    """

    def __init__(
        self,
        account: str,
        access: Access,
        *,
        sign_in: str = "",
        base_url: str = "",
        ca_file: Path | None = None,
        limits: Limits = NETWORK_LIMITS,
    ) -> None:
        self.account = account
        self._sign_in = sign_in or account
        self.base = base_from_url(base_url or GRAPH)
        self._access = access
        self._renewing = Lock()
        self._transport = Transport(account, Guard(rules_for(self.base)), ca_file=ca_file, limits=limits)

    def close(self) -> None:
        """Let go of the connections. Safe to call twice."""
        self._transport.close()

    def owns(self, link: object) -> bool:
        """Is this an address of the service, as its answers name them?"""
        return isinstance(link, str) and link.startswith(f"{self.base}/me/")

    def get(
        self, path: str, params: Mapping[str, str] | None = None, *, prefer: Collection[str] = (), missing: bool = False
    ) -> Response | None:
        """Ask for a path below /me, or for a whole address that the service has named.

        Args:
            missing: a thing that is not there (404) gives None instead of an error.

        Raises:
            Stale: a token in the address is no longer accepted.
            BackendError: see transport.Transport.request.
        """
        url = path if path.startswith(self.base) else f"{self.base}/me{path}"
        headers = {"Prefer": ", ".join((_IMMUTABLE, *prefer)), "Accept": "application/json"}
        token = self._token()
        answer = self._ask("GET", url, token, headers, params=params)
        if answer.status == 401:
            token = self._token(refused=token, claims=_claims_in(answer))
            answer = self._ask("GET", url, token, headers, params=params)
        if answer.status == 404 and missing and _code_in(answer) not in _NO_MAILBOX:
            return None
        return self._judged(answer)

    def page(
        self, path: str, params: Mapping[str, str] | None = None, *, prefer: Collection[str] = (), missing: bool = False
    ) -> dict[str, Any] | None:
        """A page of a collection: its `value`, and perhaps the link to the next one.

        Args:
            missing: a collection that is not there (404) gives None instead of an error.

        Raises:
            Stale, BackendError: as `get`; ProtocolError where the answer is no such page.
        """
        answer = self.get(path, params, prefer=prefer, missing=missing)
        if answer is None:
            return None
        page = answer.json()
        if not isinstance(page, dict) or not isinstance(page.get("value"), list):
            raise ProtocolError(self.account, f"The server of {self.account} answered with something that is no list.")
        for link in ("@odata.nextLink", "@odata.deltaLink"):
            if link in page and not self.owns(page[link]):
                raise ProtocolError(self.account, f"The server of {self.account} names a page that lies elsewhere.")
        return page

    def pages(self, path: str, params: Mapping[str, str] | None = None) -> Iterator[Any]:
        """The members of a whole collection, page after page."""
        while path:
            page = self.page(path, params) or {"value": []}
            yield from page["value"]
            path, params = str(page.get("@odata.nextLink") or ""), None

    def post_mime(self, path: str, mime: bytes, *, refusable: bool = False) -> Response | None:
        """Hand over a draft as MIME. Sent once, whatever happens.

        Args:
            refusable: an answer that refuses this very request gives None; nothing was made then.

        Raises:
            BackendError: TransientError where the outcome is unknown; ProtocolError where it was refused.
        """
        headers = {"Prefer": _IMMUTABLE, "Content-Type": "text/plain"}
        url, token = f"{self.base}/me{path}", self._token()
        answer = self._ask("POST", url, token, headers, body=base64.b64encode(mime))
        if refusable and answer.status in {400, 403, 404, 422}:
            return None
        return self._judged(answer)

    def patch(self, key: str, fields: Mapping[str, Any]) -> Response:
        """Change a draft that this account has just made; no other one can be named."""
        self._transport.guard.own(key)
        headers = {"Prefer": _IMMUTABLE, "Content-Type": "application/json"}
        url, token = f"{self.base}/me/messages/{key}", self._token()
        return self._judged(self._ask("PATCH", url, token, headers, body=json.dumps(fields).encode()))

    def delete(self, key: str, etag: str) -> bool:
        """Move a draft of ours into the trash, if it is still this version of it; whether that was done."""
        self._transport.guard.own(key)
        headers = {"Prefer": _IMMUTABLE, "If-Match": etag}
        answer = self._ask("DELETE", f"{self.base}/me/messages/{key}", self._token(), headers)
        if answer.status in {404, 409, 412}:
            return False
        self._judged(answer)
        return True

    def _token(self, *, refused: str = "", claims: str = "") -> str:
        """An access token; of several requests that were refused with one token, the first one renews it."""
        with self._renewing:
            token = self._access.token()
            return self._access.token(fresh=True, claims=claims) if token == refused else token

    def _ask(
        self,
        method: str,
        url: str,
        token: str,
        headers: Mapping[str, str],
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        signed = {**headers, "Authorization": f"Bearer {token}"}
        return self._transport.request(method, url, params=params, headers=signed, body=body, expect=_JUDGED_HERE)

    def _judged(self, answer: Response) -> Response:
        if 200 <= answer.status < 300:
            return answer
        code = _code_in(answer)
        if answer.status == 410 or code in _STALE:
            raise Stale
        raise self._error(answer.status, code)

    def _error(self, status: int, code: str) -> BackendError:
        name = self.account
        again = f"mailwatch auth login {self._sign_in}"
        if code in _NO_MAILBOX:
            return ProtocolError(
                name,
                f"Microsoft knows {name} but has no mailbox for it that programs can reach: "
                "it may have no licence, or lie on a server of the company's own.",
                next_step=f"use its IMAP server, if it has one, in [account.{name}]",
            )
        if status == 401:
            return AuthError(name, f"Microsoft no longer accepts the sign-in of {name}.", next_step=again)
        if status == 403:
            return AuthError(
                name,
                f"Microsoft does not let mailwatch into {name}: a permission it needs is missing.",
                next_step=again,
            )
        if code in _QUOTA or status == 507:
            return RateLimited(
                name,
                f"The mailbox of {name} is full: the draft is kept and saved later.",
                retry_after=_FULL,
                next_step="make room in the mailbox",
            )
        if status == 504:
            return Overloaded(name, f"The server of {name} takes too long to answer: it is asked again later.")
        if status in {409, 423}:
            return TransientError(name, f"The server of {name} is busy with this mailbox: it is asked again later.")
        known = f", {code}" if code else ""
        return ProtocolError(
            name, f"The server of {name} does not accept a request of mailwatch (status {status}{known})."
        )


def base_from_url(url: str) -> str:
    """The address with its version, without a slash at the end."""
    plain = url.rstrip("/")
    return plain if plain.endswith(_VERSION) else plain + _VERSION


def rules_for(base: str) -> tuple[Rule, ...]:
    """Everything that may leave: reading mail and calendars, making drafts, and changes to drafts of our own."""
    me = re.escape(urlsplit(base).path) + "/me"
    folder = rf"{me}/mail[Ff]olders(?:/{PATTERN}|\('{PATTERN}'\))"
    delta = r"/(?:microsoft\.graph\.)?delta(?:\(\))?"
    view = rf"(?:/calendars(?:/{PATTERN}|\('{PATTERN}'\)))?/calendarView"
    reading = (
        rf"{me}/mail[Ff]olders{delta}",
        folder,
        rf"{folder}/messages(?:{delta})?",
        rf"{me}/messages(?:/{PATTERN}(?:/\$value|/attachments(?:/{PATTERN}/\$value)?)?)?",
        rf"{me}/calendars",
        rf"{me}{view}(?:{delta})?",
        rf"{me}/events/{PATTERN}",
    )
    one = rf"{me}/messages/(?P<ref>{PATTERN})"
    return (
        *(rule("GET", base, path) for path in reading),
        rule("POST", base, rf"{me}/messages(?:/{PATTERN}/createReply)?"),
        rule("PATCH", base, one),
        rule("DELETE", base, one),
    )


def _code_in(answer: Response) -> str:
    """What the error object calls it, in lower case; its message may quote the mailbox and is never shown."""
    try:
        code = json.loads(answer.body)["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return ""
    plain = re.sub(r"[^a-z0-9.-]", "", str(code).casefold())
    return plain[:80]


def _claims_in(answer: Response) -> str:
    found = _CLAIMS.search(answer.headers.get("www-authenticate", ""))
    if found is None:
        return ""
    try:
        padded = found[1] + "=" * (-len(found[1]) % 4)
        return base64.urlsafe_b64decode(padded.replace("+", "-").replace("/", "_")).decode()
    except ValueError:
        return ""
