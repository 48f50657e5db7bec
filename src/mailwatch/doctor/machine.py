"""What lies on this computer: configuration, secrets, folders, database, service, clock, versions."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from mailwatch import __version__
from mailwatch.auth import Desk
from mailwatch.doctor.check import Check, Level, check_from_error
from mailwatch.doctor.windows_rights import rights_on_windows
from mailwatch.errors import MailwatchError
from mailwatch.private_files import private_folder, rights_of_others
from mailwatch.render.words import counted
from mailwatch.service import Place, installed
from mailwatch.settings import Settings
from mailwatch.store.database import DATABASE, Database

SKEW = timedelta(minutes=10)
_OVERDUE = 4  # intervals without a run before it is worth a word


def machine_checks(
    settings: Settings, desk: Desk, state: Path, place: Place | None, *, now: datetime
) -> Iterator[Check]:
    """Everything that needs no network.

    Args:
        place: the system's scheduler, or None where mailwatch knows none.
    """
    yield Check(
        Level.OK, "mailwatch", f"{__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    yield _configuration(settings)
    yield _secrets(desk)
    yield from _memory(settings, state, place, now)


def _configuration(settings: Settings) -> Check:
    counts = f"{counted(len(settings.accounts), 'account')}, {counted(len(settings.calendars), 'calendar')}"
    if settings.warnings:
        return Check(Level.WARN, "configuration", f"{counts}. {' '.join(settings.warnings)}", "mailwatch config edit")
    return Check(Level.OK, "configuration", f"{counts}, {settings.path}")


def _secrets(desk: Desk) -> Check:
    try:
        names = desk.vault.names()
    except MailwatchError as error:
        return check_from_error("secrets", error)
    return Check(Level.OK, "secrets", f"{len(names)} kept in {desk.vault.where}" if names else "none are kept")


def _memory(settings: Settings, state: Path, place: Place | None, now: datetime) -> Iterator[Check]:
    path = state / DATABASE
    if not path.exists():
        above = next(folder for folder in (state, *state.absolute().parents) if folder.exists())
        if not os.access(above, os.W_OK | os.X_OK):
            fix = "set MAILWATCH_STATE to a folder of your own"
            yield Check(Level.FAIL, "memory", f"{state} can't be made: {above} can't be written", fix)
            return
        yield Check(Level.WARN, "memory", f"nothing has run yet, so {state} holds nothing", "mailwatch run")
        return
    try:
        private_folder(state)
    except MailwatchError as error:
        yield check_from_error("memory", error)
        return
    yield _rights(path)
    try:
        with closing(Database(path)) as database:
            database.check()
            row = database.one("SELECT at, report FROM runs ORDER BY n DESC LIMIT 1")
            newest = database.one("SELECT max(at) FROM messages")
    except MailwatchError as error:
        yield check_from_error("database", error)
        return
    yield Check(Level.OK, "database", f"sound, {path.stat().st_size / 1e6:.1f} MB")
    yield _last_run(settings, row, place, now)
    yield _clock(row, newest, now)


def _rights(path: Path) -> Check:
    if not hasattr(os, "geteuid"):
        return rights_on_windows(path.parent)
    if rights_of_others(path.stat()):
        return Check(Level.FAIL, "memory", f"others can read {path}", f"chmod 600 {path}")
    return Check(Level.OK, "memory", f"{path.parent}, for you alone")


def _last_run(settings: Settings, row: tuple[str, bytes] | None, place: Place | None, now: datetime) -> Check:
    by_itself = bool(place and installed(place))
    fix = "" if by_itself else "mailwatch service install"
    if row is None:
        return Check(Level.WARN, "service", "nothing has run yet", "mailwatch run")
    age = now - datetime.fromisoformat(row[0])
    saved = len(json.loads(row[1])["saved"])
    text = f"last run {_age(age)} ago, {counted(saved, 'draft')} saved"
    if not by_itself:
        return Check(Level.WARN, "service", f"{text}; nothing runs by itself", fix)
    if age > _OVERDUE * settings.service.interval:
        return Check(Level.WARN, "service", f"{text}; it should have run since", "mailwatch service status")
    return Check(Level.OK, "service", text)


def _clock(row: tuple[str, bytes] | None, newest: tuple[int | None] | None, now: datetime) -> Check:
    """A clock that runs behind shows in mail and runs from the future."""
    ran = datetime.fromisoformat(row[0]) if row else now
    if ran > now + SKEW:
        return Check(
            Level.FAIL, "clock", f"the last run is {_age(ran - now)} in the future", "set this computer's clock"
        )
    seconds = newest[0] if newest else None
    ahead = timedelta(seconds=seconds - now.timestamp()) if seconds else timedelta(0)
    if ahead > timedelta(days=1):
        return Check(
            Level.WARN, "clock", f"a mail is dated {_age(ahead)} in the future", "compare this computer's clock"
        )
    return Check(Level.OK, "clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _age(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
