"""The Graph backend passes the contracts on a strict fake of the service."""

from __future__ import annotations

import pytest

from mailwatch.errors import TransientError
from tests.backends.capabilities_contract import ExpiringContract, LosingContract
from tests.backends.clients import ClientsContract
from tests.backends.contract import MailContract, look
from tests.backends.graphs import GraphWorld, new_graph
from tests.backends.mails import letter
from tests.servers.graph import running_graph


@pytest.fixture
def graph():
    with running_graph(new_graph()) as graph:
        yield graph


class OnGraph:
    @pytest.fixture
    def world(self, graph):
        world = GraphWorld(graph)
        yield world
        world.close()


class TestGraph(OnGraph, MailContract, ClientsContract, ExpiringContract, LosingContract):
    def test_a_call_that_failed_did_nothing(self, world, backend):
        for call, attempt in (
            ("save_draft", lambda: backend.save_draft(letter())),
            ("drafts", backend.drafts),
            ("find_draft", lambda: backend.find_draft(letter())),
            ("changes", lambda: look(backend)),
        ):
            world.fail_next(call)
            with pytest.raises(TransientError):
                attempt()
        assert world.drafts() == []
