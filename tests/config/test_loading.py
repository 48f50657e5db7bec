from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import pytest

from mailwatch.config import load_settings
from mailwatch.config.cache import NAME
from mailwatch.config.local_zone import local_zone
from mailwatch.errors import ConfigError
from tests.config.builders import SMALL


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(SMALL, encoding="utf-8")
    path.chmod(0o600)
    return path


def modules_loaded_by(config: Path, cache: Path) -> set[str]:
    code = (
        "import sys; from pathlib import Path; from mailwatch.config import load_settings;"
        "load_settings(Path(sys.argv[1]), Path(sys.argv[2])); print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code, config, cache], check=True, capture_output=True, text=True)
    return set(ran.stdout.split())


def test_the_second_look_at_the_same_file_needs_no_pydantic(config: Path, tmp_path: Path) -> None:
    assert "pydantic" in modules_loaded_by(config, tmp_path / "state")
    assert "pydantic" not in modules_loaded_by(config, tmp_path / "state")


def test_kept_settings_are_the_same_as_fresh_ones(config: Path, tmp_path: Path) -> None:
    config.write_text(
        SMALL
        + '[account.web]\nbackend = "imap"\nemail = "j@icloud.com"\n[calendar.c]\nbackend = "ics"\npath = "c.ics"\n'
        + '[rules.holidays]\ncountry = "PT"\n[notify]\nquiet = "22:30-07:15"\n[detect]\nignore_domains = ["club.example"]\n',
        encoding="utf-8",
    )
    fresh = load_settings(config, tmp_path / "state")
    assert load_settings(config, tmp_path / "state") == fresh == load_settings(config, None)


def test_a_changed_file_is_read_anew(config: Path, tmp_path: Path) -> None:
    load_settings(config, tmp_path / "state")
    config.write_text(SMALL.replace("Reyes", "Rayes"), encoding="utf-8")
    assert load_settings(config, tmp_path / "state").me.name == "Jordan Rayes"


def test_another_zone_of_the_computer_is_noticed(config: Path, tmp_path: Path) -> None:
    for zone in ("Asia/Tokyo", "America/Lima"):
        assert load_settings(config, tmp_path / "state", {"TZ": zone}).me.zone == zone


def test_rights_taken_back_are_noticed(config: Path, tmp_path: Path) -> None:
    config.write_text(
        SMALL
        + '[account.web]\nbackend = "imap"\nemail = "j@icloud.com"\nauth = { kind = "password", password = "hunter2" }\n',
        encoding="utf-8",
    )
    load_settings(config, tmp_path / "state")
    config.chmod(0o644)
    with pytest.raises(ConfigError, match="others can read"):
        load_settings(config, tmp_path / "state")


def test_what_is_kept_is_for_the_user_alone_and_without_secrets(config: Path, tmp_path: Path) -> None:
    config.write_text(
        SMALL
        + '[account.web]\nbackend = "imap"\nemail = "j@icloud.com"\nauth = { kind = "password", password = "hunter2" }\n',
        encoding="utf-8",
    )
    load_settings(config, tmp_path / "state")
    kept = tmp_path / "state" / NAME
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert b"hunter2" not in kept.read_bytes()


@pytest.mark.parametrize("damage", [b"", b"{", b'{"key": 3}', b'{"key":"x","settings":{}}'])
def test_damaged_kept_settings_are_made_anew(config: Path, tmp_path: Path, damage: bytes) -> None:
    load_settings(config, tmp_path / "state")
    (tmp_path / "state" / NAME).write_bytes(damage)
    assert load_settings(config, tmp_path / "state").me.name == "Jordan Reyes"


def test_kept_settings_that_others_could_write_are_not_believed(config: Path, tmp_path: Path) -> None:
    load_settings(config, tmp_path / "state")
    kept = tmp_path / "state" / NAME
    kept.write_bytes(kept.read_bytes().replace(b"Jordan Reyes", b"Mallory Reyes"))
    kept.chmod(0o666)
    assert load_settings(config, tmp_path / "state").me.name == "Jordan Reyes"


def test_kept_settings_behind_a_link_are_not_followed(config: Path, tmp_path: Path) -> None:
    load_settings(config, tmp_path / "state")
    kept, elsewhere = tmp_path / "state" / NAME, tmp_path / "elsewhere"
    kept.rename(elsewhere)
    elsewhere.write_bytes(elsewhere.read_bytes().replace(b"Jordan Reyes", b"Mallory Reyes"))
    kept.symlink_to(elsewhere)
    assert load_settings(config, tmp_path / "state").me.name == "Jordan Reyes"


def test_settings_load_where_nothing_can_be_kept(config: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    assert load_settings(config, tmp_path / "state").me.name == "Jordan Reyes"


def test_a_failed_write_leaves_nothing_behind(config: Path, tmp_path: Path) -> None:
    (tmp_path / "state" / NAME).mkdir(parents=True)
    assert load_settings(config, tmp_path / "state").me.name == "Jordan Reyes"
    assert [entry.name for entry in (tmp_path / "state").iterdir()] == [NAME]


def test_a_missing_file_is_said_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no configuration") as caught:
        load_settings(tmp_path / "none.toml", None)
    assert "none.toml" in caught.value.message
    assert "mailwatch setup" in caught.value.next_step
    assert "mailwatch demo" in caught.value.next_step


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        load_settings(tmp_path, None)


def test_a_file_that_everybody_can_write_is_not_obeyed(config: Path) -> None:
    config.chmod(0o666)
    with pytest.raises(ConfigError, match="Everybody on this computer can write") as caught:
        load_settings(config, None)
    assert caught.value.next_step.startswith("chmod")


def test_a_file_of_somebody_else_is_not_obeyed(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(config, 54320, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(ConfigError, match="belongs to somebody else"):
        load_settings(config, None)


def test_a_file_too_large_to_be_a_configuration_is_not_read(config: Path) -> None:
    config.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigError, match="larger than a configuration can be"):
        load_settings(config, None)


def test_the_zone_of_the_computer_is_that_of_tz_or_of_localtime(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/posix/Europe/Oslo")
    assert local_zone({"TZ": "Asia/Tokyo"}, link) == "Asia/Tokyo"
    assert local_zone({"TZ": ":Asia/Tokyo"}, link) == "Asia/Tokyo"
    assert local_zone({"TZ": "no/such"}, link) == "Europe/Oslo"
    assert local_zone({}, link) == "Europe/Oslo"
    assert local_zone({"TZ": "../../etc/passwd"}, tmp_path / "missing") == "UTC"


@pytest.mark.parametrize(
    ("told", "zone"),
    [("W. Europe Standard Time\0\0", "Europe/Berlin"), ("Nowhere Standard Time", "UTC"), (None, "UTC")],
)
def test_on_windows_the_registry_names_the_zone_in_windows_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str | None, zone: str
) -> None:
    def value(_key: object, name: str) -> tuple[str, int]:
        if told is None:
            raise FileNotFoundError(2, name)
        return told, 1

    registry = ModuleType("winreg")
    vars(registry).update(HKEY_LOCAL_MACHINE=2, OpenKey=lambda *_: nullcontext(), QueryValueEx=value)
    monkeypatch.setitem(sys.modules, "winreg", registry)
    assert local_zone({}, tmp_path / "missing") == zone
