"""Whole short letters, for languages that have one formal letter per kind instead of banks."""

from __future__ import annotations

from collections.abc import Sequence

from mailwatch.core.compose.case import THANKING
from mailwatch.core.compose.choose import written
from mailwatch.core.compose.letters import MAY_BE_EMPTY
from mailwatch.core.compose.lint import sentences_in
from mailwatch.core.compose.situation import Situation
from mailwatch.core.compose.template import values_named
from mailwatch.core.model import Kind, Sentence


def fixed_body(situation: Situation) -> tuple[Sentence, tuple[tuple[Sentence, ...], ...]] | None:
    """(subject, paragraphs) of the language's letter for this kind; None where it has none.

    Each paragraph, and the subject, may be written in several ways: the first of which every value is known is taken,
    and a paragraph of which none is complete is left out.
    """
    letter = situation.language.fixed.get(_name_of(situation))
    if letter is None:
        return None
    subject = _first_complete(letter.subject, situation)
    paragraphs = [text for ways in letter.paragraphs if (text := _first_complete(ways, situation))]
    if not subject or not paragraphs:
        return None
    return Sentence(subject, letter.id), tuple(
        tuple(Sentence(sentence, letter.id) for sentence in sentences_in(text)) for text in paragraphs
    )


def _name_of(situation: Situation) -> str:
    if situation.kind in THANKING:
        return "chat" if situation.informational else "relay" if situation.values["names"] else "thank_you"
    if situation.kind is Kind.FOLLOW_UP:
        return f"follow_up_{min(situation.asking, 2)}"
    return situation.kind.value


def _first_complete(ways: Sequence[str], situation: Situation) -> str:
    for source in ways:
        if all(situation.values.get(name) for name in values_named(source) - MAY_BE_EMPTY):
            return written(source, situation.values, situation)
    return ""
