"""Local mail: a first look at a Maildir of 20,000 messages beside notmuch, a look at nothing new, an mbox beside mailbox.mbox.

Of every message at most 60 kB are written: what is cut off are attachments, which both sides read past.
"""

from __future__ import annotations

import mailbox
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from benchmarks.mailbox import END, Generator
from benchmarks.row import Row
from mailwatch.backends.archives import ArchiveBackend
from mailwatch.backends.archives.mbox import Mbox
from mailwatch.backends.archives.store import Choices, Folder
from mailwatch.backends.base import MailBackend
from mailwatch.backends.maildir import MaildirBackend
from mailwatch.core.model import Address, Cursor, Envelope, Interest, SpecialUse
from mailwatch.sandbox import InlineParser

MESSAGES = 20_000
KEPT = 60_000
ME = Address("jo@home.example")


def rows() -> Iterator[Row]:
    """The rows of this file; without notmuch the one beside it is missing."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name:
        folder = Path(name)
        _write(folder)
        backend = MaildirBackend(ME, folder / "mail", InlineParser(), name="bench")
        began = time.process_time()
        cursor = look(backend, None)
        ours = time.process_time() - began
        theirs = _notmuch(folder)
        if theirs is None:
            print("notmuch is not installed: the first look at a Maildir stands alone")
        else:
            print(f"Maildir, 20,000 messages: {ours:.2f} s CPU beside notmuch's {theirs:.2f}")
            yield Row("Maildir, first look", 100 * ours / theirs, 15, "% of notmuch new", 20)
        spans = [_idle(backend, cursor) for _ in range(9)]
        yield Row("Maildir, nothing new", 1000 * statistics.median(spans), 20, "ms", 20)
        yield from _mbox(folder)


def _write(folder: Path) -> None:
    for sub in (".", ".Sent", ".Drafts"):
        for part in ("cur", "new", "tmp"):
            (folder / "mail" / sub / part).mkdir(parents=True)
    (folder / "sent").touch()
    with (folder / "box").open("wb") as box:
        for number, (at, raw) in enumerate(Generator().messages(MESSAGES)):
            path = folder / "mail" / "cur" / f"{int(at.timestamp())}.M{number}.bench:2,S"
            path.write_bytes(raw[:KEPT])
            os.utime(path, (at.timestamp(),) * 2)
            line = f"From x@y.example {at:%a %b %d %H:%M:%S %Y}\n".encode()
            box.write(line + raw[:KEPT].replace(b"\r\n", b"\n") + b"\n\n")


def look(
    backend: MailBackend, cursor: Cursor | None, keep: Callable[[Sequence[Envelope]], object] = len
) -> Cursor | None:
    """Look at what came since; keep is given every page of it. The cursor after the last."""
    for page in backend.changes(cursor, since=END - timedelta(days=90), interest=Interest()):
        keep(page.items)
        cursor = page.cursor
    return cursor


def _idle(backend: MailBackend, cursor: Cursor | None) -> float:
    began = time.perf_counter()
    look(backend, cursor)
    return time.perf_counter() - began


def _notmuch(folder: Path) -> float | None:
    """CPU seconds of `notmuch new`."""
    program = shutil.which("notmuch")
    if program is None:
        return None
    config = folder / "notmuch-config"
    config.write_text(f"[database]\npath={folder / 'mail'}\n[user]\nname=x\nprimary_email={ME}\n", encoding="utf-8")
    before = os.times()
    subprocess.run([program, "new"], env={**os.environ, "NOTMUCH_CONFIG": str(config)}, check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _mbox(folder: Path) -> Iterator[Row]:
    began = time.process_time()
    peer = mailbox.mbox(folder / "box", create=False)
    peer.keys()
    other_found = time.process_time() - began
    # It also splits messages at lines of their texts that begin with "From "; such parts have no Message-ID.
    theirs = {message["Message-ID"] for message in peer if message["Message-ID"]}
    other = time.process_time() - began
    began = time.process_time()
    Mbox().listing(Folder(folder / "box", ".", SpecialUse.INBOX), "")
    found = time.process_time() - began
    backend = ArchiveBackend(ME, Mbox(), Choices("bench", folder / "box", folder / "sent"), InlineParser())
    began = time.process_time()
    pages = backend.changes(None, since=END - timedelta(days=9_000), interest=Interest())
    ours = {str(envelope.id) for page in pages for envelope in page.items}
    mine = time.process_time() - began
    print(f"mbox, 20,000 messages: {mine:.2f} s beside mailbox.mbox's {other:.2f}")
    yield Row("mbox, 20,000 messages: messages that differ", len(ours ^ theirs), 0, "messages", 21, steady=True)
    yield Row("mbox: finding 20,000 messages", other_found / found, 8, "× as fast as mailbox.mbox", 21, at_least=True)
    yield Row("mbox: first look, envelopes read", other / mine, 1, "× as fast as mailbox.mbox", 21, at_least=True)
