"""Subjects: a reply keeps its parent's; a new letter names what the user remembers, else the role or the day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mailwatch.core.compose.case import THANKING
from mailwatch.core.compose.choose import Chooser
from mailwatch.core.compose.situation import Situation
from mailwatch.core.compose.template import first_upper
from mailwatch.core.compose.words import OwnWords
from mailwatch.core.model import Kind, Sentence
from mailwatch.core.text import bare_subject, one_line

LIMIT = 60
SHORT = 52
PARENT_LIMIT = 250

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_BANKS = {
    Kind.FOLLOW_UP: "subject.chase",
    Kind.WITHDRAWAL: "subject.withdraw",
    Kind.DECLINE: "subject.decline",
    Kind.THANKS_ANYWAY: "subject.anyway",
    Kind.DEADLINE: "subject.deadline",
}


def reply_subject(parent: str) -> str:
    """The parent's subject without its own marks, after "Re:"; "" where the parent has none."""
    bare = one_line(bare_subject(one_line(parent)), PARENT_LIMIT)
    return f"Re: {bare}" if bare else ""


def new_subject(chooser: Chooser, taken: frozenset[str]) -> Sentence | None:
    """The subject of a letter that begins a thread, with its source; at most 60 characters, none that is taken."""
    situation = chooser.situation
    if situation.kind in THANKING and "topic" in situation.own:
        named = subject_from_topic(situation.own["topic"], situation)
        if named and named not in taken:
            return Sentence(named, "debrief.topic as subject")
    bank = _BANKS.get(situation.kind, "subject.chat" if situation.informational else "subject.bare")
    pieces = [piece for piece in chooser.pieces(bank) if len(piece.text) <= LIMIT]
    free = [piece for piece in pieces if piece.text not in taken] or pieces
    return free[0].sentences[0] if free else None


def subject_from_topic(words: OwnWords, situation: Situation) -> str:
    """What the user remembers, as a short subject: "Your Friday routine"; "" where it can't be cut cleanly.

    Nothing is re-inflected: the subject is the beginning of the user's phrase, cut before a clause or a preposition.
    A thing said ("your point that …") gets the day instead of its clause.
    """
    facts: Mapping[str, Any] = situation.language.words["subject"]
    if words.form == "how":
        return first_upper(words.text) if len(words.text) <= SHORT else ""
    found = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(words.text)]
    if (
        not found
        or found[0][0].casefold() not in facts["possessives"]
        or words.form in {"sentence", "that", "accusative"}
    ):
        return ""
    end = _phrase_end(words.text, found, facts)
    phrase = [match for match in found if match[2] <= end]
    while len(words.text[: phrase[-1][2]]) > SHORT and _last_preposition(phrase, facts):
        phrase = _unhung(phrase[: _last_preposition(phrase, facts)], facts)
    head = {word.casefold() for word, _, _ in phrase[1:]}
    text = words.text[: phrase[-1][2]]
    if len(phrase) < 2 or len(text) > SHORT or head & set(facts["vague_heads"]):
        return ""
    if len(phrase) == 2 and phrase != found:  # "your rule that …": what is left says too little by itself
        of_day = situation.values["of_day"]
        said = head & set(facts["speech_heads"]) and of_day
        text = facts["with_day"].replace("{head}", text).replace("{of_day}", of_day) if said else ""
    return first_upper(text)


def _phrase_end(text: str, found: list[tuple[str, int, int]], facts: Mapping[str, Any]) -> int:
    """Where the first phrase ends: before a clause, a verb or a punctuation mark, and not on a preposition."""
    stop = re.search(r"[,;:.!?()“”\"–—]", text)
    limit = stop.start() if stop else len(text)
    for word, start, _ in found[1:]:
        if start < limit and word.casefold() in facts["cut_before"]:
            limit = start
            break
    phrase = _unhung([match for match in found if match[2] <= limit], facts)
    return phrase[-1][2] if phrase else 0


def _unhung(phrase: list[tuple[str, int, int]], facts: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """The phrase without prepositions and articles that hang at its end."""
    while len(phrase) > 1 and phrase[-1][0].casefold() in facts["prepositions"]:
        phrase = phrase[:-1]
    return phrase


def _last_preposition(phrase: list[tuple[str, int, int]], facts: Mapping[str, Any]) -> int:
    places = [index for index, (word, _, _) in enumerate(phrase) if word.casefold() in facts["prepositions"]]
    return places[-1] if places else 0
