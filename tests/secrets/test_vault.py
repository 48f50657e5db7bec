from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import InitError, KeyringLocked
from keyrings.alt.file import PlaintextKeyring

from mailwatch.errors import SecretError
from mailwatch.secrets import Vault, open_vault
from mailwatch.secrets.keys import fingerprint
from mailwatch.secrets.sealed import NAME
from mailwatch.settings import SecretSource
from tests.secrets.conftest import Deaf, Locked, Ring

PASSWORD = "correct horse, Ünïcode ✓"
KEY = base64.b64encode(bytes(range(32))).decode()


def keyed(folder: Path, key: str = KEY) -> Vault:
    """A vault whose key is in a variable."""
    return open_vault(folder, SecretSource("env", ("KEY",)), {"KEY": key})


def in_ring(folder: Path, patience: float = 30.0) -> Vault:
    """A vault whose key is in the system's keyring, however busy the machine is."""
    return open_vault(folder, environment={}, patience=patience)


@pytest.mark.scenario("S1")
def test_a_secret_comes_back_in_another_process_and_lies_nowhere_in_clear(tmp_path: Path, ring: Ring) -> None:
    in_ring(tmp_path).put("account.work.password", PASSWORD)
    assert in_ring(tmp_path).get("account.work.password") == PASSWORD
    (kept,) = ring.kept.values()
    assert len(base64.b64decode(kept)) == 32
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert b"horse" not in path.read_bytes()


def test_without_any_secret_nobody_is_asked_for_a_key(tmp_path: Path, ring: Ring) -> None:
    vault = open_vault(tmp_path / "state", environment={})
    assert vault.get("account.work.password") is None
    assert not vault.forget("account.work.password")
    assert vault.names() == ()
    assert ring.asked == 0
    assert not (tmp_path / "state").exists()


def test_the_keyring_is_asked_once_for_many_secrets(tmp_path: Path, ring: Ring) -> None:
    for number in range(5):
        keep = in_ring(tmp_path)
        keep.put(f"account.a{number}.password", PASSWORD)
    ring.asked = 0
    vault = in_ring(tmp_path)
    assert [vault.get(name) for name in vault.names()] == [PASSWORD] * 5
    assert ring.asked == 1
    assert len(ring.kept) == 1


def test_what_is_forgotten_is_gone_and_the_others_stay(tmp_path: Path) -> None:
    vault = keyed(tmp_path)
    vault.put("account.a.password", "one")
    vault.put("account.b.password", "two")
    assert vault.forget("account.a.password")
    assert (vault.get("account.a.password"), vault.get("account.b.password")) == (None, "two")


def test_two_profiles_share_neither_key_nor_secret(tmp_path: Path, ring: Ring) -> None:
    for name in ("one", "two"):
        in_ring(tmp_path / name).put("account.a.password", name)
    assert len(set(ring.kept.values())) == 2
    assert in_ring(tmp_path / "one").get("account.a.password") == "one"


def test_a_state_folder_may_move(tmp_path: Path, ring: Ring) -> None:
    in_ring(tmp_path / "old").put("account.a.password", PASSWORD)
    (tmp_path / "old").rename(tmp_path / "new")
    assert in_ring(tmp_path / "new").get("account.a.password") == PASSWORD


def test_two_writers_do_not_lose_each_others_secrets(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mailwatch.secrets import open_vault; from mailwatch.settings import SecretSource\n"
        "vault = open_vault(Path(sys.argv[1]), SecretSource('env', ('KEY',)), {'KEY': sys.argv[2]})\n"
        "for number in range(15): vault.put(f'{sys.argv[3]}{number}', 'x' * 200)"
    )
    started = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), KEY, name]) for name in "ab"]
    assert [process.wait(60) for process in started] == [0, 0]
    assert len(keyed(tmp_path).names()) == 30


def test_a_vault_in_use_sees_what_another_process_has_kept_since(tmp_path: Path) -> None:
    first, second = keyed(tmp_path), keyed(tmp_path)
    first.put("account.a.google", "old")
    assert second.get("account.a.google") == "old"
    first.put("account.a.google", "new")
    assert second.get("account.a.google") == "new"


@settings(max_examples=25)
@given(st.dictionaries(st.text(min_size=1, max_size=40), st.text(max_size=400), max_size=4))
def test_any_text_is_kept_as_it_is(tmp_path_factory: pytest.TempPathFactory, secrets: dict[str, str]) -> None:
    secrets = {
        name.encode("utf-8", "replace").decode(): text.encode("utf-8", "replace").decode()
        for name, text in secrets.items()
    }
    folder = tmp_path_factory.mktemp("vault")
    for name, text in secrets.items():
        keyed(folder).put(name, text)
    assert {name: keyed(folder).get(name) for name in secrets} == secrets


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "\xff", '{"version": "other"}', '{"version": "mailwatch sealed secrets 1"}']
)
def test_a_damaged_file_is_said_to_be_damaged_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_bytes(text.encode("latin-1"))
    (tmp_path / NAME).chmod(0o600)
    with pytest.raises(SecretError, match="damaged") as caught:
        keyed(tmp_path).put("account.a.password", PASSWORD)
    assert "sign in again" in caught.value.next_step
    assert (tmp_path / NAME).read_bytes() == text.encode("latin-1")


