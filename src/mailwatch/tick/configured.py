"""From the configuration to what a tick and a plan are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from mailwatch.accounts import open_accounts
from mailwatch.core.lexicon import Lexicon
from mailwatch.letters import load_letters
from mailwatch.phrases import load_lexicon
from mailwatch.sandbox import Parser, WorkerParser
from mailwatch.settings import Settings
from mailwatch.tick.doors import Doors, TickSettings
from mailwatch.tick.planning import Watched, letters_stamp


def tick_settings(settings: Settings, *, lexicon: Lexicon | None = None) -> TickSettings:
    """User, rules, words and letters, from the configuration and the package's own data.

    Args:
        lexicon: the words, where they are loaded already.
    """
    stamp = letters_stamp(settings.templates)  # first: what changes meanwhile is loaded by the next tick
    return TickSettings(
        me=settings.me,
        policy=settings.policy,
        lexicon=lexicon or load_lexicon(),
        letters=load_letters(Path(settings.templates) if settings.templates else None),
        first_run=settings.first_run,
        keep_days=settings.privacy.keep_days,
        watched=tuple(Watched(account.name, account.email, account.required) for account in settings.accounts),
        letters_stamp=stamp,
    )


@contextmanager
def open_doors(settings: Settings, *, only: str = "", parser: Parser | None = None) -> Iterator[Doors]:
    """The accounts and calendars of the configuration, and a parser; what was opened here is closed at the end.

    Args:
        only: the name of one account, "" for all.
        parser: one that is there already; None for a worker of their own.

    Raises:
        UsageError: no account has that name.
    """
    with ExitStack() as stack:
        reader = parser or stack.enter_context(WorkerParser())
        opened = open_accounts(settings, reader, only=only)
        stack.callback(opened.close)
        yield Doors(opened.accounts, reader, opened.calendars)
