"""Drafts in Outlook: listed, found again wherever they went, read, and discarded while untouched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from mailwatch.backends.base import Found, FoundPlace
from mailwatch.backends.evidence import draft_seen, evidence_for, written_at
from mailwatch.backends.graph.door import GraphDoor
from mailwatch.backends.graph.envelopes import EXPAND, SELECT, Listed, envelopes_of, listed_in
from mailwatch.backends.graph.ids import parts_of_ref
from mailwatch.core.identity import fingerprint_of
from mailwatch.core.model import Address, Draft, DraftRef, DraftSeen, Envelope, Fingerprint, MessageId, SpecialUse
from mailwatch.sandbox import Parser, Unreadable

MARK = "String {6d1f0c5e-3a94-4b0e-8f27-9f0f5c1d7a42} Name reference"
"""A property of the draft that no client shows, beside its Message-ID, which a server or client may replace."""
_MARKED = EXPAND.removesuffix(")") + f" or id eq '{MARK}')"
_PAGE = "250"
_SLACK = timedelta(days=2)
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,900}>")
_PLACES = (
    (SpecialUse.DRAFTS, FoundPlace.DRAFTS, "drafts"),
    (SpecialUse.SENT, FoundPlace.SENT, "sentitems"),
    (SpecialUse.TRASH, FoundPlace.TRASH, "deleteditems"),
)


@dataclass(frozen=True, slots=True)
class DraftBox:
    """The drafts of one account."""

    account: Address
    door: GraphDoor
    parser: Parser

    def listing(self) -> tuple[DraftSeen, ...]:
        """Every draft in Drafts.

        Raises:
            BackendError: the folder can't be listed.
        """
        return tuple(
            draft_seen(self.account, DraftRef(message.id), message.stamp, envelope)
            for message, envelope in self._messages("drafts", SpecialUse.DRAFTS, {})
        )

    def find(self, draft: Draft) -> tuple[Found, ...]:
        """Where the draft lies in Drafts, Sent and Trash, within one folder the oldest first.

        Raises:
            BackendError: one of the three can't be listed.
        """
        written = written_at(draft)
        since = {"$filter": f"receivedDateTime ge {written.astimezone(UTC) - _SLACK:%Y-%m-%dT%H:%M:%SZ}", "$orderby": "receivedDateTime desc"} if written else {}  # fmt: skip
        found: list[Found] = []
        for use, place, name in _PLACES:
            here: list[tuple[str, Found]] = []
            for message, envelope in self._messages(name, use, {} if use is SpecialUse.DRAFTS else since):
                by = evidence_for(draft, envelope, place) if envelope else ""
                if envelope and by:
                    seen = Found(place, DraftRef(message.id), by, date=envelope.at, stamp=message.stamp)
                    here.append((f"{message.created} {message.id}", seen))
            found += [seen for _, seen in sorted(here, key=lambda pair: pair[0])]
        return tuple(found)

    def read(self, ref: DraftRef) -> bytes | None:
        """The draft's bytes as the service makes them now; None where it is no longer in Drafts."""
        message = self._in_drafts(ref)
        return self.mime(message.id) if message else None

    def discard(self, ref: DraftRef, unchanged_from: Fingerprint) -> bool:
        """Move the draft into the trash if its fingerprint is this one, and if nothing happens to it in between."""
        message = self._in_drafts(ref)
        raw = self.mime(message.id) if message else None
        if message is None or raw is None or fingerprint_of(raw) != unchanged_from:
            return False
        return self.door.delete(message.id, message.stamp)

    def mime(self, key: str) -> bytes | None:
        """The MIME of a message, None where it is gone."""
        answer = self.door.get(f"/messages/{key}/$value", missing=True)
        return answer.body if answer is not None else None

    def _in_drafts(self, ref: DraftRef) -> Listed | None:
        key, _ = parts_of_ref(ref)
        if not key:
            return None
        answer = self.door.get(f"/messages/{key}", {"$select": "subject,isDraft,parentFolderId"}, missing=True)
        fields = answer.json() if answer is not None else None
        message = next(listed_in([fields], SpecialUse.DRAFTS), None)
        if message is None or not message.is_draft:
            return None
        folder = self.door.get("/mailFolders/drafts", {"$select": "id"})
        known = folder.json() if folder is not None else {}
        return message if isinstance(known, dict) and message.folder == known.get("id") else None

    def _messages(
        self, folder: str, use: SpecialUse, narrowed: Mapping[str, str]
    ) -> Iterator[tuple[Listed, Envelope | None]]:
        """The messages of a folder. A draft of ours counts under the Message-ID that we gave it."""
        params = {"$select": SELECT, "$expand": _MARKED, "$top": _PAGE, **narrowed}
        messages = list(listed_in(list(self.door.pages(f"/mailFolders/{folder}/messages", params)), use))
        for message, envelope in envelopes_of(messages, self.parser):
            if isinstance(envelope, Unreadable):
                yield message, None
                continue
            mark = message.extended.get(MARK.casefold(), "")
            yield message, replace(envelope, id=MessageId(mark)) if _MESSAGE_ID.fullmatch(mark) else envelope
