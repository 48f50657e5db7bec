"""Short names of days and months in the language that the user reads dates in."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import msgspec

from mailwatch.core.model import ENGLISH, DayNames


def day_names(language: str) -> DayNames:
    """The names of a language by its code ("de", "pt-br"); English where there are none."""
    text = files(__package__).joinpath("day_names.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text).get(language.casefold().partition("-")[0])
    return msgspec.convert(table, DayNames) if table else ENGLISH
