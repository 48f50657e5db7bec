"""The files for the schedulers: what they start, how often, with which rights; checked by the schedulers' own programs."""

from __future__ import annotations

import os
import plistlib
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path, PureWindowsPath

import pytest
from lxml import etree

from mailwatch.service.cron import cron_line
from mailwatch.service.job import Job, job_from_settings
from mailwatch.service.launchd import launchd_files
from mailwatch.service.systemd import systemd_files
from mailwatch.service.windows import windows_files
from tests.needed import needed
from tests.service.settings import settings_with

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
JOB = Job(
    (sys.executable, "-m", "mailwatch"),
    config=Path("/home/jo/my config/50% $HOME.toml"),
    state=Path("/home/jo/.local/state/mailwatch"),
    writable=(Path("/home/jo/Mail box"),),
)
KINDS = pytest.mark.parametrize("daemon", [False, True], ids=["timer", "daemon"])


def written(folder: Path, job: Job) -> list[Path]:
    for file in systemd_files(job):
        (folder / file.name).write_text(file.text)
    return sorted(folder.iterdir())


def analyze(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = needed("systemd-analyze")
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    return subprocess.run([program, "--user", *arguments], env=environment, capture_output=True, text=True, check=False)


@KINDS
def test_systemd_finds_no_fault_with_the_units(tmp_path: Path, daemon: bool) -> None:
    files = written(tmp_path, replace(JOB, daemon=daemon, asks_programs=True))
    ended = analyze("verify", "--recursive-errors=yes", *map(str, files), folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")


@KINDS
def test_systemd_rates_the_service_as_little_exposed(tmp_path: Path, daemon: bool) -> None:
    written(tmp_path, replace(JOB, daemon=daemon))
    ended = analyze("security", "--offline=yes", "--no-pager", str(tmp_path / "mailwatch.service"), folder=tmp_path)
    found = re.search(r"exposure level for \S+: ([0-9.]+)", ended.stdout)
    assert found, ended.stderr
    assert float(found[1]) <= 2.0


def test_a_timer_starts_a_run_each_interval_and_a_daemon_needs_none() -> None:
    service, timer = systemd_files(replace(JOB, interval=timedelta(minutes=20), jitter=timedelta(seconds=30)))
    assert "OnUnitInactiveSec=1200s" in timer.text
    assert "RandomizedDelaySec=30s" in timer.text
    assert "Type=oneshot" in service.text
    assert service.text.count(" --quiet run\n") == 1
    (alone,) = systemd_files(replace(JOB, daemon=True))
    assert "Type=notify" in alone.text
    assert " --quiet daemon\n" in alone.text


def test_odd_paths_stay_single_words_without_specifiers_or_variables() -> None:
    text = systemd_files(JOB)[0].text
    assert '-c "/home/jo/my config/50%% $$HOME.toml"' in text
    assert 'ReadWritePaths="-/home/jo/Mail box"' in text


def test_only_the_memory_and_the_folders_for_drafts_are_writable(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, password='{ command = ["pass", "show", "mail"] }')
    job = job_from_settings(settings, state=tmp_path / "state", daemon=False, interpreter="/usr/bin/python3")
    text = systemd_files(job)[0].text
    assert re.findall(r"ReadWritePaths=(\S+)", text) == [f"-{tmp_path}/state", f"-{tmp_path}/Mail", "-%h/.gnupg"]
    assert "ProtectHome=read-only" in text
    assert job.command[:3] == ("/usr/bin/python3", "-m", "mailwatch")


def test_without_a_password_program_its_folder_is_not_opened(tmp_path: Path) -> None:
    job = job_from_settings(settings_with(tmp_path), state=tmp_path, daemon=False)
    assert "gnupg" not in systemd_files(job)[0].text


@KINDS
def test_the_property_list_can_be_read_and_starts_the_same_command(daemon: bool) -> None:
    (file,) = launchd_files(replace(JOB, daemon=daemon))
    agent = plistlib.loads(file.text.encode())
    assert agent["ProgramArguments"] == list(replace(JOB, daemon=daemon).command)
    assert agent["Umask"] == 0o077
    assert ("StartInterval" in agent) is not daemon
    assert file.name == f"{agent['Label']}.plist"


@KINDS
def test_the_windows_task_never_overlaps_and_takes_least_rights(daemon: bool) -> None:
    job = replace(JOB, program=(r"C:\Users\Jo & Co\venv\python.exe", "-m", "mailwatch"), daemon=daemon)
    (file,) = windows_files(job)
    task = etree.fromstring(file.text.encode(file.encoding))
    said = {str(element.tag).removeprefix(TASK): (element.text or "").strip() for element in task.iter()}
    assert said["MultipleInstancesPolicy"] == "IgnoreNew"
    assert said["RunLevel"] == "LeastPrivilege"
    assert said["DisallowStartIfOnBatteries"] == said["StopIfGoingOnBatteries"] == "false"
    assert said["StartWhenAvailable"] == "true"
    assert PureWindowsPath(said["Command"]) == PureWindowsPath(r"C:\Users\Jo & Co\venv\pythonw.exe")
    assert '"/home/jo/my config/50% $HOME.toml"' in said["Arguments"]
    assert said.get("Interval") == (None if daemon else "PT15M")


@KINDS
def test_the_parts_of_the_windows_task_stand_in_the_order_that_the_schema_wants(daemon: bool) -> None:
    """What every trigger has comes before what a logon trigger has besides; another order is refused as unexpected."""
    (file,) = windows_files(replace(JOB, daemon=daemon))
    task = etree.fromstring(file.text.encode(file.encoding))
    trigger = task.find(f".//{TASK}LogonTrigger")
    assert trigger is not None
    names = [str(element.tag).removeprefix(TASK) for element in trigger]
    assert names == ["Enabled", *([] if daemon else ["Repetition"]), "Delay"]
    assert task.get("version") == "1.3"
    assert task.xpath("//*[local-name()='Actions']/@Context") == task.xpath("//*[local-name()='Principal']/@id")


@pytest.mark.parametrize(
    ("minutes", "when"), [(15, "*/15 *"), (7, "*/6 *"), (59, "*/30 *"), (60, "7 */1"), (180, "7 */3"), (0.5, "*/1 *")]
)
def test_cron_gets_an_interval_that_it_knows(minutes: float, when: str) -> None:
    assert cron_line(replace(JOB, interval=timedelta(minutes=minutes))).startswith(f"{when} * * ")


def test_a_percent_sign_does_not_end_the_cron_line() -> None:
    assert "50\\% $HOME.toml'" in cron_line(JOB)
