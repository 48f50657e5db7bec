"""Phrases as data: what their small syntax means, and what it refuses."""

from __future__ import annotations

import pytest

from mailwatch.core.lexicon import language_from_table, lexicon_from_tables, phrase_from_source, with_extra_words


def words_matched(source: str, text: str, *, spaced: bool = True) -> list[str]:
    lexicon = lexicon_from_tables({"en": {"spaced": spaced, "phrases": {"cue": [source]}}}, {})
    return [hit.words for hit in lexicon.hits("cue", text)]


@pytest.mark.parametrize(
    ("source", "text", "matched"),
    [
        ("next round", "The NEXT\n round begins", ["NEXT round"]),
        ("(next|second) round", "a second round", ["second round"]),
        ("[very] pleased", "we are pleased", ["pleased"]),
        ("[very] pleased", "very pleased indeed", ["very pleased"]),
        ("please [do] call", "please call", ["please call"]),
        ("interview*", "two interviews, one interviewer", ["interviews", "interviewer"]),
        ("we ... forward", "we will not be moving you forward", ["we will not be moving you forward"]),
        ("we're set", "we’re set", ["we’re set"]),
        ("cv", "my cvs", []),
        ("we ... forward", "we stop. Go forward", []),
        ("we ... forward", "we one two three four five six seven forward", []),
    ],
)
def test_a_phrase_matches_what_its_syntax_says(source, text, matched):
    assert words_matched(source, text) == matched


def test_phrases_of_languages_without_spaces_match_anywhere():
    assert words_matched("次 面接", "二次面接のご案内", spaced=False) == ["次面接"]
    assert words_matched("面接 ... 案内", "面接についてのご案内", spaced=False) == ["面接についてのご案内"]
    assert words_matched("(面接|面談)", "面談", spaced=False) == ["面談"]


def test_latin_words_of_such_languages_are_whole_words():
    assert words_matched("HR 部", "请联系HR部", spaced=False) == ["HR部"]
    assert words_matched("HR", "Chrome", spaced=False) == []


def test_a_letter_that_grows_in_small_letters_shifts_no_span():
    lexicon = lexicon_from_tables({"en": {"phrases": {"cue": ["second round"]}}}, {})
    hit = lexicon.first("cue", "İİ Second round")
    assert hit is not None
    assert (hit.words, hit.start) == ("Second round", 3)


def test_a_match_that_begins_inside_a_word_hides_none_behind_it():
    assert words_matched("we ... forward", "owe, we go forward") == ["we go forward"]


def test_mentions_agree_with_the_full_search():
    sources = ["interview*", "(next|second) round", "résumé", "view"]
    lexicon = lexicon_from_tables(
        {
            "en": {"phrases": {"cue": sources, "other": ["never"]}},
            "ja": {"spaced": False, "phrases": {"cue": ["面接"]}},
        },
        {},
    )
    for text in (
        "Interviews!",
        "a second round",
        "my RÉSUMÉ",
        "a view",
        "preview",
        "nothing",
        "面接のご案内",
        "round two",
    ):
        assert lexicon.mentions(("cue",), text) == (lexicon.first("cue", text) is not None), text
    assert not lexicon.mentions(("other", "missing"), "interview")


@pytest.mark.parametrize("source", ["", "...", "[a]", "(a||b)", "(|a)", "()", "a (b", "a ((b))", "''"])
def test_what_is_no_phrase_is_refused_with_its_text(source):
    with pytest.raises(ValueError, match="not a phrase"):
        phrase_from_source("cue", source)


def test_the_earliest_match_comes_first_and_the_longer_one_before_the_shorter():
    lexicon = lexicon_from_tables({"en": {"phrases": {"cue": ["round", "second round", "second"]}}}, {})
    hit = lexicon.first("cue", "in the second round")
    assert hit is not None
    assert (hit.words, hit.phrase, hit.start) == ("second round", "second round", 7)
    assert lexicon.first("cue", "nothing here") is None


def test_only_the_named_languages_are_searched():
    lexicon = lexicon_from_tables({"en": {"phrases": {"cue": ["gift"]}}, "de": {"phrases": {"cue": ["Gift"]}}}, {})
    assert len(list(lexicon.hits("cue", "Gift"))) == 2
    assert len(list(lexicon.hits("cue", "Gift", ["de"]))) == 1
    assert not list(lexicon.hits("cue", "Gift", ["fr"]))


def test_tables_are_kept_as_written():
    language = language_from_table("en", {"months": {"may": 5}, "phrases": {}})
    assert language.tables == {"months": {"may": 5}}


def test_the_users_own_words_are_added_to_a_category():
    lexicon = lexicon_from_tables({"en": {"phrases": {"interview": ["interview"]}}}, {"ats": ["a"]})
    richer = with_extra_words(lexicon, "interview", ["hop chat"])
    assert richer.first("interview", "our hop chat") is not None
    assert lexicon.first("interview", "our hop chat") is None
    assert richer.senders == lexicon.senders
