"""`status`: what needs the user, what is waiting, what is ahead."""

from __future__ import annotations

import click

from mailwatch.cli.page import show_last_page
from mailwatch.cli.session import Session
from mailwatch.errors import ConfigError

DUE = 10


@click.command()
@click.option("--all", "everything", is_flag=True, help="Every process and letter, closed ones too.")
@click.option("--review", is_flag=True, help="Only what is unsure, with the commands that settle it.")
@click.option("--exit-code", is_flag=True, help=f"Exit with {DUE} when something needs you.")
@click.pass_obj
def status(session: Session, everything: bool, review: bool, exit_code: bool) -> int:
    """Say what needs you, what is waiting, and what is ahead."""
    return show_status(session, everything=everything, review=review, exit_code=exit_code)


def show_status(session: Session, *, everything: bool = False, review: bool = False, exit_code: bool = False) -> int:
    """Print the status; the exit code."""
    quick = not (everything or review or exit_code or session.json)
    if quick and show_last_page(session):
        return 0
    session.start_log()
    from mailwatch.cli.planning import plan_of, setting_of
    from mailwatch.render.jsonform import document, instant, plan_form
    from mailwatch.render.status import is_due, status_lines

    with session.store() as store:
        plan = plan_of(session, store)
        setting = setting_of(session, store)
    if session.json:
        checked = instant(setting.checked_at)
        session.write(
            document(
                "status",
                plan.at,
                checked_at=checked,
                due=is_due(plan),
                problems=list(setting.problems),
                **plan_form(plan),
            )
        )
    else:
        session.show(status_lines(plan, setting, everything=everything, review=review))
    return DUE if exit_code and is_due(plan) else 0


def status_or_welcome(session: Session) -> int:
    """The bare command: the status, or set-up where there is no configuration and somebody to ask."""
    if session.config_path.exists():
        return show_status(session)
    if session.interactive:
        from mailwatch.cli.setup import begin
        from mailwatch.cli.setup_given import Given

        return begin(session, Given())
    raise ConfigError(
        f"There is no configuration at {session.config_path} yet, so no mailbox is known.",
        next_step="mailwatch setup makes one; mailwatch demo shows the whole job on an invented mailbox",
    )
