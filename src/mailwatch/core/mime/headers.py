"""Header blocks: cut from the bytes once, decoded field by field when asked (RFC 5322 §2.2)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from mailwatch.core.mime.words import parameters_from_header, text_from_header
from mailwatch.core.model import MessageId
from mailwatch.core.text import clean_text

LIMIT = 256_000
_FIELDS = 2_000
_FIELD = re.compile(rb"^([!-9;-~]{1,80})[ \t]{0,8}:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_END = re.compile(rb"\r?\n\r?\n")
_ID = re.compile(r"<([^<>\s]{1,900})>")
_BARE_ID = re.compile(r"[^<>\s,;()\"]{1,450}@[^<>\s,;()\"]{1,450}")
_SPACE = re.compile(r"\s+")
_IDS = 100
_EARLIEST, _LATEST = 1970, 2199
_USUAL_DATE = re.compile(
    r"\s?(?:[A-Z][a-z]{2}, )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([01][0-9])([0-5][0-9])(?=\s|$)"
)
_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}


class Headers:
    """The fields of one header block, names without case. Asking for what is missing gives the empty value."""

    __slots__ = ("_fields", "_hint", "_parameters", "_texts")

    def __init__(self, block: bytes) -> None:
        self._fields: dict[str, list[bytes]] = {}
        self._parameters: dict[str, tuple[str, dict[str, str]]] = {}
        self._texts: dict[str, str] = {}
        self._hint: str | None = None
        for name, value in _FIELD.findall(block[:LIMIT])[:_FIELDS]:
            self._fields.setdefault(_name(name), []).append(value.strip())

    @property
    def hint(self) -> str | None:
        """The body's character set: the best guess for raw 8-bit fields."""
        return self._hint or parameters_from_header(self.raw("content-type"))[1].get("charset")

    def believe(self, charset: str | None) -> None:
        """Take the character set of a part as the body's."""
        self._hint = charset
        self._texts.clear()

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def has_any(self, names: frozenset[str]) -> bool:
        """Is there a field with one of these names?"""
        return not names.isdisjoint(self._fields)

    def raw(self, name: str) -> bytes:
        """The first field of that name, as bytes."""
        return self._fields.get(name, [b""])[0]

    def every(self, name: str) -> list[bytes]:
        """All fields of that name, as bytes, the topmost first."""
        return self._fields.get(name, [])

    def text(self, name: str) -> str:
        """The first field of that name as one clean line."""
        if name not in self._fields:
            return ""
        if name not in self._texts:
            self._texts[name] = _text(self.raw(name), self)
        return self._texts[name]

    def parameters(self, name: str) -> tuple[str, dict[str, str]]:
        """A field like Content-Type: its value and its parameters."""
        if name not in self._parameters:
            raw = self.raw(name)
            self._parameters[name] = parameters_from_header(raw, None if raw.isascii() else self.hint)
        return self._parameters[name]

    def message_ids(self, name: str) -> tuple[MessageId, ...]:
        """The message ids of a field, each once: at most the first and the last 99."""
        if name not in self._fields:
            return ()
        text = clean_text(self.raw(name).decode("utf-8", "replace"))
        found = [f"<{inner}>" for inner in _ID.findall(text)] or [f"<{bare}>" for bare in _BARE_ID.findall(text)]
        unique = list(dict.fromkeys(found))
        return tuple(MessageId(each) for each in (unique if len(unique) <= _IDS else unique[:1] + unique[1 - _IDS :]))

    def own_id(self) -> MessageId | None:
        """Message-ID; spaces that folding has put into it are taken out, and what nobody sees."""
        text = _SPACE.sub("", clean_text(self.raw("message-id").decode("utf-8", "replace")))
        found = _ID.search(text) or _BARE_ID.fullmatch(text)
        return MessageId(f"<{found.group(1) if found.re is _ID else found.group()}>") if found else None


@lru_cache(maxsize=1_000)
def _name(raw: bytes) -> str:
    """A field's name without case; few names stand above most mail."""
    return raw.decode("ascii").casefold()


def _text(raw: bytes, headers: Headers) -> str:
    return text_from_header(raw, None if raw.isascii() else headers.hint) if raw else ""


def split_message(raw: bytes) -> tuple[bytes, int]:
    """The header block (at most 256,000 bytes) and where the body begins. An mbox "From " line in front is skipped."""
    start = len(raw) - len(raw.lstrip(b"\r\n"))
    if start and not _FIELD.match(raw, start):
        return b"", start  # a message without any header
    if raw.startswith((b"From ", b">From "), start):
        start = raw.find(b"\n", start) + 1 or len(raw)
    end = _END.search(raw, start)
    if not end:
        return raw[start : start + LIMIT], len(raw)
    return raw[start : min(end.start(), start + LIMIT)], end.end()


def date_from_header(text: str) -> tuple[datetime | None, int | None]:
    """A date field as aware UTC, and the offset it was written with in minutes, None where it states none (`-0000`)."""
    usual = _USUAL_DATE.match(text)
    if usual and (found := _from_usual_date(*usual.groups())):
        return found
    moment = _from_mail_date(text) or _from_iso(text)
    if moment is None or not _EARLIEST < moment.year <= _LATEST:
        return None, None
    offset = moment.utcoffset()
    if offset is None:
        return moment.replace(tzinfo=UTC), None
    return moment.astimezone(UTC), int(offset.total_seconds() // 60)


def _from_usual_date(
    day: str, month: str, year: str, hour: str, minute: str, second: str, sign: str, hours: str, minutes: str
) -> tuple[datetime, int] | None:
    """The form that nearly every program writes, which the library takes much longer for."""
    offset = int(hours) * 60 + int(minutes)
    if (sign == "-" and not offset) or not _EARLIEST < int(year) <= _LATEST:
        return None
    offset = -offset if sign == "-" else offset
    try:
        there = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        return there - timedelta(minutes=offset), offset
    except (ValueError, KeyError, OverflowError):
        return None


def _from_mail_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text[:200])
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _from_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        return None
