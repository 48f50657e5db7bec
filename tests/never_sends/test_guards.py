"""A hundred thousand made-up requests at every guard in `make soak`, a twentieth of them in CI: none that could send gets through."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import settings

from mailwatch.backends.caldav.door import guard_for as caldav_guard
from mailwatch.backends.google import CALENDAR, GMAIL, guard_for
from mailwatch.backends.graph.door import rules_for
from mailwatch.backends.imap.guard import Guard as ImapGuard
from mailwatch.errors import RefusedToSend
from mailwatch.transport import Guard
from mailwatch.transport.feed import _FeedGate
from mailwatch.transport.guard import Gate
from tests.never_sends import commands, made_up
from tests.never_sends.made_up import BASES, OURS, may_pass, request

SOAK = settings.default is not None and settings.default.max_examples >= 10_000
REQUESTS = 100_000 if SOAK else 5_000


def gates() -> dict[str, Gate]:
    """The guards that accounts and calendars use, one draft of ours known to each."""
    google = guard_for(GMAIL, BASES["gmail"])
    google.own(OURS.rstrip("="))
    return {
        "gmail": google,
        "calendar": guard_for(CALENDAR, BASES["calendar"]),
        "graph": Guard(rules_for(BASES["graph"] + "/v1.0"), [OURS]),
        "caldav": caldav_guard(BASES["caldav"]),
        "feed": _FeedGate(),
    }


def passes(gate: Gate, made: made_up.Request) -> bool:
    try:
        gate.check(made.method, made.url, made.headers, made.body)
    except RefusedToSend:
        return False
    return True


@pytest.mark.scenario("S1")
@pytest.mark.timeout(0 if SOAK else 120)
def test_of_made_up_requests_none_gets_through_that_could_send_and_every_wanted_one_does(record_property) -> None:
    dice, known, seen = random.Random(9), gates(), Counter[str]()
    for _ in range(REQUESTS):
        made = request(dice)
        passed = passes(known[made.guard], made)
        assert passed or not made.wanted, f"wanted and stopped: {made}"
        assert not passed or may_pass(made), f"got through: {made}"
        seen[f"{made.guard} {'passed' if passed else 'stopped'}"] += 1
    assert all(seen[f"{name} {fate}"] > REQUESTS // 200 for name in known for fate in ("passed", "stopped")), seen
    record_property("figure", ("made-up requests at the HTTP guards, 0 wrong", "requests", REQUESTS))


@pytest.mark.scenario("S1")
@pytest.mark.timeout(0 if SOAK else 120)
def test_of_made_up_commands_none_reaches_an_imap_server_that_could_send_or_change(record_property) -> None:
    dice, seen = random.Random(9), Counter[str]()
    for _ in range(REQUESTS):
        made = commands.line(dice)
        guard = ImapGuard()
        guard.drafts = commands.DRAFTS
        try:
            guard.admit(b"A1 " + made.words + b"\r\n")
        except RefusedToSend:
            assert not made.wanted, f"wanted and stopped: {made}"
            seen["stopped"] += 1
            continue
        assert commands.may_pass(made.words), f"got through: {made}"
        seen["passed"] += 1
    assert min(seen["passed"], seen["stopped"]) > REQUESTS // 20, seen
    record_property("figure", ("made-up commands at the IMAP guard, 0 wrong", "commands", REQUESTS))


def test_the_judge_would_notice_a_guard_that_lets_everything_through() -> None:
    dice = random.Random(1)
    wrong = [made for made in (request(dice) for _ in range(1_000)) if not may_pass(made)]
    assert len(wrong) > 500
    assert all(may_pass(made) for made in (request(dice) for _ in range(1_000)) if made.wanted)
    lines = [commands.line(dice) for _ in range(1_000)]
    assert sum(not commands.may_pass(made.words) for made in lines) > 300
