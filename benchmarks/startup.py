"""How long a command takes to start, as a multiple of a Python that does nothing."""

from __future__ import annotations

import os
import pty
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.row import Row
from benchmarks.shelf import MILLION, fill

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
        yield from _status(program, config, nothing)
        anew = median_seconds([sys.executable, "-c", LOAD.format(config=str(config), cache="None")])
        code = LOAD.format(config=str(config), cache=f"Path({folder!r})")
        subprocess.run([sys.executable, "-c", code], check=True)
        yield Row(
            "settings kept from the last time",
            median_seconds([sys.executable, "-c", code]) / anew,
            0.6,
            "× checked anew",
        )


def _status(program: str, config: Path, nothing: float) -> Iterator[Row]:
    """A status after a run, piped and on a terminal, on an empty mailbox and with a million messages in the store."""
    for sub in (".", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            Path(config.parent, "Mail", sub, part).mkdir(parents=True)
    state = config.parent / "state"
    environment = {**os.environ, "MAILWATCH_STATE": str(state), "TERM": "xterm-256color"}
    command = [program, "-c", str(config), "status"]
    unit = "× python -c pass"
    subprocess.run([program, "-c", str(config), "run"], check=True, capture_output=True, env=environment)
    yield Row("mailwatch status after a run", median_seconds(command, environment) / nothing, 9, unit, 14)
    fill(state, MILLION)
    subprocess.run([program, "-c", str(config), "run"], check=True, capture_output=True, env=environment)
    piped, shown = median_seconds(command, environment), median_seconds(command, environment, terminal=True)
    yield Row("mailwatch status, 1,000,000 messages", piped / nothing, 9, unit, 14)
    yield Row("mailwatch status, 1,000,000 messages, terminal", shown / nothing, 14, unit, 14)


def median_seconds(
    command: Sequence[str], environment: Mapping[str, str] | None = None, *, terminal: bool = False
) -> float:
    """The median wall time of a command over ROUNDS runs."""
    spans = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        if terminal:
            _on_a_terminal(command, environment)
        else:
            subprocess.run(command, check=True, capture_output=True, env=environment)
        spans.append(time.perf_counter() - start)
    return statistics.median(spans)


def _on_a_terminal(command: Sequence[str], environment: Mapping[str, str] | None) -> None:
    """Run a command that writes to a terminal, and read what it writes to the end."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as process:
            os.close(theirs)
            try:
                while screen.read(65_536):
                    pass
            except OSError:  # how Linux says that nobody writes any more
                pass
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
