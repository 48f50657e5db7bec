"""How much of Google's quota an account may spend: units by the minute, from one of two tables.

A Cloud project made since May 2026 has 6,000 units a minute and pays 20 for a message; an older one has 15,000 and pays 5.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from mailwatch.errors import RateLimited

_MINUTE = 60.0
_PER_MINUTE = {"since-2026": 6_000, "before-2026": 15_000}


class Table(StrEnum):
    """Which of Google's tables a Cloud project falls under."""

    SINCE_2026 = "since-2026"
    BEFORE_2026 = "before-2026"


class QuotaSpent(RateLimited):
    """What may be spent in a minute is spent, and so is the patience to wait for the next one."""


class Budget:
    """The units of one account in the last minute.

    Args:
        account: for the errors.
        table: which quota the user's Cloud project has.
        patience: seconds that may be waited in one run, all waits together.
        clock, sleep: for tests.
    """

    def __init__(
        self,
        account: str,
        table: Table = Table.SINCE_2026,
        *,
        patience: float = 120.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.table = table
        self.spent = 0
        self._account = account
        self._per_minute = _PER_MINUTE[table]
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._lately: deque[tuple[float, int]] = deque()

    def spend(self, units: int) -> None:
        """Take this many units, once there are so many.

        Raises:
            QuotaSpent: it would take longer than there is patience for.
        """
        pause = self._pause(units)
        if pause > self._patience:
            raise QuotaSpent(
                self._account,
                f"{self._account} has spent what Google allows in a minute: the next run goes on.",
                retry_after=timedelta(seconds=pause),
            )
        if pause > 0:
            self._patience -= pause
            self._sleep(pause)
        self._lately.append((self._clock(), units))
        self.spent += units

    def _pause(self, units: int) -> float:
        """Seconds until so many units are free."""
        now = self._clock()
        while self._lately and self._lately[0][0] <= now - _MINUTE:
            self._lately.popleft()
        over = sum(spent for _, spent in self._lately) + units - self._per_minute
        for moment, spent in self._lately:
            if over <= 0:
                break
            over -= spent
            if over <= 0:
                return max(0.0, moment + _MINUTE - now)
        return 0.0
