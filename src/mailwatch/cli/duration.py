"""Durations on the command line: the same spelling as in the configuration."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click


class _Duration(click.ParamType[timedelta]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        from mailwatch.config.durations import duration_from_text

        if isinstance(value, timedelta):
            return value
        try:
            return duration_from_text(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


DURATION = _Duration()
