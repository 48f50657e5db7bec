"""What makes an obligation, a draft and an edit recognisable: keys, Message-IDs, fingerprints.

The Message-ID of a draft is its only mark in the mailbox. It is a hash of (account, key, revision), looks like any
other client's, and is the same on every machine that computes it (DESIGN §4; SECURITY.md names the price).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as WireMessage
from email.utils import getaddresses

from mailwatch.core.model import Address, DraftKey, Fingerprint, Kind, MessageId

_SEPARATOR = "\x1f"


def draft_key(account: str, kind: Kind, recipient: str, anchor: datetime | str, ordinal: int = 0) -> DraftKey:
    """The key of an obligation: 32 hex digits.

    Args:
        account: the user's primary address of the mailbox that will hold the draft.
        recipient: whom the letter goes to.
        anchor: aware start of the session (thank-you, relay) or of the last held session (follow-up), to the minute;
            the contact's address for a withdrawal or decline.
        ordinal: 1 or 2 for follow-ups.
    """
    moment = anchor.astimezone(UTC).strftime("%Y%m%dT%H%MZ") if isinstance(anchor, datetime) else anchor.casefold()
    fields = (account.casefold(), kind.value, recipient.casefold(), moment, str(ordinal))
    return DraftKey(hashlib.sha256(_SEPARATOR.join(fields).encode()).hexdigest()[:32])


def draft_message_id(account: Address, key: DraftKey, revision: int) -> MessageId:
    """The Message-ID of one revision of a draft: the same wherever and whenever it is computed (RFC 5322 §3.6.4)."""
    digest = hashlib.sha256(
        _SEPARATOR.join((account.casefold(), key, str(revision), "message-id")).encode()
    ).hexdigest()
    uuid_shaped = f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
    domain = account.rpartition("@")[2] or "localhost"
    return MessageId(f"<{uuid_shaped}@{domain}>")


def fingerprint_of(raw: bytes) -> Fingerprint:
    """What a draft says, however a server stored it: To, Subject, reply headers, decoded text, white space normalised.

    Servers re-fold headers and re-encode bodies; that is no edit. Never raises on broken bytes.
    """
    message = message_from_bytes(raw)
    fields = [
        ",".join(sorted(address.casefold() for _, address in getaddresses(_all(message, "To", "Cc", "Bcc")))),
        _decoded(message.get("Subject", "")),
        _decoded(message.get("In-Reply-To", "")),
        _text_of(message),
    ]
    normal = [" ".join(unicodedata.normalize("NFC", field).split()) for field in fields]
    return Fingerprint(hashlib.sha256(_SEPARATOR.join(normal).encode("utf-8", "replace")).hexdigest())


def _all(message: WireMessage, *names: str) -> list[str]:
    return [str(value) for name in names for value in message.get_all(name, [])]


def _decoded(value: object) -> str:
    try:
        return str(make_header(decode_header(str(value))))
    except (LookupError, ValueError, UnicodeError):
        return str(value)


def _text_of(message: WireMessage) -> str:
    texts: list[str] = []
    for part in message.walk():
        if part.is_multipart() or part.get_content_maintype() != "text":
            continue
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        try:
            text = data.decode(part.get_content_charset() or "utf-8", "replace")
        except LookupError:
            text = data.decode("utf-8", "replace")
        texts.append(re.sub(r"<[^<>]{0,2000}>", " ", text) if part.get_content_subtype() == "html" else text)
    return " ".join(texts)
