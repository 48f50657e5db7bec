"""Secrets that the user keeps elsewhere: a command, a variable, a private file, a systemd credential."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from mailwatch.errors import SecretError
from mailwatch.private_files import is_strangers, rights_of_others
from mailwatch.process_guard import starting
from mailwatch.settings import SecretSource

PATIENCE = 60.0
"""Seconds for a command: a password manager may have to ask its owner."""
_LARGEST = 65_536


def text_from_source(source: SecretSource, environment: Mapping[str, str] = os.environ) -> str:
    """The text at a place that is not ours: of kind command, env, file or credential.

    Raises:
        SecretError: it is not there, or others could read it.
    """
    match source.kind:
        case "command":
            return _printed_by(source.value)
        case "env":
            return _variable(source.value[0], environment)
        case "file":
            return _private_text(Path(source.value[0]).expanduser())
        case "credential":
            return _credential(source.value[0], environment)
        case _:
            raise ValueError(source.kind)


def credential_path(name: str, environment: Mapping[str, str]) -> Path | None:
    """The file of a systemd credential (systemd.exec(5), LoadCredential=), or None where systemd passed no such one."""
    folder = environment.get("CREDENTIALS_DIRECTORY", "")
    path = Path(folder) / name
    return path if folder and path.is_file() else None


def first_line(text: str) -> str:
    """The first line without its end: passwords are lines."""
    return text.split("\n", 1)[0].rstrip("\r")


def _printed_by(words: tuple[str, ...]) -> str:
    """What a program of the user's own configuration prints; it may talk to the user over standard error."""
    program = Path(words[0]).name
    try:
        with starting():
            ran = subprocess.run(  # noqa: S603  the user's own words, checked when the configuration is read
                words, check=True, stdout=subprocess.PIPE, timeout=PATIENCE
            )
        return ran.stdout[:_LARGEST].decode("utf-8")
    except subprocess.TimeoutExpired:
        raise SecretError(f"The command {program} that prints a secret did not end within {PATIENCE:.0f} s.") from None
    except subprocess.CalledProcessError as error:
        raise SecretError(
            f"The command {program} that prints a secret failed (exit code {error.returncode}).",
            next_step="run it by hand and see what it says",
        ) from None
    except OSError as error:
        raise SecretError(f"The command {program} that prints a secret can't be started ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise SecretError(f"The command {program} prints something that is no text.") from None


def _variable(name: str, environment: Mapping[str, str]) -> str:
    text = environment.get(name, "")
    if not text:
        raise SecretError(f"The variable {name} that holds a secret is not set.", next_step=f"export {name}=…")
    return text


def _credential(name: str, environment: Mapping[str, str]) -> str:
    path = credential_path(name, environment)
    if path is None:
        raise SecretError(
            f"systemd has passed no credential {name}.", next_step=f"add LoadCredential={name}:FILE to the service"
        )
    return _text_of(path)


def _private_text(path: Path) -> str:
    """The text of a file that nobody else can read."""
    try:
        found = path.stat()
    except OSError as error:
        raise SecretError(f"{path}, which holds a secret, can't be read ({error.strerror}).") from None
    if is_strangers(found, or_roots=True):
        raise SecretError(f"{path}, which holds a secret, belongs to somebody else.")
    if rights_of_others(found):
        raise SecretError(
            f"Others can read {path}, which holds a secret, so it is not used.", next_step=f"chmod 600 {path}"
        )
    return _text_of(path)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST).decode("utf-8")
    except OSError as error:
        raise SecretError(f"{path}, which holds a secret, can't be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise SecretError(f"{path}, which holds a secret, is no text.") from None
