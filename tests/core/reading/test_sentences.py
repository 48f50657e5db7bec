"""Sentences and clauses in the text of mail."""

from __future__ import annotations

import pytest

from mailwatch.core.reading.sentences import cues_in, sentences_in
from tests.core.reading.answers import context


def texts(text: str) -> list[str]:
    return [sentence.text.strip() for sentence in sentences_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("We meet on the 16. November at Dr. Lee's. Come!", ["We meet on the 16. November at Dr. Lee's.", "Come!"]),
        ("Hi Dana,\nthanks a lot.", ["Hi Dana,\nthanks a lot."]),
        ("Hi Dana,\nThanks a lot.", ["Hi Dana,", "Thanks a lot."]),
        ("Short line\nNext one", ["Short line", "Next one"]),
        ("A line that goes on for a good while until it is wrapped\nHere it goes on.", [
            "A line that goes on for a good while until it is wrapped\nHere it goes on."]),
        ("We need:\nyour name", ["We need:", "your name"]),
        ("First\n\nSecond", ["First", "Second"]),
        ("- one\n- two", ["- one", "- two"]),
        ("お世話になります。面接の件です。", ["お世話になります。", "面接の件です。"]),
        ("See you at 10.\nMel", ["See you at 10.", "Mel"]),
        ("Wait... what", ["Wait...", "what"]),
        ("", []),
        ("  \n\n ", []),
    ],
)  # fmt: skip
def test_where_sentences_end(text, expected):
    assert texts(text) == expected


def test_a_question_is_told_by_its_mark():
    assert [sentence.question for sentence in sentences_in("Can you come? Yes. (Really?)")] == [True, False, True]


def test_spans_point_into_the_whole_text():
    text = "Hello.  How are you?\n\nFine."
    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in sentences_in(text))


def test_cues_are_sorted_into_their_sentences_with_their_language():
    text = "Unfortunately not. We are still interviewing."
    cues = cues_in(text, ("soft.regret", "reply.pending"), context().lexicon)
    assert [hit.words for hit in cues.hits(0, "soft.regret")] == ["Unfortunately"]
    assert cues.hits(1, "soft.regret") == ()
    assert cues.first("no such category") is None
    assert cues.languages("soft.regret", "reply.pending") == ["en"]


def test_a_long_text_is_not_searched_in_languages_it_is_not_in():
    german = "leider haben wir uns für eine andere Kandidatin entschieden. "
    english = "We talked about the warehouse, the people in it and what they would need from the office. " * 5
    assert cues_in(german, ("refusal.choice",), context().lexicon).first("refusal.choice") is not None
    assert cues_in(english + german, ("refusal.choice",), context().lexicon).first("refusal.choice") is None
