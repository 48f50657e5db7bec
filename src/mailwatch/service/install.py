"""Putting a service's files in place, telling the scheduler, and taking both away again."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailwatch.errors import MailwatchError, UsageError
from mailwatch.service.job import LABEL, NAME, Job, ServiceFile
from mailwatch.service.launchd import launchd_files
from mailwatch.service.systemd import systemd_files
from mailwatch.service.windows import windows_files

Runner = Callable[[Sequence[str]], tuple[int, str]]
"""Runs a program; its exit code and what it printed. No shell."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one scheduler keeps its files, and the programs that make it look.

    folder:  of the files.
    files:   makes them from a job.
    start:   commands after the files are in place; the word FILE stands for the first file's path.
    stop:    commands before they are taken away; failures are ignored.
    forget:  commands after they are gone; failures are ignored.
    state:   the command that says whether it is active.
    logs:    the command that shows what it printed.
    """

    scheduler: str
    folder: Path
    files: Callable[[Job], tuple[ServiceFile, ...]]
    start: Callable[[Job], tuple[tuple[str, ...], ...]]
    stop: tuple[tuple[str, ...], ...]
    state: tuple[str, ...]
    logs: tuple[str, ...]
    forget: tuple[tuple[str, ...], ...] = ()


def place_for(environment: Mapping[str, str], state: Path, platform: str = sys.platform) -> Place | None:
    """The scheduler of this system, or None where only cron is left.

    Args:
        state: mailwatch's own folder, where Windows' file is kept.
    """
    home = Path(environment.get("HOME", "~")).expanduser()
    if platform == "darwin":
        return _launchd(home, state)
    if platform == "win32":
        return _windows(state)
    if platform.startswith("linux") and _has_systemd(environment):
        configured = environment.get("XDG_CONFIG_HOME", "")
        return _systemd(Path(configured) if configured else home / ".config")
    return None


def _has_systemd(environment: Mapping[str, str]) -> bool:
    # The check of sd_booted(3), and the user's own manager.
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    return Path("/run/systemd/system").is_dir() and bool(runtime) and Path(runtime, "systemd").is_dir()


def _systemd(configuration: Path) -> Place:
    control = ("systemctl", "--user")

    def start(job: Job) -> tuple[tuple[str, ...], ...]:
        unit = f"{NAME}.service" if job.daemon else f"{NAME}.timer"
        return ((*control, "daemon-reload"), (*control, "enable", "--now", unit))

    return Place(
        "systemd",
        configuration / "systemd" / "user",
        systemd_files,
        start,
        stop=((*control, "disable", "--now", f"{NAME}.timer"), (*control, "disable", "--now", f"{NAME}.service")),
        state=(*control, "status", "--no-pager", "--lines=0", f"{NAME}.timer", f"{NAME}.service"),
        logs=("journalctl", "--user", "--no-pager", "--lines=200", f"--user-unit={NAME}.service"),
        forget=((*control, "daemon-reload"),),
    )


def _launchd(home: Path, state: Path) -> Place:
    domain = f"gui/{os.getuid() if hasattr(os, 'getuid') else 0}"
    return Place(
        "launchd",
        home / "Library" / "LaunchAgents",
        launchd_files,
        lambda _job: (("launchctl", "bootstrap", domain, "FILE"),),
        stop=(("launchctl", "bootout", f"{domain}/{LABEL}"),),
        state=("launchctl", "print", f"{domain}/{LABEL}"),
        logs=("tail", "-n", "200", str(state / "service.log")),
    )


def _windows(state: Path) -> Place:
    return Place(
        "Task Scheduler",
        state,
        windows_files,
        lambda _job: (("schtasks", "/Create", "/TN", NAME, "/XML", "FILE", "/F"),),
        stop=(("schtasks", "/Delete", "/TN", NAME, "/F"),),
        state=("schtasks", "/Query", "/TN", NAME, "/V", "/FO", "LIST"),
        logs=("schtasks", "/Query", "/TN", NAME, "/V", "/FO", "LIST"),
    )


_ALL_NAMES = (f"{NAME}.service", f"{NAME}.timer", f"{LABEL}.plist", f"{NAME}.xml")


def installed(place: Place) -> tuple[Path, ...]:
    """The files of ours that are in place."""
    return tuple(path for name in _ALL_NAMES if (path := place.folder / name).is_file())


def put(place: Place, job: Job, run: Runner) -> tuple[Path, ...]:
    """Write the files and start the service; the files' paths. One that was there before is replaced.

    Raises:
        MailwatchError: a folder can't be written to, or the scheduler refused.
    """
    take_away(place, run)
    files = place.files(job)
    paths = tuple(place.folder / file.name for file in files)
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        for path, file in zip(paths, files, strict=True):
            path.write_text(file.text, encoding=file.encoding)
    except OSError as error:
        raise MailwatchError(
            f"The service's files can't be written to {place.folder} ({error.strerror}), so nothing was installed",
            next_step="make the folder writable, then: mailwatch service install",
        ) from error
    for command in place.start(job):
        words = [str(paths[0]) if word == "FILE" else word for word in command]
        code, said = run(words)
        if code:
            raise MailwatchError(
                f"{place.scheduler} did not take the service ({said.strip() or f'exit code {code}'}); its files are in {place.folder}",
                next_step=f"run it by hand: {' '.join(words)}",
            )
    return paths


def take_away(place: Place, run: Runner) -> tuple[Path, ...]:
    """Stop the service and delete its files; the paths that were deleted. Nothing there is nothing to do."""
    there = installed(place)
    if not there:
        return ()
    for command in place.stop:
        run(command)
    for path in there:
        path.unlink(missing_ok=True)
    for command in place.forget:
        run(command)
    return there


def no_scheduler(line: str) -> UsageError:
    """What to say where neither systemd nor launchd nor Windows is found."""
    return UsageError(
        "No scheduler that mailwatch knows was found here (systemd for users, launchd, Windows), so nothing was installed",
        next_step=f"add this line with crontab -e: {line}",
    )
