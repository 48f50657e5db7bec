"""The time zone of this computer, by its IANA name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def local_zone(environment: Mapping[str, str], localtime: Path = Path("/etc/localtime")) -> str:
    """The zone that TZ names, else the one that /etc/localtime links to, else "UTC"."""
    linked = localtime.resolve().as_posix().partition("zoneinfo/")[2]
    for name in (environment.get("TZ", "").removeprefix(":"), linked.removeprefix("posix/")):
        if name and _known(name):
            return name
    return "UTC"


def _known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
