"""A share of the fuzzing in every run: what once broke a target, and new inputs for each: 20,000 mails and as many calendars under CI.

`make soak` throws a million mails and calendars, and a hundred times as many of the rest, and `python -m tests.fuzz TARGET` as many as one has time for.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fuzz.engine import Outcome, changed, fuzzed, tried
from tests.fuzz.seeds import seeds_for
from tests.fuzz.targets import TARGETS, Fuzzed

CRASHES = sorted(path for path in (Path(__file__).parent / "crashes").iterdir() if path.suffix != ".md")
SOAK = settings.default is not None and settings.default.max_examples >= 10_000
CI = bool(os.environ.get("CI"))
# Mail and calendars come from strangers. The others have as many as two seconds of one core allow in all; the reader takes a
# hundred times as long as a calendar.
RUNS = {
    "mail": 20_000 if CI else 2_000,
    "calendar": 20_000 if CI else 2_000,
    "phrases": 600,
    "config": 250,
    "reading": 10,
}
FOR_LONG = {"mail": 1_000_000, "calendar": 1_000_000}
PART = 5_000
"""Inputs of one test: several workers share a target's."""
SHARES = {name: -(-RUNS[name] // PART) for name in TARGETS}
PARTS = [(name, part) for name in TARGETS for part in range(SHARES[name])]


@pytest.mark.parametrize("path", CRASHES, ids=lambda path: path.name)
def test_what_once_broke_a_target_no_longer_does(path: Path) -> None:
    TARGETS[path.name.partition("-")[0]].run(path.read_bytes())


@pytest.mark.timeout(0 if SOAK else 400)  # ten seconds of work, on a machine whose cores are shared
@pytest.mark.parametrize(("name", "part"), PARTS)
def test_no_input_breaks_a_target_or_takes_two_seconds(name: str, part: int, record_property) -> None:
    runs = (FOR_LONG.get(name, RUNS[name] * 100) if SOAK else RUNS[name]) // SHARES[name]
    outcome = fuzzed(TARGETS[name], seeds_for(name), runs=runs, seed=20_261_124 + part)
    assert (outcome.broken, outcome.slow) == ({}, [])
    record_property("figure", (f"fuzzing, {name}: 0 broke it, 0 over 2 s", "inputs", outcome.runs))


def test_the_mutator_changes_every_kind_of_input_and_is_the_same_each_time() -> None:
    import random

    made = [changed(b"one two three", [b"four five"], [b"WORD"], random.Random(seed)) for seed in range(300)]
    assert made == [changed(b"one two three", [b"four five"], [b"WORD"], random.Random(seed)) for seed in range(300)]
    assert len(set(made)) > 250
    assert any(b"WORD" in data for data in made)
    assert any(b"four" in data for data in made)
    assert changed(b"", [b""], [b""], random.Random(1)) == b""


def test_what_breaks_a_target_is_kept_once_for_each_place() -> None:
    def fragile(data: bytes) -> None:
        raise KeyError(data)

    outcome = Outcome()
    for data in (b"a", b"b"):
        tried(Fuzzed(fragile, ()), data, outcome)
    assert list(outcome.broken.values()) == [b"a"]
    assert next(iter(outcome.broken)).startswith("KeyError at test_fuzzing.py:")
