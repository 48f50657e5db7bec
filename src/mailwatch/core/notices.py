"""When to speak up by itself, and about what: seldom, never at night, never during a meeting."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailwatch.core.model import (
    Application,
    CalendarEvent,
    Debrief,
    EventVersion,
    Interview,
    InterviewState,
    Kind,
    Plan,
    Standing,
)
from mailwatch.core.preparation import lessons

BEFORE_AN_INTERVIEW = timedelta(minutes=30)
AFTER_AN_INTERVIEW = timedelta(minutes=15)
WORTH_A_DEBRIEF = timedelta(hours=12)
SIGN_IN_AGAIN = timedelta(hours=24)
EVENING, MORNING, NOON = time(20), time(8, 30), time(12)


@dataclass(frozen=True, slots=True)
class Habits:
    """What the user allows. quiet: no notice from the first time of day to the second. per_day: at most so many."""

    zone: ZoneInfo
    quiet: tuple[time, time]
    per_day: int


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to say.

    keys:   what is said with it; none of them is said again.
    text:   names no person, no firm and not what it is about, for a screen that others may see.
    detail: the same in full, for those who want it. Words of mail in it are not yet made safe to show.
    """

    keys: tuple[str, ...]
    text: str
    detail: str


def notices(
    plan: Plan,
    events: Iterable[EventVersion],
    debriefs: tuple[Debrief, ...],
    told: Mapping[str, datetime],
    habits: Habits,
    *,
    sign_in: tuple[str, ...] = (),
) -> tuple[Notice, ...]:
    """What to say now, the most pressing first; nothing where this is a bad moment.

    Args:
        told: when each key was said. sign_in: names of accounts that wait for one.
    """
    current = tuple(_current(events))
    if _bad_moment(plan, current, habits):
        return ()
    today = plan.at.astimezone(habits.zone).date()
    said_today = len({at for at in told.values() if at.astimezone(habits.zone).date() == today})
    found = (
        *_stale(plan),
        *_evening(plan, current, debriefs, habits.zone),
        *_debriefs(plan, debriefs),
        *_drafts(plan),
        *_sign_ins(sign_in, told, plan.at),
        *_digest(plan, told, habits.zone),
    )
    fresh = [notice for item in found if (notice := _without_told(item, told)) is not None]
    return tuple(fresh[: max(0, habits.per_day - said_today)])


def _without_told(notice: Notice, told: Mapping[str, datetime]) -> Notice | None:
    return None if all(key in told for key in notice.keys) else notice


def _current(events: Iterable[EventVersion]) -> Iterator[CalendarEvent]:
    newest: dict[tuple[str, str], EventVersion] = {(one.calendar, one.ref): one for one in events}
    return (one.event for one in newest.values())


def _bad_moment(plan: Plan, events: Iterable[CalendarEvent], habits: Habits) -> bool:
    clock = plan.at.astimezone(habits.zone).time()
    begins, ends = habits.quiet
    night = begins <= clock < ends if begins <= ends else clock >= begins or clock < ends
    busy = any(
        event.start <= plan.at < event.end and not event.all_day and event.status != "CANCELLED" for event in events
    )
    near = any(
        one.start is not None and one.start - BEFORE_AN_INTERVIEW <= plan.at < (one.end or one.start)
        for _, one in _interviews(plan)
    )
    return night or busy or near


def _interviews(plan: Plan) -> Iterator[tuple[Application, Interview]]:
    for application in plan.applications:
        for interview in application.interviews:
            if interview.state is InterviewState.SCHEDULED:
                yield application, interview


def _stale(plan: Plan) -> Iterator[Notice]:
    for item in plan.stale:
        yield Notice(
            (f"stale:{item.key}:{item.revision}",),
            "A saved draft is no longer right, so don't send it: mailwatch status",
            f"Do not send: {item.reason}",
        )


def _evening(
    plan: Plan, events: tuple[CalendarEvent, ...], debriefs: tuple[Debrief, ...], zone: ZoneInfo
) -> Iterator[Notice]:
    local = plan.at.astimezone(zone)
    if local.time() < EVENING:
        return
    tomorrow = local.date() + timedelta(days=1)
    due = [
        (application, one)
        for application, one in _interviews(plan)
        if one.start is not None and one.start.astimezone(zone).date() == tomorrow
    ]
    if due:
        said = [_ahead(application, one, events, debriefs, zone) for application, one in due]
        yield Notice((f"evening:{tomorrow}",), "Something is on tomorrow: mailwatch next", "\n".join(said))


