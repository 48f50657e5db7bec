"""Python imports this by itself in every process that a test starts: attempts to send are taken down, then refused."""

from __future__ import annotations

import os
import sys

_PORTS = (25, 465, 587, 2525)
_MAILERS = ("sendmail", "msmtp", "mail", "mailx", "mutt", "exim", "exim4", "swaks", "nullmailer-inject")
_WATCH = "MAILWATCH_TESTS_WATCH"


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host, port = str(arguments[1][0]), arguments[1][1]
        if port in _PORTS or not host.startswith(("127.", "::1", "localhost")):
            _refuse(f"a child process tried to reach {host} port {port}")
    elif event == "subprocess.Popen" and os.path.basename(os.fsdecode(arguments[0] or "")) in _MAILERS:  # type: ignore[arg-type]  # noqa: PTH119 - imported before everything else
        _refuse(f"a child process tried to start {arguments[0]!r}")


def _refuse(what: str) -> None:
    with open(os.environ.get(_WATCH, os.devnull), "a", encoding="utf-8") as file:  # noqa: PTH123 - imported before everything else
        file.write(what[:500] + "\n")
    raise PermissionError(what)


if _WATCH in os.environ:
    sys.addaudithook(_watch)
