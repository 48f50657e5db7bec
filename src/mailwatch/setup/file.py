"""The configuration file, written or added to; comments and layout of the user stay as they are (tomlkit)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import tomlkit
from tomlkit.items import Table

from mailwatch.errors import ConfigError

_HEAD = """\
mailwatch's configuration. `mailwatch config check` says what is wrong with it, `mailwatch config edit` opens it;
every key is explained in config.example.toml and docs/configuration.md."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to write. keys: of its table, in order; auth: of its sign-in's table; values that TOML knows."""

    name: str
    keys: Mapping[str, object]
    auth: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewCalendar:
    """A calendar to write. auth: of its sign-in's table, where it has one of its own."""

    name: str
    keys: Mapping[str, object]
    auth: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What else was answered: the user's name, and keys of other tables by table."""

    name: str = ""
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def config_text(
    before: str, wishes: Wishes, accounts: tuple[NewAccount, ...] = (), calendars: tuple[NewCalendar, ...] = ()
) -> str:
    """The file with the accounts, calendars and wishes in it.

    Args:
        before: the text that is there, "" for a new file. A table of the same name is brought up to date.

    Raises:
        tomlkit.exceptions.ParseError: what is there is no TOML. ConfigError: a table's name is taken by something else.
    """
    document = tomlkit.parse(before) if before else _new()
    if wishes.name:
        _table(document, "me")["name"] = wishes.name
    for name, keys in wishes.tables.items():
        _fill(_table(document, name), keys)
    for kind, owners in (("account", accounts), ("calendar", calendars)):
        for owner in owners:
            table = _table(_table(document, kind, outer=True), owner.name)
            _fill(table, owner.keys)
            if owner.auth:
                _fill(_table(table, "auth"), owner.auth)
    return tomlkit.dumps(document)


def _new() -> tomlkit.TOMLDocument:
    document = tomlkit.document()
    for row in _HEAD.splitlines():
        document.add(tomlkit.comment(row))
    document.add(tomlkit.nl())
    return document


def _table(parent: tomlkit.TOMLDocument | Table, name: str, *, outer: bool = False) -> Table:
    """The table of this name, made where it is missing. outer: it holds only tables, so its own header is not written."""
    if name not in parent:
        parent[name] = tomlkit.table(is_super_table=outer)
    found = parent[name]
    if not isinstance(found, Table):
        raise ConfigError(f"“{name}” is no table in the configuration, so set-up can't add to it.")
    return found


def _fill(table: Table, keys: Mapping[str, object]) -> None:
    for key, value in keys.items():
        table[key] = _inline(value) if isinstance(value, dict) else value


def _inline(value: Mapping[str, object]) -> tomlkit.items.InlineTable:
    inline = tomlkit.inline_table()
    inline.update(value)
    return inline
