"""Envelopes and messages from raw bytes: structure, calendars, problems, limits, anything at all."""

from __future__ import annotations

import base64
import sys
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import compat32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwatch.core.mime import envelope_from_header, envelope_from_raw, message_from_fetched, transfer_decoded
from mailwatch.core.mime.structure import outline_from_raw
from mailwatch.core.model import Automation, Envelope, Fetched, Mailbox, Message, MessageRef, Part, SpecialUse, ThreadId
from tests.growth import growth, least_time

REF = MessageRef("ref")
ICS = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u1\nDTSTART:20260915T120000Z\nDTEND:20260915T130000Z\nSUMMARY:Interview\nEND:VEVENT\nEND:VCALENDAR\n"


def envelope(raw: bytes | str) -> Envelope:
    return envelope_from_raw(raw if isinstance(raw, bytes) else raw.encode(), ref=REF, role=SpecialUse.INBOX)


def read(raw: bytes | str, *, outgoing: bool = False) -> Message:
    data = raw if isinstance(raw, bytes) else raw.encode()
    return message_from_fetched(Fetched(REF, raw=data), envelope(data), outgoing=outgoing, zone="Europe/Berlin")


def multipart(
    *parts: str, kind: str = "mixed", boundary: str = "b1", end: bool = True, head: str = "From: rita@acme.example\n"
) -> str:
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'{head}Content-Type: multipart/{kind}; boundary="{boundary}"\n\npreamble\n{body}' + (
        f"--{boundary}--\nepilogue\n" if end else ""
    )


PLAIN = "Content-Type: text/plain; charset=utf-8\n\nHello Ben."
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>Hello <b>Ben</b>.</p>"
CALENDAR = f"Content-Type: text/calendar; method=REQUEST\n\n{ICS}"
ATTACHED = "Content-Type: application/ics; name=invite.ics\nContent-Disposition: attachment; filename=invite.ics\nContent-Transfer-Encoding: base64\n\n"
ATTACHED += base64.encodebytes(ICS.replace("METHOD:REQUEST\n", "").encode()).decode()


def test_an_envelope_holds_the_header_facts():
    raw = (
        "Delivered-To: ben@home.example\nReceived: from a by b; Mon, 7 Sep 2026 09:15:00 +0000\nReceived: from x by y; Mon, 7 Sep 2026 09:00:00 +0000\n"
        "Date: Mon, 7 Sep 2026 11:14:00 +0200\nFrom: Rita Recruiter <Rita@Acme.example>\nTo: Ben <ben@home.example>, c@home.example\nCc: d@home.example\n"
        "Reply-To: jobs@acme.example\nSubject: Re: =?utf-8?q?Gespr=C3=A4ch?=\nMessage-ID: <2@acme.example>\nIn-Reply-To: <1@home.example>\n"
        "References: <0@home.example> <1@home.example>\n\nHello"
    )
    found = envelope(raw)
    assert found == Envelope(
        id="<2@acme.example>",
        ref=REF,
        role=SpecialUse.INBOX,
        subject="Re: Gespräch",
        sender=Mailbox("Rita Recruiter", "rita@acme.example"),
        to=(Mailbox("Ben", "ben@home.example"), Mailbox("", "c@home.example")),
        cc=(Mailbox("", "d@home.example"),),
        reply_to=(Mailbox("", "jobs@acme.example"),),
        date=datetime(2026, 9, 7, 9, 14, tzinfo=UTC),
        received=datetime(2026, 9, 7, 9, 15, tzinfo=UTC),
        zone_offset_minutes=120,
        in_reply_to="<1@home.example>",
        references=("<0@home.example>", "<1@home.example>"),
        size=len(raw),
        transited=True,
    )


def test_a_header_block_gives_the_same_envelope_as_the_whole_message():
    raw = multipart(
        PLAIN, CALENDAR, ATTACHED, head="From: rita@acme.example\nMessage-ID: <3@acme.example>\nSubject: Interview\n"
    ).encode()
    whole = envelope(raw)
    header = raw.partition(b"\n\n")[0]
    told = {"size": len(raw), "calendar": True, "attachments": ("invite.ics",), "thread": ThreadId("t")}
    assert envelope_from_header(header, ref=REF, role=SpecialUse.INBOX, **told) == replace(whole, thread=ThreadId("t"))


