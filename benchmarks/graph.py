"""Microsoft Graph on a generated mailbox of 20,000 messages: requests and bytes, counted by the fake service of the tests.

The service compresses what it sends, as the real one does. The yardstick for bytes is the mailbox itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from benchmarks.mailbox import END, Generator
from benchmarks.row import Row
from mailwatch.backends.graph import GraphBackend, GraphDoor
from mailwatch.backends.graph.envelopes import LARGE
from mailwatch.core.model import Address, Cursor, Interest, MessageRef
from mailwatch.sandbox import InlineParser
from mailwatch.transport import Limits
from tests.servers.graph import Graph, running_graph
from tests.servers.graph_events import Events
from tests.servers.graph_mailbox import ENGLISH, Mailbox, item_fields

MESSAGES = 20_000
_KEPT = 16_000  # of a large message: its text and the beginning of its attachment
_SINCE = END - timedelta(days=90)
_ME = Address("jo@home.example")
_PATIENT = Limits(silence=600, whole=600)
_SURVEY = frozenset({"folder", "folder delta"})


class _Key:
    """A sign-in that is always good."""

    def token(self, *, fresh: bool = False, claims: str = "") -> str:  # noqa: ARG002
        return "good"


def rows() -> Iterator[Row]:
    """The rows of this file."""
    graph = Graph(Mailbox(names=ENGLISH, now=lambda: END, address=_ME), Events(lambda: END))
    inbox, whole = graph.mailbox.known("inbox").id, 0
    for at, raw in Generator().messages(MESSAGES):
        item = graph.mailbox.put(raw if len(raw) <= LARGE else raw[:_KEPT], inbox, at, read=True)
        item.weight = len(raw)
        item_fields(item)  # the service knows its mail already
        whole += len(raw)
    with running_graph(graph):
        backend = GraphBackend(_ME, GraphDoor("bench", _Key(), base_url=graph.url, limits=_PATIENT), InlineParser())
        yield from _rows_of(graph, backend, whole)
        backend.close()


def _rows_of(graph: Graph, backend: GraphBackend, whole: int) -> Iterator[Row]:
    refs, cursor = _look(backend, None)
    names, listed = Counter(graph.names()), graph.bytes_out
    surveyed = sum(names[name] for name in _SURVEY)
    yield Row("Graph, first look: requests for 20,000 messages", sum(names.values()) - surveyed, 25, "requests")
    yield Row("Graph, first look: requests for the folders, once", surveyed, 12, "requests", 19, steady=True)
    graph.asked.clear()
    wanted = refs[::4]
    for _ in backend.fetch(wanted):
        pass
    yield Row(
        "Graph, first look: requests for a text", len(graph.asked) / len(wanted), 1.05, "requests each", 19, steady=True
    )
    yield Row("Graph, first look: bytes", 100 * graph.bytes_out / whole, 3.0, "% of the mailbox", 19, steady=True)
    yield Row("Graph, first look: bytes of the listing", listed / MESSAGES, 400, "bytes a message", 19, steady=True)
    graph.asked.clear()
    graph.bytes_out = 0
    _look(backend, cursor)
    folders = sum(1 for folder in graph.mailbox.folders.values() if folder.known and not folder.search) - 3
    yield Row("Graph, nothing new: requests", len(graph.asked) / folders, 1, "requests a folder", 19, steady=True)
    yield Row("Graph, nothing new: bytes", graph.bytes_out / folders, 600, "bytes a folder", 19, steady=True)


def _look(backend: GraphBackend, cursor: Cursor | None) -> tuple[list[MessageRef], Cursor | None]:
    refs: list[MessageRef] = []
    for page in backend.changes(cursor, since=_SINCE, interest=Interest()):
        refs += [envelope.ref for envelope in page.items if not envelope.automation.bulk]
        cursor = page.cursor
    return refs, cursor
