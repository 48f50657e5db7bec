"""`service install|status|logs|remove`: let the system's own scheduler start mailwatch."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailwatch.cli.session import Session
from mailwatch.errors import UsageError
from mailwatch.process_guard import starting
from mailwatch.render.jsonform import document
from mailwatch.render.screen import line, shown

if TYPE_CHECKING:
    from mailwatch.service import Job, Place

_PATIENCE = 60.0
_LINGER = "It runs while you are logged in. To let it run without that too: loginctl enable-linger"


@click.group()
def service() -> None:
    """Let the system start mailwatch by itself, every quarter of an hour, with few rights."""


@service.command()
@click.option("--timer", "kind", flag_value="timer", default="timer", help="One short run each time (the default).")
@click.option("--daemon", "kind", flag_value="daemon", help="One process that stays.")
@click.option("--print", "only_show", is_flag=True, help="Print the files instead of installing them.")
@click.pass_obj
def install(session: Session, kind: str, only_show: bool) -> None:
    """Install the service for this user and start it; an older one is replaced."""
    from mailwatch.service import job_from_settings, put
    from mailwatch.service.cron import cron_line
    from mailwatch.service.install import no_scheduler

    job = job_from_settings(session.settings, state=session.state, daemon=kind == "daemon")
    place = _place(session)
    if only_show:
        _show_files(session, job, place)
        return
    if place is None:
        raise no_scheduler(cron_line(job))
    session.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = put(place, job, _run)
    if session.json:
        session.write(
            document("service install", session.now, scheduler=place.scheduler, files=[str(p) for p in paths])
        )
        return
    session.show([line(f"installed  {path}") for path in paths])
    session.say(f"mailwatch is started by {place.scheduler} from now on. It saves drafts; it never sends.")
    if place.scheduler == "systemd":
        session.say(_LINGER)


@service.command()
@click.pass_obj
def status(session: Session) -> int:
    """Say whether the service is installed, and what the system says of it. Exit code 1 where it is not."""
    place = _place(session)
    files = _installed(place)
    said = _run(place.state)[1] if place and files else ""
    if session.json:
        scheduler = place.scheduler if place else ""
        fields = {"scheduler": scheduler, "files": [str(path) for path in files], "said": said}
        session.write(document("service status", session.now, installed=bool(files), **fields))
    elif files:
        session.show(
            [line(f"installed  {path}") for path in files] + [line(shown(row, 300)) for row in said.splitlines()]
        )
    else:
        session.show([line("Not installed: nothing looks by itself. mailwatch service install")])
    return 0 if files else 1


@service.command()
@click.pass_obj
def logs(session: Session) -> int:
    """Show what the service printed lately."""
    place = _place(session)
    if place is None or not _installed(place):
        raise UsageError(
            "The service is not installed, so it has printed nothing", next_step="mailwatch service install"
        )
    code, said = _run(place.logs)
    if session.json:
        session.write(document("service logs", session.now, lines=said.splitlines()))
    else:
        session.show([line(shown(row, 1000)) for row in said.splitlines()])
    return 1 if code else 0


@service.command()
@click.pass_obj
def remove(session: Session) -> None:
    """Stop the service and delete its files. Drafts, configuration and memory stay."""
    from mailwatch.service import take_away

    place = _place(session)
    gone = take_away(place, _run) if place else ()
    if session.json:
        session.write(document("service remove", session.now, files=[str(path) for path in gone]))
    elif gone:
        session.show([line(f"removed  {path}") for path in gone])
    else:
        session.say("There was no service to remove.")


def _place(session: Session) -> Place | None:
    from mailwatch.service import place_for

    return place_for(session.environment, session.state)


def _installed(place: Place | None) -> tuple[Path, ...]:
    from mailwatch.service import installed

    return installed(place) if place else ()


def _show_files(session: Session, job: Job, place: Place | None) -> None:
    from mailwatch.service.cron import cron_line
    from mailwatch.service.systemd import systemd_files

    files = place.files(job) if place else systemd_files(job)
    if session.json:
        listed = [{"name": file.name, "text": file.text} for file in files]
        session.write(document("service install", session.now, files=listed, cron=cron_line(job)))
        return
    for file in files:
        session.write(f"# {file.name}\n{file.text}")
    session.write(f"# or, with cron\n{cron_line(job)}")


def _run(command: Sequence[str]) -> tuple[int, str]:
    """A scheduler's own program; its exit code and all that it printed."""
    try:
        with starting():
            ended = subprocess.run(  # noqa: S603 - fixed argument lists, no shell
                list(command),
                capture_output=True,
                text=True,
                errors="replace",  # Windows' programs speak the console's old alphabet
                timeout=_PATIENCE,
                check=False,
                stdin=subprocess.DEVNULL,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, f"{command[0]} could not be run: {type(error).__name__}"
    return ended.returncode, ended.stdout + ended.stderr