def _ahead(
    application: Application,
    interview: Interview,
    events: tuple[CalendarEvent, ...],
    debriefs: tuple[Debrief, ...],
    zone: ZoneInfo,
) -> str:
    people = ", ".join(person.name for person in interview.people if person.name)
    start = interview.start.astimezone(zone) if interview.start else None
    name = " · ".join(filter(None, (application.company, application.role)))
    lines = [f"Tomorrow {start:%H:%M}: {name}" + (f", with {people}" if people else "")]
    lines += list(dict.fromkeys(place for event in events if event.uid in interview.anchors for place in _place(event)))
    lines += [f"To prepare: {lesson.text}" for lesson in lessons(application, debriefs, frozenset()) if lesson.here]
    return "\n".join(lines)


def _place(event: CalendarEvent) -> list[str]:
    return [text for text in (event.url, event.location) if text][:1]


def _debriefs(plan: Plan, debriefs: tuple[Debrief, ...]) -> Iterator[Notice]:
    told_of = frozenset[str]().union(*(debrief.evidence for debrief in debriefs))
    for application, interview in _interviews(plan):
        if interview.end is None or not interview.draftable or interview.anchors & told_of:
            continue
        if interview.end + AFTER_AN_INTERVIEW <= plan.at < interview.end + WORTH_A_DEBRIEF:
            yield Notice(
                (f"debrief:{interview.id}",),
                "Two minutes now make a better letter: mailwatch debrief",
                f"How was {application.company or 'it'}? Two minutes now make a better letter: mailwatch debrief",
            )


def _drafts(plan: Plan) -> Iterator[Notice]:
    ready = [one for one in plan.decisions if one.standing is Standing.DRAFT_READY]
    if not ready:
        return
    names = ", ".join(f"{_LETTERS[one.kind]} to {one.recipient.name if one.recipient else '?'}" for one in ready)
    count = "A draft waits" if len(ready) == 1 else f"{len(ready)} drafts wait"
    keys = tuple(f"draft:{one.key}" for one in ready)
    yield Notice(keys, f"{count} for you in Drafts: mailwatch status", f"{count} in Drafts: {names}")


_LETTERS = {
    Kind.THANK_YOU: "thank-you",
    Kind.RELAY: "thanks",
    Kind.FOLLOW_UP: "follow-up",
    Kind.WITHDRAWAL: "withdrawal",
    Kind.DECLINE: "decline",
    Kind.THANKS_ANYWAY: "answer",
    Kind.DEADLINE: "deadline note",
}


def _sign_ins(names: tuple[str, ...], told: Mapping[str, datetime], now: datetime) -> Iterator[Notice]:
    for name in names:
        times = [at for key, at in told.items() if key.startswith(f"sign-in:{name}:")]
        if not times or now - max(times) >= SIGN_IN_AGAIN:
            text = f"mailwatch can't read an account until you sign in: mailwatch auth login {name}"
            yield Notice((f"sign-in:{name}:{now.isoformat()}",), text, text)


def _digest(plan: Plan, told: Mapping[str, datetime], zone: ZoneInfo) -> Iterator[Notice]:
    local = plan.at.astimezone(zone)
    if not MORNING <= local.time() < NOON or _digest_days(told, zone) & {local.date()}:
        return
    owed = [f"{one.company or one.role}: {one.your_turn}" for one in plan.applications if one.your_turn]
    key = f"digest:{_fingerprint(plan)}"
    if any(one.replies or one.interviews for one in plan.applications):
        yield Notice((key,), "There is news: mailwatch next", "\n".join(["There is news: mailwatch next", *owed]))


def _digest_days(told: Mapping[str, datetime], zone: ZoneInfo) -> set[date]:
    return {at.astimezone(zone).date() for key, at in told.items() if key.startswith("digest:")}


def _fingerprint(plan: Plan) -> str:
    """What a reader of the status would call a change: replies, interviews and their times, what the user owes."""
    words = [
        "|".join(
            (
                application.id,
                application.state,
                application.your_turn,
                *(reply.message for reply in application.replies),
                *(f"{one.id}{one.state}{one.start}" for one in application.interviews),
            )
        )
        for application in plan.applications
    ]
    return hashlib.sha256("\n".join(sorted(words)).encode()).hexdigest()[:16]
