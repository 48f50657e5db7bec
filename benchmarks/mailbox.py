"""A generated mailbox of invented mail: sizes and mix like a real one's, prose of ordinary words.

A message has 75 kB on average; half of them have less than 12, a tenth more than 65, and one in a hundred more than 2 MB.

Of a hundred messages 28 are newsletters, 30 are written by shops, banks and services, 18 come over mailing lists, 2 are
invitations, and 1 or 2 are about interviews; the rest is what people write to each other.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

END = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_SPAN = timedelta(days=80)
_CUES = ("Your interview", "Interview on Tuesday", "Next steps", "Your application", "A word about the role")
_PROSE = (
    "the a of to and in that it is was for on with as at by this have from or had but not are we you they she he his her our "
    "their which one all there been has when who will more no if out so said what up its about into than them can only other "
    "time new some could these two may then do first any my now such like over me even most made after also did many before "
    "must through back years where much your way well down should because each just those people mr how too little state good "
    "very make world still own see men work long get here between both life being under never day same another know while last "
    "might us great old year off come since against go came right used take three himself few house use during without again "
    "place american around however home small found mrs thought went say part once general high upon school every water summer "
    "garden kitchen train station weather paper market morning evening window street river mountain bread coffee letter photo "
    "music dinner children mother father brother sister friend neighbour dog cat tree road car bicycle ticket price order parcel "
    "delivery invoice account password update version file folder page list number line word book story picture colour room door"
).split()
_ROBOTS = (
    "Your order",
    "Your receipt",
    "Your statement is ready",
    "New sign-in",
    "Your parcel",
    "Payment received",
    "Reminder",
)
_PLAIN = ("Minutes", "Lunch", "Photos", "Question", "Invoice", "Re: plans", "Update", "Hello", "Weekend", "Report")


class Generator:
    """Makes messages one after another; the same ones for the same seed. without: words that it must not make up."""

    def __init__(self, seed: int = 1, *, without: Collection[str] = ()) -> None:
        self._random = random.Random(seed)
        words = [
            "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz", k=self._random.randint(2, 9)))
            for _ in range(4000)
        ]
        self._words = [f"{word}x" if word in without else word for word in words]
        self._prose = [word for word in _PROSE if word not in without]
        noise = self._random.randbytes(3_000_000)
        self._attachment = base64.encodebytes(noise).replace(b"\n", b"\r\n")

    def messages(self, count: int) -> Iterator[tuple[datetime, bytes]]:
        """When each arrived, and its bytes."""
        for number in range(count):
            at = END - _SPAN + _SPAN * number / count
            share = self._random.random()
            if share < 0.28:
                yield at, self._newsletter(number, at)
            elif share < 0.30:
                yield at, self._invitation(number, at)
            elif share < 0.60:
                yield at, self._notice(number, at)
            elif share < 0.78:
                yield at, self._posting(number, at)
            else:
                subject = self._random.choice(_CUES if share > 0.985 else _PLAIN)
                yield at, self._personal(number, at, subject)

    def _header(self, number: int, at: datetime, sender: str, subject: str, more: str) -> str:
        return (
            f"Return-Path: <{sender}>\r\nDelivered-To: jo@home.example\r\nReceived: from mx.{number % 97}.example by home.example\r\n"
            f"\twith ESMTPS id {self._random.getrandbits(64):x}; {format_datetime(at)}\r\nDate: {format_datetime(at)}\r\n"
            f"From: {self._name()} <{sender}>\r\nTo: Jo Berg <jo@home.example>\r\nSubject: {subject} {self._text(3)[:-1].lower()}\r\n"
            f"Message-ID: <{number}.{self._random.getrandbits(48):x}@{sender.partition('@')[2]}>\r\nMIME-Version: 1.0\r\n{more}"
        )

    def _personal(self, number: int, at: datetime, subject: str) -> bytes:
        sender = f"{self._random.choice(self._words)}@{self._random.choice(self._words)}.example"
        size = self._size()
        text = self._text(self._random.randint(40, 500))
        reply = (
            f"In-Reply-To: <{number - 7}.x@home.example>\r\nReferences: <{number - 7}.x@home.example>\r\n"
            if number % 3 == 0
            else ""
        )
        if size < 8_000:
            kind = reply + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            return (self._header(number, at, sender, subject, kind) + text + "\r\n").encode()
        mark = f"=_{self._random.getrandbits(64):x}"
        kind = reply + f'Content-Type: multipart/mixed; boundary="{mark}"\r\n\r\n'
        alternative = self._alternative(mark, text, min(size // 2, 12_000))
        attached = b""
        if size > 20_000:
            length = min(size, len(self._attachment))
            attached = (
                (
                    f'--{mark}\r\nContent-Type: application/pdf; name="file{number}.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
                    f'Content-Disposition: attachment; filename="file{number}.pdf"\r\n\r\n'
                ).encode()
                + self._attachment[:length]
                + b"\r\n"
            )
        return (
            self._header(number, at, sender, subject, kind).encode()
            + alternative
            + attached
            + f"--{mark}--\r\n".encode()
        )

    def _alternative(self, mark: str, text: str, html: int) -> bytes:
        inner = f"{mark}a"
        page = f"<html><body><p>{self._text(html // 6)}</p></body></html>"
        return (
            f'--{mark}\r\nContent-Type: multipart/alternative; boundary="{inner}"\r\n\r\n'
            f"--{inner}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
            f"--{inner}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n--{inner}--\r\n"
        ).encode()

    def _newsletter(self, number: int, at: datetime) -> bytes:
        firm = self._random.choice(self._words[:60])
        more = f"List-Unsubscribe: <https://{firm}.example/u/{number}>\r\nList-Id: <news.{firm}.example>\r\nPrecedence: bulk\r\n"
        more += "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        page = f"<html><body><p>{self._text(self._random.randint(2_000, 12_000))}</p></body></html>\r\n"
        return (self._header(number, at, f"news@{firm}.example", "News:", more) + page).encode()

    def _notice(self, number: int, at: datetime) -> bytes:
        firm = self._random.choice(self._words[60:200])
        page = f"<html><body><table><tr><td>{self._text(self._random.randint(200, 2500))}</td></tr></table></body></html>\r\n"
        kind = "Auto-Submitted: auto-generated\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        subject = self._random.choice(_ROBOTS)
        return (self._header(number, at, f"no-reply@{firm}.example", subject, kind) + page).encode()

    def _posting(self, number: int, at: datetime) -> bytes:
        name = self._random.choice(self._words[200:230])
        more = f"List-Id: <{name}.lists.example>\r\nList-Post: <mailto:{name}@lists.example>\r\nPrecedence: list\r\n"
        more += "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        sender = f"{self._random.choice(self._words)}@{self._random.choice(self._words)}.example"
        text = self._text(self._random.randint(60, 900))
        return (self._header(number, at, sender, f"Re: [{name}]", more) + text + "\r\n").encode()

    def _invitation(self, number: int, at: datetime) -> bytes:
        mark = f"=_{self._random.getrandbits(64):x}"
        start = (at + timedelta(days=3)).strftime("%Y%m%dT%H0000Z")
        calendar = (
            f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:{number}@firm.example\r\nDTSTAMP:{start}\r\n"
            f"DTSTART:{start}\r\nSUMMARY:Interview\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        more = f'Content-Type: multipart/mixed; boundary="{mark}"\r\n\r\n--{mark}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
        more += f"{self._text(60)}\r\n--{mark}\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n{calendar}\r\n--{mark}--\r\n"
        return self._header(number, at, f"people@firm{number % 50}.example", "Invitation:", more).encode()

    def _size(self) -> int:
        share = self._random.random()
        if share < 0.25:
            return self._random.randint(2_000, 7_900)
        if share < 0.55:
            return self._random.randint(8_000, 40_000)
        if share < 0.91:
            return self._random.randint(40_000, 250_000)
        return self._random.randint(500_000, 3_500_000)

    def _text(self, count: int) -> str:
        words = self._random.choices(self._prose, k=count)
        sentences = [words[start : start + 11] for start in range(0, count, 11)]
        return " ".join(f"{' '.join(sentence).capitalize()}." for sentence in sentences)

    def _name(self) -> str:
        return " ".join(self._random.choices(self._words, k=2)).title()
