"""Every language knows every kind of word, and no word is written twice or can't be used."""

from __future__ import annotations

import re

import pytest

from mailwatch.phrases import load_lexicon, phrase_tables

LEXICON = load_lexicon()
CODES = sorted(LEXICON.languages)
TABLES = ("stopwords", "interest", "times", "roles", "names", "company")


def test_nine_languages_are_known() -> None:
    assert CODES == ["de", "en", "es", "fr", "it", "ja", "nl", "pt", "zh"]


@pytest.mark.parametrize("code", CODES)
def test_every_language_covers_every_category_of_phrases(code: str) -> None:
    reading = {stem: table for stem, table in phrase_tables() if stem in CODES}
    assert set(reading[code]["phrases"]) == set(reading["en"]["phrases"])
    assert all(reading[code]["phrases"].values())


@pytest.mark.parametrize("code", CODES)
def test_every_language_says_what_is_agreed_in_plain_words(code: str) -> None:
    found = {stem: table for stem, table in phrase_tables() if stem.startswith("agreements_")}
    agreements = {stem.rpartition("_")[2]: table for stem, table in found.items()}
    assert set(agreements[code]["phrases"]) == set(agreements["en"]["phrases"])
    assert set(agreements["en"]["times"]) - set(agreements[code]["times"]) <= {"bare_hours"}


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_every_table(code: str) -> None:
    assert set(TABLES) <= set(LEXICON.languages[code].tables)


@pytest.mark.parametrize("code", CODES)
def test_no_phrase_is_written_twice_in_a_category(code: str) -> None:
    sources = LEXICON.languages[code].phrases.sources
    twice = {name: {one for one in listed if listed.count(one) > 1} for name, listed in sources.items()}
    assert {name: found for name, found in twice.items() if found} == {}


@pytest.mark.parametrize("code", CODES)
def test_phrases_are_in_small_letters_and_keep_to_their_syntax(code: str) -> None:
    odd = [
        phrase
        for stem, table in phrase_tables()
        if stem == code
        for listed in table["phrases"].values()
        for phrase in listed
        if re.search(r"\([^()]*\(|\[[^\[\]]*\[|\*\w", phrase)
    ]
    assert odd == []


@pytest.mark.parametrize("code", [code for code in CODES if LEXICON.languages[code].spaced])
def test_days_and_months_are_complete(code: str) -> None:
    times = LEXICON.languages[code].tables["times"]
    assert set(times["months"].values()) == set(range(1, 13))
    assert set(times["weekdays"].values()) == set(range(1, 8))
    assert {0, 1, -1} <= set(times["days"].values())
