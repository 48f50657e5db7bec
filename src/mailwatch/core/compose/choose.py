"""Which sentences a letter gets: by constraint first, then in an order drawn from a hash of (user, obligation).

The same letter always gets the same sentences. A sentence that somebody at that employer has had before is not used
again, and each user draws on a personal half of the bank as long as it lasts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from mailwatch.core.compose.debriefs import fit_source
from mailwatch.core.compose.letters import Entry
from mailwatch.core.compose.lint import (
    MAX_THANKS,
    marks_of,
    sentences_in,
    thanks_in,
    too_much_i,
    weightless,
    word_count,
)
from mailwatch.core.compose.shapes import Shape, limits_for, shapes_for
from mailwatch.core.compose.situation import Situation
from mailwatch.core.compose.template import rendered
from mailwatch.core.compose.words import OwnWords
from mailwatch.core.model import Sentence

CHOICES = 16
STEPS = 2_000
USED_MARK = " + "


@dataclass(frozen=True, slots=True)
class Piece:
    """One filled slot: its sentences with their sources, and the part of them that comes from the bank.

    bank_id: "" for the user's own words alone.
    """

    sentences: tuple[Sentence, ...]
    bank_id: str = ""
    bank_text: str = ""

    @property
    def text(self) -> str:
        """The sentences in a row."""
        return " ".join(sentence.text for sentence in self.sentences)


Body = tuple[tuple[Piece, ...], ...]
"""Paragraphs of pieces."""


@dataclass(frozen=True, slots=True)
class _Option:
    """A piece that may fill a slot, with what it weighs."""

    piece: Piece
    words: int
    thanks: int
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The first slots of a letter, filled, with what they weigh together."""

    pieces: tuple[Piece, ...]
    words: int
    thanks: int
    marks: frozenset[str]

    def with_one(self, option: _Option) -> _Chosen | None:
        """One slot more; None where the new piece repeats an earlier one."""
        if not self.marks.isdisjoint(option.marks):
            return None
        return _Chosen(
            (*self.pieces, option.piece),
            self.words + option.words,
            self.thanks + option.thanks,
            self.marks | option.marks,
        )


