"""Accounts and calendars: signed in, reachable, with a Drafts folder; asked once, with nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailwatch.accounts import OpenAccount, OpenCalendar, Opened
from mailwatch.auth import Desk, kind_of, sign_in_for
from mailwatch.core.model import Window
from mailwatch.doctor.check import Check, Level, check_from_error
from mailwatch.errors import BackendError, MailwatchError
from mailwatch.settings import AccountSettings, Settings

_LOOK = timedelta(days=7)


def account_checks(settings: Settings, desk: Desk, opened: Opened | None, *, now: datetime) -> Iterator[Check]:
    """How each account stands.

    Args:
        opened: the accounts, open; None: nobody is asked, only what is kept here is looked at.
    """
    found = {account.name: account for account in opened.accounts} if opened else {}
    for account in settings.accounts:
        if kind_of(account):
            yield _sign_in(account, desk, now)
        if account.name in found:
            yield from _mailbox(found[account.name])


def _sign_in(account: AccountSettings, desk: Desk, now: datetime) -> Check:
    name = f"{account.name}: sign-in"
    try:
        status = sign_in_for(account, desk).status(now=now)
    except MailwatchError as error:
        return check_from_error(name, error)
    if status.signed_in is False:
        return Check(Level.FAIL, name, "not signed in", f"mailwatch auth login {account.name}")
    text = f"{status.kind}, {status.address}, kept in {status.where}"
    if status.notes:
        return Check(Level.WARN, name, f"{text}. {' '.join(status.notes)}", f"mailwatch auth status {account.name}")
    return Check(Level.OK, name, text)


def _mailbox(account: OpenAccount) -> Iterator[Check]:
    name = f"{account.name}: mailbox"
    if isinstance(account.backend, BackendError):
        yield check_from_error(name, account.backend)
        return
    try:
        drafts = account.backend.drafts()
    except MailwatchError as error:
        yield check_from_error(name, error)
        return
    count = f"{len(drafts)} draft{'' if len(drafts) == 1 else 's'} there"
    if account.backend.capabilities.drafts:
        yield Check(Level.OK, name, f"reachable; Drafts found, {count}; nothing was changed")
    else:
        yield Check(
            Level.WARN, name, "readable, but no drafts can be saved here", f"set drafts in [account.{account.name}]"
        )


def calendar_checks(opened: Opened, *, now: datetime) -> Iterator[Check]:
    """How each calendar stands."""
    for calendar in opened.calendars:
        yield _calendar(calendar, now)


def _calendar(calendar: OpenCalendar, now: datetime) -> Check:
    name = f"{calendar.name}: calendar"
    if isinstance(calendar.backend, BackendError):
        return check_from_error(name, calendar.backend)
    try:
        page = next(iter(calendar.backend.changes(None, window=Window(now - _LOOK, now + _LOOK))), None)
    except MailwatchError as error:
        return check_from_error(name, error)
    problems = page.problems if page else ()
    if problems:
        return Check(Level.WARN, name, f"readable, but {problems[0]}", "mailwatch run says more")
    return Check(Level.OK, name, "readable")
