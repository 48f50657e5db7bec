"""The one way to the wire: an object that Google's client takes for its HTTP library, over mailwatch's own guarded door.

Google's client by itself repeats a POST whose connection broke, turns a long GET into a POST with an override, and ignores
Retry-After. Here a request goes out once or not at all: the door waits out what asks for patience where reading is concerned,
the guard lets nothing pass that the allow-list does not name, and every call is paid for before it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from mailwatch.backends.google.allowed import CallKind, call_of
from mailwatch.backends.google.quota import Budget, Table
from mailwatch.backends.google.trouble import JUDGED_HERE, refusal
from mailwatch.errors import ProtocolError, RefusedToSend, TransientError
from mailwatch.transport import Response, Transport

_OWN = frozenset({"user-agent", "accept-encoding", "content-length"})


class Bearer(Protocol):
    """Whoever has access tokens (mailwatch.auth)."""

    def token(self, *, fresh: bool = False) -> str:
        """An access token; fresh: not the one that was just refused.

        Raises:
            AuthError: signing in again is needed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What googleapiclient wants to know of an answer beside its body."""

    status: int


class GoogleWire:
    """What googleapiclient calls as its `http`.

    Args:
        transport: the door, with the guard for `calls`.
        calls: the calls that may be made.
        bearer: where tokens come from.
        budget: the account's quota units; calendars have none.
    """

    def __init__(
        self, transport: Transport, calls: Mapping[str, CallKind], bearer: Bearer, budget: Budget | None = None
    ) -> None:
        self.transport = transport
        self._calls = calls
        self._bearer = bearer
        self._budget = budget

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> tuple[Answer, bytes]:
        """One request of googleapiclient's (the shape of httplib2.Http.request).

        Raises:
            RefusedToSend: it is outside the allow-list. BackendError: the answer is none of 2xx, or no JSON.
        """
        content = body.encode() if isinstance(body, str) else body
        given = {name: value for name, value in (headers or {}).items() if name.lower() not in _OWN}
        self._pay(method, uri)
        answer = self._sent(method, uri, given, content)
        if answer.status == 401:
            answer = self._sent_again(method, uri, given, content)
        if not 200 <= answer.status < 300:
            raise refusal(self.transport.account, answer)
        if answer.body and "json" not in answer.headers.get("content-type", ""):
            raise _no_answer_of_googles(self.transport.account)
        return Answer(answer.status), answer.body

    def close(self) -> None:
        """Let go of the connections."""
        self.transport.close()

    def _pay(self, method: str, uri: str) -> None:
        call = call_of(self._calls, method, urlsplit(uri).path)
        if call is None:
            raise RefusedToSend(
                f"A {method} request to Google was stopped before it left: it is no call of mailwatch's."
            )
        if self._budget is not None:
            self._budget.spend(call.units if self._budget.table is Table.SINCE_2026 else call.units_before)

    def _sent(
        self, method: str, uri: str, headers: Mapping[str, str], body: bytes | None, *, fresh: bool = False
    ) -> Response:
        signed = {**headers, "authorization": f"Bearer {self._bearer.token(fresh=fresh)}"}
        return self.transport.request(method, uri, headers=signed, body=body, expect=JUDGED_HERE)

    def _sent_again(self, method: str, uri: str, headers: Mapping[str, str], body: bytes | None) -> Response:
        """A reading request once more with a new token. A writing one is never repeated, whatever the answer was."""
        if method != "GET":
            self._bearer.token(fresh=True)
            account = self.transport.account
            raise TransientError(account, f"The sign-in of {account} had to be renewed: the next run goes on.")
        return self._sent(method, uri, headers, body, fresh=True)


def _no_answer_of_googles(account: str) -> ProtocolError:
    return ProtocolError(
        account,
        f"Something else than Google answered for {account}: perhaps a network sign-in page.",
        next_step="open any web page in a browser and sign in to the network",
    )
