"""Test mails as data: reads `material/*.toml` and builds the Message and ReadingContext of each.

A mail: id, kind (any of these is right), from (or out = true: the user wrote it), subject, text. Optional: to, date (ISO, else 10 September 2026, ten in
the morning on the user's clock), quoted, signature, lang, me (a key of ME), bulk, list (List-Id), auto, bounce, dmarc,
method (a calendar answer), raw (text is the whole body as it came, html = true where it is HTML: it is parsed first),
and what must be found: start (UTC), people (names), company, role.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailwatch.core.lexicon import Lexicon
from mailwatch.core.mime import envelope_from_raw, message_from_fetched
from mailwatch.core.model import (
    Address,
    Attendee,
    Automation,
    CalendarEvent,
    Detection,
    Envelope,
    Fetched,
    Mailbox,
    Me,
    Message,
    MessageId,
    MessageRef,
    SpecialUse,
)
from mailwatch.core.reading import ReadingContext
from mailwatch.phrases import load_lexicon

MATERIAL = Path(__file__).parent / "material"


def _me(name: str, address: str, zone: str, *languages: str) -> Me:
    return Me(name, Address(address), frozenset({Address(address)}), zone, languages or ("en",))


ME = {
    "home": _me("Jo Ferris", "jo.ferris@gmail.com", "America/New_York"),
    "work": _me("Sam Okafor", "sam.okafor@brightwater.example", "America/Chicago"),
    "lena": _me("Lena Vogt", "lena.vogt@gmx.de", "Europe/Berlin", "de", "en"),
    "lena-work": _me("Lena Vogt", "lena.vogt@vogtbau.example", "Europe/Berlin", "de", "en"),
    "noe": _me("Noé Garnier", "noe.garnier@free.fr", "Europe/Paris", "fr", "en"),
    "ines": _me("Inés Alcaraz", "ines.alcaraz@gmail.com", "Europe/Madrid", "es", "en"),
    "gia": _me("Gia Conti", "gia.conti@libero.it", "Europe/Rome", "it", "en"),
    "rui": _me("Rui Matos", "rui.matos@sapo.pt", "Europe/Lisbon", "pt", "en"),
    "daan": _me("Daan Kuipers", "daan.kuipers@gmail.com", "Europe/Amsterdam", "nl", "en"),
    "aya": _me("森川彩", "aya.morikawa@gmail.com", "Asia/Tokyo", "ja", "en"),
    "zh": _me("王小明", "xm.wang@gmail.com", "Asia/Shanghai", "zh", "en"),
}
ZONES = {"zh": "Asia/Shanghai", "pt": "Europe/Paris"}


@cache
def lexicon() -> Lexicon:
    """The project's own words, loaded once."""
    return load_lexicon()


def context(me: str | Me = "home", detection: Detection | None = None) -> ReadingContext:
    """A context for one of ME, or for any user."""
    return ReadingContext(ME[me] if isinstance(me, str) else me, lexicon(), detection or Detection())


@dataclass(frozen=True)
class Case:
    """One test mail with what it must be read as."""

    id: str
    kinds: tuple[str, ...]
    message: Message
    context: ReadingContext
    table: dict[str, Any] = field(default_factory=dict)


def cases(*files: str) -> Iterator[Case]:
    """The mails of some material files."""
    for file in files:
        for table in tomllib.loads((MATERIAL / f"{file}.toml").read_text(encoding="utf-8"))["mail"]:
            me = ME["zh" if table.get("lang") == "zh" else table.get("me", "home")]
            kinds = table["kind"] if isinstance(table["kind"], list) else [table["kind"]]
            yield Case(table["id"], tuple(kinds), message_from_table(table, me), context(me), table)


