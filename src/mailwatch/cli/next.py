"""`next`: the morning glance."""

from __future__ import annotations

from datetime import timedelta

import click

from mailwatch.cli.planning import plan_of, setting_of
from mailwatch.cli.session import Session
from mailwatch.render.glance import glance_from_plan, glance_lines
from mailwatch.render.jsonform import document, instant


@click.command()
@click.option("--days", type=click.IntRange(1, 31), default=2, show_default=True, help="How far ahead, today included.")
@click.pass_obj
def next(session: Session, days: int) -> None:  # noqa: A001 - a command is called what it is called
    """Say in a few lines what today and tomorrow bring: interviews, what you owe, what is to be sent."""
    with session.store() as store:
        plan = plan_of(session, store)
        setting = setting_of(session, store)
    midnight = plan.at.astimezone(session.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    glance = glance_from_plan(plan, midnight + timedelta(days=days))
    if session.json:
        ahead = [
            {"id": item.id, "company": item.company, "role": item.role, "start": instant(item.start), "what": item.what}
            for item in glance.ahead
        ]
        todo = [{"id": item.id, "company": item.company, "what": item.what} for item in glance.todo]
        session.write(document("next", plan.at, ahead=ahead, todo=todo, problems=list(setting.problems)))
        return
    session.show(glance_lines(glance, plan, session.zone, setting.problems))
