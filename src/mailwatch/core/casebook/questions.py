"""What is unsure: one question each, with the command that settles it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import datetime

from mailwatch.core.casebook.strand import NOT_BELIEVED
from mailwatch.core.ids import identity, mail_id
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

_SAYS = {
    ReplyKind.REJECTION: "a refusal",
    ReplyKind.OFFER: "an offer",
    ReplyKind.NEXT_ROUND: "an invitation to go on",
    ReplyKind.SCHEDULING: "a word about a time",
    ReplyKind.TIMELINE_UPDATE: "news about when they decide",
    ReplyKind.NEEDS_INFO: "a question to you",
}
_OUTCOMES = frozenset(
    {
        MarkKind.REJECTED, MarkKind.OFFER, MarkKind.ACCEPTED, MarkKind.WITHDREW, MarkKind.CLOSED, MarkKind.DID_NOT_HAPPEN,
    }
)  # fmt: skip


def questions_about(applications: Iterable[Application], torn: Iterable[Mark], facts: Facts) -> tuple[Question, ...]:
    """Everything that only the user can settle, newest first.

    Args:
        torn: marks whose evidence ended up in several processes.
    """
    applications = tuple(applications)
    found = [question for application in applications for question in _about_one(application)]
    found += _about_unplaced(applications, {mail.envelope.id for mail in facts.mails})
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
        for doubt in interview.doubts:
            settles = (
                f"mailwatch why {interview.id}"
                if doubt.endswith(NOT_BELIEVED)
                else f"mailwatch edit {interview.id} --at TIME"
            )
            yield question_about(f"{firm}: {doubt}.", settles, interview)


def question_about(text: str, command: str, interview: Interview, *, at: datetime | None = None) -> Question:
    """A question about one interview; it came up at that time, else when the interview began, or will begin."""
    ident = identity("question", f"{interview.id} {text}")
    return Question(ident, text, command, interview.evidence, at or interview.start)


def _about_unplaced(applications: Iterable[Application], mailed: Container[MessageId]) -> Iterator[Question]:
    """One question for each mail, or calendar entry, that could belong to several applications."""
    homes: dict[MessageId, list[Application]] = {}
    mails: dict[MessageId, Reply] = {}
    for application in applications:
        for reply in application.unplaced:
            homes.setdefault(reply.message, []).append(application)
            mails[reply.message] = reply
    for message, reply in mails.items():
        names = " or ".join(f"{_name(application)} ({application.id})" for application in homes[message])
        whose = f" from {reply.sender.name or reply.sender.address}" if reply.sender else ""
        says = f", which reads as {_SAYS[reply.kind]}," if reply.kind in _SAYS else ""
        what = "mail" if message in mailed else "calendar entry"
        text = f"A {what}{whose}{says} could be about {names}."
        command = f"mailwatch link {mail_id(message)} {homes[message][0].id}"
        yield Question(identity("question", message), text, command, reply.evidence, reply.at)


def _name(application: Application) -> str:
    return " – ".join(filter(None, (application.company, application.role))) or application.id


def _about_mark(mark: Mark, applications: tuple[Application, ...]) -> Question:
    """A mark whose evidence ended up in several processes counts for none of them until the user says which."""
    homes = [application for application in applications if mark.evidence & _evidence_of(application)]
    names = " or ".join(f"{_name(application)} ({application.id})" for application in homes)
    text = f"Your mark “{mark.kind}” could mean {names}."
    outcome = mark.kind in _OUTCOMES
    command = f"mailwatch mark {homes[0].id} {mark.kind}" if outcome else f"mailwatch unmark {mark.id[:6]}"
    return Question(identity("question", mark.id), text, command, (), mark.at)


def _evidence_of(application: Application) -> frozenset[str]:
    return frozenset(application.messages).union(*(interview.anchors for interview in application.interviews))


def _about_unreadable(facts: Facts, applications: tuple[Application, ...]) -> Iterator[Question]:
    people = {person.address: application for application in applications for person in application.contacts}
    for mail in facts.mails:
        if mail.unreadable and mail.envelope.sender is not None and mail.envelope.sender.address in people:
            application = people[mail.envelope.sender.address]
            text = f"A mail from {application.company or 'a contact'} could not be read: {mail.unreadable}."
            yield Question(identity("question", mail.envelope.id), text, "mailwatch retry", (), mail.envelope.at)
