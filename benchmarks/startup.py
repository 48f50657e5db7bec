"""How long a command takes to start, as a multiple of a Python that does nothing."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
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
        yield Row(f"mailwatch {option}", median_seconds([program, option]) / nothing, 5, unit, 15)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        config.write_text(CONFIG, encoding="utf-8")
        yield Row("mailwatch status after a run", _status_seconds(program, config) / nothing, 9, unit, 14)
        anew = median_seconds([sys.executable, "-c", LOAD.format(config=str(config), cache="None")])
        code = LOAD.format(config=str(config), cache=f"Path({folder!r})")
        subprocess.run([sys.executable, "-c", code], check=True)
        yield Row(
            "settings kept from the last time",
            median_seconds([sys.executable, "-c", code]) / anew,
            0.6,
            "× checked anew",
        )


def _status_seconds(program: str, config: Path) -> float:
    """A status, piped, on an empty mailbox that a run has just looked at."""
    for sub in (".", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            Path(config.parent, "Mail", sub, part).mkdir(parents=True)
    environment = {**os.environ, "MAILWATCH_STATE": str(config.parent / "state")}
    subprocess.run([program, "-c", str(config), "run"], check=True, capture_output=True, env=environment)
    return median_seconds([program, "-c", str(config), "status"], environment)


def median_seconds(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """The median wall time of a command over ROUNDS runs."""
    spans = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        spans.append(time.perf_counter() - start)
    return statistics.median(spans)
