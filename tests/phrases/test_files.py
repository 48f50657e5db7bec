from __future__ import annotations

import pytest

from mailwatch.phrases import load_lexicon

LEXICON = load_lexicon()


@pytest.mark.parametrize("code", sorted(LEXICON.languages))
def test_every_phrase_of_every_language_can_be_translated(code: str) -> None:
    phrases = LEXICON.languages[code].phrases
    assert all(phrases[category] for category in phrases)


def test_the_files_are_read_once() -> None:
    assert load_lexicon() is LEXICON


def test_a_category_is_translated_once() -> None:
    phrases = LEXICON.languages["en"].phrases
    assert phrases["interview"] is phrases["interview"]
    assert len(phrases) == len(list(phrases))
