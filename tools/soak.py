"""`make soak`: the long tests, part by part, each within its time; what a part has shown is kept, so that a stop costs little.

make soak                 every part that has not been done yet
make soak PART=fuzz       this one, anew
make soak PART=table      only what the parts have shown so far
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
KEPT = TOP / "out" / "soak"
# Name: what is run, and how many minutes of a two-core machine it may take.
PARTS = {
    "fuzz": (["tests/fuzz"], 60),
    "hostile": (["tests/hostile", "tests/system/test_memory.py"], 20),
    "guards": (["tests/never_sends", "tests/watch"], 20),
    "steps": (["tests/tick/test_every_step.py"], 90),
    "lives": (["tests/tick/test_lives.py"], 180),
    "servers": (["tests/tick", "-k", "lives_on or two_providers"], 120),
    "races": (["tests/tick/test_races.py"], 60),
    "kills": (["tests/tick/test_kills_on_imap.py"], 60),
    "rest": (["tests", *(f"--ignore=tests/{name}" for name in ("fuzz", "hostile", "never_sends", "watch", "tick"))], 120),
}  # fmt: skip


def main(part: str) -> int:
    """Run a part, or all that have not been done; 1 where one failed or ran out of time."""
    if part not in {"", "table", *PARTS}:
        print(f"There is no part {part}: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    wanted = [part] if part in PARTS else [] if part else [name for name in PARTS if not _is_done(name)]
    for name in wanted:
        _run(name)
    print(_table())
    return 0 if all(_is_done(name) for name in wanted) else 1


def _run(name: str) -> None:
    paths, minutes = PARTS[name]
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--timeout", "0", "-q", "-p", "no:cacheprovider", *paths]
    kept = KEPT / f"{name}.txt"
    kept.parent.mkdir(parents=True, exist_ok=True)
    begun = datetime.now(UTC)  # noqa: TID251 - a measurement carries its date
    try:
        ran = subprocess.run(
            command,
            cwd=TOP,
            env={**os.environ, "HYPOTHESIS_PROFILE": "soak"},
            stdout=subprocess.PIPE,
            text=True,
            timeout=minutes * 60,
            check=False,
        )
        said, ended = ran.stdout, "done" if ran.returncode == 0 else "failed"
    except subprocess.TimeoutExpired as late:
        said, ended = (late.stdout or b"").decode("utf-8", "replace"), f"not done in {minutes} minutes"
    kept.write_text(f"{ended}, {begun:%Y-%m-%d %H:%M} UTC, make soak PART={name}\n{said}", "utf-8")


def _is_done(name: str) -> bool:
    kept = KEPT / f"{name}.txt"
    return kept.exists() and kept.read_text("utf-8").startswith("done,")


def _table() -> str:
    """Each part with its date and command, and the figures that its tests recorded (tests/conftest.py)."""
    rows = []
    for name in PARTS:
        kept = KEPT / f"{name}.txt"
        head, _, said = kept.read_text("utf-8").partition("\n") if kept.exists() else (f"not run: {name}", "", "")
        _, _, figures = said.partition(" figures ")
        lines = [line for line in figures.splitlines()[1:] if line.strip()]
        rows += [head, *(f"    {line}" for line in lines if not line.startswith(("=", "FAILED", "ERROR", "SKIPPED")))]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
