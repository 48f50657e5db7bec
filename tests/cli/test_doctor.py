"""`doctor` on the demo's mailbox."""

from __future__ import annotations

import json

from tests.cli.conftest import Command


def test_the_command_shows_levels_and_fixes_and_fails_only_for_failures(command: Command) -> None:
    code, out, _ = command("doctor")
    assert code == 0
    assert any(row.startswith("ok    ") for row in out.splitlines())
    assert "→ mailwatch service install" in out
    assert "demo: mailbox" in out
    assert "demo: mailbox" not in command("doctor", "--offline")[1]


def test_the_command_looks_at_one_account_and_knows_its_names(command: Command) -> None:
    found = json.loads(command("--json", "doctor", "demo")[1])["checks"]
    assert {check["name"].partition(":")[0] for check in found} == {"demo"}
    assert command("doctor", "nobody")[0] == 2
