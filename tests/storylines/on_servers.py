"""A storyline's mailbox on Dovecot and its calendar on Radicale, for run_check: over TLS, with a password, read like anybody's."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any

import requests
from imapclient import IMAPClient

from tests.servers.caldav import DavServer
from tests.servers.dovecot import Dovecot
from tests.storylines.run import run_check

_CONFIG = """
[me]
name = {name}
addresses = {addresses}
timezone = {zone}

[account.story]
backend = "imap"
email = {email}
host = "127.0.0.1"
port = {port}
user = {mail_user}
ca_file = {ca_file}
[account.story.auth]
kind = "password"
password = {{ file = "mail-password" }}

[calendar.story]
backend = "caldav"
url = {calendar}
user = {calendar_user}
[calendar.story.auth]
kind = "password"
password = {{ file = "calendar-password" }}

[drafts]
first_run = "save"
max_per_run = 50
"""
_DATE = re.compile(rb"^Date:[ \t]*([^\r\n]+)", re.IGNORECASE | re.MULTILINE)


def run_check_on_servers(check: Path, dovecot: Dovecot, radicale: DavServer, ca_file: Path) -> dict[str, Any]:
    """One check, its mail and events uploaded to servers first."""
    return run_check(check, partial(_set_up, dovecot=dovecot, radicale=radicale, ca_file=ca_file))


def _set_up(
    folder: Path, check: Path, owner: dict[str, Any], *, dovecot: Dovecot, radicale: DavServer, ca_file: Path
) -> None:
    mail_user, calendar_user = dovecot.new_user(), radicale.new_user()
    _upload_mail(check, dovecot, mail_user)
    _upload_calendar(check / "calendar.ics", radicale, calendar_user)
    quoted = partial(json.dumps, ensure_ascii=False)
    text = _CONFIG.format(
        name=quoted(owner["name"]),
        addresses=quoted([owner["email"], *owner["aliases"]]),
        zone=quoted(owner["tz"]),
        email=quoted(owner["email"]),
        port=dovecot.tls_port,
        mail_user=quoted(mail_user),
        ca_file=quoted(str(ca_file)),
        calendar=quoted(radicale.root),
        calendar_user=quoted(calendar_user),
    )
    for name, content in (
        ("config.toml", text),
        ("mail-password", dovecot.password),
        ("calendar-password", radicale.password),
    ):
        (folder / name).write_text(content, encoding="utf-8")
        (folder / name).chmod(0o600)


def _upload_mail(check: Path, dovecot: Dovecot, user: str) -> None:
    with IMAPClient(dovecot.host, dovecot.port, ssl=False) as hands:
        hands.normalise_times = False
        hands.login(user, dovecot.password)
        for folder, name in (("inbox", "INBOX"), ("sent", "Sent")):
            for use in {name, "Drafts", "Trash"} - {"INBOX"}:
                if not hands.folder_exists(use):
                    hands.create_folder(use)
            for path in sorted((check / folder).glob("*.eml")):
                raw = path.read_bytes()
                hands.append(name, raw, [rb"\Seen"], _arrived(raw))


def _arrived(raw: bytes) -> datetime:
    """When a server would have taken it in: when it was written."""
    try:
        return parsedate_to_datetime(_DATE.findall(raw)[0].decode("ascii", "replace"))
    except (IndexError, ValueError):
        return datetime(2020, 1, 1, tzinfo=UTC)


def _upload_calendar(path: Path, radicale: DavServer, user: str) -> None:
    with requests.Session() as hands:
        hands.auth = (user, radicale.password)
        answer = hands.put(
            f"{radicale.root}{user}/jobs/",
            data=path.read_bytes(),
            headers={"Content-Type": "text/calendar; charset=utf-8"},
        )
        if not answer.ok:
            raise RuntimeError(f"{path}: Radicale refuses it: {answer.status_code} {answer.text}")
