"""What the options of `setup` say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """What the options say; None and "" where they say nothing."""

    email: str | None = None
    name: str | None = None
    provider: str | None = None
    backend: str | None = None
    path: str | None = None
    host: str | None = None
    port: int | None = None
    tls: str | None = None
    user: str | None = None
    ca_file: str | None = None
    password: str | None = None
    key: str | None = None
    client: str | None = None
    drafts: str | None = None
    sent: str | None = None
    save: bool | None = None
    notify: bool | None = None
    calendars: tuple[str, ...] = ()
    calendar_user: str | None = None
    calendar_password: str | None = None
    first_look: bool = True
    service: bool | None = None
