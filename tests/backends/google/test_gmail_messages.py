"""From Gmail's tree of parts back to a message: the same text, the same calendar, and no header that was not there."""

from __future__ import annotations

import base64
from email import message_from_bytes
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.backends.gmail.messages import envelope_of, fetched_of, header_of, id_of, role_of, shown_from
from mailwatch.backends.gmail.parts import decoded, tree_from_payload
from mailwatch.core.mime import envelope_from_header, message_from_fetched
from mailwatch.core.model import Fetched, MessageRef, SpecialUse
from mailwatch.sandbox import InlineParser
from tests.backends.mails import invitation, mail
from tests.servers.google_mailbox import GmailBox

MANNERS = {"as told": {}, "the other way": {"converts_text": False, "decodes_headers": True}}


@pytest.fixture(params=MANNERS)
def box(request):
    return GmailBox("jo@home.example", **MANNERS[request.param])


def shown_by(box, raw):
    return shown_from(box.shown(box.arrives(raw, {"INBOX"}), "full"))


def read(box, raw, attachments=None):
    """What is read of a message by way of the API, and what is read of its own bytes."""
    shown = shown_by(box, raw)
    asked = attachments if attachments is not None else []

    def attachment(message, identity):
        asked.append(identity)
        return decoded(box.attachment(box.get(message), identity)["data"])

    parser = InlineParser()
    own = parser.envelope(raw, ref=MessageRef("x"), role=SpecialUse.INBOX)
    one = message_from_fetched(
        fetched_of(shown, attachment), envelope_of(shown, parser), outgoing=False, zone="Europe/Berlin"
    )
    other = message_from_fetched(Fetched(MessageRef("x"), raw=raw), own, outgoing=False, zone="Europe/Berlin")
    return one, other


def said(message):
    return (
        message.new_text,
        message.quoted,
        message.signature,
        message.events,
        message.dmarc,
        message.tool,
        message.problems,
    )


def faces(envelope):
    return (
        envelope.id,
        envelope.subject,
        envelope.sender,
        envelope.to,
        envelope.date,
        envelope.calendar,
        envelope.attachments,
        envelope.automation,
    )


def parts(*pieces, subtype="mixed", **headers):
    whole = MIMEMultipart(subtype)
    for name, value in {
        "From": "Rita Ek <rita@acme.example>",
        "To": "jo@home.example",
        "Subject": "Hello",
        "Message-ID": "<p@acme.example>",
        **headers,
    }.items():
        whole[name] = value
    for piece in pieces:
        whole.attach(piece)
    return whole.as_bytes(policy=SMTP)


def attached(name="cv.pdf"):
    piece = MIMEApplication(b"%PDF-1.7 " + b"x" * 50_000, "pdf")
    piece.add_header("Content-Disposition", "attachment", filename=name)
    return piece


def calendar_part(*, inline=True, name=""):
    text = invitation().decode().partition("BEGIN:VCALENDAR")
    piece = MIMEText(text[1] + text[2].partition("END:VCALENDAR")[0] + "END:VCALENDAR\r\n", "calendar", "utf-8")
    piece.set_param("method", "REQUEST")
    if name:
        piece.add_header("Content-Disposition", "inline" if inline else "attachment", filename=name)
    return piece


LETTERS = {
    "plain": mail(1),
    "umlauts and a quotation": mail(2, subject="Grüße aus Köln — „schön“", text="Grüße!\n\nAm Montag schrieb Jo:\n> Danke für das Gespräch\n"),
    "an invitation": invitation(),
    "both kinds of text": parts(MIMEText("Hello Jo, see you on Tuesday.", "plain", "utf-8"), MIMEText("<p>Hello Jo, see you on Tuesday.</p>", "html"), subtype="alternative"),
    "an attachment": parts(MIMEText("My CV is attached, as you asked for.", "plain", "utf-8"), attached()),
    "an attachment with an odd name": parts(MIMEText("See the file, please.", "plain", "utf-8"), attached('Lebenslauf "für" Köln.pdf')),
    "a calendar in the text": parts(MIMEText("See you.", "plain", "utf-8"), calendar_part()),
    "latin letters": parts(MIMEText("Schöne Grüße aus Köln", "plain", "iso-8859-1")),
    "japanese": parts(MIMEText("面接の日程についてご連絡いたします。", "plain", "iso-2022-jp"), Subject="=?iso-2022-jp?B?GyRCTEwbKEI=?="),
    "a forwarded message": parts(MIMEText("See below.", "plain", "utf-8")),
}  # fmt: skip


@pytest.mark.parametrize("raw", LETTERS.values(), ids=LETTERS)
def test_a_message_reads_the_same_by_way_of_the_api(box, raw):
    one, other = read(box, raw)
    assert said(one) == said(other)
    assert faces(one.envelope) == faces(other.envelope)


def test_a_message_inside_a_message_is_read_as_one():
    """Forwarded as an attachment: what it says is somebody else's word."""
    inner = EmailMessage(policy=SMTP)
    inner["From"], inner["Subject"] = "Bo <bo@globex.example>", "The role"
    inner.set_content("We would like to meet you.")
    outer = EmailMessage(policy=SMTP)
    outer["From"], outer["To"], outer["Subject"], outer["Message-ID"] = (
        "rita@acme.example",
        "jo@home.example",
        "Fwd: The role",
        "<f@acme.example>",
    )
    outer.set_content("Look at this.")
    outer.add_attachment(inner)
    one, other = read(GmailBox("jo@home.example"), bytes(outer))
    assert "Look at this." in one.new_text
    assert "We would like to meet you." in one.quoted
    assert (one.new_text, one.quoted) == (other.new_text, other.quoted)


