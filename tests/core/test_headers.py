from __future__ import annotations

import re
from datetime import UTC, datetime
from email.header import Header
from email.utils import encode_rfc2231
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwatch.core.mime import headers as headers_module
from mailwatch.core.mime import parameters_from_header, text_from_header
from mailwatch.core.mime.headers import Headers, date_from_header, split_message
from mailwatch.core.mime.mailboxes import mailboxes_from_header


def boxes(text: str | bytes):
    raw = text if isinstance(text, bytes) else text.encode()
    return [(box.name, box.address) for box in mailboxes_from_header(raw)]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?q?B=C3=A9r=C3=A9nice?= =?utf-8?b?IENvbGlu?=", "Bérénice Colin"),
        (b"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),  # a character cut in two
        (b"Re: =?unknown-8bit?q?Gr=E1inne?= here", "Re: Gráinne here"),
        (b"=?utf-8?b?4pyT?==?utf-8?b?4pyT?=", "✓✓"),
        (b"=?utf-8?b?4pyT?=\r\n =?utf-8?b?4pyT?=", "✓✓"),
        (b"=?iso-8859-1?Q?a?= b =?iso-8859-1?Q?c?=", "a b c"),
        (b"=?utf-8?q?broken", "=?utf-8?q?broken"),
        (b"=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("Gr\xfc\xdfe".encode("cp1252"), "Grüße"),
        ("Grüße".encode(), "Grüße"),
        (b"a\r\n\tb", "a b"),
        (b"=?us-ascii?q?=?=", ""),
    ],
)
def test_a_header_is_read_however_it_is_encoded(raw, text):
    assert text_from_header(raw) == text


@pytest.mark.parametrize("break_", ["=0D=0A", "=0A", "=0D", "=E2=80=A8", "=C2=85", "=0B"])
def test_an_encoded_line_end_does_not_make_a_second_header(break_):
    text = text_from_header(f"=?utf-8?q?Hello{break_}Bcc:_x=40evil.test?=".encode())
    assert text == "Hello Bcc: x@evil.test"


def test_a_raw_subject_is_read_in_the_character_set_of_the_body():
    headers = Headers(b"Subject: " + "面試安排".encode("big5") + b"\nContent-Type: text/plain; charset=big5")
    assert headers.text("subject") == "面試安排"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60))
def test_what_the_standard_library_encodes_is_read_back(text):
    from mailwatch.core.text import clean_text

    assert text_from_header(Header(text, "utf-8").encode().encode()) == clean_text(text)


@pytest.mark.parametrize(
    ("raw", "parameters"),
    [
        (b"attachment; filename*0*=UTF-8''%e2%82%ac%20; filename*1=\"rates.pdf\"", {"filename": "€ rates.pdf"}),
        (b"attachment; filename*=iso-8859-1'de'Gr%FC%DFe.ics", {"filename": "Grüße.ics"}),
        (b"attachment; filename*1=b; filename*0=a", {"filename": "ab"}),
        (b'attachment; filename="=?utf-8?q?Lebenslauf_=C3=84.pdf?="', {"filename": "Lebenslauf Ä.pdf"}),
        (b'attachment; filename="a \\"b\\";c.pdf"', {"filename": 'a "b";c.pdf'}),
        (b"attachment; filename=bare name.pdf", {"filename": "bare name.pdf"}),
        (b'attachment; filename="open', {"filename": "open"}),
        (b"attachment;; ; =x; filename=a", {"filename": "a"}),
        (b"attachment", {}),
    ],
)
def test_parameters_are_read_in_every_form(raw, parameters):
    main, found = parameters_from_header(raw)
    assert main == "attachment"
    assert {key: found.get(key) for key in parameters} == parameters


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_rfc_2231_is_read_back(name):
    from mailwatch.core.text import clean_text

    raw = f"attachment; filename*={encode_rfc2231(name, 'utf-8')}".encode()
    assert parameters_from_header(raw)[1]["filename"] == clean_text(name)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("Rita Recruiter <Rita@Acme.example>", [("Rita Recruiter", "rita@acme.example")]),
        (
            '"Recruiter, Rita" <r@acme.example>, b@acme.example',
            [("Recruiter, Rita", "r@acme.example"), ("", "b@acme.example")],
        ),
        ("Recruiter, Rita <r@acme.example>", [("Recruiter, Rita", "r@acme.example")]),
        ("r@acme.example (Rita (the first) Recruiter)", [("Rita the first Recruiter", "r@acme.example")]),
        ("undisclosed-recipients:;", []),
        ("Panel: a@acme.example, B <b@acme.example>;", [("", "a@acme.example"), ("B", "b@acme.example")]),
        ("a@acme.example; b@acme.example", [("", "a@acme.example"), ("", "b@acme.example")]),
        ("'Rita' <mailto:r@acme.example>", [("Rita", "r@acme.example")]),
        ("r@acme.example <r@acme.example>", [("", "r@acme.example")]),
        ("<@relay.test,@other.test:r@acme.example>", [("", "r@acme.example")]),
        ('"Rita \\"R\\" Recruiter" <r@acme.example>', [('Rita "R" Recruiter', "r@acme.example")]),
        (
            "=?utf-8?q?evil=40evil=2Etest_=3Cevil=40evil=2Etest=3E=2C?= <r@acme.example>",
            [("evil@evil.test <evil@evil.test>,", "r@acme.example")],
        ),
        ("r@acme.example <not an address>", [("", "r@acme.example")]),
        ("Rita <r at acme.example>, b@acme.example", [("", "b@acme.example")]),
        ("/O=ORG/CN=RITA", []),
        ("", []),
        (",,;;<>", []),
    ],
)
def test_mailboxes_are_read_as_programs_write_them(raw, found):
    assert [(" ".join(name.split()), address) for name, address in boxes(raw)] == found


