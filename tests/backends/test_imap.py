"""The IMAP backend passes the contracts on real servers, with and without what they can do beyond the standard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from mailwatch.backends.imap import changes as changes_module
from mailwatch.errors import TransientError
from tests.backends.capabilities_contract import ExpiringContract, LosingContract
from tests.backends.clients import ClientsContract
from tests.backends.imaps import BELOW_INBOX, ENGLISH, GERMAN, ImapContract, ImapWorld
from tests.servers.dovecot import BARE, Dovecot, Setup, need_dovecot, running_dovecot
from tests.servers.proxy import Fault, Proxy
from tests.servers.pymap import running_pymap

RICH = {
    "plain": (Setup(), ENGLISH),
    "below INBOX": (Setup(separator=".", prefix="INBOX.", special_use=False), BELOW_INBOX),
}
POOR = {"nothing but IMAP4rev1, in German": (Setup(capability=BARE, special_use=False), GERMAN)}


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(changes_module, "PAGE", ImapWorld.page)


def dovecot_with(setup, folders):
    """A fixture's body."""
    need_dovecot()
    with running_dovecot(setup) as dovecot:
        yield dovecot, folders


@pytest.fixture(scope="module", params=RICH)
def server(request):
    yield from dovecot_with(*RICH[request.param])


@pytest.fixture(scope="module", params=POOR)
def poor_server(request):
    yield from dovecot_with(*POOR[request.param])


@pytest.fixture(scope="module")
def proxy(server):
    with Proxy(server[0].port) as proxy:
        yield proxy


class DovecotWorld(ImapWorld):
    def __init__(self, dovecot: Dovecot, folders, **settings) -> None:
        self.dovecot = dovecot
        super().__init__(dovecot.host, dovecot.port, dovecot.new_user(), dovecot.password, folders, **settings)

    def expire(self, use):
        self.dovecot.doveadm("mailbox", "update", "-u", self.user, "--uid-validity", "4711", self.folders[use])


ALLOWED = re.compile(
    rb"(?:CAPABILITY|NOOP|LOGOUT|NAMESPACE|UNSELECT|CLOSE|ID|LOGIN|AUTHENTICATE|LIST|STATUS|EXAMINE|COMPRESS|UID SEARCH|UID FETCH)\b|"
    rb'SELECT "[^"]*(?:Drafts|Entw&APw-rfe)"|APPEND "[^"]*(?:Drafts|Entw&APw-rfe)" \(\\Draft \\Seen\)|'
    rb"UID STORE [0-9]+ \+FLAGS\.SILENT \(\\Deleted\)|UID EXPUNGE [0-9]+\Z"
)


class ProxiedWorld(DovecotWorld):
    """mailwatch goes through a proxy, which hears every command and can lose what comes back."""

    def __init__(self, proxy: Proxy, dovecot: Dovecot, folders) -> None:
        super().__init__(dovecot, folders)
        self.proxy = proxy
        self.settings = {"port": proxy.port}
        proxy.counts.clear()
        proxy.fault = Fault()

    def fail_next(self, call):
        self.proxy.fault = Fault(end_at=b" APPEND " if call == "save_draft" else b"\r\n")

    def lose_reply(self, call):
        self.proxy.fault = Fault(lose_reply_to=b" APPEND ")

    def open(self, **changes):
        return Mending(self, super().open(**changes))


class Mending:
    """The backend; after a call that failed the network is well again."""

    def __init__(self, world, backend) -> None:
        self._world = world
        self._backend = backend

    def __getattr__(self, name):
        value = getattr(self._backend, name)
        if not callable(value):
            return value

        def call(*words, **named):
            try:
                result = value(*words, **named)
                return result if not isinstance(result, Iterator) else self._iterate(result)
            except TransientError:
                self._mend()
                raise

        return call

    def _iterate(self, pages):
        try:
            yield from pages
        except TransientError:
            self._mend()
            raise

    def _mend(self):
        self._world.proxy.fault = Fault()
        self._backend._refused = None  # a minute later


def commands_in(sent: bytes) -> list[bytes]:
    """What a client said, literals and the sign-in's second lines left out, without tags."""
    lines, position = [], 0
    while position < len(sent):
        end = sent.index(b"\r\n", position)
        line, position = sent[position:end], end + 2
        literal = re.search(rb"\{([0-9]+)\+?\}\Z", line)
        if literal:
            position += int(literal[1]) + 2
        lines.append(line.partition(b" ")[2])
    return lines


class TestDovecot(ImapContract, ClientsContract, ExpiringContract, LosingContract):
    @pytest.fixture
    def world(self, server, proxy):
        world = ProxiedWorld(proxy, *server)
        yield world
        world.close()
        proxy.end_connections()
        assert [words for words in commands_in(bytes(proxy.counts.sent)) if not ALLOWED.match(words)] == []


class TestDovecotWithoutExtensions(ImapContract, ClientsContract, ExpiringContract):
    @pytest.fixture
    def world(self, poor_server):
        world = DovecotWorld(*poor_server)
        yield world
        world.close()


class PymapWorld(ImapWorld):
    """pymap has one user: each test begins with an empty mailbox."""

    def __init__(self, server) -> None:
        super().__init__(server.host, server.port, server.user, server.password)
        for _, _, name in self.hands.list_folders():
            if name not in self.folders.values() and name != "Jobs":
                self.hands.delete_folder(name)
        for name in self.folders.values():
            self.hands.select_folder(name)
            uids = self.hands.search("ALL")
            if uids:
                self.hands.delete_messages(uids, silent=True)
                self.hands.expunge()


@pytest.fixture(scope="module")
def pymap_server():
    with running_pymap() as server:
        yield server


class TestPymap(ImapContract, ClientsContract):
    @pytest.fixture
    def world(self, pymap_server):
        world = PymapWorld(pymap_server)
        yield world
        world.close()
