"""The privacy wall and the guard of the bytes hold by several locks: without any one of them a check here fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from email import message_from_bytes
from email.errors import MessageError
from email.utils import getaddresses
from unittest.mock import patch

import pytest

from mailwatch.core.compose import private_words_in
from mailwatch.core.compose.privacy import PrivacyWall
from mailwatch.core.compose.wire import Sheet, bytes_of, references_of
from mailwatch.core.model import Address, Draft, Mailbox, MessageId, Person, PrivateNotes, Refusal
from tests.core.builders import RITA, at, facts
from tests.core.compose.writing import asked, debrief, letter, note

SECRET = "the manager interrupted everybody at the table"
SHEET = Sheet(
    Mailbox("Noor Vestergaard", Address("noor@mail.example")),
    Mailbox("Ruth Adeyemi", Address("ruth@acme.example")),
    "Your point on Tuesday",
    "Hi Ruth,\n\nThank you.\n\nBest,\nNoor\n",
    at("2026-09-08 13:00"),
    MessageId("<m@mail.example>"),
)


def scanned(text: str, private: str) -> str:
    raw = b"Subject: Hello\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode()
    return private_words_in(raw, [PrivateNotes({"flag": private})])


def part_of_a_private_sentence_is_found() -> None:
    assert scanned("I saw that the manager interrupted everybody at once.", SECRET)


def two_private_words_are_found() -> None:
    assert scanned("They pay badly.", "pay badly")


def ordinary_words_are_no_breach() -> None:
    assert scanned("Thank you for your time.", "thank you for it all") == ""
    assert scanned("I would like to be there.", "I would like to be with my own") == ""


def capitals_hide_nothing() -> None:
    assert scanned("THE MANAGER INTERRUPTED EVERYBODY AT LUNCH!", SECRET)


def invisible_letters_hide_nothing() -> None:
    assert scanned("the man\u200bager interrupted every\u200bbody at the table", SECRET)


def the_users_own_words_are_looked_at_and_named() -> None:
    answer = asked(known=facts(debrief(note(RITA, f"I saw that {SECRET}."), private={"flag": SECRET})))
    assert isinstance(answer, Refusal)
    assert SECRET in answer.sentence


def words_that_meet_in_the_finished_letter_are_found() -> None:
    words = letter().text.replace(",", " ").split()
    private = " ".join(words[1:6])  # the name in the greeting and the beginning of the letter
    assert isinstance(asked(known=facts(debrief(private={"flag": private}))), Refusal)


def a_sentence_of_the_bank_gives_way() -> None:
    private = letter().sentences[1].text
    answer = asked(known=facts(debrief(private={"flag": private})))
    assert isinstance(answer, Draft)
    assert private not in answer.text


PRIVACY = "mailwatch.core.compose.privacy"
LETTER = "mailwatch.core.compose.letter"
WIRE = "mailwatch.core.compose.wire"


def as_it_is(text: str, *_: object) -> str:
    return text


def split(sentence: str) -> list[str]:
    return sentence.replace(".", " ").replace("!", " ").split()


PRIVACY_MUTANTS: Mapping[str, tuple[str, object, Callable[[], None]]] = {
    "only whole sentences count": (f"{PRIVACY}.RUN", 100, part_of_a_private_sentence_is_found),
    "many telling words are needed": (f"{PRIVACY}.CONTENT_WORDS", 3, two_private_words_are_found),
    "no telling word is needed": (f"{PRIVACY}.CONTENT_WORDS", 0, ordinary_words_are_no_breach),
    "every word is telling": (f"{PRIVACY}._EMPTY_WORDS", frozenset(), ordinary_words_are_no_breach),
    "case counts": (f"{PRIVACY}._words", split, capitals_hide_nothing),
    "invisible letters count": (f"{PRIVACY}.clean_text", as_it_is, invisible_letters_hide_nothing),
    "the bytes are not looked at": (f"{LETTER}.all_text", lambda _: "", words_that_meet_in_the_finished_letter_are_found),
    "the wall is blind": (f"{PRIVACY}.PrivacyWall.first_breach", lambda *_: "", a_sentence_of_the_bank_gives_way),
    "there is no wall": (f"{LETTER}.PrivacyWall", type("NoWall", (), {"around": staticmethod(lambda _: PrivacyWall(frozenset()))}), the_users_own_words_are_looked_at_and_named),
}  # fmt: skip


def written(**changes: object) -> bytes:
    raw = bytes_of(replace(SHEET, **changes))  # type: ignore[arg-type]
    assert raw is not None
    return raw


def an_address_of_two_is_no_letter() -> None:
    assert bytes_of(replace(SHEET, to=Mailbox("", Address("a@b.example, c@d.example")))) is None


def a_letter_to_an_address_that_can_not_be_written_is_refused() -> None:
    to = Person("Rita Ek", Address('"rita ek"@acme.example'))
    answer = asked(to=to)
    assert isinstance(answer, Refusal)
    assert "by hand" in answer.reason


def a_subject_of_two_lines_is_one_line() -> None:
    raw = written(subject="Hello\r\nBcc: eve@evil.example")
    assert message_from_bytes(raw)["Bcc"] is None


def an_encoded_word_stays_the_text_it_was() -> None:
    raw = written(subject="=?utf-8?q?a=0D=0ABcc=3A_eve=40evil.example?=")
    assert b"=?utf-8?q?a=0D=0ABcc" not in raw


def a_name_with_a_comma_is_one_name() -> None:
    raw = written(to=Mailbox("Ek, Rita <eve@evil.example>", Address("rita@acme.example")))
    assert [address for _, address in getaddresses([message_from_bytes(raw)["To"]])] == ["rita@acme.example"]


def nothing_invisible_stands_in_the_text() -> None:
    body = message_from_bytes(written(text="Hi\u202e,\n\nThank\u200b you.\x07\n")).get_payload(decode=True)
    assert body == b"Hi,\r\n\r\nThank you.\r\n"


def foreign_ids_stay_out() -> None:
    assert references_of(["<a@b>\r\nBcc: eve@evil.example"], "<c@d>") == ("<c@d>",)


def lines_that_other_programs_change_are_encoded() -> None:
    raw = written(text="From here on\n.\n")
    assert b"\r\nFrom " not in raw
    assert b"\r\n.\r\n" not in raw


WIRE_MUTANTS: Mapping[str, tuple[str, object, Callable[[], None]]] = {
    "nothing is read back": (f"{WIRE}._as_meant", lambda *_: True, an_address_of_two_is_no_letter),
    "any address will do": (f"{LETTER}.writable_address", lambda _: True, a_letter_to_an_address_that_can_not_be_written_is_refused),
    "header values keep their lines": (f"{WIRE}.one_line", as_it_is, a_subject_of_two_lines_is_one_line),
    "encoded words pass": (f"{WIRE}._words", as_it_is, an_encoded_word_stays_the_text_it_was),
    "names are not quoted": (f"{WIRE}._mailbox", lambda box, _: f"{box.name} <{box.address}>", a_name_with_a_comma_is_one_name),
    "the text is not cleaned": (f"{WIRE}.clean_text", as_it_is, nothing_invisible_stands_in_the_text),
    "any id will do": (f"{WIRE}.usable_id", as_it_is, foreign_ids_stay_out),
    "lines are not made safe": (f"{WIRE}.re.sub", lambda _, __, line: line, lines_that_other_programs_change_are_encoded),
}  # fmt: skip


@pytest.mark.parametrize("taken_out", [*PRIVACY_MUTANTS, *WIRE_MUTANTS])
def test_without_this_lock_a_check_fails(taken_out: str) -> None:
    lock, mutant, check = {**PRIVACY_MUTANTS, **WIRE_MUTANTS}[taken_out]
    check()
    with patch(lock, mutant), pytest.raises((AssertionError, ValueError, MessageError)):
        check()
