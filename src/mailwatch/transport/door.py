"""Requests for one account: waits where the provider asks for it, reads within limits, raises typed errors.

A POST is sent once, whatever happens: a lost reply may hide a done deed, and only looking can tell. Reading methods wait
out a 429 or 503 within a budget; everything else is for the next tick.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from mailwatch.errors import AuthError, ProtocolError, RateLimited, TransientError
from mailwatch.transport.connections import Deadline
from mailwatch.transport.guard import READING, Guard
from mailwatch.transport.links import resolved
from mailwatch.transport.session import GuardedSession

log = logging.getLogger(__name__)

_CHUNK = 65_536
_BUSY = frozenset({429, 503})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much. Seconds and bytes.

    connect, silence: for the connection; between two pieces of an answer. whole: for one request and its answer.
    body:        decoded bytes of an answer.
    one_wait, all_waits: the longest wait that a 429 or 503 may ask for, and all waits of this account in one run.
    longest_ban: a longer Retry-After is believed only so far.
    """

    connect: float = 10.0
    silence: float = 30.0
    whole: float = 120.0
    body: int = 32 * 1024 * 1024
    one_wait: float = 60.0
    all_waits: float = 120.0
    longest_ban: float = 3600.0


NETWORK_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as the caller means it."""

    method: str
    url: str
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer. Header names are lower case. `account` only words the errors."""

    account: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ProtocolError: it is none (a captive portal's page, most often).
        """
        try:
            return json.loads(self.body)
        except ValueError:
            raise ProtocolError(
                self.account,
                f"The server of {self.account} answered with something that is not JSON: perhaps a network sign-in page.",
                next_step="open any web page in a browser and sign in to the network",
            ) from None


@dataclass(slots=True)
class _Patience:
    """The waiting that one account may still do in this run."""

    left: float
    tries: int = 0
    jitter: Callable[[float, float], float] = field(default=random.SystemRandom().uniform)

    def pause(self, headers: Mapping[str, str]) -> float:
        """Seconds to wait before the next try: as asked for, else 2 s doubling to 10 minutes, drawn at random."""
        asked = retry_after(headers)
        self.tries += 1
        return self.jitter(0, min(600.0, 2.0 * 2**self.tries)) if asked is None else asked


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for by Retry-After (RFC 9110 §10.2.3), a date being read against the answer's own Date; None: not asked."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))).total_seconds())
    except (ValueError, TypeError):
        return None


class Transport:
    """The door of one account.

    Args:
        account: the name that errors and the status show.
        guard: the allow-list; nothing else leaves.
        ca_file: certificates to trust instead of the bundled ones.
        limits: time, size and patience.
        sleep: for tests.
        busy: tells an answer that asks for patience, where a provider says so in other words than status 429 or 503.
    """

    def __init__(
        self,
        account: str,
        guard: Guard,
        *,
        ca_file: Path | None = None,
        limits: Limits = NETWORK_LIMITS,
        sleep: Callable[[float], None] = time.sleep,
        busy: Callable[[Response], bool] | None = None,
    ) -> None:
        self.account = account
        self.guard = guard
        self.session = GuardedSession(guard, ca_file=ca_file)
        self._limits = limits
        self._sleep = sleep
        self._patience = _Patience(limits.all_waits)
        self._busy = busy

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        expect: Collection[int] = (),
    ) -> Response:
        """Send one request and read the whole answer.

        Args:
            expect: statuses beside 2xx that are returned instead of raised.

        Raises:
            RefusedToSend: the guard stopped it.
            AuthError: 401 or 403. RateLimited: 429 or 503 with more patience asked for than there is.
            TransientError: no connection, no whole answer in time, or 5xx; for a POST the outcome is unknown.
            ProtocolError: any other status, an answer over the limit, a certificate that does not fit, a redirect elsewhere.
        """
        ask = Ask(method, url, params, headers, body)
        for _ in range(_MOST_REDIRECTS):
            answer = self._patiently(ask, expect)
            if answer.status in expect or answer.status not in _REDIRECTS:
                return self._judged(answer, expect)
            ask = replace(ask, url=self._redirected(ask, answer), params=None)
        raise ProtocolError(self.account, f"The server of {self.account} redirects in circles.")

    def close(self) -> None:
        """Let go of the connections. Safe to call twice."""
        self.session.close()

    def _patiently(self, ask: Ask, expect: Collection[int]) -> Response:
        while True:
            answer = read_answer(self.session, self.account, ask, self._limits)
            if not self._is_busy(answer, expect):
                self._patience.tries = 0
                return answer
            pause = self._patience.pause(answer.headers)
            if ask.method not in READING or pause > min(self._limits.one_wait, self._patience.left):
                raise RateLimited(
                    self.account,
                    f"The server of {self.account} asks for patience: it is asked again later.",
                    retry_after=timedelta(seconds=min(pause, self._limits.longest_ban)),
                )
            self._patience.left -= pause
            self._sleep(pause)

    def _is_busy(self, answer: Response, expect: Collection[int]) -> bool:
        if self._busy is not None:
            return self._busy(answer)
        return answer.status in _BUSY and answer.status not in expect

    def _redirected(self, ask: Ask, answer: Response) -> str:
        target = resolved(ask.url, answer.headers.get("location", ""))
        same_place = urlsplit(target)[:2] == urlsplit(ask.url)[:2]
        if ask.method not in READING or not same_place:
            raise ProtocolError(
                self.account, f"The server of {self.account} redirects to another place, which is not followed."
            )
        return target

    def _judged(self, answer: Response, expect: Collection[int]) -> Response:
        status = answer.status
        if 200 <= status < 300 or status in expect:
            return answer
        if status in {401, 403}:
            raise AuthError(
                self.account,
                f"The server of {self.account} refused the sign-in (status {status}).",
                next_step=f"check the sign-in of {self.account} in the configuration",
            )
        if status >= 500:
            raise TransientError(
                self.account,
                f"The server of {self.account} has a fault of its own (status {status}): it is asked again later.",
            )
        raise ProtocolError(
            self.account, f"The server of {self.account} does not accept a request of mailwatch (status {status})."
        )


def read_answer(session: GuardedSession, account: str, ask: Ask, limits: Limits) -> Response:
    """Send once, read within the limits. No address, header or body reaches an error or the log.

    Raises:
        TransientError: no connection, or no whole answer in time. ProtocolError: too large, or the certificate does not fit.
    """
    began = time.monotonic()
    with typed_errors(account), Deadline(session.watch, limits.whole) as deadline:
        reply = session.request(
            ask.method,
            ask.url,
            params=ask.params,
            headers=ask.headers,
            data=ask.body,
            timeout=(limits.connect, limits.silence),
            stream=True,
            allow_redirects=False,
        )
        with reply:
            content = _content(account, reply, limits)
    if deadline.passed:
        raise TransientError(
            account,
            f"The server of {account} took longer than {limits.whole:.0f} s to answer: it is asked again later.",
        )
    seconds = time.monotonic() - began
    log.debug(
        "http account=%s method=%s status=%d bytes=%d seconds=%.2f",
        account,
        ask.method,
        reply.status_code,
        len(content),
        seconds,
    )
    return Response(account, reply.status_code, {name.lower(): value for name, value in reply.headers.items()}, content)


@contextmanager
def typed_errors(account: str) -> Iterator[None]:
    """What `requests` raises, as errors of the project.

    Raises:
        ProtocolError: the certificate does not fit. TransientError: no connection, or no whole answer.
    """
    try:
        yield
    except requests.exceptions.SSLError:
        raise ProtocolError(
            account,
            f"The server of {account} shows a certificate that can't be verified, so nothing was sent to it.",
            next_step="if the server has its own authority, name it: ca_file in the configuration",
        ) from None
    except requests.exceptions.RequestException as error:
        kind = type(error).__name__
        raise TransientError(
            account, f"The server of {account} can't be reached or broke off ({kind}): it is asked again later."
        ) from None


def _content(account: str, reply: requests.Response, limits: Limits) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for piece in reply.iter_content(_CHUNK):
        size += len(piece)
        if size > limits.body:
            raise ProtocolError(
                account,
                f"The server of {account} answers with more than {limits.body // 1_048_576} MB, which is not read.",
            )
        pieces.append(piece)
    return b"".join(pieces)
