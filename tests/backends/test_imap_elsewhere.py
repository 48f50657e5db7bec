"""The contracts on an IMAP server that somebody has at hand on this machine: MAILWATCH_TEST_IMAP=imap://user:password@127.0.0.1:port.

Cyrus, Courier, Hoodiecrow and Dovecot 2.4 are tried this way. The account is emptied before every test.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import pytest

from mailwatch.backends.imap import changes as changes_module
from tests.backends.clients import ClientsContract
from tests.backends.imaps import ENGLISH, INBOX, ImapContract, ImapWorld

THERE = urlsplit(os.environ.get("MAILWATCH_TEST_IMAP", ""))
pytestmark = pytest.mark.skipif(not THERE.hostname, reason="MAILWATCH_TEST_IMAP names no server")


class ElsewhereWorld(ImapWorld):
    """One user, whose folders the server may want below INBOX."""

    def __init__(self) -> None:
        host, port, user, password = THERE.hostname, THERE.port, unquote(THERE.username), unquote(THERE.password)
        separator = THERE.query.partition("separator=")[2] or "/"
        prefix = THERE.path.removeprefix("/")
        folders = {
            use: name if use is INBOX else prefix + name.replace("/", separator) for use, name in ENGLISH.items()
        }
        super().__init__(host, port, user, password, folders)
        self.hands.select_folder("INBOX")
        for _, _, name in self.hands.list_folders():
            if " of old" in name:
                self.hands.delete_folder(name)
        for name in self.folders.values():
            self.hands.select_folder(name)
            uids = self.hands.search("ALL")
            if uids:
                self.hands.delete_messages(uids, silent=True)
                self.hands.expunge()

    @contextmanager
    def broken(self, use):
        with super().broken(use):
            marks = [flag.lower() for flags, _, _ in self.hands.list_folders() for flag in flags]
            if f"\\{use.value}".encode() in marks:
                pytest.skip("here a folder's mark goes along with it, and so does mailwatch")
            yield


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(changes_module, "PAGE", ImapWorld.page)


class TestElsewhere(ImapContract, ClientsContract):
    @pytest.fixture
    def world(self):
        world = ElsewhereWorld()
        yield world
        world.close()
