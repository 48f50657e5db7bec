"""The user's word about what took or takes place, who was there, and what firm and job are called.

Such a mark is a fact beside the mail. It names evidence, never a conclusion: whatever a new reading makes of the mail,
the mark speaks of the same messages and calendar objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mailwatch.core.casebook.debriefs import learn
from mailwatch.core.casebook.names import same_full_name
from mailwatch.core.casebook.traces import AddressBook, Trace
from mailwatch.core.ids import told_id
from mailwatch.core.model import (
    Address,
    Application,
    Appointment,
    Direction,
    Evidence,
    Interview,
    Mark,
    MarkKind,
    Me,
    Meeting,
    MeetingState,
    MessageId,
    MessageKind,
    Named,
    Person,
    PersonMention,
    PersonPart,
    Reading,
)

TOLD = "told"
"""The rule behind everything that the user said."""


def traces_from_marks(marks: Iterable[Mark], me: Me, book: AddressBook) -> Iterator[Trace]:
    """The appointments that the user told us of, as if a calendar object had said so."""
    for mark in marks:
        if mark.kind is MarkKind.ADDED and mark.appointment is not None:
            yield _trace(mark, mark.appointment, me, book)


def _trace(mark: Mark, told: Appointment, me: Me, book: AddressBook) -> Trace:
    source = told_id(mark.id)
    evidence = (Evidence(source, TOLD, told.words),)
    people = tuple(
        PersonMention(name, Address(address) if address else None, part=PersonPart.INTERVIEWER, source=TOLD)
        for name, address in told.people
    )
    meeting = Meeting(
        MeetingState.CONFIRMED,
        told.start,
        told.end,
        zone=told.zone,
        uid=source,
        people=people,
        medium=told.medium,
        previous_start=told.previous,
        evidence=evidence,
    )
    addresses = {Address(address) for _, address in told.people if address}
    return Trace(
        source=source,
        at=mark.at,
        reading=Reading(
            message=MessageId(source),
            kind=MessageKind.INTERVIEW_CONFIRMED,
            direction=Direction.CANDIDATE,
            language=me.languages[0] if me.languages else "en",
            meetings=(meeting,),
            companies=(Named(told.company, TOLD, 1.0),) if told.company else (),
            roles=(Named(told.role, TOLD, 1.0),) if told.role else (),
            evidence=evidence,
        ),
        theirs=frozenset(address for address in addresses if book.is_person(address)),
        firms=frozenset(firm for address in addresses if (firm := book.firm(address))),
    )


def as_told(application: Application, marks: Iterable[Mark]) -> Application:
    """The application with the names that the user gave employer and job, and the people of its interviews."""
    evidence = frozenset[str](application.messages).union(*(one.anchors for one in application.interviews))
    ours = sorted((mark for mark in marks if mark.evidence & evidence), key=lambda mark: mark.at)
    for mark in ours:
        if mark.kind is MarkKind.COMPANY:
            application = replace(application, company=mark.value)
        elif mark.kind is MarkKind.ROLE:
            application = replace(application, role=mark.value)
    return application


def with_people_told(interviews: Sequence[Interview], marks: Iterable[Mark]) -> tuple[Interview, ...]:
    """The interviews with the people whom the user put there, and without those whom the user took away."""
    told = sorted((mark for mark in marks if mark.kind in _ABOUT_PEOPLE), key=lambda mark: mark.at)
    return tuple(_with_people(one, [mark for mark in told if mark.evidence & one.anchors]) for one in interviews)


_ABOUT_PEOPLE = frozenset({MarkKind.PERSON, MarkKind.NO_PERSON})


def _with_people(interview: Interview, marks: Sequence[Mark]) -> Interview:
    if not marks:
        return interview
    alone = len(interview.sessions) == 1
    people = _people(interview.people, marks, add=True)
    sessions = tuple(replace(one, people=_people(one.people, marks, add=alone)) for one in interview.sessions)
    return replace(interview, people=people, sessions=sessions)


def _people(people: Sequence[Person], marks: Iterable[Mark], *, add: bool) -> tuple[Person, ...]:
    known = list(people)
    for mark in marks:
        if mark.kind is MarkKind.NO_PERSON:
            known = [person for person in known if not _is(person, mark)]
        elif add or any(_is(person, mark) for person in known):
            learn(known, mark.value, mark.person, source=TOLD)
    return tuple(known)


def _is(person: Person, mark: Mark) -> bool:
    return person.key == mark.person or (bool(person.name) and same_full_name(person.name, mark.value))
