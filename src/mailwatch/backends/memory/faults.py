"""What can go wrong, on order: the next call fails before it did anything, or does its work and loses the answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from mailwatch.errors import BackendError, TransientError


class Faults:
    """Orders for coming calls, by the call's name ("save_draft"). Each is carried out once.

    stop_after: pages after which `changes` stops early, as a server's quota or a budget would make it; 0: never.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._before: defaultdict[str, list[BackendError]] = defaultdict(list)
        self._after: defaultdict[str, list[BackendError]] = defaultdict(list)
        self.stop_after = 0

    def fail_next(self, call: str, error: BackendError | None = None) -> None:
        """The next such call does nothing and raises (TransientError unless another is given)."""
        self._before[call].append(
            error or TransientError(self._account, f"The server of {self._account} can't be reached.")
        )

    def lose_reply(self, call: str) -> None:
        """The next such call does its work, and the answer is lost."""
        self._after[call].append(
            TransientError(self._account, f"The server of {self._account} broke off before it answered.")
        )

    @contextmanager
    def around(self, call: str) -> Iterator[None]:
        """Stands around one call's work."""
        if self._before[call]:
            raise self._before[call].pop(0)
        yield
        if self._after[call]:
            raise self._after[call].pop(0)
