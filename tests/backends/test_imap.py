"""The IMAP backend passes the contracts on real servers, with and without what they can do beyond the standard."""

from __future__ import annotations

import os

import pytest

from mailwatch.backends.imap import changes as changes_module
from tests.backends.capabilities_contract import ExpiringContract
from tests.backends.clients import ClientsContract
from tests.backends.contract import MailContract
from tests.backends.imaps import BELOW_INBOX, ENGLISH, GERMAN, ImapWorld
from tests.backends.mails import letter
from tests.servers.dovecot import BARE, Dovecot, Setup, is_installed, running_dovecot
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
    if not is_installed():
        if os.environ.get("CI"):
            pytest.fail("dovecot is not installed, and CI tests against it")
        pytest.skip("dovecot is not installed: apt-get install dovecot-imapd")
    with running_dovecot(setup) as dovecot:
        yield dovecot, folders


@pytest.fixture(scope="module", params=RICH)
def server(request):
    yield from dovecot_with(*RICH[request.param])


@pytest.fixture(scope="module", params=POOR)
def poor_server(request):
    yield from dovecot_with(*POOR[request.param])


class DovecotWorld(ImapWorld):
    def __init__(self, dovecot: Dovecot, folders, **settings) -> None:
        self.dovecot = dovecot
        super().__init__(dovecot.host, dovecot.port, dovecot.new_user(), dovecot.password, folders, **settings)

    def expire(self, use):
        self.dovecot.doveadm("mailbox", "update", "-u", self.user, "--uid-validity", "4711", self.folders[use])


class TestDovecot(MailContract, ClientsContract, ExpiringContract):
    @pytest.fixture
    def world(self, server):
        world = DovecotWorld(*server)
        yield world
        world.close()


class TestDovecotWithoutExtensions(MailContract, ClientsContract, ExpiringContract):
    @pytest.fixture
    def world(self, poor_server):
        world = DovecotWorld(*poor_server)
        yield world
        world.close()

    def test_an_untouched_draft_can_be_discarded(self, world, backend):
        """Not without UIDPLUS: a plain EXPUNGE would take with it whatever the user has marked."""
        saved = backend.save_draft(letter())
        assert backend.discard_draft(saved.ref, unchanged_from=letter().fingerprint) is False
        assert backend.read_draft(saved.ref) is not None


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


class TestPymap(MailContract, ClientsContract):
    @pytest.fixture
    def world(self, pymap_server):
        world = PymapWorld(pymap_server)
        yield world
        world.close()
