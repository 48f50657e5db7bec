"""What the configuration amounts to: plain records.

No validation and no pydantic here: `mailwatch.config` makes these records from the user's file, and keeps them as
JSON so that a status reads them back without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Literal

from mailwatch.core.model import Address, Me, Policy

MailBackendName = Literal["gmail", "graph", "imap", "maildir", "mbox", "eml"]
CalendarBackendName = Literal["google", "graph", "caldav", "ics"]
FirstRun = Literal["ask", "save", "thank-yous"]
DEFAULT_RATINGS = ("work", "people", "pay", "place")


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where a secret is kept; never the secret itself.

    value: the command's words, the variable's, file's or credential's name; empty for "keyring".
    "config": it stands in the configuration file, and is read from there when it is needed.
    """

    kind: Literal["keyring", "command", "env", "file", "credential", "config"]
    value: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """How an account signs in. client_file, client_id, tenant: for oauth, "" where not set."""

    kind: Literal["oauth", "password"]
    password: SecretSource | None = None
    client_file: str = ""
    client_id: str = ""
    tenant: str = "common"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where an IMAP account lives. user: the name that the server wants at sign-in."""

    host: str
    port: int
    tls: Literal["implicit", "starttls"]
    user: str


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Other addresses for the provider's services, for self-hosting and tests; "" means the provider's own."""

    api: str = ""
    token: str = ""
    authority: str = ""
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """One mail account.

    path:    folder or file of local mail, user's home expanded, "" for the others.
    drafts, sent: the folder's name, or for mbox and eml a path; "" where the backend is to find it.
    folders: incoming folders to watch; empty means all that matter.
    since:   how far back the first look goes.
    required: drafts that rest on an absence wait until this account has been read.
    quota:   Gmail: which of Google's quota tables the user's Cloud project falls under.
    """

    name: str
    backend: MailBackendName
    email: Address
    provider: str = ""
    path: str = ""
    drafts: str = ""
    sent: str = ""
    folders: tuple[str, ...] = ()
    since: timedelta = timedelta(days=90)
    required: bool = True
    server: ServerSettings | None = None
    sign_in: SignInSettings | None = None
    endpoints: Endpoints = Endpoints()
    quota: Literal["since-2026", "before-2026"] = "since-2026"


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """One calendar source.

    account: the mail account whose sign-in it shares, "". url: of a feed or a CalDAV server, "".
    path: an .ics file or a folder of them, user's home expanded, "". calendars: names to read; empty means all.
    user: the name at a CalDAV server, "" where it is the account's, or nobody is asked for one.
    sign_in: with a password of its own. secret_url: where the address of a feed is kept.
    """

    name: str
    backend: CalendarBackendName
    account: str = ""
    url: str = ""
    path: str = ""
    calendars: tuple[str, ...] = ()
    endpoints: Endpoints = Endpoints()
    user: str = ""
    sign_in: SignInSettings | None = None
    secret_url: SecretSource | None = None


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """keep_days: how long the text of mail is kept. redact_logs: no addresses in logs, at any level."""

    keep_days: int = 180
    redact_logs: bool = True


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """How to tell the user something. quiet: no notification from the first time of day to the second."""

    command: tuple[str, ...] = ()
    desktop: bool = False
    detail: bool = False
    quiet: tuple[time, time] = (time(21), time(8))
    per_day: int = 3


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How often the daemon looks."""

    interval: timedelta = timedelta(minutes=15)
    jitter: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration.

    path:      the file it was read from.
    ratings:   what a full debrief lets the user rate.
    templates: folder of the user's own letters, "" for none.
    secret_key: where the key is that seals secrets; None: a systemd credential, else the keyring.
    warnings:  what is allowed but unwise, one sentence each.
    """

    path: str
    me: Me
    policy: Policy
    accounts: tuple[AccountSettings, ...]
    calendars: tuple[CalendarSettings, ...] = ()
    first_run: FirstRun = "ask"
    ratings: tuple[str, ...] = DEFAULT_RATINGS
    templates: str = ""
    privacy: PrivacySettings = PrivacySettings()
    notify: NotifySettings = NotifySettings()
    service: ServiceSettings = ServiceSettings()
    secret_key: SecretSource | None = None
    warnings: tuple[str, ...] = ()
