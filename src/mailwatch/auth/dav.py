"""A calendar's settings → the door to its CalDAV server."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mailwatch.provider_catalogue import provider_for_domain, provider_named
from mailwatch.settings import AccountSettings, CalendarSettings

if TYPE_CHECKING:
    from mailwatch.backends.caldav import Door


def caldav_start(calendar: CalendarSettings, account: AccountSettings | None) -> str:
    """Where to begin: the configured address, the provider's, or the domain of the account's address."""
    if calendar.url or account is None:
        return calendar.url
    provider = provider_named(account.provider) or provider_for_domain(account.email)
    known = provider.calendar.caldav if provider else ""
    return known or account.email.rpartition("@")[2]


def caldav_door(calendar: CalendarSettings, account: AccountSettings | None, header: Callable[[bool], str]) -> Door:
    """The door of a calendar. header: the Authorization value; True asks for a fresh one."""
    from mailwatch.backends.caldav import Door, SignedIn

    ca_file = calendar.endpoints.ca_file or (account.endpoints.ca_file if account else "")
    login = account.name if account else f"calendar.{calendar.name}"
    return Door(calendar.name, SignedIn(login, header), ca_file=Path(ca_file) if ca_file else None)


def basic(user: str, password: str) -> str:
    """The value of a Basic sign-in (RFC 7617), in UTF-8."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode('ascii')}"
