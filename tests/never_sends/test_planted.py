"""Sending, planted into a copy of the package: the scan names each plant, and at run time each is stopped before it leaves."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mailwatch.errors import RefusedToSend
from tests import watch
from tests.never_sends.scan import findings

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "mailwatch"

# Where, and what somebody might add there: one line of code inside a function.
PLANTS = {
    "smtplib in the tick": ("tick/save.py", "import smtplib; smtplib.SMTP('mail.example').sendmail('a', 'b', 'c')"),
    "smtplib by another name": ("core/text.py", "import smtplib as helper"),
    "smtplib made up at run time": ("cli/run.py", "__import__('smtp' + 'lib')"),
    "smtplib through importlib": ("cli/run.py", "import importlib; importlib.import_module('smtplib')"),
    "an SMTP class alone": ("backends/base.py", "from smtplib import SMTP_SSL"),
    "aiosmtplib": ("daemon.py", "import aiosmtplib"),
    "a mail service's library": ("notify/tell.py", "import sendgrid"),
    "sendmail as a program": ("store/store.py", "import subprocess; subprocess.run(['/usr/sbin/sendmail', '-t'])"),
    "sendmail where programs are started": ("notify/tell.py", "subprocess.run(['/usr/sbin/sendmail', '-t'])"),
    "a shell": ("core/plan.py", "import os; os.system('mail -s x y@example.com')"),
    "another program in our place": ("cli/run.py", "import os; os.execv('/usr/bin/msmtp', ['msmtp'])"),
    "a socket of its own": ("report/page.py", "import socket; socket.create_connection(('mail.example', 25))"),
    "SMTP by hand": ("backends/imap/wire.py", "self.sendall(b'MAIL FROM:<a@b.example>')"),
    "Gmail: send a message": ("backends/gmail/drafts.py", "self._service.messages().send(userId='me', body={}).execute()"),
    "Gmail: send a draft": ("backends/gmail/calls.py", "service.drafts().send(userId='me', body={})"),
    "Gmail: the path of sending": ("backends/google/allowed.py", "_ = '/gmail/v1/users/me/messages/send'"),
    "Gmail: upload": ("backends/google/wire.py", "_ = 'https://gmail.googleapis.com/upload/gmail/v1/users/me/drafts'"),
    "Graph: sendMail": ("backends/graph/saving.py", "door.post('/sendMail', {})"),
    "Graph: send a draft": ("backends/graph/drafts.py", "door.post(f'/messages/{ref}/send', {})"),
    "Graph: reply at once": ("backends/graph/saving.py", "door.post(f'/messages/{ref}/reply', {})"),
    "Graph: a batch": ("backends/graph/door.py", "_ = '/$batch'"),
    "Graph: a rule that forwards": ("backends/graph/folders.py", "door.post('/mailFolders/inbox/messageRules', {})"),
    "IMAP: another APPEND": ("backends/imap/drafts.py", "client.append('Outbox', b'')"),
    "IMAP: a copy into an outbox": ("backends/imap/session.py", "client.copy('1', 'Outbox')"),
    "IMAP: a client of its own": ("tick/engine.py", "import imaplib; imaplib.IMAP4('mail.example')"),
    "a calendar's guests": ("backends/google_calendar/__init__.py", "_ = '?sendUpdates=all'"),
    "an HTTP client past the guard": ("backends/graph/door.py", "import requests; requests.post('https://graph.microsoft.com')"),
    "urllib past the guard": ("auth/google.py", "import urllib.request; urllib.request.urlopen('https://x.example')"),
    "a method called send": ("backends/maildir/writing.py", "self.send()"),
}  # fmt: skip


def test_the_package_itself_holds_nothing_that_could_send() -> None:
    assert findings(PACKAGE) == []


@pytest.mark.scenario("S1")
@pytest.mark.parametrize("plant", PLANTS)
def test_whatever_is_planted_is_found(plant: str, tmp_path: Path) -> None:
    where, line = PLANTS[plant]
    home = tmp_path / where
    home.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(PACKAGE / where, home)
    assert findings(tmp_path) == []
    with home.open("a", encoding="utf-8") as source:
        source.write(f"\n\ndef _planted(self, service, door, client, ref):\n    {line}\n")
    found = findings(tmp_path)
    assert found
    assert all(finding.startswith(f"{where}:") for finding in found)


# The same at run time, under the hook and through the doors that a plant would have to go through.
RUNS = {
    "a library of Python's own": "import smtplib",
    "a program": "import subprocess; subprocess.run(['/usr/sbin/sendmail', '-t'])",
    "a port where mail is handed in": "import socket; socket.create_connection(('127.0.0.1', 587), 1)",
    "Gmail: send a message": "from mailwatch.backends.google.allowed import *; guard_for(GMAIL, GMAIL_URL).check('POST', GMAIL_URL + '/gmail/v1/users/me/messages/send', {}, b'{}')",
    "Graph: sendMail, through the session": "from mailwatch.backends.graph.door import *; from mailwatch.transport import GuardedSession; GuardedSession(Guard(rules_for(GRAPH + '/v1.0'))).post(GRAPH + '/v1.0/me/sendMail', json={})",
    "IMAP: into another folder": "from mailwatch.backends.imap.guard import Guard; guard = Guard(); guard.drafts = b'\"Drafts\"'; guard.admit(b'A1 APPEND \"Outbox\" (\\\\Draft \\\\Seen) {3}\\r\\n')",
    "CalDAV: an event with guests": "from mailwatch.backends.caldav.door import guard_for; guard_for('https://dav.example').check('PUT', 'https://dav.example/jo/1.ics', {}, b'')",
}  # fmt: skip


@pytest.mark.scenario("S1")
def test_whatever_is_planted_is_stopped_when_it_runs() -> None:
    program = """
        import sys
        from mailwatch.errors import RefusedToSend
        from mailwatch.process_guard import guard_process
        guard_process()
        for line in sys.stdin.read().splitlines():
            try:
                exec(line, {})
                print("done")
            except RefusedToSend:
                print("refused")
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    ran = subprocess.run(
        command, input="\n".join(RUNS.values()), capture_output=True, text=True, check=False, env=watch.unwatched()
    )
    assert dict(zip(RUNS, ran.stdout.split(), strict=True)) == dict.fromkeys(RUNS, "refused"), ran.stderr
    assert issubclass(RefusedToSend, Exception)
