"""What is unsure: one question each, with the command that settles it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from mailwatch.core.casebook.rounds import identity
from mailwatch.core.model import (
    Application,
    Facts,
    Interview,
    InterviewState,
    Mark,
    MarkKind,
    MessageId,
    Question,
    Reply,
    ReplyKind,
)

_DECISIVE = {ReplyKind.REJECTION: MarkKind.REJECTED, ReplyKind.OFFER: MarkKind.OFFER}


def questions_about(applications: Iterable[Application], torn: Iterable[Mark], facts: Facts) -> tuple[Question, ...]:
    """Everything that only the user can settle, newest first.

    Args:
        torn: marks whose evidence ended up in several processes.
    """
    applications = tuple(applications)
    found = [question for application in applications for question in _about_one(application)]
    found += _about_unplaced(applications)
    found += [_about_mark(mark, applications) for mark in torn]
    found += _about_unreadable(facts, applications)
    return tuple(sorted(found, key=lambda question: question.at.timestamp() if question.at else 0.0, reverse=True))


def _about_one(application: Application) -> Iterator[Question]:
    firm = application.company or application.role or "an unnamed firm"
    for interview in application.interviews:
        if interview.state is InterviewState.POSSIBLE:
            why = "it may be a forgery" if application.suspicions else "nothing says so clearly"
            yield question_about(
                f"Is this an interview: “{interview.title or firm}”? ({why})",
                f"mailwatch confirm {interview.id}",
                interview,
            )


def question_about(text: str, command: str, interview: Interview, *, at: datetime | None = None) -> Question:
    """A question about one interview; it came up at that time, else when the interview began, or will begin."""
    ident = identity("question", f"{interview.id} {text}")
    return Question(ident, text, command, interview.evidence, at or interview.start)


def _about_unplaced(applications: Iterable[Application]) -> Iterator[Question]:
    """One question for each mail that could belong to several applications: what it decides is marked on the one meant."""
    homes: dict[MessageId, list[Application]] = {}
    mails: dict[MessageId, Reply] = {}
    for application in applications:
        for reply in application.unplaced:
            homes.setdefault(reply.message, []).append(application)
            mails[reply.message] = reply
    for message, reply in mails.items():
        names = " or ".join(_name(application) for application in homes[message])
        mark = _DECISIVE.get(reply.kind)
        command = f"mailwatch mark {homes[message][0].id} {mark}" if mark else f"mailwatch why {message}"
        text = f"A mail could be about {names}."
        yield Question(identity("question", message), text, command, reply.evidence, reply.at)


def _name(application: Application) -> str:
    return " – ".join(filter(None, (application.company, application.role))) or application.id


def _about_mark(mark: Mark, applications: tuple[Application, ...]) -> Question:
    """A mark whose evidence ended up in several processes counts for none of them until the user says which."""
    homes = [application for application in applications if mark.evidence & _evidence_of(application)]
    names = " or ".join(map(_name, homes))
    text = f"Your mark “{mark.kind}” could mean {names}."
    return Question(identity("question", mark.id), text, f"mailwatch mark {homes[0].id} {mark.kind}", (), mark.at)


def _evidence_of(application: Application) -> frozenset[str]:
    return frozenset(application.messages).union(*(interview.anchors for interview in application.interviews))


def _about_unreadable(facts: Facts, applications: tuple[Application, ...]) -> Iterator[Question]:
    people = {person.address: application for application in applications for person in application.contacts}
    for mail in facts.mails:
        if mail.unreadable and mail.envelope.sender is not None and mail.envelope.sender.address in people:
            application = people[mail.envelope.sender.address]
            text = f"A mail from {application.company or 'a contact'} could not be read: {mail.unreadable}."
            yield Question(identity("question", mail.envelope.id), text, "mailwatch retry", (), mail.envelope.at)
