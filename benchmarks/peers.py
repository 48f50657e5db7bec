"""First look and idle tick on one Dovecot mailbox, mailwatch and others in one run, at several distances.

Each program is a process of its own through one counting proxy: wall and CPU seconds, bytes, turns, peak memory. A peer that is
not installed is named and left out. offlineimap3 is: it asks for one message at a time, ten minutes and more a look.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.imap import DOWN, UP, USER, fill
from benchmarks.row import Row
from tests.servers.dovecot import Dovecot, is_installed, running_dovecot
from tests.servers.proxy import Fault, Proxy

DISTANCES = (0, 40, 150)
"""Milliseconds of a round trip."""
PATIENCE = 900
_MBSYNC = """IMAPAccount a
Host {host}
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account a

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX

Channel c
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one look of one program cost."""

    program: str
    look: str
    distance: int
    wall: float
    cpu: float
    down: int
    up: int
    turns: int
    memory: float


def commands(proxy: Proxy, dovecot: Dovecot, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Each program with the command that looks once; the second call is the idle tick."""
    place = [proxy.host, str(proxy.port), USER, dovecot.password]
    yield "mailwatch", [sys.executable, "-m", "benchmarks.one_look", "mailwatch", *place, str(folder)]
    if find_spec("imap_tools"):
        yield "imap_tools", [sys.executable, "-m", "benchmarks.one_look", "imap_tools", *place, str(folder)]
    else:
        print("imap_tools is not installed")
    yield "imapclient", [sys.executable, "-m", "benchmarks.one_look", "imapclient", *place, str(folder)]
    program = shutil.which("mbsync")
    if program:
        (folder / "mbsync").mkdir(exist_ok=True)
        config = folder / "mbsyncrc"
        told = _MBSYNC.format(
            host=proxy.host, port=proxy.port, user=USER, password=dovecot.password, folder=folder / "mbsync"
        )
        config.write_text(told, encoding="utf-8")
        yield "mbsync", [program, "-c", str(config), "c"]
    else:
        print("mbsync is not installed")


def costs(distances: tuple[int, ...] = DISTANCES) -> Iterator[Cost]:
    """Every look, measured."""
    if not is_installed():
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name, running_dovecot() as dovecot:
        box = Path(name, "box")
        box.mkdir()
        Path(name).chmod(0o755)
        fill(box, dovecot)
        for distance in distances:
            with Proxy(dovecot.port, bytes_a_second=DOWN, bytes_up=UP) as proxy, tempfile.TemporaryDirectory() as work:
                proxy.fault = Fault(delay=distance / 2000)
                for program, command in commands(proxy, dovecot, Path(work)):
                    for look in ("first", "idle"):
                        yield _measured(proxy, program, look, distance, command, Path(work, "peak"))


def _measured(proxy: Proxy, program: str, look: str, distance: int, command: list[str], peak: Path) -> Cost:
    proxy.counts.clear()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    watched = ["/usr/bin/time", "-f", "%M", "-o", str(peak), *command] if shutil.which("time") else command
    subprocess.run(watched, check=True, capture_output=True, timeout=PATIENCE)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = int(peak.read_text().split()[-1]) / 1024 if peak.exists() else after.ru_maxrss / 1024
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    counts = proxy.counts
    return Cost(
        program, look, distance, round(wall, 2), round(cpu, 2), counts.down, counts.up, counts.turns, round(memory)
    )


def rows_of(found: Sequence[Cost], distance: int = 40) -> Iterator[Row]:
    """The targets that are ratios between programs, at one distance."""
    looks = {(cost.program, cost.look): cost for cost in found if cost.distance == distance}
    ours, idle = looks.get(("mailwatch", "first")), looks.get(("mailwatch", "idle"))
    if ours is None or idle is None:
        return
    yield Row("IMAP first look as a process: turns", ours.turns, 10, "turns", 3, steady=True)
    yield Row("IMAP first look as a process: peak memory", ours.memory, 96, "MB", 5)
    yield Row("IMAP nothing new, fresh: turns", idle.turns, 3, "turns", 8, steady=True)
    yield Row("IMAP nothing new, fresh: bytes", idle.down + idle.up, 1_500, "bytes", 8, steady=True)
    if theirs := looks.get(("imapclient", "first")):
        yield Row("IMAP first look: wall, beside imapclient", ours.wall / theirs.wall, 0.35, "×", 1)
    if theirs := looks.get(("mbsync", "first")):
        yield Row("IMAP first look: wall, beside mbsync", 100 * ours.wall / theirs.wall, 2, "%", 1)
        yield Row("IMAP first look: bytes, beside mbsync", 100 * ours.down / theirs.down, 0.8, "%", 2)
        yield Row("IMAP first look: CPU, beside mbsync", 100 * ours.cpu / theirs.cpu, 25, "%", 4)


def main() -> None:
    """Measure, and write what was found where the page is made from."""
    found = []
    for cost in costs(tuple(int(word) for word in sys.argv[2:]) or DISTANCES):
        print(cost, flush=True)
        found.append(asdict(cost))
        Path(sys.argv[1]).write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
