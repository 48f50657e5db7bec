"""How long a command takes to start, as a multiple of a Python that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.row import Row

ROUNDS = 15
CONFIG = (
    '[me]\nname = "Jordan Reyes"\n[account.home]\nbackend = "maildir"\nemail = "jordan@example.com"\npath = "Mail"\n'
)
LOAD = "from pathlib import Path; from mailwatch.config import load_settings; load_settings(Path({config!r}), {cache})"


def rows() -> Iterator[Row]:
    """The rows of this file."""
    unit = "× python -c pass"
    nothing = median_seconds([sys.executable, "-c", "pass"])
    program = str(Path(sys.executable).with_name("mailwatch"))
    for option in ("--version", "--help"):
        yield Row(f"mailwatch {option}", median_seconds([program, option]) / nothing, 5, unit)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        config.write_text(CONFIG, encoding="utf-8")
        anew = median_seconds([sys.executable, "-c", LOAD.format(config=str(config), cache="None")])
        code = LOAD.format(config=str(config), cache=f"Path({folder!r})")
        subprocess.run([sys.executable, "-c", code], check=True)
        yield Row(
            "settings kept from the last time",
            median_seconds([sys.executable, "-c", code]) / anew,
            0.6,
            "× checked anew",
        )


def median_seconds(command: Sequence[str]) -> float:
    """The median wall time of a command over ROUNDS runs."""
    spans = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        spans.append(time.perf_counter() - start)
    return statistics.median(spans)
