"""The real daemon, three weeks long, on a clock that is not the machine's (libfaketime): it sleeps, its clock is set back,
summer ends; and each obligation is met once, on the right day.
"""

from __future__ import annotations

import os
import re
import select
import signal
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.needed import needed
from tests.system.machine import Machine, invitation, mail

BERLIN = ZoneInfo("Europe/Berlin")
RITA, BO, KIM = (
    "Rita Ek <rita.ek@acme.example>",
    "Bo Lind <bo.lind@globex.example>",
    "Kim Sol <kim.sol@initech.example>",
)
QUARTER = timedelta(minutes=15)
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)


# libfaketime 0.9 can't let anybody sleep until a moment of the steady clock, which it leaves alone: it answers EINVAL.
SLEEPS_ANOTHER_WAY = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds) and None\n"


class Clock:
    """The daemon's own clock on the wall: as far from the machine's as the file says; it goes on as ours does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        needed("faketime")
        (path.parent / "sitecustomize.py").write_text(SLEEPS_ANOTHER_WAY)
        (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(path.parent),
        }

    def set(self, moment: datetime) -> None:
        beside = self.path.with_suffix(".new")
        beside.write_text(f"{moment.timestamp() - time.time():+.3f}\n")  # noqa: TID251 - the distance to the real clock
        beside.replace(self.path)


class Daemon:
    """`mailwatch daemon` on that clock. A look comes when it is told to look; what it saved is seen in Drafts."""

    def __init__(self, machine: Machine, clock: Clock, moment: datetime) -> None:
        self.machine, self.clock = machine, clock
        clock.set(moment)
        self.process = machine.start("daemon", more=clock.environment)
        self.looks = 0
        self._ended_look()

    def looks_at(self, moment: datetime) -> None:
        self.clock.set(moment)
        self.process.send_signal(signal.SIGHUP)
        self._ended_look()

    def _ended_look(self) -> None:
        assert self.process.stderr is not None
        assert select.select([self.process.stderr], [], [], 60)[0], "no look within a minute"
        said = self.process.stderr.readline()
        assert "exit=0" in said, said
        self.looks += 1

    def ends(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(5)


MAILS = [
    (
        berlin("10-12T10:00"),
        invitation(
            RITA,
            "Interview: Jo Park - Data Engineer",
            berlin("10-15T14:00"),
            berlin("10-15T15:00"),
            berlin("10-12T10:00"),
            1,
        ),
    ),
    (
        berlin("10-16T09:30"),
        mail(
            RITA,
            "Re: Interview: Jo Park - Data Engineer",
            "Hi Jo,\r\n\r\nthanks for coming in yesterday. We will let you know by Friday, 23 October.\r\n\r\nBest,\r\nRita Ek",
            berlin("10-16T09:30"),
            answers="<m1@acme.example>",
            number=2,
        ),
    ),
    (
        berlin("10-19T11:00"),
        invitation(
            BO, "Interview: Jo Park - Analyst", berlin("10-23T10:00"), berlin("10-23T11:00"), berlin("10-19T11:00"), 3
        ),
    ),
    (
        berlin("10-20T11:00"),
        invitation(
            KIM,
            "Interview: Jo Park - Platform Engineer",
            berlin("10-26T09:00"),
            berlin("10-26T10:00"),
            berlin("10-20T11:00"),
            4,
        ),
    ),
]
# Each letter, and the first moment at which the rules want it: 90 minutes after an interview; three business days after the date.
DUE = {
    ("rita.ek@acme.example", 1): berlin("10-15T16:30"),
    ("bo.lind@globex.example", 1): berlin("10-23T12:30"),
    ("kim.sol@initech.example", 1): berlin("10-26T11:30"),
    ("rita.ek@acme.example", 2): berlin("10-28T00:00"),
}
SENT_AFTER = timedelta(hours=3)
BEGIN, END = berlin("10-12T08:00"), berlin("11-02T08:00")
ASLEEP = [
    (berlin("10-13T19:00"), berlin("10-14T07:30")),
    (berlin("10-24T01:10"), berlin("10-26T08:05")),
    (berlin("10-29T00:00"), berlin("10-30T09:00")),
]
SET_BACK = {berlin("10-23T13:00"): timedelta(days=-2), berlin("10-28T10:00"): timedelta(hours=-36)}
"""Now and then the clock is wrong for one look."""


def ticks() -> Iterator[datetime]:
    """Each quarter of an hour in which the machine is awake."""
    moment = BEGIN
    while moment <= END:
        if not any(begin < moment < end for begin, end in ASLEEP):
            yield moment
        moment = (moment.astimezone(ZoneInfo("UTC")) + QUARTER).astimezone(BERLIN)


def worth_a_look() -> list[datetime]:
    """Of all ticks the last before each letter is due, one at everything that happens, and one every six days; with the soak
    profile all of them."""
    every = list(ticks())
    if SOAK:
        return every
    ends = [end for _, end in ASLEEP]
    events = [*(at for at, _ in MAILS), *DUE.values(), *(due + SENT_AFTER for due in DUE.values()), *SET_BACK, *ends]
    chosen = {next(tick for tick in every if tick.timestamp() >= event.timestamp()) for event in events}
    chosen |= {[tick for tick in every if tick.timestamp() < due.timestamp()][-1] for due in DUE.values()}
    now_and_then = {tick for tick in every if (tick.day % 6, tick.hour, tick.minute) == (0, 18, 0)}
    return sorted(chosen | now_and_then, key=datetime.timestamp)


def test_three_weeks_with_sleep_a_clock_set_back_and_the_end_of_summer_meet_each_obligation_once(
    tmp_path: Path,
) -> None:
    machine = Machine(tmp_path)
    daemon = Daemon(machine, Clock(tmp_path / "clock"), BEGIN)
    appeared: dict[tuple[str, int], datetime] = {}
    unsent: dict[Path, datetime] = {}
    waiting = list(MAILS)
    try:
        for tick in worth_a_look():
            while waiting and waiting[0][0] <= tick:
                machine.receives(waiting[0][1], waiting.pop(0)[0])
            for draft, at in list(unsent.items()):
                if tick >= at + SENT_AFTER:
                    machine.sends(draft)
                    del unsent[draft]
            if tick in SET_BACK:
                daemon.looks_at(tick + SET_BACK[tick])
                assert set(machine.drafts()) == set(unsent), "a look from the past saves nothing"
            daemon.looks_at(tick)
            for draft in set(machine.drafts()) - set(unsent):
                to = re.search(r"<(.*)>", message_from_bytes(draft.read_bytes())["To"])[1]
                appeared[to, sum(known == to for known, _ in appeared) + 1] = tick
                unsent[draft] = tick
        assert daemon.ends() == 0
    finally:
        daemon.process.kill()
        daemon.process.communicate()
    assert appeared == {letter: next(tick for tick in worth_a_look() if tick >= due) for letter, due in DUE.items()}