def test_what_a_listing_could_not_show_is_taken_from_the_message_itself():
    raw = b"From: rita@acme.example\nDate: Tue, 08 Sep 2026 14:00:00 -0700\nAuto-Submitted: auto-replied\nList-Id: <l.acme.example>\n\nHi\n"
    poor = replace(envelope(raw), zone_offset_minutes=None, automation=Automation())
    found = message_from_fetched(Fetched(REF, raw=raw), poor, outgoing=False, zone="UTC").envelope
    assert found == envelope(raw)
    elsewhere = replace(poor, date=datetime(2026, 9, 1, tzinfo=UTC), automation=Automation(bounce=True))
    found = message_from_fetched(Fetched(REF, header=raw), elsewhere, outgoing=False, zone="UTC").envelope
    assert (found.zone_offset_minutes, found.automation.bounce, found.automation.auto_reply) == (None, True, True)


def test_a_message_without_an_id_gets_one_that_is_the_same_everywhere():
    raw = "Date: Mon, 7 Sep 2026 11:14:00 +0200\nFrom: rita@acme.example\nSubject: x\n\n"
    first, second = (
        envelope(raw + "one"),
        envelope_from_header(raw.encode(), ref=MessageRef("other"), role=SpecialUse.ALL),
    )
    assert first.id == second.id
    assert first.id.startswith("<sha256:")
    assert first.id.endswith("@mailwatch.invalid>")
    assert envelope(raw.replace("Subject: x", "Subject: y")).id != first.id


def test_a_sender_may_stand_in_for_a_missing_from():
    assert envelope("Sender: Rita <rita@acme.example>\n\n").sender == Mailbox("Rita", "rita@acme.example")
    assert envelope("Subject: x\n\n").sender is None


def test_a_raw_subject_is_read_in_the_character_set_of_a_part():
    head = (
        b"Subject: "
        + "面試".encode("big5")
        + b'\nContent-Type: multipart/mixed; boundary="b1"\n\n--b1\nContent-Type: text/plain; charset=big5\n\nx\n--b1--\n'
    )
    assert envelope(head).subject == "面試"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(newline):
    raw = multipart(PLAIN, CALENDAR).replace("\n", newline)
    message = read(raw)
    assert message.new_text == "Hello Ben."
    assert [event.uid for event in message.events] == ["u1"]


@pytest.mark.scenario("D3", "D4")
def test_an_invitation_inline_and_attached_counts_once_with_its_method():
    message = read(multipart(multipart(PLAIN, HTML, CALENDAR, kind="alternative", boundary="b2", head=""), ATTACHED))
    assert [(event.uid, event.method) for event in message.events] == [("u1", "REQUEST")]
    assert message.envelope.calendar
    assert message.envelope.attachments == ("invite.ics",)
    assert message.problems == ()
    reverse = read(multipart(ATTACHED, CALENDAR))
    assert [(event.uid, event.method) for event in reverse.events] == [("u1", "REQUEST")]


def test_the_method_may_stand_in_the_content_type_alone():
    message = read(multipart(CALENDAR.replace("METHOD:REQUEST\n", "").replace("method=REQUEST", "method=cancel")))
    assert message.events[0].method == "CANCEL"


def test_an_ics_file_is_a_calendar_whatever_its_type():
    part = f'Content-Type: application/octet-stream; name="invite.ICS"\n\n{ICS}'
    assert [event.uid for event in read(multipart(PLAIN, part)).events] == ["u1"]


def test_html_is_read_where_plain_text_is_missing_empty_or_a_stub():
    stub = "Content-Type: text/plain\n\nPlease view this email in your browser: https://x.test/abc"
    html = "Content-Type: text/html\n\n<p>Dear Ben, your interview is confirmed for Tuesday at two o'clock. Please bring a laptop with you.</p>"
    wanted = "Dear Ben, your interview is confirmed for Tuesday at two o'clock. Please bring a laptop with you."
    for first in ("Content-Type: text/plain\n\n  \n", stub, "Content-Type: text/plain\n\n."):
        assert read(multipart(first, html, kind="alternative")).new_text == wanted
    assert read(multipart(html)).new_text == wanted


