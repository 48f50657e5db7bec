"""Reading and writing the configuration file for `setup`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mailwatch.cli.session import Session
from mailwatch.errors import ConfigError, MailwatchError, UsageError
from mailwatch.private_files import put_in_place

if TYPE_CHECKING:
    from mailwatch.settings import Settings

TYPED = "stdin"
"""A secret that is typed, or comes over standard input, and is then kept."""


def text_before(path: Path) -> str:
    """What is there, "" where there is no file.

    Raises:
        ConfigError: it can't be read, or is no TOML, and so can't be added to.
    """
    import tomllib

    try:
        text = path.read_text("utf-8")
        tomllib.loads(text)
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"{path} can't be read as it is, so set-up leaves it alone.", next_step="mailwatch config check"
        ) from error
    return text


def settings_with(session: Session, text: str) -> Settings:
    """What a configuration's text would amount to.

    Raises:
        ConfigError: it would be wrong.
    """
    from mailwatch.config import settings_from_text
    from mailwatch.config.local_zone import local_zone

    zone = local_zone(session.environment)
    return settings_from_text(text.encode(), path=session.config_path, mode=0o600, zone=zone)


def secret_source(text: str, option: str) -> Mapping[str, object]:
    """`env:NAME`, `file:PATH`, `credential:NAME`, `command:WORDS` as the configuration writes them; a typed password is kept.

    Raises:
        UsageError: it is none of them.
    """
    import shlex

    kind, _, value = text.partition(":")
    if text == TYPED and option != "--key":
        return {"keyring": True}
    if kind in {"env", "file", "credential"} and value:
        return {kind: value}
    if kind == "command" and value:
        return {"command": shlex.split(value)}
    raise UsageError(
        f"{option} says where a secret is, and is never the secret itself",
        next_step=f"{option} env:NAME, file:PATH, credential:NAME or command:WORDS",
    )


def write_config(session: Session, text: str) -> Path:
    """Check the text, and put it in the place of the old one at a stroke; readable by the user alone. Its path.

    Raises:
        ConfigError: it would be wrong. MailwatchError: it can't be written.
    """
    from mailwatch.config import load_settings

    path = session.config_path
    settings_with(session, text)
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(beside, path)
    except OSError as error:
        raise MailwatchError(
            f"{path} can't be written ({error.strerror}), so nothing was set up",
            next_step="name another place: mailwatch -c FILE setup",
        ) from error
    session.settings = load_settings(path, session.state, session.environment)
    return path
