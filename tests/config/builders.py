"""Small configurations to begin from."""

from __future__ import annotations

from pathlib import Path

from mailwatch.config import settings_from_text
from mailwatch.settings import Settings

HOME = Path("/home/jordan/.config/mailwatch/config.toml")
ME = '[me]\nname = "Jordan Reyes"\n'
MAILDIR = '[account.home]\nbackend = "maildir"\nemail = "jordan@example.com"\npath = "~/Mail"\n'
SMALL = ME + MAILDIR


def settings(text: str, *, path: Path = HOME, mode: int = 0o600, zone: str = "Europe/Lisbon") -> Settings:
    return settings_from_text(text.encode(), path=path, mode=mode, zone=zone)
