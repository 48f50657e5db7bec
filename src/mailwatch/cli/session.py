"""What one invocation of the command line works with: options, settings, store, output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailwatch.cli.terminal import columns
from mailwatch.errors import UsageError
from mailwatch.places import config_path, state_folder
from mailwatch.render.screen import Line, print_lines, shown, wants_colour

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from mailwatch.core.model import DayNames
    from mailwatch.settings import Settings

NARROWEST, WIDEST = 30, 200


@dataclass(slots=True)
class Session:
    """Options of the root command, and what they lead to, opened when it is first asked for."""

    environment: Mapping[str, str]
    config_file: str = ""
    account: str = ""
    json: bool = False
    quiet: bool = False
    verbose: int = 0
    colourless: bool = False
    no_input: bool = False
    log_format: str = "text"
    pretended: datetime | None = None
    _settings: Settings | None = field(default=None, repr=False)

    @property
    def now(self) -> datetime:
        """The present, or what `--now` says it is; aware UTC."""
        return self.pretended or datetime.now(UTC)

    @property
    def config_path(self) -> Path:
        """The configuration file in use."""
        return Path(self.config_file).expanduser() if self.config_file else config_path(self.environment)

    @property
    def state(self) -> Path:
        """The folder with what mailwatch remembers."""
        return state_folder(self.environment)

    @property
    def settings(self) -> Settings:
        """The configuration.

        Raises:
            ConfigError: there is none, or it is wrong.
        """
        if self._settings is None:
            from mailwatch.config import load_settings

            self._settings = load_settings(self.config_path, self.state, self.environment)
        return self._settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._settings = settings

    def reload(self) -> None:
        """Read the configuration anew when it is asked for the next time."""
        self._settings = None

    @property
    def zone(self) -> ZoneInfo:
        """The user's time zone."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.settings.me.zone)

    @property
    def days(self) -> DayNames:
        """Names of days and months as the user reads them."""
        return self.settings.me.days

    @property
    def interactive(self) -> bool:
        """May a question be asked?"""
        return not self.no_input and not self.json and sys.stdin.isatty() and sys.stdout.isatty()

    def start_log(self) -> None:
        """Send logs to standard error, as the options say. To be called before anything that may log."""
        from mailwatch.cli.logs import log_to

        log_to(sys.stderr, self.verbose, self.log_format)

    @contextmanager
    def store(self) -> Iterator[Any]:
        """The open store, for reading and for the user's words."""
        from mailwatch.store import open_store

        with open_store(self.state, now=self.now) as store:
            yield store

    def show(self, lines: Iterable[Line]) -> None:
        """Data for a person, on standard output."""
        width = min(max(columns(), NARROWEST), WIDEST) if sys.stdout.isatty() else None
        colour = not self.colourless and wants_colour(sys.stdout, dict(self.environment))
        print_lines(lines, sys.stdout, colour=colour, width=width)

    def write(self, document: str) -> None:
        """Data for a program, on standard output."""
        sys.stdout.write(document + "\n")

    def say(self, text: str) -> None:
        """Talk, on standard error; nothing with --quiet."""
        if not self.quiet:
            sys.stderr.write(shown(text, 1000) + "\n")


def session_from_options(options: Mapping[str, Any], environment: Mapping[str, str]) -> Session:
    """The session that the root command's options ask for.

    Raises:
        UsageError: `--now` is no instant.
    """
    return Session(
        environment=environment,
        config_file=options["config_file"] or "",
        account=options["account"] or "",
        json=bool(options["as_json"]),
        quiet=bool(options["quiet"]),
        verbose=int(options["verbose"]),
        colourless=bool(options["no_color"]),
        no_input=bool(options["no_input"]),
        log_format=options["log_format"],
        pretended=instant_from_text(options["now"]) if options["now"] else None,
    )


def instant_from_text(text: str, zone: tzinfo | None = None) -> datetime:
    """An ISO 8601 instant as aware UTC.

    Args:
        text: as typed.
        zone: what a time without an offset is in; None for this machine's.

    Raises:
        UsageError: it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"“{shown(text, 60)}” is no time", next_step="write it like 2026-11-24 or 2026-11-24T09:00+01:00"
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