def test_plain_text_is_read_where_it_says_the_same():
    message = read(
        multipart(
            PLAIN,
            "Content-Type: text/html\n\n<p>Hello <i>Ben</i>. <a href='https://x.test'>x</a></p>",
            kind="alternative",
        )
    )
    assert message.new_text == "Hello Ben."


def test_a_plain_part_that_is_markup_is_read_as_such():
    assert (
        read("Content-Type: text/plain\n\n<html><body><p>Hello</p><p>Ben</p></body></html>").new_text == "Hello\n\nBen"
    )


def test_texts_around_an_attachment_belong_together():
    pdf = "Content-Type: application/pdf; name=job.pdf\nContent-Disposition: attachment\n\nxx"
    message = read(multipart(PLAIN, pdf, "Content-Type: text/plain\n\nSee you."))
    assert message.new_text == "Hello Ben.\n\nSee you."
    assert message.envelope.attachments == ("job.pdf",)


def test_attached_text_files_are_no_body():
    note = "Content-Type: text/plain; name=cv.txt\nContent-Disposition: attachment; filename=cv.txt\n\nMy whole life"
    assert read(multipart(PLAIN, note)).new_text == "Hello Ben."


def test_the_character_set_of_html_may_stand_inside_it():
    raw = (
        b"Content-Type: text/html\n\n<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'><p>"
        + "Łódź, środa".encode("iso8859-2")
        + b"</p>"
    )
    assert read(raw).new_text == "Łódź, środa"


def test_quoted_printable_and_base64_are_decoded_however_broken():
    assert transfer_decoded(b"caf=C3=A9 =\nx =ZZ", "quoted-printable") == "café x =ZZ".encode()
    assert transfer_decoded(b"aGFs\n\nbG8!", "base64") == b"hallo"
    assert transfer_decoded(b"aGFsbG", "base64") == b"hall"
    assert transfer_decoded(b"aGFsb", "base64") == b"hal"
    assert transfer_decoded(b"plain", "8bit") == b"plain"


@pytest.mark.scenario("D26")
def test_a_mail_forwarded_as_an_attachment_is_quoted_and_its_invitation_counts():
    inner = multipart(
        PLAIN,
        CALENDAR,
        boundary="b2",
        head="From: Otto <otto@acme.example>\nDate: Mon, 7 Sep 2026 11:14:00 +0200\nSubject: Interview\n",
    )
    message = read(multipart("Content-Type: text/plain\n\nFYI", f"Content-Type: message/rfc822\n\n{inner}"))
    assert message.new_text == "FYI"
    assert message.quoted == "Otto <otto@acme.example>\nMon, 7 Sep 2026 11:14:00 +0200\nInterview\n\nHello Ben."
    assert [event.uid for event in message.events] == ["u1"]


@pytest.mark.scenario("R19")
def test_a_bounce_names_the_address_that_failed_and_brings_no_event():
    status = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\nFinal-Recipient: rfc822; rita@acme.example\nAction: failed\nStatus: 5.1.1"
    inner = multipart("Content-Type: text/plain\n\nThank you for the talk.", CALENDAR, boundary="b2")
    raw = multipart(
        "Content-Type: text/plain\n\nYour message could not be delivered.",
        status,
        f"Content-Type: message/rfc822\n\n{inner}",
        kind="report; report-type=delivery-status",
    )
    message = read(raw)
    assert message.new_text.startswith("Your message could not be delivered.")
    assert "Final-Recipient: rfc822; rita@acme.example" in message.new_text
    assert message.events == ()
    assert "Thank you for the talk." in message.quoted
    assert message.envelope.automation.bounce


