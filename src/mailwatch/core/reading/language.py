"""The language of a text: its script first, then its small words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from mailwatch.core.lexicon import Lexicon

SAMPLE = 4_000
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:['’][^\W\d_]+)?(?!\w)")
_ADDRESS = re.compile(r"\S*(?:://|@|www\.)\S*")
"""Links and mail addresses, whose letters are no words of any language ("/meet/997-e-69")."""
_SPANISH = re.compile("[¿¡]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MINGLED = 0.35
"""A second language counts when it has this share of the first one's small words."""


@lru_cache(maxsize=32)
def languages_of(text: str, lexicon: Lexicon, preferred: tuple[str, ...] = ("en",)) -> tuple[str, ...]:
    """The languages of a text, the main one first; a second one only where much of the text is in it.

    Args:
        text: its first 4,000 characters are looked at.
        lexicon: each language's `[stopwords]`.
        preferred: the user's languages: they win a tie, and the first one stands where nothing tells.
    """
    sample = text[:SAMPLE]
    scores = _scores(sample, lexicon)
    ranked = sorted(scores, key=lambda code: (-scores[code], _rank(code, preferred), code))
    found = [code for code in ranked if scores[code] > 0]
    if not found:
        return (next((code for code in preferred if code in lexicon.languages), "en"),)
    return tuple(code for code in found[:3] if scores[code] >= _MINGLED * scores[found[0]])


def _scores(sample: str, lexicon: Lexicon) -> dict[str, float]:
    scores: dict[str, float] = {}
    counted = Counter(word.casefold().replace("’", "'") for word in _WORD.findall(_ADDRESS.sub(" ", sample)))
    for code, language in lexicon.languages.items():
        words: Iterable[str] = language.tables.get("stopwords", {}).get("words", ())
        if language.spaced:
            scores[code] = sum(counted[word] for word in words if word in counted)
    scores["es"] = scores.get("es", 0.0) + len(_SPANISH.findall(sample))
    han, kana = len(_HAN.findall(sample)), len(_KANA.findall(sample))
    scores["ja"] = (han + kana) / 2 if kana * 8 >= han and kana >= 3 else 0
    scores["zh"] = han / 2 if kana * 8 < han else 0
    return {code: score for code, score in scores.items() if code in lexicon.languages}


def _rank(code: str, preferred: Sequence[str]) -> int:
    return preferred.index(code) if code in preferred else len(preferred)
