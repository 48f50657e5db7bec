"""Settings → open accounts and calendars: the only place that knows which backend serves which.

One that can't be opened is carried along as its error, so that it never stops another.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from mailwatch.backends.base import CalendarBackend, MailBackend
from mailwatch.core.model import Address, SpecialUse
from mailwatch.errors import AuthError, BackendError, UsageError
from mailwatch.settings import AccountSettings, CalendarSettings, Settings

if TYPE_CHECKING:
    from mailwatch.sandbox import Parser  # it loads every parser; who only needs the records of this module does not


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """A mail account of the configuration.

    backend:  the open backend, or the error that kept it from opening.
    required: drafts that rest on an absence wait until this account has been read.
    look_back: how far back its first look goes.
    """

    name: str
    address: Address
    backend: MailBackend | BackendError
    required: bool = True
    look_back: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OpenCalendar:
    """A calendar of the configuration: the open backend, or the error that kept it from opening."""

    name: str
    backend: CalendarBackend | BackendError


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that the configuration names, open or with its error, in its order."""

    accounts: tuple[OpenAccount, ...]
    calendars: tuple[OpenCalendar, ...] = ()

    @property
    def problems(self) -> tuple[BackendError, ...]:
        """Why something is not open."""
        return tuple(backend for backend in self._backends() if isinstance(backend, BackendError))

    def close(self) -> None:
        """Close all that is open. Safe to call twice."""
        for backend in self._backends():
            if not isinstance(backend, BackendError):
                backend.close()

    def _backends(self) -> Iterator[MailBackend | CalendarBackend | BackendError]:
        yield from (account.backend for account in self.accounts)
        yield from (calendar.backend for calendar in self.calendars)


def open_accounts(settings: Settings, parser: Parser, *, only: str = "") -> Opened:
    """Open what the configuration names.

    Args:
        parser: reads the bytes that backends hand over.
        only: the name of one account; the others and the calendars are left closed.

    Raises:
        UsageError: no account has that name.
    """
    accounts = [account for account in settings.accounts if only in {"", account.name}]
    if not accounts:
        raise _unknown(only, [account.name for account in settings.accounts])
    calendars = () if only else settings.calendars
    return Opened(
        tuple(_open_account(account, parser) for account in accounts),
        tuple(_open_calendar(calendar, parser, settings.me.zone) for calendar in calendars),
    )


def _open_account(account: AccountSettings, parser: Parser) -> OpenAccount:
    make = _MAIL.get(account.backend)
    backend = make(account, parser) if make else _unsupported("account", account.name, account.backend)
    return OpenAccount(account.name, account.email, backend, account.required, account.since)


def _open_calendar(calendar: CalendarSettings, parser: Parser, zone: str) -> OpenCalendar:
    make = _CALENDARS.get(calendar.backend)
    backend = make(calendar, parser, zone) if make else _unsupported("calendar", calendar.name, calendar.backend)
    return OpenCalendar(calendar.name, backend)


def _maildir(account: AccountSettings, parser: Parser) -> MailBackend:
    from mailwatch.backends.maildir import MaildirBackend

    chosen = {SpecialUse.DRAFTS: account.drafts, SpecialUse.SENT: account.sent}
    return MaildirBackend(
        account.email,
        Path(account.path),
        parser,
        name=account.name,
        folders={use: name for use, name in chosen.items() if name},
        watched=account.folders,
    )


def _ics(calendar: CalendarSettings, parser: Parser, zone: str) -> CalendarBackend:
    from mailwatch.backends.icsfile import FeedSource, IcsCalendar, source_from_path

    name, ca_file = calendar.name, calendar.endpoints.ca_file
    if calendar.url:
        feed = FeedSource(name, calendar.url, ca_file=Path(ca_file) if ca_file else None)
        return IcsCalendar(name, feed, parser, zone=zone)
    return IcsCalendar(name, source_from_path(name, Path(calendar.path)), parser, zone=zone)


def _imap(account: AccountSettings, parser: Parser) -> MailBackend:
    from mailwatch.backends.folder_names import folded
    from mailwatch.backends.imap import ImapBackend, Secret, Server
    from mailwatch.provider_catalogue import provider_named

    provider, where = provider_named(account.provider), account.server
    if where is None:
        raise ValueError("an IMAP account has a server")
    chosen = {SpecialUse.DRAFTS: account.drafts, SpecialUse.SENT: account.sent}
    names = provider.folders if provider else None
    likely = {folded(name): use for use in _NAMED for name in getattr(names, use.value, ())}
    return ImapBackend(
        account.email,
        Server(
            account.name,
            where.host,
            where.port,
            where.user,
            secret=lambda: Secret(_password(account)),
            tls=where.tls,
            ca_file=account.endpoints.ca_file,
            identify=provider is not None and "needs-id" in provider.quirks,
        ),
        parser,
        folders={use: name for use, name in chosen.items() if name},
        watched=account.folders,
        likely=likely,
    )


def _password(account: AccountSettings) -> str:
    """The password of an account, from where the configuration says that it is kept.

    Raises:
        AuthError: it is not there.
    """
    source = account.sign_in.password if account.sign_in else None
    text = ""
    if source is not None and source.kind == "env":
        text = os.environ.get(source.value[0], "")
    elif source is not None and source.kind == "file":
        with suppress(OSError):
            text = Path(source.value[0]).expanduser().read_text(encoding="utf-8")
    elif source is not None and source.kind == "command":
        with suppress(OSError, subprocess.SubprocessError):
            ran = subprocess.run(source.value, check=True, capture_output=True, text=True, timeout=60)  # noqa: S603  the user's own words
            text = ran.stdout
    password = text.split("\n", 1)[0].rstrip("\r")
    if not password:
        raise AuthError(
            account.name,
            f"There is no password for {account.name} where the configuration says.",
            next_step=f"check password under [account.{account.name}.auth]",
        )
    return password


_NAMED = (SpecialUse.DRAFTS, SpecialUse.SENT, SpecialUse.ARCHIVE, SpecialUse.TRASH, SpecialUse.JUNK)
_MAIL: Mapping[str, Callable[[AccountSettings, Parser], MailBackend]] = {"maildir": _maildir, "imap": _imap}
_CALENDARS: Mapping[str, Callable[[CalendarSettings, Parser, str], CalendarBackend]] = {"ics": _ics}


def _unsupported(table: str, name: str, backend: str) -> BackendError:
    return BackendError(
        name,
        f"This version can't open {backend}, so {table} {name} is not read.",
        next_step=f"take [{table}.{name}] out of the configuration, or use a newer mailwatch",
    )


def _unknown(name: str, known: list[str]) -> UsageError:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}"
    return UsageError(f"The configuration has no account called {name}.", next_step=hint)
