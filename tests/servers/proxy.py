"""A proxy between a client and a server that counts bytes and turns, and does to the traffic what bad days do.

It takes commands apart only as far as to count turns: a turn is client bytes that follow server bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

Look = Callable[[bytes], tuple[bytes, bool]]


@dataclass
class Fault:
    """What happens to the next connections, until it is taken away.

    refuse: it is reset as soon as it is taken (with nobody listening at all: Proxy.closed). hang: it is taken and nothing is ever said.
    delay: seconds that every byte is late. slow: bytes a second from the server, 0 as fast as it goes.
    cut_after: bytes from the server after which it ends. reset: ends are resets.
    cut_record: of this many-th encrypted TLS record from the server only half arrives; the connection ends without a farewell.
    lose_reply_to: what the server says after the client has sent this never arrives; the connection ends.
    end_at: the connection ends when the client sends this; it does not reach the server.
    """

    refuse: bool = False
    hang: bool = False
    delay: float = 0.0
    cut_after: int = 0
    cut_record: int = 0
    reset: bool = False
    slow: int = 0
    lose_reply_to: bytes = b""
    end_at: bytes = b""


@dataclass
class Counts:
    """What went through. sent: the client's bytes, whole; down: how many came back."""

    connections: int = 0
    turns: int = 0
    up: int = 0
    down: int = 0
    sent: bytearray = field(default_factory=bytearray)

    def clear(self) -> None:
        self.connections = self.turns = self.up = self.down = 0
        self.sent.clear()


class _Passage:
    """Looks at one connection's bytes on their way: what goes on, and whether it is the last."""

    def __init__(self, proxy: Proxy, left: int, cut_record: int) -> None:
        self._proxy = proxy
        self._left = left
        self._records = Records(cut_record)
        self._cut = left > 0
        self._client_spoke = False
        self._mute = False
        self._tail = b""

    def from_client(self, data: bytes) -> tuple[bytes, bool]:
        fault, counts = self._proxy.fault, self._proxy.counts
        seen = self._tail + data
        if fault.end_at and fault.end_at in seen:
            return b"", True
        self._mute = self._mute or bool(fault.lose_reply_to and fault.lose_reply_to in seen)
        self._tail = seen[-64:]
        counts.turns += not self._client_spoke and bool(data)
        self._client_spoke = True
        counts.up += len(data)
        counts.sent += data
        return data, not data

    def from_server(self, data: bytes) -> tuple[bytes, bool]:
        if self._mute:
            return b"", True
        if self._proxy.hides:
            data = self._proxy.hides.sub(b"", data)
        if self._cut:
            data = data[: self._left]
            self._left -= len(data)
        whole = self._records.until_cut(data)
        is_over = len(whole) < len(data) or not data or (self._cut and not self._left)
        self._client_spoke = False
        self._proxy.counts.down += len(whole)
        return whole, is_over


class Records:
    """Follows TLS records (RFC 8446 §5.1) on their way, to cut one in half. wanted: which encrypted one, 0 for none."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._is_on = wanted > 0
        self._head = b""
        self._left = 0

    def until_cut(self, data: bytes) -> bytes:
        """The bytes that may pass."""
        position = 0
        while position < len(data):
            if self._left:
                step = min(self._left, len(data) - position)
                position, self._left = position + step, self._left - step
            elif not self._wanted:
                return data[:position] if self._is_on else data
            else:
                position += self._begun(data[position : position + 5 - len(self._head)])
        return data

    def _begun(self, taken: bytes) -> int:
        """Take in a piece of a record's head; when it is whole, so much of the record may pass."""
        self._head += taken
        if len(self._head) == 5:
            self._wanted -= self._head[0] == 0x17
            length, self._head = int.from_bytes(self._head[3:]), b""
            self._left = length if self._wanted else length // 2
        return len(taken)


class Proxy:
    """Listens on `port` of the loopback interface while its `with` block lasts. hides: what the server never says here."""

    host = "127.0.0.1"

    def __init__(
        self, port: int, *, bytes_a_second: int = 0, bytes_up: int = 0, hides: re.Pattern[bytes] | None = None
    ) -> None:
        self.target = port
        self.port = 0
        self.fault = Fault()
        self.counts = Counts()
        self.hides = hides
        self._rate = bytes_a_second
        self._up_rate = bytes_up
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    @contextlib.contextmanager
    def closed(self) -> Iterator[None]:
        """For this while nobody listens: connections are refused by the system. Those that are open go on."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()

    def end_connections(self) -> None:
        """Every open connection ends now."""
        asyncio.run_coroutine_threadsafe(self._end_all(), self._loop).result(5)

    async def _end_all(self) -> None:
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counts.connections += 1
        self._writers.append(writer)
        task = asyncio.ensure_future(self._serve(reader, writer, self.fault))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> None:
        try:
            if fault.hang:
                await asyncio.sleep(3600)
            if not fault.refuse:
                await self._relay(reader, writer, fault)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            if fault.reset or fault.refuse:
                linger = struct.pack("ii", 1, 0)
                with contextlib.suppress(OSError):
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort() if fault.reset or fault.refuse else writer.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers.append(there_writer)
        passage = _Passage(self, fault.cut_after, fault.cut_record)
        tasks = [
            asyncio.ensure_future(self._pump(reader, there_writer, passage.from_client, self._up_rate)),
            asyncio.ensure_future(self._pump(there_reader, writer, passage.from_server, self._rate)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            there_writer.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, look: Look, rate: int) -> None:
        """Carry bytes on; those that are late or slow wait in line while more are read."""
        line: asyncio.Queue[tuple[float, bytes, bool]] = asyncio.Queue(256)
        clock = asyncio.get_running_loop().time

        async def deliver() -> None:
            while True:
                moment, data, last = await line.get()
                await asyncio.sleep(max(0.0, moment - clock()))
                if data:
                    sink.write(data)
                    await sink.drain()
                if last:
                    return

        delivery = asyncio.ensure_future(deliver())
        free = clock()
        try:
            last = False
            while not last:
                data, last = look(await source.read(65_536))
                limit = self.fault.slow or rate
                free = max(free, clock()) + (len(data) / limit if limit else 0.0)
                await line.put((free + self.fault.delay, data, last))
            await delivery
        finally:
            delivery.cancel()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._end_all()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    def __enter__(self) -> Self:
        self._loop.run_until_complete(self._listen())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
