"""How the time of some work grows with its input: CPU time, the least of several runs, so that a busy machine says nothing.

Garbage collection is off meanwhile, and a first run on a small input leaves everything compiled that has to be.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

RUNS = 4
FLOOR = 0.004
"""Seconds below which a time says nothing about growth."""


def least_time(work: Callable[[], object], runs: int = RUNS) -> float:
    """The least CPU time of several runs, in seconds."""
    best = float("inf")
    collecting = gc.isenabled()
    gc.disable()
    try:
        for _ in range(runs):
            begun = time.process_time()
            work()
            best = min(best, time.process_time() - begun)
            if best < FLOOR:
                break
    finally:
        if collecting:
            gc.enable()
    return best


def growth(work: Callable[[int], object], size: int, runs: int = RUNS) -> float:
    """How many times longer the work takes on twice the size; measured again before it is called more than double.

    Args:
        work: does it on an input of that size, from scratch.
    """
    work(size)
    work(2 * size)
    ratios = []
    for _ in range(3):
        once = max(least_time(lambda: work(size), runs), FLOOR)
        ratios.append(least_time(lambda: work(2 * size), runs) / once)
        if ratios[-1] <= 2.2:
            break
    return min(ratios)
