"""The privacy wall: private words reach no letter, and what is not private is not mistaken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.core.compose import private_words_in
from mailwatch.core.model import PersonKind, PrivateNotes, Refusal
from tests.core.builders import RITA, facts, interview
from tests.core.compose.writing import asked, debrief, letter, note, people


def scan(text: str, *private: str) -> str:
    raw = b"Subject: Hello\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode()
    return private_words_in(raw, [PrivateNotes({str(n): one}) for n, one in enumerate(private)])


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("Hi. The boss shouted at the intern twice. Bye.", "boss shouted at the intern"),
        ("I think the BOSS shouted – at the intern, twice.", "the boss shouted at the intern during lunch"),
        ("They pay badly here.", "pay badly"),
        ("Der Chef schreit den Azubi an.", "Mein Chef schreit den Azubi an, täglich"),
        ("上司が部下を怒鳴っていた。", "上司が部下を怒鳴っていた"),
        ("Salary: 52k gross", "salary 52k gross"),
    ],
)
def test_a_run_of_private_words_is_found_whatever_its_case_and_punctuation(text: str, private: str) -> None:
    assert scan(text, private)


def test_the_sentence_that_holds_it_is_named() -> None:
    assert scan("All is well. The boss shouted at the intern.", "boss shouted at the intern") == (
        "The boss shouted at the intern."
    )


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("I would like to thank you for the time.", "I would have been the one to do it"),
        ("Thank you for your time.", "thank you for it all"),
        ("They pay well.", "pay"),
        ("A long and good letter.", ""),
    ],
)
def test_ordinary_words_and_single_ones_are_no_breach(text: str, private: str) -> None:
    assert scan(text, private) == ""


def test_an_encoded_subject_is_looked_at_too() -> None:
    raw = b"Subject: =?utf-8?q?boss_shouted_at_the_intern?=\r\n\r\nHello\r\n"
    assert private_words_in(raw, [PrivateNotes({"flag": "boss shouted at the intern"})])
    assert private_words_in(raw, []) == ""


@pytest.mark.scenario("T9")
@pytest.mark.parametrize("field", ["topic", "thought", "better", "fit"])
def test_a_letter_with_private_words_is_not_written_and_the_sentence_is_named(field: str) -> None:
    secret = "the manager interrupted everybody at the table"
    words = {field: f"I saw that {secret}."}
    fit = words.pop("fit", "")
    answer = asked(known=facts(debrief(note(RITA, **words), fit=fit, private={"red_flag": secret})))
    assert isinstance(answer, Refusal)
    assert secret in answer.sentence
    assert secret not in answer.reason


def test_private_words_of_another_interview_count_as_well() -> None:
    other = debrief(private={"flag": "your map of late parcels"}, evidence=frozenset({"elsewhere"}))
    answer = asked(known=facts(debrief(note(RITA, "your map of late parcels")), other))
    assert isinstance(answer, Refusal)


def test_a_sentence_of_the_bank_that_happens_to_match_gives_way_to_another() -> None:
    first = letter()
    private = first.sentences[1].text
    second = letter(known=facts(debrief(private={"own": private})))
    assert private not in second.text


def test_words_that_meet_only_across_sentences_are_found_in_the_bytes() -> None:
    secret = "Thank you. Ek Rita Dear"
    answer = asked(known=facts(debrief(private={"x": "Dear Rita Ek Thank you"})))
    assert secret
    assert isinstance(answer, Refusal) or "Dear Rita Ek,\n\nThank you" not in answer.text


@given(st.lists(st.text("abcdefgh ", min_size=4, max_size=30), min_size=1, max_size=4))
def test_property_a_planted_secret_never_reaches_a_letter(secrets: list[str]) -> None:
    secret = "zebra quartz " + " ".join(secrets)
    answer = asked(known=facts(debrief(note(RITA, f"your talk of {secret}"), private={"flag": secret})))
    assert isinstance(answer, Refusal) or "zebra quartz" not in answer.text


def test_letters_of_a_panel_leave_out_what_is_private_for_all() -> None:
    round_ = interview(people=people(PersonKind.PEER, PersonKind.PEER))
    known = facts(debrief(note(round_.people[0].key, "your calm"), private={"x": "nobody listened to the night shift"}))
    for one in round_.people:
        assert "listened" not in letter(to=one, round_=round_, known=known).text
