"""`log`: what past runs did."""

from __future__ import annotations

import json
from typing import Any

import click

from mailwatch.cli.session import Session
from mailwatch.render.jsonform import document, instant
from mailwatch.render.screen import Line, Span, line, shown
from mailwatch.render.words import counted, day_time

_SHOWN = 20


@click.command()
@click.option("-n", "--number", type=click.IntRange(1, 1000), default=_SHOWN, show_default=True, help="How many runs.")
@click.pass_obj
def log(session: Session, number: int) -> None:
    """Show what the last runs did, the newest first: mail seen, drafts saved, problems."""
    with session.store() as store:
        runs = [(at, json.loads(report)) for at, report in store.state.runs(number)]
    if session.json:
        session.write(document("log", session.now, runs=[{**_counts(run), "at": instant(at)} for at, run in runs]))
        return
    session.show(
        item for at, run in runs for item in _lines(day_time(at, session.zone, session.now, session.days), run)
    )
    if not runs:
        session.say("Nothing has run yet: mailwatch run")


def _counts(run: dict[str, Any]) -> dict[str, Any]:
    return {
        "new_messages": sum(account["new"] for account in run["accounts"]),
        "read_whole": sum(account["fetched"] for account in run["accounts"]),
        "calendar_changes": sum(calendar["changed"] for calendar in run["calendars"]),
        "saved": len(run["saved"]),
        "waiting": list(run["waiting"]),
        "problems": [problem["message"] for problem in run["problems"]],
    }


def _lines(when: str, run: dict[str, Any]) -> list[Line]:
    counts = _counts(run)
    said = [f"{counted(counts['new_messages'], 'new message')}", f"{counted(counts['saved'], 'draft')} saved"]
    if counts["calendar_changes"]:
        said.append(counted(counts["calendar_changes"], "calendar change"))
    problems = [line("    ", Span("problem", "warn"), f": {shown(text, 300)}", hang=4) for text in counts["problems"]]
    waiting = [line(f"    not yet: {shown(text, 300)}", hang=4) for text in counts["waiting"]]
    return [line(Span(when, "strong"), f"  {', '.join(said)}"), *problems, *waiting]
