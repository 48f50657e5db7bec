"""Which host serves a domain's calendars or mail, by its DNS (RFC 2782, RFC 6764, RFC 6186). Needs mailwatch[dns]."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dns.resolver import Resolver

PATIENCE = 4.0
_HOST = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_PATH = re.compile(r"path=(/[!-~]{0,200})")


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service is. path: for services over HTTP, "/" where nothing is said."""

    host: str
    port: int
    path: str = "/"


def service_of(service: str, domain: str, resolver: Resolver | None = None) -> Service | None:
    """The host with the lowest priority number and the highest weight, or None: there is none, or nobody can look it up.

    Args:
        service: with its protocol, like "_caldavs._tcp".
        resolver: None: the system's.
    """
    try:
        import dns.exception
        import dns.resolver
    except ImportError:
        return None
    name = f"{service}.{domain}"
    try:
        ask = resolver or dns.resolver.Resolver()
        found = ask.resolve(name, "SRV", lifetime=PATIENCE, search=False)
        first = min(found, key=lambda record: (record.priority, -record.weight))
        host = first.target.to_text(omit_final_dot=True)
        if not _HOST.fullmatch(host):  # "." says that there is no such service
            return None
    except (dns.exception.DNSException, OSError, ValueError):
        return None
    path = "/"
    with suppress(dns.exception.DNSException, OSError):
        for record in ask.resolve(name, "TXT", lifetime=PATIENCE, search=False):
            said = _PATH.fullmatch(b"".join(record.strings).decode("ascii", "replace"))
            path = said[1] if said else path
    return Service(host.lower(), first.port, path)
