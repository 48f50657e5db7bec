"""A configuration with one local account, and one on a server where a password source is given."""

from __future__ import annotations

from pathlib import Path

from mailwatch.config import settings_from_text
from mailwatch.settings import Settings

LOCAL = """
[me]
name = "Jo Park"
addresses = ["jo@home.example"]
timezone = "Europe/Berlin"

[account.home]
backend = "maildir"
email = "jo@home.example"
path = "{folder}/Mail"
"""
SERVER = """
[account.work]
backend = "imap"
email = "jo@work.example"
host = "imap.work.example"

[account.work.auth]
kind = "password"
password = {password}
"""


def text_with(folder: Path, password: str = "") -> str:
    return LOCAL.format(folder=folder) + (SERVER.format(password=password) if password else "")


def settings_with(folder: Path, password: str = "") -> Settings:
    text = text_with(folder, password).encode()
    return settings_from_text(text, path=folder / "config.toml", mode=0o600, zone="Europe/Berlin")
