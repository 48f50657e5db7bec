"""Whole lives on a fake Gmail, many in `make soak` and few where they are named; and every way in which the answer to a saved draft can get lost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from mailwatch.core.model import SpecialUse
from mailwatch.tick import OpenAccount
from tests.servers.google_account import IMPATIENT, QUICK
from tests.servers.google_server import Fault, running_host
from tests.tick.doubles import MINE
from tests.tick.gmail_lives import GmailLife, GmailMailbox, GmailWitness
from tests.tick.lives import Fuse
from tests.tick.world import SmallWorld


@pytest.fixture(scope="module")
def host():
    with running_host() as host:
        yield host


@pytest.mark.scenario("T5", "T6", "T7", "T22", "T23", "S3", "S6")
def test_lives_on_gmail_end_well(host):
    class OnGmail(GmailLife):
        pass

    OnGmail.host = host
    effort = settings(
        settings.default,
        max_examples=max(settings.default.max_examples // 60, 2),
        stateful_step_count=30,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(OnGmail, settings=effort)


LOST = {
    "the connection ends before anything was done": Fault("drafts.create"),
    "the draft is stored and the connection ends": Fault("drafts.create", after=True),
    "429": Fault("drafts.create", status=429, reason="rateLimitExceeded", retry_after="1"),
    "429 after it was stored": Fault("drafts.create", after=True, status=429, reason="rateLimitExceeded"),
    "500": Fault("drafts.create", status=500),
    "500 after it was stored": Fault("drafts.create", after=True, status=500),
    "503": Fault("drafts.create", status=503, retry_after="1"),
    "503 after it was stored": Fault("drafts.create", after=True, status=503),
    "504": Fault("drafts.create", status=504),
    "504 after it was stored": Fault("drafts.create", after=True, status=504),
    "no answer in time": Fault("drafts.create", after=True, hang=0.8),
    "a page of the hotel's after it was stored": Fault("drafts.create", after=True, html=True),
    "signed out at that very moment": Fault("drafts.create", status=401, reason="authError"),
    "it was stored and can't be read back": Fault("drafts.get", status=500),
}


@pytest.mark.scenario("T22", "S6")
@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_a_lost_answer_leaves_exactly_one_draft(tmp_path, host, fault):
    world = SmallWorld(tmp_path)
    world.mailbox = GmailMailbox(host.fresh(str(MINE)), lambda: world.now)
    google, door = world.mailbox.google, GmailWitness(world.mailbox, Fuse(), IMPATIENT if fault.hang else QUICK)
    world.accounts = [OpenAccount("home", MINE, door)]
    world.invite(1)
    world.pass_time(hours=2)
    google.faults.append(Fault(**vars(fault)))
    world.tick()
    assert google.faults == []
    created = google.calls().count("drafts.create")
    assert created == 1
    for _ in range(3):
        world.pass_time(minutes=3)
        world.tick()
    assert len(world.mailbox.messages(SpecialUse.DRAFTS)) == 1
    assert world.states() == ["saved"]
    assert google.calls().count("drafts.create") <= 2
    google.check()
    door.close()
    world.close()
