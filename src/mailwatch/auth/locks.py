"""What a kept secret opens: an IMAP account, a CalDAV server, the secret address of a feed; and how to try it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from mailwatch.auth.dav import basic, caldav_door
from mailwatch.errors import BackendError
from mailwatch.provider_catalogue import Provider, provider_named
from mailwatch.settings import AccountSettings, CalendarSettings, SecretSource

_KEYRING = SecretSource("keyring")


@dataclass(frozen=True, slots=True)
class Lock:
    """One thing that a secret opens.

    table, name: its place in the configuration. what: "password" or "address".
    shown:   the user or host for a status; `ask` the question.
    source:  where the configuration says that the secret is.
    attempt: open it with this secret; raises BackendError where that fails.
    """

    table: Literal["account", "calendar"]
    name: str
    what: Literal["password", "address"]
    shown: str
    ask: str
    source: SecretSource
    attempt: Callable[[str], None]
    provider: Provider | None = None

    @property
    def place(self) -> str:
        """Where the configuration names the secret, for "check …"."""
        if self.what == "address":
            return f"secret_url in [{self.table}.{self.name}]"
        return f"password in [{self.table}.{self.name}.auth]"

    @property
    def login_name(self) -> str:
        """What `mailwatch auth login` calls it."""
        return self.name if self.table == "account" else f"calendar.{self.name}"


def lock_of_account(account: AccountSettings) -> Lock:
    """The mailbox of an IMAP account."""

    def attempt(password: str) -> None:
        from mailwatch.auth.imap_server import imap_server
        from mailwatch.backends.imap import Secret
        from mailwatch.backends.imap.signin import session_with

        session_with(imap_server(account, lambda: Secret(password))).end()

    source = account.sign_in.password if account.sign_in else None
    return Lock(
        "account", account.name, "password", account.email, f"Password for {account.email}: ", source or _KEYRING,
        attempt, provider_named(account.provider),
    )  # fmt: skip


def lock_of(owner: AccountSettings | CalendarSettings) -> Lock | None:
    """What the secret of an account or calendar opens; None where it has none of its own."""
    if isinstance(owner, CalendarSettings):
        return lock_of_calendar(owner)
    return lock_of_account(owner) if owner.sign_in and owner.sign_in.kind == "password" else None


def lock_of_calendar(calendar: CalendarSettings) -> Lock | None:
    """The CalDAV server or the feed of a calendar with a secret of its own; None where it has none."""
    if calendar.backend == "ics" and calendar.secret_url:
        return _lock_of_feed(calendar, calendar.secret_url)
    if calendar.backend == "caldav" and calendar.sign_in:
        return _lock_of_caldav(calendar, calendar.sign_in.password or _KEYRING)
    return None


def _lock_of_caldav(calendar: CalendarSettings, source: SecretSource) -> Lock:
    def attempt(password: str) -> None:
        from mailwatch.backends.caldav.discovery import homes_from

        door = caldav_door(calendar, None, lambda _fresh: basic(calendar.user, password))
        try:
            homes_from(door, calendar.url)
        finally:
            door.close()

    shown = f"{calendar.user} at {urlsplit(calendar.url).hostname}"
    return Lock("calendar", calendar.name, "password", shown, f"Password for {shown}: ", source, attempt)


def _lock_of_feed(calendar: CalendarSettings, source: SecretSource) -> Lock:
    def attempt(address: str) -> None:
        from mailwatch.backends.icsfile.sources import fault_in
        from mailwatch.transport import fetch_feed

        ca_file = calendar.endpoints.ca_file
        feed = fetch_feed(calendar.name, address, ca_file=Path(ca_file) if ca_file else None)
        if feed is not None and (fault := fault_in(feed.body)):
            raise BackendError(calendar.name, f"The address leads to no calendar: {fault}.")

    shown = "a secret address"
    return Lock("calendar", calendar.name, "address", shown, f"Address of calendar {calendar.name}: ", source, attempt)
