"""What mailwatch opens on a mailbox in memory (satisfies base.MailBackend)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailwatch.backends.base import Capabilities, Changes, Found, FoundPlace, Saved
from mailwatch.backends.evidence import draft_seen, evidence_for
from mailwatch.backends.memory.mailbox import MemoryMailbox, Stored
from mailwatch.core.identity import fingerprint_of
from mailwatch.core.model import (
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
from mailwatch.errors import CursorExpired
from mailwatch.sandbox import Parser, Unreadable

_PLACES = {
    SpecialUse.DRAFTS: FoundPlace.DRAFTS,
    SpecialUse.SENT: FoundPlace.SENT,
    SpecialUse.TRASH: FoundPlace.TRASH,
}


@dataclass(slots=True)
class _Bookmark:
    """since: how far back. folders: validity and the first number not seen. asked: the terms already searched for."""

    since: datetime
    folders: dict[str, tuple[int, int]] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()


class MemoryMail:
    """A client of a mailbox in memory.

    Args:
        mailbox: the account.
        parser: reads message bytes.
        page: messages a page.
        server_filter: leave out what does not match the interest, as a server-side search would.
    """

    def __init__(self, mailbox: MemoryMailbox, parser: Parser, *, page: int = 50, server_filter: bool = False) -> None:
        self.account = mailbox.account
        self.capabilities = Capabilities(server_filter=server_filter, local=True)
        self._mailbox = mailbox
        self._parser = parser
        self._page = page

    def changes(self, cursor: Cursor | None, *, since: datetime, interest: Interest) -> Iterator[Changes[Envelope]]:
        """See base.MailBackend."""
        with self._mailbox.faults.around("changes"):
            bookmark = self._bookmark(cursor) if cursor else _Bookmark(since)
        terms = interest.words | interest.addresses | interest.domains
        if since < bookmark.since:
            bookmark = _Bookmark(since)
        elif self.capabilities.server_filter and not terms <= bookmark.asked:
            bookmark.folders.clear()
        bookmark.asked = terms
        waiting = [stored for stored in self._mailbox.messages() if self._is_new(stored, bookmark)]
        pages = [waiting[start : start + self._page] for start in range(0, len(waiting), self._page)] or [[]]
        for number, page in enumerate(pages, start=1):
            for stored in page:
                bookmark.folders[stored.folder] = (self._mailbox.shelves[stored.folder].validity, stored.uid + 1)
            last, stopped = number == len(pages), number == self._mailbox.faults.stop_after
            items, problems = self._envelopes(page, bookmark.since, terms)
            covers = bookmark.since if last and not stopped else None
            yield Changes(items, _cursor_from(bookmark), covers_from=covers, more=stopped, problems=problems)
            if stopped:
                return

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """See base.MailBackend."""
        with self._mailbox.faults.around("fetch"):
            for ref in refs:
                stored = self._mailbox.find(ref)
                if stored is not None:
                    yield Fetched(ref, raw=stored.raw)

    def drafts(self) -> tuple[DraftSeen, ...]:
        """See base.MailBackend."""
        with self._mailbox.faults.around("drafts"):
            return tuple(self._seen(stored) for stored in self._mailbox.messages(SpecialUse.DRAFTS))

    def find_draft(self, draft: Draft) -> tuple[Found, ...]:
        """See base.MailBackend."""
        with self._mailbox.faults.around("find_draft"):
            found: list[Found] = []
            for stored in self._mailbox.messages(*_PLACES):
                place = _PLACES[self._mailbox.use_of(stored)]
                envelope = self._envelope(stored)
                by = evidence_for(draft, envelope, place) if envelope else ""
                if envelope and by:
                    found.append(
                        Found(place, DraftRef(stored.ref), by, date=envelope.at, stamp=stored.ref, raw=stored.raw)
                    )
            return tuple(found)

    def save_draft(self, draft: Draft) -> Saved:
        """See base.MailBackend."""
        with self._mailbox.faults.around("save_draft"):
            ref = self._mailbox.user_begins_draft(draft.raw)
            return Saved(DraftRef(ref), draft.raw, link=f"memory:{ref}", stamp=ref)

    def read_draft(self, ref: DraftRef) -> bytes | None:
        """See base.MailBackend."""
        with self._mailbox.faults.around("read_draft"):
            stored = self._draft(ref)
            return stored.raw if stored else None

    def discard_draft(self, ref: DraftRef, *, unchanged_from: Fingerprint) -> bool:
        """See base.MailBackend."""
        with self._mailbox.faults.around("discard_draft"):
            stored = self._draft(ref)
            if stored is None or fingerprint_of(stored.raw) != unchanged_from:
                return False
            self._mailbox.purge(ref)
            return True

    def close(self) -> None:
        """Nothing is held open."""

    def _draft(self, ref: DraftRef) -> Stored | None:
        stored = self._mailbox.find(ref)
        return stored if stored and self._mailbox.use_of(stored) is SpecialUse.DRAFTS else None

    def _bookmark(self, cursor: Cursor) -> _Bookmark:
        try:
            table = json.loads(cursor)
            folders = {name: (int(validity), int(uid)) for name, (validity, uid) in table["memory-1"].items()}
            bookmark = _Bookmark(datetime.fromisoformat(table["since"]), folders, frozenset(table["asked"]))
        except (ValueError, KeyError, TypeError):
            raise CursorExpired(
                self.account, "The bookmark can't be read: all mail is listed anew.", resume=None
            ) from None
        stale = [name for name, (validity, _) in folders.items() if self._mailbox.shelves[name].validity != validity]
        if stale:
            for name in stale:
                del folders[name]
            message = f"{len(stale)} folders were numbered anew: their mail is listed anew."
            raise CursorExpired(self.account, message, resume=_cursor_from(bookmark))
        return bookmark

    def _is_new(self, stored: Stored, bookmark: _Bookmark) -> bool:
        is_draft = self._mailbox.use_of(stored) is SpecialUse.DRAFTS
        return not is_draft and stored.uid >= bookmark.folders.get(stored.folder, (0, 0))[1]

    def _envelopes(
        self, page: Sequence[Stored], since: datetime, terms: frozenset[str]
    ) -> tuple[tuple[Envelope, ...], tuple[str, ...]]:
        envelopes: list[Envelope] = []
        unreadable = 0
        for stored in page:
            envelope = self._envelope(stored)
            if envelope is None:
                unreadable += 1
            elif self._is_wanted(stored, envelope, since, terms):
                envelopes.append(envelope)
        problems = (
            (f"{unreadable} {'message' if unreadable == 1 else 'messages'} can't be understood",) if unreadable else ()
        )
        return tuple(envelopes), problems

    def _is_wanted(self, stored: Stored, envelope: Envelope, since: datetime, terms: frozenset[str]) -> bool:
        if envelope.at is not None and envelope.at < since and (stored.at is None or stored.at < since):
            return False
        if not self.capabilities.server_filter or self._mailbox.use_of(stored) is SpecialUse.SENT:
            return True
        text = stored.raw.decode("utf-8", "replace").casefold()
        return any(term in text for term in terms)

    def _envelope(self, stored: Stored) -> Envelope | None:
        use = self._mailbox.use_of(stored)
        try:
            return self._parser.envelope(stored.raw, ref=MessageRef(stored.ref), role=use, received=stored.at)
        except Unreadable:
            return None

    def _seen(self, stored: Stored) -> DraftSeen:
        envelope = self._envelope(stored)
        return draft_seen(self.account, DraftRef(stored.ref), stored.ref, envelope)


def _cursor_from(bookmark: _Bookmark) -> Cursor:
    table = {"since": bookmark.since.isoformat(), "memory-1": bookmark.folders, "asked": sorted(bookmark.asked)}
    return Cursor(json.dumps(table))
