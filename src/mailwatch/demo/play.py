"""The demo's stage: a temporary mailbox in which the script happens, moment by moment, with real ticks.

Nothing here is special to the demo but the mail: the same configuration, backends, tick and status as for everybody.
Between the second and the third moment the person in the story sends what lies in Drafts, one letter changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mailwatch.backends.maildir.names import BEFORE_FLAGS
from mailwatch.config import load_settings
from mailwatch.demo.script import Moment, Script
from mailwatch.render.screen import Line
from mailwatch.render.status import Setting, status_lines
from mailwatch.settings import Settings
from mailwatch.store import open_store, run_lock
from mailwatch.tick import TickReport, TickSettings, World, tick
from mailwatch.tick.configured import open_doors, tick_settings

_CONFIG = """# The demo's configuration.
[me]
name = "{name}"
addresses = ["{email}"]
timezone = "{zone}"
language = "en"

[account.demo]
backend = "maildir"
email = "{email}"
path = "{mail}"

[calendar.demo]
backend = "ics"
path = "{calendar}"

[drafts]
first_run = "save"
"""
_FOLDERS = {"inbox": ".", "sent": ".Sent"}


@dataclass(frozen=True, slots=True)
class Scene:
    """What one moment of the demo showed: its heading, the status, and the drafts that the tick saved."""

    moment: Moment
    status: list[Line]
    report: TickReport
    letters: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """The temporary folder: mail, calendar, configuration and state."""

    folder: Path
    script: Script

    @property
    def mail(self) -> Path:
        """The Maildir++ with the inbox at its top."""
        return self.folder / "Mail"

    @property
    def drafts(self) -> Path:
        """The Drafts folder that any mail program opens."""
        return self.mail / ".Drafts"

    @property
    def config(self) -> Path:
        """The configuration, good for any further command: `mailwatch -c FILE …`."""
        return self.folder / "config.toml"

    @property
    def state(self) -> Path:
        """What mailwatch remembers about the demo."""
        return self.folder / "state"


def set_up(folder: Path, script: Script) -> Stage:
    """Make an empty mailbox, a calendar and a configuration below `folder`."""
    stage = Stage(folder, script)
    for sub in (".", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (stage.mail / sub / part).mkdir(parents=True, exist_ok=True)
    owner = script.owner
    text = _CONFIG.format(
        name=owner["name"],
        email=owner["email"],
        zone=owner["zone"],
        mail=stage.mail,
        calendar=folder / "calendar.ics",
    )
    stage.config.write_text(text, encoding="utf-8")
    stage.config.chmod(0o600)
    return stage


def play(stage: Stage) -> Iterator[Scene]:
    """Let the story happen: deliver mail, look, show; once for each moment."""
    settings = load_settings(stage.config, None)
    told = tick_settings(settings)
    before: datetime | None = None
    for number, moment in enumerate(stage.script.moments):
        deliver_until(stage, moment.at, after=before)
        if number == len(stage.script.moments) - 1:
            _send_the_drafts(stage)
        yield _look(stage, moment, settings, told)
        before = moment.at


def deliver_until(stage: Stage, until: datetime, *, after: datetime | None = None) -> None:
    """Put the mail of (after, until] into the mailbox, and let the calendar stand as it stood at `until`."""
    (stage.folder / "calendar.ics").write_bytes(stage.script.calendar_at(until))
    for letter in stage.script.letters_between(after, until):
        folder = stage.mail / _FOLDERS[letter.folder]
        seen = folder / "cur" / f"{int(letter.at.timestamp())}.{len(letter.raw)}.demo{BEFORE_FLAGS}2,S"
        seen.write_bytes(letter.raw.replace(b"\r\n", b"\n"))
        os.utime(seen, (letter.at.timestamp(), letter.at.timestamp()))


def _send_the_drafts(stage: Stage) -> None:
    """The person sends what lies in Drafts: the first letter with a sentence of their own, the others as they are."""
    for number, path in enumerate(sorted((stage.drafts / "cur").iterdir())):
        raw = path.read_bytes()
        if number == 0:
            raw = raw.rstrip(b"\n") + b"\n\nP.S. The coffee was excellent, too.\n"
        (stage.mail / ".Sent" / "cur" / f"{path.name.partition(BEFORE_FLAGS)[0]}.sent{BEFORE_FLAGS}2,S").write_bytes(
            raw
        )
        path.unlink()


def _look(stage: Stage, moment: Moment, settings: Settings, told: TickSettings) -> Scene:
    world = World(clock=lambda: moment.at, sleep=lambda _seconds: None)
    with (
        run_lock(stage.state),
        open_store(stage.state, now=moment.at, mend=True) as store,
        open_doors(settings) as doors,
    ):
        report = tick(store, doors, told, world)
    letters = tuple(Path(saved.link).read_bytes() for saved in report.saved if saved.link)
    status = (
        status_lines(report.plan, _setting(stage, settings, moment, report), everything=False) if report.plan else []
    )
    return Scene(moment, status, report, letters)


def _setting(stage: Stage, settings: Settings, moment: Moment, report: TickReport) -> Setting:
    problems = tuple(problem.message for problem in report.problems)
    return Setting(
        zone=ZoneInfo(settings.me.zone),
        checked_at=moment.at,
        accounts=len(settings.accounts),
        problems=problems,
        place=f"{stage.mail.name} › Drafts",
    )
