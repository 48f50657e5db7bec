"""`debrief --edit`: a commented form in the user's editor, inside a private folder that is emptied afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mailwatch.cli.debrief_answers import Answers, people_from_words
from mailwatch.cli.prompts import COVERED, PRIVATE_FULL, PRIVATE_QUICK, letter_questions
from mailwatch.core.model import Interview, SharedNote
from mailwatch.render.screen import shown

_FIELD = re.compile(r"(?:(\d{1,2}) )?([a-z][a-z ]{1,30}):(?:[ \t]+(.*))?$")
_PERSONAL = ("topic", "thought", "better")
_PRIVATE = {**PRIVATE_QUICK, **PRIVATE_FULL}


def form_text(interview: Interview, answers: Answers, heading: str) -> str:
    """The form, with what is known already."""
    return "\n".join(_form_lines(interview, answers, heading)) + "\n"


def _form_lines(interview: Interview, answers: Answers, heading: str) -> Iterator[str]:
    asked = letter_questions(interview.language)
    yield f"# {heading}. Lines with # are only for reading. Leave empty what you have nothing for."
    for number, person in enumerate(interview.people, 1):
        yield f"#   {number}  {shown(person.name or person.address or '', 60)}"
    yield from ("# Who was there? -2 was absent, +Name <address> was there too", f"who: {_who(interview, answers)}")
    for number, person in enumerate(interview.people, 1):
        name, note = (
            shown(person.name or person.address or "", 60),
            answers.notes.get(person.key, SharedNote(person.key)),
        )
        for field, question, known in zip(
            _PERSONAL,
            (asked.topic, asked.thought, asked.better),
            (note.topic, note.thought, note.better_answer),
            strict=True,
        ):
            yield from ("", f"# {question.replace('{name}', name)}", f"{number} {field}: {known}")
    yield from ("", f"# {asked.fit}", f"fit: {answers.fit}")
    yield from ("", "# When will they decide?", f"decide: {answers.decide_words}")
    yield from ("", f"# {COVERED}", f"covered: {answers.covered}")
    for name, question in _PRIVATE.items():
        yield from ("", f"# {question}", f"{name}: {answers.private.get(name, '')}")


def _who(interview: Interview, answers: Answers) -> str:
    numbers = [f"-{number}" for number, person in enumerate(interview.people, 1) if person.key in answers.absent]
    return " ".join([*numbers, *(f"+{name} <{address}>" for name, address in answers.added)])


def answers_from_form(text: str, interview: Interview) -> Answers:
    """What a filled form says. A line that names no field goes on with the one before it."""
    fields: dict[tuple[str, str], str] = {}
    current: tuple[str, str] | None = None
    for row in text.splitlines():
        if row.startswith("#"):
            continue
        found = _FIELD.match(row)
        if found and _is_field(found[1], found[2]):
            current = (found[1] or "", found[2])
            fields[current] = (found[3] or "").strip()
        elif current is not None and row.strip():
            fields[current] = f"{fields[current]} {row.strip()}".strip()
    return _answers(fields, interview)


def _is_field(number: str | None, name: str) -> bool:
    return name in _PERSONAL if number else name in {"who", "fit", "decide", "covered", *_PRIVATE}


def _answers(fields: Mapping[tuple[str, str], str], interview: Interview) -> Answers:
    answers = Answers()
    people_from_words(interview, fields.get(("", "who"), ""), answers)
    for number, person in enumerate(interview.people, 1):
        topic, thought, better = (fields.get((str(number), name), "") for name in _PERSONAL)
        answers.notes[person.key] = replace(SharedNote(person.key), topic=topic, thought=thought, better_answer=better)
    answers.fit, answers.decide_words = fields.get(("", "fit"), ""), fields.get(("", "decide"), "")
    answers.covered = fields.get(("", "covered"), "")
    answers.private = {name: fields.get(("", name), "") for name in _PRIVATE}
    return answers
