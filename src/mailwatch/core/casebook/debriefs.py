"""Debriefs → interviews: who was really there, in the user's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailwatch.core.casebook.names import same_full_name
from mailwatch.core.model import Address, Debrief, Doubt, Interview, Person


def with_debriefs(interviews: Iterable[Interview], debriefs: Sequence[Debrief]) -> tuple[Interview, ...]:
    """The interviews with the people whom a debrief adds. Who was absent stays named: decide says why nothing is due."""
    return tuple(_with_added(interview, debriefs) for interview in interviews)


def _with_added(interview: Interview, debriefs: Sequence[Debrief]) -> Interview:
    people = list(interview.people)
    for debrief in debriefs:
        if not debrief.evidence & interview.anchors:
            continue
        for name, address in debrief.added:
            learn(people, name, address, source="debrief")
        people = [replace(person, doubt=Doubt.NONE) if _was_met(person, debrief) else person for person in people]
    if tuple(people) == interview.people:
        return interview
    sessions = interview.sessions
    if len(sessions) == 1:
        sessions = (replace(sessions[0], people=tuple(people)),)
    return replace(interview, people=tuple(people), sessions=sessions)


def _was_met(person: Person, debrief: Debrief) -> bool:
    """Did the user write something for this guest, whom nothing else shows to belong there?"""
    written = {note.person for note in debrief.notes if note.topic or note.thought or note.better_answer}
    return person.doubt is Doubt.STRANGER and bool({person.key, person.name} & written)


def learn(people: list[Person], name: str, address: str, *, source: str) -> None:
    """Add a person, or give the address to the one who is known by that name: what the user says wins."""
    for index, person in enumerate(people):
        if address and person.address == address:
            people[index] = replace(person, doubt=Doubt.NONE)
            return
        if name and same_full_name(person.name, name):
            if address:
                people[index] = replace(person, address=Address(address), source=source, doubt=Doubt.NONE)
            return
    people.append(Person(name, Address(address) if address else None, source=source))


def absent(person: Person, interview: Interview, debriefs: Iterable[Debrief]) -> bool:
    """Does a debrief of this interview say that the person was not there?"""
    names = [name for debrief in debriefs if debrief.evidence & interview.anchors for name in debrief.absent]
    return any(name == person.address or same_full_name(name, person.name) or name == person.name for name in names)
