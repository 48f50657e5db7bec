"""The time zone of this computer, by its IANA name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_REGISTRY_KEY = r"SYSTEM\CurrentControlSet\Control\TimeZoneInformation"


def local_zone(environment: Mapping[str, str], localtime: Path = Path("/etc/localtime")) -> str:
    """The zone that TZ names, else the one that /etc/localtime links to, else the one in Windows' registry, else "UTC"."""
    linked = localtime.resolve().as_posix().partition("zoneinfo/")[2]
    for name in (environment.get("TZ", "").removeprefix(":"), linked.removeprefix("posix/")):
        if name and _known(name):
            return name
    return _from_registry() or "UTC"


def _known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _from_registry() -> str:
    """The IANA name of what Windows calls its zone ("W. Europe Standard Time"); "" on other systems."""
    try:
        registry = import_module("winreg")
        with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, _REGISTRY_KEY) as key:
            told = str(registry.QueryValueEx(key, "TimeZoneKeyName")[0])
    except (ImportError, OSError):
        return ""
    from mailwatch.core.zones import zone_from_name

    zone = zone_from_name(told.partition("\0")[0])
    return zone.key if isinstance(zone, ZoneInfo) else ""
