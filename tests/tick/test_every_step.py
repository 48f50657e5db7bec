"""Killed at every single step of every life: in the end one letter for each, and never two.

Named in CI it stops at every sixteenth step, each life beginning at another one; in `make soak` at every step, on a Maildir, on Dovecot, at
Google and at Microsoft too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from tests.backends.graphs import new_graph
from tests.servers.dovecot import need_dovecot, running_dovecot
from tests.servers.google_server import running_host
from tests.servers.graph import running_graph
from tests.tick.every_step import LIVES, walk
from tests.tick.gmail_lives import GmailLife
from tests.tick.graph_lives import GraphLife
from tests.tick.imap_lives import ImapLife
from tests.tick.lives import Life
from tests.tick.maildir_lives import MaildirLife

SOAK = settings.default is not None and settings.default.max_examples >= 10_000
EVERY = 1 if SOAK else 16
NAMES = tuple(LIVES)


@pytest.mark.scenario("T5", "T22", "S6")
@pytest.mark.timeout(0 if SOAK else 120)
@pytest.mark.parametrize("name", NAMES)
def test_killed_at_every_step_nobody_gets_two_letters_or_none(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    walked = walk(Life, LIVES[name], first=NAMES.index(name) % EVERY, every=EVERY)
    assert walked.stops >= (10 if SOAK else 1)
    record_property("figure", ("killed at every step, in memory", "stops", walked.stops))


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[dict[str, type[Life]]]:
    """Lives on real servers and fakes of them, which run as long as this file needs them."""
    need_dovecot()
    with ExitStack() as servers:
        gmail = type("OnGmail", (GmailLife,), {"host": servers.enter_context(running_host())})
        graph = type("OnGraph", (GraphLife,), {"graph": servers.enter_context(running_graph(new_graph()))})
        imap = type("OnDovecot", (ImapLife,), {"server": servers.enter_context(running_dovecot())})
        yield {"Maildir": MaildirLife, "Gmail": gmail, "Graph": graph, "Dovecot": imap}


@pytest.mark.scenario("T5", "T22", "S6")
@pytest.mark.timeout(0 if SOAK else 120)
@pytest.mark.parametrize("where", ["Maildir", "Gmail", "Graph", "Dovecot"])
@pytest.mark.parametrize("name", NAMES if SOAK else ["the answer was lost"])
def test_wherever_the_mail_lies(
    where: str, name: str, elsewhere: dict[str, type[Life]], record_property: Callable[[str, object], None]
) -> None:
    walked = walk(elsewhere[where], LIVES[name], every=1 if SOAK else 16)
    assert walked.stops >= 1
    record_property("figure", (f"killed at every step, {where}", "stops", walked.stops))
