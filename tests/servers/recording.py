"""An HTTP server on the loopback interface that records every request and answers as told."""

from __future__ import annotations

import contextlib
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tests.servers.web import WebServer


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Told:
    """An answer. `how` may spoil it: "lost" closes without an answer, "reset" resets, "hang" waits, "drip" sends a byte at a time."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    how: str = ""


class Recording:
    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Told] = lambda asked: Told()
        self.url = ""
        self.over = threading.Event()

    def tell(self, *answers: Told) -> None:
        """Answer the next requests so, the last of these answers for ever."""
        waiting = list(answers)
        self.answer = lambda asked: waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextlib.contextmanager
def recording_server(certificate: Path | None = None) -> Iterator[Recording]:
    recording = Recording()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, body)
            recording.asked.append(asked)
            _give(self, recording.answer(asked), recording.over)

        def log_message(self, *arguments: object) -> None:
            pass

    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "REPORT"):
        setattr(Handler, f"do_{method}", Handler._serve)
    server = WebServer(Handler, certificate)
    recording.url = server.url
    try:
        yield recording
    finally:
        recording.over.set()
        server.close()


def _give(handler: BaseHTTPRequestHandler, told: Told, over: threading.Event) -> None:
    handler.close_connection = True
    if told.how == "lost":
        return
    if told.how == "reset":
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        return
    if told.how == "hang":
        over.wait(20)
        return
    head = {"Content-Length": str(len(told.body)), **told.headers}
    lines = [f"HTTP/1.1 {told.status} told", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    answer = "\r\n".join(lines).encode("latin-1") + told.body
    if told.how == "drip":
        for position in range(len(answer)):
            if over.wait(0.05):
                return
            with contextlib.suppress(OSError):
                handler.wfile.write(answer[position : position + 1])
        return
    if told.how == "cut":
        answer = answer[: -len(told.body) // 2]
    handler.close_connection = told.how == "cut"
    handler.wfile.write(answer)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-made authority's certificate, and key with certificate for 127.0.0.1."""
    certificate, key, both = folder / "ca.pem", folder / "key.pem", folder / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=mailwatch tests",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return certificate, both


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return False
