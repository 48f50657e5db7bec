"""A calendar's settings → the door to its CalDAV server."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mailwatch.auth.base import Desk
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


def authorization(calendar: CalendarSettings, account: AccountSettings | None, desk: Desk) -> Callable[[bool], str]:
    """How a calendar's requests are signed: with the account's password or token, with its own password, or not at all."""
    from mailwatch.auth.kinds import kind_of, secret_of, token_source_for

    if account is not None and kind_of(account) != "password":
        source = token_source_for(account, desk)
        return lambda fresh: f"Bearer {source.token(fresh=fresh)}"
    user = user_of(calendar, account)
    owner = account or calendar
    return lambda _fresh: basic(user, secret_of(owner, desk)) if user else ""


def user_of(calendar: CalendarSettings, account: AccountSettings | None) -> str:
    """The name that the CalDAV server knows the user by: as configured, else the address, else the mail server's own name."""
    if calendar.user or account is None:
        return calendar.user
    return account.email if account.provider or account.server is None else account.server.user


def basic(user: str, password: str) -> str:
    """The value of a Basic sign-in (RFC 7617), in UTF-8."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode('ascii')}"
