"""Settings as JSON beside the state, so that a status reads them back without pydantic. Losing it costs only time."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from mailwatch import __version__
from mailwatch.core.model import DayNames, Detection, Me, Policy
from mailwatch.private_files import is_strangers, open_safely, rights_of_others
from mailwatch.settings import (
    AccountSettings,
    CalendarSettings,
    Endpoints,
    NotifySettings,
    PrivacySettings,
    SecretSource,
    ServerSettings,
    ServiceSettings,
    Settings,
    SignInSettings,
)

NAME = "settings.json"
_RECORDS = (
    AccountSettings, CalendarSettings, DayNames, Detection, Endpoints, Me, NotifySettings, Policy, PrivacySettings, SecretSource,
    ServerSettings, ServiceSettings, Settings, SignInSettings,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Kept:
    """The file's content. key: what it was made from."""

    key: str
    settings: Settings


def cache_key(*, text: bytes, path: Path, mode: int, zone: str) -> str:
    """A hash of everything that settings are made from: the file, its rights, the zone, and this program's own shape."""
    shape = [sorted(record.__dataclass_fields__) for record in _RECORDS]
    parts = (__version__, repr(shape), repr(Policy()), str(path), str(mode), zone)
    return hashlib.sha256("\x1f".join(parts).encode() + b"\x1f" + text).hexdigest()


def settings_from_cache(folder: Path, key: str) -> Settings | None:
    """The settings kept under this key, or None: never an error, and never from a file that others could write."""
    import msgspec

    try:
        descriptor = open_safely(folder / NAME, os.O_RDONLY)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            if is_strangers(found) or rights_of_others(found) & 0o022:
                return None
            kept = msgspec.json.decode(file.read(), type=_Kept)
    except (OSError, msgspec.MsgspecError):
        return None
    return kept.settings if kept.key == key else None


def keep(folder: Path, key: str, settings: Settings) -> None:
    """Write them for the next time, readable by this user alone. What can't be written is left out."""
    import msgspec

    data = msgspec.json.encode(_Kept(key, settings))
    fresh = folder / f"{NAME}.{os.getpid()}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = open_safely(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            fresh.replace(folder / NAME)
        except OSError:
            fresh.unlink(missing_ok=True)
