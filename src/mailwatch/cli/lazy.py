"""A group of commands that are imported when they are run, so that `--help` and `status` stay quick."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, TypeAlias

import click

from mailwatch.cli.terminal import columns

Shown: TypeAlias = tuple[str, str]
"""Where a command lives (a module with a command of its name) and its line in the list."""


class _Context(click.Context):
    """Help as wide as the terminal, without the modules that click would load to ask for it."""

    def make_formatter(self) -> click.HelpFormatter:
        if self.terminal_width is None:
            self.terminal_width = max(min(columns(), self.max_content_width or 80) - 2, 50)
        return super().make_formatter()


class LazyGroup(click.Group):
    """A click group whose commands are named in a table."""

    context_class = _Context

    def __init__(self, *args: Any, shown: Mapping[str, Shown], **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._shown = shown

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The table's names, in its order: the order of importance."""
        return list(self._shown)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command."""
        entry = self._shown.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = getattr(import_module(entry[0]), cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; the likeliest one is named where there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            close = get_close_matches(args[0], self._shown, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise click.UsageError(f"{error.message}{hint}", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The list of commands, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self._shown.items()])
