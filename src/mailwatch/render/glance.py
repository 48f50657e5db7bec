"""The morning glance: the interviews of today and tomorrow, and what the user owes, in as few lines as that takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailwatch.core.model import Plan
from mailwatch.render import words
from mailwatch.render.ids import plan_ids, with_short_ids
from mailwatch.render.page import distance
from mailwatch.render.screen import Line, Span, line, shown
from mailwatch.render.status import needs_user

MOST = 5


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the glance. start: of an interview, None for what is to be done."""

    id: str
    company: str
    role: str
    what: str
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """ahead: interviews, the nearest first. todo: what waits for the user."""

    ahead: tuple[Item, ...]
    todo: tuple[Item, ...]


def glance_from_plan(plan: Plan, until: datetime) -> Glance:
    """What matters before an instant."""
    ids = plan_ids(plan)
    ahead = [
        Item(ids[one.id], process.company, process.role, words.interview_kind(one), one.start)
        for process in plan.applications
        for one in process.interviews
        if one.start is not None
        and one.state not in words.NOT_HELD
        and plan.at <= (one.end or one.start)
        and one.start < until
    ]
    owed = [
        Item(ids[process.id], process.company, process.role, process.your_turn)
        for process in plan.applications
        if process.your_turn
    ]
    processes = {process.id: process for process in plan.applications}
    letters = [
        Item(ids[one.application], processes[one.application].company, processes[one.application].role, what)
        for one in plan.decisions
        if needs_user(one) and one.application in processes
        for what in [f"{words.LETTERS[one.kind]} {one.recipient.name if one.recipient else ''}".strip()]
    ]
    stale = [Item("", "", "", f"do not send: {with_short_ids(one.reason, ids)}") for one in plan.stale]
    return Glance(tuple(sorted(ahead, key=lambda item: item.start or until)), (*stale, *owed, *letters))


def glance_lines(glance: Glance, plan: Plan, zone: ZoneInfo, problems: Sequence[str]) -> list[Line]:
    """The glance as lines; a quiet day says so."""
    lines = [
        line(
            Span(words.day_time(item.start, zone, plan.at, plan.days), "strong"),
            f" ({distance(item.start, plan.at)})  ",
            _said(item),
        )
        for item in glance.ahead
        if item.start is not None
    ]
    lines += [line("to do  ", _said(item), hang=7) for item in glance.todo[:MOST]]
    if len(glance.todo) > MOST:
        lines.append(line(Span(f"… and {len(glance.todo) - MOST} more: mailwatch status", "dim")))
    lines += [line(Span("problem", "warn"), f": {shown(problem, 300)}", hang=2) for problem in problems]
    return lines or [line("Nothing needs you, and no interview is near.")]


def _said(item: Item) -> str:
    what = shown(item.what, 300)
    if not item.id:
        return what
    return f"{what} · {words.heading(item.company, item.role)}  [{item.id}]"
