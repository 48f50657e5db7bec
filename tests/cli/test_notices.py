"""A run that nobody watches tells what it has to say to the user's own program."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Life


def with_program(life: Life, folder: Path) -> Path:
    heard, program = folder / "heard", folder / "tell-me"
    program.write_text(f"#!/bin/sh\ncat >> {heard}\n")
    program.chmod(0o700)
    life.config.write_text(life.config.read_text() + f'\n[notify]\ncommand = ["{program}"]\n')
    return heard


def test_a_draft_that_waits_is_told_once_by_the_runs_that_follow(life: Life, tmp_path: Path) -> None:
    heard = with_program(life, tmp_path)
    for clock in ("12:00", "12:15", "12:30"):
        assert life.call("-q", "run", now=f"2026-11-24T{clock}+01:00")[0] == 0
    assert heard.read_text() == "A draft waits for you in Drafts: mailwatch status\n"


def test_a_program_that_is_missing_changes_nothing_else(life: Life, tmp_path: Path) -> None:
    with_program(life, tmp_path)
    (tmp_path / "tell-me").unlink()
    code, _, err = life.call("-q", "run", now="2026-11-24T12:00+01:00")
    assert code == 0
    assert "Traceback" not in err
