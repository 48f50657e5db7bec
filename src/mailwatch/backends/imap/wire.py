"""One connection's bytes: sockets, limits and compression under imaplib, and the guard in front of everything that leaves."""

from __future__ import annotations

import imaplib
import io
import re
import select
import socket
import ssl
import zlib
from contextlib import suppress

from mailwatch.backends.imap.guard import Guard

LITERAL_LIMIT = 32_000_000
SKIPPED_LIMIT = 256_000_000
LINE_LIMIT = 8_000_000
_AT_ONCE = 65_536
_GREETED_WITH = re.compile(rb"\[CAPABILITY ([^\]]{1,4000})\]", re.IGNORECASE)
_LITERAL = re.compile(rb"\{([0-9]{1,20})\}\r\n\Z")


class Wire(imaplib.IMAP4):
    """imaplib's connection with our own hands below it.

    Args:
        tls: how implicit TLS is spoken; None for a connection that begins in the clear.
        timeout: seconds that connecting, and afterwards each answer, may take.
    """

    file: io.BufferedReader

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, timeout: float) -> None:
        self._guard = Guard()
        self._tls = tls
        self._deflate: zlib._Compress | None = None
        self.quiet_since = 0.0
        super().__init__(host, port, timeout=timeout)

    @property
    def guard(self) -> Guard:
        """Watches what leaves."""
        return self._guard

    def _create_socket(self, timeout: float | None) -> socket.socket:
        raw = socket.create_connection((self.host, self.port), timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is None:
            return raw
        try:
            raw.getpeername()  # who has hung up already is noticed here: the TLS layer would leave its own socket open
            return self._tls.wrap_socket(raw, server_hostname=self.host)
        except BaseException:
            raw.close()
            raise

    def drop(self) -> None:
        """Close whatever is open."""
        for opened in (self.file, self.sock):
            with suppress(OSError):
                opened.close()

    def _get_capabilities(self) -> None:
        """The greeting often says them already: one turn less."""
        said = _GREETED_WITH.search(self.welcome or b"")
        if said and not getattr(self, "_tls_established", False):
            self.capabilities = tuple(said[1].decode("ascii", "replace").upper().split())
        else:
            super()._get_capabilities()  # type: ignore[misc]

    def write(self, data: bytes) -> None:
        """Every byte goes through here, whoever writes it.

        Raises:
            RefusedToSend: a command is not on the list; nothing has left.
        """
        leaving = data
        self._guard.admit(leaving)
        if self._deflate is not None:
            leaving = self._deflate.compress(leaving) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        self.sock.sendall(leaving)

    send = write  # type: ignore[assignment]  # imaplib's name for it

    def readline(self) -> bytes:
        """A line with its end."""
        line: bytes = self.file.readline(LINE_LIMIT + 1)
        if len(line) > LINE_LIMIT:
            raise self.abort("a line without end")
        return line

    def read(self, size: int) -> bytes:
        """A literal as imaplib wants it; none that is huge."""
        if size > LITERAL_LIMIT:
            raise self.abort("a literal above the limit")
        return self._exactly(size)

    def whole_response(self) -> bytes:
        """One whole response with its literals inside. A literal above the limit is read past: it counts as empty.

        Raises:
            imaplib.IMAP4.abort: the connection ended, or the literal is larger than anybody could mean.
        """
        pieces, total = [self._line()], 0
        while literal := _LITERAL.search(pieces[-1]):
            size = int(literal[1])
            total += size
            if total > LITERAL_LIMIT:
                self._skip(size)
                pieces[-1] = pieces[-1][: literal.start()] + b"{0}\r\n"
            else:
                pieces.append(self._exactly(size))
            pieces.append(self._line())
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def compress(self) -> None:
        """From now on both directions are deflated (RFC 4978); to be called right after the server's OK."""
        self._deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        self.file = io.BufferedReader(_Inflating(self.file), _AT_ONCE)

    def is_readable(self) -> bool:
        """Is there something to read although nothing was asked? At rest that means the connection ended, or soon will."""
        readable, _, _ = select.select([self.sock], [], [], 0)
        return bool(readable)

    def _line(self) -> bytes:
        line = self.readline()
        if not line.endswith(b"\r\n"):
            raise self.abort("the connection ended")
        return line

    def _exactly(self, size: int) -> bytes:
        data: bytes = self.file.read(size)
        if len(data) != size:
            raise self.abort("the connection ended inside a literal")
        return data

    def _skip(self, size: int) -> None:
        if size > SKIPPED_LIMIT:
            raise self.abort("a literal above the limit")
        while size:
            size -= len(self._exactly(min(size, _AT_ONCE)))


class _Inflating(io.RawIOBase):
    """Reads deflated bytes from a file, at most a buffer's worth at a time however well they are packed."""

    def __init__(self, source: io.BufferedReader) -> None:
        self._source = source
        self._inflate = zlib.decompressobj(-15)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        room = len(buffer)
        data = b""
        while not data:
            packed = self._inflate.unconsumed_tail or self._source.read1(_AT_ONCE)
            if not packed:
                return 0
            try:
                data = self._inflate.decompress(packed, room)
            except zlib.error:
                raise ConnectionError("no deflated bytes") from None
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._source.close()
        super().close()
