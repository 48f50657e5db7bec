"""An IMAP server that says what a test tells it to: for answers that no honest server gives."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Answer = bytes | Callable[[bytes], bytes]
_LITERAL = re.compile(rb"\{([0-9]+)(\+?)\}\r\n\Z")

CAPABILITIES = b"IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS LITERAL+"
FOLDERS = (
    rb'* LIST (\HasNoChildren) "/" INBOX'
    b"\r\n"
    rb'* LIST (\HasNoChildren \Sent) "/" Sent'
    b"\r\n"
    rb'* LIST (\HasNoChildren \Drafts) "/" Drafts'
    b"\r\n"
)


@dataclass
class Script:
    """What the server says.

    answers: by the beginning of a command, the longest that fits; untagged lines, and "{tag}" where the closing line begins.
    asked: every command that came, without its tag. end_after: hang up after an answer to this.
    """

    greeting: bytes = b"* OK [CAPABILITY " + CAPABILITIES + b"] ready\r\n"
    answers: dict[bytes, Answer] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    host = "127.0.0.1"

    def answer(self, command: bytes, tag: bytes) -> bytes:
        fitting = [start for start in {**_USUAL, **self.answers} if command.upper().startswith(start.upper())]
        chosen = {**_USUAL, **self.answers}[max(fitting, key=len)] if fitting else b"{tag} BAD what\r\n"
        text = chosen(command) if callable(chosen) else chosen
        return text.replace(b"{tag}", tag)


_USUAL: dict[bytes, Answer] = {
    b"LOGIN": b"{tag} OK [CAPABILITY " + CAPABILITIES + b"] in\r\n",
    b"CAPABILITY": b"* CAPABILITY " + CAPABILITIES + b"\r\n{tag} OK\r\n",
    b"LIST": FOLDERS + b"{tag} OK\r\n",
    b"STATUS": lambda words: (
        b"* STATUS "
        + words[len(b"STATUS ") : words.rindex(b" (")]
        + b" (UIDVALIDITY 1 UIDNEXT 2 MESSAGES 1)\r\n{tag} OK\r\n"
    ),
    b"EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 2] x\r\n{tag} OK [READ-ONLY] open\r\n",
    b"UNSELECT": b"{tag} OK\r\n",
    b"CLOSE": b"{tag} OK\r\n",
    b"UID SEARCH": b"* SEARCH\r\n{tag} OK\r\n",
    b"UID FETCH": b"{tag} OK\r\n",
    b"LOGOUT": b"* BYE\r\n{tag} OK\r\n",
}


@contextlib.contextmanager
def scripted_server(script: Script) -> Iterator[Script]:
    """The server for this while; it ends with everything that is connected."""
    with socket.create_server((script.host, 0)) as listening:
        script.port = listening.getsockname()[1]
        over = threading.Event()
        open_ones: list[socket.socket] = []

        def accept() -> None:
            while not over.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = listening.accept()
                    script.connections += 1
                    open_ones.append(connection)
                    threading.Thread(target=_serve, args=(connection, script), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield script
        finally:
            over.set()
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            for connection in open_ones:
                connection.close()
            thread.join(5)


def _serve(connection: socket.socket, script: Script) -> None:
    with contextlib.suppress(OSError, ValueError), connection:
        connection.sendall(script.greeting)
        stream = connection.makefile("rb")
        while line := stream.readline():
            tag, _, command = line.partition(b" ")
            while literal := _LITERAL.search(command):
                if not literal[2]:
                    connection.sendall(b"+ go on\r\n")
                command += stream.read(int(literal[1])) + stream.readline()
            script.asked.append(command.rstrip(b"\r\n"))
            connection.sendall(script.answer(command, tag))
            if command.upper().startswith(b"LOGOUT"):
                return
