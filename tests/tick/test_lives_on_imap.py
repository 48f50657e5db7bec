"""Whole lives on Dovecot: a thousand of fifty steps in `make soak`, which alone runs them unasked; thirty where they are named under CI."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.servers.dovecot import need_dovecot, running_dovecot
from tests.tick.imap_lives import ImapLife

LIVES = 1_000 if settings.default.max_examples >= 10_000 else 30 if os.environ.get("CI") else 3


@pytest.mark.timeout(0 if LIVES > 30 else 300)
@pytest.mark.scenario("T5", "T6", "T7", "T22", "T23", "S3", "S6")
def test_lives_on_a_real_server_end_well():
    need_dovecot()
    with running_dovecot() as dovecot:

        class OnDovecot(ImapLife):
            server = dovecot

        effort = settings(
            settings.default,
            max_examples=LIVES,
            stateful_step_count=50,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(OnDovecot, settings=effort)
