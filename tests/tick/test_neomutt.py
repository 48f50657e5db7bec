"""Our draft in neomutt, as a person has it: opened with the right fields, written on, put aside, sent; the next looks follow."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailwatch.cli.entry import run
from mailwatch.tick import configured, save
from tests.cli.conftest import ParserHere
from tests.needed import needed
from tests.servers.dovecot import PASSWORD, Dovecot, Setup, need_dovecot, running_dovecot
from tests.servers.recording import make_certificate
from tests.tick.doubles import MINE, START, person
from tests.tick.killing import Search

PATIENCE = 20.0
SETTINGS = """
set folder="imap://{user}@127.0.0.1:{port}/"
set imap_user="{user}" imap_pass="{password}" ssl_starttls=no ssl_force_tls=no
set spoolfile="+INBOX" postponed="+Drafts" record="+Sent"
set from="Jordan Doe <{address}>" realname="Jordan Doe" hostname="home.example"
set editor="{folder}/editor" edit_headers=yes sendmail="{folder}/sink" use_envelope_from=no
set postpone=yes abort_unmodified=no confirmappend=no copy=yes quit=yes wait_key=no sleep_time=0 beep=no mail_check_stats=no
set crypt_use_gpgme=no header_cache="" tmpdir="{folder}" timeout=1 mail_check=1
"""
EDITOR = """#!/bin/sh
cat "$1" > "{folder}/opened"
echo "{words}" >> "$1"
"""
SINK = """#!/bin/sh
cat > "{folder}/handed-over"
"""


@pytest.fixture
def dovecot(tmp_path: Path) -> Iterator[Dovecot]:
    needed("tmux")
    needed("neomutt")
    need_dovecot()
    with running_dovecot(Setup(tls=make_certificate(tmp_path)[1])) as server:
        yield server


class Neomutt:
    """The program in a terminal of tmux's own server, and the files that its editor and its sending leave behind."""

    def __init__(self, folder: Path, server: Dovecot, user: str) -> None:
        folder.mkdir()
        self.folder = folder
        values = {"user": user, "port": server.port, "password": PASSWORD, "address": MINE, "folder": folder}
        (folder / "rc").write_text(SETTINGS.format(**values))
        self.will_write("P.S. Written by hand.")
        self._script("sink", SINK.format(folder=folder))
        self._tmux = ["tmux", "-S", str(folder / "tmux"), "-f", "/dev/null"]
        start = f"env HOME={folder} LANG=C.UTF-8 neomutt -n -F {folder}/rc; sleep 60"
        self._run("new-session", "-d", "-x", "110", "-y", "40", start)
        self.waits_for(lambda: "INBOX" in self.screen())

    def will_write(self, words: str) -> None:
        """What the person adds to the next letter that is opened."""
        self._script("editor", EDITOR.format(folder=self.folder, words=words))

    def keys(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def screen(self) -> str:
        return self._run("capture-pane", "-p", "-J")

    def waits_for(self, condition: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until, self.screen()
            time.sleep(0.05)

    def composes(self) -> bool:
        return "y:Send" in self.screen() and "Subject:" in self.screen()

    def opened(self) -> EmailMessage:
        """What stood in the editor."""
        return parsed((self.folder / "opened").read_bytes())

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)

    def _script(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o700)

    def _run(self, *words: str) -> str:
        return subprocess.run([*self._tmux, *words], check=True, capture_output=True, text=True).stdout


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value]


def text_of(message: EmailMessage) -> str:
    return str(message.get_content())


@pytest.mark.scenario("S4", "T5", "T7", "T22")
def test_a_draft_is_opened_written_on_put_aside_and_sent_in_neomutt(
    dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(configured, "WorkerParser", ParserHere)
    monkeypatch.setattr(save, "LOOK_AGAIN", 0.0)
    search = Search(tmp_path / "search", dovecot, tmp_path / "ca.pem")
    monkeypatch.setenv("MAILWATCH_STATE", str(search.state))

    def look(minutes: int) -> dict[str, Any]:
        capsys.readouterr()
        now: datetime = START + timedelta(minutes=minutes)
        assert run(["-c", str(search.config), "--now", now.isoformat(), "--json", "run"]) == 0
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told

    def states(told: dict[str, Any]) -> list[str]:
        return [item["state"] for item in told["noticed"]]

    search.invite(1, START - timedelta(hours=3))
    assert [saved["to"] for saved in look(0)["saved"]] == [person(1)]
    ours = parsed(search.raw_in("Drafts")[0])
    assert ours["In-Reply-To"] == parsed(search.raw_in("INBOX")[0])["Message-ID"]
    neomutt = Neomutt(tmp_path / "neomutt", dovecot, search.user)
    try:
        neomutt.keys("R")
        neomutt.waits_for(neomutt.composes)
        opened = neomutt.opened()
        assert [opened[name] for name in ("To", "Subject", "In-Reply-To")] == [
            ours[name] for name in ("To", "Subject", "In-Reply-To")
        ]
        assert text_of(opened).split() == text_of(ours).split()
        assert search.drafts() == {}, "neomutt takes a draft out of the folder while somebody writes"
        assert (states(look(5)), search.drafts()) == (["gone"], {})

        neomutt.keys("q")
        neomutt.waits_for(search.drafts)
        assert states(look(10)) == ["edited"]
        assert "P.S. Written by hand." in text_of(parsed(search.raw_in("Drafts")[0]))

        neomutt.will_write("P.P.S. Before it goes.")
        neomutt.keys("R")
        neomutt.waits_for(lambda: neomutt.composes() and "Written by hand" in text_of(neomutt.opened()))
        neomutt.keys("y")
        neomutt.waits_for(lambda: search.raw_in("Sent"))
        assert states(look(15)) == ["sent"]
        (sent,) = map(parsed, search.raw_in("Sent"))
        handed_over = parsed((neomutt.folder / "handed-over").read_bytes())
        for message in (sent, handed_over):
            assert [message[name] for name in ("To", "Subject", "Message-ID", "In-Reply-To", "References")] == [
                ours[name] for name in ("To", "Subject", "Message-ID", "In-Reply-To", "References")
            ]
            assert not [name for name in message if "mailwatch" in f"{name}{message[name]}".lower()]
            assert text_of(message).rstrip().endswith("P.P.S. Before it goes.")
        for minutes in (20, 600, 3_000):
            told = look(minutes)
            assert (told["saved"], states(told), search.drafts()) == ([], [], {})
    finally:
        neomutt.close()
        search.close()
