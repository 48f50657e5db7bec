"""Dovecot on the loopback interface: one process for a test session, a new user for each test."""

from __future__ import annotations

import base64
import contextlib
import hmac
import itertools
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.needed import absent

PASSWORD = "correct-horse"
_SIGNS = b"the key that signs"
SPECIAL = (("Drafts", "Drafts"), ("Sent", "Sent"), ("Trash", "Trash"), ("Junk", "Junk"), ("Archive", "Archive"))
# What Dovecot 2.3 offers without the extensions that mailwatch can use but does not need.
BARE = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE"
_REST = (
    "SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE "
    "UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY "
    "PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE COMPRESS=DEFLATE"
)


@dataclass(frozen=True)
class Setup:
    """What one server is like. capability: what it offers, None for all that it has; tokens: ways to sign in with one."""

    tls: Path | None = None
    capability: str | None = None
    special_use: bool = True
    quota: str = ""
    separator: str = "/"
    prefix: str = ""
    tokens: str = ""


@dataclass
class Dovecot:
    """A running server. Users come into being at their first sign-in."""

    folder: Path
    port: int
    tls_port: int
    setup: Setup
    process: subprocess.Popen[bytes]
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    host = "127.0.0.1"
    password = PASSWORD

    def new_user(self) -> str:
        return f"user{os.getpid()}x{next(self._numbers)}"

    def doveadm(self, *words: str) -> str:
        command = ["doveadm", "-c", str(self.folder / "dovecot.conf"), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def mail_of(self, user: str) -> Path:
        return self.folder / "mail" / user


def without(*names: str) -> str:
    """All that Dovecot 2.3 offers but these."""
    return " ".join(name for name in f"{BARE} {_REST}".split() if name not in names)


def is_installed() -> bool:
    return shutil.which("dovecot") is not None or Path("/usr/sbin/dovecot").exists()


def need_dovecot() -> None:
    """See needed.absent."""
    if not is_installed():
        absent("dovecot is not installed (apt-get install dovecot-imapd)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_dovecot(setup: Setup = Setup()) -> Iterator[Dovecot]:
    """A server for this while. Its files lie in memory where that is possible."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="dovecot", dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "mail").mkdir()
        (folder / "mail").chmod(0o777)
        port, tls_port = free_port(), free_port()
        (folder / "dovecot.conf").write_text(_configuration(folder, port, tls_port, setup))
        if setup.tokens:
            _allow_tokens(folder)
        program = shutil.which("dovecot") or "/usr/sbin/dovecot"
        with (folder / "out").open("wb") as out:
            process = subprocess.Popen(
                [program, "-F", "-c", str(folder / "dovecot.conf")], stdout=out, stderr=out, start_new_session=True
            )
        try:
            _wait_for(port, process, folder)
            yield Dovecot(folder, port, tls_port, setup, process)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + 15
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
            if probe.recv(4) == b"* OK":
                return
        time.sleep(0.02)
    raise RuntimeError(f"dovecot did not start: {(folder / 'out').read_text()} {_log(folder)}")


def _log(folder: Path) -> str:
    log = folder / "log"
    return log.read_text()[-2000:] if log.exists() else ""


def _configuration(folder: Path, port: int, tls_port: int, setup: Setup) -> str:
    me = pwd.getpwuid(os.geteuid()).pw_name
    owner = "nobody" if os.geteuid() == 0 else me
    uid, gid = pwd.getpwnam(owner).pw_uid, pwd.getpwnam(owner).pw_gid
    chroots = "".join(f"service {name} {{\n  chroot =\n}}\n" for name in ("anvil", "stats", "imap-urlauth-login"))
    uses = "".join(
        f"  mailbox {setup.prefix}{name} {{\n    special_use = \\{use}\n  }}\n"
        for name, use in SPECIAL
        if setup.special_use
    )
    tls = (
        f"ssl = yes\nssl_cert = <{setup.tls}\nssl_key = <{setup.tls}\nssl_min_protocol = TLSv1.2\n"
        if setup.tls
        else "ssl = no\n"
    )
    listeners = f"  inet_listener imap {{\n    address = 127.0.0.1\n    port = {port}\n  }}\n"
    listeners += (
        f"  inet_listener imaps {{\n    address = 127.0.0.1\n    port = {tls_port}\n    ssl = yes\n  }}\n"
        if setup.tls
        else "  inet_listener imaps {\n    port = 0\n  }\n"
    )
    quota = (
        f"mail_plugins = quota\nplugin {{\n  quota = count:User quota\n  quota_rule = *:storage={setup.quota}\n  quota_vsizes = yes\n}}\n"
        if setup.quota
        else ""
    )
    capability = f"  imap_capability = {setup.capability}\n" if setup.capability else ""
    tokens = (
        f"passdb {{\n  driver = oauth2\n  mechanisms = {setup.tokens}\n  args = {folder}/oauth2.conf\n}}\n"
        if setup.tokens
        else ""
    )
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {me if os.geteuid() else "dovecot"}
default_internal_group = {"dovecot" if os.geteuid() == 0 else ""}
default_login_user = {me if os.geteuid() else "dovenull"}
first_valid_uid = {uid}
first_valid_gid = {gid}
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login {setup.tokens}
mail_location = maildir:{folder}/mail/%u{":LAYOUT=fs" if setup.separator == "/" else ""}
mail_max_userip_connections = 1000
mail_fsync = never
{tls}{tokens}{quota}
passdb {{
  driver = static
  args = password={PASSWORD}
  {"mechanisms = plain login" if setup.tokens else ""}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = {setup.separator}
  prefix = {setup.prefix}
{uses}}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  client_limit = 200
{listeners}}}
service imap {{
  service_count = 0
  process_limit = 100
}}
service auth {{
  vsz_limit = 0
}}
# Without this, a few wrong passwords make everybody wait for seconds.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{chroots}
protocol imap {{
{capability}  mail_plugins = imap_zlib{" quota imap_quota" if setup.quota else ""}
}}
"""


def token_for(user: str, *, until: float, key: bytes = _SIGNS) -> str:
    """An access token for a user (RFC 7519, HS256)."""

    def packed(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    head = packed(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    body = packed(json.dumps({"sub": user, "iat": 1_000_000_000, "exp": int(until)}).encode())
    signature = packed(hmac.digest(key, head + b"." + body, "sha256"))
    return b".".join((head, body, signature)).decode()


def _allow_tokens(folder: Path) -> None:
    """Tokens are checked without a server of their own: the key that signs them lies in a folder."""
    keys = folder / "keys" / "default" / "HS256"
    keys.mkdir(parents=True)
    (keys / "default").write_bytes(base64.b64encode(_SIGNS))
    (folder / "oauth2.conf").write_text(
        f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={folder}/keys/\nusername_attribute = sub\n"
    )
    for path in (folder / "keys", *(folder / "keys").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
