"""What opens an account on the fake Google: access tokens without a sign-in, and a quota without end."""

from __future__ import annotations

from datetime import timedelta

from mailwatch.backends.google import Budget, QuotaSpent
from mailwatch.transport import Limits
from tests.servers.google_server import FakeGoogle

# Patient with a machine that is busy, but not with a server that asks for patience.
QUICK = Limits(connect=10.0, silence=20.0, whole=40.0, one_wait=0.05, all_waits=0.2)
IMPATIENT = Limits(connect=10.0, silence=0.5, whole=5.0, one_wait=0.05, all_waits=0.2)


class Tokens:
    """Access tokens of an account that is signed in."""

    def __init__(self, google: FakeGoogle) -> None:
        self._google = google
        self._token = google.signin.new_access()

    def token(self, *, fresh: bool = False) -> str:
        if fresh:
            self._token = self._google.signin.new_access()
        return self._token


class FreeBudget(Budget):
    """Quota without end, or for so many messages. It never waits."""

    def __init__(self, account: str) -> None:
        super().__init__(account, patience=0.0)
        self.messages: int | None = None

    def spend(self, units: int) -> None:
        if self.messages is not None and units == 20:
            if self.messages == 0:
                raise QuotaSpent("web", "The minute is over.", retry_after=timedelta(seconds=60))
            self.messages -= 1
        self.spent += units
