"""How wide the terminal is: COLUMNS, else what it says itself, else 80. As shutil says, which takes longer to load."""

from __future__ import annotations

import os
import sys

DEFAULT = 80


def columns() -> int:
    """The width of standard output in cells."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or DEFAULT
    except (OSError, ValueError):  # no terminal; or a stream that is no file
        return DEFAULT