def message_from_table(table: dict[str, Any], me: Me) -> Message:
    """The Message that a table describes, as if it had come in to that user."""
    default = datetime(2026, 9, 10, 10, tzinfo=ZoneInfo(me.zone))
    date = datetime.fromisoformat(table["date"]) if "date" in table else default
    offset = date.utcoffset() or timedelta()
    text, quoted, signature = _parts_of(table, me)
    return incoming(
        text,
        me=me,
        sender=table.get("from", ""),
        to=table.get("to", "Rita Ek <rita.ek@acme.example>" if table.get("out") else ""),
        cc=table.get("cc", ""),
        outgoing=table.get("out", False),
        in_reply_to="<m0@acme.example>" if table.get("out") and table["subject"].startswith("Re:") else None,
        subject=table.get("subject", ""),
        at=date.astimezone(UTC),
        offset=int(offset.total_seconds() // 60),
        quoted=quoted,
        signature=signature,
        dmarc=table.get("dmarc", ""),
        automation=Automation(
            auto_reply=table.get("auto", False),
            bounce=table.get("bounce", False),
            bulk=table.get("bulk", False) or bool(table.get("list")),
            list_id=table.get("list", ""),
        ),
        events=(_answer(table["from"], date),) if table.get("method") == "REPLY" else (),
    )


def _parts_of(table: dict[str, Any], me: Me) -> tuple[str, str, str]:
    """New text, quotation and signature: as the table has them, or parsed from the body as it came."""
    if not table.get("raw"):
        return table["text"], table.get("quoted", "").strip(), table.get("signature", "").strip()
    kind = "html" if table.get("html") else "plain"
    head = f"From: {_ascii(table['from'])}\nSubject: {_ascii(table['subject'])}\nTo: {me.primary}\nMessage-ID: <1@raw.test>\n"
    raw = f"{head}Content-Type: text/{kind}; charset=utf-8\n\n{table['text'].strip()}\n".encode()
    envelope = envelope_from_raw(raw, ref=MessageRef("1"), role=SpecialUse.INBOX)
    parsed = message_from_fetched(Fetched(MessageRef("1"), raw=raw), envelope, outgoing=False, zone=me.zone)
    return parsed.new_text, parsed.quoted, parsed.signature


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _answer(sender: str, date: datetime) -> CalendarEvent:
    name, address = parseaddr(sender)
    return CalendarEvent(
        "answer-1", date.astimezone(UTC), date.astimezone(UTC) + timedelta(hours=1),
        method="REPLY", attendees=(Attendee(name, address, "ACCEPTED"),),
    )  # fmt: skip


def incoming(
    text: str,
    *,
    me: Me | str = "home",
    sender: str = "Rita Ek <rita.ek@acme.example>",
    to: str = "",
    cc: str = "",
    subject: str = "",
    at: datetime = datetime(2026, 9, 10, 14, tzinfo=UTC),
    offset: int | None = 0,
    quoted: str = "",
    signature: str = "",
    dmarc: str = "",
    automation: Automation | None = None,
    events: tuple[CalendarEvent, ...] = (),
    outgoing: bool = False,
    message_id: str = "<m1@acme.example>",
    in_reply_to: str | None = None,
    reply_to: str = "",
    attachments: tuple[str, ...] = (),
) -> Message:
    """A message to (or, outgoing, from) the user."""
    user = ME[me] if isinstance(me, str) else me
    own = Mailbox(user.name, user.primary)
    envelope = Envelope(
        id=MessageId(message_id),
        ref=MessageRef("1"),
        role=SpecialUse.SENT if outgoing else SpecialUse.INBOX,
        subject=subject,
        sender=own if outgoing else _box(sender),
        to=tuple(box for part in to.split(";") if (box := _box(part))) or (own,),
        cc=tuple(box for part in cc.split(";") if (box := _box(part))),
        reply_to=tuple(box for part in [reply_to] if (box := _box(part))),
        date=at,
        zone_offset_minutes=offset,
        in_reply_to=MessageId(in_reply_to) if in_reply_to else None,
        automation=automation or Automation(),
        attachments=attachments,
        calendar=bool(events),
    )
    return Message(envelope, text.strip(), quoted, signature, events, dmarc, outgoing=outgoing)


def parsed(raw: bytes, me: Me, *, outgoing: bool) -> Message:
    """A raw message as the reader gets it."""
    envelope = envelope_from_raw(raw, ref=MessageRef("file"), role=SpecialUse.SENT if outgoing else SpecialUse.INBOX)
    return message_from_fetched(Fetched(envelope.ref, raw=raw), envelope, outgoing=outgoing, zone=me.zone)


def _box(text: str) -> Mailbox | None:
    name, address = parseaddr(text)
    return Mailbox(name, Address(address.casefold())) if "@" in address else None
