"""The person at the terminal, for sign-ins."""

from __future__ import annotations

import sys
import webbrowser
from getpass import getpass
from typing import NoReturn

from mailwatch.cli.session import Session
from mailwatch.errors import UsageError
from mailwatch.process_guard import starting

_LARGEST = 65_536


class Terminal:
    """Asks at the terminal, or takes a secret from standard input where that was wished (satisfies auth.Asker)."""

    def __init__(self, session: Session, *, from_stdin: bool = False) -> None:
        self.interactive = session.interactive and not from_stdin
        self._session = session
        self._from_stdin = from_stdin

    def say(self, text: str) -> None:
        """Talk, on standard error."""
        self._session.say(text)

    def line(self, question: str) -> str:
        """A line of text."""
        if not self.interactive:
            nobody()
        sys.stderr.write(question)
        sys.stderr.flush()
        return sys.stdin.readline(_LARGEST).strip()

    def secret(self, question: str) -> str:
        """A line that is not shown."""
        if self._from_stdin:
            return sys.stdin.readline(_LARGEST)
        if not self.interactive:
            nobody()
        return getpass(question, stream=sys.stderr)

    def browse(self, url: str) -> bool:
        """A page in the browser."""
        try:
            with starting():
                return self.interactive and webbrowser.open(url)
        except webbrowser.Error:
            return False


def nobody() -> NoReturn:
    """Something has to be asked, and nobody can be."""
    raise UsageError(
        "This asks for something, and nobody can be asked here",
        next_step="run it in a terminal; a password can come over standard input with --stdin",
    )
