"""From the configuration to what a tick and a plan are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailwatch.accounts import open_accounts
from mailwatch.core.lexicon import Lexicon
from mailwatch.letters import load_letters
from mailwatch.phrases import load_lexicon
from mailwatch.sandbox import WorkerParser
from mailwatch.settings import Settings
from mailwatch.tick.doors import Doors, TickSettings
from mailwatch.tick.planning import Watched


def tick_settings(settings: Settings, *, lexicon: Lexicon | None = None) -> TickSettings:
    """User, rules, words and letters, from the configuration and the package's own data.

    Args:
        lexicon: the words, where they are loaded already.
    """
    return TickSettings(
        me=settings.me,
        policy=settings.policy,
        lexicon=lexicon or load_lexicon(),
        letters=load_letters(),
        first_run=settings.first_run,
        keep_days=settings.privacy.keep_days,
        watched=tuple(Watched(account.name, account.email, account.required) for account in settings.accounts),
    )


@contextmanager
def open_doors(settings: Settings, *, only: str = "") -> Iterator[Doors]:
    """The accounts and calendars of the configuration with a parser of their own; all closed at the end.

    Args:
        only: the name of one account, "" for all.

    Raises:
        UsageError: no account has that name.
    """
    with WorkerParser() as parser:
        opened = open_accounts(settings, parser, only=only)
        try:
            yield Doors(opened.accounts, parser, opened.calendars)
        finally:
            opened.close()
