"""Connections that a deadline can cut and that go nowhere private unless told to.

`requests` bounds each single read, not the whole request: a server that sends one byte a minute would hold a tick for
hours. So every open connection is known to a watch, which shuts it down when the time is over.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, cast

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError


class Watch:
    """Knows the open connections of one session.

    Args:
        public_only: connect to addresses of the public internet only. The address is looked up once and the connection
            made to what was looked up, so that a name can't change its meaning in between.
    """

    def __init__(self, *, public_only: bool = False) -> None:
        self._public_only = public_only
        self._open: set[socket.socket] = set()

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection."""
        self._open = {each for each in self._open if each.fileno() != -1} | {connection}

    def cut(self) -> None:
        """End every connection at once; whoever reads from one sees it end."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def address_of(self, host: str, port: int) -> str:
        """Where to connect for this name.

        Raises:
            OSError: the name is unknown, or one of its addresses is not public.
        """
        if not self._public_only:
            return host
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if not all(is_public(address) for address in addresses):
            raise PermissionError("the address is not on the public internet")
        return addresses[0]


def is_public(address: str) -> bool:
    """Is this address literal one of the public internet: not private, loopback, link-local, multicast or embedded?"""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if embedded is not None:
            return is_public(str(embedded))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


class Deadline:
    """A span of time after which the watched connections are cut. `passed` tells afterwards whether that happened."""

    def __init__(self, watch: Watch, seconds: float) -> None:
        self.passed = False
        self._watch = watch
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.passed = True
        self._watch.cut()


class _Watched(HTTPConnection):
    watch: Watch

    def connect(self) -> None:
        super().connect()
        self.watch.opened(cast("socket.socket", self.sock))

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            self._dns_host = self.watch.address_of(name, self.port or self.default_port)
            return super()._new_conn()
        except PermissionError as error:
            raise NewConnectionError(self, str(error)) from error
        finally:
            self._dns_host = name  # the certificate is checked against the name


class _WatchedTLS(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched
    watch: Watch

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        cast("_Watched", connection).watch = self.watch
        return connection


class _PoolTLS(_Pool, HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


class WatchedPools(PoolManager):
    """urllib3's pool manager whose connections report to a watch."""

    def __init__(self, watch: Watch, **settings: Any) -> None:
        super().__init__(**settings)
        self._watch = watch
        self.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, host, port, request_context)
        cast("_Pool", pool).watch = self._watch
        return pool
