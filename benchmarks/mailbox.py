"""A generated mailbox of invented mail: sizes and mix like a real one's, words of no meaning."""

from __future__ import annotations

import base64
import random
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

END = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_SPAN = timedelta(days=80)
_CUES = ("Your interview", "Interview on Tuesday", "Next steps", "Your application", "A word about the role")
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
        noise = self._random.randbytes(3_000_000)
        self._attachment = base64.encodebytes(noise).replace(b"\n", b"\r\n")

    def messages(self, count: int) -> Iterator[tuple[datetime, bytes]]:
        """When each arrived, and its bytes: 28 % newsletters, 2 % invitations, 1.5 % about interviews, the rest personal."""
        for number in range(count):
            at = END - _SPAN + _SPAN * number / count
            share = self._random.random()
            if share < 0.28:
                yield at, self._newsletter(number, at)
            elif share < 0.30:
                yield at, self._invitation(number, at)
            else:
                subject = self._random.choice(_CUES if share < 0.315 else _PLAIN)
                yield at, self._personal(number, at, subject)

    def _header(self, number: int, at: datetime, sender: str, subject: str, more: str) -> str:
        return (
            f"Return-Path: <{sender}>\r\nDelivered-To: jo@home.example\r\nReceived: from mx.{number % 97}.example by home.example\r\n"
            f"\twith ESMTPS id {self._random.getrandbits(64):x}; {format_datetime(at)}\r\nDate: {format_datetime(at)}\r\n"
            f"From: {self._text(2).title()} <{sender}>\r\nTo: Jo Berg <jo@home.example>\r\nSubject: {subject} {self._text(3)}\r\n"
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
        page = f"<html><body><p>{self._text(self._random.randint(1500, 7000))}</p></body></html>\r\n"
        return (self._header(number, at, f"news@{firm}.example", "News:", more) + page).encode()

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
        if share < 0.4:
            return self._random.randint(2_000, 7_900)
        if share < 0.8:
            return self._random.randint(8_000, 30_000)
        if share < 0.972:
            return self._random.randint(30_000, 180_000)
        return self._random.randint(500_000, 4_000_000)

    def _text(self, count: int) -> str:
        return " ".join(self._random.choices(self._words, k=count))
