"""How far a tick is, for somebody who watches: what it does, on which account, and how much of it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Doing(StrEnum):
    """What takes time in a tick, in its order."""

    LISTING = "listing"  # the heads of all mail
    FETCHING = "fetching"  # the texts that are worth reading
    READING = "reading"  # what they say


@dataclass(frozen=True, slots=True)
class Step:
    """A step forward.

    account: its name, "" for all together. done, total: messages; total None where nobody can know it beforehand.
    """

    doing: Doing
    account: str
    done: int
    total: int | None = None


Watcher = Callable[[Step], None]
"""Is told each step. It may not fail."""
