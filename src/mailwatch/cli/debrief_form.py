"""`debrief --edit`: a commented form in the user's editor, inside a private folder that is emptied afterwards."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from mailwatch.cli.debrief_answers import Answers, LetterTalk, not_understood, people_from_words
from mailwatch.cli.prompts import COVERED
from mailwatch.core.model import Interview, SharedNote
from mailwatch.render.screen import shown

_FIELD = re.compile(r"(?:(\d{1,2}) )?([^\W\d_][\w -]{1,40}):(?:[ \t]+(.*))?$")
_PERSONAL = ("topic", "thought", "better")
_SHARED = ("who", "fit", "decide", "covered")


def form_text(
    interview: Interview, answers: Answers, heading: str, private: Mapping[str, str], talk: LetterTalk
) -> str:
    """The form, with what is known already.

    Args:
        interview: whom it asks about.
        answers: what is known already.
        heading: its first line.
        talk: in which words it asks.
        private: the questions that are only for the user, by the names of their notes.
    """
    return "\n".join(_form_lines(interview, answers, heading, private, talk)) + "\n"


def _form_lines(
    interview: Interview, answers: Answers, heading: str, private: Mapping[str, str], talk: LetterTalk
) -> Iterator[str]:
    yield f"# {heading}. Lines with # are only for reading. Leave empty what you have nothing for."
    for number, person in enumerate(interview.people, 1):
        yield f"#   {number}  {shown(person.name or person.address or '', 60)}"
    yield from ("# Who was there? -2 was absent, +Name <address> was there too", f"who: {_who(interview, answers)}")
    for number, person in enumerate(interview.people, 1):
        name, note = (
            shown(person.name or person.address or "", 60),
            answers.notes.get(person.key, SharedNote(person.key)),
        )
        asked = talk.questions(person)
        for field, question, known in zip(
            _PERSONAL,
            (asked.topic, asked.thought, asked.better),
            (note.topic, note.thought, note.better_answer),
            strict=True,
        ):
            yield from ("", f"# {question.replace('{name}', name)}", f"{number} {field}: {known}")
    yield from ("", f"# {talk.questions().fit}", f"fit: {answers.fit}")
    yield from ("", "# When will they decide?", f"decide: {answers.decide_words}")
    yield from ("", f"# {COVERED}", f"covered: {answers.covered}")
    for name, question in private.items():
        yield from ("", f"# {question}", f"{name}: {answers.private.get(name, '')}")


def _who(interview: Interview, answers: Answers) -> str:
    numbers = [f"-{number}" for number, person in enumerate(interview.people, 1) if person.key in answers.absent]
    return " ".join([*numbers, *(f"+{name} <{address}>" for name, address in answers.added)])


def answers_from_form(text: str, interview: Interview, private: Collection[str]) -> Answers:
    """What a filled form says. A line that names no field goes on with the one before it."""
    known = {*_SHARED, *private}
    fields: dict[tuple[str, str], str] = {}
    current: tuple[str, str] | None = None
    for row in text.splitlines():
        if row.startswith("#"):
            continue
        found = _FIELD.match(row)
        if found and found[2] in (_PERSONAL if found[1] else known):
            current = (found[1] or "", found[2])
            fields[current] = (found[3] or "").strip()
        elif current is not None and row.strip():
            fields[current] = f"{fields[current]} {row.strip()}".strip()
    return _answers(fields, interview, private)


def _answers(fields: Mapping[tuple[str, str], str], interview: Interview, private: Collection[str]) -> Answers:
    answers = Answers()
    who = fields.get(("", "who"), "")
    people_from_words(interview, who, answers)
    answers.puzzling = not_understood(interview, who)
    for number, person in enumerate(interview.people, 1):
        topic, thought, better = (fields.get((str(number), name), "") for name in _PERSONAL)
        answers.notes[person.key] = replace(SharedNote(person.key), topic=topic, thought=thought, better_answer=better)
    answers.fit, answers.decide_words = fields.get(("", "fit"), ""), fields.get(("", "decide"), "")
    answers.covered = fields.get(("", "covered"), "")
    answers.private = {name: fields.get(("", name), "") for name in private}
    return answers
