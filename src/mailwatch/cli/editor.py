"""The user's own editor, on a file in a private folder that is emptied afterwards."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from mailwatch.errors import UsageError
from mailwatch.private_files import open_private, private_folder
from mailwatch.process_guard import starting
from mailwatch.render.screen import shown

_LIMIT = 200_000


def names_editor(environment: Mapping[str, str]) -> str:
    """The editor that the user has named, which may open a window of its own; "" for none."""
    return environment.get("VISUAL") or environment.get("EDITOR") or ""


def edited(text: str, state: Path, environment: Mapping[str, str], name: str) -> str:
    """The text as the user's editor leaves it. Its swap and backup files go with the folder it lay in.

    Args:
        name: of the file, whose ending tells the editor what is in it.

    Raises:
        UsageError: there is no editor, or it failed.
    """
    folder = private_folder(private_folder(state) / "edit")
    path = folder / name
    try:
        descriptor = open_private(path, os.O_WRONLY | os.O_TRUNC)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        command = shlex.split(names_editor(environment) or "vi")
        try:
            with starting():
                subprocess.run([*command, str(path)], check=True, cwd=folder)  # noqa: S603 - the user's own editor
        except (OSError, subprocess.CalledProcessError) as error:
            raise UsageError(
                f"the editor “{shown(' '.join(command), 60)}” failed, so nothing was kept", next_step="set EDITOR"
            ) from error
        return path.read_text("utf-8", "replace")[:_LIMIT]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
