"""The letters' package data, and the user's own files over them: loaded once at the edge, passed into the core."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from mailwatch.core.compose import Letters, letters_from_tables, with_own_tables

FILE_LIMIT = 256 * 1024


def load_letters(folder: Path | None = None) -> Letters:
    """The built-in letters, with the user's own over them.

    A slot in `folder`/LANGUAGE/*.toml replaces the built-in one of that name, and leaves the others. A file that is
    broken is left aside whole; `Letters.problems` says which and why.

    Args:
        folder: where the user's files are, or None.
    """
    return _builtin() if folder is None else with_own_tables(_builtin(), _own_tables(folder))


@cache
def _builtin() -> Letters:
    """The package's own, read once for the life of the process."""
    return letters_from_tables(
        {place.name: [_table(file) for file in _toml_files(place)] for place in _language_folders(files(__name__))}
    )


def builtin_files() -> dict[str, str]:
    """The built-in files by "LANGUAGE/NAME.toml", for copying."""
    return {
        f"{place.name}/{file.name}": file.read_text(encoding="utf-8")
        for place in _language_folders(files(__name__))
        for file in _toml_files(place)
    }


def _language_folders(place: Traversable) -> list[Traversable]:
    return sorted(
        (item for item in place.iterdir() if item.is_dir() and "_" not in item.name), key=lambda item: item.name
    )


def _toml_files(place: Traversable) -> list[Traversable]:
    return sorted((item for item in place.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)


def _table(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _own_tables(folder: Path) -> dict[tuple[str, str], dict[str, Any] | str]:
    if not folder.is_dir():
        return {("letters", folder.name): "there is no such folder"}
    return {
        (place.name, file.name): _own_table(file)
        for place in sorted(folder.iterdir())
        if place.is_dir()
        for file in sorted(place.glob("*.toml"))
    }


def _own_table(file: Path) -> dict[str, Any] | str:
    """The file's table, or why there is none."""
    try:
        if file.stat().st_size > FILE_LIMIT:
            return f"it is larger than {FILE_LIMIT // 1024} kB"
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        return f"it can't be read ({error.strerror})"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return f"it is no valid TOML ({error})"
    except RecursionError:
        return "it is nested too deeply"
