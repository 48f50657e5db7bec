"""`make live` on the fake Google and the fake Graph: it says what it would do, and what it does leaves (almost) nothing behind."""

from __future__ import annotations

import pytest

from mailwatch.backends.graph import GraphDoor
from mailwatch.backends.graph_calendar import GraphCalendar
from mailwatch.core.model import SpecialUse
from tests.backends.gmails import GmailWorld
from tests.backends.graphs import GraphWorld, Key, new_graph
from tests.backends.mails import NOW, ago, mail
from tests.live import PLAN, look_at_calendar, look_at_mail, main
from tests.servers.google_server import running_google
from tests.servers.graph import running_graph


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


def test_outlook_keeps_the_discarded_draft_among_the_deleted_items():
    said = []
    with running_graph(new_graph()) as graph:
        world = GraphWorld(graph)
        world.put(mail(1), SpecialUse.INBOX, ago(days=2))
        before = world.state()
        look_at_mail(world.open(), NOW, said.append)
        assert world.drafts() == []
        assert world.state()[:1] == before
        assert [where for _, where, *_ in world.state()[1:]] == [world.folder(SpecialUse.TRASH)] * 2
        door = GraphDoor("office", Key(), base_url=graph.url)
        look_at_calendar(GraphCalendar("office", door, zone="UTC"), NOW, said.append)
        world.close()
    assert "its Message-ID is kept: True" in said
    assert "that mail reads as before: True" in said
    assert "events: 0" in said
