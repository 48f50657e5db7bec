"""The proxy does what it says and counts what it carries."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time

import pytest

from tests.servers.proxy import Fault, Proxy, Records


class Echo:
    """A server that sends every line back, with "re: " before it, and remembers what reached it."""

    def __init__(self, context=None):
        self.heard = []
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with contextlib.suppress(OSError):
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as lines:
                for line in lines:
                    self.heard.append(line)
                    connection.sendall(b"re: " + line)

    def close(self):
        self._socket.close()


@pytest.fixture
def echo():
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def proxy(echo):
    with Proxy(echo.port) as made:
        yield made


@contextlib.contextmanager
def connected(proxy, timeout=5.0):
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=timeout) as connection:
        yield connection


def asked(connection, line, size=4096):
    """The answer to a line; b"" where the connection has ended."""
    connection.sendall(line)
    return connection.recv(size)


def everything(connection):
    data = b""
    while piece := connection.recv(65_536):
        data += piece
    return data


def test_it_carries_both_ways_and_counts_bytes_turns_and_connections(proxy):
    with connected(proxy) as connection:
        assert asked(connection, b"one\n") == b"re: one\n"
        assert asked(connection, b"two\n") == b"re: two\n"
    with connected(proxy) as connection:
        assert asked(connection, b"three\n") == b"re: three\n"
    counts = proxy.counts
    assert (counts.connections, counts.turns, counts.up, counts.down) == (2, 3, 14, 26)
    assert bytes(counts.sent) == b"one\ntwo\nthree\n"
    counts.clear()
    assert (counts.connections, counts.turns, counts.up, counts.down, bytes(counts.sent)) == (0, 0, 0, 0, b"")


def test_lines_sent_together_are_one_turn(proxy):
    with connected(proxy) as connection:
        connection.sendall(b"one\ntwo\nthree\n")
        while not connection.recv(4096).endswith(b"three\n"):
            pass
    assert proxy.counts.turns == 1


def test_nobody_listens_while_it_is_closed(proxy):
    with connected(proxy) as open_before:
        assert asked(open_before, b"before\n") == b"re: before\n"
        with proxy.closed(), pytest.raises(ConnectionRefusedError), connected(proxy):
            pass
        assert asked(open_before, b"still\n") == b"re: still\n"
    with connected(proxy) as connection:
        assert asked(connection, b"again\n") == b"re: again\n"


def test_refused_connections_are_reset_and_never_reach_the_server(proxy, echo):
    proxy.fault = Fault(refuse=True)
    with contextlib.suppress(ConnectionError), connected(proxy) as connection:
        assert asked(connection, b"one\n") == b""
    assert echo.heard == []


def test_a_hanging_server_says_nothing(proxy, echo):
    proxy.fault = Fault(hang=True)
    with connected(proxy, timeout=0.2) as connection, pytest.raises(TimeoutError):
        asked(connection, b"one\n")
    assert echo.heard == []


@pytest.mark.parametrize("cut", [1, 5, 8, 11])
def test_the_connection_ends_after_so_many_bytes(proxy, cut):
    proxy.fault = Fault(cut_after=cut)
    with connected(proxy) as connection:
        connection.sendall(b"one\ntwo\n")
        assert everything(connection) == b"re: one\nre: two\n"[:cut]


def test_a_cut_can_be_a_reset(proxy):
    proxy.fault = Fault(cut_after=3, reset=True)
    with connected(proxy) as connection:
        connection.sendall(b"one\n")
        with pytest.raises(ConnectionResetError):
            everything(connection)


def test_what_is_delayed_comes_late_and_whole(proxy):
    proxy.fault = Fault(delay=0.1)
    with connected(proxy) as connection:
        began = time.monotonic()
        assert asked(connection, b"one\n") == b"re: one\n"
        assert time.monotonic() - began >= 0.2  # there and back


def test_what_is_slow_comes_at_its_rate(proxy):
    proxy.fault = Fault(slow=1000)
    with connected(proxy) as connection:
        began = time.monotonic()
        connection.sendall(b"x" * 200 + b"\n")
        data = b""
        while not data.endswith(b"\n"):
            data += connection.recv(4096)
        assert time.monotonic() - began > 0.15


def test_the_deed_is_done_and_its_answer_lost(proxy, echo):
    proxy.fault = Fault(lose_reply_to=b"APPEND")
    with connected(proxy) as connection:
        assert asked(connection, b"LOGIN\n") == b"re: LOGIN\n"
        assert asked(connection, b"APPEND\n") == b""
    assert echo.heard == [b"LOGIN\n", b"APPEND\n"]


def test_words_are_known_across_pieces(proxy, echo):
    proxy.fault = Fault(lose_reply_to=b"APPEND")
    with connected(proxy) as connection:
        connection.sendall(b"APP")
        time.sleep(0.05)
        assert asked(connection, b"END\n") == b""
    assert echo.heard == [b"APPEND\n"]


def test_the_connection_ends_before_the_deed(proxy, echo):
    proxy.fault = Fault(end_at=b"APPEND")
    with connected(proxy) as connection:
        assert asked(connection, b"APPEND\n") == b""
    assert echo.heard == []


def test_open_connections_can_be_ended_and_new_ones_made(proxy):
    with connected(proxy) as connection:
        asked(connection, b"one\n")
        proxy.end_connections()
        assert connection.recv(10) == b""
    with connected(proxy) as connection:
        assert asked(connection, b"two\n") == b"re: two\n"


def test_a_fault_that_is_taken_away_is_gone(proxy):
    proxy.fault = Fault(cut_after=1)
    with connected(proxy) as connection:
        assert asked(connection, b"one\n") == b"r"
    proxy.fault = Fault()
    with connected(proxy) as connection:
        assert asked(connection, b"one\n") == b"re: one\n"


# --- TLS ---


def talk(proxy, context):
    """Four lines over TLS, or an error."""
    with connected(proxy) as raw, context.wrap_socket(raw, server_hostname="127.0.0.1") as connection:
        for _ in range(4):
            if not asked(connection, b"x" * 100 + b"\n"):
                raise ssl.SSLEOFError


def test_an_encrypted_record_arrives_by_half_and_nothing_after_it(authority):
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(authority[1])
    client_side = ssl.create_default_context(cafile=str(authority[0]))
    echo = Echo(server_side)
    with Proxy(echo.port) as proxy:
        with connected(proxy) as raw, client_side.wrap_socket(raw, server_hostname="127.0.0.1") as connection:
            assert asked(connection, b"one\n") == b"re: one\n"
        for record in range(1, 4):  # the first ones still belong to the handshake
            proxy.fault = Fault(cut_record=record)
            with pytest.raises(OSError):
                talk(proxy, client_side)
    echo.close()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_records_are_followed_however_the_bytes_come(size):
    record = b"\x17\x03\x03\x00\x0a" + b"0123456789"
    stream = b"\x16\x03\x03\x00\x04abcd" + record + record
    passed, records = b"", Records(2)
    for start in range(0, len(stream), size):
        piece = stream[start : start + size]
        whole = records.until_cut(piece)
        passed += whole
        if len(whole) < len(piece):
            break
    assert passed[: 9 + 15 + 5] == stream[: 9 + 15 + 5]
    assert len(passed) < len(stream)
