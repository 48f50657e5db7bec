"""A small mutator of its own, for every machine: seeds, changed a few times over, to a target; what breaks is kept.

The same number begins the same run. Where atheris is installed, `python -m tests.fuzz` lets it choose by coverage instead.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fuzz.targets import Fuzzed

LONGEST = 8_192
SLOW = 2.0


@dataclass
class Outcome:
    """How a run went. broken: each distinct way to break, with the input that did; slow: inputs that took over two seconds."""

    runs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    broken: dict[str, bytes] = field(default_factory=dict)
    slow: list[bytes] = field(default_factory=list)


def fuzzed(target: Fuzzed, seeds: Sequence[bytes], *, runs: int, seed: int = 1) -> Outcome:
    """Throw so many inputs at a target."""
    dice, outcome, begun = random.Random(seed), Outcome(), time.monotonic()
    for _ in range(runs):
        data = changed(dice.choice(seeds), seeds, target.words, dice)
        tried(target, data, outcome)
    outcome.seconds = time.monotonic() - begun
    return outcome


def tried(target: Fuzzed, data: bytes, outcome: Outcome) -> None:
    """One input, and what came of it."""
    started = time.process_time()
    try:
        target.run(data)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        outcome.broken.setdefault(where(error), data)
    taken = time.process_time() - started
    outcome.runs += 1
    outcome.slowest = max(outcome.slowest, taken)
    if taken > SLOW:
        outcome.slow.append(data)


def where(error: BaseException) -> str:
    """The kind of an error and the innermost place in the program that raised it: one bug, one name."""
    places, trace = ["?"], error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {places[-1]}"


def changed(data: bytes, seeds: Sequence[bytes], words: Sequence[bytes], dice: random.Random) -> bytes:
    """An input, changed one to eight times."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(made) + 1)
        to = min(len(made), at + dice.choice((1, 2, 4, 16, 64, 512)))
        match dice.randrange(9):
            case 0 if made:
                made[at % len(made)] ^= 1 << dice.randrange(8)
            case 1 if made:
                made[at % len(made)] = dice.randrange(256)
            case 2:
                del made[at:to]
            case 3:
                made[at:at] = made[at:to] * dice.choice((1, 2, 40))
            case 4:
                other = dice.choice(seeds)
                begin = dice.randrange(len(other) + 1)
                made[at:at] = other[begin : begin + dice.choice((8, 64, 1_024))]
            case 5:
                del made[at:]
            case _:
                made[at : to if dice.random() < 0.3 else at] = dice.choice(words)
    return bytes(made[:LONGEST])
