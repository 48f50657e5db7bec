"""Requests to a CalDAV server: four reading methods and no other, with the account's sign-in, at trusted hosts only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mailwatch.backends.caldav.multistatus import Multistatus, multistatus_from_bytes
from mailwatch.core.addresses import registrable_domain
from mailwatch.errors import AuthError, BackendError, ConfigError, ProtocolError
from mailwatch.transport import (
    NETWORK_LIMITS,
    Guard,
    Limits,
    Origin,
    Response,
    Transport,
    origin_from_url,
    resolved,
    rule,
)

METHODS = ("PROPFIND", "REPORT", "GET", "OPTIONS")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5


def guard_for(base: str) -> Guard:
    """What may leave for a CalDAV server: reading, anywhere on it. A server mails guests when an event is written (RFC 6638)."""
    return Guard(rule(method, base, "/.*") for method in METHODS)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks. name: what `mailwatch auth login` calls it; header: the Authorization value, made anew where told so."""

    name: str
    header: Callable[[bool], str]


class Door:
    """Everything that leaves for one CalDAV server.

    The sign-in goes to the host that is asked first, and to others only over https and under the same registered
    domain (iCloud and others answer from a host of their own for each user).

    Args:
        name: the calendar's name.
        ca_file: certificates to trust instead of the bundled ones.
    """

    def __init__(
        self, name: str, signed_in: SignedIn, *, ca_file: Path | None = None, limits: Limits = NETWORK_LIMITS
    ) -> None:
        self.name = name
        self._signed_in = signed_in
        self._ca_file = ca_file
        self._limits = limits
        self._doors: dict[Origin, Transport] = {}
        self._wary = False
        self._proven: set[Transport] = set()

    def ask(
        self, method: str, url: str, body: bytes | None = None, *, depth: str = "", expect: Collection[int] = ()
    ) -> tuple[str, Response]:
        """The answer, and the address it came from after redirects.

        Args:
            expect: statuses beside 2xx that are returned instead of raised.

        Raises:
            AuthError, TransientError, ProtocolError, BackendError: see Transport; also for a host that is not trusted.
        """
        headers = {"Content-Type": "application/xml; charset=utf-8"} if body is not None else {}
        if depth:
            headers["Depth"] = depth
        for _ in range(_MOST_REDIRECTS):
            answer = self._signed(method, url, headers, body, expect)
            if answer.status not in _REDIRECTS:
                return url, answer
            url = self._next(url, answer)
        raise ProtocolError(self.name, f"The server of calendar {self.name} redirects in circles.")

    def found(self, method: str, url: str, body: bytes, *, depth: str) -> tuple[str, Multistatus]:
        """A multi-status answer, and the address it came from after redirects. Raises: see ask."""
        where, answer = self.ask(method, url, body, depth=depth)
        return where, multistatus_from_bytes(self.name, answer.body)

    def close(self) -> None:
        """Let go of the connections. Safe to call twice."""
        for door in self._doors.values():
            door.close()
        self._doors.clear()
        self._proven.clear()

    def be_wary(self) -> None:
        """Send the sign-in only to hosts that have shown themselves to be DAV servers, by a challenge or by an answer."""
        self._wary = True

    def _signed(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, expect: Collection[int]
    ) -> Response:
        transport, accepted = self._transport(url), {*expect, *_REDIRECTS, 401}

        def told(signature: str) -> Response:
            signed = {**headers, "Authorization": signature} if signature else headers
            return transport.request(method, url, headers=signed, body=body, expect=accepted)

        if self._wary and transport not in self._proven:
            answer = told("")
            if answer.status not in {207, 401}:
                return answer
            self._proven.add(transport)
        signature = self._signed_in.header(False)
        answer = told(signature)
        if answer.status == 401 and (fresh := self._signed_in.header(True)) != signature:
            answer = told(fresh)  # a token may have been withdrawn before its time; a password is not tried twice
        if answer.status == 401:
            raise self._refused(answer)
        return answer

    def _refused(self, answer: Response) -> AuthError:
        offers = answer.headers.get("www-authenticate", "").casefold()
        strange = bool(offers) and not any(scheme in offers for scheme in ("basic", "bearer"))
        kind = "Digest, a kind of sign-in" if offers.startswith("digest") else "a kind of sign-in"
        only = f" It accepts only {kind} that mailwatch does not know." if strange else ""
        return AuthError(
            self.name,
            f"The server of calendar {self.name} refused the sign-in.{only}",
            next_step=f"mailwatch auth login {self._signed_in.name}",
        )

    def _transport(self, url: str) -> Transport:
        try:
            origin = origin_from_url(url)
            if self._doors and not self._trusts(origin):
                raise BackendError(
                    self.name,
                    f"Calendar {self.name} lies at {origin.host}, which is not where you signed in, so nothing was sent there.",
                    next_step=f'if that is right, set url = "https://{origin.host}/" in [calendar.{self.name}]',
                )
            if origin not in self._doors:
                guard = guard_for(f"{origin.scheme}://{origin.host}:{origin.port}")
                self._doors[origin] = Transport(self.name, guard, ca_file=self._ca_file, limits=self._limits)
        except ConfigError as error:
            raise BackendError(self.name, error.message, next_step=error.next_step) from None
        return self._doors[origin]

    def _trusts(self, origin: Origin) -> bool:
        first = next(iter(self._doors))
        if origin == first:
            return True
        one, other = registrable_domain(origin.host), registrable_domain(first.host)
        return origin.scheme == "https" and one == other and not one.rpartition(".")[2].isdigit()

    def _next(self, url: str, answer: Response) -> str:
        target = resolved(url, answer.headers.get("location", ""))
        if target == url or urlsplit(target).scheme not in {"https", urlsplit(url).scheme}:
            raise ProtocolError(self.name, f"The server of calendar {self.name} redirects astray.")
        return target
