"""The phrase files of answers, promises, sent mail and suspicion: complete, well formed, and each in its own language."""

from __future__ import annotations

import re
import time

import pytest

from mailwatch.core.reading.promises import promise_in
from mailwatch.core.reading.replies import reply_in
from mailwatch.phrases import phrase_tables
from tests.core.reading.answers import context, mail, numbered

TOPICS = ("replies", "promises", "sent", "suspicion")
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja")
# What only some languages need: thanks that follow their object, questions that ask for leave to answer later, the
# next word to the candidate as against the steps towards it.
OPTIONAL = {"promise.word", "thanks.talk_before", "promise.permission", "scope.doubt"}
TABLES = dict(phrase_tables())


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_covers_every_category(topic, code):
    wanted = set(TABLES[f"{topic}_en"]["phrases"]) - OPTIONAL
    assert wanted <= set(TABLES[f"{topic}_{code}"]["phrases"])


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_phrase_can_be_compiled_and_no_category_is_unknown(topic, code):
    known = set(TABLES[f"{topic}_en"]["phrases"]) | OPTIONAL
    phrases = context().lexicon.languages[code].phrases
    for category in TABLES[f"{topic}_{code}"]["phrases"]:
        assert category in known
        assert all(phrase.pattern for phrase in phrases[category])


def test_phrases_of_languages_without_spaces_leave_english_mail_alone():
    brands = {"suspicion.chat", "suspicion.messenger", "suspicion.money"}
    for _, row in numbered("replies_a", "replies_b", "sent_a", "sent_b"):
        if row["lang"] == "en":
            for code in ("zh", "ja"):
                for topic in TOPICS:
                    for category in set(TABLES[f"{topic}_{code}"]["phrases"]) - brands - {"scope.but"}:
                        assert not list(context().lexicon.hits(category, row["text"], (code,))), (category, row["text"])


def test_phrases_are_no_regular_expressions():
    odd = re.compile(r"\\|\)\?|\{\d|\.\*|\[\^")
    for topic in TOPICS:
        for code in LANGUAGES:
            for category, phrases in TABLES[f"{topic}_{code}"]["phrases"].items():
                assert not [phrase for phrase in phrases if odd.search(phrase)], (code, category)


HOSTILE = {
    "repeated words": "we will not be able to move forward with other ",
    "half phrases": "you have not been ",
    "timeframes": "we will let you know by the end of next ",
    "digits": "1 2/3 4. ",
    "white space": "move        ",
    "full stops": ". a",
    "commas": "if you, and ",
    "Japanese": "選考の結果ご連絡いたします残念ながら",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_twice_the_text_takes_about_twice_the_time(piece):
    def seconds(length: int) -> float:
        message = mail((piece * (length // len(piece) + 1))[:length])
        best = float("inf")
        for _ in range(3):
            begin = time.process_time()
            reply_in(message, context())
            promise_in(message, context())
            best = min(best, time.process_time() - begin)
        return best

    seconds(2_000)  # compiles what is needed
    assert seconds(8_000) <= 2.5 * seconds(4_000) + 0.03
