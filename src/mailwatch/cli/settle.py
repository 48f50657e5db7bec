"""`confirm`, `ignore`, `merge`, `link` and `retry`: settle what is unsure. What the user says is a fact, and wins for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailwatch.cli.planning import application_meant, plan_of
from mailwatch.cli.session import Session
from mailwatch.cli.words import evidence_of, keep_mark
from mailwatch.core.casebook.ties import SAME_MEETING
from mailwatch.core.model import Application, Facts, Interview, Mark, MarkKind
from mailwatch.errors import UsageError
from mailwatch.render.ids import application_named, interview_named, message_named
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
    say_mark(session, "confirm", written, f"{_called(application)}: an interview.")


@click.command()
@click.argument("which", metavar="ID")
@click.pass_obj
def ignore(session: Session, which: str) -> None:
    """Say that something is no interview of yours; it is never shown or counted again."""
    with session.store() as store:
        application = application_meant(plan_of(session, store), which)
        found = next((item for item in application.interviews if len(which) >= 2 and item.id.startswith(which)), None)
        evidence = found.anchors if found else evidence_of(application)
        written = keep_mark(session, store, MarkKind.IGNORED, evidence)
    say_mark(session, "ignore", written, f"{_called(application)}: ignored.")


@click.command()
@click.argument("which", metavar="ID")
@click.argument("other", metavar="ID")
@click.pass_obj
def merge(session: Session, which: str, other: str) -> None:
    """Say that two processes are one, or that two meetings of a process are one.

    Two IDs of meetings in one process, as `show` has them, mean the meetings; the one that was spoken of last holds.
    """
    with session.store() as store:
        plan = plan_of(session, store)
        first, second = application_named(plan, which), application_named(plan, other)
        if first.id != second.id:
            mark = keep_mark(session, store, MarkKind.MERGED, evidence_of(first, second))
            text = f"{_called(first)} and {_called(second)}: one process now."
        else:
            one, two = _meeting(first, which), _meeting(first, other)
            mark = keep_mark(session, store, MarkKind.MERGED, one.anchors | two.anchors, value=SAME_MEETING)
            text = f"{_called(first)}: the two meetings are one now."
    say_mark(session, "merge", mark, text)


def _meeting(application: Application, which: str) -> Interview:
    found = [item for item in application.interviews if len(which) >= 2 and item.id.startswith(which)]
    if len(found) != 1:
        raise UsageError(
            f"“{shown(which, 60)}” is one process with the other already, and names no single meeting in it",
            next_step=f"mailwatch show {application.id[:6]} has the meetings' IDs",
        )
    return found[0]


@click.command()
@click.argument("message", metavar="MESSAGE")
@click.argument("which", metavar="ID")
@click.pass_obj
def link(session: Session, message: str, which: str) -> None:
    """Say which process a mail belongs to. MESSAGE is the short id of `why` and `status --review`, or a Message-ID."""
    with session.store() as store:
        plan, facts = plan_of(session, store), store.facts(session.settings.me)
        meant = message_named(plan, message) or _kept_message(facts, message)
        application = application_named(plan, which)
        evidence = evidence_of(application) | {meant}
        mark = keep_mark(session, store, MarkKind.LINKED, evidence, value=meant)
        unread = any(mail.envelope.id == meant and mail.reading is None for mail in facts.mails)
    say_mark(session, "link", mark, f"The mail belongs to {_called(application)} now.")
    if unread:
        session.say("It has not been read whole yet: mailwatch run.")


def _kept_message(facts: Facts, word: str) -> str:
    """A message that belongs to no process so far."""
    found = next((mail.envelope.id for mail in facts.mails if mail.envelope.id in {word, f"<{word}>"}), None)
    if found is None:
        raise UsageError(
            f"no mail is known as “{shown(word, 80)}”", next_step="mailwatch why ID shows the ids of a process's mails"
        )
    return found


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


def say_mark(session: Session, command: str, mark: Mark, text: str) -> None:
    """What was noted, and how it is taken back."""
    if session.json:
        session.write(document(command, session.now, id=mark.id))
    else:
        session.say(f"{text} (take back: mailwatch unmark {mark.id[:6]})")
