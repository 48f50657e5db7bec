"""Who serves a domain, asked of a name server on the loopback interface."""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import closing

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from mailwatch.transport import Service, service_of

ZONE = {
    ("_caldavs._tcp.reyes.example.", "SRV"): ["20 0 443 slow.reyes.example.", "10 5 443 light.reyes.example.", "10 9 8443 DAV.reyes.example."],
    ("_caldavs._tcp.reyes.example.", "TXT"): ['"path=/dav/home"'],
    ("_caldavs._tcp.none.example.", "SRV"): ["0 0 0 ."],
    ("_caldavs._tcp.plain.example.", "SRV"): ["0 0 443 dav.plain.example."],
    ("_caldavs._tcp.odd.example.", "SRV"): ["0 0 443 dav.odd.example."],
    ("_caldavs._tcp.odd.example.", "TXT"): ['"path=dav"', '"x=y"'],
    ("_caldavs._tcp.strange.example.", "SRV"): ["0 0 443 a\\032b.strange.example."],
}  # fmt: skip


@pytest.fixture(scope="module")
def resolver():
    """The way to a name server that knows ZONE."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        made = dns.resolver.Resolver(configure=False)
        made.nameservers, made.port = ["127.0.0.1"], server.getsockname()[1]
        yield made
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as last:
            last.sendto(b"", ("127.0.0.1", made.port))
        thread.join(5)


def serve(server):
    while True:
        data, sender = server.recvfrom(4096)
        if not data:
            return
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        (question,) = query.question
        kind = dns.rdatatype.to_text(question.rdtype)
        records = ZONE.get((question.name.to_text(), kind))
        if records:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        server.sendto(answer.to_wire(), sender)


@pytest.mark.parametrize(
    ("domain", "found"),
    [
        ("reyes.example", Service("dav.reyes.example", 8443, "/dav/home")),
        ("plain.example", Service("dav.plain.example", 443)),
        ("odd.example", Service("dav.odd.example", 443)),
        ("none.example", None),
        ("strange.example", None),
        ("unknown.example", None),
        ("a..b", None),
    ],
)
def test_the_most_wanted_host_is_taken(resolver, domain, found):
    assert service_of("_caldavs._tcp", domain, resolver) == found


def test_without_a_resolver_nobody_is_found(monkeypatch):
    monkeypatch.setitem(sys.modules, "dns", None)
    assert service_of("_caldavs._tcp", "reyes.example") is None
