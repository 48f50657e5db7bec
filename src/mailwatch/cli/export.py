"""`export`: everything known, for other programs."""

from __future__ import annotations

import sys

import click

from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session
from mailwatch.errors import UsageError
from mailwatch.render.jsonform import debrief_form, document, plan_form


@click.command()
@click.argument("form", metavar="[json|csv|ics]", type=click.Choice(["json", "csv", "ics"]), default="json")
@click.option("--with-private", is_flag=True, help="Your debriefs too, private answers included (json only).")
@click.option("--titles", is_flag=True, help="Say in the calendar what each entry is, instead of “Busy” (ics only).")
@click.pass_obj
def export(session: Session, form: str, with_private: bool, titles: bool) -> None:
    """Write every process, interview, letter and reason as JSON, as rows, or as a calendar."""
    if (with_private and form != "json") or (titles and form != "ics"):
        option, fits = ("--with-private", "json") if with_private else ("--titles", "ics")
        raise UsageError(f"{option} has no meaning for {form}", next_step=f"mailwatch export {fits} {option}")
    with session.store() as store:
        plan = plan_of(session, store)
        debriefs = store.facts(session.settings.me).debriefs if with_private else ()
    if form == "json":
        private = {"debriefs": [debrief_form(one) for one in debriefs]} if with_private else {}
        session.write(document("export", plan.at, **plan_form(plan, text=True), **private))
        return
    from mailwatch.render.tables import csv_text, ics_text

    # Both formats end their lines with CRLF, which a text stream would change on some systems.
    sys.stdout.flush()
    sys.stdout.buffer.write(csv_text(plan).encode() if form == "csv" else ics_text(plan, titles=titles))
