"""The small world with the real core: the real parser, reader, triage, plan and letters, and mails that they understand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import CalendarEvent, Message, MessageId, MessageRef, Reading, SpecialUse
from mailwatch.core.plan import plan
from mailwatch.core.reading import ReadingContext, read
from mailwatch.letters import load_letters
from mailwatch.phrases import load_lexicon
from mailwatch.sandbox import InlineParser
from tests.tick.doubles import MINE, mail, person
from tests.tick.world import SmallWorld

_NAMES = ("Rita Ek", "Bo Lind", "Ana Ruiz", "Kit Moran", "Ida Falk", "Max Orban", "Lea Brandt", "Tom Weaver")

_INVITATION = """From: {name} <{address}>
To: Jordan Doe <{mine}>
Subject: Invitation: Interview for Data Analyst at Firm {number}
Date: {written:%a, %d %b %Y %H:%M:%S} +0000
Message-ID: <invite{number}@firm{number}.example>
Received: from mail.firm{number}.example by mx.home.example; {written:%a, %d %b %Y %H:%M:%S} +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b{number}"

--b{number}
Content-Type: text/plain; charset=utf-8

Hi Jordan,

I look forward to our interview for the Data Analyst role at Firm {number}. We meet on video.

Best regards,
{name}

--b{number}
Content-Type: text/calendar; charset=utf-8; method=REQUEST

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Firm {number}//Calendar//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:interview{number}@firm{number}.example
DTSTAMP:{written:%Y%m%dT%H%M%SZ}
DTSTART:{start:%Y%m%dT%H%M%SZ}
DTEND:{end:%Y%m%dT%H%M%SZ}
SUMMARY:Interview Data Analyst - Jordan Doe
ORGANIZER;CN={name}:mailto:{address}
ATTENDEE;CN={name};PARTSTAT=ACCEPTED:mailto:{address}
ATTENDEE;CN=Jordan Doe;PARTSTAT=ACCEPTED:mailto:{mine}
END:VEVENT
END:VCALENDAR
--b{number}--
"""


@cache
def _lexicon() -> Lexicon:
    return load_lexicon()


class RememberingParser(InlineParser):
    """The real parser, which parses the same bytes once: thousands of lives share their mails."""

    def envelope(self, raw: bytes, *, ref: MessageRef, role: SpecialUse, received: datetime | None = None) -> Any:
        return replace(_envelope(raw), ref=ref, role=role, received=received)


@lru_cache(maxsize=10_000)
def _envelope(raw: bytes) -> Any:
    return InlineParser().envelope(raw, ref=MessageRef(""), role=SpecialUse.INBOX)


_READ: dict[tuple[MessageId, str, tuple[CalendarEvent, ...], bool, ReadingContext], Reading] = {}


def read_once(message: Message, context: ReadingContext) -> Reading:
    key = message.envelope.id, message.new_text, message.events, message.outgoing, context
    if key not in _READ:
        _READ[key] = read(message, context)
    return _READ[key]


def invitation_mail(number: int, begins: datetime) -> bytes:
    """To half an hour with one person; written two days before."""
    text = _INVITATION.format(
        number=number, name=_NAMES[number % len(_NAMES)], address=person(number), mine=MINE, start=begins,
        end=begins + timedelta(minutes=30), written=begins - timedelta(days=2),
    )  # fmt: skip
    return text.replace("\n", "\r\n").encode()


class RealWorld(SmallWorld):
    """Interviews of half an hour with one person each, in mails with an invitation."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, plan)
        self.parser = RememberingParser()
        self.triage = {"read": read_once, "reader_version": lambda _: "the real one"}
        self.settings = replace(self.settings, lexicon=_lexicon(), letters=load_letters())

    def invite(self, number: int, start: datetime | None = None, subject: str = "") -> datetime:
        begins = ((start or self.now) - timedelta(minutes=30)).replace(second=0, microsecond=0)
        self.mailbox.mail_arrives(invitation_mail(number, begins), begins - timedelta(days=2))
        return begins

    def write_by_hand(self, number: int, subject: str = "Thank you") -> None:
        body = "Thank you for the conversation today. I enjoyed hearing about the team.\r\n\r\nJordan"
        self.mailbox.user_sends(mail(MINE, person(number), subject, body, self.now), self.now)
