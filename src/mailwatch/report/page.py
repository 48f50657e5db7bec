"""The page: what is drawn where, and the words around it. Every text of a mail passes `shown` and Jinja2's escaping."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.resources import files
from zoneinfo import ZoneInfo

from mailwatch.core.model import LIES_THERE, Application, ApplicationState, DayNames, Debrief, Decision, Plan
from mailwatch.core.preparation import Rating, rating_of
from mailwatch.render import words
from mailwatch.render.ids import plan_ids, review_ids, with_short_ids
from mailwatch.render.screen import shown
from mailwatch.render.status import needs_user
from mailwatch.report.moments import Answer, Moment, Sign, answer_times, moments_of

WIDTH = 640.0
"""Units of a time line's drawing."""

_MARGIN = timedelta(days=2)
_LONGEST_SHOWN = 60
_OVER = frozenset({ApplicationState.REJECTED, ApplicationState.WITHDRAWN, ApplicationState.CLOSED})

_SIGNS = {
    Sign.HELD: "interview",
    Sign.AHEAD: "interview ahead",
    Sign.CANCELLED: "not held",
    Sign.YOU_WROTE: "you wrote",
    Sign.THEY_WROTE: "they wrote",
    Sign.REFUSAL: "they chose someone else",
    Sign.OFFER: "offer",
    Sign.PROMISE: "news promised",
    Sign.DUE: "letter due",
}

# The user's side above the line, interviews on it, the employer's side below: what falls on one day stays apart.
_LANES = {
    **dict.fromkeys((Sign.YOU_WROTE, Sign.DUE), 13),
    **dict.fromkeys((Sign.HELD, Sign.AHEAD, Sign.CANCELLED), 30),
    **dict.fromkeys((Sign.THEY_WROTE, Sign.REFUSAL, Sign.OFFER, Sign.PROMISE), 47),
}


@dataclass(frozen=True, slots=True)
class Axis:
    """The stretch of time that all time lines share."""

    first: datetime
    last: datetime

    def x(self, moment: datetime) -> float:
        """Where an instant lies, in units of the drawing."""
        return round(WIDTH * ((moment - self.first) / (self.last - self.first)), 1)


@dataclass(frozen=True, slots=True)
class Track:
    """One process on the page."""

    id: str
    heading: str
    state: str
    turn: str
    over: bool
    moments: tuple[Moment, ...]
    letters: tuple[str, ...]
    answers: tuple[Answer, ...]
    rating: Rating


def page(plan: Plan, debriefs: Sequence[Debrief], zone: ZoneInfo, *, with_private: bool) -> str:
    """The report as one HTML document.

    Args:
        debriefs: for the comparison of employers.
        with_private: ratings and red flags too, which are for the user's own eyes.
    """
    from jinja2 import Environment, StrictUndefined

    ids, review = plan_ids(plan), review_ids(plan)
    tracks = [_track(application, plan, ids, debriefs, zone) for application in plan.applications]
    axis = _axis([moment.at for track in tracks for moment in track.moments], plan.at)
    style = _resource("page.css")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["shown"] = shown
    return environment.from_string(_resource("page.html.j2")).render(
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        now=plan.at,
        day=partial(words.day, zone=zone, now=plan.at, names=plan.days),
        day_time=partial(words.day_time, zone=zone, now=plan.at, names=plan.days),
        axis=axis,
        width=WIDTH,
        months=_months(axis, zone, plan.days),
        tracks=[track for track in tracks if not track.over],
        over=[track for track in tracks if track.over],
        needs=_needs(plan, tracks, ids),
        pipeline=_pipeline(plan),
        waits=_waits(tracks),
        longest=_LONGEST_SHOWN,
        signs=_SIGNS,
        lanes=_LANES,
        private=with_private,
        notes=[with_short_ids(note, ids) for note in plan.notes],
        gaps=plan.gaps,
        questions=[(with_short_ids(one.text, review), with_short_ids(one.command, review)) for one in plan.questions],
        zone=zone.key,
    )


def _resource(name: str) -> str:
    return files("mailwatch.report").joinpath(name).read_text("utf-8")


def _track(
    application: Application, plan: Plan, ids: Mapping[str, str], debriefs: Sequence[Debrief], zone: ZoneInfo
) -> Track:
    decisions = [one for one in plan.decisions if one.application == application.id]
    return Track(
        id=ids[application.id],
        heading=words.heading(application.company, application.role),
        state=words.STATES[application.state],
        turn=application.your_turn,
        over=application.state in _OVER,
        moments=moments_of(application, decisions, plan.at, zone),
        letters=tuple(_letter(one, ids) for one in decisions),
        answers=answer_times(application, plan.at),
        rating=rating_of(application, debriefs),
    )


def _letter(decision: Decision, ids: Mapping[str, str]) -> str:
    recipient = decision.recipient
    name = (recipient.name or recipient.address or "") if recipient else ""
    standing = words.STANDINGS[decision.standing].lower()
    reason = "" if decision.reason == LIES_THERE else f" · {with_short_ids(decision.reason, ids)}"
    return f"{words.LETTERS[decision.kind]} {name}: {standing}{reason}"


def _axis(instants: Iterable[datetime], now: datetime) -> Axis:
    all_of_them = [now, *instants]
    return Axis(min(all_of_them) - _MARGIN, max(all_of_them) + _MARGIN)


def _months(axis: Axis, zone: ZoneInfo, names: DayNames) -> list[tuple[float, str]]:
    """The first of each month on the axis, and its name; the year with January and with the first."""
    out: list[tuple[float, str]] = []
    first = axis.first.astimezone(zone)
    year, month = first.year, first.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        start = datetime(year, month, 1, tzinfo=zone)
        if start >= axis.last:
            return out
        out.append((axis.x(start), names.month_of(start) + (f" {year}" if month == 1 or not out else "")))


def _needs(plan: Plan, tracks: Sequence[Track], ids: Mapping[str, str]) -> list[tuple[str, str]]:
    """What waits for the user: the process, and what it is."""
    headings = {track.id: track.heading for track in tracks}
    letters = [
        (headings[ids[one.application]], _letter(one, ids))
        for one in plan.decisions
        if needs_user(one) and one.application in ids
    ]
    return [(track.heading, track.turn) for track in tracks if track.turn] + letters


def _pipeline(plan: Plan) -> list[tuple[str, int, float, float]]:
    """How many processes stand where: the words, the number, and where their bar begins and how wide it is."""
    counted = Counter(_stage(application, plan.at) for application in plan.applications)
    total, at, out = sum(counted.values()) or 1, 0.0, []
    for stage in _STAGES:
        if counted[stage]:
            wide = WIDTH * counted[stage] / total
            out.append((stage, counted[stage], round(at, 1), round(wide, 1)))
            at += wide
    return out


_AHEAD, _WAITING = "interview ahead", "waiting for them"
_STAGES = (_AHEAD, _WAITING, *dict.fromkeys(state for state in words.STATES.values() if state != "open"))


def _stage(application: Application, now: datetime) -> str:
    if application.state is not ApplicationState.OPEN:
        return words.STATES[application.state]
    ahead = any(one.start and one.start > now and one.state not in words.NOT_HELD for one in application.interviews)
    return _AHEAD if ahead else _WAITING


def _waits(tracks: Sequence[Track]) -> list[tuple[str, Answer]]:
    """Each employer's slowest answer, the slowest first."""
    slowest = [(track.heading, max(track.answers, key=lambda one: one.days)) for track in tracks if track.answers]
    return sorted(slowest, key=lambda one: -one[1].days)
