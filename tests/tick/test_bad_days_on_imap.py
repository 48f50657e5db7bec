"""The network breaks while a draft is being saved: whatever the server has got, in the end there is one draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailwatch.backends.base import Saved
from mailwatch.backends.imap import ImapBackend, Secret, Server
from mailwatch.core.model import Draft
from mailwatch.sandbox import InlineParser
from mailwatch.tick import OpenAccount
from tests.servers.dovecot import Dovecot, need_dovecot, running_dovecot
from tests.servers.proxy import Fault, Proxy
from tests.tick.doubles import MINE
from tests.tick.imap_lives import ImapMailbox
from tests.tick.real import RealWorld

DAYS = {
    "nobody answers": Fault(refuse=True),
    "somebody answers and says nothing": Fault(hang=True),
    "it ends after a few bytes": Fault(cut_after=600),
    "it ends before the draft arrives": Fault(end_at=b" APPEND "),
    "the draft arrives and the answer is lost": Fault(lose_reply_to=b" APPEND "),
    "the draft arrives and the connection is reset": Fault(lose_reply_to=b" APPEND ", reset=True),
    "every byte is late": Fault(delay=0.6),
    "every byte takes long": Fault(slow=300),
}
ANEW = {"nobody answers", "somebody answers and says nothing", "it ends after a few bytes"}


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    need_dovecot()
    with running_dovecot() as server:
        yield server


class Unlucky(ImapBackend):
    """The account's door; its network breaks in the very moment of a save."""

    def __init__(self, mailbox: ImapMailbox, proxy: Proxy) -> None:
        secret = lambda: Secret(mailbox.server.password)  # noqa: E731
        where = Server("home", proxy.host, proxy.port, mailbox.user, secret, tls="none", timeout=0.4)
        super().__init__(MINE, where, InlineParser())
        self.proxy = proxy
        self.day = ""

    def save_draft(self, draft: Draft) -> Saved:
        if not self.day:
            return super().save_draft(draft)
        if self.day in ANEW:
            self.proxy.end_connections()
        self.proxy.fault, self.day = DAYS[self.day], ""
        return super().save_draft(draft)


@pytest.mark.scenario("T22", "S6")
@pytest.mark.parametrize("day", DAYS)
def test_however_a_save_breaks_off_there_is_one_draft_in_the_end(dovecot: Dovecot, tmp_path: Path, day: str) -> None:
    world = RealWorld(tmp_path)
    mailbox = ImapMailbox(dovecot, lambda: world.now)
    world.mailbox = mailbox  # type: ignore[assignment]
    world.invite(1)
    with Proxy(dovecot.port) as proxy:
        door = Unlucky(mailbox, proxy)
        world.accounts = [OpenAccount("home", MINE, door)]
        door.day = day
        world.pass_time(hours=2)
        report = world.tick()
        assert report.saved == ()
        assert len(world.drafts()) <= 1
        proxy.fault = Fault()
        door._refused = None  # a minute later
        for _ in range(2):
            world.pass_time(minutes=3)
            report = world.tick()
            assert len(world.drafts()) <= 1
        assert (len(world.drafts()), report.exit_code, world.states()) == (1, 0, ["saved"])
        door.close()
    mailbox.close()
    world.close()
