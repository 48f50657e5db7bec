"""Two machines look at one mailbox at the very same moment: one letter for each person, never two and never none.

Real threads, real waiting, real connections; each machine has a state folder of its own. A few dozen races where
they are named under CI, a thousand in `make soak`.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import settings

from mailwatch.backends.imap import ImapBackend, Secret, Server
from mailwatch.backends.maildir import MaildirBackend
from mailwatch.core.model import SpecialUse
from mailwatch.sandbox import InlineParser
from mailwatch.store import open_store
from mailwatch.tick import Doors, OpenAccount, World, tick
from tests.servers.dovecot import need_dovecot, running_dovecot
from tests.tick.doubles import MINE, START, PlainParser, SmallCore, invitation, person
from tests.tick.imap_lives import ImapMailbox
from tests.tick.maildir_lives import FilesMailbox
from tests.tick.world import _SMALL, SETTINGS

SOAK = settings.default is not None and settings.default.max_examples >= 10_000
RACES = 500 if SOAK else 12


class Track:
    """One mailbox, and two machines that look after it."""

    def __init__(
        self, folder: Path, new_mailbox: Callable[[Callable[[], Any]], Any], new_door: Callable[[Any], Any]
    ) -> None:
        self.now = START
        self.mailbox = new_mailbox(lambda: self.now)
        self.doors = [new_door(self.mailbox) for _ in range(2)]
        self.folders = [folder / "first", folder / "second"]
        self.met = 0

    def race(self) -> None:
        """Somebody is met, and both machines find out at once."""
        self.met += 1
        self.mailbox.mail_arrives(invitation(self.met, self.now, self.now), self.now)
        self.now += timedelta(hours=2)
        start, broken = threading.Barrier(2), []

        def look(machine: int) -> None:
            try:
                start.wait(20)
                self._tick(machine, time.sleep)
            except BaseException as error:  # noqa: BLE001 - a thread's error is told by the test
                broken.append(error)

        racers = [threading.Thread(target=look, args=(machine,), daemon=True) for machine in (0, 1)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(60)
        assert broken == []
        for machine in (0, 1):
            self.now += timedelta(minutes=5)
            self._tick(machine, lambda _: None)

    def _tick(self, machine: int, sleep: Callable[[float], object]) -> None:
        store = open_store(self.folders[machine], now=self.now, mend=True)
        try:
            doors = Doors((OpenAccount("home", MINE, self.doors[machine]),), PlainParser(), ())
            tick(store, doors, SETTINGS, World(lambda: self.now, sleep, None), now=self.now, plan=SmallCore())
        finally:
            store.close()

    def letters(self) -> Counter[str]:
        drafts = self.mailbox.messages(SpecialUse.DRAFTS)
        return Counter(parseaddr(message_from_bytes(stored.raw)["To"])[1] for stored in drafts)

    def close(self) -> None:
        for each in (*self.doors, self.mailbox):
            getattr(each, "close", lambda: None)()


@contextmanager
def in_a_maildir(folder: Path) -> Iterator[Track]:
    def door(mailbox: FilesMailbox) -> MaildirBackend:
        return MaildirBackend(MINE, mailbox.root, PlainParser(), name="home")

    yield Track(folder, lambda now: FilesMailbox(folder / "Mail", now), door)


@contextmanager
def on_dovecot(folder: Path) -> Iterator[Track]:
    def door(mailbox: ImapMailbox) -> ImapBackend:
        password = Secret(mailbox.server.password)
        server = Server("home", server_.host, server_.port, mailbox.user, lambda: password, tls="none", timeout=20.0)
        return ImapBackend(MINE, server, InlineParser())

    need_dovecot()
    with running_dovecot() as server_:
        yield Track(folder, lambda now: ImapMailbox(server_, now), door)


@pytest.mark.scenario("T23", "S6")
@pytest.mark.timeout(0 if SOAK else 200)
@pytest.mark.parametrize("where", [in_a_maildir, on_dovecot])
def test_two_machines_at_the_same_moment_leave_one_letter_for_each(
    where: Callable[[Path], Any], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with patch.multiple("mailwatch.tick.pull", **_SMALL), where(tmp_path) as track:
        for _ in range(RACES):
            track.race()
        assert track.letters() == {person(number): 1 for number in range(1, track.met + 1)}
        track.close()
    record_property("figure", (f"two machines at once, {where.__name__.replace('_', ' ')}", "races", RACES))
