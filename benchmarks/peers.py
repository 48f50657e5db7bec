"""First look, idle tick and ten new messages on one Dovecot mailbox, mailwatch and others in one run, at several distances.

Each program is a process of its own through one counting proxy: wall and CPU seconds, bytes, turns, peak memory. A peer that is
not installed is named and left out. offlineimap3 asks for one message at a time, ten minutes and more a look: it gets every
hundredth message only. What takes seconds is looked at three times, and the look of median wall time counts.
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

from benchmarks.imap import DOWN, UP, USER, deliver, fill, made, served
from benchmarks.row import Row
from tests.servers.dovecot import Dovecot, is_installed, running_dovecot
from tests.servers.proxy import Fault, Proxy

DISTANCES = (0, 40, 150)
"""Milliseconds of a round trip; at 0 the line has no limit either: it is the machine itself."""
PATIENCE = 900
SHARE = 100
"""offlineimap3 gets one message of so many."""
OTHER_USER = "hundredth"
HUGE = 10
"""Times the mailbox, of messages cut to 4 kB, for the memory of a large one."""
HUGE_USER = "huge"
KEPT = 4_000
REPEATED = {"mailwatch": 3, "imapclient": 3}
"""First looks; idle ones are repeated for everybody."""
_OFFLINEIMAP = """[general]
accounts = a
metadata = {folder}/meta
ui = quiet
[Account a]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = {folder}/mail
[Repository far]
type = IMAP
remotehost = {host}
remoteport = {port}
remoteuser = {user}
remotepass = {password}
auth_mechanisms = LOGIN
ssl = no
starttls = no
readonly = True
folderfilter = lambda name: name == "INBOX"
"""
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
    told = {"host": proxy.host, "port": proxy.port, "password": dovecot.password}
    for program in ("mailwatch", "imapclient", *(["imap_tools"] if find_spec("imap_tools") else [])):
        yield program, [sys.executable, "-m", "benchmarks.one_look", program, *place, str(folder)]
    for program, command, user, config in (
        ("mbsync", ["-c", "CONFIG", "c"], USER, _MBSYNC),
        ("offlineimap", ["-o", "-c", "CONFIG"], OTHER_USER, _OFFLINEIMAP),
    ):
        found = shutil.which(program)
        if found:
            own = folder / program
            own.mkdir(exist_ok=True)
            (folder / f"{program}.rc").write_text(config.format(user=user, folder=own, **told), encoding="utf-8")
            yield program, [found, *(str(folder / f"{program}.rc") if word == "CONFIG" else word for word in command)]
    for missing in (name for name in ("mbsync", "offlineimap") if not shutil.which(name)):
        print(f"{missing} is not installed")


def costs(distances: tuple[int, ...] = DISTANCES) -> Iterator[Cost]:
    """Every look, measured."""
    if not is_installed():
        raise FileNotFoundError("dovecot is not installed: there is no mailbox to look at")
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name, running_dovecot() as dovecot:
        Path(name).chmod(0o755)
        box, other = Path(name, "box"), Path(name, "other")
        box.mkdir()
        fill(box, dovecot)
        _copied(box, other, dovecot)
        for distance in distances:
            down, up = (DOWN, UP) if distance else (0, 0)
            with (
                Proxy(dovecot.port, bytes_a_second=down, bytes_up=up) as proxy,
                tempfile.TemporaryDirectory(dir=name) as work,
            ):
                proxy.fault = Fault(delay=distance / 2000)
                for program, command in commands(proxy, dovecot, Path(work)):
                    yield from _looks(
                        proxy, program, distance, command, Path(work), other if program == "offlineimap" else box
                    )
        yield _of_a_huge_one(box, Path(name), dovecot)


def _looks(proxy: Proxy, program: str, distance: int, command: list[str], work: Path, box: Path) -> Iterator[Cost]:
    """The first look, the idle tick, and the one that finds ten new messages."""
    for look, times in (("first", REPEATED.get(program, 1)), ("idle", 3), ("ten new", 1)):
        found = []
        for _ in range(times):
            if look == "first" and times > 1:
                (work / f"{program}.json").unlink(missing_ok=True)
                shutil.rmtree(work / program, ignore_errors=True)
            if look == "ten new":
                deliver(box, 10)
            found.append(_measured(proxy, program, look, distance, command, work / "peak"))
        yield sorted(found, key=lambda cost: cost.wall)[len(found) // 2]


def _copied(box: Path, other: Path, dovecot: Dovecot) -> None:
    """Every hundredth message, for another user."""
    made(other)
    for path in sorted((box / "cur").iterdir())[::SHARE]:
        os.link(path, other / "cur" / path.name)
    served(other, dovecot, OTHER_USER)


def _of_a_huge_one(box: Path, folder: Path, dovecot: Dovecot) -> Cost:
    """The first look of mailwatch at ten times the messages."""
    made(folder / "huge")
    for number, path in enumerate(sorted((box / "cur").iterdir())):
        whole, at = path.read_bytes()[:KEPT], path.stat().st_mtime
        first = folder / "huge" / "cur" / f"{number}.bench:2,S"
        first.write_bytes(whole)
        os.utime(first, (at, at))
        for copy in range(1, HUGE):
            os.link(first, folder / "huge" / "cur" / f"{number}x{copy}.bench:2,S")
    served(folder / "huge", dovecot, HUGE_USER)
    with Proxy(dovecot.port) as proxy, tempfile.TemporaryDirectory(dir=folder) as work:
        place = [proxy.host, str(proxy.port), HUGE_USER, dovecot.password]
        command = [sys.executable, "-m", "benchmarks.one_look", "mailwatch", *place, work]
        return _measured(proxy, "mailwatch", "200,000", 0, command, Path(work, "peak"))


def _measured(proxy: Proxy, program: str, look: str, distance: int, command: list[str], peak: Path) -> Cost:
    time.sleep(0.2 + distance / 500)  # the last one's farewell is still on its way
    proxy.counts.clear()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    watched = ["/usr/bin/time", "-f", "%M", "-o", str(peak), *command] if shutil.which("time") else command
    ended = subprocess.run(watched, check=False, capture_output=True, timeout=PATIENCE)
    wall = time.perf_counter() - began
    if ended.returncode:
        raise RuntimeError(f"{program} failed at its {look} look: {ended.stderr[-600:].decode(errors='replace')}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = int(peak.read_text().split()[-1]) / 1024 if peak.exists() else after.ru_maxrss / 1024
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    counts = proxy.counts
    cost = Cost(
        program, look, distance, round(wall, 2), round(cpu, 2), counts.down, counts.up, counts.turns, round(memory)
    )
    print(cost, flush=True)
    return cost


def rows_of(found: Sequence[Cost], distance: int = 40) -> Iterator[Row]:
    """The targets that are ratios between programs, at one distance."""
    looks = {(cost.program, cost.look): cost for cost in found if cost.distance == distance}
    ours, idle = looks.get(("mailwatch", "first")), looks.get(("mailwatch", "idle"))
    if ours is None or idle is None:
        return
    yield Row("IMAP first look as a process: turns", ours.turns, 10, "turns", 3, steady=True)
    yield Row("IMAP first look as a process: peak memory", ours.memory, 96, "MB", 5)
    if huge := next((cost for cost in found if cost.look == "200,000"), None):
        yield Row("IMAP first look at 200,000: peak memory", huge.memory / ours.memory, 1.2, "× that of 20,000", 5)
        yield Row("IMAP first look at 200,000: turns", huge.turns, 28, "turns", 3, steady=True)
    yield Row("IMAP nothing new, fresh: turns", idle.turns, 3, "turns", 8, steady=True)
    yield Row("IMAP nothing new, fresh: bytes", idle.down + idle.up, 1_500, "bytes", 8, steady=True)
    if theirs := looks.get(("imapclient", "first")):
        yield Row("IMAP first look: wall, beside imapclient", ours.wall / theirs.wall, 0.35, "×", 1)
    if theirs := looks.get(("mbsync", "first")):
        yield Row("IMAP first look: wall, beside mbsync", 100 * ours.wall / theirs.wall, 2, "%", 1)
        yield Row("IMAP first look: bytes, beside mbsync", 100 * ours.down / theirs.down, 0.8, "%", 2)
        yield Row("IMAP first look: CPU, beside mbsync", 100 * ours.cpu / theirs.cpu, 25, "%", 4)
    new, theirs = looks.get(("mailwatch", "ten new")), looks.get(("mbsync", "ten new"))
    if new and theirs:
        yield Row("IMAP ten new messages: bytes, beside mbsync", 100 * new.down / theirs.down, 25, "%", 9)


def main() -> None:
    """Measure at these distances only, and write what was found into a file: `python -m benchmarks.peers FILE [DISTANCE …]`."""
    found = []
    for cost in costs(tuple(int(word) for word in sys.argv[2:]) or DISTANCES):
        found.append(asdict(cost))
        Path(sys.argv[1]).write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
