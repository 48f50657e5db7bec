"""A fetched message to the reader's input: new text, quotation, signature, invitations, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mailwatch.core.ics import invitations_from_ics
from mailwatch.core.mime.automation import automation_from_headers, dmarc_from_headers, tool_from_headers
from mailwatch.core.mime.bodies import TEXT_LIMIT, BodyPart, body_from_parts
from mailwatch.core.mime.envelope import is_calendar
from mailwatch.core.mime.headers import Headers, date_from_header, split_message
from mailwatch.core.mime.mailboxes import mailboxes_from_header
from mailwatch.core.mime.plain import joined_lines
from mailwatch.core.mime.quoting import divided
from mailwatch.core.mime.signing import without_signature
from mailwatch.core.mime.structure import Leaf, outline_from_raw
from mailwatch.core.model import Automation, CalendarEvent, Envelope, Fetched, Message, Part
from mailwatch.core.text import clean_text

_NEW_LIMIT, _QUOTED_LIMIT, _SIGNATURE_LIMIT = 32_000, 32_000, 2_000
_CALENDAR_LIMIT = (2 << 20) + 1
_CALENDARS = 10
_REPORT_KINDS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_SEALED_KINDS = frozenset({"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part with its place in the message. opens: the header block of the attached message it belongs to."""

    part: Part
    inside: str = ""
    opens: bytes = b""
    flowed: bool = False
    delete_space: bool = False
    method: str = ""


def message_from_fetched(fetched: Fetched, envelope: Envelope, *, outgoing: bool, zone: str) -> Message:
    """What a message says, ready for reading. Never raises on any bytes: what can't be read stands in `problems`.

    Args:
        outgoing: it lies in Sent.
        zone: the user's IANA zone, for floating times of its calendar objects.
    """
    if fetched.raw is not None:
        outline = outline_from_raw(fetched.raw)
        headers, problems = outline.headers, outline.problems
        pieces = [_piece_of_leaf(leaf) for leaf in outline.leaves]
    else:
        headers, problems = Headers(split_message(fetched.header)[0]), []
        pieces = [_Piece(part) for part in fetched.parts]
    events, calendar_problems = _events(pieces, zone)
    body = body_from_parts([_body_part(piece) for piece in pieces if _is_body(piece, alone=len(pieces) == 1)])
    division = divided(body.lines)
    own, signature = without_signature(division.new, division.signed)
    own = joined_lines(own) if body.hard else own
    own += _report_lines(pieces)
    problems += [
        *body.problems,
        *calendar_problems,
        *_problems(pieces, fetched, has_text=any(line.strip() for line in own)),
    ]
    return Message(
        envelope=_completed(envelope, headers),
        new_text=_text(own, _NEW_LIMIT),
        quoted=_text([*division.quoted, *_attached_lines(pieces)], _QUOTED_LIMIT),
        signature=_text(signature, _SIGNATURE_LIMIT),
        events=events,
        dmarc=dmarc_from_headers(headers),
        tool=tool_from_headers(headers),
        problems=tuple(dict.fromkeys(problems)),
        outgoing=outgoing,
    )


def _completed(envelope: Envelope, headers: Headers) -> Envelope:
    """The envelope with what a listing could not show and the header does: the sender's own clock, the marks of robots."""
    if envelope.zone_offset_minutes is None:
        date, offset = date_from_header(headers.text("date"))
        envelope = replace(envelope, zone_offset_minutes=offset) if date == envelope.date else envelope
    known, seen = envelope.automation, automation_from_headers(headers)
    automation = Automation(
        auto_reply=known.auto_reply or seen.auto_reply,
        generated=known.generated or seen.generated,
        bounce=known.bounce or seen.bounce,
        bulk=known.bulk or seen.bulk,
        list_id=known.list_id or seen.list_id,
    )
    return envelope if automation == known else replace(envelope, automation=automation)


def _piece_of_leaf(leaf: Leaf) -> _Piece:
    calendar = is_calendar(leaf.kind, leaf.filename)
    wanted = calendar or leaf.kind in ("text/plain", "text/html") or leaf.kind in _REPORT_KINDS
    limit = 0 if not wanted else _CALENDAR_LIMIT if calendar else TEXT_LIMIT
    payload = leaf.payload(limit + 1) if limit else b""
    part = Part(
        content_type=leaf.kind,
        payload=payload[:limit],
        charset=leaf.parameters.get("charset"),
        filename=leaf.filename or None,
        attachment=leaf.attachment,
        truncated=len(payload) > limit > 0,
    )
    given = leaf.parameters
    flowed, deleted = given.get("format", "").casefold() == "flowed", given.get("delsp", "").casefold() == "yes"
    return _Piece(part, leaf.inside, leaf.opens, flowed, deleted, given.get("method", ""))


