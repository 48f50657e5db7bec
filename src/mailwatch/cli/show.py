"""`show` and `why`: one process in full, and the words behind every conclusion."""

from __future__ import annotations

import click

from mailwatch.cli.planning import application_meant, plan_of
from mailwatch.cli.session import Session
from mailwatch.render.detail import application_lines, reading_lines, why_lines
from mailwatch.render.jsonform import application_form, document, evidence_form


@click.command()
@click.argument("which", metavar="[ID]", default="")
@click.pass_obj
def show(session: Session, which: str) -> None:
    """Show one process: interviews, people, times, what was said, letters. Without ID: the one that needs you most."""
    with session.store() as store:
        plan = plan_of(session, store)
    application = application_meant(plan, which)
    if session.json:
        session.write(document("show", plan.at, application=application_form(application, plan)))
    else:
        session.show(application_lines(plan, application, session.zone))


@click.command()
@click.argument("which", metavar="[ID|MESSAGE]", default="")
@click.pass_obj
def why(session: Session, which: str) -> None:
    """Show the quoted words and the rules behind what mailwatch believes about a process or a message."""
    with session.store() as store:
        plan = plan_of(session, store)
        reading = None
        if "@" in which:
            wanted = which if which.startswith("<") else f"<{which}>"
            reading = next((mail.reading for mail in store.mail.mails() if mail.envelope.id == wanted), None)
    if reading is not None:
        if session.json:
            evidence = [evidence_form(item) for item in reading.evidence]
            session.write(document("why", plan.at, message=reading.message, kind=reading.kind.value, evidence=evidence))
        else:
            session.show(reading_lines(reading))
        return
    application = application_meant(plan, which)
    if session.json:
        session.write(document("why", plan.at, application=application_form(application, plan)))
    else:
        session.show(why_lines(plan, application, session.zone))
