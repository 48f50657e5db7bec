"""How records become bytes and back: JSON by msgspec, compact rows for envelopes, zlib for texts.

Private notes are the exception: no converter here ever writes them; `words` keeps them in a table of their own.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import UTC, datetime
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
_Instant = int | float | None
_Flags = tuple[bool, bool, bool, bool, str]


class _EnvelopeRow(msgspec.Struct, array_like=True):
    """An envelope without what stands in columns of its own (id, ref, role), as MessagePack: some 150 bytes.

    The rarer a field, the later it comes: what is empty at the end is not written. New fields go to the end.
    """

    subject: str
    sender: _Box | None = None
    to: tuple[_Box, ...] = ()
    date: _Instant = None  # seconds since 1970
    received: _Instant = None
    zone_offset_minutes: int | None = None
    size: int | None = None
    transited: bool = False
    references: tuple[MessageId, ...] = ()
    in_reply_to: MessageId | bool | None = None  # True: the last reference, as nearly always
    automation: _Flags | None = None
    thread: ThreadId | None = None
    cc: tuple[_Box, ...] = ()
    calendar: bool = False
    attachments: tuple[str, ...] = ()
    reply_to: tuple[_Box, ...] = ()
    bcc: tuple[_Box, ...] = ()


_PACKER = msgspec.msgpack.Encoder()
_UNPACKER = msgspec.msgpack.Decoder(_EnvelopeRow)
_NO_AUTOMATION = Automation()


def bytes_from_envelope(envelope: Envelope) -> bytes:
    """An envelope as a compact row."""
    automation, sender, references = envelope.automation, envelope.sender, envelope.references
    answered: MessageId | bool | None = envelope.in_reply_to
    fields: list[object] = [
        envelope.subject,
        (sender.name, sender.address) if sender else None,
        _boxes(envelope.to),
        _seconds(envelope.date),
        _seconds(envelope.received),
        envelope.zone_offset_minutes,
        envelope.size,
        envelope.transited,
        references,
        True if answered is not None and references[-1:] == (answered,) else answered,
        None if automation == _NO_AUTOMATION else _automation_row(automation),
        envelope.thread,
        _boxes(envelope.cc),
        envelope.calendar,
        envelope.attachments,
        _boxes(envelope.reply_to),
        _boxes(envelope.bcc),
    ]
    while fields[-1] is None or fields[-1] is False or fields[-1] == ():
        fields.pop()
    try:
        return _PACKER.encode(fields)
    except UnicodeEncodeError:
        return _PACKER.encode(_whole(fields))


def envelope_from_bytes(identity: str, ref: str, role: str, data: bytes) -> Envelope:
    """The envelope back from its row."""
    row = _UNPACKER.decode(data)
    answered = row.references[-1] if row.in_reply_to is True else row.in_reply_to or None
    return Envelope(
        id=MessageId(identity),
        ref=MessageRef(ref),
        role=SpecialUse(role),
        subject=row.subject,
        sender=Mailbox(*row.sender) if row.sender else None,
        to=_mailboxes(row.to),
        cc=_mailboxes(row.cc),
        bcc=_mailboxes(row.bcc),
        reply_to=_mailboxes(row.reply_to),
        date=_instant(row.date),
        received=_instant(row.received),
        zone_offset_minutes=row.zone_offset_minutes,
        in_reply_to=answered,
        references=row.references,
        thread=row.thread,
        size=row.size,
        transited=row.transited,
        calendar=row.calendar,
        attachments=row.attachments,
        automation=Automation(*row.automation) if row.automation else _NO_AUTOMATION,
    )


def _seconds(instant: datetime | None) -> _Instant:
    if instant is None:
        return None
    seconds = instant.timestamp()
    return int(seconds) if seconds.is_integer() else seconds


def _instant(seconds: _Instant) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _boxes(mailboxes: tuple[Mailbox, ...]) -> tuple[tuple[str, str], ...]:
    return tuple([(box.name, box.address) for box in mailboxes]) if mailboxes else ()


def _mailboxes(boxes: tuple[_Box, ...]) -> tuple[Mailbox, ...]:
    return tuple([Mailbox(*box) for box in boxes]) if boxes else ()


def _automation_row(automation: Automation) -> _Flags:
    return automation.auto_reply, automation.generated, automation.bounce, automation.bulk, automation.list_id
