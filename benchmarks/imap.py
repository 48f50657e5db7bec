"""IMAP on a generated mailbox of 20,000 messages: a first look and looks at nothing new, over 40 ms and 50 Mbit/s.

Bytes and turns are counted by the proxy of the tests; Dovecot has to be installed. The yardsticks run on the same mailbox
through the same proxy: all bytes of the mailbox, the time that the bytes and turns must take, and imapclient's own fetch.
"""

from __future__ import annotations

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.mailbox import END, Generator
from benchmarks.row import Row
from mailwatch.backends.imap import ImapBackend, Secret, Server
from mailwatch.backends.imap.session import Session
from mailwatch.backends.imap.signin import session_with
from mailwatch.core.model import Address, Cursor, Interest, MessageRef
from mailwatch.sandbox import InlineParser
from tests.servers.dovecot import Dovecot, is_installed, running_dovecot
from tests.servers.proxy import Fault, Proxy

MESSAGES = 20_000
ROUND_TRIP = 0.040
DOWN, UP = 6_250_000, 1_250_000
ME = Address("jo@home.example")
USER = "bench"


@dataclass(frozen=True, slots=True)
class Spent:
    """What one piece of work cost."""

    seconds: float
    turns: int
    up: int
    down: int


def rows(count: int = MESSAGES) -> Iterator[Row]:
    """The rows of this file, on a mailbox of so many messages."""
    if not is_installed():
        raise FileNotFoundError("dovecot is not installed: there is no mailbox to look at")
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder, running_dovecot() as dovecot:
        whole = fill(Path(folder), dovecot, count)
        for compressed in (True, False):
            with Proxy(dovecot.port, bytes_a_second=DOWN, bytes_up=UP) as proxy:
                proxy.fault = Fault(delay=ROUND_TRIP / 2)
                yield from _rows_through(proxy, dovecot, whole, compressed=compressed)
                yield from _rows_of_new(proxy, dovecot, Path(folder), compressed=compressed)


def _rows_of_new(proxy: Proxy, dovecot: Dovecot, folder: Path, *, compressed: bool) -> Iterator[Row]:
    """Ten new messages, on a connection that was kept."""
    backend = _backend(proxy, dovecot, compressed=compressed)
    cursor = _look(backend, None)[1]
    backend.drafts()
    deliver(folder, 10)

    def work() -> None:
        refs, _ = _look(backend, cursor)
        for _ in backend.fetch(refs):
            pass
        backend.drafts()

    spent = _spent(proxy, work)
    way = "with COMPRESS" if compressed else "without extensions"
    yield Row(f"ten new messages, kept {way}: turns", spent.turns, 4, "turns", 9, steady=True)
    backend.close()


def _rows_through(proxy: Proxy, dovecot: Dovecot, whole: int, *, compressed: bool) -> Iterator[Row]:
    way = "with COMPRESS" if compressed else "without extensions"
    backend = _backend(proxy, dovecot, compressed=compressed)
    refs, cursor, first = _first_look(backend, proxy)
    texts = _spent(proxy, lambda: list(backend.fetch(refs[::4])))  # 18 % of all, newsletters aside
    turns, down = first.turns + texts.turns, first.down + texts.down
    yield Row(
        f"first look {way}: bytes", 100 * down / whole, 0.8 if compressed else 2.0, "% of the mailbox", 2, steady=True
    )
    yield Row(f"first look {way}: turns", turns, 10, "turns", 3, steady=True)
    if compressed:
        limit = down / DOWN + turns * ROUND_TRIP
        yield Row(
            "first look: time beside the line's",
            (first.seconds + texts.seconds) / limit,
            2.5,
            "× what the line needs",
            1,
        )
        yield Row(
            "first look: time beside imapclient's",
            first.seconds / _imapclient(proxy, dovecot).seconds,
            0.35,
            "× imapclient's",
            1,
        )
    backend.drafts()
    _look(backend, cursor)
    backend.drafts()
    idle = _spent(proxy, lambda: (_look(backend, cursor), backend.drafts()))
    yield Row(f"nothing new, kept {way}: turns", idle.turns, 1, "turns", 7, steady=True)
    yield Row(f"nothing new, kept {way}: bytes", idle.down + idle.up, 600, "bytes", 7, steady=True)
    backend.close()
    time.sleep(5 * ROUND_TRIP)  # its last words are still on their way
    fresh = _spent(proxy, lambda: (_look(backend, cursor), backend.drafts()))
    yield Row(f"nothing new, fresh {way}: turns", fresh.turns, 3, "turns", 8, steady=True)
    yield Row(f"nothing new, fresh {way}: bytes", fresh.down + fresh.up, 1_500, "bytes", 8, steady=True)
    backend.close()


