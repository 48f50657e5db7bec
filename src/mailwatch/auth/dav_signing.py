"""How the requests to a calendar's CalDAV server are signed."""

from __future__ import annotations

from collections.abc import Callable

from mailwatch.auth.base import Desk
from mailwatch.auth.dav import basic
from mailwatch.auth.kinds import kind_of, secret_of, token_source_for
from mailwatch.settings import AccountSettings, CalendarSettings


def authorization(calendar: CalendarSettings, account: AccountSettings | None, desk: Desk) -> Callable[[bool], str]:
    """How a calendar's requests are signed: with the account's password or token, with its own password, or not at all."""
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
