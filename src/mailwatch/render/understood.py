"""What one message says by itself, as a person would want it told: `read`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailwatch.core.model import (
    Direction,
    Meeting,
    MeetingState,
    MessageKind,
    Named,
    PersonMention,
    PersonPart,
    Promise,
    Reading,
    ReplyKind,
    ZoneState,
)
from mailwatch.render import words
from mailwatch.render.detail import evidence_lines
from mailwatch.render.screen import Line, Span, line, shown

KINDS = {
    MessageKind.INTERVIEW_REQUEST: "asks for an interview",
    MessageKind.INTERVIEW_CONFIRMED: "confirms an interview",
    MessageKind.INTERVIEW_RESCHEDULED: "moves an interview",
    MessageKind.INTERVIEW_CANCELLED: "calls an interview off",
    MessageKind.NEXT_ROUND: "invites to the next round",
    MessageKind.REJECTION: "a refusal",
    MessageKind.OFFER: "an offer",
    MessageKind.TIMELINE_UPDATE: "says when they decide",
    MessageKind.NEEDS_INFO: "asks you for something",
    MessageKind.AUTO_REPLY: "an automatic answer",
    MessageKind.APPLICATION_ACK: "confirms that an application arrived",
    MessageKind.ASSESSMENT: "a test or a recording, with nobody to meet",
    MessageKind.COLD_OUTREACH: "an unasked approach about a job",
    MessageKind.JOB_ALERT: "a list of vacancies",
    MessageKind.INTERVIEWER_SIDE: "about somebody else's interview or application",
    MessageKind.INTERVIEW_OTHER: "another kind of interview or appointment",
    MessageKind.OTHER: "nothing about an interview of yours",
    MessageKind.THANK_YOU_SENT: "your thanks for an interview",
    MessageKind.FOLLOW_UP_SENT: "you ask for news",
    MessageKind.SCHEDULING_SENT: "you arrange a time",
    MessageKind.DECLINE_SENT: "you decline or withdraw",
    MessageKind.OTHER_SENT: "sent by you, nothing about an interview",
}
_SIDES = {
    Direction.CANDIDATE: "you are the candidate",
    Direction.INTERVIEWER: "somebody else is the candidate",
    Direction.OTHER: "not about a job of yours",
    Direction.UNKNOWN: "nobody says who the candidate is",
}
_TIMES = {
    MeetingState.CONFIRMED: "fixed",
    MeetingState.PROPOSED: "proposed",
    MeetingState.ACCEPTED: "agreed to",
    MeetingState.CANCELLED: "called off",
    MeetingState.DECLINED: "declined",
}
_ZONES = {
    ZoneState.KNOWN: "",
    ZoneState.FLOATING: ", no zone named: taken as yours",
    ZoneState.UNKNOWN: ", zone unclear",
}
_PARTS = {
    PersonPart.INTERVIEWER: "interviews",
    PersonPart.CONTACT: "arranges",
    PersonPart.CANDIDATE: "is the candidate",
    PersonPart.UNSURE: "",
}
_SOURCES = {
    "organizer": "organiser of the invitation",
    "attendee": "guest of the invitation",
    "sender": "the sender",
    "recipient": "addressed",
    "signature": "from the signature",
    "agenda": "from the agenda",
    "title": "from the title",
    "bounce": "the address that failed",
}
_LABEL = 9
_INDENT = 2 + _LABEL


def reading_lines(reading: Reading, zone: ZoneInfo) -> list[Line]:
    """What was understood: kind and side, times on the user's clock, people, firm, job, answer and promise; then why."""
    known = reading.direction is not Direction.UNKNOWN
    lines = [line(Span(KINDS[reading.kind], "strong"), f" · {_SIDES[reading.direction]}" if known else "", hang=2)]
    lines += _facts("when", (_when(item, item.start.astimezone(zone)) for item in reading.meetings if item.start))
    lines += _facts("people", (_who(person) for person in reading.people))
    lines += _facts("company", map(_named, reading.companies[:1]))
    lines += _facts("role", map(_named, reading.roles[:1]))
    lines += _facts("answer", _answers(reading))
    lines += _facts("promise", () if reading.promise is None else (_promised(reading.promise),))
    lines += _facts("beware", (shown(item.words, 160) for item in reading.suspicions))
    if not reading.readable:
        lines += _facts("beware", ("the text could not be read",))
    why = evidence_lines(reading.evidence)
    return [*lines, *([line("  why")] if why else []), *why]


def _facts(label: str, texts: Iterable[str]) -> Iterator[Line]:
    """One line for each, the label before the first."""
    for number, text in enumerate(dict.fromkeys(texts)):
        yield line(Span(f"  {label if number == 0 else '':<{_LABEL}}", "dim"), text, hang=_INDENT)


def _when(meeting: Meeting, local: datetime) -> str:
    """A meeting whose start on the user's clock is `local`."""
    zone = str(local.tzinfo)
    hour = "" if meeting.day_only else f" {local:%H:%M}"
    until = f"–{meeting.end.astimezone(local.tzinfo):%H:%M}" if meeting.end and hour else ""
    moved = ""
    if meeting.previous_start:
        moved = f", before {_day(meeting.previous_start.astimezone(local.tzinfo).date())}"
    named = "" if meeting.day_only else f" {zone}{_ZONES[meeting.zone_state]}"
    seen = f" (written in {shown(meeting.zone, 40)})" if meeting.zone and meeting.zone != zone and named else ""
    how = f", {meeting.medium}" if meeting.medium else ""
    return f"{_day(local.date())}{hour}{until}{named}{seen}: {_TIMES[meeting.state]}{how}{moved}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _who(person: PersonMention) -> str:
    """Name, job and part; then the address and where it was seen."""
    name = shown(person.name, 60) or "name not seen"
    facts = [shown(person.title, 60), "does not come" if person.declined else _PARTS[person.part]]
    about = ", ".join(filter(None, [name, *facts]))
    source = _SOURCES.get(person.source, "from the text")
    address = f"<{shown(person.address, 90)}>" if person.address else "no address seen"
    return f"{about} {address} ({source})"


def _named(name: Named) -> str:
    return f"{shown(name.text, 80)} (from the {name.source})"


def _answers(reading: Reading) -> Iterator[str]:
    if reading.reply not in {ReplyKind.NONE, ReplyKind.NEUTRAL}:
        yield words.REPLIES[reading.reply] + (f": {shown(reading.asked_for, 60)}" if reading.asked_for else "")
    if reading.offer_deadline:
        yield f"to be answered by {_day(reading.offer_deadline)}"
    if reading.away_until:
        yield f"away until {_day(reading.away_until)}"
    if reading.gone:
        yield "no longer to be reached there"
    if reading.gratitude is not None:
        yield f"thanks for: {reading.gratitude.cause}, “{shown(reading.gratitude.words, 120)}”"


def _promised(promise: Promise) -> str:
    if promise.by:
        when = f"by {_day(promise.by)}"
    elif promise.after_interview:
        when = (
            f"{promise.days or promise.business_days} {'days' if promise.days else 'working days'} after the interview"
        )
    else:
        when = "no day named"
    return f"{'on hold, ' if promise.on_hold else ''}{when}: “{shown(promise.words, 120)}”"
