"""The words of the status: times as a person says them, standings, kinds of letters."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mailwatch.core.model import (
    ApplicationState,
    DayNames,
    Decision,
    Interview,
    InterviewState,
    Kind,
    ReplyKind,
    Standing,
)
from mailwatch.render.screen import Span, shown

LETTERS = {
    Kind.THANK_YOU: "thank-you",
    Kind.RELAY: "thanks via",
    Kind.FOLLOW_UP: "follow-up",
    Kind.WITHDRAWAL: "withdrawal",
    Kind.DECLINE: "decline",
    Kind.THANKS_ANYWAY: "gracious answer",
    Kind.DEADLINE: "my deadline",
}

STANDINGS = {
    Standing.NOT_DUE: "not yet",
    Standing.DUE: "due",
    Standing.LATE: "late",
    Standing.DRAFT_READY: "DRAFT READY",
    Standing.DRAFT_EDITED: "YOUR DRAFT",
    Standing.BEING_WRITTEN: "YOUR DRAFT",
    Standing.SENT: "SENT",
    Standing.DONE: "DONE",
    Standing.NO_ADDRESS: "NO ADDRESS",
    Standing.RELAYED: "NO ADDRESS",
    Standing.NOT_NEEDED: "not needed",
    Standing.EXPIRED: "too late",
    Standing.DISMISSED: "dismissed",
    Standing.BLOCKED: "waits",
}

REPLIES = {
    ReplyKind.NONE: "no answer yet",
    ReplyKind.NEUTRAL: "they wrote, no news in it",
    ReplyKind.NEXT_ROUND: "they want to go on",
    ReplyKind.SCHEDULING: "they are arranging a time",
    ReplyKind.REJECTION: "they chose someone else",
    ReplyKind.OFFER: "they made an offer",
    ReplyKind.TIMELINE_UPDATE: "they need more time",
    ReplyKind.NEEDS_INFO: "they asked you for something",
}

STATES = {
    ApplicationState.OPEN: "open",
    ApplicationState.REJECTED: "closed: they chose someone else",
    ApplicationState.OFFERED: "offer",
    ApplicationState.ACCEPTED: "you accepted",
    ApplicationState.WITHDRAWN: "you withdrew",
    ApplicationState.ON_HOLD: "on hold",
    ApplicationState.CLOSED: "closed by you",
}

OPEN_STANDINGS = frozenset({Standing.DUE, Standing.LATE, Standing.DRAFT_READY})
"""The letter still waits for the user."""

NOT_HELD = {
    InterviewState.CANCELLED: "cancelled",
    InterviewState.DECLINED: "declined by you",
    InterviewState.DID_NOT_HAPPEN: "did not happen",
}


def counted(number: int, noun: str, plural: str = "s") -> str:
    """`1 letter`, `2 letters`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}{plural}"


def day(moment: datetime, zone: ZoneInfo, now: datetime, names: DayNames) -> str:
    """`Tue 24 Nov`, with the year where it is not this one."""
    local = moment.astimezone(zone)
    text = names.of(local)
    return text if local.year == now.astimezone(zone).year else f"{text} {local.year}"


def day_time(moment: datetime, zone: ZoneInfo, now: datetime, names: DayNames) -> str:
    """`Tue 24 Nov 14:00`."""
    return f"{day(moment, zone, now, names)} {moment.astimezone(zone):%H:%M}"


def span(start: datetime, end: datetime | None, zone: ZoneInfo, now: datetime, names: DayNames) -> str:
    """`Mon 23 Nov 14:00–15:30 (Berlin)`."""
    place = zone.key.rpartition("/")[2].replace("_", " ")
    text = day_time(start, zone, now, names)
    if end is not None and end > start:
        same_day = start.astimezone(zone).date() == end.astimezone(zone).date()
        text += "–" + (f"{end.astimezone(zone):%H:%M}" if same_day else day_time(end, zone, now, names))
    return f"{text} ({place})"


def interview_kind(interview: Interview) -> str:
    """`panel`, `phone`, `on site`, `video`, `informational`: one word for the heading."""
    if interview.informational:
        return "informational"
    if len(interview.people) > 2:
        return "panel"
    return {"video": "video", "phone": "phone", "onsite": "on site"}.get(interview.medium, "interview")


def interview_line(interview: Interview, zone: ZoneInfo, now: datetime, names: DayNames) -> str:
    """What, when and in which state: `panel, Mon 23 Nov 14:00–15:30 (Berlin)`."""
    if interview.start is None:
        return "time not agreed yet"
    when = span(interview.start, interview.end, zone, now, names)
    state = {
        **NOT_HELD,
        InterviewState.REQUESTED: "proposed",
        InterviewState.POSSIBLE: "perhaps an interview",
    }.get(interview.state)
    return f"{state or interview_kind(interview)}, {when}"


def heading(company: str, role: str) -> str:
    """`Acme Corp · Senior engineer`."""
    return shown(f"{company or 'Company not known'} · {role}" if role else company or "Company not known", 90)


def deadline_of(decision: Decision, zone: ZoneInfo, now: datetime, names: DayNames) -> tuple[str | Span, ...]:
    """The time that matters to a letter now: best before, still worth sending until, since. Pieces of a line."""
    if decision.kind is Kind.FOLLOW_UP and decision.standing in OPEN_STANDINGS and decision.due and decision.due <= now:
        return (f"since {day(decision.due, zone, now, names)}; no reply seen",)
    if decision.standing in {Standing.DUE, Standing.DRAFT_READY} and decision.due and decision.due > now:
        return (f"best before {day_time(decision.due, zone, now, names)} (", Span("", moment=decision.due), ")")
    if (
        decision.last
        and decision.last > now
        and decision.standing in {Standing.LATE, Standing.DRAFT_READY, Standing.DUE}
    ):
        return (f"late, still worth sending until {day(decision.last, zone, now, names)}",)
    if decision.standing is Standing.NOT_DUE and decision.until and decision.kind is not Kind.FOLLOW_UP:
        return (f"from {day_time(decision.until, zone, now, names)}",)
    return ()
