"""Between drafts and ledger rows: what is written down of a draft, and what a row says about a found one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailwatch.backends.base import Found, FoundPlace, MailBackend
from mailwatch.core.identity import fingerprint_of
from mailwatch.core.model import Draft, DraftRef, LedgerRow, LedgerState, Mailbox, MessageRef, SpecialUse
from mailwatch.sandbox import Parser, Unreadable

BY_MARK = "message-id"
_PLACES = (FoundPlace.SENT, FoundPlace.DRAFTS, FoundPlace.TRASH)


def row_from_draft(draft: Draft, now: datetime) -> LedgerRow:
    """The intent to save a draft."""
    return LedgerRow(
        key=draft.key,
        revision=draft.revision,
        kind=draft.kind,
        account=draft.account,
        recipient=draft.to.address,
        state=LedgerState.INTENDED,
        message_id=draft.message_id,
        raw=draft.raw,
        fingerprint=draft.fingerprint,
        at=now,
        anchor=draft.anchor,
        ordinal=draft.ordinal,
        evidence=draft.evidence,
        sentences=sources_of(draft),
        employer=draft.employer,
        thread_of=draft.in_reply_to,
    )


def sources_of(draft: Draft) -> tuple[str, ...]:
    """Where its sentences come from, so that none is used twice at one employer."""
    return tuple(sentence.source for sentence in draft.sentences)


def draft_from_row(row: LedgerRow, parser: Parser) -> Draft:
    """The draft that a row is about, as far as finding it needs."""
    try:
        envelope = parser.envelope(row.raw, ref=MessageRef(""), role=SpecialUse.DRAFTS, received=None)
    except Unreadable:
        envelope = None
    return Draft(
        key=row.key,
        revision=row.revision,
        kind=row.kind,
        account=row.account,
        sender=(envelope.sender if envelope else None) or Mailbox("", row.account),
        to=Mailbox("", row.recipient),
        subject=envelope.subject if envelope else "",
        text="",
        message_id=row.message_id,
        raw=row.raw,
        fingerprint=row.fingerprint,
        language="",
        in_reply_to=row.thread_of,
        references=envelope.references if envelope else (),
        anchor=row.anchor,
        ordinal=row.ordinal,
    )


def best_found(found: tuple[Found, ...]) -> Found | None:
    """Of everything found, what says most: our own mark before other evidence, sent before drafts before trash."""
    ranked = sorted(found, key=lambda item: (item.by != BY_MARK, _PLACES.index(item.place)))
    return ranked[0] if ranked else None


def row_from_found(row: LedgerRow, found: Found, backend: MailBackend, now: datetime) -> LedgerRow:
    """The row in the state that a found draft shows.

    Raises:
        BackendError: the draft could not be read.
    """
    if found.place is FoundPlace.SENT:
        return replace(row, state=LedgerState.SENT, at=now, sent_at=found.date or now)
    if found.place is FoundPlace.TRASH:
        return gone(row, now)
    raw = found.raw if found.raw is not None else backend.read_draft(found.ref)
    return gone(row, now) if raw is None else row_as_seen(row, found.ref, found.stamp, raw, now)


def row_as_seen(row: LedgerRow, ref: DraftRef, stamp: str, raw: bytes, now: datetime) -> LedgerRow:
    """The row of a draft that lies in Drafts: as we saved it, or edited. Once edited it stays so."""
    touched = row.state is LedgerState.EDITED or fingerprint_of(raw) != row.fingerprint
    state = LedgerState.EDITED if touched else LedgerState.SAVED
    return replace(row, state=state, at=row.at if state is row.state else now, ref=ref, stamp=stamp)


def gone(row: LedgerRow, now: datetime) -> LedgerRow:
    """The row of a draft that has left Drafts; since when stays known."""
    return row if row.state is LedgerState.GONE else replace(row, state=LedgerState.GONE, at=now)
