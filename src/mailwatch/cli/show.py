"""`show` and `why`: one process in full, and the words behind every conclusion."""

from __future__ import annotations

import click

from mailwatch.cli.planning import application_meant, plan_of
from mailwatch.cli.session import Session
from mailwatch.core.model import Facts, Plan, Reading
from mailwatch.render.detail import application_lines
from mailwatch.render.ids import message_named
from mailwatch.render.jsonform import application_form, document, evidence_form
from mailwatch.render.why import message_lines, sources_from_facts, why_lines


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
    """Show what mailwatch believes about a process, or a message, and the mails and words that led there.

    MESSAGE is the short id that `why` shows beside each mail, or a Message-ID.
    """
    with session.store() as store:
        plan, facts = plan_of(session, store), store.facts(session.settings.me)
    reading = _reading_meant(plan, facts, which)
    sources = sources_from_facts(facts, plan, session.zone)
    if reading is not None:
        if session.json:
            evidence = [evidence_form(item) for item in reading.evidence]
            session.write(document("why", plan.at, message=reading.message, kind=reading.kind.value, evidence=evidence))
        else:
            session.show(message_lines(reading, reading.evidence, sources))
        return
    application = application_meant(plan, which)
    if session.json:
        session.write(document("why", plan.at, application=application_form(application, plan)))
    else:
        session.show(why_lines(application, sources))


def _reading_meant(plan: Plan, facts: Facts, word: str) -> Reading | None:
    """The reading of a message that a word points to; None where it means something else."""
    if not word:
        return None
    meant = message_named(plan, word) if not _is_a_process(plan, word) else None
    wanted = {meant, word, f"<{word}>"}
    return next((mail.reading for mail in facts.mails if mail.envelope.id in wanted), None)


def _is_a_process(plan: Plan, word: str) -> bool:
    """Is it the beginning of a process's or an interview's id? Those go first."""
    ids = (i for one in plan.applications for i in (one.id, *(interview.id for interview in one.interviews)))
    return any(ident.startswith(word) for ident in ids)
