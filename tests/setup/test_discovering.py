"""Where a domain's mail is: what the domain says, in every shape it says it, and never more than the domain asked about."""

from __future__ import annotations

import pytest

from mailwatch.setup import MailServer, server_of
from mailwatch.setup.discover import server_from_autoconfig

DOCUMENT = """<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="x.example"><domain>x.example</domain>
{servers}
<outgoingServer type="smtp"><hostname>smtp.x.example</hostname><port>465</port></outgoingServer>
</emailProvider></clientConfig>"""


def server(
    kind: str = "imap", host: str = "imap.x.example", port: str = "993", tls: str = "SSL", user: str = "%EMAILADDRESS%"
) -> str:
    return (
        f'<incomingServer type="{kind}"><hostname>{host}</hostname><port>{port}</port><socketType>{tls}</socketType>'
        f"<username>{user}</username></incomingServer>"
    )


def said(*servers: str) -> MailServer | None:
    return server_from_autoconfig(DOCUMENT.format(servers="".join(servers)).encode())


def nobody(_question: str) -> None:
    return None


def test_implicit_tls_goes_before_starttls_whatever_the_order() -> None:
    assert said(server(tls="STARTTLS", port="143"), server()) == MailServer("imap.x.example", 993, "implicit")
    assert said(server(tls="STARTTLS", port="143", user="%EMAILLOCALPART%")) == MailServer(
        "imap.x.example", 143, "starttls", "local-part"
    )


@pytest.mark.parametrize(
    "useless",
    [
        server(tls="plain"),
        server(kind="pop3"),
        server(host="imap.x.example/../evil"),
        server(host="-"),
        server(port="0"),
        server(port="99999"),
        server(port="x"),
    ],
)
def test_a_server_without_tls_or_with_an_odd_name_is_none(useless: str) -> None:
    assert said(useless) is None


def test_hostile_documents_say_nothing() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    for document in (bomb, outside, b"<html>not found", b"\x00\xff", b""):
        assert server_from_autoconfig(document) is None


def test_only_the_domain_is_asked_about_and_the_domains_own_word_goes_first() -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes | None:
        asked.append(url)
        return DOCUMENT.format(servers=server()).encode() if "well-known" in url else None

    assert server_of("Jo.Secret@X.example", fetch, nobody) == MailServer("imap.x.example", 993, "implicit")
    assert asked == [
        "https://autoconfig.x.example/mail/config-v1.1.xml",
        "https://x.example/.well-known/autoconfig/mail/config-v1.1.xml",
    ]
    assert "secret" not in " ".join(asked).casefold()


def test_without_a_document_the_records_of_the_domain_are_asked() -> None:
    records = {"_imap._tcp.x.example": ("mail.x.example", 143)}
    assert server_of("jo@x.example", nobody, records.get) == MailServer("mail.x.example", 143, "starttls")
    records["_imaps._tcp.x.example"] = ("mail.x.example", 993)
    assert server_of("jo@x.example", nobody, records.get) == MailServer("mail.x.example", 993, "implicit")
    assert server_of("jo@x.example", nobody, {"_imaps._tcp.x.example": ("evil/host", 993)}.get) is None


@pytest.mark.parametrize(
    "address", ["jo@", "jo", "jo@localhost", "jo@a b.example", "jo@x.example/path", "jo@[127.0.0.1]"]
)
def test_what_is_no_domain_is_not_asked_about(address: str) -> None:
    def fetch(url: str) -> bytes:
        raise AssertionError(url)

    assert server_of(address, fetch, nobody) is None


def test_without_a_network_nobody_says_anything() -> None:
    assert server_of("jo@nothing.invalid") is None
