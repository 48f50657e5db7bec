"""`confirm`, `ignore`, `edit` and `retry`: settle what is unsure. What the user says is a fact, and wins for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailwatch.cli.planning import application_meant, plan_of
from mailwatch.cli.session import Session
from mailwatch.cli.words import keep_mark
from mailwatch.core.addresses import address_from_text
from mailwatch.core.model import Application, Debrief, Interview, MarkKind
from mailwatch.errors import UsageError
from mailwatch.render.ids import interview_named
from mailwatch.render.jsonform import document
from mailwatch.render.screen import shown
from mailwatch.render.words import heading

if TYPE_CHECKING:
    from mailwatch.store import Store


@click.command()
@click.argument("which", metavar="ID")
@click.pass_obj
def confirm(session: Session, which: str) -> None:
    """Say that something is an interview of yours, and takes or took place. ID as `status --review` shows it."""
    with session.store() as store:
        application, interview = _meant(session, store, which)
        written = keep_mark(session, store, MarkKind.CONFIRMED, interview.anchors)
    _told(session, "confirm", written, f"{_called(application)}: an interview.")


@click.command()
@click.argument("which", metavar="ID")
@click.pass_obj
def ignore(session: Session, which: str) -> None:
    """Say that something is no interview of yours; it is never shown or counted again."""
    with session.store() as store:
        application = application_meant(plan_of(session, store), which)
        found = next((item for item in application.interviews if len(which) >= 2 and item.id.startswith(which)), None)
        anchors = (item.anchors for item in application.interviews)
        evidence = found.anchors if found else frozenset(application.messages).union(*anchors)
        written = keep_mark(session, store, MarkKind.IGNORED, evidence)
    _told(session, "ignore", written, f"{_called(application)}: ignored.")


@click.command()
@click.argument("which", metavar="ID")
@click.option("--person", metavar="NAME", required=True, help="Somebody who interviews you there.")
@click.option("--email", metavar="ADDRESS", default="", help="Their address, from a card or a web page.")
@click.pass_obj
def edit(session: Session, which: str, person: str, email: str) -> None:
    """Add somebody to an interview, or give the address of somebody whom nothing in your mail gives one for."""
    address = address_from_text(email) if email else None
    if email and address is None:
        raise UsageError(f"“{shown(email, 60)}” is no mail address", next_step="write it like rita@example.com")
    with session.store() as store:
        application, interview = _meant(session, store, which)
        store.words.keep_debrief(Debrief(interview.anchors, session.now, added=((person.strip(), address or ""),)))
    if session.json:
        session.write(document("edit", session.now, interview=interview.id, person=person, address=address))
    else:
        session.say(f"{_called(application)}: {shown(person, 60)} is one of the people there now.")


@click.command()
@click.pass_obj
def retry(session: Session) -> None:
    """Let the next run try again to read mail that could not be read."""
    with session.store() as store:
        count = store.mail.retry()
    if session.json:
        session.write(document("retry", session.now, messages=count))
    else:
        session.say(f"{count} message{'' if count == 1 else 's'} will be tried again: mailwatch run.")


def _meant(session: Session, store: Store, which: str) -> tuple[Application, Interview]:
    application = application_meant(plan_of(session, store), which)
    return application, interview_named(application, which)


def _called(application: Application) -> str:
    return heading(application.company, application.role)


def _told(session: Session, command: str, mark: str, text: str) -> None:
    if session.json:
        session.write(document(command, session.now, id=mark))
    else:
        session.say(f"{text} (take back: mailwatch unmark {mark[:6]})")
