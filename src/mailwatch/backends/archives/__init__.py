"""Local mail that is only read: mbox files and folders of .eml files. Drafts go to a Maildir that the configuration names.

Reading opens files and changes nothing. Without a Maildir for drafts the account has none, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from mailwatch.backends.archives.cursor import Bookmark, bookmark_from_cursor
from mailwatch.backends.archives.drafts import DraftsMaildir
from mailwatch.backends.archives.eml import Eml
from mailwatch.backends.archives.look import Look
from mailwatch.backends.archives.mbox import Mbox
from mailwatch.backends.archives.store import Choices, Folder, Store, folders_of, unlisted
from mailwatch.backends.base import Capabilities, Changes, Found, FoundPlace, Saved
from mailwatch.backends.evidence import could_be, evidence_for
from mailwatch.backends.maildir.files import LARGEST
from mailwatch.backends.maildir.names import parts_of_ref, ref_of
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
from mailwatch.sandbox import Parser, Unreadable

__all__ = ["ArchiveBackend", "Choices", "Eml", "Mbox"]

_PLACES = {SpecialUse.SENT: FoundPlace.SENT, SpecialUse.TRASH: FoundPlace.TRASH}


class ArchiveBackend:
    """One account kept in files that are only read (satisfies base.MailBackend).

    Args:
        account: the user's address there.
        store: the kind of files.
        choices: where they are.
        parser: reads message bytes.
        drafts: the Maildir for drafts, None for none.
    """

    def __init__(
        self, account: Address, store: Store, choices: Choices, parser: Parser, *, drafts: Path | None = None
    ) -> None:
        self.account = account
        self.capabilities = Capabilities(local=True, drafts=drafts is not None)
        self._store = store
        self._choices = choices
        self._parser = parser
        self._drafts = DraftsMaildir(account, drafts, parser, name=choices.account) if drafts else None

    def changes(self, cursor: Cursor | None, *, since: datetime, interest: Interest) -> Iterator[Changes[Envelope]]:  # noqa: ARG002  nothing is cheaper to leave out here
        """See base.MailBackend. All that is new is listed, whatever the interest."""
        folders = folders_of(self._store, self._choices)
        name = self._choices.account
        bookmark = bookmark_from_cursor(cursor, name) if cursor else Bookmark(since)
        if since < bookmark.since:
            bookmark = Bookmark(since)
        yield from Look(name, self._store, folders, bookmark, self._parser).pages()

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """See base.MailBackend. Whole messages, up to 25 MB of each."""
        folders = {folder.name: folder for folder in folders_of(self._store, self._choices)}
        for ref in refs:
            name, unique = parts_of_ref(ref)
            raw = self._whole(folders[name], unique) if name in folders else None
            if raw is not None:
                yield Fetched(ref, complete=len(raw) <= LARGEST, raw=raw[:LARGEST])

    def drafts(self) -> tuple[DraftSeen, ...]:
        """See base.MailBackend. None where there is no Maildir for them."""
        return self._drafts.box().listing() if self._drafts else ()

    def find_draft(self, draft: Draft) -> tuple[Found, ...]:
        """See base.MailBackend."""
        folders = folders_of(self._store, self._choices)
        in_drafts = self._drafts.found(draft) if self._drafts else ()
        elsewhere = [found for folder in folders if folder.use in _PLACES for found in self._found_in(folder, draft)]
        return (*in_drafts, *elsewhere)

    def save_draft(self, draft: Draft) -> Saved:
        """See base.MailBackend."""
        return self._maildir().save(draft)

    def read_draft(self, ref: DraftRef) -> bytes | None:
        """See base.MailBackend."""
        return self._drafts.box().read(ref) if self._drafts else None

    def discard_draft(self, ref: DraftRef, *, unchanged_from: Fingerprint) -> bool:
        """See base.MailBackend."""
        return self._drafts.box().discard(ref, unchanged_from) if self._drafts else False

    def close(self) -> None:
        """Nothing is held open."""

    def _maildir(self) -> DraftsMaildir:
        if self._drafts is None:
            name = self._choices.account
            raise BackendError(
                name,
                f"{name} is only read and names no folder for drafts, so no letter is saved there.",
                next_step=f"write drafts = a Maildir under [account.{name}]",
            )
        return self._drafts

    def _whole(self, folder: Folder, unique: str) -> bytes | None:
        try:
            return self._store.whole(folder, unique, LARGEST + 1)
        except OSError:
            return None

    def _found_in(self, folder: Folder, draft: Draft) -> Iterator[Found]:
        """The messages of a folder that are, or were, the draft."""
        try:
            uniques = list(self._store.listing(folder, "").items)
            for unique in uniques:
                head = self._store.head(folder, unique)
                if head is None or not could_be(draft, head.data):
                    continue
                ref = ref_of(folder.name, unique)
                envelope = self._envelope(head.data, MessageRef(ref), folder)
                by = evidence_for(draft, envelope, _PLACES[folder.use]) if envelope else ""
                if envelope and by:
                    yield Found(_PLACES[folder.use], DraftRef(ref), by, date=envelope.at, stamp=head.stamp)
        except OSError as error:
            raise unlisted(folder, self._choices.account, error) from None

    def _envelope(self, data: bytes, ref: MessageRef, folder: Folder) -> Envelope | None:
        try:
            return self._parser.envelope(data, ref=ref, role=folder.use)
        except Unreadable:
            return None
