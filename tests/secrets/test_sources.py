from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from mailwatch.errors import SecretError
from mailwatch.secrets import first_line, sources, text_from_source
from mailwatch.settings import SecretSource


def told(kind, *value: str, environment: dict[str, str] | None = None) -> str:
    return text_from_source(SecretSource(kind, value), environment or {})


def private(path: Path, text: str | bytes, mode: int = 0o600) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


def test_a_command_prints_the_secret() -> None:
    assert first_line(told("command", sys.executable, "-c", "print('hunter2\\nmore')")) == "hunter2"


def test_a_command_that_fails_is_named_without_what_it_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SecretError, match=r"exit code 3") as caught:
        told("command", sys.executable, "-c", "print('hunter2'); raise SystemExit(3)")
    assert "hunter2" not in caught.value.message + "".join(capfd.readouterr())


def test_a_command_that_is_not_there_is_said() -> None:
    with pytest.raises(SecretError, match="can't be started"):
        told("command", "/nowhere/pass")


def test_a_command_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "PATIENCE", 0.2)
    with pytest.raises(SecretError, match="did not end"):
        told("command", sys.executable, "-c", "import time; time.sleep(30)")


def test_a_command_that_prints_no_text_is_refused() -> None:
    with pytest.raises(SecretError, match="no text"):
        told("command", sys.executable, "-c", r"import sys; sys.stdout.buffer.write(b'\xff\xfe')")


def test_a_variable_holds_the_secret() -> None:
    assert told("env", "PW", environment={"PW": "hunter2"}) == "hunter2"
    with pytest.raises(SecretError, match="PW"):
        told("env", "PW")


def test_a_private_file_holds_the_secret(tmp_path: Path) -> None:
    assert first_line(told("file", str(private(tmp_path / "pw", "hunter2\r\n")))) == "hunter2"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = private(tmp_path / "pw", "hunter2", mode)
    with pytest.raises(SecretError, match="Others can read") as caught:
        told("file", str(path))
    assert caught.value.next_step == f"chmod 600 {path}"


def test_a_file_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = private(tmp_path / "pw", "hunter2")
    owner = path.stat().st_uid
    os.chown(path, 12345, -1) if os.geteuid() == 0 else monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(SecretError, match="somebody else"):
        told("file", str(path))


def test_a_file_that_is_not_there_or_no_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="No such file"):
        told("file", str(tmp_path / "pw"))
    with pytest.raises(SecretError, match="no text"):
        told("file", str(private(tmp_path / "pw", b"\xff\xfe")))
    with pytest.raises(SecretError, match="can't be read"):
        told("file", str(tmp_path))


def test_a_credential_is_read_from_where_systemd_puts_it(tmp_path: Path) -> None:
    (tmp_path / "imap").write_text("hunter2\n", "utf-8")
    assert told("credential", "imap", environment={"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "hunter2\n"
    for environment in ({}, {"CREDENTIALS_DIRECTORY": str(tmp_path / "other")}):
        with pytest.raises(SecretError, match="systemd has passed no credential imap"):
            told("credential", "imap", environment=environment)


def test_no_other_kind_is_looked_for_elsewhere() -> None:
    with pytest.raises(ValueError, match="keyring"):
        told("keyring")
