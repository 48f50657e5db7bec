"""The contract on Dovecot in other shapes than the plain one: secured, signed in to with tokens, an extension short."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import pytest

from mailwatch.backends.imap import Secret
from mailwatch.backends.imap import changes as changes_module
from tests.backends.imaps import ENGLISH, GERMAN, ImapContract, ImapWorld
from tests.servers.dovecot import Setup, need_dovecot, running_dovecot, token_for, without
from tests.servers.proxy import Proxy

IN_YEARS = 4_000_000_000


@dataclass(frozen=True)
class Variant:
    """One shape. settings: how mailwatch signs in; unheard, unsaid: what neither side may say where an extension is missing."""

    setup: Setup = field(default_factory=Setup)
    folders: dict = field(default_factory=lambda: ENGLISH)
    settings: dict = field(default_factory=dict)
    unheard: bytes = b""
    unsaid: bytes = b""


VARIANTS = {
    "TLS with an authority of its own, OAUTHBEARER, in German": Variant(
        Setup(tokens="oauthbearer", special_use=False), GERMAN, {"tls": "implicit"}
    ),
    "STARTTLS, XOAUTH2, a quota": Variant(Setup(tokens="xoauth2", quota="10M"), settings={"tls": "starttls"}),
    "without UIDPLUS": Variant(
        Setup(capability=without("UIDPLUS")), unheard=rb" \[(?:APPEND|COPY)UID [^]]*\]", unsaid=rb"EXPUNGE"
    ),
    "without CONDSTORE and SPECIAL-USE": Variant(
        Setup(capability=without("CONDSTORE", "QRESYNC", "SPECIAL-USE"), special_use=False),
        unsaid=rb"MODSEQ|CONDSTORE|CHANGEDSINCE|QRESYNC|SPECIAL-USE",
    ),
}


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(changes_module, "PAGE", ImapWorld.page)


@pytest.fixture(scope="module", params=VARIANTS)
def place(request, authority):
    """A variant, its server, and the proxy before it, which hides what the server could say all the same."""
    need_dovecot()
    variant = VARIANTS[request.param]
    setup = replace(variant.setup, tls=authority[1] if "tls" in variant.settings else None)
    with ExitStack() as stack:
        dovecot = stack.enter_context(running_dovecot(setup))
        port = dovecot.tls_port if variant.settings.get("tls") == "implicit" else dovecot.port
        hides = re.compile(variant.unheard) if variant.unheard else None
        yield variant, dovecot, stack.enter_context(Proxy(port, hides=hides))


class VariantWorld(ImapWorld):
    def __init__(self, place, authority):
        self.variant, dovecot, self.proxy = place
        user = dovecot.new_user()
        super().__init__(dovecot.host, dovecot.port, user, dovecot.password, self.variant.folders)
        self.settings = {"port": self.proxy.port, **self.variant.settings}
        if "tls" in self.settings:
            self.settings["ca_file"] = str(authority[0])
        if dovecot.setup.tokens:
            self.settings["secret"] = lambda: Secret(token_for(user, until=IN_YEARS), "token")
        self.proxy.counts.clear()


class TestVariants(ImapContract):
    @pytest.fixture
    def world(self, place, authority):
        world = VariantWorld(place, authority)
        yield world
        world.close()
        if world.variant.unsaid:
            assert not re.search(world.variant.unsaid, bytes(world.proxy.counts.sent))
        world.proxy.end_connections()