def _is_text(piece: _Piece, *, alone: bool = False) -> bool:
    """Text to be read. A name makes a file of it, unless it is all there is, or the name is one of text."""
    name = "" if alone else (piece.part.filename or "").casefold()
    named = bool(name) and not name.endswith((".txt", ".html", ".htm"))
    return piece.part.content_type in ("text/plain", "text/html") and not piece.part.attachment and not named


def _is_body(piece: _Piece, *, alone: bool) -> bool:
    return _is_text(piece, alone=alone) and not piece.opens


def _body_part(piece: _Piece) -> BodyPart:
    return BodyPart(piece.part, piece.flowed, piece.delete_space)


def _events(pieces: Sequence[_Piece], zone: str) -> tuple[tuple[CalendarEvent, ...], list[str]]:
    """The events of all calendar parts. The same object inline and attached counts once, with the METHOD if one has it."""
    found: dict[tuple[object, ...], CalendarEvent] = {}
    problems: list[str] = []
    carriers = [
        piece
        for piece in pieces
        if piece.inside != "report" and is_calendar(piece.part.content_type, piece.part.filename or "")
    ]
    for piece in carriers[:_CALENDARS]:
        parsed = invitations_from_ics(piece.part.payload, zone=zone)
        problems += parsed.problems
        for event in parsed.events:
            stated = event if event.method else replace(event, method=piece.method.strip().upper()[:40])
            key = (stated.uid, stated.recurrence_id, stated.sequence, stated.start)
            if key not in found or not found[key].method:
                found[key] = stated
    return tuple(found.values()), problems


def _report_lines(pieces: Iterable[_Piece]) -> list[str]:
    """The fields of a delivery report: they name the address that failed (RFC 3464)."""
    lines: list[str] = []
    for piece in pieces:
        if piece.part.content_type in _REPORT_KINDS:
            lines += ["", *clean_text(piece.part.payload[:8_000].decode("utf-8", "replace")).splitlines()]
    return lines


def _attached_lines(pieces: Iterable[_Piece]) -> Iterator[str]:
    """Attached messages as they would look forwarded inline: who, when, what, and the text."""
    letters: dict[bytes, list[_Piece]] = {}
    for piece in pieces:
        if piece.opens:
            letters.setdefault(piece.opens, []).append(piece)
    for block, inner in list(letters.items())[:_CALENDARS]:
        headers = Headers(block)
        yield from ("", *(f"{box.name} <{box.address}>" for box in mailboxes_from_header(headers.raw("from"))[:1]))
        yield from (text for name in ("date", "subject") if (text := headers.text(name)))
        body = body_from_parts([_body_part(piece) for piece in inner if _is_text(piece)])
        yield from ("", *(line.text for line in body.lines))


def _problems(pieces: Sequence[_Piece], fetched: Fetched, *, has_text: bool) -> Iterator[str]:
    kinds = {piece.part.content_type for piece in pieces}
    names = {(piece.part.filename or "").casefold() for piece in pieces}
    sealed = bool(kinds & _SEALED_KINDS)
    if "winmail.dat" in names or "application/ms-tnef" in kinds:
        yield "an attachment in Outlook's own format (winmail.dat)"
    if sealed:
        yield "encrypted"
    if any(piece.part.truncated for piece in pieces) or not fetched.complete:
        yield "cut"
    if not has_text and not sealed:
        if any(kind.startswith("image/") for kind in kinds):
            yield "nothing but pictures"
        elif not any(piece.opens for piece in pieces) and not any(
            is_calendar(piece.part.content_type, piece.part.filename or "") for piece in pieces
        ):
            yield "no text"


def _text(lines: Iterable[str], limit: int) -> str:
    """Lines to text: at most one empty line in a row, none at the ends."""
    kept: list[str] = []
    for line in lines:
        bare = line.rstrip()
        if bare or (kept and kept[-1]):
            kept.append(bare)
    return "\n".join(kept).strip("\n")[:limit].rstrip()
