"""Whether anything tried to send during a test: sinks on the ports where mail is handed in, and a watch in every process.

Nothing here knows the guards of the product: it looks from outside at what arrives, whatever let it through.
"""

from __future__ import annotations

import os
import re
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote

PORTS = (25, 465, 587, 2525)
WATCH = "MAILWATCH_TESTS_WATCH"
"""The variable that names the file of what was seen; child processes inherit it."""
INSIDE = Path(__file__).parent / "inside"
_SENDS = re.compile(
    r"/send(?:\b|$)|/sendmail|/reply(?:all)?(?:\b|$)|/forward(?:\b|$)|/\$?batch(?:\b|$)|/upload/|sendupdates=(?!none)"
    r"|/messagerules|autoforwarding|/vacation|/settings/|/accept(?:\b|$)|/decline(?:\b|$)|/tentativelyaccept",
    re.IGNORECASE,
)
_CHANGES = frozenset({"PUT", "MKCALENDAR", "MKCOL", "PROPPATCH", "MOVE", "COPY", "ACL"})
_OVERRIDES = ("x-http-method-override", "x-http-method", "x-method-override")


def begin() -> Path:
    """Watch this process and those that it will start; the file that takes down what is seen."""
    handle, name = tempfile.mkstemp(prefix="seen-")
    os.close(handle)
    os.environ[WATCH] = name
    paths = [str(INSIDE), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    for port in PORTS:
        listen_at(port)
    return Path(name)


def listen_at(port: int) -> list[int]:
    """Open sinks on a port, as far as this user may and no other test run has; the ports they got (0 asks for any)."""
    sinks = list(_sinks(port))
    for sink in sinks:
        threading.Thread(target=_wait_at, args=(sink, sink.getsockname()[1]), daemon=True).start()
    return [sink.getsockname()[1] for sink in sinks]


def unwatched() -> dict[str, str]:
    """The environment of a child process in which the product's own guard is to be the first to refuse."""
    return {name: value for name, value in os.environ.items() if name != WATCH}


def seen(file: Path) -> list[str]:
    """What was seen since the last call."""
    if not file.exists() or file.stat().st_size == 0:
        return []
    found = file.read_text("utf-8", "replace").splitlines()
    os.truncate(file, 0)
    return found


def note(what: str) -> None:
    """Take something down."""
    with suppress(OSError), Path(os.environ.get(WATCH, os.devnull)).open("a", encoding="utf-8") as file:
        file.write(what.replace("\n", " ")[:500] + "\n")


def watched(handler: type[BaseHTTPRequestHandler]) -> type[BaseHTTPRequestHandler]:
    """A web server's handler that takes down every request that could send."""

    class Watched(handler):  # type: ignore[valid-type, misc]
        def parse_request(self) -> bool:
            whole = bool(super().parse_request())
            if whole and could_send(self.command, self.path, {name.lower() for name in self.headers}):
                note(f"{self.command} {self.path} reached a server")
            return whole

    return Watched


def could_send(method: str, path: str, headers: set[str]) -> bool:
    """Would a provider send, or change what others see, if this request came to it?"""
    spelled = unquote(unquote(path))
    return method.upper() in _CHANGES or bool(_SENDS.search(spelled)) or not headers.isdisjoint(_OVERRIDES)


def _sinks(port: int) -> Iterator[socket.socket]:
    """Where mail is handed in, on both loopback addresses, as far as this user may listen there."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with suppress(OSError):
            yield socket.create_server((host, port), family=family, reuse_port=False)


def _wait_at(sink: socket.socket, port: int) -> None:
    while True:
        with suppress(OSError):
            sink.accept()[0].close()
            note(f"somebody connected to port {port}")
