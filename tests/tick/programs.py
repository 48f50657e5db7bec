"""What real mail programs make of a draft that the user opens, changes and saves or sends: its bytes, replayed.

Observed with Thunderbird 153, Roundcube 1.6, neomutt 2022, mutt 2.2 and aerc 0.14 on an IMAP server: which of them keep the
Message-ID, the reply headers and the encoding, and where the draft lies while the person types.
"""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.utils import format_datetime

_OWN = ("Content-Type", "Content-Transfer-Encoding", "MIME-Version", "Date")


@dataclass(frozen=True)
class Program:
    """One program.

    new_id:    it gives a saved draft, and a sent mail, a Message-ID of its own.
    takes:     the draft is gone from Drafts while the person types. leaves: the old copy stays beside the new one.
    encoding:  how it writes the text again. adds: headers of its own.
    """

    name: str
    new_id: bool = False
    takes: bool = False
    leaves: bool = False
    encoding: str = "8bit"
    content_type: str = "text/plain; charset=utf-8"
    adds: Mapping[str, str] = ()  # type: ignore[assignment]


PROGRAMS = (
    Program(
        "thunderbird",
        new_id=True,
        content_type="text/plain; charset=UTF-8; format=flowed",
        adds={"User-Agent": "Mozilla Thunderbird", "X-Mozilla-Draft-Info": "internal/draft; vcard=0; receipt=0"},
    ),
    Program("roundcube", encoding="quoted-printable", adds={"User-Agent": "Roundcube Webmail/1.6.5"}),
    Program("neomutt", takes=True, adds={"Content-Disposition": "inline"}),
    Program("mutt", takes=True, encoding="quoted-printable", adds={"Content-Disposition": "inline"}),
    Program("aerc", leaves=True, encoding="base64", adds={"User-Agent": "aerc/0.14.0"}),
)
"""The programs that were watched."""


def written_by(program: Program, raw: bytes, text: str, at: datetime, number: int) -> bytes:
    """The draft as the program writes it: `text` added to its body, the headers as this program keeps them.

    Args:
        number: makes a new Message-ID, and tells two saves of the same text apart.
    """
    message = message_from_bytes(raw)
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    kept = [(name, " ".join(str(value).split())) for name, value in message.items() if name not in _OWN]
    if program.new_id:
        kept = [(name, value) for name, value in kept if name != "Message-ID"]
        kept.append(("Message-ID", f"<{number:08x}-7d0c-4f0e-9a55@home.example>"))
    added = [*dict(program.adds).items(), ("Date", format_datetime(at)), ("MIME-Version", "1.0")]
    added += [("Content-Type", program.content_type), ("Content-Transfer-Encoding", program.encoding)]
    head = "".join(f"{name}: {value}\r\n" for name, value in (*kept, *added))
    lines = body.replace(b"\r\n", b"\n") + text.encode()
    return head.encode() + b"\r\n" + _ENCODED[program.encoding](lines).replace(b"\n", b"\r\n")


_ENCODED: Mapping[str, Callable[[bytes], bytes]] = {
    "8bit": bytes,
    "quoted-printable": quopri.encodestring,
    "base64": base64.encodebytes,
}
