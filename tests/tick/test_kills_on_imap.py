"""`mailwatch run` against Dovecot, killed at random moments: never two drafts for a person, and in the end one for each.

Where they are named, two hundred runs are children of a process that has loaded everything; `make soak` has two thousand of
these, and a thousand processes that are started as a user starts them.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy
from tests.tick.doubles import START
from tests.tick.killing import Forks, Meanwhile, Search, Starts

SOAK = settings.default.max_examples >= 1_000
KILLS = {Forks: 2_000, Starts: 1_000} if SOAK else {Forks: 200}
ROUND = 20
"""Kills of one mailbox; then another one begins, so that it does not matter how late one is in a long life."""


def lived(search: Search, runs: Forks | Starts, proxy: Proxy, chance: random.Random) -> int:
    """One job search with ROUND interviews, a kill after each; how many kills came before the run's own end."""
    now, early, whole = START, 0, 0.3
    assert runs.run(search, now) == 0
    for number in range(1, ROUND + 1):
        now += timedelta(minutes=5)
        search.invite(number, now - timedelta(hours=2))
        proxy.counts.clear()
        begun = time.monotonic()
        early += runs.run(search, now, moment(chance, proxy, whole)) != 0
        whole = max(time.monotonic() - begun, whole * 0.9)
        drafts = search.drafts()
        assert max(drafts.values(), default=0) <= 1, f"two live drafts after kill {number}: {drafts}"
    for _ in range(2):  # one run finds out what became of the last attempt, another one saves what is due
        now += timedelta(minutes=3)
        code = runs.run(search, now)
    assert code == 0
    drafts = search.drafts()
    assert sorted(drafts.values()) == [1] * ROUND, f"lost or double: {drafts}"
    return early


def moment(chance: random.Random, proxy: Proxy, whole: float) -> Meanwhile:
    """When to kill: after a random time, or as soon as a random number of bytes has been sent to the server."""
    by_bytes, share = chance.random() < 0.5, chance.random()

    def wait(kill: Callable[[], None]) -> None:
        if by_bytes:
            until = time.monotonic() + whole * 1.5
            while time.monotonic() < until and proxy.counts.up < share * 4_500:
                time.sleep(0.001)
        else:
            time.sleep(whole * share)
        kill()

    return wait


@pytest.mark.timeout(0 if SOAK else 300)
@pytest.mark.scenario("T22", "S3")
@pytest.mark.parametrize("kind", KILLS)
def test_two_hundred_kills_leave_one_draft_for_each_person(
    dovecot: Dovecot, authority: tuple[Path, Path], tmp_path: Path, kind: type[Forks | Starts]
) -> None:
    chance = random.Random(11)
    early, kills = 0, KILLS[kind]
    with Proxy(dovecot.tls_port) as proxy, kind(authority[0]) as runs:
        for number in range(kills // ROUND + 1):
            search = Search(tmp_path / str(number), dovecot, authority[0], proxy.port)
            with contextlib.closing(search):
                if number:
                    early += lived(search, runs, proxy, chance)
                else:
                    search.invite(1, START - timedelta(hours=2))
                    assert runs.run(search, START) == 0, "a whole run for a beginning"
    assert early > kills // 2, f"only {early} kills came before the run had ended by itself"
