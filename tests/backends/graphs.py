"""A mailbox at Microsoft as its owner has it, and mailwatch's door to it over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager

from mailwatch.backends.graph import GraphBackend, GraphDoor
from mailwatch.core.model import MessageId, SpecialUse
from mailwatch.sandbox import InlineParser
from mailwatch.transport import Limits
from tests.backends.mails import ME, NOW
from tests.servers.graph import Fault, Graph
from tests.servers.graph_events import Events
from tests.servers.graph_mailbox import ENGLISH, Item, Mailbox

KNOWN = {
    SpecialUse.INBOX: "inbox",
    SpecialUse.SENT: "sentitems",
    SpecialUse.ARCHIVE: "archive",
    SpecialUse.TRASH: "deleteditems",
    SpecialUse.JUNK: "junkemail",
    SpecialUse.DRAFTS: "drafts",
}
ROUTES = {"save_draft": "new draft", "drafts": "messages of a folder", "find_draft": "messages of a folder", "changes": "", "fetch": "mime"}  # fmt: skip
QUICK = Limits(connect=2, silence=1, whole=5, one_wait=0, all_waits=0)


class Key:
    """A sign-in that has one token, and remembers what it was asked for."""

    def __init__(self, token: str = "good") -> None:
        self.token_now = token
        self.asked: list[tuple[bool, str]] = []

    def token(self, *, fresh: bool = False, claims: str = "") -> str:
        self.asked.append((fresh, claims))
        return self.token_now


def new_graph(names: Mapping[str, str] = ENGLISH) -> Graph:
    """A mailbox with the folders in some language, and one of the user's own."""
    graph = Graph(Mailbox(names=names, now=lambda: NOW, address=ME), Events(lambda: NOW))
    graph.mailbox.add_folder("Bewerbungen")
    return graph


class GraphWorld:
    """page: of the server, so small that a few messages fill several."""

    page = 4
    breakable = frozenset({SpecialUse.DRAFTS, SpecialUse.SENT, SpecialUse.TRASH})

    def __init__(self, graph: Graph, *, limits: Limits = QUICK) -> None:
        self.graph = graph
        self.mailbox = graph.mailbox
        self.limits = limits
        self.opened: list[GraphBackend] = []
        graph.answers.largest_page = self.page

    def open(self, **settings) -> GraphBackend:
        door = GraphDoor("web", Key(), base_url=self.graph.url, limits=self.limits)
        backend = GraphBackend(ME, door, InlineParser(), **settings)
        self.opened.append(backend)
        return backend

    def close(self) -> None:
        for backend in self.opened:
            backend.close()
        assert self.graph.sending == []
        assert self.graph.violations == []
        assert self.graph.most_at_once <= 4

    def folder(self, use: SpecialUse) -> str:
        name = KNOWN.get(use)
        return self.mailbox.known(name).id if name else self.mailbox.named("Bewerbungen").id

    def put(self, raw, use, at):
        self.mailbox.put(raw, self.folder(use), at)

    def begin_draft(self, raw):
        self.mailbox.put(raw, self.folder(SpecialUse.DRAFTS), NOW, draft=True, read=True)

    def edit_draft(self, message, raw, *, keep_old=False, flagged=True):
        item = self._find(message, SpecialUse.DRAFTS)
        if keep_old or message.encode() not in raw:  # another program than Outlook: a new message
            self.begin_draft(raw)
            if not keep_old:
                self.mailbox.purge(item)
        else:
            self.mailbox.change(item, raw)

    def send_draft(self, message, raw=None):
        self.mailbox.send(self._find(message, SpecialUse.DRAFTS), raw, NOW)

    def move(self, message, to):
        self.mailbox.move(self._find(message), self.folder(to))

    def purge(self, message):
        self.mailbox.purge(self._find(message))

    def read(self, message):
        self.mailbox.read(self._find(message), answered=True)

    @contextmanager
    def broken(self, use):
        self.graph.answers.denied.add(self.folder(use))
        try:
            yield
        finally:
            self.graph.answers.denied.clear()

    def expire(self, use):
        self.graph.answers.expire(self.folder(use))

    def fail_next(self, call):
        self.graph.faults = [Fault(ROUTES[call], "lost")]

    def lose_reply(self, call):
        self.graph.faults = [Fault(ROUTES[call], "lost", after=True)]

    def state(self):
        drafts = self.folder(SpecialUse.DRAFTS)
        return tuple(
            (item.number, item.folder, item.version, item.read, item.answered, item.raw)
            for item in self.mailbox.items.values()
            if item.folder != drafts
        )

    def drafts(self):
        return sorted(item.raw.replace(b"\r\n", b"\n") for item in self.mailbox.within(self.folder(SpecialUse.DRAFTS)))

    def _find(self, message: MessageId, *uses: SpecialUse) -> Item:
        items = [item for use in uses for item in self.mailbox.within(self.folder(use))] if uses else self.mailbox.items.values()  # fmt: skip
        return next(item for item in items if item.message_id == message)
