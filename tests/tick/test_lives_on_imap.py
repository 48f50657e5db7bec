"""Whole lives on Dovecot: few in CI, many in `make soak`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.servers.dovecot import need_dovecot, running_dovecot
from tests.tick.imap_lives import ImapLife


@pytest.mark.scenario("T5", "T6", "T7", "T22", "T23", "S3", "S6")
def test_lives_on_a_real_server_end_well():
    need_dovecot()
    with running_dovecot() as dovecot:

        class OnDovecot(ImapLife):
            server = dovecot

        effort = settings(
            settings.default,
            max_examples=max(settings.default.max_examples // 10, 2),
            stateful_step_count=50,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(OnDovecot, settings=effort)
