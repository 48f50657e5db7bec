"""Installing and removing: files in place, the scheduler told, nothing left behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from mailwatch.cli import service as commands
from mailwatch.cli.entry import run
from mailwatch.errors import MailwatchError
from mailwatch.service import Job, installed, place_for, put, take_away
from mailwatch.service.install import Place
from tests.service.settings import text_with

JOB = Job(("/usr/bin/python3", "-m", "mailwatch"), Path("/home/jo/config.toml"), Path("/home/jo/state"))


class Scheduler:
    """Remembers what it was told; refuses what contains a given word."""

    def __init__(self, refuses: str = "") -> None:
        self.told: list[str] = []
        self.refuses = refuses

    def __call__(self, command: Sequence[str]) -> tuple[int, str]:
        said = " ".join(command)
        self.told.append(said)
        return (1, "Access denied\n") if self.refuses and self.refuses in said else (0, "done\n")


def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("mailwatch.service.install._has_systemd", lambda _environment: True)
    place = place_for({"XDG_CONFIG_HOME": str(tmp_path)}, tmp_path, "linux")
    assert place is not None
    return place


def test_the_units_lie_in_the_users_folder_and_the_timer_is_started(tmp_path: Path, monkeypatch) -> None:
    place, scheduler = systemd(tmp_path, monkeypatch), Scheduler()
    paths = put(place, JOB, scheduler)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "systemd/user/mailwatch.service",
        "systemd/user/mailwatch.timer",
    ]
    assert installed(place) == paths
    assert scheduler.told == ["systemctl --user daemon-reload", "systemctl --user enable --now mailwatch.timer"]


def test_a_daemon_takes_the_place_of_a_timer(tmp_path: Path, monkeypatch) -> None:
    place, scheduler = systemd(tmp_path, monkeypatch), Scheduler()
    put(place, JOB, scheduler)
    daemon = Job(JOB.program, JOB.config, JOB.state, daemon=True)
    put(place, daemon, scheduler)
    assert [path.name for path in installed(place)] == ["mailwatch.service"]
    assert scheduler.told[-1] == "systemctl --user enable --now mailwatch.service"


def test_removing_stops_first_and_leaves_nothing(tmp_path: Path, monkeypatch) -> None:
    place, scheduler = systemd(tmp_path, monkeypatch), Scheduler()
    put(place, JOB, scheduler)
    scheduler.told.clear()
    assert len(take_away(place, scheduler)) == 2
    assert scheduler.told[0] == "systemctl --user disable --now mailwatch.timer"
    assert scheduler.told[-1] == "systemctl --user daemon-reload"
    assert (installed(place), take_away(place, scheduler)) == ((), ())


def test_a_scheduler_that_refuses_is_quoted_with_the_command_to_try(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(MailwatchError, match="Access denied") as caught:
        put(systemd(tmp_path, monkeypatch), JOB, Scheduler(refuses="enable"))
    assert caught.value.next_step == "run it by hand: systemctl --user enable --now mailwatch.timer"


def test_a_folder_that_cannot_be_made_installs_nothing(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "systemd").write_text("a file")
    scheduler = Scheduler()
    with pytest.raises(MailwatchError, match="nothing was installed"):
        put(systemd(tmp_path, monkeypatch), JOB, scheduler)
    assert scheduler.told == []


def test_on_a_mac_the_agent_is_loaded_from_its_file(tmp_path: Path) -> None:
    place, scheduler = place_for({"HOME": str(tmp_path)}, tmp_path, "darwin"), Scheduler()
    assert place is not None
    (path,) = put(place, JOB, scheduler)
    assert path == tmp_path / "Library/LaunchAgents/org.mailwatch.agent.plist"
    assert scheduler.told[-1].endswith(str(path))


def test_on_windows_the_task_is_made_from_its_file(tmp_path: Path) -> None:
    place, scheduler = place_for({}, tmp_path, "win32"), Scheduler()
    assert place is not None
    (path,) = put(place, JOB, scheduler)
    assert scheduler.told == [f"schtasks /Create /TN mailwatch /XML {path} /F"]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    (tmp_path / "config.toml").write_text(text_with(tmp_path))
    (tmp_path / "config.toml").chmod(0o600)
    monkeypatch.setenv("MAILWATCH_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("MAILWATCH_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr("mailwatch.service.install._has_systemd", lambda _environment: True)
    scheduler = Scheduler()
    monkeypatch.setattr(commands, "_run", scheduler)
    return scheduler


def test_install_status_logs_and_remove_in_their_order(machine: Scheduler, capsys) -> None:
    assert run(["service", "status"]) == 1
    assert "Not installed" in capsys.readouterr().out
    assert run(["service", "logs"]) == 2
    assert run(["service", "install"]) == 0
    told = capsys.readouterr()
    assert "mailwatch.timer" in told.out
    assert "enable-linger" in told.err
    assert run(["service", "status"]) == 0
    assert "done" in capsys.readouterr().out
    assert run(["service", "logs"]) == 0
    assert run(["service", "remove"]) == 0
    assert run(["service", "remove"]) == 0
    assert "no service to remove" in capsys.readouterr().err


def test_every_answer_is_there_as_json_too(machine: Scheduler, capsys) -> None:
    for words in (["install", "--daemon"], ["status"], ["logs"], ["remove"]):
        assert run(["--json", "service", *words]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert (answer["schema"], answer["command"]) == ("mailwatch/1", f"service {words[0]}")


def test_printing_the_files_installs_nothing(machine: Scheduler, capsys, tmp_path: Path) -> None:
    assert run(["service", "install", "--print"]) == 0
    out = capsys.readouterr().out
    assert "[Timer]" in out
    assert "*/15 * * * *" in out
    assert machine.told == []
    assert not (tmp_path / "xdg").exists()
    assert run(["--json", "service", "install", "--print"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["name"] == "mailwatch.service"


def test_where_no_scheduler_is_known_a_cron_line_is_the_next_step(machine: Scheduler, capsys, monkeypatch) -> None:
    monkeypatch.setattr("mailwatch.service.install._has_systemd", lambda _environment: False)
    assert run(["service", "install"]) == 2
    assert "crontab -e: */15" in capsys.readouterr().err


def test_a_program_that_is_missing_is_said_and_not_raised() -> None:
    assert commands._run(["/nonexistent/program"]) == (1, "/nonexistent/program could not be run: FileNotFoundError")
