"""What one key alone can't show: names that must fit together, and what is allowed but unwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mailwatch.config import accounts as account_models
from mailwatch.config.guesses import meant
from mailwatch.config.models import Configuration
from mailwatch.config.records import imap_provider
from mailwatch.provider_catalogue import provider_named, providers

# Names become arguments on the command line and parts of file names.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_SHARES_SIGN_IN_WITH = {"google": "gmail", "graph": "graph", "caldav": "imap"}


def mistakes(configuration: Configuration, base: Path) -> list[str]:
    """Everything that does not fit together, one sentence each. `base` is the folder of the file."""
    return [
        *_names(configuration),
        *_addresses(configuration),
        *_imap_servers(configuration),
        *_calendar_accounts(configuration),
        *_draft_account(configuration),
        *_templates(configuration, base),
    ]


def literal_passwords(configuration: Configuration) -> list[str]:
    """The tables, as "account.NAME", whose password is written into the file itself."""
    tables: list[tuple[str, object]] = [(f"account.{name}", one) for name, one in configuration.account.items()]
    tables += [(f"calendar.{name}", one) for name, one in configuration.calendar.items()]
    return [
        table
        for table, model in tables
        if isinstance(auth := getattr(model, "auth", None), account_models.PasswordAuth)
        and auth.password.kind == "config"
    ]


def feeds(configuration: Configuration) -> list[str]:
    """Names of the calendars that are read from an address on the web: such an address may be a secret."""
    return [
        name
        for name, calendar in configuration.calendar.items()
        if isinstance(calendar, account_models.IcsCalendar) and calendar.url
    ]


def _names(configuration: Configuration) -> Iterator[str]:
    for table, names in (("account", configuration.account), ("calendar", configuration.calendar)):
        for name in names:
            if not _NAME.fullmatch(name):
                yield f'[{table}.{name}] must be named with small letters, digits, "-" and "_" only.'


def _addresses(configuration: Configuration) -> Iterator[str]:
    counts = Counter(account.email for account in configuration.account.values())
    for email, count in counts.items():
        if count > 1:
            names = " and ".join(
                f"[account.{name}]" for name, account in configuration.account.items() if account.email == email
            )
            yield f"{names} have the same email, so each letter would be saved twice."


def _imap_servers(configuration: Configuration) -> Iterator[str]:
    for name, account in configuration.account.items():
        if not isinstance(account, account_models.ImapAccount):
            continue
        if account.provider and provider_named(account.provider) is None:
            known = [provider.name for provider in providers()]
            yield f"[account.{name}] provider must be one of {', '.join(known)}{meant(account.provider, known)}"
        elif not account.host and imap_provider(account) is None:
            yield f"[account.{name}] host is missing, and no known provider hosts {account.email.partition('@')[2]}."


def _calendar_accounts(configuration: Configuration) -> Iterator[str]:
    for name, calendar in configuration.calendar.items():
        wanted = getattr(calendar, "account", "")
        if not wanted:
            continue
        account = configuration.account.get(wanted)
        if account is None:
            yield f'[calendar.{name}] account names no account here ("{wanted}"){meant(wanted, configuration.account)}'
        elif account.backend != _SHARES_SIGN_IN_WITH[calendar.backend]:
            yield f"[calendar.{name}] account must be {_a(_SHARES_SIGN_IN_WITH[calendar.backend])} account, and {wanted} is {account.backend}."


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _draft_account(configuration: Configuration) -> Iterator[str]:
    wanted = configuration.drafts.account
    if not wanted:
        return
    account = configuration.account.get(wanted)
    if account is None:
        yield f'[drafts] account names no account here ("{wanted}"){meant(wanted, configuration.account)}'
    elif isinstance(account, account_models.MboxAccount | account_models.EmlAccount) and not account.drafts:
        yield f"[drafts] account names {wanted}, which is read-only and has no drafts folder."


def _templates(configuration: Configuration, base: Path) -> Iterator[str]:
    folder = configuration.templates.folder
    if folder and not (base / Path(folder).expanduser()).is_dir():
        yield f"[templates] folder names no folder that exists ({folder})."
