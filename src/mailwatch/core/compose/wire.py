"""Letters as RFC 5322 bytes: plain text, one recipient, and no header that we did not mean.

What goes in was cleaned before; what comes out is parsed again and compared with what was meant. A letter that does
not survive that is not written.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import Header, decode_header, make_header
from email.message import Message as WireMessage
from email.utils import format_datetime, getaddresses, quote

from mailwatch.core.model import Mailbox, MessageId
from mailwatch.core.text import clean_text, one_line

LINE_LIMIT = 998
NO_BREAK = "\u00a0"
HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
)
REFERENCES_LIMIT = 20

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>")
_MADE_UP_ID = "@mailwatch.invalid>"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 .,'&/()-]*")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a letter says, before it becomes bytes. `text` has one line per paragraph, blank lines between."""

    sender: Mailbox
    to: Mailbox
    subject: str
    text: str
    date: datetime
    message_id: MessageId
    in_reply_to: MessageId | None = None
    references: tuple[MessageId, ...] = ()


def writable_address(address: str) -> bool:
    """The address can stand in a header as it is: plain ASCII, no quoting (RFC 5322 §3.4.1, RFC 1035 §2.3.1)."""
    local, _, domain = address.rpartition("@")
    return len(local) <= 64 and len(domain) <= 253 and _ADDRESS.fullmatch(address) is not None


def usable_id(message_id: str | None) -> MessageId | None:
    """A Message-ID that may stand in our reply headers: well formed, and one that really was in a header."""
    if message_id is None or message_id.endswith(_MADE_UP_ID) or not _MESSAGE_ID.fullmatch(message_id):
        return None
    return MessageId(message_id)


def references_of(parent: Sequence[str], parent_id: str | None) -> tuple[MessageId, ...]:
    """References of a reply (RFC 5322 §3.6.4): the parent's and the parent's own id; of a long chain the first and the last."""
    chain = [found for found in (usable_id(one) for one in (*parent, parent_id)) if found is not None]
    chain = list(dict.fromkeys(chain))
    return tuple(chain if len(chain) <= REFERENCES_LIMIT else [chain[0], *chain[1 - REFERENCES_LIMIT :]])


def bytes_of(sheet: Sheet) -> bytes | None:
    """The letter as bytes with CRLF lines; None where parsing them again does not give back what was meant."""
    fields = [
        ("From", _mailbox(sheet.sender, "From")),
        ("To", _mailbox(sheet.to, "To")),
        ("Subject", _words(sheet.subject, "Subject")),
        ("Date", format_datetime(sheet.date)),
        ("Message-ID", sheet.message_id),
        ("In-Reply-To", sheet.in_reply_to or ""),
        ("References", "\r\n ".join(sheet.references)),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", "quoted-printable"),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields if value)
    raw = head.encode("ascii", "strict") + b"\r\n" + _quoted_printable(sheet.text)
    return raw if _as_meant(raw, sheet) else None


def plain_text(text: str) -> str:
    """`text` without anything invisible, its no-break spaces kept: French needs them before its punctuation."""
    return NO_BREAK.join(clean_text(part) for part in text.split(NO_BREAK))


def _mailbox(mailbox: Mailbox, header: str) -> str:
    name = one_line(mailbox.name)
    if not name:
        return mailbox.address
    if _PLAIN_NAME.fullmatch(name):
        written = name if name.replace(" ", "").isalnum() else f'"{quote(name)}"'
    else:
        written = Header(name, "utf-8", maxlinelen=76, header_name=header).encode(linesep="\r\n")
    return f"{written} <{mailbox.address}>"


def _words(text: str, header: str) -> str:
    line = one_line(text)
    plain = line.isascii() and "=?" not in line
    return Header(line, "us-ascii" if plain else "utf-8", maxlinelen=76, header_name=header).encode(linesep="\r\n")


def _quoted_printable(text: str) -> bytes:
    lines = plain_text(text).split("\n")
    encoded = [quopri.encodestring(line.encode("utf-8"), quotetabs=False).replace(b"\n", b"\r\n") for line in lines]
    # "From " at the start of a line is changed by mbox writers, a lone dot by mail transports.
    safe = [
        re.sub(rb"^(From |\.$)", lambda mark: b"=%02X" % mark.group()[0] + mark.group()[1:], line) for line in encoded
    ]
    return b"\r\n".join(safe)


def _as_meant(raw: bytes, sheet: Sheet) -> bool:
    message = message_from_bytes(raw)
    names = [name.casefold() for name in message.keys()]  # noqa: SIM118  a Message iterates over its names, repeated ones too
    allowed = {name.casefold() for name in HEADERS}
    return (
        len(names) == len(set(names))
        and set(names) <= allowed
        and [address for _, address in getaddresses([message["To"]])] == [sheet.to.address]
        and [address for _, address in getaddresses([message["From"]])] == [sheet.sender.address]
        and _decoded(message.get("Subject", "")) == one_line(sheet.subject)
        and message.get("In-Reply-To") == sheet.in_reply_to
        and not message.is_multipart()
        and _body(message) == plain_text(sheet.text)
        and max(map(len, raw.split(b"\r\n"))) <= LINE_LIMIT
        and not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xff]|\r(?!\n)|(?<!\r)\n", raw)
    )


def _decoded(value: object) -> str:
    return str(make_header(decode_header("".join(str(value).splitlines()))))


def _body(message: WireMessage) -> str:
    payload = message.get_payload(decode=True)
    return payload.decode("utf-8").replace("\r\n", "\n") if isinstance(payload, bytes) else ""


def subject_of(raw: bytes) -> str:
    """The decoded subject of a message, "" where it has none."""
    return _readable(message_from_bytes(raw).get("Subject", ""))


def recipient_name(raw: bytes) -> str:
    """The name that a message's first recipient goes by in it, "" where it has none."""
    found = getaddresses([str(message_from_bytes(raw).get("To", ""))])
    return _readable(found[0][0]) if found else ""


def all_text(raw: bytes) -> str:
    """Every decoded header value and the decoded text of a message, one a line; never raises on broken bytes."""
    message = message_from_bytes(raw)
    lines = [_readable(value) for value in message.values()]
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            lines.append(payload.decode("utf-8", "replace"))
    return "\n".join(lines)


def _readable(value: object) -> str:
    try:
        return _decoded(value)
    except (LookupError, ValueError, UnicodeError):
        return str(value)
