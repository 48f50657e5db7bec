"""Is this message that draft? One answer for all backends, made of several kinds of evidence.

Mail programs rewrite the drafts they open: Thunderbird gives a new Message-ID, Roundcube drops extra headers, others drop
the draft flag. So a draft is known by its Message-ID, or else by its recipient together with its thread or its subject.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailwatch.backends.base import FoundPlace
from mailwatch.core.model import Address, Draft, DraftRef, DraftSeen, Envelope

_REPLY_MARK = re.compile(r"^(?:re|aw|sv|vs|antw|rv|ref|odp|回复|答复)\s?:\s*", re.IGNORECASE)
_MADE_UP = "@mailwatch.invalid>"  # stands for a missing Message-ID (core.model.MessageId)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_DATE = re.compile(rb"^Date:[ \t]*([^\r\n]{1,200})", re.IGNORECASE | re.MULTILINE)


def evidence_for(draft: Draft, seen: Envelope, place: FoundPlace) -> str:
    """What says that `seen` is the draft: "message-id", "recipient+thread", "recipient+subject", or "" for nothing.

    In Sent and Trash the weaker two count only for what is dated no earlier than the draft: older mail to the same person
    in the same thread is an earlier letter. In Trash they count only for what the user wrote.
    """
    if seen.id == draft.message_id:
        return "message-id"
    if draft.to.address not in {mailbox.address for mailbox in seen.recipients}:
        return ""
    if place is not FoundPlace.DRAFTS and not _written_since(draft, seen):
        return ""
    if place is FoundPlace.TRASH and (seen.sender is None or seen.sender.address not in _own(draft)):
        return ""
    if draft.in_reply_to is not None and draft.in_reply_to in {seen.in_reply_to, *seen.references}:
        return "recipient+thread"
    return "recipient+subject" if plain_subject(seen.subject) == plain_subject(draft.subject) else ""


def draft_seen(account: Address, ref: DraftRef, stamp: str, envelope: Envelope | None) -> DraftSeen:
    """A row of the listing of drafts; one whose header can't be understood has only its place."""
    if envelope is None:
        return DraftSeen(account, ref, stamp)
    return DraftSeen(
        account,
        ref,
        stamp,
        to=tuple(mailbox.address for mailbox in envelope.recipients),
        subject=envelope.subject,
        message_id=None if envelope.id.endswith(_MADE_UP) else envelope.id,
        in_reply_to=envelope.in_reply_to,
        references=envelope.references,
        thread=envelope.thread,
        date=envelope.at,
    )


def plain_subject(subject: str) -> str:
    """A subject without reply marks, case and spacing."""
    text = " ".join(subject.split()).casefold()
    while mark := _REPLY_MARK.match(text):
        text = text[mark.end() :]
    return text


def written_at(draft: Draft) -> datetime | None:
    """From when on mail can be this draft: its `since`, else the Date header of its bytes; aware, or None."""
    if draft.since is not None:
        return draft.since
    found = _DATE.search(_END_OF_HEADER.split(draft.raw, 1)[0])
    if found is None:
        return None
    try:
        moment = parsedate_to_datetime(found[1].decode("ascii", "replace"))
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _own(draft: Draft) -> frozenset[Address]:
    return frozenset({draft.sender.address, draft.account})


def _written_since(draft: Draft, seen: Envelope) -> bool:
    written = written_at(draft)
    return written is not None and seen.at is not None and seen.at >= written


def could_be(draft: Draft, raw: bytes) -> bool:
    """A quick look at a message's bytes: False only where `evidence_for` would find nothing.

    The recipient may be written as rita@… or "rita"@… (RFC 5322 §3.4.1); mail programs write no other form.
    """
    header = _END_OF_HEADER.split(raw, 1)[0].lower()
    local, _, domain = draft.to.address.lower().rpartition("@")
    looked_for = (draft.message_id.lower(), f"{local}@{domain}", f'{local}"@{domain}')
    return any(text.encode() in header for text in looked_for)
