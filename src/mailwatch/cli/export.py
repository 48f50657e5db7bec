"""`export`: everything known, for other programs."""

from __future__ import annotations

import click

from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session
from mailwatch.render.jsonform import document, plan_form


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(["json"]), default="json", expose_value=False)
@click.pass_obj
def export(session: Session) -> None:
    """Write every process, interview, letter and reason as JSON. Private notes are never in it."""
    with session.store() as store:
        plan = plan_of(session, store)
    session.write(document("export", plan.at, **plan_form(plan, text=True)))
