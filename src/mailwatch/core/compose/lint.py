"""What a letter must not do: the rules of style, as functions on text.

The composer chooses among sentences so that a letter breaks none of them; the tests run them over every sentence of
the banks and over whole letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MAX_THANKS = 2
SENTENCE_WORDS = (5, 30)
LONG_WORD = 7
SHARED_RUN = 3

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")  # "l’échange" is two
_SPLIT = re.compile(r"(?<=[.!?…])[\"”»’)]?\s+(?=[\"“„«¿¡(]?[^\W\d_])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|Dr|Mr|Mrs|Ms|St|Nr|No|Prof|Sr|Sra|Mme|M|bzw|ca|usw|etc|z|B|d|h)\.$|\d\.$"
)


def sentences_in(text: str) -> tuple[str, ...]:
    """The sentences of one paragraph; "Dr." and "3. November" end none."""
    found: list[str] = []
    start = 0
    for gap in _SPLIT.finditer(text):
        if not _ABBREVIATION.search(text[start : gap.start()][-8:]):
            found.append(text[start : gap.end()].strip())
            start = gap.end()
    return (*found, text[start:].strip()) if text[start:].strip() else tuple(found)


def word_count(text: str) -> int:
    """How many words a text has."""
    return len(_WORD.findall(text))


def thanks_in(text: str, lint: Mapping[str, Any]) -> int:
    """How often a text thanks."""
    stems = tuple(lint["thanks"])
    return sum(word.casefold().startswith(stems) for word in _WORD.findall(text))


def begins_with_i(sentence: str, lint: Mapping[str, Any]) -> bool:
    """The sentence begins with the writer."""
    first = _WORD.search(sentence)
    return first is not None and first.group().replace("’", "'").casefold() in lint["i"]


def style_problems(
    sentence: str, lint: Mapping[str, Any], *, chasing: bool = False, formal: bool = False
) -> tuple[str, ...]:
    """Why a sentence of a bank can't stand in any letter: length, worn phrases, relative days, gendered forms.

    Args:
        sentence: rendered, not a template.
        lint: the language's `[words.lint]`.
        chasing: it belongs to a follow-up, where some words sound like a reproach.
        formal: it may be used in the formal tone.
    """
    found: list[str] = []
    count = word_count(sentence)
    if not SENTENCE_WORDS[0] <= count <= SENTENCE_WORDS[1]:
        found.append(f"{count} words")
    lowered = f" {' '.join(word.casefold().replace('’', chr(39)) for word in _WORD.findall(sentence))} "
    banned = [
        *lint["banned"],
        *lint["relative_days"],
        *lint["gendered"],
        *(lint["banned_in_follow_up"] if chasing else ()),
    ]
    found += [f"“{phrase}”" for phrase in banned if _holds(lowered, phrase)]
    if "!" in sentence:
        found.append("an exclamation mark")
    if formal and any(f"'{ending} " in lowered for ending in lint["contractions"]):
        found.append("a contraction in the formal tone")
    return tuple(found)


def _holds(lowered: str, phrase: str) -> bool:
    """A phrase of whole words; one that ends in * may go on."""
    return f" {phrase[:-1]}" in lowered if phrase.endswith("*") else f" {phrase} " in lowered


def weightless(names: Sequence[str], free: str, words: Mapping[str, Any]) -> frozenset[str]:
    """Words that mark nothing: the language's function words, names, and what may stand as often as it likes.

    Args:
        names: the role and the company.
        free: people's names, days.
        words: the language's facts.
    """
    named = (word.casefold() for word in _PART.findall(" ".join([*names, free])))
    return frozenset([*words["own"]["function_words"], *named])


def marks_of(text: str, names: Sequence[str], empty: frozenset[str], words: Mapping[str, Any]) -> frozenset[str]:
    """What a reader would notice if another sentence of the same letter had it too.

    Long words, the short ones that the language lists as `once`, telling runs of three words, and the names. Two sentences of the bank that share a mark repeat each
    other.

    Args:
        text: a sentence of the bank, without the user's own words.
        names: the role and the company: each is named once.
        empty: words that mark nothing: runs of them and of thanks alone tell nothing.
        words: the language's facts.
    """
    once = words["lint"]["once"]
    stems = tuple(words["lint"]["thanks"])
    found = [word.casefold() for word in _PART.findall(text)]
    runs = zip(*(found[start:] for start in range(SHARED_RUN)), strict=False)
    telling = (run for run in runs if any(word not in empty and not word.startswith(stems) for word in run))
    long_words = (word for word in found if word in once or (len(word) >= LONG_WORD and word not in empty))
    return frozenset([*long_words, *map(" ".join, telling), *(name for name in names if name and name in text)])


def too_much_i(sentences: Iterable[str], lint: Mapping[str, Any]) -> bool:
    """More than half of the sentences begin with the writer."""
    marks = [begins_with_i(sentence, lint) for sentence in sentences]
    return 2 * sum(marks) > len(marks)


def overlap(one: str, other: str, size: int = 5) -> float:
    """The share of common word runs in the shorter of two texts, between 0 and 1."""
    first, second = _runs(one, size), _runs(other, size)
    smaller = min(len(first), len(second))
    return len(first & second) / smaller if smaller else 0.0


def _runs(text: str, size: int) -> set[tuple[str, ...]]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}
