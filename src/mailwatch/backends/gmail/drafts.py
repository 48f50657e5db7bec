"""Drafts in a Gmail account: listed, found again wherever they are now, saved, and given up only untouched.

A draft keeps its id through every edit, while the message inside it is a new one each time. The listing tells ids alone, so what
each draft says is kept with the bookmark and read again only when its message is another. The search is not asked alone whether a
draft was sent or thrown away: what has just happened it may not know, so the newest in Sent and Trash are looked at too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailwatch.backends.base import Found, FoundPlace, Saved
from mailwatch.backends.evidence import draft_seen, evidence_for, plain_subject, written_at
from mailwatch.backends.gmail.calls import Calls
from mailwatch.backends.gmail.messages import Shown, envelope_of
from mailwatch.backends.gmail.queries import question_for_id
from mailwatch.core.identity import fingerprint_of
from mailwatch.core.model import (
    Address,
    Draft,
    DraftRef,
    DraftSeen,
    Envelope,
    Fingerprint,
    Mailbox,
    MessageId,
    MessageRef,
    SpecialUse,
)
from mailwatch.errors import ProtocolError
from mailwatch.sandbox import Parser, Unreadable

_NEWEST = 30
_A_DAY = timedelta(days=1)
_PLACES = {SpecialUse.SENT: FoundPlace.SENT, SpecialUse.TRASH: FoundPlace.TRASH}
_REF = re.compile(r"draft/([A-Za-z0-9_-]{1,200})")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,190}")

Row = list[Any]
"""What is kept of a draft: message id, thread, epoch seconds, Message-ID, In-Reply-To, References, recipients, subject.

