"""From a server or an address to the calendars there (RFC 6764, RFC 4791 §6.2): well-known path, principal, home, collections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from mailwatch.backends.caldav.door import Door
from mailwatch.backends.caldav.multistatus import CALDAV, DAV, SERVER, Resource, multistatus_from_bytes, propfind
from mailwatch.core.addresses import registrable_domain
from mailwatch.errors import BackendError, ProtocolError
from mailwatch.transport import service_of

_PRINCIPAL = f"{DAV}current-user-principal"
_HOME = f"{CALDAV}calendar-home-set"
_TYPE = f"{DAV}resourcetype"
_NAME = f"{DAV}displayname"
_KINDS = f"{CALDAV}supported-calendar-component-set"
_TOKEN = f"{DAV}sync-token"
_TAG = f"{SERVER}getctag"
_FIND = propfind(_PRINCIPAL, _HOME, _TYPE)
_LIST = propfind(_TYPE, _NAME, _KINDS, _TOKEN, _TAG)
# Collections that are calendars by type and not to be read: what is only subscribed to, and what was thrown away.
_NOT_READ = ("subscribed", "deleted-calendar", "trash-bin", "schedule-inbox", "schedule-outbox")
_WELL_KNOWN = "/.well-known/caldav"


@dataclass(frozen=True, slots=True)
class Collection:
    """One calendar of the server.

    url:   absolute, as the server spells its path.
    title: what its owner calls it, else the last part of its path.
    token: its sync token (RFC 6578), "" where it has none. tag: its getctag, "" where it has none.
    """

    url: str
    title: str
    token: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Where calendars are. depth: "1" for the folder in which they lie, "0" for a single calendar (RFC 4918 §10.2)."""

    url: str
    depth: str = "1"


def homes_from(door: Door, start: str) -> tuple[Home, ...]:
    """Where the user's calendars are.

    Args:
        start: an address, or the domain of the user's mail address (RFC 6764 §6). A domain's host is asked unsigned first:
            it may be nothing but a web site, which must not learn a password.

    Raises:
        BackendError: nothing there leads to a calendar; AuthError: the sign-in was refused.
    """
    last: BackendError | None = None
    for url in _places(door, start):
        try:
            if homes := _homes_at(door, url):
                return homes
        except ProtocolError as error:
            last = error
    raise last or ProtocolError(
        door.name,
        f"No calendar was found for {door.name} at {start}.",
        next_step=f"set url in [calendar.{door.name}] to the CalDAV address that your provider names",
    )


def collections_at(door: Door, home: Home) -> tuple[Collection, ...]:
    """The calendars that hold events, in the server's order. Raises: see Door.ask."""
    where, answer = door.found("PROPFIND", home.url, _LIST, depth=home.depth)
    return tuple(
        Collection(
            urljoin(where, each.href),
            each.text(_NAME) or _last_part(each.href),
            each.text(_TOKEN),
            each.text(_TAG),
        )
        for each in answer.resources
        if _is_calendar(each)
    )


def chosen(name: str, collections: Iterable[Collection], wanted: Sequence[str]) -> tuple[Collection, ...]:
    """Those that the configuration names, by title or last part of the path; all where it names none.

    Raises:
        BackendError: it names one that is not there.
    """
    there = tuple(collections)
    if not wanted:
        return there
    found: dict[str, Collection] = {}
    for title in wanted:
        same = [each for each in there if title.casefold() in {each.title.casefold(), _last_part(each.url).casefold()}]
        if not same:
            raise BackendError(
                name,
                f"Calendar {name} names “{title}”, and the server has no calendar of that name.",
                next_step=f"there are: {', '.join(each.title for each in there) or 'none'}",
            )
        found |= {each.url: each for each in same}
    return tuple(found.values())


def _places(door: Door, start: str) -> tuple[str, ...]:
    """The address itself, and the well-known one of its host; for a domain, the host that its DNS names."""
    url = start
    if "://" not in start:
        door.be_wary()
        url = _named_by_dns(door, start) or f"https://{start}/"
    well_known = urljoin(url, _WELL_KNOWN)
    return (well_known, url) if urlsplit(url).path in {"", "/"} else (url, well_known)


def _named_by_dns(door: Door, domain: str) -> str:
    """What SRV and TXT records say (RFC 6764 §3), "" where there are none or nobody can look them up."""
    found = service_of("_caldavs._tcp", domain)
    if found is None:
        return ""
    if registrable_domain(found.host) != registrable_domain(domain):  # RFC 6764 §8: DNS can be forged
        raise BackendError(
            door.name,
            f"The DNS of {domain} names {found.host} for calendars, which is not the same owner's, so nothing was sent there.",
            next_step=f'if that is right, set url = "https://{found.host}/" in [calendar.{door.name}]',
        )
    return f"https://{found.host}:{found.port}{found.path}"


def is_gone(door: Door, url: str) -> bool:
    """Does the server say that there is nothing any more at a collection's address? Raises: see Door.ask."""
    _, answer = door.ask("PROPFIND", url, propfind(_TYPE), depth="0", expect={404, 410})
    if answer.status == 207:
        resources = multistatus_from_bytes(door.name, answer.body).resources
        return bool(resources) and all(each.status in {404, 410} for each in resources)
    return answer.status in {404, 410}


def _homes_at(door: Door, url: str) -> tuple[Home, ...]:
    """What an address leads to: itself where it is a calendar, else the homes of its principal."""
    where, answer = door.found("PROPFIND", url, _FIND, depth="0")
    for each in answer.resources:
        if _is_calendar(each):
            return (Home(where, "0"),)
        if homes := each.hrefs(_HOME):
            return tuple(Home(urljoin(where, home)) for home in homes)
    principals = [urljoin(where, href) for each in answer.resources for href in each.hrefs(_PRINCIPAL)]
    for principal in principals:
        there, answer = door.found("PROPFIND", principal, propfind(_HOME), depth="0")
        if found := tuple(Home(urljoin(there, home)) for each in answer.resources for home in each.hrefs(_HOME)):
            return found
    return ()


def _is_calendar(resource: Resource) -> bool:
    kinds = resource.children(_TYPE)
    if f"{CALDAV}calendar" not in kinds or any(kind.endswith(f"}}{name}") for kind in kinds for name in _NOT_READ):
        return False
    components = resource.props.get(_KINDS)
    return components is None or not len(components) or any(each.get("name") == "VEVENT" for each in components)


def _last_part(href: str) -> str:
    return unquote(urlsplit(href).path.rstrip("/").rpartition("/")[2])
