"""The door for calendar feeds: one GET of an https address that is itself a secret.

The user's own address may lie anywhere. Where its server redirects to, it is another matter: only https, only public
addresses (a feed must not make mailwatch talk to the router or to a cloud's metadata service), a few times at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mailwatch.errors import AuthError, BackendError, ConfigError, ProtocolError, RefusedToSend, TransientError
from mailwatch.transport.connections import Watch
from mailwatch.transport.door import Ask, Limits, Response, read_answer
from mailwatch.transport.guard import Origin, check_headers, is_loopback
from mailwatch.transport.links import is_link, resolved
from mailwatch.transport.session import GuardedSession

FEED_LIMITS = Limits(body=64 * 1024 * 1024)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 4


@dataclass(frozen=True, slots=True)
class FeedStamp:
    """What the server said about the version it sent last: entity tag and date (RFC 9110 §8.8), "" where absent."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's content and its stamp."""

    body: bytes
    stamp: FeedStamp


class _FeedGate:
    """Lets GET pass, to https addresses, or to http ones on the loopback interface."""

    def check(self, method: str, url: str, headers: Mapping[str, str], body: object) -> None:
        if not is_link(url) or not url.isprintable():
            raise RefusedToSend(f"A {method} request to an address that is not plain was stopped.")
        scheme, host = urlsplit(url).scheme, urlsplit(url).hostname or ""
        if method != "GET" or body is not None or not (scheme == "https" or (scheme == "http" and is_loopback(host))):
            raise RefusedToSend(f"A {method} request to {host} was stopped: a feed is read over https, and only read.")
        check_headers(method, Origin(scheme, host, 0), headers)


def host_of(url: str) -> str:
    """What may be shown of a feed's address; "" where it is no address."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def https_from_webcal(url: str) -> str:
    """The address to fetch: webcal is a feed's usual spelling of https."""
    scheme, colon, rest = url.strip().partition(":")
    return f"https:{rest}" if scheme.lower() in {"webcal", "webcals"} and colon else url.strip()


def fetch_feed(
    name: str,
    url: str,
    *,
    known: FeedStamp | None = None,
    ca_file: Path | None = None,
    limits: Limits = FEED_LIMITS,
    accept: str = "text/calendar",
) -> Feed | None:
    """The feed, or None where it has not changed since `known`.

    Args:
        name: the calendar's name, for errors; the address is never shown.
        accept: the media types that are wanted (RFC 9110 §12.5.1).

    Raises:
        BackendError: the address is no https address, or the CA file does not exist.
        AuthError: 401 or 403. TransientError: later. ProtocolError: gone, too large, redirected astray.
    """
    target = https_from_webcal(url)
    host = host_of(target)
    if not host or not (target.lower().startswith("https:") or is_loopback(host)):
        step = f"copy its address anew into [calendar.{name}]"
        raise BackendError(name, f"The address of calendar {name} does not begin with https.", next_step=step)
    headers = {"Accept": accept}
    if known is not None and known.etag:
        headers["If-None-Match"] = known.etag
    if known is not None and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    for hop in range(_MOST_REDIRECTS + 1):
        with _session(name, ca_file, public_only=hop > 0) as session:
            answer = read_answer(session, name, Ask("GET", target, headers=headers), limits)
        if answer.status not in _REDIRECTS:
            return _feed_from_answer(name, answer)
        target = _next_hop(name, target, answer)
    raise ProtocolError(name, f"The feed of calendar {name} redirects in circles.")


def _session(name: str, ca_file: Path | None, *, public_only: bool) -> GuardedSession:
    try:
        return GuardedSession(_FeedGate(), watch=Watch(public_only=public_only), ca_file=ca_file)
    except ConfigError as error:
        raise BackendError(name, error.message, next_step=error.next_step) from None


def _next_hop(name: str, url: str, answer: Response) -> str:
    target = resolved(url, answer.headers.get("location", ""))
    if urlsplit(target).scheme != "https":
        raise ProtocolError(
            name, f"The feed of calendar {name} redirects to an address that is not https, which is not followed."
        )
    return target


def _feed_from_answer(name: str, answer: Response) -> Feed | None:
    status = answer.status
    if status == 304:
        return None
    if status == 200:
        return Feed(answer.body, FeedStamp(answer.headers.get("etag", ""), answer.headers.get("last-modified", "")))
    step = f"copy its address anew into [calendar.{name}]"
    if status in {401, 403}:
        raise AuthError(name, f"The server of calendar {name} refuses its address (status {status}).", next_step=step)
    if status >= 500 or status in {408, 425, 429}:
        raise TransientError(
            name, f"The server of calendar {name} can't answer now (status {status}): it is asked again later."
        )
    raise ProtocolError(
        name, f"The address of calendar {name} no longer leads to a calendar (status {status}).", next_step=step
    )