@dataclass(frozen=True, slots=True)
class Chooser:
    """Fills the slots of one letter.

    used:  bank ids and other sources that are taken. avoid: is there a reason not to use this sentence?
    frame: greeting, sign-off and name: they count as words and as thanks.
    """

    situation: Situation
    used: frozenset[str]
    avoid: Callable[[str], bool]
    frame: str

    def body(self) -> Body:
        """The best body: the first shape, and in it the first choice, that keeps every rule of style."""
        low, high = limits_for(self.situation)
        fallbacks: list[tuple[int, int, Body]] = []
        options = self._options()
        for index, shape in enumerate(shapes_for(self.situation)):
            body = next(self._bodies(shape, options, low, high), None)
            if body is not None:
                return body
            loose = next(self._bodies(shape, options, 0, 10_000), None)
            if loose is not None:
                count = self._count(loose)
                fallbacks.append((max(low - count, count - high, 0), index, loose))
        return min(fallbacks, key=lambda item: item[:2])[2] if fallbacks else ()

    def _count(self, body: Body) -> int:
        return word_count(self.frame) + sum(word_count(piece.text) for paragraph in body for piece in paragraph)

    def _options(self) -> Callable[[str], list[_Option]]:
        """What may fill a slot, weighed once for all shapes."""
        values, words = self.situation.values, self.situation.language.words
        arranged = ("the_talks",) if self.situation.opening == "opening.setup" else ()  # nobody else's letter prints it
        free = " ".join(values[name] for name in ("names", "days", "date", "on_day", *arranged))
        empty = weightless((values["role"], values["company"]), free, words)

        @cache
        def options(slot: str) -> list[_Option]:
            return [self._weighed(piece, empty) for piece in self.pieces(slot)[:CHOICES]]

        return options

    def _bodies(self, shape: Shape, options_for: Callable[[str], list[_Option]], low: int, high: int) -> Iterator[Body]:
        """Bodies of one shape that keep the rules, in order of preference; gives up after STEPS steps."""
        filled = [[found for slot in paragraph if (found := options_for(slot))] for paragraph in shape]
        options = [found for paragraph in filled for found in paragraph]
        thanks = self._thanks_allowed()
        reach = [sum(max(one.words for one in found) for found in options[start:]) for start in range(len(options) + 1)]
        waiting = [_Chosen((), word_count(self.frame), thanks_in(self.frame, self._lint), frozenset())]
        for _ in range(STEPS):
            if not waiting:
                return
            chosen = waiting.pop()
            if len(chosen.pieces) == len(options):
                if chosen.pieces and chosen.words >= low and self._balanced(chosen):
                    yield _paragraphs(chosen, [len(paragraph) for paragraph in filled])
                continue
            if chosen.words + reach[len(chosen.pieces)] < low:
                continue  # even the longest pieces would leave the letter too short
            grown = (chosen.with_one(option) for option in reversed(options[len(chosen.pieces)]))
            waiting.extend(one for one in grown if one is not None and one.words <= high and one.thanks <= thanks)

    @property
    def _lint(self) -> Mapping[str, Any]:
        lint: Mapping[str, Any] = self.situation.language.words["lint"]
        return lint

    def _weighed(self, piece: Piece, empty: frozenset[str]) -> _Option:
        values, words = self.situation.values, self.situation.language.words
        marks = marks_of(piece.bank_text, (values["role"], values["company"]), empty, words)
        return _Option(piece, word_count(piece.text), thanks_in(piece.text, self._lint), marks)

    def _thanks_allowed(self) -> int:
        """Two, and what the user's own words and a relay's request hold besides."""
        own = [*self.situation.own.values(), *(words for _, words in self.situation.lines)]
        return MAX_THANKS + sum(thanks_in(words.text, self._lint) for words in own)

    def _balanced(self, chosen: _Chosen) -> bool:
        return not too_much_i([sentence.text for piece in chosen.pieces for sentence in piece.sentences], self._lint)

    def pieces(self, slot: str) -> list[Piece]:
        """What may fill a slot, best first; empty where the slot is to be left out."""
        own = self.situation.own
        if slot in {"topic", "thought"}:
            return self._framed(slot, slot, own.get(slot))
        if slot == "fit":
            return self._framed("fit.frame", "fit", own.get("fit"))
        if slot == "better":
            return self._better(own.get("better"))
        if slot.startswith("relay.line:"):
            name, words = self.situation.lines[int(slot.partition(":")[2])]
            return self._from_bank("relay.line", {"name": name, "topic": words.text}, words.form, "debrief.topic")
        if slot == "relay.ask" and not self.situation.values["names"]:
            return []
        return self._from_bank(slot, {}, "", "")

    def _framed(self, slot: str, field: str, words: OwnWords | None) -> list[Piece]:
        """The user's words: a sentence alone, a phrase in a frame."""
        if words is None:
            return []
        source = fit_source(words.text) if field == "fit" else f"debrief.{field}"
        if words.form == "sentence":
            return [Piece(tuple(Sentence(text, source) for text in sentences_in(words.text)))]
        return self._from_bank(slot, {field: words.text}, words.form, source)

    def _better(self, words: OwnWords | None) -> list[Piece]:
        if words is None:
            return []
        source = "debrief.better_answer"
        if words.form != "sentence":
            return self._from_bank("better.frame", {"answer": words.text}, words.form, source)
        answer = tuple(Sentence(text, source) for text in sentences_in(words.text))
        asked = tuple(self.situation.language.words["own"]["asked"])
        if words.text.casefold().startswith(asked):
            return [Piece(answer)]
        leads = self._from_bank("better.lead", {}, "", "")
        return [Piece((*lead.sentences, *answer), lead.bank_id, lead.bank_text) for lead in leads] or [Piece(answer)]

    def _from_bank(self, slot: str, more: dict[str, str], form: str, source: str) -> list[Piece]:
        situation = self.situation
        values = {**situation.values, **more}
        traits = {**situation.traits, "form": form, "count": situation.counts.get(slot, "none")}
        fitting = [entry for entry in self._in_order(slot) if entry.fits(traits, values)]
        fresh = [entry for entry in fitting if entry.id not in self.used]
        if not fresh and slot in _NEEDED:
            fresh = fitting
        pieces = (self._piece(entry, values, source) for entry in fresh)
        return [piece for piece in pieces if not self.avoid(piece.text)]

    def _in_order(self, slot: str) -> list[Entry]:
        """The bank of a slot: the user's own half first, each half in the order drawn for this letter."""
        bank = self.situation.language.banks.get(slot, ())
        user = self.situation.user
        by_user = sorted(bank, key=lambda entry: _digest(user, entry.id))
        half = {entry.id for entry in by_user[: (len(bank) + 1) // 2]}
        return sorted(bank, key=lambda entry: (entry.id not in half, _digest(self.situation.seed, entry.id)))

    def _piece(self, entry: Entry, values: dict[str, str], source: str) -> Piece:
        text = written(entry.source, values, self.situation)
        named = USED_MARK.join([entry.id, *([source] if source else []), *_value_sources(entry)])
        whole = bool(source)  # a frame and the words in it are one sentence, however many stops the words have
        parts = (text,) if whole else sentences_in(text)
        own = not entry.needs.isdisjoint(_OWN_VALUES)
        without = written(entry.source, {**values, **dict.fromkeys(_OWN_VALUES, "…")}, self.situation) if own else text
        return Piece(tuple(Sentence(part, named) for part in parts), entry.id, without)


_NEEDED = frozenset(
    {
        "opening.short", "opening.bare", "opening.again", "opening.late", "opening.recruiter", "opening.setup", "opening.chat",
        "chase.you", "chase.date", "chase.spoke", "chase.met", "chase.question", "second.opening", "second.exit",
        "withdraw.decision", "withdraw.freed", "decline.decision", "anyway.opening", "deadline.news", "deadline.question",
        "relay.ask", "relay.line", "subject.bare", "subject.chat", "subject.chase", "subject.withdraw", "subject.decline",
        "subject.anyway", "subject.deadline",
    }
)  # fmt: skip
"""Slots without which a letter says nothing: when every sentence has been used at an employer, one is used again."""

_OWN_VALUES = ("topic", "thought", "answer", "fit")
_VALUE_SOURCES = {
    "on_day": "interview day", "of_day": "interview day", "weekday": "interview day", "the_role": "role", "of_role": "role",
    "to_role": "role", "role": "role", "company": "company", "names": "people", "name": "people", "date": "date named",
    "days": "interviews planned", "the_talks": "interview",
}  # fmt: skip


def _value_sources(entry: Entry) -> list[str]:
    named = [_VALUE_SOURCES[name] for name in sorted(entry.needs) if name in _VALUE_SOURCES]
    if "at_company" in entry.source:
        named.append("company")
    return list(dict.fromkeys(named))


def written(source: str, values: Mapping[str, str], situation: Situation) -> str:
    """A template's text in the language's own spelling."""
    return rendered(situation.language.spelled(source, swiss=situation.swiss), values)


def used_ids(sources: Sequence[str]) -> frozenset[str]:
    """What stands in the way of using a sentence again, from the sources of letters written before."""
    return frozenset(part for source in sources for part in source.split(USED_MARK) if "." in part)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def _paragraphs(chosen: _Chosen, lengths: Sequence[int]) -> Body:
    """The pieces in paragraphs of these lengths; an empty one falls away."""
    pieces = iter(chosen.pieces)
    return tuple(tuple(islice(pieces, length)) for length in lengths if length)
