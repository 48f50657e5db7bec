"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure and the bound that it may not pass.

    unit:     what the figure counts. number: which of the twenty-one targets it belongs to.
    at_least: the figure may not fall short of the bound instead.
    steady:   it does not depend on the machine: turns, bytes, calls, quota, imports.
    """

    what: str
    figure: float
    bound: float
    unit: str
    number: int = 0
    at_least: bool = False
    steady: bool = False

    @property
    def is_met(self) -> bool:
        """Does the figure keep to its bound?"""
        return self.figure >= self.bound if self.at_least else self.figure <= self.bound
