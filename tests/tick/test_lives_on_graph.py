"""Whole lives at Microsoft, many in `make soak` and few where they are named; and every way in which the answer to a saved draft can get lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from mailwatch.backends.graph import GraphDoor
from mailwatch.backends.graph_calendar import GraphCalendar
from mailwatch.core.model import SpecialUse
from mailwatch.tick import OpenAccount, OpenCalendar
from tests.backends.graphs import QUICK, Key, new_graph
from tests.servers.graph import Fault, running_graph
from tests.tick.doubles import MINE
from tests.tick.graph_lives import GraphLife, GraphWitness, fresh_mailbox
from tests.tick.lives import Fuse
from tests.tick.world import SmallWorld


@pytest.fixture(scope="module")
def graph():
    with running_graph(new_graph()) as graph:
        yield graph


@pytest.mark.scenario("T5", "T6", "T7", "T22", "T23", "S3", "S6")
def test_lives_at_microsoft_end_well(graph):
    class OnGraph(GraphLife):
        pass

    OnGraph.graph = graph
    effort = settings(
        settings.default,
        max_examples=max(settings.default.max_examples // 60, 2),
        stateful_step_count=30,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(OnGraph, settings=effort)


LOST = {
    "the connection ends before anything was done": Fault("reply draft"),
    "the draft is stored and the connection ends": Fault("reply draft", after=True),
    "… and it is reset": Fault("reply draft", "reset", after=True),
    "429": Fault("reply draft", "", 429),
    "429 after it was stored": Fault("reply draft", "", 429, after=True),
    "500 after it was stored": Fault("reply draft", "", 500, after=True),
    "503": Fault("reply draft", "", 503),
    "503 after it was stored": Fault("reply draft", "", 503, after=True),
    "504 after it was stored": Fault("reply draft", "", 504, after=True),
    "no answer in time": Fault("reply draft", "hang", after=True),
    "half an answer": Fault("reply draft", "cut", after=True),
    "signed out at that very moment": Fault("reply draft", "", 401, code="InvalidAuthenticationToken"),
    "it was stored and can't be read back": Fault("mime", "", 500),
    "it was stored and can't be marked": Fault("change", "", 500),
}


@pytest.mark.scenario("T22", "S6")
@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_a_lost_answer_leaves_exactly_one_draft(tmp_path, graph, fault):
    world = SmallWorld(tmp_path)
    world.mailbox = fresh_mailbox(graph, lambda: world.now)
    door = GraphWitness(world.mailbox, Fuse())
    world.accounts = [OpenAccount("home", MINE, door)]
    world.invite(1, world.now + timedelta(hours=1))
    world.pass_time(minutes=1)
    world.tick()  # the message is read; nothing is due yet
    world.pass_time(hours=3)
    graph.faults.append(Fault(**vars(fault)))
    graph.over.clear()
    world.tick()
    assert graph.faults[0].times == 0, graph.names()
    graph.over.set()
    for _ in range(3):
        world.pass_time(minutes=3)
        world.tick()
    assert len(world.mailbox.messages(SpecialUse.DRAFTS)) == 1
    assert world.states() == ["saved"]
    assert sum(asked.method == "POST" for asked in graph.asked) <= 2
    assert (graph.sending, graph.violations) == ([], [])
    door.close()
    world.close()


def test_a_look_at_nothing_new_asks_once_for_each_folder_and_once_for_the_calendar(tmp_path, graph):
    world = SmallWorld(tmp_path)
    world.mailbox = fresh_mailbox(graph, lambda: world.now)
    door = GraphWitness(world.mailbox, Fuse())
    calendar = GraphCalendar("jobs", GraphDoor("home", Key(), base_url=graph.url, limits=QUICK), zone="UTC")
    world.accounts = [OpenAccount("home", MINE, door)]
    world.calendars = [OpenCalendar("jobs", calendar)]
    world.invite(1, world.now + timedelta(hours=1))
    world.tick()
    graph.asked.clear()
    world.pass_time(minutes=15)
    world.tick()
    watched = ["message delta"] * 5 + ["messages of a folder"]  # Inbox, Sent, Deleted, Archive, Junk; and Drafts
    assert sorted(graph.names()) == sorted([*watched, "event delta"])
    for each in (door, calendar, world):
        each.close()
