"""IMAP (RFC 3501, RFC 9051): any mailbox whose provider speaks it. Read without a trace, and drafts saved.

Reading opens folders with EXAMINE and fetches with PEEK. One verb writes: APPEND, to the Drafts folder. A draft of ours is
removed with UID EXPUNGE, and only where the server has it. A guard below the library lets nothing else out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from mailwatch.backends.base import Capabilities, Changes, Found, Saved
from mailwatch.backends.imap import saving
from mailwatch.backends.imap.changes import Look
from mailwatch.backends.imap.cursor import Bookmark, bookmark_from_cursor
from mailwatch.backends.imap.drafts import DraftBox
from mailwatch.backends.imap.fetching import Fetch
from mailwatch.backends.imap.folders import Choices, Folders, folders_on
from mailwatch.backends.imap.session import Session
from mailwatch.backends.imap.signin import Secret, Server, session_with
from mailwatch.backends.imap.structure import Structures
from mailwatch.backends.imap.trouble import PATIENCE, talking
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
    SpecialUse,
)
from mailwatch.errors import BackendError
from mailwatch.sandbox import Parser

__all__ = ["ImapBackend", "Secret", "Server"]

_FRESH = 5.0


@dataclass(slots=True)
class _Surveyed:
    """The folders as they were a moment ago.

    drafts: what was listed since then, None where nothing was.
    """

    folders: Folders
    at: float
    drafts: tuple[DraftSeen, ...] | None = None


class ImapBackend:
    """One account on an IMAP server (satisfies base.MailBackend).

    Args:
        account: the user's address there.
        server: where it is and how to sign in.
        parser: reads message bytes.
        folders: configured names of special folders; the others are told by the server or by their names.
        watched: the user's own folders to read; none named: all.
        likely: folder names of the provider, for a server that marks none.
        connect: makes a session; for tests.
    """

    capabilities = Capabilities()

    def __init__(
        self,
        account: Address,
        server: Server,
        parser: Parser,
        *,
        folders: Mapping[SpecialUse, str] | None = None,
        watched: Sequence[str] = (),
        likely: Mapping[str, SpecialUse] | None = None,
        connect: Callable[[Server], Session] = session_with,
    ) -> None:
        self.account = account
        self._server = server
        self._parser = parser
        self._choices = Choices(server.account, dict(folders or {}), frozenset(watched), likely)
        self._connect = connect
        self._session: Session | None = None
        self._surveyed: _Surveyed | None = None
        self._told: tuple[DraftSeen, ...] | None = (
            None  # the drafts, where a look has just shown that they are the same
        )
        self._refused: tuple[float, BackendError] | None = None
        self._structures = Structures()

    def changes(self, cursor: Cursor | None, *, since: datetime, interest: Interest) -> Iterator[Changes[Envelope]]:  # noqa: ARG002  an envelope costs less than a search for words
        """See base.MailBackend. All that is new is listed, whatever the interest."""
        bookmark = bookmark_from_cursor(cursor, self._server.account) if cursor else Bookmark(since)
        if since < bookmark.since:
            bookmark = Bookmark(since)
        with self._talking():
            before = self._surveyed
            folders = self._folders(anew=True)
            self._told = _still_listed(before, folders)
            if self._surveyed is not None:
                self._surveyed.drafts = self._told
            folders.required(SpecialUse.SENT)
            bookmark.keep_what_holds(folders)
            self._structures = Structures()
            look = Look(self._server.account, self._open(), folders, bookmark, self._parser, self._structures)
            yield from look.pages()

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """See base.MailBackend. Text, calendars and delivery reports, put together again without the attachments."""
        with self._talking():
            folders = self._folders(known=True)
            yield from Fetch(self._server.account, self._open(), folders, self._structures).of(refs)

    def drafts(self) -> tuple[DraftSeen, ...]:
        """See base.MailBackend. Right after a look that has shown the folder unchanged, it is not listed again."""
        with self._talking():
            seen, self._told = (self._told if self._is_fresh() else None), None
            if seen is not None:
                return seen
            before, folders = self._surveyed, self._folders()
            listed = _still_listed(before, folders) if self._surveyed is not before else None
            if listed is None:
                listed = self._box(folders).listing()
            if self._surveyed is not None:
                self._surveyed.drafts = listed
            return listed

    def find_draft(self, draft: Draft) -> tuple[Found, ...]:
        """See base.MailBackend."""
        with self._talking():
            return self._box(self._folders(anew=True)).find(draft)

    def save_draft(self, draft: Draft) -> Saved:
        """See base.MailBackend."""
        with self._talking():
            folders = self._folders()
            self._surveyed = self._told = None
            return saving.save(draft, self._open(), folders, self._server.account)

    def read_draft(self, ref: DraftRef) -> bytes | None:
        """See base.MailBackend."""
        with self._talking():
            return self._box(self._folders()).read(ref)

    def discard_draft(self, ref: DraftRef, *, unchanged_from: Fingerprint) -> bool:
        """See base.MailBackend. False too where the server can't remove a single message."""
        with self._talking():
            folders = self._folders()
            self._surveyed = self._told = None
            return self._box(folders).discard(ref, unchanged_from)

    def close(self) -> None:
        """See base.MailBackend."""
        if self._session is not None:
            self._session.end()
        self._session = self._surveyed = self._told = None

    @contextmanager
    def _talking(self) -> Iterator[None]:
        with talking(self._server.account, self._server.host):
            yield

    def _open(self) -> Session:
        """The session; a new one where the last one has ended. After a failed sign-in the server has a minute's peace."""
        if self._session is not None and self._session.is_usable:
            return self._session
        self.close()
        if self._refused is not None and time.monotonic() < self._refused[0]:
            raise self._refused[1]
        try:
            self._session = self._connect(self._server)
        except BackendError as error:
            self._refused = time.monotonic() + PATIENCE.total_seconds(), error
            raise
        self._refused = None
        return self._session

    def _folders(self, *, anew: bool = False, known: bool = False) -> Folders:
        """The folders, as they are now or were a few seconds ago; known: or whenever this session has seen them."""
        session = self._open()
        if anew or self._surveyed is None or not (known or self._is_fresh()):
            self._surveyed = _Surveyed(folders_on(session, self._choices), time.monotonic())
        return self._surveyed.folders

    def _is_fresh(self) -> bool:
        return self._surveyed is not None and time.monotonic() - self._surveyed.at < _FRESH

    def _box(self, folders: Folders) -> DraftBox:
        return DraftBox(self.account, self._server.account, self._open(), folders, self._parser)


def _still_listed(before: _Surveyed | None, folders: Folders) -> tuple[DraftSeen, ...] | None:
    """The drafts as far as counts tell them: none, or those listed before where not even a flag has changed (RFC 7162)."""
    now = [each.counts for each in folders.of(SpecialUse.DRAFTS)]
    if now and all(each.messages == 0 for each in now):
        return ()
    if before is None or not all(each.modseq for each in now):
        return None
    return before.drafts if now == [each.counts for each in before.folders.of(SpecialUse.DRAFTS)] else None
