"""`make live` on the fake Google: it says what it would do, and what it does leaves nothing behind."""

from __future__ import annotations

import pytest

from mailwatch.core.model import SpecialUse
from tests.backends.gmails import GmailWorld
from tests.backends.mails import NOW, ago, mail
from tests.live import PLAN, look_at_mail, main
from tests.servers.google_server import running_google


def test_without_a_yes_it_only_says_what_it_would_do(capsys, tmp_path):
    assert main([]) == 0
    assert main([str(tmp_path / "config.toml")]) == 0
    assert capsys.readouterr().out == f"{PLAN}\n{PLAN}\n"


def test_it_leaves_an_account_as_it_was():
    said = []
    with running_google() as google:
        world = GmailWorld(google)
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        before = world.state(), world.drafts()
        backend = world.open()
        look_at_mail(backend, NOW, said.append)
        assert (world.state(), world.drafts()) == before
        world.google.broken = lambda method, query: (
            method.endswith("messages.list") and query.get("labelIds") == ["SENT"]
        )
        with pytest.raises(Exception, match="fault of its own"):
            look_at_mail(world.open(), NOW, said.append)
        world.close()
        google.check()
    assert "its Message-ID is kept: True" in said
    assert "discarded; found now: []" in said
    assert not any("acme" in line for line in said)
