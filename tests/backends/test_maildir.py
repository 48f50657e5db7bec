"""The Maildir backend passes the contracts in every layout."""

from __future__ import annotations

import pytest

from mailwatch.backends.maildir import changes as changes_module
from tests.backends.clients import ClientsContract
from tests.backends.contract import MailContract
from tests.backends.maildirs import LAYOUTS, MaildirWorld


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(changes_module, "PAGE", MaildirWorld.page)


class TestMaildir(MailContract, ClientsContract):
    @pytest.fixture(params=LAYOUTS)
    def world(self, request, tmp_path):
        return MaildirWorld(tmp_path / "mail", request.param)
