"""The daemon on two accounts, one at Google and one at Microsoft, while everything breaks now and then.

Two hundred looks and more in `make soak`, few where they are named: nobody gets two letters, nobody is forgotten, nothing grows.
"""

from __future__ import annotations

import gc
import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import settings

from mailwatch.core.model import SpecialUse
from mailwatch.daemon import watch
from mailwatch.tick import OpenAccount
from tests.backends.graphs import new_graph
from tests.servers import google_server
from tests.servers import graph as graph_server
from tests.tick.doubles import MINE, OTHER, person
from tests.tick.gmail_lives import GmailMailbox, GmailWitness
from tests.tick.graph_lives import GraphWitness, fresh_mailbox
from tests.tick.lives import Fuse
from tests.tick.real import RealWorld

GOOGLE = ["history.list", "messages.get", "drafts.create", "drafts.list", "messages.list", "getProfile", "drafts.get"]
GRAPH = ["message delta", "mime", "reply draft", "new draft", "messages of a folder", "change", "folder delta"]
KEPT = (SpecialUse.DRAFTS, SpecialUse.SENT, SpecialUse.TRASH)
QUARTER = timedelta(minutes=15)


class TwoProviders(RealWorld):
    """Mail comes in here and there; the user sends, edits or throws away what lies in Drafts now and then."""

    def __init__(self, folder: Path, google: google_server.FakeGoogle, graph: graph_server.Graph) -> None:
        super().__init__(folder)
        self.dice = random.Random(7)
        self.google, self.graph = google, graph
        self.boxes = [GmailMailbox(google, lambda: self.now), fresh_mailbox(graph, lambda: self.now)]
        self.doors = [GmailWitness(self.boxes[0], Fuse()), GraphWitness(self.boxes[1], Fuse())]
        self.doors[1].account = OTHER
        self.accounts = [OpenAccount("home", MINE, self.doors[0]), OpenAccount("work", OTHER, self.doors[1])]
        self.invited = 0
        self.looks = 0
        self.sizes: list[int] = []

    def look(self) -> None:
        """A quarter of an hour later: something happens, something breaks, and mailwatch looks."""
        self.looks += 1
        self.pass_time(minutes=15)
        if self.looks % 6 == 1:
            self.invited += 1
            self.mailbox = self.boxes[self.invited % 2]
            self.invite(self.invited, self.now + timedelta(hours=1))
        self._break_something()
        self._let_the_user_do_something()
        self.tick()
        self.google.asked.clear()
        self.graph.asked.clear()
        if self.looks % 10 == 0:
            gc.collect()
            self.sizes.append(_resident())

    def _break_something(self) -> None:
        dice = self.dice
        if dice.random() < 0.35:
            fault = dice.choice([{"how": "lost"}, {"how": "reset"}, {"how": "", "status": 500}, {"how": "", "status": 503}, {"how": "", "status": 429}, {"how": "cut"}])  # fmt: skip
            self.graph.fault(name=dice.choice(GRAPH), after=dice.random() < 0.5, **fault)
        if dice.random() < 0.35:
            after, status = dice.random() < 0.5, dice.choice([0, 429, 500, 503])
            self.google.faults.append(google_server.Fault(dice.choice(GOOGLE), after=after, status=status))
        if dice.random() < 0.05:
            self.graph.answers.expire(self.graph.mailbox.known("inbox").id)
        if dice.random() < 0.05:
            self.google.box.forget_history()

    def _let_the_user_do_something(self) -> None:
        for box in self.boxes:
            drafts = box.messages(SpecialUse.DRAFTS)
            if drafts and self.dice.random() < 0.15:
                chosen = self.dice.choice(drafts)
                what = self.dice.choice(["send", "edit", "delete"])
                if what == "send":
                    box.user_sends_draft(chosen.ref, self.now)
                elif what == "edit":
                    box.user_edits_draft(chosen.ref, chosen.raw + b"P.S.\r\n")
                else:
                    box.user_deletes(chosen.ref)

    def calm_down(self) -> None:
        self.graph.faults.clear()
        self.google.faults.clear()
        for _ in range(12):
            self.pass_time(minutes=15)
            self.tick()

    def letters(self) -> Counter[str]:
        """How many letters to each interviewer lie in Drafts, Sent and Trash of both accounts."""
        stored = [each for box in self.boxes for each in box.messages(*KEPT)]
        return Counter(parseaddr(message_from_bytes(each.raw)["To"])[1] for each in stored)


def _resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def both() -> Iterator[tuple[google_server.FakeGoogle, graph_server.Graph]]:
    with google_server.running_host() as host, graph_server.running_graph(new_graph()) as graph:
        yield host.fresh(str(MINE)), graph


@pytest.mark.scenario("T22", "S6", "S7")
def test_two_hundred_looks_at_two_providers_forget_nobody_and_write_to_nobody_twice(tmp_path):
    soaking = settings.default is not None and settings.default.max_examples > 1_000
    looks = 240 if soaking else 24
    with both() as (google, graph):
        world = TwoProviders(tmp_path, google, graph)

        def look() -> None:
            world.look()
            if world.looks >= looks:
                os.kill(os.getpid(), signal.SIGTERM)

        assert watch(look, interval=timedelta(0)) == 0
        world.calm_down()
        letters = world.letters()
        assert letters == {person(number): 1 for number in range(1, world.invited + 1)}
        assert (graph.sending, graph.violations, google.violations) == ([], [], [])
        if soaking and Path("/proc/self/statm").exists():
            settled = len(world.sizes) // 2
            assert max(world.sizes[settled:]) - world.sizes[settled] < 8_000_000
        for door in world.doors:
            door.close()
        world.machine.close()