Only the first two where its header can't be understood.
"""


class DraftBox:
    """The drafts of one account.

    rows: draft id → row, as they were last seen; kept with the bookmark.
    """

    def __init__(self, account: Address, calls: Calls, parser: Parser) -> None:
        self.rows: dict[str, Row] = {}
        self._account = account
        self._calls = calls
        self._parser = parser
        self._headers: dict[str, Envelope | None] = {}  # a header never changes, unlike labels

    def listing(self) -> tuple[DraftSeen, ...]:
        """Every draft, ours and the user's own, the oldest first."""
        return tuple(
            draft_seen(self._account, _ref(draft), row[0], _envelope_from_row(row))
            for draft, row in self.refresh().items()
        )

    def refresh(self) -> dict[str, Row]:
        """List the drafts, and read the headers of those whose message is another than before."""
        known, self.rows = self.rows, {}
        for draft, message, thread in sorted(self._calls.drafts(), key=lambda each: _age(each[1])):
            row = known.get(draft)
            if row is None or row[0] != message:
                row = self._row(message, thread)
            if row is not None:
                self.rows[draft] = row
        return self.rows

    def find(self, draft: Draft) -> tuple[Found, ...]:
        """Where this draft is now."""
        found: list[Found] = []
        for identity, row in self.refresh().items():
            envelope = _envelope_from_row(row)
            by = evidence_for(draft, envelope, FoundPlace.DRAFTS) if envelope else ""
            if envelope and by:
                found.append(Found(FoundPlace.DRAFTS, _ref(identity), by, date=envelope.at, stamp=row[0]))
        for envelope in self._elsewhere(draft):
            place = _PLACES.get(envelope.role)
            by = evidence_for(draft, envelope, place) if place else ""
            if place and by:
                found.append(Found(place, DraftRef(envelope.ref), by, date=envelope.at, stamp=envelope.ref))
        return tuple(found)

    def read(self, ref: DraftRef) -> bytes | None:
        """The bytes of a draft; None where it is gone, and for what is no draft."""
        identity = _id(ref)
        stored = self._calls.draft(identity) if identity else None
        return stored[1] if stored else None

    def discard(self, ref: DraftRef, unchanged_from: Fingerprint) -> bool:
        """Delete a draft if it still says exactly this."""
        raw = self.read(ref)
        if raw is None or fingerprint_of(raw) != unchanged_from:
            return False
        return self._calls.delete_draft(_id(ref))

    def save(self, draft: Draft) -> Saved:
        """Store a draft in the conversation of the message it answers, if that has none yet, and read it back."""
        identity, message = self._calls.create_draft(draft.raw, self._thread_for(draft))
        stored = self._calls.draft(identity)
        if stored is None:
            raise ProtocolError(
                self._calls.account, f"Google said that it stored a draft of {self._account}, but there is none."
            )
        link = f"https://mail.google.com/mail/?authuser={self._account}#drafts/{message}"
        return Saved(_ref(identity), stored[1], link=link, stamp=stored[0] or message)

    def _thread_for(self, draft: Draft) -> str:
        """Gmail's id of the conversation, or "".

        Gmail puts a draft into a conversation only if id, reply headers and subject all say so; and it shows one draft in a
        conversation, so the second one stands alone.
        """
        question = question_for_id(draft.in_reply_to) if draft.in_reply_to else ""
        if not question:
            return ""
        for message in self._calls.found(question, most=5):
            shown = self._calls.header(message)
            parent = self._parsed(shown) if shown else None
            if shown is None or parent is None or parent.id != draft.in_reply_to:
                continue
            taken = any(thread == shown.thread for _, _, thread in self._calls.drafts())
            fits = plain_subject(parent.subject) == plain_subject(draft.subject)
            return shown.thread if fits and not taken else ""
        return ""

    # --- Sent and Trash ---

    def _elsewhere(self, draft: Draft) -> Iterator[Envelope]:
        """Messages outside Drafts that may be the draft: by id, by recipient, and the newest whatever the search says."""
        met: set[str] = set()
        for message in self._candidates(draft):
            if message not in met:
                met.add(message)
                envelope = self._header(message)
                if envelope is not None:
                    yield envelope
        for label in ("SENT", "TRASH"):
            yield from self._newest(label, met, written_at(draft))

    def _candidates(self, draft: Draft) -> Iterator[str]:
        question = question_for_id(draft.message_id)
        if question:
            yield from self._calls.found(question)
        written = written_at(draft)
        if written is not None and _ADDRESS.fullmatch(draft.to.address):
            yield from self._calls.found(
                f"after:{int(written.timestamp())} -in:draft to:{draft.to.address}", most=_NEWEST
            )

    def _newest(self, label: str, met: set[str], written: datetime | None) -> Iterator[Envelope]:
        """The newest with a label, down to what is older than the draft; the clocks of two machines may differ by a day."""
        for message in self._calls.found(label=label, most=_NEWEST):
            if message in met:
                continue
            met.add(message)
            if message not in self._headers:
                self._headers[message] = self._header(message)
            envelope = self._headers[message]
            if envelope is None:
                continue
            yield replace(envelope, role=SpecialUse.SENT if label == "SENT" else SpecialUse.TRASH)
            if written is not None and envelope.received is not None and envelope.received < written - _A_DAY:
                return

    def _header(self, message: str) -> Envelope | None:
        shown = self._calls.header(message)
        return self._parsed(shown) if shown else None

    def _row(self, message: str, thread: str) -> Row | None:
        shown = self._calls.header(message)
        if shown is None:
            return None  # edited this very moment: the next listing has it
        envelope = self._parsed(shown)
        if envelope is None:
            return [message, thread]
        seconds = envelope.at.timestamp() if envelope.at else None
        people = [box.address for box in envelope.recipients]
        return [
            message,
            thread,
            seconds,
            envelope.id,
            envelope.in_reply_to,
            list(envelope.references),
            people,
            envelope.subject,
        ]

    def _parsed(self, shown: Shown) -> Envelope | None:
        try:
            return envelope_of(shown, self._parser)
        except Unreadable:
            return None


def rows_from(kept: object) -> dict[str, Row]:
    """The rows of a bookmark; those that are none are left out, and read again."""
    if not isinstance(kept, dict):
        return {}
    return {
        str(draft): row
        for draft, row in kept.items()
        if isinstance(row, list) and len(row) in (2, 8) and all(isinstance(each, str) for each in row[:2])
    }


def _envelope_from_row(row: Row) -> Envelope | None:
    if len(row) < 8:
        return None
    message, thread, seconds, identity, answered, references, people, subject = row
    return Envelope(
        id=MessageId(identity),
        ref=MessageRef(message),
        role=SpecialUse.DRAFTS,
        subject=subject,
        sender=None,
        to=tuple(Mailbox("", Address(person)) for person in people),
        date=datetime.fromtimestamp(seconds, UTC) if seconds is not None else None,
        in_reply_to=MessageId(answered) if answered else None,
        references=tuple(MessageId(each) for each in references),
        thread=thread,
    )


def _ref(draft: str) -> DraftRef:
    return DraftRef(f"draft/{draft}")


def _id(ref: str) -> str:
    found = _REF.fullmatch(ref)
    return found[1] if found else ""


def _age(message: str) -> int:
    try:
        return int(message, 16)
    except ValueError:
        return 0