@pytest.mark.scenario("R22")
@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (
            multipart(PLAIN, "Content-Type: application/ms-tnef; name=winmail.dat\n\nxx"),
            "an attachment in Outlook's own format (winmail.dat)",
        ),
        ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nxx", "encrypted"),
        (multipart("Content-Type: application/pgp-encrypted\n\nVersion: 1", kind="encrypted"), "encrypted"),
        ("Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----", "encrypted"),
        ("Content-Type: image/png\n\nxx", "nothing but pictures"),
        ("Content-Type: text/plain\n\n", "no text"),
        ("Content-Type: application/pdf\n\nxx", "no text"),
        (multipart(CALENDAR.replace("END:VEVENT\nEND:VCALENDAR\n", "")), "calendar cut short"),
        (multipart("Content-Type: text/calendar\n\nnothing"), "no calendar inside"),
        ("Content-Type: multipart/mixed; boundary=none\n\nHello", "parts without their boundary"),
        ("Content-Type: multipart/mixed\n\nHello", "parts without their boundary"),
        (multipart(*[PLAIN] * 600), "more than 500 parts"),
    ],
)
def test_what_can_not_be_read_is_named(raw, problem):
    assert problem in read(raw).problems


def test_a_body_without_its_boundary_is_read_as_text():
    assert read("Content-Type: multipart/mixed; boundary=none\n\nHello Ben.").new_text == "Hello Ben."


def test_text_signed_inline_is_read_without_its_armour():
    raw = "Content-Type: text/plain\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello Ben.\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"
    assert read(raw).new_text == "Hello Ben."


def test_a_message_cut_anywhere_is_read_as_far_as_it_goes():
    raw = multipart(multipart(PLAIN, HTML, kind="alternative", boundary="b2", head=""), CALENDAR, ATTACHED).encode()
    for length in range(0, len(raw), 7):
        envelope(raw[:length])
        read(raw[:length])
    assert read(raw[: raw.find(b"--b2--")]).new_text == "Hello Ben."


def test_parts_from_a_server_are_read_like_a_whole_message():
    parts = (
        Part("text/plain", b"Hello Ben.", "utf-8"),
        Part("text/calendar", ICS.encode(), filename="invite.ics", attachment=True),
    )
    fetched = Fetched(
        REF,
        header=b"Authentication-Results: mx.home.example; dmarc=pass header.from=acme.example\nFrom: rita@acme.example\n",
        parts=parts,
        complete=False,
    )
    message = message_from_fetched(fetched, envelope("From: rita@acme.example\n\n"), outgoing=True, zone="UTC")
    assert message.new_text == "Hello Ben."
    assert [event.uid for event in message.events] == ["u1"]
    assert (message.dmarc, message.outgoing, message.problems) == ("pass", True, ("cut",))


def test_a_cut_part_is_a_problem():
    fetched = Fetched(REF, header=b"From: rita@acme.example\n", parts=(Part("text/plain", b"Hello", truncated=True),))
    assert message_from_fetched(fetched, envelope("x"), outgoing=False, zone="UTC").problems == ("cut",)
    assert "cut" in read("Content-Type: text/plain\n\n" + "a b " * 200_000).problems


def test_texts_are_cut_at_their_limits():
    message = read(
        "Content-Type: text/plain\n\n" + "word " * 20_000 + "\n\nOn Mon, 7 Sep 2026 Rita wrote:\n> " + "old " * 20_000
    )
    assert len(message.new_text) <= 32_000
    assert len(message.quoted) <= 32_000


def test_a_message_larger_than_25_mb_is_cut():
    raw = b"Content-Type: text/plain\n\nHello.\n" + b"x" * 26_000_000
    assert "message larger than 25 MB, cut" in read(raw).problems


def test_nesting_ends_at_32_levels():
    raw = PLAIN
    for level in range(60):
        raw = multipart(raw, boundary=f"b{level}x", head="")
    assert "nested deeper than 32 levels" in read(raw).problems


def test_boundaries_that_begin_alike_are_told_apart():
    inner = multipart(PLAIN, boundary="abc-inner", head="")
    assert read(multipart(inner, "Content-Type: text/plain\n\nBye.", boundary="abc")).new_text == "Hello Ben.\n\nBye."


