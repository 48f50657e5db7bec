"""An argument that is one of a few words; a slip is recognised, and the words stand in one short sentence."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mailwatch.render.screen import shown


class OneOf(click.Choice[str]):
    """One of a few words."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's
        """The word.

        Raises:
            click.UsageError: it is none of them; the likeliest one is named.
        """
        words: Sequence[str] = self.choices
        if value in words:
            return value
        from mailwatch.config.guesses import meant

        hint = meant(value, words)
        raise click.UsageError(f"“{shown(value, 40)}” is not one of {', '.join(words)}{hint}", ctx)

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's
        """What stands behind "Missing argument": all words in one line."""
        return f"It is one of {', '.join(self.choices)}"
