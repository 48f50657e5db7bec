"""The renderer and the scorer of storylines as they were taken over, called as the programs that they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_TOOLS = Path(__file__).resolve().parent / "tools"


def render_set(folder: Path, out: Path) -> None:
    """Render a set of storylines into mailboxes, calendars and gold answers."""
    _call("render.py", str(out), "--set", str(folder))


def score_export(gold: Path, export: Path, details: Path | None) -> None:
    """Score an export and print the table."""
    _call("score.py", "storylines", str(gold), str(export), *(["--details", str(details)] if details else []))


def _call(program: str, *arguments: str) -> None:
    sys.stdout.flush()
    subprocess.run([sys.executable, str(_TOOLS / program), *arguments], check=True)
