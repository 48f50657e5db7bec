"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure and the bound that it may not pass. unit: what the figure counts."""

    what: str
    figure: float
    bound: float
    unit: str
