"""`plan`: what a run would do."""

from __future__ import annotations

import click

from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session, instant_from_text
from mailwatch.render.detail import draft_lines
from mailwatch.render.jsonform import document, plan_form
from mailwatch.render.screen import Span, line, shown
from mailwatch.render.words import counted


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
