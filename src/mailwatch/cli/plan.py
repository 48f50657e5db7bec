"""`plan`: what a run would do."""

from __future__ import annotations

from collections.abc import Container

import click

from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session, instant_from_text
from mailwatch.core.model import DraftKey, Plan
from mailwatch.render.detail import draft_lines
from mailwatch.render.jsonform import document, plan_form
from mailwatch.render.screen import Line, Span, line, shown
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
        held = frozenset(proposal.key for proposal in store.state.held())
        never_read = not store.state.reaches()
    if session.json:
        session.write(document("plan", found.at, asked_about=sorted(held), **plan_form(found, text=text)))
        return
    if never_read:
        session.show(
            [line("Nothing has been read yet, so there is nothing to plan: mailwatch run takes a first look.")]
        )
        return
    session.show(_lines(found, held, text=text))


def _lines(found: Plan, held: Container[DraftKey], *, text: bool) -> list[Line]:
    asked = [draft for draft in found.drafts if draft.key in held]
    head = f"{counted(len(found.drafts) - len(asked), 'letter')} would be saved"
    head += f", and you would be asked about {len(asked)} (mailwatch run in a terminal)." if asked else "."
    lines = [line(Span(head, "strong"))]
    reasons = {decision.key: decision.reason for decision in found.decisions}
    for draft in found.drafts:
        what = f"{draft.kind.value.replace('_', '-')} to {shown(draft.to.address)} · {shown(draft.subject, 80)}"
        lines.append(line(f"  {what} · {shown(reasons.get(draft.key, ''), 300)}", hang=4))
        lines += draft_lines(draft, sources=True) if text else []
    return lines + [line(f"  gap: {shown(gap, 200)}") for gap in found.gaps]