def fill(folder: Path, dovecot: Dovecot, count: int = MESSAGES) -> int:
    """Write the mailbox as a Maildir, let the server index it, and tell how many bytes it holds."""
    made(folder)
    whole = 0
    for number, (at, raw) in enumerate(Generator().messages(count)):
        _put(folder / "cur", f"{int(at.timestamp())}.M{number}.bench:2,S", at, raw)
        whole += len(raw)
    served(folder, dovecot, USER)
    return whole


def made(folder: Path) -> None:
    """An empty mailbox."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    for name in (".", "Sent", "Drafts"):
        for inside in ("cur", "new", "tmp"):
            (folder / name / inside).mkdir(parents=True)


def served(folder: Path, dovecot: Dovecot, user: str) -> None:
    """Hand the mailbox to the server, and let it read everything once."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, 65534)
    dovecot.mail_of(user).symlink_to(folder)
    with Proxy(dovecot.port) as proxy:
        warm = _backend(proxy, dovecot, compressed=False, user=user)
        _look(warm, None)
        warm.close()


_seeds = itertools.count(2)


def deliver(folder: Path, count: int) -> None:
    """So many more messages, other ones each time."""
    seed = next(_seeds)
    for number, (_, raw) in enumerate(Generator(seed).messages(count)):
        moment = END - timedelta(minutes=number)
        name = f"{int(END.timestamp()) + seed}.M{seed}x{number}.bench"
        _put(folder / "new", name, moment, raw.replace(f"<{number}.".encode(), f"<s{seed}.{number}.".encode(), 1))
        if os.geteuid() == 0:
            os.chown(folder / "new" / name, 65534, 65534)


def _put(folder: Path, name: str, at: datetime, raw: bytes) -> None:
    path = folder / name
    path.write_bytes(raw)
    os.utime(path, (at.timestamp(),) * 2)


def _backend(proxy: Proxy, dovecot: Dovecot, *, compressed: bool, user: str = USER) -> ImapBackend:
    def connect(server: Server) -> Session:
        session = session_with(server)
        session.remote = compressed
        return session

    server = Server("bench", proxy.host, proxy.port, user, lambda: Secret(dovecot.password), tls="none")
    return ImapBackend(ME, server, InlineParser(), connect=connect)


def _look(backend: ImapBackend, cursor: Cursor | None) -> tuple[list[MessageRef], Cursor | None]:
    refs: list[MessageRef] = []
    for page in backend.changes(cursor, since=END.replace(month=8, day=20), interest=Interest()):
        refs += [envelope.ref for envelope in page.items if not envelope.automation.bulk]
        cursor = page.cursor
    return refs, cursor


def _first_look(backend: ImapBackend, proxy: Proxy) -> tuple[list[MessageRef], Cursor | None, Spent]:
    found: list[tuple[list[MessageRef], Cursor | None]] = []
    spent = _spent(proxy, lambda: found.append(_look(backend, None)))
    return *found[0], spent


def _imapclient(proxy: Proxy, dovecot: Dovecot) -> Spent:
    """ENVELOPE and BODYSTRUCTURE of everything in batches of 500, the way imapclient offers it."""
    from imapclient import IMAPClient

    def work() -> None:
        client = IMAPClient(proxy.host, proxy.port, ssl=False)
        client.login(USER, dovecot.password)
        client.select_folder("INBOX", readonly=True)
        uids = client.search("ALL")
        for start in range(0, len(uids), 500):
            client.fetch(uids[start : start + 500], ["ENVELOPE", "BODYSTRUCTURE", "INTERNALDATE", "RFC822.SIZE"])
        client.logout()

    return _spent(proxy, work)


def _spent(proxy: Proxy, work: Callable[[], object]) -> Spent:
    proxy.counts.clear()
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    counts = proxy.counts
    return Spent(seconds, counts.turns, counts.up, counts.down)
