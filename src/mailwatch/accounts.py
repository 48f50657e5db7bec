"""Settings → open accounts and calendars: the only place that knows which backend serves which.

One that can't be opened is carried along as its error, so that it never stops another.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mailwatch.auth import Desk, kind_of, secret_of, token_source_for
from mailwatch.backends.base import CalendarBackend, MailBackend
from mailwatch.core.model import Address, SpecialUse
from mailwatch.errors import BackendError, ConfigError, UsageError
from mailwatch.places import state_folder
from mailwatch.secrets import open_vault
from mailwatch.secrets.ring import PROBE
from mailwatch.settings import AccountSettings, CalendarSettings, Endpoints, Settings

if TYPE_CHECKING:
    from mailwatch.auth.microsoft import MicrosoftSignIn
    from mailwatch.backends.graph import GraphDoor
    from mailwatch.backends.imap import Secret
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


def desk_for(settings: Settings, environment: Mapping[str, str] = os.environ, *, patience: float = PROBE) -> Desk:
    """What sign-ins work with. Nothing is asked or opened yet.

    Args:
        environment: says where the state folder is, among others.
        patience: seconds for the keyring; more where somebody is there to unlock it.
    """
    vault = open_vault(state_folder(environment), settings.secret_key, environment, patience=patience)
    return Desk(vault, Path(settings.path), environment)


def open_accounts(settings: Settings, parser: Parser, *, only: str = "", desk: Desk | None = None) -> Opened:
    """Open what the configuration names.

    Args:
        parser: reads the bytes that backends hand over.
        only: the name of one account; the others and the calendars are left closed.
        desk: what sign-ins work with; None: as the environment of this process says.

    Raises:
        UsageError: no account has that name.
    """
    accounts = [account for account in settings.accounts if only in {"", account.name}]
    if not accounts:
        raise _unknown(only, [account.name for account in settings.accounts])
    by_name = {account.name: account for account in settings.accounts}
    hands = _Hands(parser, desk or desk_for(settings), settings.me.zone, by_name)
    calendars = () if only else settings.calendars
    return Opened(
        tuple(_open_account(account, hands) for account in accounts),
        tuple(_open_calendar(calendar, hands) for calendar in calendars),
    )


@dataclass(frozen=True, slots=True)
class _Hands:
    """What every backend may need. zone: the user's, by its IANA name. accounts: settings of all accounts by name.

    sign_ins: those that an account's mail and its calendars share.
    """

    parser: Parser
    desk: Desk
    zone: str
    accounts: Mapping[str, AccountSettings]
    sign_ins: dict[str, MicrosoftSignIn] = field(default_factory=dict)


def _open_account(account: AccountSettings, hands: _Hands) -> OpenAccount:
    make = _MAIL.get(account.backend)
    backend: MailBackend | BackendError | None = _missing_extra(account.name, account.backend)
    try:
        backend = backend or (make(account, hands) if make else _unsupported("account", account.name, account.backend))
    except ConfigError as error:
        backend = BackendError(account.name, error.message, next_step=error.next_step)
    return OpenAccount(account.name, account.email, backend, account.required, account.since)


def _open_calendar(calendar: CalendarSettings, hands: _Hands) -> OpenCalendar:
    make = _CALENDARS.get(calendar.backend)
    backend: CalendarBackend | BackendError | None = _missing_extra(calendar.name, calendar.backend)
    try:
        backend = backend or (
            make(calendar, hands) if make else _unsupported("calendar", calendar.name, calendar.backend)
        )
    except ConfigError as error:
        backend = BackendError(calendar.name, error.message, next_step=error.next_step)
    return OpenCalendar(calendar.name, backend)


def _maildir(account: AccountSettings, hands: _Hands) -> MailBackend:
    from mailwatch.backends.maildir import MaildirBackend

    chosen = {SpecialUse.DRAFTS: account.drafts, SpecialUse.SENT: account.sent}
    return MaildirBackend(
        account.email,
        Path(account.path),
        hands.parser,
        name=account.name,
        folders={use: name for use, name in chosen.items() if name},
        watched=account.folders,
    )


def _archive(account: AccountSettings, hands: _Hands) -> MailBackend:
    from mailwatch.backends.archives import ArchiveBackend, Choices, Eml, Mbox

    return ArchiveBackend(
        account.email,
        Mbox() if account.backend == "mbox" else Eml(),
        Choices(account.name, Path(account.path), Path(account.sent) if account.sent else None, account.folders),
        hands.parser,
        drafts=Path(account.drafts) if account.drafts else None,
    )


def _ics(calendar: CalendarSettings, hands: _Hands) -> CalendarBackend:
    from mailwatch.backends.icsfile import FeedSource, IcsCalendar, source_from_path

    name, ca_file = calendar.name, calendar.endpoints.ca_file
    if calendar.url or calendar.secret_url:
        address = calendar.url or (lambda: secret_of(calendar, hands.desk))
        feed = FeedSource(name, address, ca_file=Path(ca_file) if ca_file else None)
        return IcsCalendar(name, feed, hands.parser, zone=hands.zone)
    return IcsCalendar(name, source_from_path(name, Path(calendar.path)), hands.parser, zone=hands.zone)


def _caldav(calendar: CalendarSettings, hands: _Hands) -> CalendarBackend:
    from mailwatch.auth.dav import caldav_door, caldav_start
    from mailwatch.auth.dav_signing import authorization
    from mailwatch.backends.caldav import CaldavCalendar

    account = hands.accounts.get(calendar.account)
    door = caldav_door(calendar, account, authorization(calendar, account, hands.desk))
    start = caldav_start(calendar, account)
    return CaldavCalendar(door, start, hands.parser, wanted=calendar.calendars, zone=hands.zone)


def _imap(account: AccountSettings, hands: _Hands) -> MailBackend:
    from mailwatch.auth.imap_server import imap_server
    from mailwatch.backends.folder_names import folded
    from mailwatch.backends.imap import ImapBackend
    from mailwatch.provider_catalogue import provider_named

    provider = provider_named(account.provider)
    chosen = {SpecialUse.DRAFTS: account.drafts, SpecialUse.SENT: account.sent}
    names = provider.folders if provider else None
    likely = {folded(name): use for use in _NAMED for name in getattr(names, use.value, ())}
    return ImapBackend(
        account.email,
        imap_server(account, lambda: _imap_secret(account, hands.desk)),
        hands.parser,
        folders={use: name for use, name in chosen.items() if name},
        watched=account.folders,
        likely=likely,
    )


def _imap_secret(account: AccountSettings, desk: Desk) -> Secret:
    from mailwatch.backends.imap import Secret

    if kind_of(account) == "password":
        return Secret(secret_of(account, desk))
    return Secret(token_source_for(account, desk).token(), "token")


def _gmail(account: AccountSettings, hands: _Hands) -> MailBackend:
    from mailwatch.backends.gmail import GmailBackend
    from mailwatch.backends.google import Budget, Table

    return GmailBackend(
        account.email,
        account.name,
        token_source_for(account, hands.desk),
        hands.parser,
        budget=Budget(account.name, Table(account.quota)),
        api_url=account.endpoints.api,
        ca_file=account.endpoints.ca_file,
    )


def _google(calendar: CalendarSettings, hands: _Hands) -> CalendarBackend:
    from mailwatch.backends.google_calendar import GoogleCalendar

    return GoogleCalendar(
        calendar.name,
        token_source_for(hands.accounts[calendar.account], hands.desk),
        hands.parser,
        zone=hands.zone,
        calendars=calendar.calendars,
        api_url=calendar.endpoints.api,
        ca_file=calendar.endpoints.ca_file,
    )


def _graph(account: AccountSettings, hands: _Hands) -> MailBackend:
    from mailwatch.backends.graph import GraphBackend
    from mailwatch.backends.graph.folders import refuse_choice

    if account.drafts:
        raise refuse_choice(account.name, account.drafts)
    door = _graph_door(account.name, account, account.endpoints, hands)
    return GraphBackend(account.email, door, hands.parser, watched=account.folders, sent=account.sent)


def _graph_calendar(calendar: CalendarSettings, hands: _Hands) -> CalendarBackend:
    from mailwatch.backends.graph_calendar import GraphCalendar

    account = hands.accounts[calendar.account]
    own = calendar.endpoints
    endpoints = replace(
        account.endpoints, api=own.api or account.endpoints.api, ca_file=own.ca_file or account.endpoints.ca_file
    )
    door = _graph_door(calendar.name, account, endpoints, hands)
    return GraphCalendar(calendar.name, door, zone=hands.zone, calendars=calendar.calendars, me=account.email)


def _graph_door(name: str, account: AccountSettings, endpoints: Endpoints, hands: _Hands) -> GraphDoor:
    """The way to Graph, with the sign-in of an account; its mail and its calendars share one."""
    from mailwatch.auth.microsoft import MicrosoftSignIn
    from mailwatch.backends.graph import GraphDoor

    sign_in = hands.sign_ins.setdefault(account.name, MicrosoftSignIn(account, hands.desk))
    ca_file = Path(endpoints.ca_file) if endpoints.ca_file else None
    return GraphDoor(name, sign_in, sign_in=account.name, base_url=endpoints.api, ca_file=ca_file)


_NAMED = (SpecialUse.DRAFTS, SpecialUse.SENT, SpecialUse.ARCHIVE, SpecialUse.TRASH, SpecialUse.JUNK)
_MAIL: Mapping[str, Callable[[AccountSettings, _Hands], MailBackend]] = {
    "maildir": _maildir,
    "imap": _imap,
    "mbox": _archive,
    "eml": _archive,
    "gmail": _gmail,
    "graph": _graph,
}
_CALENDARS: Mapping[str, Callable[[CalendarSettings, _Hands], CalendarBackend]] = {
    "ics": _ics,
    "caldav": _caldav,
    "google": _google,
    "graph": _graph_calendar,
}


_EXTRAS: Mapping[str, tuple[str, str]] = {
    "gmail": ("googleapiclient", "gmail"),
    "google": ("googleapiclient", "gmail"),
    "graph": ("msal", "outlook"),
}


def _missing_extra(name: str, backend: str) -> BackendError | None:
    """The error where what a backend stands on is not installed; None where it is."""
    module, extra = _EXTRAS.get(backend, ("", ""))
    if not module or find_spec(module) is not None:
        return None
    return BackendError(
        name,
        f"What {backend} needs is not installed, so {name} is not read.",
        next_step=f"pip install 'mailwatch[{extra}]'",
    )


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