def changed(table: dict[str, str], name: str) -> str:
    raw = bytearray(base64.b64decode(table[name]))
    raw[0] ^= 1
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize("name", ["nonce", "sealed"])
def test_a_flipped_bit_is_noticed(tmp_path: Path, name: str) -> None:
    keyed(tmp_path).put("account.a.password", PASSWORD)
    table = json.loads((tmp_path / NAME).read_text("utf-8"))
    table[name] = changed(table, name)
    (tmp_path / NAME).write_text(json.dumps(table), "utf-8")
    with pytest.raises(SecretError, match="damaged"):
        keyed(tmp_path).get("account.a.password")


def test_another_key_opens_nothing_and_overwrites_nothing(tmp_path: Path) -> None:
    keyed(tmp_path).put("account.a.password", PASSWORD)
    other = keyed(tmp_path, base64.b64encode(bytes(32)).decode())
    with pytest.raises(SecretError, match="another key"):
        other.put("account.b.password", "two")
    assert keyed(tmp_path).get("account.a.password") == PASSWORD


def test_a_key_that_has_gone_from_the_keyring_is_named_as_the_reason(tmp_path: Path, ring: Ring) -> None:
    in_ring(tmp_path).put("account.a.password", PASSWORD)
    ring.kept.clear()
    for act in (lambda vault: vault.get("account.a.password"), lambda vault: vault.put("account.b.password", "x")):
        with pytest.raises(SecretError, match="no longer in the system's keyring"):
            act(in_ring(tmp_path))


def test_a_file_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    keyed(tmp_path / "real").put("account.a.password", PASSWORD)
    (tmp_path / "linked").mkdir(mode=0o700)
    (tmp_path / "linked" / NAME).symlink_to(tmp_path / "real" / NAME)
    with pytest.raises(SecretError):
        keyed(tmp_path / "linked").get("account.a.password")


def test_lax_rights_of_the_sealed_file_are_mended(tmp_path: Path) -> None:
    keyed(tmp_path).put("account.a.password", PASSWORD)
    (tmp_path / NAME).chmod(0o644)
    assert keyed(tmp_path).get("account.a.password") == PASSWORD
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_a_key_may_be_32_bytes_in_either_spelling_or_a_long_passphrase(tmp_path: Path) -> None:
    raw = bytes(range(200, 232))
    url_safe = base64.urlsafe_b64encode(raw).decode()
    keyed(tmp_path, raw.hex()).put("account.a.password", PASSWORD)
    assert keyed(tmp_path, url_safe + "\n").get("account.a.password") == PASSWORD
    other = tmp_path / "other"
    keyed(other, "four words and a number 7").put("account.a.password", PASSWORD)
    assert keyed(other, "four words and a number 7").get("account.a.password") == PASSWORD
    with pytest.raises(SecretError, match="another key"):
        keyed(other, "four words and a number 8").get("account.a.password")


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="too short"):
        keyed(tmp_path, "hunter2").put("account.a.password", PASSWORD)
    assert not (tmp_path / NAME).exists()


def test_a_credential_of_systemd_is_the_key_where_nothing_is_configured(tmp_path: Path, ring: Ring) -> None:
    passed = tmp_path / "credentials"
    passed.mkdir()
    (passed / "mailwatch.key").write_text(KEY, "utf-8")
    vault = open_vault(tmp_path / "state", environment={"CREDENTIALS_DIRECTORY": str(passed)})
    vault.put("account.a.password", PASSWORD)
    assert "systemd credential mailwatch.key" in vault.where
    assert ring.kept == {}
    assert keyed(tmp_path / "state").get("account.a.password") == PASSWORD


def test_a_single_secret_can_come_from_systemd_too(tmp_path: Path, ring: Ring) -> None:
    (tmp_path / "mailwatch.account.a.password").write_text("from systemd\n", "utf-8")
    vault = open_vault(tmp_path / "state", environment={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert vault.get("account.a.password") == "from systemd"
    with pytest.raises(SecretError, match="came back different"):
        vault.put("account.a.password", "another")


def test_the_configured_key_comes_before_everything_else(tmp_path: Path, ring: Ring) -> None:
    (tmp_path / "mailwatch.key").write_text("0" * 64, "utf-8")
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path), "KEY": KEY}
    vault = open_vault(tmp_path / "state", SecretSource("env", ("KEY",)), environment)
    vault.put("account.a.password", PASSWORD)
    table = json.loads((tmp_path / "state" / NAME).read_text("utf-8"))
    assert table["key"] == fingerprint(base64.b64decode(KEY))
    assert ring.kept == {}


def test_a_full_disk_loses_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyed(tmp_path).put("account.a.password", PASSWORD)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(SecretError, match="No space left"):
            keyed(tmp_path).put("account.b.password", "two")
    assert keyed(tmp_path).names() == ("account.a.password",)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secrets.lock", NAME]


