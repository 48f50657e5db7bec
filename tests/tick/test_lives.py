"""Whole lives, and proof that they would notice if one of the locks were missing."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.tick.doubles import SmallCore
from tests.tick.lives import Life
from tests.tick.real import RealWorld

TestLife = Life.TestCase
TestLife.settings = settings(settings.default, stateful_step_count=40, suppress_health_check=list(HealthCheck))
TestLife = pytest.mark.scenario("T5", "T6", "T7", "T22", "T23", "S3", "S6")(TestLife)


class RealLife(Life):
    """The same with the real core: parser, triage, reader, plan and letters."""

    def new_world(self) -> RealWorld:
        return RealWorld(self.folder)


TestRealLife = RealLife.TestCase
TestRealLife.settings = settings(
    settings.default,
    max_examples=max(settings.default.max_examples // 6, 5),
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)

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
