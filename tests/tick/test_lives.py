"""Whole lives, in memory and on a Maildir, and proof that they would notice if one of the locks were missing.

CI lives two hundred of forty steps in memory and as many on a Maildir, `make soak` two thousand of fifty of each; the small
core lives them, because what is shown here is the engine's custody of drafts, and the real one a twelfth as many.
"""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.tick.doubles import MINE, SmallCore, mail, person
from tests.tick.lives import Life
from tests.tick.maildir_lives import MaildirLife
from tests.tick.programs import PROGRAMS, Program, written_by
from tests.tick.real import RealWorld
from tests.tick.world import SmallWorld

SOAK = settings.default.max_examples >= 10_000
LIVES = 2_000 if SOAK else 200 if os.environ.get("CI") else 30

# Minutes of work on a machine whose cores are shared; in a soak as long as it takes.
pytestmark = pytest.mark.timeout(0 if SOAK else 400)


def effort(share: float) -> settings:
    """A share of all lives."""
    return settings(
        settings.default,
        max_examples=max(round(LIVES * share), 3),
        stateful_step_count=50 if SOAK else 40,
        suppress_health_check=list(HealthCheck),
    )


class RealLife(Life):
    """The same with the real core: parser, triage, reader, plan and letters."""

    def new_world(self) -> RealWorld:
        return RealWorld(self.folder)


TestLife = pytest.mark.scenario("T5", "T6", "T7", "T22", "T23", "S3", "S6")(Life.TestCase)
TestLife.settings = effort(1.0)
TestMaildirLife = pytest.mark.scenario("T5", "T6", "T7", "T22", "T23", "S3")(MaildirLife.TestCase)
TestMaildirLife.settings = effort(1.0)
TestRealLife = RealLife.TestCase
TestRealLife.settings = effort(0.08)

QUICKLY = settings(
    max_examples=400,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class WithoutLedger(Life):
    """Nobody looks at the ledger before a letter is written."""

    def __init__(self) -> None:
        super().__init__()
        self.world.plan = SmallCore(blind_to_ledger=True)


class WithoutLooking(Life):
    """Nobody looks whether a letter is there before it is saved."""

    def __init__(self) -> None:
        super().__init__()
        self.door.find_draft = lambda _: ()  # type: ignore[method-assign]


def test_lives_fail_without_the_look_into_the_ledger() -> None:
    with (
        patch("mailwatch.tick.save.is_settled", lambda rows, draft: False),
        pytest.raises(AssertionError, match="drafted again"),
    ):
        run_state_machine_as_test(WithoutLedger, settings=QUICKLY)


def test_lives_fail_without_the_look_into_the_mailbox() -> None:
    with pytest.raises(AssertionError, match=r"two live drafts|drafted again"):
        run_state_machine_as_test(WithoutLooking, settings=QUICKLY)


def a_draft(world: SmallWorld) -> str:
    """A thank-you was saved; its ref."""
    world.invite(1)
    world.pass_time(hours=2)
    world.tick()
    world.pass_time(minutes=5)
    (ref,) = world.draft_refs()
    return ref


@pytest.mark.scenario("T6", "S3")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
@pytest.mark.parametrize("new_world", [SmallWorld, RealWorld])
def test_a_draft_that_was_edited_and_deleted_stays_so_though_all_of_the_state_is_lost(
    program: Program, new_world: type[SmallWorld], tmp_path: Path
) -> None:
    world = new_world(tmp_path)
    ref = a_draft(world)
    written = written_by(program, world.mailbox.get(ref).raw, "And one more thing.", world.now, 1)
    world.mailbox.user_deletes(world.mailbox.user_edits_draft(ref, written))
    world.machine.lose_everything()
    for _ in range(3):
        world.pass_time(minutes=5)
        world.tick()
    assert world.drafts() == []
    world.close()


def test_mail_of_others_in_trash_is_no_draft_of_ours(tmp_path: Path) -> None:
    world = RealWorld(tmp_path)
    start = world.invite(1)
    to_both = mail(
        "kit@firm1.example",
        f"{MINE}, {person(1)}",
        "Interview",
        "See you both.",
        world.now,
        in_reply_to="<invite1@firm1.example>",
    )
    world.pass_time(minutes=5)
    world.mailbox.mail_arrives(to_both, world.now, "Trash")
    world.pass_time(hours=2)
    assert start < world.now
    world.tick()
    assert len(world.drafts()) == 1
    world.close()
