"""The process itself refuses to send: each attempt is made in a process of its own, under the hook that every command sets."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from tests import watch

ATTEMPTS = {
    "a connection to the port of SMTP": "import socket; socket.create_connection(('127.0.0.1', 25), 1)",
    "a connection to the port of submission": "import socket; socket.create_connection(('127.0.0.1', 587), 1)",
    "a connection to the port of submission over TLS": "import socket; socket.socket().connect(('127.0.0.1', 465))",
    "a connection by number alone": "import socket; socket.socket(socket.AF_INET6).connect_ex(('::1', 2525, 0, 0))",
    "the standard library's SMTP client": "import smtplib",
    "another library that sends": "import aiosmtplib",
    "a mailer": "import subprocess; subprocess.run(['/usr/sbin/sendmail', '-t'])",
    "a mailer from a place that may start programs": "with starting(): import subprocess; subprocess.run(['sendmail'])",
    "a mailer under a path": "with starting(): import subprocess; subprocess.run(['true'], executable='/usr/bin/msmtp')",
    "any program from anywhere else": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "another program in our place": "import os; os.execv('/bin/true', ['true'])",
    "a program by posix_spawn": "import os; os.posix_spawn('/bin/true', ['true'], {})",
    "a program on a terminal of its own": "import pty; pty.spawn(['true'])",
}


def tried(code: str, *, network: bool = True) -> subprocess.CompletedProcess[str]:
    program = f"""
        from mailwatch.errors import RefusedToSend
        from mailwatch.process_guard import guard_process, starting
        guard_process(network={network})
        try:
            {code}
        except RefusedToSend as refused:
            print("refused:", refused)
        else:
            print("done")
    """
    if code.startswith("with "):
        program = program.replace(code, code.replace(": ", ":\n                ", 1))
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
        env=watch.unwatched(),
    )


@pytest.mark.scenario("S1")
@pytest.mark.parametrize("code", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_whoever_tries_to_send_is_stopped_before_it_begins(code: str) -> None:
    ended = tried(code)
    assert ended.stdout.startswith("refused:"), ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "code",
    [
        "with starting(): import subprocess; subprocess.run(['true'], check=True)",
        "import socket; socket.socket().connect_ex(('127.0.0.1', 993))",
        "import imapclient, requests, email, json",
    ],
)
def test_what_mailwatch_needs_is_let_through(code: str) -> None:
    ended = tried(code)
    assert ended.stdout == "done\n", ended.stdout + ended.stderr


def test_the_process_that_reads_mail_reaches_nothing_at_all() -> None:
    assert tried("import socket; socket.socket().connect(('127.0.0.1', 993))", network=False).stdout.startswith(
        "refused:"
    )


def test_every_command_sets_the_hook_before_anything_else() -> None:
    code = "import mailwatch.cli.entry as entry; entry.run = lambda _: __import__('smtplib'); entry.main(['status'])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "The library smtplib, which sends mail, was not loaded." in ended.stderr


def test_the_worker_sets_it_too() -> None:
    code = (
        "import sys, mailwatch.sandbox.worker as worker; worker._limit = lambda _: __import__('smtplib'); "
        "worker.main(['5', '500000000'])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, input="")
    assert "RefusedToSend" in ended.stderr
