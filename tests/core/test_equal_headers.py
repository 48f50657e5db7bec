"""The header cutter beside email.policy.default: the same subject, people, moment and ids on every mail of the corpora.

Where the library raises on a field it has no answer, and there is nothing to hold against it. Where its answer differs, the reason
stands in OTHERWISE, and the difference is asserted: one that goes away must be struck.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.header import Header
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import format_datetime, formataddr
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mailwatch.core.mime import envelope_from_raw
from mailwatch.core.model import MessageRef, SpecialUse
from mailwatch.core.text import one_line
from tests.core.whole_mails import SOAK, whole_mails

_PARSER = BytesHeaderParser(policy=default)

# Reason → mails and the fields of theirs that differ, each an answer the product gives on purpose.
OTHERWISE = {
    "the library ends the header at a line that is no field": (
        "lines-crcrlf: date message-id subject to",
        "lines-header-name-8bit: date from message-id subject to",
        "lines-header-space-before-colon: date message-id subject",
        "lines-header-without-colon: date from message-id subject to",
        "lines-leading-blank: date from message-id subject to",
    ),
    "raw UTF-8 is read, where the library leaves undecoded bytes": (
        "charset-subject-raw-8bit: subject",
        "hidden-subject-surrogate: subject",
        "forge-look-alike-cyrillic: from",
        "forged-cyrillic-domain: from",
        "from-homograph: from",
        "from-utf8-domain: from",
        "from-utf8-local: from",
    ),
    "no address anybody writes to: without a domain, quoted, too long, with unseen or forbidden characters": (
        "cc-garbage: cc",
        "from-bidi-in-address: from",
        "from-encoded-bracket: from",
        "from-encoded-whole: from",
        "from-ip-literal: from",
        "from-long-domain: from",
        "from-long-local: from",
        "from-no-domain: from",
        "from-no-local: from",
        "from-nul-in-address: from",
        "from-null: from",
        "from-open-comment: from",
        "from-quoted-crlf: from",
        "from-quoted-local: from",
        "from-space-in-address: from",
        "from-two-ats: from",
        "from-zero-width-in-address: from",
        "lines-brackets: from",
        "lines-quotes: from",
        "school-admission-interview: from",
        "word-in-local: from",
    ),
    "the one address that is meant, where the library takes a name for it": (
        "from-backslashes: from",
        "from-mailto-query: from",
        "from-name-is-an-address-bare: from",
        "from-open-quote: from",
        "from-semicolons: from",
        "from-surname-comma: from",
        "from-trailing-dot: from",
        "from-two-brackets: from",
    ),
    "an id is one word in brackets: the library cuts it at a sign or a space, or closes an open one": (
        "forge-sql: message-id",
        "header-id-of-20-kilobytes: message-id",
        "header-id-with-spaces: message-id",
        "header-id-without-end: message-id",
        "inject-id-crlf: message-id",
        "inject-id-encoded: message-id",
        "inject-id-lf: message-id",
        "inject-id-ls: message-id",
        "inject-id-nel: message-id",
        "inject-id-nul: message-id",
        "header-references-with-crlf: references",
        "inject-references: references",
    ),
    "bounds: a hundred ids, five hundred people, the years 1971 to 2199": (
        "forge-references-thousand: references",
        "header-to-thousand-groups: to",
        "to-two-thousand: to",
        "date-epoch: date",
    ),
    "a date with a NUL or digits of another script": ("date-nul: date", "date-arabic-digits: date"),
    "character sets: Latin-1 is Windows-1252, GB 18030 has four-byte letters, UTF-7 and escapes of Python are not decoded": (
        "charset-subject-broken: subject",
        "charset-subject-idna: subject",
        "charset-subject-unicode-escape: subject",
        "inject-subject-latin1-nel: subject",
        "inject-subject-utf7: subject",
        "word-charset-very-long: subject",
        "word-gb18030: subject",
        "word-one-base64-letter: subject",
        "word-utf7-markup: subject",
    ),
}


def ours(raw: bytes) -> dict[str, Any]:
    found = envelope_from_raw(raw, ref=MessageRef("r"), role=SpecialUse.INBOX)
    return {
        "subject": found.subject,
        "from": found.sender.address if found.sender else "",
        "to": [box.address for box in found.to],
        "cc": [box.address for box in found.cc],
        "date": found.date,
        "message-id": "" if found.id.endswith("@mailwatch.invalid>") else found.id,
        "references": list(found.references),
    }


def theirs(raw: bytes) -> dict[str, Any]:
    """What the library gives; a field on which it raises is missing."""
    message = _PARSER.parsebytes(raw)
    ways: dict[str, Callable[[], Any]] = {
        "subject": lambda: one_line(str(message["subject"] or "")),
        "from": lambda: next(iter(_addresses(message, "from")), ""),
        "to": lambda: _addresses(message, "to"),
        "cc": lambda: _addresses(message, "cc"),
        "date": lambda: _moment(message["date"].datetime if message["date"] is not None else None),
        "message-id": lambda: str(message["message-id"] or "").strip(),
        "references": lambda: list(dict.fromkeys(str(message["references"] or "").split())),
    }
    found = {}
    for name, way in ways.items():
        try:
            found[name] = way()
        except (AttributeError, ValueError, IndexError, TypeError, OverflowError, RecursionError):
            continue
    return found


def _addresses(message: Any, name: str) -> list[str]:  # the library types a header as Any
    fields = message.get_all(name, [])[:3]
    return [each.addr_spec.casefold() for field in fields for each in field.addresses if each.addr_spec]


def _moment(moment: datetime | None) -> datetime | None:
    return moment and (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def differing(raw: bytes) -> list[str]:
    mine = ours(raw)
    return sorted(name for name, value in theirs(raw).items() if mine[name] != value)


def test_every_mail_has_the_fields_that_the_library_finds() -> None:
    known = dict(entry.split(": ") for entries in OTHERWISE.values() for entry in entries)
    read = whole_mails()
    found = {name: " ".join(fields) for name, raw in read if (fields := differing(raw))}
    assert found == {name: fields for name, fields in known.items() if name in {name for name, _ in read}}
    assert len(read) > 200


_WORDS = st.text(alphabet="abcXYZ019 äöß é日本Жü,.:;()?=_-'!", min_size=1, max_size=60).map(one_line).filter(bool)
_LOCALS = st.from_regex(r"[a-z0-9]{1,8}([.+_-][a-z0-9]{1,8}){0,2}", fullmatch=True)
_ADDRESSES = st.builds("{}@{}.example".format, _LOCALS, st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True))
_IDS = st.builds("<{}@{}.example>".format, _LOCALS, _LOCALS)
_MOMENTS = st.builds(
    lambda moment, minutes: moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes))),
    st.datetimes(min_value=datetime(1975, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001  # the zone comes with it
    st.integers(-11 * 60, 13 * 60),
)


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """A mail as programs write it: encoded words or raw UTF-8, quoted names, folded fields, either case, either line end."""
    end, raw = draw(st.sampled_from(("\r\n", "\n"))), draw(st.booleans())
    subject = draw(_WORDS)
    fields = [("Subject", subject if raw else Header(subject, None if subject.isascii() else "utf-8", 76).encode())]
    for name in ("From", "To", "Cc"):
        people = draw(
            st.lists(st.tuples(st.just("") | _WORDS, _ADDRESSES), min_size=1, max_size=1 if name == "From" else 5)
        )
        fields.append((name, ",\n ".join(_person(*each, raw=raw) for each in people)))
    fields += [("Date", format_datetime(draw(_MOMENTS))), ("Message-ID", draw(_IDS))]
    if references := draw(st.lists(_IDS, max_size=8, unique=True)):
        fields.append(("References", "\n\t".join(references)))
    shout = draw(st.booleans())
    block = "".join(f"{name.upper() if shout else name}: {value}\n" for name, value in draw(st.permutations(fields)))
    return f"{block}\nHello\n".replace("\n", end).encode()


def _person(shown: str, address: str, *, raw: bool) -> str:
    if not raw or shown.isascii():
        return formataddr((shown, address))
    return f'"{shown}" <{address}>'


@settings(max_examples=10_000 if SOAK else 50)
@given(written())
def test_any_well_formed_mail_is_read_as_the_library_reads_it(raw: bytes) -> None:
    assert differing(raw) == []
