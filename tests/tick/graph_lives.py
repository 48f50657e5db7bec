"""The same lives at Microsoft: the user's hands in the mailbox itself, mailwatch through Graph over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailwatch.backends.graph import GraphBackend, GraphDoor
from mailwatch.backends.memory import Faults
from mailwatch.core.model import SpecialUse
from mailwatch.sandbox import InlineParser
from mailwatch.tick import OpenAccount
from tests.backends.graphs import QUICK, Key
from tests.servers.graph import Graph
from tests.servers.graph_events import Events
from tests.servers.graph_mailbox import GERMAN, Item, Mailbox
from tests.tick.doubles import MINE
from tests.tick.lives import Fuse, Life
from tests.tick.witness import Witnessing
from tests.tick.world import SmallWorld

FOLDERS = {"INBOX": "inbox", "Sent": "sentitems", "Drafts": "drafts", "Trash": "deleteditems"}
USES = {SpecialUse.INBOX: "INBOX", SpecialUse.SENT: "Sent", SpecialUse.DRAFTS: "Drafts", SpecialUse.TRASH: "Trash"}


@dataclass(frozen=True)
class Stored:
    folder: str
    ref: str
    raw: bytes


class GraphMailbox:
    """The account from the user's side (what MemoryMailbox is in memory). A ref is the immutable id."""

    account = MINE

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.faults = Faults(MINE)
        self._names = {graph.mailbox.known(known).id: name for name, known in FOLDERS.items()}

    def messages(self, *uses: SpecialUse) -> tuple[Stored, ...]:
        wanted = [USES[use] for use in uses] if uses else list(FOLDERS)
        stored = (self._stored(item) for item in self.graph.mailbox.items.values())
        return tuple(each for each in stored if each.folder in wanted)

    def get(self, ref: str) -> Stored:
        return self._stored(self._item(ref))

    def find(self, ref: str) -> Stored | None:
        item = self.graph.mailbox.item(ref, immutable=True)
        return self._stored(item) if item else None

    def mail_arrives(self, raw: bytes, at: datetime, folder: str = "INBOX") -> None:
        self._put(raw, folder, at)

    def user_sends(self, raw: bytes, at: datetime) -> None:
        self._put(raw, "Sent", at)

    def user_begins_draft(self, raw: bytes) -> None:
        self._put(raw, "Drafts", self.graph.mailbox.now(), draft=True)

    def user_edits_draft(self, ref: str, raw: bytes) -> None:
        """In Outlook the draft stays the same item; in another program it is another one afterwards."""
        item = self._item(ref)
        if item.number % 2:
            self.graph.mailbox.change(item, raw)
        else:
            self.user_begins_draft(raw)
            self.graph.mailbox.purge(item)

    def user_takes_draft(self, ref: str) -> bytes:
        item = self._item(ref)
        self.graph.mailbox.purge(item)
        return item.raw

    def user_sends_draft(self, ref: str, at: datetime, raw: bytes | None = None) -> None:
        item = self._item(ref)
        self.graph.mailbox.outlives_send = bool(item.number % 3)
        self.graph.mailbox.send(item, raw, at)

    def user_deletes(self, ref: str) -> None:
        self.graph.mailbox.delete(self._item(ref))

    def renumber(self, folder: str) -> None:
        self.graph.answers.expire(self._folder(folder))

    def _folder(self, name: str) -> str:
        return self.graph.mailbox.known(FOLDERS[name]).id

    def _put(self, raw: bytes, folder: str, at: datetime, *, draft: bool = False) -> None:
        self.graph.mailbox.put(raw, self._folder(folder), at, draft=draft)

    def _item(self, ref: str) -> Item:
        item = self.graph.mailbox.item(ref, immutable=True)
        if item is None:
            raise LookupError(ref)
        return item

    def _stored(self, item: Item) -> Stored:
        return Stored(self._names.get(item.folder, ""), item.id, item.raw)


class GraphWitness(Witnessing, GraphBackend):
    def __init__(self, mailbox: GraphMailbox, fuse: Fuse) -> None:
        door = GraphDoor("home", Key(), base_url=mailbox.graph.url, limits=QUICK)
        GraphBackend.__init__(self, MINE, door, InlineParser())
        self.bear_witness(mailbox, fuse)


def fresh_mailbox(graph: Graph, now: Callable[[], datetime]) -> GraphMailbox:
    """An empty mailbox on a server that runs already."""
    graph.mailbox = Mailbox(names=GERMAN, now=now, address=str(MINE))
    graph.events = Events(now)
    graph.answers.rounds.clear()
    graph.answers.largest_page = 4
    graph.faults.clear()
    graph.asked.clear()
    return GraphMailbox(graph)


class GraphLife(Life):
    """A life whose mailbox lies at Microsoft. Subclasses name the server."""

    graph: Graph

    def __init__(self) -> None:
        super().__init__()
        door = GraphWitness(self.world.mailbox, self.fuse)  # type: ignore[arg-type]
        self.door = door  # type: ignore[assignment]
        self.world.accounts = [OpenAccount("home", MINE, door)]

    def new_world(self) -> SmallWorld:
        world = SmallWorld(self.folder)
        world.mailbox = fresh_mailbox(self.graph, lambda: world.now)  # type: ignore[assignment]
        return world

    def check_the_users(self, before: Counter[tuple[str, bytes]]) -> None:
        """What mailwatch discards lies in Deleted Items; everything else of ours is where it was put."""
        found = (self.world.mailbox.find(ref) for _, ref in self.door.saved)
        made = Counter((stored.folder, stored.raw) for stored in found if stored is not None)
        assert self.everything() == before + made, "something of the user's was changed, moved or removed"

    def teardown(self) -> None:
        try:
            super().teardown()
            assert (self.graph.sending, self.graph.violations) == ([], [])
        finally:
            self.door.close()
