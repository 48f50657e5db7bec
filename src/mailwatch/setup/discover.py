"""Where a domain's mail is: the provider files first, then the domain's own autoconfig, Thunderbird's list, and SRV records.

Only the domain leaves this computer, never what stands before the @.

Sources: Thunderbird's autoconfiguration file format 1.1; RFC 6186 (SRV records for mail), RFC 8314 (implicit TLS).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from mailwatch.errors import BackendError
from mailwatch.transport import fetch_feed, service_of
from mailwatch.transport.door import Limits

_LIMITS = Limits(body=256 * 1024)
_HOST = re.compile(r"(?=.{4,253}$)[a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z0-9-]{2,62}")
_DOMAIN = _HOST
_PLACES = (
    "https://autoconfig.{domain}/mail/config-v1.1.xml",
    "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    "https://autoconfig.thunderbird.net/v1.1/{domain}",
)

Fetch = Callable[[str], bytes | None]
Resolve = Callable[[str], tuple[str, int] | None]


@dataclass(frozen=True, slots=True)
class MailServer:
    """An IMAP server. login: what it calls the user: the whole address, or what stands before the @."""

    host: str
    port: int
    tls: Literal["implicit", "starttls"]
    login: Literal["address", "local-part"] = "address"


def server_of(address: str, fetch: Fetch | None = None, resolve: Resolve | None = None) -> MailServer | None:
    """The IMAP server of an address's domain, or None where nobody says.

    Args:
        fetch: a document by its address, or None. resolve: the target of an SRV record, or None.
    """
    domain = address.rpartition("@")[2].strip().casefold()
    if not _DOMAIN.fullmatch(domain):
        return None
    for place in _PLACES:
        document = (fetch or _fetched)(place.format(domain=domain))
        server = server_from_autoconfig(document) if document else None
        if server is not None:
            return server
    return _from_records(domain, resolve or _resolved)


def _from_records(domain: str, resolve: Resolve) -> MailServer | None:
    for service, tls in (("_imaps._tcp", "implicit"), ("_imap._tcp", "starttls")):
        found = resolve(f"{service}.{domain}")
        if found is not None and _HOST.fullmatch(found[0]):
            return MailServer(found[0], found[1], "implicit" if tls == "implicit" else "starttls")
    return None


def server_from_autoconfig(document: bytes) -> MailServer | None:
    """The best IMAP server in an autoconfiguration file: implicit TLS before STARTTLS, never without; None: there is none."""
    servers = list(_servers(document))
    return min(servers, key=lambda server: server.tls != "implicit", default=None)


def _servers(document: bytes) -> Iterator[MailServer]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return
    for server in root.iterfind(".//incomingServer[@type='imap']"):
        said = {str(child.tag): (child.text or "").strip() for child in server}
        tls = {"SSL": "implicit", "STARTTLS": "starttls"}.get(said.get("socketType", "").upper())
        host, port = said.get("hostname", "").casefold(), said.get("port", "")
        if tls and _HOST.fullmatch(host) and port.isdecimal() and 0 < int(port) < 65536:
            local = "%EMAILLOCALPART%" in said.get("username", "")
            yield MailServer(
                host, int(port), "implicit" if tls == "implicit" else "starttls", "local-part" if local else "address"
            )


def _fetched(url: str) -> bytes | None:
    try:
        found = fetch_feed("setup", url, limits=_LIMITS, accept="application/xml, text/xml")
    except BackendError:
        return None
    return found.body if found else None


def _resolved(name: str) -> tuple[str, int] | None:
    """An SRV record's target."""
    service, protocol, domain = name.split(".", 2)
    found = service_of(f"{service}.{protocol}", domain)
    return (found.host, found.port) if found else None
