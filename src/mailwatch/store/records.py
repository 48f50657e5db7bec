"""How records become bytes and back: JSON by msgspec, tables of values for envelopes, zlib for texts.

Private notes are the exception: no converter here ever writes them; `words` keeps them in a table of their own.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from mailwatch.core.model import (
    Address,
    Automation,
    Envelope,
    Mailbox,
    MessageId,
    MessageRef,
    PrivateNotes,
    SpecialUse,
    ThreadId,
)

T = TypeVar("T")


class UnreadableRecord(ValueError):
    """Stored bytes are no longer, or not yet, a record of this kind."""


def _nothing_private(value: object) -> None:
    if not isinstance(value, PrivateNotes):
        raise NotImplementedError(f"no record: {type(value).__name__}")


def _no_notes(kind: type, _value: object) -> PrivateNotes:
    if kind is not PrivateNotes:
        raise NotImplementedError(f"no record: {kind.__name__}")
    return PrivateNotes({})


_ENCODER = msgspec.json.Encoder(order="deterministic", enc_hook=_nothing_private)


def bytes_from_record(record: object) -> bytes:
    """A record as JSON: the same bytes for equal records. Half characters (lone surrogates) become question marks."""
    try:
        return _ENCODER.encode(record)
    except UnicodeEncodeError:
        return _ENCODER.encode(_whole(msgspec.to_builtins(record, enc_hook=_nothing_private)))


def whole_text(text: str) -> str:
    """The text without lone surrogates, which neither UTF-8 nor SQLite can hold."""
    return text.encode("utf-8", "replace").decode()


def _whole(value: object) -> object:
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_whole(item) for item in value]
    return value


def digest_of(*records: object) -> str:
    """A short hash of records, to tell whether anything in them has changed."""
    return hashlib.blake2b(bytes_from_record(records), digest_size=16).hexdigest()


class Codec(Generic[T]):
    """JSON of one kind of record, compressed where texts are long."""

    def __init__(self, kind: Any, *, compressed: bool = False) -> None:
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind, dec_hook=_no_notes)
        self._compressed = compressed

    def encode(self, record: T) -> bytes:
        """The record as bytes."""
        data = bytes_from_record(record)
        return zlib.compress(data, 6) if self._compressed else data

    def decode(self, data: bytes) -> T:
        """The record.

        Raises:
            UnreadableRecord: the bytes are none.
        """
        try:
            return self._decoder.decode(zlib.decompress(data) if self._compressed else data)
        except (msgspec.MsgspecError, zlib.error, UnicodeDecodeError) as error:
            raise UnreadableRecord(str(error)) from error


_Box = tuple[str, Address]
_EnvelopeRow = tuple[
    str,  # subject
    _Box | None,  # sender
    tuple[_Box, ...],  # to
    tuple[_Box, ...],  # cc
    tuple[_Box, ...],  # bcc
    tuple[_Box, ...],  # reply_to
    datetime | None,  # date
    datetime | None,  # received
    int | None,  # zone_offset_minutes
    MessageId | None,  # in_reply_to
    tuple[MessageId, ...],  # references
    ThreadId | None,  # thread
    int | None,  # size
    bool,  # transited
    bool,  # calendar
    tuple[str, ...],  # attachments
    tuple[bool, bool, bool, bool, str] | None,  # automation
]
_ENVELOPE_DECODER = msgspec.json.Decoder(_EnvelopeRow)
_NO_AUTOMATION = Automation()


def bytes_from_envelope(envelope: Envelope) -> bytes:
    """An envelope without its id, ref and role (columns of their own) as a compact row: some 250 bytes."""
    automation = envelope.automation
    sender = envelope.sender
    return bytes_from_record(
        (
            envelope.subject,
            (sender.name, sender.address) if sender else None,
            _boxes(envelope.to),
            _boxes(envelope.cc),
            _boxes(envelope.bcc),
            _boxes(envelope.reply_to),
            envelope.date,
            envelope.received,
            envelope.zone_offset_minutes,
            envelope.in_reply_to,
            envelope.references,
            envelope.thread,
            envelope.size,
            envelope.transited,
            envelope.calendar,
            envelope.attachments,
            None if automation == _NO_AUTOMATION else _automation_row(automation),
        )
    )


def envelope_from_bytes(identity: str, ref: str, role: str, data: bytes) -> Envelope:
    """The envelope back from its row."""
    row = _ENVELOPE_DECODER.decode(data)
    sender, automation = row[1], row[16]
    return Envelope(
        id=MessageId(identity),
        ref=MessageRef(ref),
        role=SpecialUse(role),
        subject=row[0],
        sender=Mailbox(*sender) if sender else None,
        to=_mailboxes(row[2]),
        cc=_mailboxes(row[3]),
        bcc=_mailboxes(row[4]),
        reply_to=_mailboxes(row[5]),
        date=row[6],
        received=row[7],
        zone_offset_minutes=row[8],
        in_reply_to=row[9],
        references=row[10],
        thread=row[11],
        size=row[12],
        transited=row[13],
        calendar=row[14],
        attachments=row[15],
        automation=Automation(*automation) if automation else _NO_AUTOMATION,
    )


def _boxes(mailboxes: tuple[Mailbox, ...]) -> tuple[tuple[str, str], ...]:
    return tuple([(box.name, box.address) for box in mailboxes]) if mailboxes else ()


def _mailboxes(boxes: tuple[_Box, ...]) -> tuple[Mailbox, ...]:
    return tuple([Mailbox(*box) for box in boxes]) if boxes else ()


def _automation_row(automation: Automation) -> tuple[bool, bool, bool, bool, str]:
    return automation.auto_reply, automation.generated, automation.bounce, automation.bulk, automation.list_id
