"""Outlook.com and Microsoft 365 mail through Microsoft Graph. Read without a trace, and drafts saved.

The sign-in asks for Mail.ReadWrite and never for Mail.Send: what lies in Drafts can't be sent with it, whatever this
program does. The door below lets out reading, the making of drafts, and changes to drafts of our own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from mailwatch.backends.base import Capabilities, Changes, Found, Saved
from mailwatch.backends.graph import saving
from mailwatch.backends.graph.changes import Look
from mailwatch.backends.graph.cursor import Bookmark, bookmark_from_cursor
from mailwatch.backends.graph.door import Access, GraphDoor
from mailwatch.backends.graph.drafts import DraftBox
from mailwatch.backends.graph.fetching import fetched
from mailwatch.core.model import (
    Address,
    Cursor,
    Draft,
    DraftRef,
    DraftSeen,
    Envelope,
    Fetched,
    Fingerprint,
    Interest,
    MessageRef,
)
from mailwatch.sandbox import Parser

__all__ = ["Access", "GraphBackend", "GraphDoor"]


class GraphBackend:
    """One mailbox at Microsoft (satisfies base.MailBackend).

    Args:
        account: the user's address there.
        door: the way to the service.
        parser: reads header fields.
        watched: names of the user's own folders to read; none named: all.
        sent: the name of a folder of the user's own with sent mail, besides Sent Items.
    """

    capabilities = Capabilities()

    def __init__(
        self, account: Address, door: GraphDoor, parser: Parser, *, watched: Sequence[str] = (), sent: str = ""
    ) -> None:
        self.account = account
        self._door = door
        self._parser = parser
        self._watched = tuple(watched)
        self._sent = sent
        self._box = DraftBox(account, door, parser)

    def changes(self, cursor: Cursor | None, *, since: datetime, interest: Interest) -> Iterator[Changes[Envelope]]:  # noqa: ARG002  an envelope costs less than a search for words
        """See base.MailBackend. All that is new is listed, whatever the interest."""
        bookmark = bookmark_from_cursor(cursor, self._door) if cursor else Bookmark(since)
        if since < bookmark.since:
            bookmark = Bookmark(since)
        look = Look(self._door, bookmark, self._parser, since=since, chosen=self._watched, sent=self._sent)
        yield from look.pages()

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """See base.MailBackend. As MIME; of very large messages header, text and calendars only."""
        yield from fetched(self._door, refs)

    def drafts(self) -> tuple[DraftSeen, ...]:
        """See base.MailBackend."""
        return self._box.listing()

    def find_draft(self, draft: Draft) -> tuple[Found, ...]:
        """See base.MailBackend."""
        return self._box.find(draft)

    def save_draft(self, draft: Draft) -> Saved:
        """See base.MailBackend."""
        return saving.save(draft, self._door, self._box)

    def read_draft(self, ref: DraftRef) -> bytes | None:
        """See base.MailBackend."""
        return self._box.read(ref)

    def discard_draft(self, ref: DraftRef, *, unchanged_from: Fingerprint) -> bool:
        """See base.MailBackend. What is discarded lies in Deleted Items, where the user can get it back."""
        return self._box.discard(ref, unchanged_from)

    def close(self) -> None:
        """See base.MailBackend."""
        self._door.close()
