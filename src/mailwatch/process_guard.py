"""What this process may never do, whoever asks: reach a port where mail is handed in, load a library that sends, or start
a program outside the few places that start one.

It is an audit hook (PEP 578), set first thing, and can't be taken off again. It guards against mistakes, ours and those of
libraries; it is no wall against hostile native code. docs/never-sends.md says what stands beside it.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mailwatch.errors import RefusedToSend

SUBMISSION_PORTS = frozenset({25, 465, 587, 2525})
"""SMTP, submission with and without implicit TLS (RFC 5321, 6409, 8314), and a usual stand-in."""

SENDING_MODULES = frozenset(
    {"smtplib", "smtpd", "aiosmtplib", "aiosmtpd", "yagmail", "redmail", "sendgrid", "mailer", "marrow", "envelopes"}
)
MAILERS = frozenset(
    {"sendmail", "mail", "mailx", "s-nail", "nail", "mutt", "neomutt", "msmtp", "ssmtp", "swaks", "exim", "exim4", "postfix",
     "esmtp", "nullmailer-inject", "qmail-inject", "git-send-email", "himalaya", "aerc", "alpine", "thunderbird"}
)  # fmt: skip
"""Programs whose business is to send mail: they are never started, whatever for."""

_SHELLS = frozenset({"os.system", "os.exec", "os.spawn", "pty.spawn"})
_STARTERS = frozenset({"os.posix_spawn", "os.startfile"})  # what the starts below may come to on some systems
_local = threading.local()


def program_name(word: str) -> str:
    """The name of a program as it is known: without folders, without ".exe", in lower case."""
    return os.path.basename(word.replace("\\", "/")).casefold().removesuffix(".exe")  # noqa: PTH119 - of any system's path


@contextmanager
def starting() -> Iterator[None]:
    """Around the start of a program that the user named or that belongs to mailwatch: only here one may be started."""
    depth = getattr(_local, "depth", 0)
    _local.depth = depth + 1
    try:
        yield
    finally:
        _local.depth = depth


def guard_process(*, network: bool = True) -> None:
    """From now on this process refuses to send.

    Args:
        network: False also refuses every connection: for the worker, which needs none.
    """
    handlers: Mapping[str, Callable[[tuple[Any, ...]], None]] = {
        "socket.connect": _check_connection if network else _refuse_connection,
        "import": _check_import,
        "subprocess.Popen": _check_program,
        **dict.fromkeys(_STARTERS, _check_starter),
        **dict.fromkeys(_SHELLS, _refuse_shell),
    }

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        handler = handlers.get(event)
        if handler is not None:
            handler(arguments)

    sys.addaudithook(hook)


def _check_connection(arguments: tuple[Any, ...]) -> None:
    address = arguments[1]
    if isinstance(address, tuple) and len(address) > 1 and address[1] in SUBMISSION_PORTS:
        raise RefusedToSend(f"A connection to port {address[1]}, where mail is handed in, was stopped before it began.")


def _refuse_connection(arguments: tuple[Any, ...]) -> None:
    if isinstance(arguments[1], tuple):
        raise RefusedToSend("A connection from the process that only reads mail was stopped before it began.")


def _check_import(arguments: tuple[Any, ...]) -> None:
    name = str(arguments[0]).partition(".")[0]
    if name in SENDING_MODULES:
        raise RefusedToSend(f"The library {name}, which sends mail, was not loaded.")


def _check_program(arguments: tuple[Any, ...]) -> None:
    executable, words = arguments[0], arguments[1]
    first = words[0] if isinstance(words, list | tuple) and words else words
    names = {
        program_name(os.fsdecode(word)) for word in (executable, first) if isinstance(word, str | bytes | os.PathLike)
    }
    if names & MAILERS:
        raise RefusedToSend(f"The program {min(names & MAILERS)}, which can send mail, was not started.")
    if not getattr(_local, "depth", 0):
        raise RefusedToSend(
            f"A program ({min(names, default='?')}) was about to be started from a place that starts none."
        )


def _check_starter(_arguments: tuple[Any, ...]) -> None:
    if not getattr(_local, "depth", 0):
        raise RefusedToSend("A program was about to be started from a place that starts none.")


def _refuse_shell(_arguments: tuple[Any, ...]) -> None:
    raise RefusedToSend("A program was about to be started through a shell, which mailwatch never does.")
