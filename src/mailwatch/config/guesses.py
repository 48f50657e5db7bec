"""What somebody probably meant by a name that nothing knows."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def meant(given: object, choices: Iterable[str]) -> str:
    """The end of a sentence that offers the closest choice, full stop included; just the full stop where none is close."""
    close = get_close_matches(given, list(choices), n=1, cutoff=0.6) if isinstance(given, str) else []
    return f'; did you mean "{close[0]}"?' if close else "."
