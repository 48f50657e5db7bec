"""Which company hosts which addresses, and how its servers want to be spoken to: the files in providers/.

They are data that anybody can read and mend. A wheel carries them as package data; an editable install reads them
from the top of the source tree.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec

from mailwatch.errors import MailwatchError

BackendName = Literal["imap", "gmail", "graph"]
SignIn = Literal["app-password", "password", "oauth"]
Vendor = Literal["", "google", "microsoft"]

QUIRKS = MappingProxyType(
    {
        "caldav-trailing-slash": "the CalDAV address works only with its trailing slash",
        "esearch-count-only": "ESEARCH answers COUNT and nothing else",
        "imap-off-by-default": "IMAP has to be switched on in the web settings",
        "labels-are-folders": "one message shows up in several folders",
        "needs-id": "the server wants the ID command before it answers fully (RFC 2971)",
        "no-binary": "BINARY is announced and broken",
        "no-header-search": "SEARCH HEADER fails",
        "no-idle": "IDLE is not announced",
        "no-or-search": "SEARCH OR fails",
        "no-password-login": "passwords are refused; only OAuth works",
        "no-uid-expunge": "UID EXPUNGE is refused",
        "own-certificate": "the server signs its own certificate; it has to be named as CA file",
        "unstable-uids": "UIDs change without a new UIDVALIDITY",
        "verify-append": "APPEND may answer OK and store nothing",
    }
)


class ImapServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the mail is. tls: "implicit" (RFC 8314) or "starttls". login: what the server calls the user name."""

    host: str
    port: int = 993
    tls: Literal["implicit", "starttls"] = "implicit"
    login: Literal["address", "local-part"] = "address"


class CalendarHelp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ways to the calendar: a CalDAV address, and the page where a secret .ics address is shown; "" where there is none."""

    caldav: str = ""
    secret_ics_page: str = ""


class Pages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pages for the user: where app passwords are made, where IMAP is switched on; "" where there is none."""

    app_password: str = ""
    enable_imap: str = ""


class FolderNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names by which folders are known where the server gives no special-use attributes, the likeliest first."""

    drafts: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    archive: tuple[str, ...] = ()
    trash: tuple[str, ...] = ()
    junk: tuple[str, ...] = ()


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One provider file.

    name:     the file's name without ending: what the configuration calls it.
    domains:  address domains it hosts, lower case.
    backends, sign_in: the possible ones, in the order in which set-up offers them.
    oauth:    who signs in for it in the browser, "" where nobody that mailwatch knows.
    client_id: a registration that whoever ships mailwatch has made there, "" where users make their own.
    quirks:   keys of QUIRKS.
    """

    title: str
    domains: tuple[str, ...]
    backends: tuple[BackendName, ...]
    sign_in: tuple[SignIn, ...]
    name: str = ""
    imap: ImapServer | None = None
    calendar: CalendarHelp = CalendarHelp()
    pages: Pages = Pages()
    folders: FolderNames = FolderNames()
    oauth: Vendor = ""
    client_id: str = ""
    quirks: tuple[str, ...] = ()
    note: str = ""


def provider_from_text(name: str, text: str) -> Provider:
    """The provider in one file's text.

    Raises:
        MailwatchError: it is no TOML, or not of this shape; the message says where.
    """
    try:
        provider = msgspec.convert(tomllib.loads(text) | {"name": name}, Provider)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MailwatchError(f"providers/{name}.toml can't be used: {error}.") from error
    unknown = sorted(set(provider.quirks) - set(QUIRKS))
    if unknown:
        raise MailwatchError(f"providers/{name}.toml names a quirk that nothing knows: {unknown[0]}.")
    return provider


def providers_folder(package: Path | None = None) -> Path:
    """The folder with the provider files: inside the installed package, else at the top of the source tree.

    Args:
        package: the folder of the mailwatch package; None means this one.

    Raises:
        MailwatchError: the installation has none.
    """
    package = package or Path(__file__).resolve().parent
    for folder in (package / "providers", package.parent.parent / "providers"):
        if folder.is_dir():
            return folder
    raise MailwatchError(
        "This installation has no provider files, so no provider is known.", next_step="reinstall mailwatch"
    )


@cache
def providers() -> tuple[Provider, ...]:
    """All providers, in order of name."""
    files = sorted(providers_folder().glob("*.toml"))
    return tuple(provider_from_text(file.stem, file.read_text(encoding="utf-8")) for file in files)


def provider_named(name: str) -> Provider | None:
    """The provider that the configuration calls `name`, or None."""
    return next((provider for provider in providers() if provider.name == name), None)


def provider_for_domain(domain: str) -> Provider | None:
    """The provider that hosts addresses at `domain` (any case, or a whole address), or None."""
    wanted = domain.rpartition("@")[2].strip().casefold()
    return next((provider for provider in providers() if wanted in provider.domains), None)
