"""The user's configuration file: read, checked, and turned into settings.

Only what checks a file imports pydantic, and only when the file is not the one that was checked last time.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailwatch.config.cache import cache_key, keep, settings_from_cache
from mailwatch.config.local_zone import local_zone
from mailwatch.errors import ConfigError
from mailwatch.private_files import is_strangers, rights_of_others
from mailwatch.settings import Settings

_SIZE_LIMIT = 1_000_000


def load_settings(path: Path, cache_folder: Path | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in a configuration file.

    Args:
        cache_folder: where the settings of the last time are kept, None for nowhere.
        environment: for TZ, where the file names no time zone.

    Raises:
        ConfigError: there is no such file, others may write to it, or it is wrong; one sentence for each mistake.
    """
    text, mode = _read(path)
    zone = local_zone(environment)
    key = cache_key(text=text, path=path, mode=mode, zone=zone)
    kept = settings_from_cache(cache_folder, key) if cache_folder else None
    if kept is not None:
        return kept
    settings = settings_from_text(text, path=path, mode=mode, zone=zone)
    if cache_folder:
        keep(cache_folder, key, settings)
    return settings


def settings_from_text(text: bytes, *, path: Path, mode: int, zone: str) -> Settings:
    """The settings in the text of a file.

    Args:
        path: where it lies; relative paths in it start at its folder.
        mode: the file's rights, which decide whether a password may stand in it.

    Raises:
        ConfigError: it is wrong; one sentence for each mistake.
    """
    table = _table(text, path)
    from pydantic import ValidationError

    from mailwatch.config.checks import mistakes
    from mailwatch.config.complaints import sentences
    from mailwatch.config.days_off import days_off
    from mailwatch.config.models import Configuration
    from mailwatch.config.records import settings_from_models

    try:
        configuration = Configuration.model_validate(table)
    except ValidationError as error:
        raise _refusal(path, sentences(error)) from None
    if found := mistakes(configuration, path.parent):
        raise _refusal(path, found)
    warnings = _exposure(configuration, path, mode)
    try:
        holidays = days_off(configuration.rules.holidays.places)
    except ValueError as error:
        raise _refusal(path, [f"[rules.holidays] {error}"]) from None
    return settings_from_models(configuration, path=path, zone=zone, holidays=holidays, warnings=warnings)


def config_schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors."""
    from mailwatch.config.models import json_schema

    return json_schema()


def _read(path: Path) -> tuple[bytes, int]:
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            _refuse_strangers(path, found)
            text = file.read(_SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no configuration at {path}, so no account is known.",
            next_step="mailwatch setup makes one; mailwatch demo shows the whole job on an invented mailbox",
        ) from error
    except OSError as error:
        raise ConfigError(f"{path} can't be read ({error.strerror}), so no account is known.") from error
    if len(text) > _SIZE_LIMIT:
        raise ConfigError(f"{path} is larger than a configuration can be, so it is not read.")
    return text, stat.S_IMODE(found.st_mode)


def _refuse_strangers(path: Path, found: os.stat_result) -> None:
    """A file that others can write can name programs to start: it is not obeyed."""
    if rights_of_others(found) & stat.S_IWOTH:
        raise ConfigError(
            f"Everybody on this computer can write to {path}, so it is not obeyed.", next_step=f"chmod go-w {path}"
        )
    if is_strangers(found, or_roots=True):
        raise ConfigError(
            f"{path} belongs to somebody else, so it is not obeyed.", next_step=f"chown it to yourself: {path}"
        )


def _table(text: bytes, path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is not UTF-8 text, so it can't be read.", next_step="save it again as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        raise _refusal(path, [f"It is not valid TOML: {reason[0].lower()}{reason[1:]}."]) from error
    except (RecursionError, ValueError) as error:  # brackets in brackets without end, a number of thousands of digits
        raise _refusal(path, ["It is nested deeper, or has longer numbers, than a configuration can."]) from error


def _refusal(path: Path, found: list[str]) -> ConfigError:
    head = f"{path}: " if len(found) == 1 else f"{path} has {len(found)} mistakes.\n"
    return ConfigError(head + "\n".join(found), next_step=f"edit {path}, then mailwatch config check")


def _exposure(configuration: Any, path: Path, mode: int) -> tuple[str, ...]:
    """What others could read in the file.

    Raises:
        ConfigError: a password that is not the user's alone.
    """
    from mailwatch.config.checks import feeds, literal_passwords

    warnings: list[str] = []
    for table in literal_passwords(configuration):
        if mode & 0o077:
            raise ConfigError(
                f"[{table}] has its password in {path}, which others can read.", next_step=f"chmod 600 {path}"
            )
        warnings.append(f"[{table}] has its password in {path}: a keyring or a command is a better place.")
    if mode & 0o077 and (names := feeds(configuration)):
        warnings.append(
            f"Others can read {path}, and the address of [calendar.{names[0]}] in it may be a secret: chmod 600 {path}"
        )
    return tuple(warnings)
