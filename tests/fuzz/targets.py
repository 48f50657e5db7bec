"""What is fuzzed: each target takes any bytes, does what the program would do with them, and checks what came out.

A target raises only where the program is at fault: it read something and broke, or let an unseen character through.
"""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec

from mailwatch.config import settings_from_text
from mailwatch.core.ics import calendar_from_ics, invitations_from_ics
from mailwatch.core.lexicon import Lexicon, lexicon_from_tables
from mailwatch.core.mime import envelope_from_header, envelope_from_raw, message_from_fetched
from mailwatch.core.model import (
    Address,
    CalendarEvent,
    Detection,
    Envelope,
    Fetched,
    Me,
    Message,
    MessageRef,
    SpecialUse,
    Window,
)
from mailwatch.core.reading import ReadingContext, read
from mailwatch.core.text import clean_text, one_line
from mailwatch.errors import ConfigError
from mailwatch.phrases import load_lexicon

REF = MessageRef("r")
ZONE = "Europe/Berlin"
MINE = Address("jordan@home.example")
ME = Me("Jordan Doe", MINE, frozenset({MINE}), ZONE, ("en", "de"))
WINDOW = Window(datetime(2026, 9, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))

Target = Callable[[bytes], None]


@cache
def context() -> ReadingContext:
    """What the reader knows: the shipped words."""
    return ReadingContext(ME, load_lexicon(), Detection())


def parsed(data: bytes) -> Message:
    """A mail as the worker would read it."""
    envelope = envelope_from_raw(data, ref=REF, role=SpecialUse.INBOX)
    return message_from_fetched(Fetched(REF, raw=data), envelope, outgoing=False, zone=ZONE)


def mail(data: bytes) -> None:
    """A whole message, and its header as a server would hand it over."""
    checked(data)


def checked(data: bytes) -> Message:
    """The message, after a look at everything that it was taken for."""
    message = parsed(data)
    check_envelope(message.envelope)
    check_envelope(envelope_from_header(data[:65_536], ref=REF, role=SpecialUse.INBOX))
    for text in (message.new_text, message.quoted, message.signature):
        assert clean_text(text) == text, "an unseen character in a text"
    for event in message.events:
        check_event(event)
    msgspec.msgpack.encode(message)
    return message


def calendar(data: bytes) -> None:
    """An invitation as it stands, and a calendar worked out for half a year."""
    for found in (invitations_from_ics(data, zone=ZONE), calendar_from_ics(data, window=WINDOW, zone=ZONE)):
        for event in found.events:
            check_event(event)
        msgspec.msgpack.encode(found)


def reading(data: bytes) -> None:
    """What a mail says: every phrase of every language held against it."""
    found = read(parsed(data), context())
    for evidence in found.evidence:
        assert clean_text(evidence.words) == evidence.words, f"not clean: {evidence!r}"
    msgspec.msgpack.encode(found)


def phrases(data: bytes) -> None:
    """A phrase file: compiled and held against its own text, or refused with a sentence."""
    text = data.decode("utf-8", "replace")
    try:
        table = tomllib.loads(text)
        lexicon = lexicon_from_tables({"en": table}, {})
        _hold(lexicon, text)
    except (ValueError, RecursionError):
        return


def _hold(lexicon: Lexicon, text: str) -> None:
    for category in lexicon.languages["en"].phrases:
        for hit in lexicon.hits(category, text[:2_000]):
            assert text[hit.start : hit.end], "a phrase that matches nothing"


def config(data: bytes) -> None:
    """A configuration file: settings, or one refusal."""
    with contextlib.suppress(ConfigError):
        settings_from_text(data, path=Path("/nowhere/config.toml"), mode=0o600, zone="UTC")


def check_envelope(envelope: Envelope) -> None:
    """Header facts are single clean lines, and instants are in UTC."""
    for text in _lines_of(envelope):
        assert one_line(text) == text, f"not one clean line: {text!r}"
    for box in (envelope.sender, *envelope.recipients, *envelope.reply_to):
        assert box is None or ("@" in box.address and not set(box.address) & set(' \t\r\n,;<>"')), box
    assert all(moment is None or moment.tzinfo is UTC for moment in (envelope.date, envelope.received))


def _lines_of(envelope: Envelope) -> Iterator[str]:
    yield from (envelope.subject, envelope.id, *envelope.references, *envelope.attachments)
    yield envelope.in_reply_to or ""
    yield envelope.automation.list_id
    for box in (envelope.sender, *envelope.recipients, *envelope.reply_to):
        if box is not None:
            yield from (box.name, box.address)


def check_event(event: CalendarEvent) -> None:
    """An event ends no earlier than it begins, and nothing in it hides."""
    assert event.end >= event.start, "an event that ends before it begins"
    assert event.start.tzinfo is UTC
    assert len(event.attendees) <= 200
    lines = [event.uid, event.summary, event.location, event.url, event.tzid, event.product, event.method, event.status]
    lines += [word for who in (event.organizer, *event.attendees) if who for word in (who.name, who.address)]
    wrong = [text for text in lines if one_line(text, len(text)) != text]
    assert not wrong, f"not one clean line: {wrong[:2]!r}"[:300]
    assert clean_text(event.description) == event.description


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """A target, and the words that its inputs are likely to react to."""

    run: Target
    words: tuple[bytes, ...]


