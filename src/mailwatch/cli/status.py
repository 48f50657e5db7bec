"""`status` and `plan`: what needs the user, and what a run would do."""

from __future__ import annotations

import click

from mailwatch.cli.planning import plan_of, setting_of
from mailwatch.cli.session import Session, instant_from_text
from mailwatch.errors import ConfigError
from mailwatch.render.detail import draft_lines
from mailwatch.render.jsonform import document, instant, plan_form
from mailwatch.render.screen import Span, line, shown
from mailwatch.render.status import is_due, status_lines
from mailwatch.render.words import counted

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
        from mailwatch.cli.setup_talk import Given

        return begin(session, Given())
    raise ConfigError(
        f"There is no configuration at {session.config_path} yet, so no mailbox is known.",
        next_step="mailwatch setup makes one; mailwatch demo shows the whole job on an invented mailbox",
    )


@click.command()
@click.option("--at", "moment", metavar="TIME", help="As if it were this time (ISO 8601).")
@click.option("--text", is_flag=True, help="Print the letters too, with the source of each sentence.")
@click.pass_obj
def plan(session: Session, moment: str | None, text: bool) -> None:
    """Say what a run would save now, and why; nothing is read from the mailbox and nothing is written."""
    if moment:
        session.pretended = instant_from_text(moment)
    with session.store() as store:
        found = plan_of(session, store)
    if session.json:
        session.write(document("plan", found.at, **plan_form(found, text=text)))
        return
    lines = [line(Span(f"{counted(len(found.drafts), 'letter')} would be saved.", "strong"))]
    reasons = {decision.key: decision.reason for decision in found.decisions}
    for draft in found.drafts:
        reason = shown(reasons.get(draft.key, ""), 300)
        lines.append(
            line(
                f"  {draft.kind.value.replace('_', '-')} to {shown(draft.to.address)} · {shown(draft.subject, 80)} · {reason}",
                hang=4,
            )
        )
        if text:
            lines += draft_lines(draft, sources=True)
    lines += [line(f"  gap: {shown(gap, 200)}") for gap in found.gaps]
    session.show(lines)
