"""What a server answers to FETCH, cut fast where it is simple and with patience where it is not: the same either way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.backends.imap import replies, structure
from mailwatch.backends.imap.structure import leaves_of, node_from_bytes, signs_of
from mailwatch.core.mime import is_calendar

PLAIN = b'("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 12 1 NIL NIL NIL NIL)'


def part(kind: bytes, name: bytes = b"", filename: bytes = b"") -> bytes:
    parameters = b'("name" "%s")' % name if name else b"NIL"
    disposition = b'("attachment" ("filename" "%s"))' % filename if filename else b"NIL"
    return b"(%s %s NIL NIL %s 99 NIL %s NIL NIL)" % (kind, parameters, b'"base64"', disposition)


def mixed(*parts: bytes) -> bytes:
    return b"(" + b"".join(parts) + b' "mixed" ("boundary" "=_(x") NIL NIL NIL)'


STRUCTURES = [
    PLAIN,
    mixed(PLAIN, part(b'"application" "pdf"', b"cv.pdf", b"cv.pdf"), part(b'"image" "png"', filename=b"photo 1.png")),
    mixed(PLAIN, part(b'"image" "png"', b"one.png"), part(b'"image" "png"', b"two.png")),
    mixed(PLAIN, part(b'"image" "png"', b"one.png"), part(b'"image" "png"', filename=b"two.png")),
    mixed(PLAIN, part(b'"application" "octet-stream"', b"other.bin", b"invite.ICS")),
    mixed(PLAIN, part(b'"application" "octet-stream"', filename=b"invite.ics.pdf")),
    mixed(PLAIN, part(b'"TEXT" "CALENDAR"')),
    mixed(PLAIN, part(b'"application" "ics"', b"x")),
    mixed(PLAIN, part(b'"image" "png"', filename=b"=?utf-8?q?f=C3=BCr?=")),
    mixed(PLAIN, b'("image" "png" ("name*" "utf-8\'\'f%C3%BCr.png") NIL NIL "base64" 9 NIL NIL NIL NIL)'),
    mixed(PLAIN, part(b'"image" "png"', filename=rb"a \"quoted\" name")),
    mixed(PLAIN, b'("image" "png" ("name" {5}\r\na"b)c) NIL NIL "base64" 9 NIL NIL NIL NIL)'),
    mixed(
        PLAIN,
        b'("message" "rfc822" NIL NIL NIL "7bit" 900 (NIL "name" NIL NIL NIL NIL NIL NIL NIL NIL) '
        + part(b'"image" "png"', filename=b"inside.png")
        + b" 9)",
    ),
    b'(("text" "plain" NIL NIL NIL "7bit" 1 1)("message" "delivery-status" NIL NIL NIL "7bit" 9) "report" ("report-type" "delivery-status"))',
    b"NIL",
    b"",
    b'("text"',
]


@pytest.mark.parametrize("told", STRUCTURES)
def test_calendars_and_names_are_told_the_same_fast_and_with_patience(monkeypatch, told):
    fast = signs_of(told)
    monkeypatch.setattr(structure, "_INVOLVED", structure.re.compile(b""))
    assert signs_of(told) == fast
    leaves = list(leaves_of(node_from_bytes(told)))
    assert fast[0] == any(is_calendar(leaf.kind, leaf.filename) for leaf in leaves)


@pytest.mark.parametrize("told", STRUCTURES[:-3])
def test_a_list_ends_where_it_ends_however_deep_it_is(monkeypatch, told):
    line = b"* 1 FETCH (UID 7 BODYSTRUCTURE " + told + b" FLAGS (\\Seen $x))\r\n"
    fast = replies.message_in(line)
    monkeypatch.setattr(replies, "_SHALLOW", replies.re.compile(b"(?!)"))
    assert replies.message_in(line) == fast == {b"UID": b"7", b"BODYSTRUCTURE": told, b"FLAGS": [rb"\Seen", b"$x"]}


@given(depth=st.integers(0, 40), text=st.text(alphabet='()"\\{}ab ', max_size=12))
def test_nesting_and_odd_strings_never_lose_the_end(depth, text):
    inside = b'"' + text.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    nested = b"(" * depth + b"(" + inside + b" NIL 5)" + b")" * depth
    message = replies.message_in(b"* 3 FETCH (BODYSTRUCTURE " + nested + b" UID 9)\r\n")
    assert message == {b"BODYSTRUCTURE": nested, b"UID": b"9"}


def test_every_kind_of_value_is_read():
    line = (
        b'* 12 FETCH (UID 7 FLAGS () INTERNALDATE " 7-Sep-2026 09:30:00 +0530" X-GM-LABELS ("\\\\Inbox" Jobs) '
        b'X-GM-THRID 17 body[header.fields (From)]<0> {4}\r\na)"b BODY[1] NIL BODY[2] "text \\"quoted\\"" BODY[3] "")\r\n'
    )
    message = replies.message_in(line)
    assert message[b"BODY[HEADER.FIELDS (FROM)]"] == b'a)"b'
    assert (message[b"BODY[1]"], message[b"BODY[2]"], message[b"BODY[3]"]) == (None, b'text "quoted"', b"")
    assert (replies.labels(message), replies.flags(message)) == ({b"\\inbox", b"jobs"}, frozenset())
    assert replies.internal_date(message) == datetime(2026, 9, 7, 4, tzinfo=UTC)
    assert replies.message_in(b"* 12 FETCH (FLAGS (\\Seen))\r\n") is None
    assert replies.message_in(b"* 12 EXISTS\r\n") is None


@pytest.mark.parametrize("date", [b"31-Feb-2026 09:30:00 +0000", b"1-Xyz-2026 09:30:00 +0000", b"yesterday"])
def test_a_date_that_is_none_is_none(date):
    message = replies.message_in(b'* 1 FETCH (UID 1 INTERNALDATE "' + date + b'")\r\n')
    assert replies.internal_date(message) is None


def test_long_lists_of_numbers_are_asked_for_in_ranges_and_parts():
    assert replies.sets_from_uids(list(range(1, 5_001)), 10_000) == [b"1:5000"]
    scattered = list(range(1_000_001, 1_020_001, 2))
    sets = replies.sets_from_uids(scattered, 1_000)
    assert max(map(len, sets)) <= 4_000
    assert [int(number) for part in sets for number in part.split(b",")] == scattered
