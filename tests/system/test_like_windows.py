"""The real program in a process that lacks what Windows lacks (tests/system/like_windows): an imitation, and no Windows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailwatch.doctor.check import Level
from mailwatch.doctor.windows_rights import others_in, rights_on_windows
from tests.system.machine import Machine, invitation

POOR = Path(__file__).with_name("like_windows")
NOW = datetime.now(UTC)  # noqa: TID251 - the programs that are started read the real clock
OWN = "O:S-1-5-21-9-8-7-1001G:S-1-5-21-9-8-7-513D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-21-9-8-7-1001)"
COMMANDS_AND_MODULES = """
import importlib, pkgutil, sys
from mailwatch.cli.entry import run
for line in sys.stdin.read().splitlines():
    print(f"{run(line.split())} {line}", file=sys.stderr)
names = [each.name for each in pkgutil.walk_packages(sys.modules["mailwatch"].__path__, "mailwatch.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
assert sys.modules["fcntl"] is None
print(f"{len(names)} modules", file=sys.stderr)
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """An interview ended four hours ago, told by a mail whose file name Windows would take."""
    made = Machine(tmp_path, {"PYTHONPATH": str(POOR), "SystemRoot": str(tmp_path / "Windows")})
    start, sent = NOW - timedelta(hours=5), NOW - timedelta(days=2)
    made.config.write_text(made.config.read_text().replace("Europe/Berlin", "UTC"))
    raw = invitation(
        "Rita Ek <rita.ek@acme.example>", "Interview: Data Engineer", start, start + timedelta(hours=1), sent, 1
    )
    path = tmp_path / "Mail/cur/1.home!2,S"
    path.write_bytes(raw.replace(b";TZID=Europe/Berlin:", b";TZID=Etc/UTC:"))
    os.utime(path, (sent.timestamp(), sent.timestamp()))
    return made


def test_a_user_goes_all_the_way_and_every_module_loads_without_what_unix_alone_has(
    machine: Machine, tmp_path: Path
) -> None:
    new, page = tmp_path / "new.toml", tmp_path / "report.html"
    words = (
        f"-c {new} --no-input setup --email jo@home.example --name Jo --path {tmp_path}/Mail --no-service --no-notify --tell --no-first-look",
        "config check", "run", "run", "status", "next", "plan", f"report --html {page}", "export json", "log", "demo", "forget --yes",
    )  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", COMMANDS_AND_MODULES], input="\n".join(words), env=machine.environment,
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    told = [line for line in ended.stderr.splitlines() if line.endswith(words)]
    assert told == [f"0 {line}" for line in words], ended.stderr
    assert [path.name.partition("!")[2] for path in machine.drafts()] == ["2,DS"]
    assert "DRAFT READY" in ended.stdout
    assert page.stat().st_size > 1000
    assert (ended.returncode, ended.stderr.splitlines()[-1].endswith(" modules")) == (0, True), ended.stderr


def test_a_daemon_listens_to_ctrl_c_where_there_is_no_hangup_and_a_second_one_names_it(machine: Machine) -> None:
    daemon = machine.start("daemon")
    try:
        assert daemon.stderr is not None
        assert "exit=0" in daemon.stderr.readline()
        second = machine.call("daemon")
        assert second.returncode == 6
        assert f"process {daemon.pid}" in second.stderr
        daemon.send_signal(signal.SIGINT)
        assert daemon.wait(5) == 0
    finally:
        daemon.kill()
        daemon.communicate()


@pytest.mark.parametrize(
    ("described", "level", "said"),
    [
        (OWN, Level.OK, "for you alone"),
        (OWN + "(A;OICI;0x1200a9;;;BU)", Level.FAIL, "Users can open"),
        (None, Level.WARN, "could not be read"),
    ],
)
def test_doctor_asks_windows_who_may_open_the_folder(
    tmp_path: Path, described: str | None, level: Level, said: str
) -> None:
    program = tmp_path / "Windows/System32/WindowsPowerShell/v1.0/powershell.exe"
    if described is not None:
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\ntest -d "$MAILWATCH_FOLDER" && echo "{described}"\n')
        program.chmod(0o700)
    check = rights_on_windows(tmp_path, {"SystemRoot": str(tmp_path / "Windows")})
    assert check.level is level
    assert said in check.text


@pytest.mark.parametrize(
    ("described", "others"),
    [
        (OWN, ()),
        ("O:BAG:SYD:(A;;FA;;;WD)", ("Everyone",)),
        ("O:BAG:SYD:AI(A;ID;FA;;;SY)(A;ID;FR;;;AU)(A;ID;FR;;;S-1-5-32-545)", ("Authenticated Users", "Users")),
        ("O:BAG:SYD:(D;;FA;;;BG)(A;;FA;;;S-1-5-21-1-2-3-513)", ("Domain Users",)),
        ("O:BAG:SYD:NO_ACCESS_CONTROL", ("Everyone",)),
        ("O:BAG:SY", ("Everyone",)),
        ("O:BAG:SYD:P", ()),
    ],
)
def test_a_list_that_lets_others_in_is_understood(described: str, others: tuple[str, ...]) -> None:
    assert others_in(described) == others
