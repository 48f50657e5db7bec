"""What may leave: an allow-list of method and whole path at exactly the configured scheme, host and port.

A list of forbidden paths would not do: providers send mail through batch endpoints, upload paths, method overrides and
percent-encoded spellings. So everything is refused that no rule names, and every check works on the address as it was
spelled: what needs normalising before it can be understood is refused.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote_plus

from mailwatch.errors import ConfigError, RefusedToSend

READING = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"})
"""Methods that change nothing (RFC 9110 §9.2.1, RFC 4918 §9.1, RFC 3253 §3.6)."""
_WRITING = frozenset({"POST", "PATCH", "DELETE"})
_OF_ONE_REF = frozenset({"PATCH", "DELETE"})

_URL = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#@\\]+)(?P<path>/[^?#\\]*)(?:\?(?P<query>[^#\\]*))?")
_AUTHORITY = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
# Empty and dot segments, path parameters, and the encoded forms of slash, backslash, percent, controls and of every
# character that needs no encoding (letters, digits, "-._~": RFC 3986 §2.3), which clients and servers decode as they please.
_AMBIGUOUS = re.compile(
    r"//|/\.{1,2}(?:/|$)|;|%(?:2[5def]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5[cf]|7[ef]|[01][0-9a-f])", re.IGNORECASE
)
_PRINTABLE = re.compile(r"[!-~]+")
_HEADERS = frozenset({
    "accept", "accept-encoding", "accept-language", "authorization", "cache-control", "connection", "content-length",
    "content-type", "depth", "if-match", "if-modified-since", "if-none-match", "prefer", "user-agent",
    "client-request-id", "return-client-request-id", "x-goog-api-client", "x-client-sku", "x-client-ver", "x-client-os",
    "x-client-cpu", "x-client-current-telemetry", "x-client-last-telemetry", "x-app-name", "x-app-ver",
    "x-ms-lib-capability", "x-anchormailbox",
})  # fmt: skip
_BATCH_TYPES = ("multipart/", "application/http")
_OVERRIDING_KEY = re.compile(r"method|override|batch|upload", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, lower-case host and port (RFC 6454)."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an allow-list: this method, and a path that matches as a whole, at this origin.

    For PATCH and DELETE the pattern has a group named `ref`, which must be one that the guard was told is ours.
    """

    method: str
    origin: Origin
    path: re.Pattern[str]


class Gate(Protocol):
    """Stands in front of a session: lets a request pass, or raises."""

    def check(self, method: str, url: str, headers: Mapping[str, str], body: object) -> None:
        """Raise where this request must not leave.

        Raises:
            RefusedToSend: it is outside the allow-list.
        """
        ...


def is_loopback(host: str) -> bool:
    """Does this name or address literal mean the machine itself?"""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def origin_from_url(url: str) -> Origin:
    """The origin of a configured base address.

    Raises:
        ConfigError: it is no plain https address (http is accepted on the loopback interface only).
    """
    parts = _URL.fullmatch(url if url.count("/") > 2 else f"{url}/")
    authority = _AUTHORITY.fullmatch(parts["authority"]) if parts else None
    if parts is None or authority is None or not _PRINTABLE.fullmatch(url):
        raise ConfigError(
            "A server address in the configuration is not of the form https://host.", next_step="mailwatch config check"
        )
    host, scheme = authority["host"].lower(), parts["scheme"]
    if scheme == "http" and not is_loopback(host):
        raise ConfigError(
            f"The address of {host} begins with http: passwords and mail would travel in the clear.",
            next_step="write https:// in its place",
        )
    return Origin(scheme, host, int(authority["port"] or (443 if scheme == "https" else 80)))


def rule(method: str, base_url: str, path: str) -> Rule:
    """A rule for the paths that `path` (a regular expression, ASCII) matches as a whole.

    Raises:
        ValueError: the method could write more than drafts (PUT …), or PATCH or DELETE come without a `ref` group.
    """
    pattern = re.compile(path, re.ASCII)
    if method not in READING | _WRITING:
        raise ValueError(f"{method} has no place in an allow-list")
    if method in _OF_ONE_REF and "ref" not in pattern.groupindex:
        raise ValueError(f"{method} needs a path with a group named ref")
    return Rule(method, origin_from_url(base_url), pattern)


class Guard:
    """The allow-list of one account.

    Args:
        rules: what may leave.
        ours: refs of drafts that mailwatch made (from the ledger): the only ones that PATCH and DELETE may name.
    """

    def __init__(self, rules: Iterable[Rule], ours: Collection[str] = ()) -> None:
        self._rules = tuple(rules)
        self._ours = set(ours)

    def own(self, ref: str) -> None:
        """From now on this ref counts as ours."""
        self._ours.add(ref)

    def check(self, method: str, url: str, headers: Mapping[str, str], body: object) -> None:
        """Let the request pass, or stop it.

        Raises:
            RefusedToSend: no rule names it, or it is spelled in a way that a server might read differently.
        """
        origin, path, query = _parts_of(method, url)
        _check_query(method, origin, query)
        check_headers(method, origin, headers)
        if not (body is None or isinstance(body, bytes | str)):
            raise _refusal(method, origin, "its body is a stream")
        if not any(self._allows(each, method, origin, path) for each in self._rules):
            raise _refusal(method, origin, "it is outside the allow-list")

    def _allows(self, allowed: Rule, method: str, origin: Origin, path: str) -> bool:
        if allowed.method != method or allowed.origin != origin:
            return False
        match = allowed.path.fullmatch(path)
        return match is not None and (method not in _OF_ONE_REF or match["ref"] in self._ours)


def _parts_of(method: str, url: str) -> tuple[Origin, str, str]:
    parts = _URL.fullmatch(url)
    authority = _AUTHORITY.fullmatch(parts["authority"]) if parts else None
    if parts is None or authority is None or not _PRINTABLE.fullmatch(url):
        raise RefusedToSend(f"A {method} request to an address that is not plain was stopped.")
    port = int(authority["port"] or (443 if parts["scheme"] == "https" else 80))
    origin = Origin(parts["scheme"], authority["host"].lower(), port)
    if _AMBIGUOUS.search(parts["path"]):
        raise _refusal(method, origin, "its path is ambiguous")
    return origin, parts["path"], parts["query"] or ""


def _check_query(method: str, origin: Origin, query: str) -> None:
    for field in re.split("[&;?]", query):
        if _OVERRIDING_KEY.search(unquote_plus(unquote_plus(field.partition("=")[0]))):
            raise _refusal(method, origin, "its query could change what it does")


def check_headers(method: str, origin: Origin, headers: Mapping[str, str]) -> None:
    """Only well-known header fields travel: none that renames the method, the host or the path, none that nests requests.

    Raises:
        RefusedToSend: there is another one.
    """
    for name, value in headers.items():
        if name.lower() not in _HEADERS:
            raise _refusal(method, origin, f"the header {name!r} could change what it does")
        if name.lower() == "content-type" and _as_text(value).strip().lower().startswith(_BATCH_TYPES):
            raise _refusal(method, origin, "it nests other requests")


def _as_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _refusal(method: str, origin: Origin, why: str) -> RefusedToSend:
    return RefusedToSend(f"A {method} request to {origin.host} was stopped before it left: {why}.")
