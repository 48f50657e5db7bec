"""What is to be run, how often, and what it may write: the same facts for every scheduler."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from mailwatch.settings import Settings

NAME = "mailwatch"
LABEL = "org.mailwatch.agent"


@dataclass(frozen=True, slots=True)
class Job:
    """One person's scheduled mailwatch.

    program:  the interpreter and its arguments up to the command; absolute paths.
    config, state: where the configuration and the memory are.
    writable: every other folder in which drafts are saved.
    interval, jitter: between two looks.
    daemon:   one process that stays, instead of one for each look.
    asks_programs: a password comes from a program of the user's, which may need its own files.
    """

    program: tuple[str, ...]
    config: Path
    state: Path
    writable: tuple[Path, ...] = ()
    interval: timedelta = timedelta(minutes=15)
    jitter: timedelta = timedelta(seconds=60)
    daemon: bool = False
    asks_programs: bool = False

    @property
    def command(self) -> tuple[str, ...]:
        """The whole command line."""
        what = "daemon" if self.daemon else "run"
        return (*self.program, "-c", str(self.config), "--no-input", "--quiet", what)


@dataclass(frozen=True, slots=True)
class ServiceFile:
    """A file that a scheduler reads."""

    name: str
    text: str
    encoding: str = "utf-8"


def job_from_settings(settings: Settings, *, state: Path, daemon: bool, interpreter: str = sys.executable) -> Job:
    """The job that a configuration asks for.

    Args:
        state: the folder that holds what mailwatch remembers.
    """
    return Job(
        program=(interpreter, "-m", NAME),
        config=Path(settings.path).absolute(),
        state=state.absolute(),
        writable=tuple(dict.fromkeys(_folders_for_drafts(settings))),
        interval=settings.service.interval,
        jitter=settings.service.jitter,
        daemon=daemon,
        asks_programs=any(
            account.sign_in and account.sign_in.password and account.sign_in.password.kind == "command"
            for account in settings.accounts
        ),
    )


def _folders_for_drafts(settings: Settings) -> Iterator[Path]:
    for account in settings.accounts:
        if account.backend == "maildir" and account.path:
            yield Path(account.path).absolute()
        elif account.backend in {"mbox", "eml"} and account.drafts:
            yield Path(account.drafts).absolute()
