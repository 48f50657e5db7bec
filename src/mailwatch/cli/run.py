"""`run` and `daemon`: look once, or again and again."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from mailwatch.cli.duration import DURATION
from mailwatch.cli.hands import refuse_pretence
from mailwatch.cli.page import keep_last_page
from mailwatch.cli.planning import setting_of
from mailwatch.cli.session import Session
from mailwatch.render.detail import draft_lines
from mailwatch.render.jsonform import document, plan_form
from mailwatch.render.screen import Line, Span, line, shown
from mailwatch.render.status import status_lines
from mailwatch.render.words import counted, heading

if TYPE_CHECKING:
    from datetime import timedelta

    from mailwatch.cli.progress import Progress
    from mailwatch.core.model import Draft, DraftKey, Plan
    from mailwatch.store import Store
    from mailwatch.tick import Choice, Chooser, TickReport


@click.command()
@click.pass_obj
def run(session: Session) -> int:
    """Look once: read what is new, save the drafts that are due, and show the status."""
    report = look_once(session, watched=sys.stderr.isatty())
    if session.json:
        session.write(report_document(report))
    elif not session.quiet:
        show_report(session, report)
    return report.exit_code


def look_once(session: Session, *, waiting: float = 0.0, watched: bool = False) -> TickReport:
    """One tick under the lock, over the accounts of the configuration (or the one of `-a`).

    watched: somebody waits for its end, and is shown how far it is.
    """
    from mailwatch.store import open_store, run_lock
    from mailwatch.tick import World, tick
    from mailwatch.tick.configured import open_doors, tick_settings

    refuse_pretence(session)
    settings = session.settings
    with (
        _progress(session, watched=watched) as watch,
        run_lock(session.state, wait=waiting),
        open_store(session.state, now=session.now, mend=True) as store,
        open_doors(settings, only=session.account) as doors,
    ):
        choose = _ask_about(session, watch) if session.interactive else None
        world = World(lambda: session.now, time.sleep, choose, watch)
        report = tick(store, doors, tick_settings(settings), world)
        keep_last_page(session, store)
        _tell(session, store, report)
        return report


def _tell(session: Session, store: Store, report: TickReport) -> None:
    """Notices, for somebody who is not looking at a terminal right now."""
    if report.plan is None or session.interactive:
        return
    settings = session.settings
    if settings.notify.command or settings.notify.desktop:
        from mailwatch.notify import tell, teller_for

        tell(store, settings, report.plan, teller_for(settings.notify))


def show_report(session: Session, report: TickReport) -> None:
    """What the tick did, and the status after it."""
    for draft in report.saved:
        session.say(f"saved: {draft.kind.value.replace('_', '-')} to {draft.recipient}{_place(draft.link)}")
    for reason in report.waiting:
        session.say(f"not yet: {reason}")
    if report.plan is not None:
        with session.store() as store:
            setting = setting_of(session, store)
        session.show(status_lines(report.plan, setting))


def _place(link: str) -> str:
    return f" → {link}" if link else ""


@contextmanager
def _progress(session: Session, *, watched: bool) -> Iterator[Progress | None]:
    """Shows how far a look is, where somebody waits for it; the line is clean again at the end."""
    if not watched or session.json or session.quiet:
        yield None
        return
    from mailwatch.cli.progress import Progress

    shows = Progress(sys.stderr, drawn=sys.stderr.isatty() and os.environ.get("TERM") != "dumb")
    try:
        yield shows
    finally:
        shows.close()


def report_document(report: TickReport) -> str:
    """A tick's report as JSON."""
    return document(
        "run",
        report.at,
        exit_code=report.exit_code,
        accounts=[
            {"name": item.name, "new": item.new, "fetched": item.fetched, "complete": item.complete}
            for item in report.accounts
        ],
        calendars=[
            {"name": item.name, "changed": item.changed, "complete": item.complete} for item in report.calendars
        ],
        saved=[
            {"key": item.key, "kind": item.kind.value, "account": item.account, "to": item.recipient, "link": item.link}
            for item in report.saved
        ],
        noticed=[
            {"key": item.key, "kind": item.kind.value, "to": item.recipient, "state": item.state.value}
            for item in report.noticed
        ],
        waiting=list(report.waiting),
        problems=[
            {"name": item.name, "kind": item.kind, "message": item.message, "next_step": item.next_step}
            for item in report.problems
        ],
        plan=plan_form(report.plan) if report.plan else None,
    )


def _ask_about(session: Session, progress: Progress | None = None) -> Chooser:
    def choose(plan: Plan, drafts: tuple[Draft, ...]) -> Mapping[DraftKey, Choice]:
        from mailwatch.tick import Choice

        if progress is not None:
            progress.close()
        answers = {"s": Choice.SAVE, "k": Choice.SKIP, "o": Choice.OVER, "l": Choice.LATER}
        session.show(_found(plan, drafts))
        chosen: dict[DraftKey, Choice] = {}
        reasons = {decision.key: decision.reason for decision in plan.decisions}
        for draft in drafts:
            session.show([line(""), line(shown(reasons.get(draft.key, ""), 300)), *draft_lines(draft)])
            try:
                chosen[draft.key] = answers[_answer(list(answers))]
            except click.Abort:
                session.say("\nStopped. What you have answered is done; the rest waits: mailwatch run asks again.")
                break
        return chosen

    return choose


def _found(plan: Plan, drafts: Sequence[Draft]) -> list[Line]:
    """What a first look has found, before the first question."""
    interviews = sum(len(application.interviews) for application in plan.applications)
    found = f"A first look: {counted(interviews, 'interview')} in {counted(len(plan.applications), 'process', 'es')}."
    lines = [line(Span(found, "strong"))]
    lines += [
        line(f"  {heading(application.company, application.role)}: {shown(application.your_turn, 200)}")
        for application in plan.applications
        if application.your_turn
    ]
    asked = f"{counted(len(drafts), 'letter')} {'is' if len(drafts) == 1 else 'are'} worth writing now."
    return [*lines, line(f"{asked} Nothing is saved before you say so.")]


def _answer(keys: list[str]) -> str:
    """One key. Raises click.Abort at Ctrl-C and at the end of input."""
    answer: str = click.prompt(
        "[s]ave it · s[k]ip it for good · this process is [o]ver · ask [l]ater, at the next mailwatch run",
        type=click.Choice(keys),
        default="s",
        show_choices=False,
        err=True,
    )
    return answer


@click.command()
@click.option("--interval", type=DURATION, metavar="TIME", help="Time between two looks, like 15m; else as configured.")
@click.pass_obj
def daemon(session: Session, interval: timedelta | None) -> int:
    """Look again and again until stopped (Ctrl-C or SIGTERM); failures of one account never stop it."""
    from mailwatch.daemon import watch
    from mailwatch.store.lock import DAEMON, run_lock

    service = session.settings.service

    def look() -> None:
        session.reload()
        report = look_once(session)
        sys.stderr.write(f"looked: exit={report.exit_code} saved={len(report.saved)} problems={len(report.problems)}\n")

    log = logging.getLogger("mailwatch.daemon")  # a failed look is said even where nothing else is
    log.setLevel(min(log.getEffectiveLevel(), logging.WARNING))
    with run_lock(session.state, name=DAEMON):
        return watch(look, interval=interval or service.interval, jitter=service.jitter)