def test_a_name_in_raw_bytes_is_read():
    assert boxes("Gr\xe1inne <g@acme.example>".encode("cp1252")) == [("Gráinne", "g@acme.example")]


def test_five_hundred_mailboxes_are_enough():
    assert len(boxes(", ".join(f"p{number}@acme.example" for number in range(2_000)))) == 500


@pytest.mark.parametrize(
    "soup",
    [
        b"(" * 50_000,
        b'"' * 50_001,
        b"<" * 50_000 + b"a@b.test>",
        b"\\" * 50_000,
        b"a@b.test (" * 5_000,
        b":" * 50_000,
        b"=?utf-8?q?" * 9_000,
    ],
)
def test_address_soup_takes_no_time(soup):
    assert len(mailboxes_from_header(soup)) <= 500


@pytest.mark.parametrize(
    ("text", "moment", "offset"),
    [
        ("Tue, 08 Sep 2026 12:44:00 +0100 (BST)", datetime(2026, 9, 8, 11, 44, tzinfo=UTC), 60),
        ("8 Sep 2026 12:44 EST", datetime(2026, 9, 8, 17, 44, tzinfo=UTC), -300),
        ("Tue, 08 Sep 2026 12:44:00 -0000", datetime(2026, 9, 8, 12, 44, tzinfo=UTC), None),
        ("2026-09-08T12:44:00+02:00", datetime(2026, 9, 8, 10, 44, tzinfo=UTC), 120),
        ("Tue, 08 Sep 20260 12:44:00 +0000", None, None),
        ("Tue, 99 Sep 2026 12:44:00 +0000", None, None),
        ("Tue, 08 Sep 2026 12:44:00 +9999999999", None, None),
        ("", None, None),
        ("yesterday", None, None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None, None),
    ],
)
def test_dates_are_read_with_the_senders_offset(text, moment, offset):
    found = date_from_header(text)
    assert found == (moment, offset) or (moment is None and found[0] is None)


@given(
    moment=st.datetimes(datetime(1969, 1, 1), datetime(2201, 1, 1)),  # noqa: DTZ001  their zone follows
    minutes=st.integers(-1_440, 1_440),
    form=st.sampled_from(
        ["%a, %d %b %Y %H:%M:%S", "%d %b %Y %H:%M:%S", "%a, %d %b %Y %H:%M:61", "%a, 31 %b %Y %H:%M:%S"]
    ),
    end=st.sampled_from(["", " (CET)", "\t", "x"]),
)
def test_the_usual_form_of_a_date_means_what_the_library_takes_it_for(moment, minutes, form, end):
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    text = f"{moment.strftime(form)} {zone}{end}"
    with patch.object(headers_module, "_USUAL_DATE", re.compile("(?!)")):
        patient = date_from_header(text)
    assert date_from_header(text) == patient


def test_message_ids_are_found_in_any_mess():
    headers = Headers(
        b"References: <a@x.test>\n <b@x.test>(c) <a@x.test>,c@x.test\nIn-Reply-To: Your mail of Monday <d@x.test>"
    )
    assert headers.message_ids("references") == ("<a@x.test>", "<b@x.test>")
    assert headers.message_ids("in-reply-to") == ("<d@x.test>",)
    assert Headers(b"In-Reply-To: d@x.test").message_ids("in-reply-to") == ("<d@x.test>",)
    assert Headers(b"Message-ID: <long@\n  folded.test>").own_id() == "<long@folded.test>"
    assert Headers(b"Message-ID: bare@x.test").own_id() == "<bare@x.test>"
    assert Headers(b"Message-ID: nonsense").own_id() is None


def test_of_endless_references_the_first_and_the_last_count():
    ids = [f"<{number}@x.test>" for number in range(5_000)]
    found = Headers(f"References: {' '.join(ids)}".encode()).message_ids("references")
    assert len(found) == 100
    assert (found[0], found[-1]) == (ids[0], ids[-1])


def test_a_message_is_split_where_its_header_ends():
    assert split_message(b"A: 1\r\nB: 2\r\n\r\nbody") == (b"A: 1\r\nB: 2", 14)
    assert split_message(b"A: 1\n\nbody") == (b"A: 1", 6)
    assert split_message(b"From rita Mon Sep  7\nA: 1\n\nbody")[0] == b"A: 1"
    assert split_message(b"\n\nA: 1\n\nbody")[0] == b"A: 1"
    assert split_message(b"\nno header here\n\nmore") == (b"", 1)
    assert split_message(b"A: 1") == (b"A: 1", 4)
    assert split_message(b"From nobody") == (b"", 11)
    assert split_message(b"") == (b"", 0)


def test_a_header_block_without_end_is_cut():
    block, _ = split_message(b"X: " + b"a" * 1_000_000)
    assert len(block) == 256_000
    assert "subject" not in Headers(b"A: 1")
    assert Headers(b"A: 1").raw("subject") == b""