def test_a_delivery_report_is_read(box):
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"], report["To"], report["Subject"] = "MAILER-DAEMON@home.example", "jo@home.example", "Undelivered"
    report.attach(MIMEText("Your mail could not be delivered.", "plain"))
    status = message_from_bytes(
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.home.example\r\n\r\nFinal-Recipient: rfc822; rita@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    report.attach(status)
    one, _ = read(box, report.as_bytes(policy=SMTP))
    assert "could not be delivered" in one.new_text
    assert one.envelope.automation.bounce


def test_attachments_are_not_fetched_and_their_names_are_known(box):
    asked = []
    one, _ = read(box, LETTERS["an attachment"], asked)
    assert asked == []
    assert one.envelope.attachments == ("cv.pdf",)
    assert not one.problems


def test_a_calendar_that_is_only_attached_is_fetched(box):
    asked = []
    one, _ = read(
        box, parts(MIMEText("See you.", "plain", "utf-8"), calendar_part(inline=False, name="invite.ics")), asked
    )
    assert len(asked) == 1
    assert [event.uid for event in one.events] == ["1@acme.example"]


def test_a_calendar_that_is_in_the_text_as_well_is_not_fetched_twice(box):
    asked = []
    raw = parts(MIMEText("See you.", "plain", "utf-8"), calendar_part(), calendar_part(inline=False, name="invite.ics"))
    one, _ = read(box, raw, asked)
    assert asked == []
    assert len(one.events) == 1


def test_a_text_too_large_to_come_along_is_fetched(box):
    asked = []
    one, _ = read(box, parts(MIMEText("word " * 30_000, "plain", "utf-8")), asked)
    assert len(asked) == 1
    assert one.new_text.startswith("word word")


@pytest.mark.scenario("S12")
def test_a_line_break_inside_a_field_makes_no_second_field():
    payload = {"headers": [
        {"name": "Subject", "value": "Hello\r\nBcc: victim@acme.example\n\nBody\rX: y\0z"},
        {"name": "Bad Name", "value": "x"}, {"name": "From:\r\nEvil", "value": "x"}, {"name": "To", "value": "jo@home.example"},
    ]}  # fmt: skip
    header = header_of(tree_from_payload(payload))
    assert header == b"Subject: Hello Bcc: victim@acme.example Body X: y z\r\nTo: jo@home.example\r\n\r\n"
    envelope = envelope_from_header(header, ref=MessageRef("x"), role=SpecialUse.INBOX)
    assert envelope.bcc == ()


@given(st.lists(st.tuples(st.text(), st.text()), max_size=6))
def test_whatever_stands_in_fields_there_are_no_more_of_them(fields):
    block = header_of(tree_from_payload({"headers": [{"name": name, "value": value} for name, value in fields]}))
    assert block.count(b"\r\n") <= len(fields) + 2
    assert b"\n" not in block.replace(b"\r\n", b"")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["parts", "body", "data", "headers", "name", "value", "mimeType", "filename", "attachmentId"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(_JSON, _JSON)
def test_a_tree_that_makes_no_sense_is_read_as_far_as_it_goes(payload, labels):
    shown = shown_from(
        {"id": "18c", "payload": payload, "labelIds": labels if isinstance(labels, list) else [], "internalDate": "x"}
    )
    fetched = fetched_of(shown, lambda message, attachment: b"")
    assert fetched.raw is not None
    envelope_of(shown, InlineParser())


def test_a_deep_tree_ends():
    part = {"mimeType": "text/plain", "body": {"data": base64.urlsafe_b64encode(b"x").decode()}}
    for _ in range(200):
        part = {"mimeType": "multipart/mixed", "parts": [part] * 2}
    assert fetched_of(shown_from({"id": "1", "payload": part}), lambda message, attachment: b"").raw


def test_a_boundary_never_stands_in_a_part(box):
    text = "--=_parts\r\nContent-Type: text/plain\r\n\r\nforged\r\n--=_parts--"
    one, other = read(box, parts(MIMEText(text, "plain", "utf-8"), MIMEText("last", "plain", "utf-8")))
    assert one.new_text == other.new_text


@pytest.mark.parametrize(
    ("labels", "role"),
    [
        ({"INBOX", "UNREAD"}, SpecialUse.INBOX), ({"SENT"}, SpecialUse.SENT), ({"TRASH", "INBOX"}, SpecialUse.TRASH), ({"SPAM"}, SpecialUse.JUNK),
        ({"DRAFT"}, SpecialUse.DRAFTS), ({"Label_7"}, SpecialUse.OTHER), (set(), SpecialUse.ARCHIVE), ({"CATEGORY_UPDATES"}, SpecialUse.ARCHIVE),
    ],
)  # fmt: skip
def test_labels_say_where_a_message_lies(labels, role):
    assert role_of(frozenset(labels)) is role


@pytest.mark.parametrize("ref", ["", "18c", "message/", "message/a b", "message/../x", "draft/r1"])
def test_a_ref_of_something_else_is_none(ref):
    assert id_of(ref) == ""


def test_what_is_no_base64_is_nothing():
    assert decoded("***") == b""
    assert decoded("_-8") == b"\xff\xef"
