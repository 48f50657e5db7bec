"""`edit`: what mail and calendar have wrong or leave out about an interview, in the user's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from mailwatch.cli.appointments import moved
from mailwatch.cli.planning import application_meant, plan_of
from mailwatch.cli.session import Session
from mailwatch.cli.words import evidence_of, keep_mark
from mailwatch.core.addresses import address_from_text
from mailwatch.core.model import Application, Interview, Mark, MarkKind, Person
from mailwatch.errors import UsageError
from mailwatch.render.ids import interview_named, plan_ids
from mailwatch.render.jsonform import document
from mailwatch.render.screen import shown
from mailwatch.render.words import heading

if TYPE_CHECKING:
    from mailwatch.store import Store

_NOTHING = "mailwatch edit --help shows what can be changed"


@click.command()
@click.argument("which", metavar="ID")
@click.option("--person", metavar="NAME", default="", help="Somebody who interviews you there.")
@click.option("--email", metavar="ADDRESS", default="", help="Their address, from a card or a web page.")
@click.option("--remove", metavar="NAME", default="", help="Somebody who does not interview you there.")
@click.option("--at", "moment", metavar="TIME", default="", help="When it begins instead, like “Thursday 14:00”.")
@click.option("--minutes", type=click.IntRange(5, 720), help="With --at: how long it takes.")
@click.option("--company", metavar="NAME", default="", help="What the employer is called.")
@click.option("--role", metavar="TITLE", default="", help="What the job is called.")
@click.pass_obj
def edit(session: Session, /, which: str, **changes: Any) -> None:
    """Correct an interview: people and their addresses, the time, the names of employer and job.

    With --email alone it is the address of the one person there who has none.
    """
    with session.store() as store:
        plan = plan_of(session, store)
        application = application_meant(plan, which)
        written = [
            *_names(session, store, application, changes),
            *_meeting(session, store, application, which, changes),
        ]
        ids = plan_ids(plan)
    if not written:
        raise UsageError("nothing to change was said", next_step=_NOTHING)
    if session.json:
        marks = [{"id": mark.id, "kind": mark.kind.value} for mark, _ in written]
        session.write(document("edit", session.now, application=ids[application.id], marks=marks))
        return
    for mark, text in written:
        session.say(
            f"{heading(application.company, application.role)}: {text} (take back: mailwatch unmark {mark.id[:6]})"
        )


_Written = list[tuple[Mark, str]]


def _names(session: Session, store: Store, application: Application, changes: Mapping[str, Any]) -> _Written:
    written = []
    for option, kind in (("company", MarkKind.COMPANY), ("role", MarkKind.ROLE)):
        name = changes[option].strip()
        if name:
            mark = keep_mark(session, store, kind, evidence_of(application), value=name)
            written.append((mark, f"called {shown(name, 80)} now."))
    return written


def _meeting(
    session: Session, store: Store, application: Application, which: str, changes: Mapping[str, Any]
) -> _Written:
    if not any(changes[option] for option in ("person", "email", "remove", "moment")):
        return []
    interview = interview_named(application, which)
    written = []
    if changes["person"] or changes["email"]:
        name, address = _who(interview, changes["person"].strip(), changes["email"])
        mark = keep_mark(session, store, MarkKind.PERSON, interview.anchors, person=address, value=name)
        written.append((mark, f"{shown(name, 60)} is one of the people there{f', at {address}' if address else ''}."))
    if changes["remove"]:
        person = _present(interview, changes["remove"])
        mark = keep_mark(session, store, MarkKind.NO_PERSON, interview.anchors, person=person.key, value=person.name)
        written.append((mark, f"{shown(person.name or person.key, 60)} does not interview you there."))
    if changes["moment"]:
        mark = moved(session, store, interview, changes["moment"], changes["minutes"])
        written.append((mark, "it has another time."))
    return written


def _who(interview: Interview, name: str, email: str) -> tuple[str, str]:
    """Name and address of somebody who was there."""
    address = address_from_text(email) if email else None
    if email and address is None:
        raise UsageError(f"“{shown(email, 60)}” is no mail address", next_step="write it like rita@example.com")
    if not name:
        without = [person for person in interview.people if person.address is None]
        if len(without) != 1:
            names = ", ".join(shown(person.name, 40) for person in without) or "everybody there has an address"
            raise UsageError("whose address it is has to be said", next_step=f"--person NAME: {names}")
        name = without[0].name
    return name, address or ""


def _present(interview: Interview, word: str) -> Person:
    wanted = word.strip().casefold()
    found = [one for one in interview.people if wanted in one.name.casefold() or wanted == one.address]
    if len(found) != 1:
        names = ", ".join(shown(person.name or person.key, 40) for person in interview.people) or "nobody is known"
        raise UsageError(f"“{shown(word, 60)}” is not one person of that interview", next_step=f"one of: {names}")
    return found[0]
