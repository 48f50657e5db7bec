"""The calendars that accounts bring along, and a first look at one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailwatch.accounts import OpenCalendar
from mailwatch.core.model import Window
from mailwatch.errors import BackendError
from mailwatch.provider_catalogue import provider_for_domain, provider_named
from mailwatch.settings import AccountSettings, Settings

_SPAN = timedelta(days=14)
_OWN = {"gmail": ("google", "Google Calendar"), "graph": ("graph", "the Outlook calendar")}


@dataclass(frozen=True, slots=True)
class CalendarOffer:
    """A calendar that can be had with an account's own sign-in.

    keys: of its table. page: instead of that, where the provider shows the secret address of a feed.
    """

    account: str
    title: str
    keys: Mapping[str, object]
    page: str = ""


def calendar_offers(settings: Settings) -> tuple[CalendarOffer, ...]:
    """What the accounts of a configuration have and it does not read yet."""
    read = {calendar.account for calendar in settings.calendars if calendar.account}
    return tuple(offer for account in settings.accounts if account.name not in read for offer in _offers_of(account))


def _offers_of(account: AccountSettings) -> Iterator[CalendarOffer]:
    if account.backend in _OWN:
        backend, title = _OWN[account.backend]
        keys = {"backend": backend, "account": account.name}
        yield CalendarOffer(account.name, f"{title} of {account.email}, with the same sign-in", keys)
        return
    provider = provider_named(account.provider) or provider_for_domain(account.email)
    if provider is None or account.sign_in is None:
        return
    if provider.calendar.caldav:
        keys = {"backend": "caldav", "account": account.name}
        title = f"the calendars of {account.email} at {provider.title}, with the same sign-in"
        yield CalendarOffer(account.name, title, keys)
    if provider.calendar.secret_ics_page:
        yield CalendarOffer(account.name, "", {}, provider.calendar.secret_ics_page)


def titles_of(calendar: OpenCalendar, *, now: datetime) -> tuple[str, ...]:
    """Read a calendar once; what its server calls the calendars in it, where it says so.

    Raises:
        BackendError: it can't be read.
    """
    from mailwatch.backends.caldav import CaldavCalendar

    backend = calendar.backend
    if isinstance(backend, BackendError):
        raise backend
    next(iter(backend.changes(None, window=Window(now - _SPAN, now + _SPAN))), None)
    return backend.titles() if isinstance(backend, CaldavCalendar) else ()
