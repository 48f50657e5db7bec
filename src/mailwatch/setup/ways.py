"""The ways to sign in to a mailbox, the easiest that works first, and what an account is to be called."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from mailwatch.provider_catalogue import Provider


@dataclass(frozen=True, slots=True)
class Way:
    """One way. backend: as in the configuration. title: what it is and what it costs, for a list to choose from."""

    backend: str
    title: str


_TITLES = {
    "imap": "IMAP with {word}: about three minutes, no registration",
    "gmail": "Google's own interface: about fifteen minutes, with a project of yours in Google's console (docs/gmail.md)",
    "graph": "Microsoft's own interface: a sign-in in the browser; with it the permission to send is never given (docs/outlook.md)",
}


def ways_for(provider: Provider | None) -> tuple[Way, ...]:
    """The ways of a provider; for an unknown one IMAP with a password."""
    if provider is None:
        return (Way("imap", _TITLES["imap"].format(word="your password")),)
    word = "an app password" if "app-password" in provider.sign_in else "your password"
    return tuple(Way(backend, _TITLES[backend].format(word=word)) for backend in provider.backends)


def local_backend(path: Path) -> str:
    """What mail on this computer is: a file is an mbox, a folder of .eml files one of these, anything else a Maildir."""
    if path.is_file():
        return "mbox"
    if path.is_dir() and not (path / "cur").is_dir() and any(path.glob("*.eml")):
        return "eml"
    return "maildir"


def account_name(address: str, provider: Provider | None, taken: Collection[str]) -> str:
    """A short name for an account: its provider's, else its domain's first word; numbered where it is taken."""
    first = provider.name if provider else address.rpartition("@")[2].partition(".")[0]
    base = re.sub(r"[^a-z0-9-]", "", first.casefold()) or "mail"
    return next(name for name in (base, *(f"{base}{n}" for n in range(2, 100))) if name not in taken)
