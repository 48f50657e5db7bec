"""No phrase is dead: each, written out with every one of its words in turn, is found in a text that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from mailwatch.phrases import load_lexicon

LEXICON = load_lexicon()
CODES = sorted(LEXICON.languages)
_PIECE = re.compile(r"\(([^()]*)\)|\[[^\[\]]*\] ?|\.\.\.|[^()\[\].]+|\.")


def written_out(source: str, *, spaced: bool) -> Iterator[str]:
    """Texts that a phrase means: each word of each choice once, what may be missing left out, one word in a gap."""
    between = "something" if spaced else "あ"
    pieces = list(_PIECE.finditer(source))
    choices = [match[1].split("|") if match[1] is not None else [_plain(match[0], between)] for match in pieces]
    first = [options[0] for options in choices]
    for place, options in enumerate(choices):
        for option in options if len(options) > 1 or place == 0 else ():
            text = "".join(option if at == place else one for at, one in enumerate(first))
            yield " ".join(_example(text).split())


def _plain(piece: str, between: str) -> str:
    if piece == "...":
        return between
    return "" if piece.startswith("[") else piece


def _example(text: str) -> str:
    """One of the texts that a bit of syntax stands for: "interview*" → "interviews"; "[0-9]" was left out before."""
    return text.replace("*", "s").replace("...", " ")


@pytest.mark.parametrize("code", CODES)
def test_every_word_of_every_phrase_can_be_found(code: str) -> None:
    language = LEXICON.languages[code]
    spaced = code not in {"ja", "zh"}
    dead = []
    for category in language.phrases:
        for phrase in language.phrases[category]:
            missing = [
                text
                for text in written_out(phrase.source, spaced=spaced)
                if not phrase.pattern.search(f" {text.lower()} ".replace("’", "'"))
            ]
            if missing:
                dead.append((category, phrase.source[:60], missing[:2]))
    assert dead == []
