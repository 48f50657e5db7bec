"""Mail and letters for the backends' tests: invented people, whole messages as bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime

from mailwatch.core.identity import draft_key, draft_message_id, fingerprint_of
from mailwatch.core.model import Address, Draft, Fingerprint, Interest, Kind, Mailbox, MessageId

ME = Address("jo@home.example")
RITA = Address("rita@acme.example")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=90)
ALL = Interest()


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def mail(
    number: int | str,
    *,
    sender: str = "Rita Ek <rita@acme.example>",
    to: str = "Jo Berg <jo@home.example>",
    subject: str = "Your interview",
    text: str = "We look forward to meeting you.",
    at: datetime | None = None,
    **headers: str,
) -> bytes:
    """One message, CRLF lines, Message-ID `<m{number}@acme.example>`."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(at or ago(days=2))
    message["Message-ID"] = f"<m{number}@acme.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return bytes(message)


def mid(number: int | str) -> MessageId:
    return MessageId(f"<m{number}@acme.example>")


def invitation(number: int | str = "invite", *, text: str = "See you on Tuesday.", filler: str = "") -> bytes:
    """A mail with an iMIP part; `filler` stands in HTML before it."""
    calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@acme.example\r\nDTSTAMP:20261120T090000Z\r\n"
    calendar += (
        "DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nSUMMARY:Interview\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    message = message_from_bytes(mail(number, text=text), policy=SMTP)
    if filler:
        message.add_alternative(f"<p>{text}</p><!-- {filler} -->", subtype="html")
    message.add_attachment(calendar, subtype="calendar", params={"method": "REQUEST"}, cte="8bit")
    return bytes(message)


def letter(
    *, anchor: datetime | None = None, in_reply_to: MessageId | None = None, subject: str = "Thank you", text: str = "Thank you for the talk.",
    to: Address = RITA, at: datetime = NOW,
) -> Draft:  # fmt: skip
    """A draft as mailwatch composes it."""
    key = draft_key(ME, Kind.THANK_YOU, to, anchor or ago(days=1))
    message_id = draft_message_id(ME, key, 1)
    references = f"{in_reply_to}" if in_reply_to else ""
    thread = {"In_Reply_To": str(in_reply_to), "References": references} if in_reply_to else {}
    raw = mail("x", sender=f"Jo Berg <{ME}>", to=f"Rita Ek <{to}>", subject=subject, text=text, at=at, **thread)
    raw = raw.replace(b"<mx@acme.example>", message_id.encode())
    return Draft(
        key, 1, Kind.THANK_YOU, ME, Mailbox("Jo Berg", ME), Mailbox("Rita Ek", to), subject, text, message_id, raw,
        Fingerprint(fingerprint_of(raw)), "en", in_reply_to=in_reply_to, references=(in_reply_to,) if in_reply_to else (),
        anchor=anchor or ago(days=1),
    )  # fmt: skip


def changed(raw: bytes, *, text: str | None = None, **headers: str | None) -> bytes:
    """The message with other headers (None takes one away) and another text, as a mail program would save it again."""
    message: Message = message_from_bytes(raw)
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        if value is not None:
            message[name.replace("_", "-")] = value
    if text is not None:
        message.set_payload(text)
    return message.as_bytes(policy=SMTP)