def test_our_slices_are_the_standard_librarys_parts():
    raw = multipart(multipart(PLAIN, HTML, kind="alternative", boundary="b2", head=""), ATTACHED, CALENDAR).encode()
    theirs = [
        part.get_payload(decode=True).strip()
        for part in message_from_bytes(raw, policy=compat32).walk()
        if not part.is_multipart()
    ]
    assert [leaf.payload(10_000).strip() for leaf in outline_from_raw(raw).leaves] == theirs


FIELD = st.sampled_from(
    ["Subject: x", "Subject: =?utf-8?q?=FF?=", "Content-Type: text/html", "Content-Type: multipart/mixed; boundary=b", "Content-Type: text/plain; charset=utf-7",
     "Content-Type: message/rfc822", "Content-Type: text/calendar", "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable", "Date: Mon, 99 Foo",
     "From: ((((<a@b", "From: \x00@\xff", "References: <<<>>>", "Content-Disposition: attachment; filename*0*=x''%", "Received: ;", "Auto-Submitted: auto-replied",
     "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "--b", "--b--", "", "BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART:20260101", "END:VEVENT",
     "<div><blockquote>", "> quoted", "On Mon wrote:", "-- "]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(FIELD | st.text(max_size=30), max_size=30), st.binary(max_size=60))
def test_any_lines_at_all_are_a_message(lines, tail):
    raw = "\n".join(lines).encode("utf-8", "surrogatepass") + tail
    message = read(raw)
    for text in (message.new_text, message.quoted, message.signature, message.envelope.subject, *message.problems):
        text.encode("utf-8")
        assert not any(ord(char) < 32 and char not in "\n\t" for char in text)
    assert message == read(raw)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_a_message(raw):
    read(raw)


LIMIT = 2.0 if sys.gettrace() is None else 6.0  # measuring coverage costs that much

SOUPS = {
    "20,000 parts": lambda size: multipart(*["\n"] * size).encode(),
    "header without end": lambda size: b"X: " + b"a" * size * 50,
    "header lines": lambda size: b"A: b\n" * size,
    "folded lines": lambda size: b"A: b\n" + b" c\n" * size,
    "boundary soup": lambda size: b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b" * size,
    "quote marks": lambda size: b"Content-Type: text/plain\n\n" + b">" * size + b"\n> x" * size,
    "attributions": lambda size: b"Content-Type: text/plain\n\n" + b"On Monday Rita wrote:\n" * size,
    "from lines": lambda size: b"Content-Type: text/plain\n\n" + b"From: Rita\n" * size,
    "colons": lambda size: b"Content-Type: text/plain\n\n" + b"a: " * size,
    "dashes": lambda size: b"Content-Type: text/plain\n\n" + b"-" * size + b"\n--\n" * size,
    "sign-offs": lambda size: b"Content-Type: text/plain\n\n" + b"Best regards,\nRita\n" * size,
    "spaces": lambda size: b"Content-Type: text/plain\n\n" + b" " * size + b"x",
    "encoded words": lambda size: b"Subject: " + b"=?utf-8?q?=41?= " * size + b"\n\n",
    "open encoded words": lambda size: b"Subject: " + b"=?utf-8?q?" * size + b"\n\n",
    "parameters": lambda size: b"Content-Type: text/plain" + b";a*0*=b" * size + b"\n\n",
    "nested quotes": lambda size: b"Content-Type: text/html\n\n" + b"<blockquote type=cite>" * size,
    "links": lambda size: b"Content-Type: text/html\n\n" + b'<a href="https://x.test">y</a>' * size,
}


@pytest.mark.scenario("R22")
@pytest.mark.parametrize("name", SOUPS)
def test_no_soup_takes_more_than_linear_time(name):
    raws = {size: SOUPS[name](size) for size in (4_000, 8_000)}
    assert growth(lambda size: read(raws[size]), 4_000, runs=2) <= 2.5
    assert least_time(lambda: read(raws[8_000]), runs=1) < LIMIT
