"""Messages and contexts for the tests of answers, sent mail and suspicion: rows of `material/*.toml`, and by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from mailwatch.core.model import (
    Address,
    Automation,
    CalendarEvent,
    Detection,
    Envelope,
    Mailbox,
    Me,
    Message,
    MessageId,
    MessageRef,
    SpecialUse,
)
from mailwatch.core.reading.context import ReadingContext
from mailwatch.phrases import load_lexicon

HERE = Path(__file__).parent
ME = Me("Dana Ito", Address("dana@home.example"), frozenset({Address("dana@home.example")}), "Europe/Berlin")


@cache
def context() -> ReadingContext:
    """The project's own words, and a user in Berlin."""
    return ReadingContext(ME, load_lexicon(), Detection())


def rows(file: str, key: str = "mail") -> list[dict[str, Any]]:
    """The tables of one TOML file beside this one."""
    table: list[dict[str, Any]] = tomllib.loads((HERE / file).read_text(encoding="utf-8"))[key]
    return table


def numbered(*files: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The mails of some material files, each with a name for the test report."""
    for file in files:
        for index, row in enumerate(rows(f"material/{file}.toml")):
            yield f"{file}-{index}-{row['lang']}", row


def mail(
    text: str,
    *,
    subject: str = "Re: Our conversation",
    written: str | None = "2026-09-16T10:00:00+02:00",
    sender: str = "mel@halden.example",
    name: str = "Mel Harper",
    reply_to: str = "",
    quoted: str = "",
    signature: str = "",
    auto: tuple[str, ...] | list[str] = (),
    list_id: str = "",
    dmarc: str = "",
    offset: int | None = None,
    answers: str | None = None,
    events: tuple[CalendarEvent, ...] = (),
    outgoing: bool = False,
) -> Message:
    """One message; `written` carries its sender's offset, `auto` names fields of Automation."""
    date = datetime.fromisoformat(written) if written else None
    shift = date.utcoffset() if date else None
    minutes = int(shift.total_seconds() // 60) if shift is not None else None
    envelope = Envelope(
        MessageId("<m1@halden.example>"),
        MessageRef("1"),
        SpecialUse.SENT if outgoing else SpecialUse.INBOX,
        subject,
        Mailbox(name, Address(sender)) if sender else None,
        to=(Mailbox("", ME.primary),),
        reply_to=(Mailbox("", Address(reply_to)),) if reply_to else (),
        date=date,
        zone_offset_minutes=minutes if offset is None else offset,
        in_reply_to=MessageId(answers) if answers else None,
        automation=Automation(
            auto_reply="auto_reply" in auto,
            bounce="bounce" in auto,
            bulk="bulk" in auto,
            generated="generated" in auto,
            list_id=list_id,
        ),
    )
    return Message(
        envelope, text.strip(), quoted=quoted, signature=signature, events=events, dmarc=dmarc, outgoing=outgoing
    )


def from_row(row: dict[str, Any], *, outgoing: bool = False) -> Message:
    """The message that a row of a material file describes."""
    known = {
        key: row[key] for key in ("subject", "sender", "name", "reply_to", "auto", "dmarc", "written") if key in row
    }
    return mail(row["text"], outgoing=outgoing, **known)
