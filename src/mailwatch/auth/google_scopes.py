"""What mailwatch asks Google for, and what it refuses to be given: exactly these permissions and none beside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

_BASE = "https://www.googleapis.com/auth/"
READ, COMPOSE = f"{_BASE}gmail.readonly", f"{_BASE}gmail.compose"
EVENTS, CALENDARS = f"{_BASE}calendar.events.readonly", f"{_BASE}calendar.calendarlist.readonly"
IMAP = "https://mail.google.com/"

WORDS: Mapping[str, str] = {
    READ: "read mail (gmail.readonly)",
    COMPOSE: "save drafts (gmail.compose)",
    EVENTS: "read calendar events (calendar.events.readonly)",
    CALENDARS: "list calendars (calendar.calendarlist.readonly)",
    IMAP: "read and write over IMAP (mail.google.com)",
}
_TOLERATED = frozenset({"openid", "email", "profile", f"{_BASE}userinfo.email", f"{_BASE}userinfo.profile"})


@dataclass(frozen=True, slots=True)
class Granted:
    """How what was granted compares with what was asked for. missing, beyond: scopes, in a fixed order."""

    missing: tuple[str, ...]
    beyond: tuple[str, ...]

    @property
    def missing_words(self) -> str:
        """What was not ticked, one by one."""
        return " and ".join(WORDS.get(scope, scope) for scope in self.missing)


def wanted_for(backend: str) -> tuple[str, ...]:
    """The scopes that an account asks for."""
    return (IMAP,) if backend == "imap" else (READ, COMPOSE, EVENTS, CALENDARS)


def compared(granted: Collection[str], wanted: tuple[str, ...]) -> Granted:
    """What is missing, and what could do more than was asked for."""
    beyond = set(granted) - set(wanted) - _TOLERATED
    return Granted(tuple(scope for scope in wanted if scope not in granted), tuple(sorted(beyond)))