@pytest.mark.parametrize(
    "backend",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyrings.alt.file.PlaintextKeyring",
    ],
)
def test_a_keyring_that_forgets_fails_or_writes_plain_text_is_refused_with_the_ways_out(
    tmp_path: Path, use, backend: str
) -> None:
    module, _, name = backend.rpartition(".")
    use(getattr(__import__(module, fromlist=[name]), name)())
    with pytest.raises(SecretError) as caught:
        in_ring(tmp_path).put("account.a.password", PASSWORD)
    assert "keyring can't be used" in caught.value.message
    assert caught.value.message.count("\n") == 3
    assert "docs/secrets.md" in caught.value.next_step
    assert not (tmp_path / NAME).exists()


def chained(monkeypatch: pytest.MonkeyPatch, *members: KeyringBackend) -> ChainerBackend:
    monkeypatch.setattr(ChainerBackend, "backends", list(members))
    return ChainerBackend()


def test_of_a_chain_only_a_member_that_can_be_trusted_is_asked(
    tmp_path: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, plain = Ring(), PlaintextKeyring()
    monkeypatch.setattr(plain, "set_password", lambda *_: pytest.fail("plain text was written"))
    monkeypatch.setattr(plain, "get_password", lambda *_: pytest.fail("plain text was read"))
    use(chained(monkeypatch, plain, inner))
    in_ring(tmp_path).put("account.a.password", PASSWORD)
    assert len(inner.kept) == 1
    assert in_ring(tmp_path).get("account.a.password") == PASSWORD


def test_a_chain_does_not_fall_back_to_plain_text_while_its_better_member_is_locked(
    tmp_path: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = Locked()
    use(chained(monkeypatch, locked, PlaintextKeyring()))
    with pytest.raises(SecretError, match="did not answer"):
        in_ring(tmp_path, patience=0.05).put("account.a.password", PASSWORD)
    locked.unlocked.set()
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize("members", [(), (PlaintextKeyring(),)])
def test_a_chain_without_a_member_that_can_be_trusted_is_refused(
    tmp_path: Path, use, monkeypatch: pytest.MonkeyPatch, members: tuple[KeyringBackend, ...]
) -> None:
    use(chained(monkeypatch, *members))
    with pytest.raises(SecretError, match="can't be used"):
        in_ring(tmp_path).put("account.a.password", PASSWORD)


def test_a_keyring_that_gives_nothing_back_is_refused(tmp_path: Path, use) -> None:
    use(Deaf())
    with pytest.raises(SecretError, match="did not give it back"):
        in_ring(tmp_path).put("account.a.password", PASSWORD)
    assert not (tmp_path / NAME).exists()


def test_a_keyring_that_breaks_is_named_by_its_fault(tmp_path: Path, use) -> None:
    class Broken(Ring):
        priority = 5  # type: ignore[assignment]

        def get_password(self, service: str, username: str) -> str | None:
            raise RuntimeError("hunter2")

    use(Broken())
    with pytest.raises(SecretError, match="RuntimeError") as caught:
        in_ring(tmp_path).check()
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize("error", [InitError, KeyringLocked])
def test_a_keyring_that_nobody_unlocks_is_said_to_be_locked(tmp_path: Path, use, error: type[Exception]) -> None:
    class Closed(Ring):
        priority = 5  # type: ignore[assignment]

        def get_password(self, service: str, username: str) -> str | None:
            raise error("Prompt dismissed")

    use(Closed())
    with pytest.raises(SecretError, match="locked, and nobody has unlocked it"):
        in_ring(tmp_path).check()


def test_a_locked_keyring_holds_nothing_up(tmp_path: Path, use) -> None:
    locked = Locked()
    use(locked)
    with pytest.raises(SecretError, match=r"did not answer within 0\.05 s"):
        in_ring(tmp_path, patience=0.05).check()
    locked.unlocked.set()
    in_ring(tmp_path).check()


def test_a_check_opens_what_is_sealed(tmp_path: Path) -> None:
    keyed(tmp_path).check()
    keyed(tmp_path).put("account.a.password", PASSWORD)
    keyed(tmp_path).check()
    with pytest.raises(SecretError, match="another key"):
        keyed(tmp_path, "0" * 64).check()


def test_a_vault_shows_no_secret_in_a_traceback(tmp_path: Path) -> None:
    vault = keyed(tmp_path)
    vault.put("account.a.password", PASSWORD)
    assert KEY not in repr(vault)
    assert PASSWORD not in repr(vault)


def test_what_the_library_takes_to_load_is_not_taken_for_a_locked_keyring(
    tmp_path: Path, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_ring(tmp_path).put("account.a.password", PASSWORD)

    def chosen_slowly() -> KeyringBackend:
        time.sleep(0.5)
        return ring

    monkeypatch.setattr("keyring.get_keyring", chosen_slowly)
    assert in_ring(tmp_path, patience=0.2).get("account.a.password") == PASSWORD
