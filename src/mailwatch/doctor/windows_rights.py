"""Who may open a folder on Windows, where rights are lists: read by PowerShell, in Microsoft's language for them (SDDL).

Source: Microsoft Learn, "Security Descriptor String Format", "ACE Strings" and "SID Strings". Not run on Windows yet.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from mailwatch.doctor.check import Check, Level
from mailwatch.process_guard import starting

_PATIENCE = 20.0
_ASK = "(Get-Acl -LiteralPath $env:MAILWATCH_FOLDER).Sddl"
_LISTS = re.compile(r"D:(?P<flags>[A-Z_]*)(?P<entries>(?:\([^()]*\))*)")
_ENTRY = re.compile(r"\((?P<kind>[^;]*);[^;]*;(?P<rights>[^;]*);[^;]*;[^;]*;(?P<who>[^;)]*)[^)]*\)")
_ALLOWS = frozenset({"A", "OA", "XA"})
_MANY = {
    "WD": "Everyone", "S-1-1-0": "Everyone", "AU": "Authenticated Users", "S-1-5-11": "Authenticated Users",
    "BU": "Users", "S-1-5-32-545": "Users", "BG": "Guests", "S-1-5-32-546": "Guests", "IU": "Interactive", "S-1-5-4": "Interactive",
    "NU": "Network", "S-1-5-2": "Network", "AN": "Anonymous", "S-1-5-7": "Anonymous", "PU": "Power Users", "DU": "Domain Users",
    "DG": "Domain Guests", "LG": "Guest",
}  # fmt: skip
"""Groups that others are in. The administrators and the system itself can open everything on any system."""
_IN_DOMAIN = {"513": "Domain Users", "514": "Domain Guests", "501": "Guest"}


def rights_on_windows(folder: Path, environment: Mapping[str, str] = os.environ) -> Check:
    """Ask for the folder's list, and say whom it lets in besides its owner."""
    fix = f'icacls "{folder}" /inheritance:r /grant:r "%USERNAME%:(OI)(CI)F"'
    try:
        described = _described(folder, environment)
    except (OSError, subprocess.SubprocessError) as error:
        told = f"{folder}; who may open it could not be read ({type(error).__name__})"
        return Check(Level.WARN, "memory", told, f'icacls "{folder}" shows it')
    if others := others_in(described):
        return Check(Level.FAIL, "memory", f"{', '.join(others)} can open {folder}", fix)
    return Check(Level.OK, "memory", f"{folder}, for you alone")


def others_in(described: str) -> tuple[str, ...]:
    """The groups of others that a security descriptor lets in, sorted; one without a list lets in everyone."""
    lists = _LISTS.search(described)
    if lists is None or "NO_ACCESS_CONTROL" in lists["flags"]:
        return ("Everyone",)
    allowed = (
        entry["who"] for entry in _ENTRY.finditer(lists["entries"]) if entry["kind"] in _ALLOWS and entry["rights"]
    )
    return tuple(sorted({name for who in allowed if (name := _group(who))}))


def _group(who: str) -> str:
    if who.startswith("S-1-5-21-"):
        return _IN_DOMAIN.get(who.rpartition("-")[2], "")
    return _MANY.get(who, "")


def _described(folder: Path, environment: Mapping[str, str]) -> str:
    """The security descriptor as SDDL: "O:…G:…D:…"."""
    program = Path(
        environment.get("SystemRoot", r"C:\Windows"), "System32", "WindowsPowerShell", "v1.0", "powershell.exe"
    )
    with starting():
        ended = subprocess.run(  # noqa: S603 - Windows' own program; the folder goes in as a variable
            [str(program), "-NoProfile", "-NonInteractive", "-Command", _ASK],
            env={**environment, "MAILWATCH_FOLDER": str(folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
        )
    return ended.stdout.decode("utf-8", "replace")
