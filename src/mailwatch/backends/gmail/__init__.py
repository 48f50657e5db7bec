"""Gmail through its own interface: read without a trace, and drafts saved into the right conversation.

Every scope of Gmail's that can save a draft can send one too, so nothing but the allow-list of `backends/google` keeps mailwatch
from sending; it lets nine kinds of calls out, and none of them can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from mailwatch.backends.base import Capabilities, Changes, Found, Saved
from mailwatch.backends.gmail.calls import Calls
from mailwatch.backends.gmail.cursor import Bookmark, bookmark_from_cursor
from mailwatch.backends.gmail.drafts import DraftBox, rows_from
from mailwatch.backends.gmail.looks import Look
from mailwatch.backends.gmail.messages import Shown, fetched_of, id_of
from mailwatch.backends.google import GMAIL, Bearer, Budget, GoogleWire, guard_for
from mailwatch.backends.google.allowed import GMAIL_URL
from mailwatch.backends.google.trouble import is_busy
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
from mailwatch.transport import NETWORK_LIMITS, Limits, Transport

__all__ = ["GmailBackend"]

_KEPT_BYTES = 48 << 20
_DAILY = timedelta(days=1)


class GmailBackend:
    """One Gmail account (satisfies base.MailBackend).

    Args:
        account: the user's address there.
        name: of the account, for errors and the status.
        bearer: where access tokens come from.
        parser: reads message headers and texts.
        budget: the quota; None for a new project's.
        api_url: another address for the interface, "" for Google's.
        ca_file: certificates to trust besides the usual ones.
        limits: time, size and patience.
    """

    capabilities = Capabilities(server_filter=True, native_threads=True)

    def __init__(
        self,
        account: Address,
        name: str,
        bearer: Bearer,
        parser: Parser,
        *,
        budget: Budget | None = None,
        api_url: str = "",
        ca_file: str = "",
        limits: Limits = NETWORK_LIMITS,
    ) -> None:
        self.account = account
        base_url = api_url or GMAIL_URL
        self._name = name
        self._parser = parser
        self.budget = budget or Budget(name)
        guard = guard_for(GMAIL, base_url)
        transport = Transport(name, guard, ca_file=Path(ca_file) if ca_file else None, limits=limits, busy=is_busy)
        self._calls = Calls(name, GoogleWire(transport, GMAIL, bearer, self.budget), guard, base_url)
        self._box = DraftBox(account, self._calls, parser)
        self._kept: dict[str, Shown] = {}
        self._kept_bytes = 0

    def changes(self, cursor: Cursor | None, *, since: datetime, interest: Interest) -> Iterator[Changes[Envelope]]:
        """See base.MailBackend. Of the time before the first look only what may be of interest, and all that was sent."""
        bookmark = bookmark_from_cursor(cursor, self._name) if cursor else Bookmark(since)
        if since < bookmark.since:
            bookmark.since, bookmark.complete = since, False
        elif since - bookmark.since > _DAILY:  # what lies further back need not be remembered
            bookmark.since = since
        if bookmark.drafts is not None:
            self._box.rows = {**rows_from(bookmark.drafts), **self._box.rows}
        look = Look(self._calls, bookmark, self._parser, keep=self._keep, drafts_changed=self._note_drafts)
        yield from look.pages(interest)

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """See base.MailBackend. What a first look has read whole is not asked for again."""
        for ref in refs:
            identity = id_of(ref)
            shown = self._taken(identity) or (self._calls.message(identity, whole=True) if identity else None)
            if shown is not None:
                yield fetched_of(shown, self._calls.attachment)

    def drafts(self) -> tuple[DraftSeen, ...]:
        """See base.MailBackend."""
        return self._box.listing()

    def find_draft(self, draft: Draft) -> tuple[Found, ...]:
        """See base.MailBackend."""
        return self._box.find(draft)

    def save_draft(self, draft: Draft) -> Saved:
        """See base.MailBackend."""
        return self._box.save(draft)

    def read_draft(self, ref: DraftRef) -> bytes | None:
        """See base.MailBackend."""
        return self._box.read(ref)

    def discard_draft(self, ref: DraftRef, *, unchanged_from: Fingerprint) -> bool:
        """See base.MailBackend."""
        return self._box.discard(ref, unchanged_from)

    def close(self) -> None:
        """See base.MailBackend."""
        self._kept.clear()
        self._kept_bytes = 0
        self._calls.close()

    def _note_drafts(self, bookmark: Bookmark) -> None:
        bookmark.drafts = dict(self._box.refresh())

    def _keep(self, shown: Shown) -> None:
        """Keep a message until it is fetched, as long as there is room."""
        size = shown.weight
        if self._kept_bytes + size <= _KEPT_BYTES:
            self._kept[shown.id] = shown
            self._kept_bytes += size

    def _taken(self, message: str) -> Shown | None:
        shown = self._kept.pop(message, None)
        if shown is not None:
            self._kept_bytes -= shown.weight
        return shown
