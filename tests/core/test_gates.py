"""Gates save work and change nothing: the same matches as trying every phrase, in time that grows with the text alone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwatch.core.gates import GatedText, gate_of
from mailwatch.core.lexicon import Language, Phrase, language_from_table, lexicon_from_tables
from mailwatch.phrases import load_lexicon

LEXICON = load_lexicon()
LENGTH = 20_000
SHAPES = 24
"""Shapes of phrases that are timed in every run; `make soak` times all of them."""
THOROUGH = settings.default.max_examples > 1000
_FILLER = ("a", "and then", ", so", "!", "\n", "the team's", "İ", "ß", "re-", "面", "x_")


@st.composite
def searches(draw: st.DrawFn) -> tuple[Language, str, str]:
    """A language, one of its categories, and a text put together from words of its phrases and others."""
    language = draw(st.sampled_from(sorted(LEXICON.languages.values(), key=lambda one: one.code)))
    category = draw(st.sampled_from(sorted(language.phrases)))
    sources = st.sampled_from(language.phrases.sources[category] or ("x",))
    words = sources.map(lambda source: re.sub(r"[()\[\]*]", "", source).replace("|", " ").replace("...", "a b"))
    parts = st.one_of(words, words.map(str.upper), words.map(lambda text: text[1:]), st.sampled_from(_FILLER))
    text = draw(st.lists(parts, max_size=8).map(draw(st.sampled_from((" ", "  ", "", "\n"))).join))
    return language, category, text


def tried_one_by_one(language: Language, category: str, text: str) -> Iterator[tuple[str, int, int]]:
    """Every match, found without any gate."""
    plain = GatedText(text).plain
    for phrase in language.phrases[category]:
        position = 0
        while match := phrase.pattern.search(plain, position):
            start, end = match.span()
            inside = language.spaced and start > 0 and (plain[start - 1].isalnum() or plain[start - 1] == "_")
            position = start + 1 if inside else max(end, start + 1)
            if not inside:
                yield phrase.source, start, end


@given(searches())
def test_a_gated_search_finds_what_trying_every_phrase_finds(search):
    language, category, text = search
    found = [(hit.phrase, hit.start, hit.end) for hit in LEXICON.hits(category, text, (language.code,))]
    assert found == list(tried_one_by_one(language, category, text))
    assert not found or category in LEXICON.that_may_occur(LEXICON.categories, text, (language.code,))


def test_a_category_asked_for_later_is_found_in_a_text_already_looked_up():
    lexicon = lexicon_from_tables({"en": {"phrases": {"one": ["first"], "other": ["second"], "no": []}}}, {})
    text = "the first and the second"
    assert [hit.words for hit in lexicon.hits("one", text)] == ["first"]
    assert [hit.words for hit in lexicon.hits("other", text)] == ["second"]
    assert lexicon.that_may_occur(("other", "no", "missing", "one"), text) == ["other", "one"]
    assert lexicon.that_may_occur(("one",), text, ("fr",)) == []
    assert not list(lexicon.hits("missing", text))


@pytest.mark.parametrize(("source", "text"), [("e-mail", "an e-mail"), ("x*", "xylophone"), ("$ five", "only $ five")])
def test_short_and_odd_beginnings_are_found_too(source, text):
    lexicon = lexicon_from_tables({"en": {"phrases": {"cue": [source]}}}, {})
    assert lexicon.first("cue", text) is not None


def test_a_gate_is_the_longest_run_of_each_alternative():
    gate = gate_of("next week|interview*|we're", spaced=True)
    assert (gate.words, gate.stems) == ({"next", "we"}, ("interview",))
    assert gate_of("面接", spaced=False).stems == ("面接",)


def shapes() -> dict[str, tuple[Language, Phrase]]:
    """One phrase of each shape: expressions that differ in their words alone take the same way through a text."""
    found: dict[str, tuple[Language, Phrase]] = {}
    for language in LEXICON.languages.values():
        for category in language.phrases:
            for phrase in language.phrases[category]:
                words = re.sub(r"[^\s()\[\]|*.]+", "w", phrase.source)
                shape = re.sub(r"w(?:[ |]w)+", "w", re.sub(r"w\*(?=\||\))", "w", words))
                found.setdefault(f"{language.spaced} {shape}", (language, phrase))
    return found


def worst_texts(source: str) -> Iterator[str]:
    """Texts in which a search gets far and fails often."""
    words = re.sub(r"[()\[\]*]", "", source.replace("|", " ")).split()
    words = [word if word != "..." else "a b c d e f" for word in words]
    nearly = " ".join(words[:-1] or words) + " "
    yield from (nearly * (LENGTH // len(nearly)), f"{words[0]} " * (LENGTH // (len(words[0]) + 1)))
    yield f"{words[0]} {'x' * LENGTH}"
    yield words[0] + " " * LENGTH


def seconds_for(language: Language, category: str, source: str, text: str) -> float:
    """The least CPU time of looking for one phrase in a text that nothing is known of."""
    table = {"spaced": language.spaced, "phrases": {category: [source]}}
    one = language_from_table(language.code, table).phrases
    best = 1.0
    for _ in range(2):
        begun = time.process_time()
        gated = GatedText(text)
        for phrase in one.that_may_match(category, gated):
            sum(1 for _ in phrase.pattern.finditer(gated.plain))
        best = min(best, time.process_time() - begun)
    return best


def test_each_pattern_takes_linear_time():
    every = list(shapes().values())
    for language, phrase in every if THOROUGH else every[:: len(every) // SHAPES]:
        for text in worst_texts(phrase.source):
            for _ in range(4):
                once = max(seconds_for(language, phrase.category, phrase.source, text), 0.004)
                ratio = seconds_for(language, phrase.category, phrase.source, text * 2) / once
                if ratio <= 2.5:
                    break
            assert ratio <= 2.5, (phrase.source, text[:60], ratio)
