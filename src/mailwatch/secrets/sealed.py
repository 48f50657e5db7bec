"""The sealed file: names and secrets under AES-256-GCM (NIST SP 800-38D), mode 0600, replaced whole and never in place."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mailwatch.errors import SecretError, StoreError
from mailwatch.private_files import open_private, private_folder, put_in_place, settle_folder
from mailwatch.secrets.keys import fingerprint

NAME = "secrets.sealed"
_VERSION = "mailwatch sealed secrets 1"
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file as it lies there. profile: whose key opens it. key: that key's fingerprint. kept: its kind of place."""

    profile: str
    key: str
    kept: str
    nonce: bytes
    text: bytes


def sealed_in(folder: Path) -> Sealed | None:
    """What lies in a folder, None where there is nothing yet.

    Raises:
        SecretError: it can't be read, or is no such file.
    """
    path = folder / NAME
    if not path.exists():
        return None
    try:
        with os.fdopen(open_private(path, os.O_RDONLY), "rb") as file:
            table = json.loads(file.read(_LARGEST))
        nonce, text = (base64.b64decode(table[name], validate=True) for name in ("nonce", "sealed"))
        if table["version"] == _VERSION:
            return Sealed(str(table["profile"]), str(table["key"]), str(table["kept"]), nonce, text)
    except StoreError as error:
        raise SecretError(error.message, next_step=error.next_step) from None
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise _broken(path)


def opened(sealed: Sealed, key: bytes, folder: Path) -> dict[str, str]:
    """The secrets by name.

    Raises:
        SecretError: another key sealed it, or somebody has changed it.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    path = folder / NAME
    if fingerprint(key) != sealed.key:
        raise SecretError(
            f"{path} was sealed with another key (its place then: {sealed.kept}), so the secrets in it can't be read.",
            next_step=f"set [secrets] key back, or delete {path} and sign in again",
        )
    try:
        found = json.loads(AESGCM(key).decrypt(sealed.nonce, sealed.text, _bound(sealed.profile)))
    except (InvalidTag, ValueError):
        raise _broken(path) from None
    return {str(name): str(value) for name, value in found.items()}


def seal(secrets: Mapping[str, str], key: bytes, folder: Path, *, profile: str, kept: str) -> None:
    """Write the secrets, whole or not at all.

    Raises:
        SecretError: it can't be written.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    text = AESGCM(key).encrypt(nonce, json.dumps(dict(secrets)).encode(), _bound(profile))
    table = {"version": _VERSION, "profile": profile, "key": fingerprint(key), "kept": kept}
    table |= {"nonce": base64.b64encode(nonce).decode(), "sealed": base64.b64encode(text).decode()}
    try:
        _replace(private_folder(folder), (json.dumps(table, indent=1) + "\n").encode())
    except StoreError as error:
        raise SecretError(error.message, next_step=error.next_step) from None
    except OSError as error:
        raise SecretError(f"{folder / NAME} can't be written ({error.strerror}), so no secret was kept.") from None


def _replace(folder: Path, data: bytes) -> None:
    fresh = folder / f"{NAME}.{os.getpid()}"
    fresh.unlink(missing_ok=True)
    try:
        with os.fdopen(open_private(fresh, os.O_WRONLY | os.O_EXCL), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(fresh, folder / NAME)
    finally:
        fresh.unlink(missing_ok=True)
    settle_folder(folder)


def _bound(profile: str) -> bytes:
    """What the seal vouches for besides the secrets."""
    return f"{_VERSION}\0{profile}".encode()


def _broken(path: Path) -> SecretError:
    return SecretError(
        f"{path} is damaged, so the secrets in it can't be read.", next_step=f"delete {path} and sign in again"
    )
