"""Write config.example.toml and docs/configuration.md from the configuration's models: `config_docs.py [FOLDER]`.

The models are the one source; a test compares both files with what this prints.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mailwatch.config.accounts import ACCOUNTS, CALENDARS, OauthAuth, PasswordAuth
from mailwatch.config.models import Configuration, HolidaysSection
from mailwatch.settings import SecretSource

TOP = Path(__file__).resolve().parent.parent
FIRST = ("kind", "backend", "email", "path")
EXAMPLE_HEAD = """\
# mailwatch configuration: every key, with its default. "#key = …" is switched off: take the # away to set it.
# `mailwatch config path` says where this file belongs, `mailwatch config check` what is wrong with it.
# Durations are a number with s, m, h or d; bd are business days.
"""
DOCS_HEAD = """\
# Configuration

Generated from the models in src/mailwatch/config by `make docs`. The same with comments, ready to copy: config.example.toml.

The file lies where `mailwatch config path` says: MAILWATCH_CONFIG, else config.toml in the platform's folder for
configurations (Linux: `~/.config/mailwatch/`). What mailwatch remembers lies in MAILWATCH_STATE, else in the platform's
folder for state (Linux: `~/.local/state/mailwatch/`).

Durations are text with a unit: "90s", "90m", "24h", "14d"; business days are "3bd". Paths may begin with `~`; a relative
path starts at the file's folder. An unknown key is an error, and the message says what was probably meant. A password
belongs into a keyring, a command, a variable, a file or a systemd credential; written into this file it is accepted only
where nobody else can read the file, and with a warning. This is enough to begin with:

```toml
[me]
name = "Jordan Reyes"

[account.home]
backend = "maildir"
email = "jordan@example.com"
path = "~/Mail"

[calendar.own]
backend = "ics"
path = "~/calendar.ics"
```
"""


def toml_value(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {toml_value(item)}' for key, item in value.items())} }}"
    return str(value) if isinstance(value, int) else f'"{value}"'


def default_of(model: type[BaseModel], name: str) -> Any:
    """A key's default as a file writes it, or None where it has none."""
    field = model.model_fields[name]
    if field.is_required() or field.default is None:
        return None
    if isinstance(field.default, SecretSource):
        return {"keyring": True}
    return model.model_construct().model_dump(mode="json", include={name})[name]


def is_table(field: FieldInfo) -> bool:
    """Does the key hold a table that is shown on its own?"""
    named: tuple[Any, ...] = get_args(field.annotation) or (field.annotation,)
    kinds = [kind for kind in named if kind is not type(None)]
    return all(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in kinds)


def keys(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The plain keys of a table, in the order of the file: what says which kind it is comes first."""
    plain = [(name, field) for name, field in model.model_fields.items() if not is_table(field)]
    return iter(sorted(plain, key=lambda row: FIRST.index(row[0]) if row[0] in FIRST else len(FIRST)))


def example_line(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    """One key, switched off, with its default, or with an example where it has none or an empty one."""
    default = default_of(model, name)
    if default in (None, "", [], 0) and field.examples:
        shown = field.examples[0]
    elif default is None:
        (shown,) = get_args(field.annotation)
    else:
        shown = default
    return f"#{name} = {toml_value(shown)}"


def comment(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    """What a key means; whether it must be there, or what holds without it where the line shows an example."""
    text = field.description or ""
    if field.is_required():
        return f"{text} Required."
    default = default_of(model, name)
    return f"{text} Default: {toml_value(default)}" if default in ("", [], 0) and field.examples else text


def example_table(header: str, model: type[BaseModel], *, off: bool, about: str = "") -> Iterator[str]:
    """A table with all its keys. off: the header is a comment too."""
    yield ""
    yield f"# {about or first_line(model)}"
    yield f"#[{header}]" if off else f"[{header}]"
    for name, field in keys(model):
        yield f"# {comment(model, name, field)}"
        yield example_line(model, name, field)


def first_line(model: type[BaseModel]) -> str:
    """What a table is for."""
    return (model.__doc__ or "").strip().splitlines()[0]


def sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """The tables that are there once, by header."""
    for name, field in Configuration.model_fields.items():
        if get_origin(field.annotation) is not dict:
            model = field.annotation
            assert isinstance(model, type)  # noqa: S101  the models say so; for the type checker
            yield name, model
            if name == "rules":
                yield "rules.holidays", HolidaysSection


def example() -> str:
    """The whole example file."""
    lines = [EXAMPLE_HEAD.rstrip()]
    for header, model in sections():
        lines += example_table(header, model, off=header == "rules.holidays")
        if header == "me":
            lines += accounts_example()
    return "\n".join(lines) + "\n"


def accounts_example() -> Iterator[str]:
    """One table for each kind of account and calendar, all switched off: a file has those that it needs."""
    for model in ACCOUNTS:
        name = backend_of(model)
        yield from example_table(f"account.{name}", model, off=True, about=f"Account: {model.title}.")
        if "auth" in model.model_fields:
            auth = OauthAuth if model.model_fields["auth"].annotation is OauthAuth else PasswordAuth
            yield from example_table(f"account.{name}.auth", auth, off=True)
    for calendar in CALENDARS:
        name = backend_of(calendar)
        yield from example_table(f"calendar.{name}", calendar, off=True, about=f"Calendar: {calendar.title}.")


def backend_of(model: type[BaseModel]) -> str:
    """The word that chooses this kind of account or calendar."""
    return str(get_args(model.model_fields["backend"].annotation)[0])


def reference() -> str:
    """The whole reference page."""
    lines = [DOCS_HEAD.rstrip()]
    for header, model in sections():
        lines += reference_table(f"`[{header}]`", model)
        if header == "me":
            for account in ACCOUNTS:
                lines += reference_table(f"`[account.NAME]`: {account.title}", account)
            lines += reference_table("`[account.NAME.auth]`, `[calendar.NAME.auth]`: a password", PasswordAuth)
            lines += reference_table("`[account.NAME.auth]`: sign-in in the browser", OauthAuth)
            for calendar in CALENDARS:
                lines += reference_table(f"`[calendar.NAME]`: {calendar.title}", calendar)
    return "\n".join(lines) + "\n"


def reference_table(title: str, model: type[BaseModel]) -> Iterator[str]:
    """A heading and a table row for each key."""
    yield from ("", f"## {title}", "", first_line(model), "", "| key | default | meaning |", "|---|---|---|")
    for name, field in keys(model):
        default = default_of(model, name)
        shown = "required" if field.is_required() else (f"`{toml_value(default)}`" if default is not None else "")
        sample = f" Example: `{toml_value(field.examples[0])}`" if field.examples else ""
        yield f"| `{name}` | {shown} | {field.description}{sample} |"


def main(arguments: list[str]) -> int:
    """Write both files below FOLDER, by default the top of the source tree."""
    top = Path(arguments[0]) if arguments else TOP
    (top / "docs").mkdir(parents=True, exist_ok=True)
    (top / "config.example.toml").write_text(example(), encoding="utf-8")
    (top / "docs" / "configuration.md").write_text(reference(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
