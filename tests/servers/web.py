"""A web server on loopback for the fakes of this folder, with TLS or without."""

from __future__ import annotations

import _thread
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.watch import watched


class WebServer(ThreadingHTTPServer):
    """Answers each request in a thread of its own, until it is closed.

    The threads are started below `threading`, so that coverage's tracer stays out of them: the fakes are not measured, and
    CPython now and then refuses to install a tracer in two threads at once, which would lose the request.

    Args:
        certificate: a file with key and certificate, for TLS.
    """

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), watched(handler))
        self.scheme = "https" if certificate else "http"
        self.url = f"{self.scheme}://127.0.0.1:{self.server_port}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def process_request(self, request: Any, client_address: Any) -> None:
        """See ThreadingMixIn."""
        _thread.start_new_thread(self.process_request_thread, (request, client_address))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up in the middle are what many tests are about."""

    def close(self) -> None:
        """Answer nobody any more."""
        self.shutdown()
        self._thread.join()
        self.server_close()