_MAIL_WORDS = (
    b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\0", b"--", b"--x", b"--x--", b"=?utf-8?q?", b"=?utf-8?b?", b"?=", b"=\r\n", b"=0D=0A", b"%0d%0a",
    b"From: ", b"To: ", b"Bcc: ", b"Reply-To: ", b"Subject: ", b"Date: ", b"Message-ID: <", b"Content-Type: multipart/mixed; boundary=x\r\n\r\n",
    b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: text/html; charset=", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n", b"filename*0*=utf-8''", b"charset=utf-7", b"charset=idna", b"charset=unicode_escape",
    b"utf-16", b"iso-2022-jp", b"\x1b$B", b"<a@b.example>", b"group: ", b";", b",", b"(", b")", b'"', b"\\", b"<", b">", b"@", b"\xff", b"\xe2\x80\xae",
    b"\xc2\x85", b"<div>", b"<!--", b"-->", b"<style>", b"&#x202e;", b"&#0;", b"<blockquote>", b"begin 644 a", b"format=flowed", b"> ", b"-- \r\n",
    b"On Mon, 7 Sep 2026 Ben wrote:", b"Interview on Tuesday 24 November 2026 at 10:00", b"+9999", b"99999999999999999999",
)  # fmt: skip
_CALENDAR_WORDS = (
    b"\r\n", b"\n", b"\r\n ", b"BEGIN:VCALENDAR\r\n", b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VTIMEZONE\r\n", b"END:VTIMEZONE\r\n",
    b"BEGIN:STANDARD\r\n", b"BEGIN:DAYLIGHT\r\n", b"END:STANDARD\r\n", b"TZID:X\r\n", b"TZOFFSETFROM:+0100\r\n", b"TZOFFSETTO:-2400\r\n",
    b"DTSTART:", b"DTSTART;TZID=", b"DTSTART;VALUE=DATE:", b"DTEND:", b"DURATION:", b"P1D", b"PT1H", b"-P99999999W", b"P", b"RRULE:FREQ=", b"SECONDLY",
    b"MINUTELY", b"DAILY", b"WEEKLY", b"MONTHLY", b"YEARLY", b";COUNT=999999999", b";INTERVAL=0", b";UNTIL=20261231", b";BYDAY=MO,-1SU,53TU",
    b";BYMONTHDAY=31", b";BYSETPOS=-1", b";BYHOUR=0,1,2", b"RDATE:", b"EXDATE:", b"RECURRENCE-ID:", b";RANGE=THISANDFUTURE:", b"20261124T100000Z",
    b"00000101T000000", b"99991231T235960Z", b"20270230", b"ATTENDEE;CN=", b";PARTSTAT=ACCEPTED:mailto:", b"ORGANIZER:mailto:", b"UID:", b"SEQUENCE:",
    b"METHOD:CANCEL\r\n", b"../../../etc/passwd", b"Europe/Berlin", b"W. Europe Standard Time", b"\0", b"\xff\xfe", b'"', b"^n", b"\\n", b"\\,", b";", b":",
)  # fmt: skip
_PHRASE_WORDS = (
    b"[phrases]\n", b"interview = [", b'"', b"]", b"(a|b)", b"[very] ", b" ... ", b"*", b"'", "’".encode(), b"((", b"|)", b"spaced = false\n", b"\\",
    b"next round", b"\n", b"= {", b"}", b"[[phrases]]\n", "面接".encode(), "ﬁ".encode(), "İ".encode(),
)  # fmt: skip
_CONFIG_WORDS = (
    b"[me]\n", b"name = ", b"address = ", b"[account.home]\n", b"type = ", b'"imap"', b'"maildir"', b'"gmail"', b'"graph"', b"[calendar.work]\n", b"url = ",
    b"[rules]\n", b"[rules.holidays]\n", b"places = ", b'"', b"'", b"\n", b"[", b"]", b"= [", b"{", b"}", b"true", b"-1", b"1e999", b"nan", b"2026-11-24",
    b"24:00:00", b'"3bd"', b'"14d"', b'"9999999999d"', b"\x1b[31m", b"\0", b"[detect]\n", b"extra_words = ", b"host = ", b"port = 99999", b"password = ",
)  # fmt: skip

TARGETS: Mapping[str, Fuzzed] = {
    "mail": Fuzzed(mail, _MAIL_WORDS),
    "calendar": Fuzzed(calendar, _CALENDAR_WORDS),
    "phrases": Fuzzed(phrases, _PHRASE_WORDS),
    "config": Fuzzed(config, _CONFIG_WORDS),
    "reading": Fuzzed(reading, _MAIL_WORDS),
}
