"""Where things are: the configuration file and the folder with what mailwatch remembers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def config_path(environment: Mapping[str, str]) -> Path:
    """The configuration file: MAILWATCH_CONFIG, else config.toml in the platform's folder for configurations."""
    named = environment.get("MAILWATCH_CONFIG", "")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("mailwatch", appauthor=False) / "config.toml"


def state_folder(environment: Mapping[str, str]) -> Path:
    """The folder that holds what mailwatch remembers: MAILWATCH_STATE, else the platform's folder for state."""
    named = environment.get("MAILWATCH_STATE", "")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_state_path

    return user_state_path("mailwatch", appauthor=False)
