"""Bytes: one recipient, no header that was not meant, text that any program reads back as it was."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta, timezone
from email import message_from_bytes, policy
from email.utils import getaddresses

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mailwatch.core.compose import Letters
from mailwatch.core.compose.wire import (
    HEADERS,
    REFERENCES_LIMIT,
    Sheet,
    all_text,
    bytes_of,
    plain_text,
    recipient_name,
    references_of,
    subject_of,
    usable_id,
    writable_address,
)
from mailwatch.core.model import Address, Draft, Kind, Mailbox, MessageId, PersonKind
from tests.core.builders import KIT, RITA, application, at, facts, interview, mail, person
from tests.core.compose.writing import LETTERS, asked, debrief, letter, me, note

SHEET = Sheet(
    sender=Mailbox("Noor Vestergaard", Address("noor@mail.example")),
    to=Mailbox("Ruth Adeyemi", Address("ruth@acme.example")),
    subject="Your point on Tuesday",
    text="Hi Ruth,\n\nThank you.\n\nBest,\nNoor\n",
    date=at("2026-09-08 13:00").astimezone(timezone(timedelta(hours=2))),
    message_id=MessageId("<m@mail.example>"),
)


def written(**changes: object) -> bytes:
    raw = bytes_of(replace(SHEET, **changes))  # type: ignore[arg-type]
    assert raw is not None
    return raw


def test_a_plain_letter_is_plain_bytes() -> None:
    raw = written(in_reply_to="<p@acme.example>", references=("<o@acme.example>", "<p@acme.example>"))
    assert raw == (
        b"From: Noor Vestergaard <noor@mail.example>\r\n"
        b"To: Ruth Adeyemi <ruth@acme.example>\r\n"
        b"Subject: Your point on Tuesday\r\n"
        b"Date: Tue, 08 Sep 2026 15:00:00 +0200\r\n"
        b"Message-ID: <m@mail.example>\r\n"
        b"In-Reply-To: <p@acme.example>\r\n"
        b"References: <o@acme.example>\r\n <p@acme.example>\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"Hi Ruth,\r\n\r\nThank you.\r\n\r\nBest,\r\nNoor\r\n"
    )


def test_other_letters_are_encoded_and_come_back() -> None:
    raw = written(
        sender=Mailbox("Zoë Müller", Address("z@mail.example")),
        to=Mailbox("山田 太郎", Address("y@acme.example")),
        subject="Grüße – " + "sehr " * 30,
        text="Grüße\n\nOù en est le processus\u00a0?\n" + "wort " * 100 + "\n",
    )
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    message = message_from_bytes(raw, policy=policy.default)
    assert message["To"] == "山田 太郎 <y@acme.example>"
    assert str(message["Subject"]).startswith("Grüße – sehr")
    assert message.get_content().splitlines()[2] == "Où en est le processus\u00a0?"


def test_one_paragraph_is_one_line_whatever_its_length() -> None:
    text = "Hi,\n\n" + "a very long paragraph " * 80 + "\n"
    message = message_from_bytes(written(text=text), policy=policy.default)
    assert message.get_content().count("\n") == 3


def test_what_mail_programs_trip_over_is_encoded() -> None:
    raw = written(text="From here on\n.\nend \n")
    assert b"=46rom here on\r\n=2E\r\nend=20\r\n" in raw


def test_names_with_commas_quotes_and_encoded_words_stay_names() -> None:
    for name in ("Ek, Rita", 'Rita "R" Ek', "=?utf-8?q?x=0D=0ABcc=3A_e?=", "Rita <eve@evil.example>", "", "a\\b"):
        raw = written(to=Mailbox(name, Address("rita@acme.example")))
        assert [address for _, address in getaddresses([message_from_bytes(raw)["To"]])] == ["rita@acme.example"]
    assert subject_of(written(subject="=?utf-8?q?a=0D=0ABcc=3A_e?=")) == "=?utf-8?q?a=0D=0ABcc=3A_e?="
    assert subject_of(b"\r\n\r\n") == ""


@pytest.mark.parametrize("address", ["a@b.example", "first.last+tag@sub.acme.example", "o'neil@acme.example"])
def test_ordinary_addresses_can_be_written(address: str) -> None:
    assert writable_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "a b@c.example", '"a b"@c.example', "a@c.example,b@d.example", "a@-c.example", "ä@c.example", "a@ç.example",
     "a..b@c.example", ".a@c.example", "x" * 65 + "@c.example", "a@c.example>\r\nBcc: e@f.example", "a@[1.2.3.4]"],
)  # fmt: skip
def test_anything_else_can_not(address: str) -> None:
    assert not writable_address(address)


def test_the_recipients_name_is_read_back() -> None:
    for name in ("Ruth Adeyemi", "山田 太郎", "Ek, Rita", ""):
        assert recipient_name(written(to=Mailbox(name, Address("rita@acme.example")))) == name
    assert recipient_name(b"Subject: x\r\n\r\n") == ""


def test_an_address_that_would_split_is_no_letter() -> None:
    assert bytes_of(replace(SHEET, to=Mailbox("", Address("a@b.example, c@d.example")))) is None
    assert bytes_of(replace(SHEET, subject="")) is not None


def test_ids_are_used_only_if_they_are_well_formed_and_real() -> None:
    assert usable_id("<a.b-c@acme.example>") == "<a.b-c@acme.example>"
    for bad in (
        None,
        "",
        "a@b",
        "<a b@c>",
        "<a@b>\r\nBcc: x",
        "<ä@b>",
        "<sha256:1@mailwatch.invalid>",
        f"<{'x' * 300}@b>",
    ):
        assert usable_id(bad) is None
    assert references_of(["<a@b>", "bad", "<a@b>"], "<c@d>") == ("<a@b>", "<c@d>")
    long = [f"<{number}@b>" for number in range(50)]
    chain = references_of(long, "<z@b>")
    assert len(chain) == REFERENCES_LIMIT
    assert (chain[0], chain[-1]) == ("<0@b>", "<z@b>")


def test_broken_messages_are_still_looked_through() -> None:
    raw = b"Subject: =?nocharset?q?x?=\r\nX: \xff\xfe\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsecret\xff\r\n"
    text = all_text(raw)
    assert "secret" in text
    assert "nocharset" in text


def test_no_break_spaces_survive_and_other_hidden_characters_do_not() -> None:
    assert plain_text("où\u00a0?\u200b\x07\u202e") == "où\u00a0?"


CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]")
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["x\r\nBcc: eve@evil.example", "=?utf-8?q?a=0D=0ABcc=3A_eve=40evil.example?=", "a\u2028Bcc: e", "\u202egro", "{{ 7*7 }}", "a, b <c@d.example>",
         "\ud800", "\x00", "\x1b[31m", '"', "<>", "名前", "From me", "."]
    ),
)  # fmt: skip


# A quarter of each bank: what is shown here does not depend on which sentences there are, and costs a quarter.
FEWER = Letters(
    {
        code: replace(language, banks={slot: bank[::4] for slot, bank in language.banks.items()})
        for code, language in LETTERS.languages.items()
    }
)


@settings(max_examples=max(settings().max_examples, 1_000 if os.environ.get("CI") else 0))
@given(
    st.fixed_dictionaries(
        dict.fromkeys(
            (
                "to",
                "me",
                "signature",
                "role",
                "company",
                "topic",
                "thought",
                "fit",
                "subject",
                "other",
                "greeting",
                "sign_off",
                "id",
            ),
            HOSTILE,
        )
    ),
    st.sampled_from(["en", "de", "fr", "es", "ja"]),
    st.sampled_from(list(Kind)),
)
def test_property_whatever_stands_in_the_fields_a_letter_has_one_recipient_and_our_headers(
    field: dict[str, str], language: str, kind: Kind
) -> None:
    recipient = replace(person(RITA), name=field["to"], kind=PersonKind.HIRING_MANAGER)
    relayed = (person(field["other"] if "@" not in field["other"] else "Lou"),) if kind is Kind.RELAY else ()
    round_ = replace(interview(people=[recipient, *relayed], language=language), title=field["subject"])
    parent = mail(KIT, subject=field["subject"], ident=field["id"] or "<p@acme.example>")
    known = facts(
        parent,
        debrief(note(RITA, field["topic"], field["thought"]), fit=field["fit"]),
        me=me(name=field["me"], signature=field["signature"]),
    )
    known = replace(known, greetings={language: (field["greeting"], field["sign_off"])})
    process = application(round_, role=field["role"], company=field["company"], language=language)
    draft = asked(
        kind,
        recipient,
        round_=round_,
        process=process,
        known=known,
        parent=parent.envelope.id,
        relayed=relayed,
        letters=FEWER,
    )
    assume(isinstance(draft, Draft))
    assert isinstance(draft, Draft)
    message = message_from_bytes(draft.raw)
    assert {name.casefold() for name in message.keys()} <= {name.casefold() for name in HEADERS}  # noqa: SIM118
    assert len(message.keys()) == len({name.casefold() for name in message.keys()})  # noqa: SIM118
    assert [address for _, address in getaddresses(message.get_all("To", []))] == ["rita@acme.example"]
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    text = body.decode("utf-8").replace("\r\n", "\n")
    assert text == draft.text
    assert not CONTROLS.search(text)
    assert not CONTROLS.search(draft.subject)
    assert "49" not in text
    assert draft.raw.isascii()
    assert max(map(len, draft.raw.split(b"\r\n"))) <= 998


def test_the_letters_text_is_the_decoded_body() -> None:
    draft = letter()
    message = message_from_bytes(draft.raw, policy=policy.default)
    assert message.get_content().replace("\r\n", "\n") == draft.text
    assert message["Message-ID"] == draft.message_id
    assert message["From"] == "Jordan Reyes <jordan@mail.example>"
