"""Plan → CSV and iCalendar, for spreadsheets and calendars."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mailwatch.core.model import Application, Decision, Interview, Plan
from mailwatch.render import words
from mailwatch.render.ids import plan_ids
from mailwatch.render.jsonform import instant
from mailwatch.render.screen import shown

if TYPE_CHECKING:
    from icalendar import Event  # imported where it is used: only a calendar needs it

COLUMNS = ("company", "role", "state", "what", "with", "address", "title", "start", "end", "standing", "due", "id")

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection); the quote makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_REMINDER = timedelta(minutes=15)


def csv_text(plan: Plan) -> str:
    """One row for each person in an interview and for each letter, RFC 4180, instants in UTC."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    ids = plan_ids(plan)
    for application in plan.applications:
        shared = [application.company, application.role, words.STATES[application.state]]
        for row in [*_interview_rows(application), *_letter_rows(application, plan)]:
            writer.writerow([_cell(value) for value in [*shared, *row, ids[application.id]]])
    return out.getvalue()


def _interview_rows(application: Application) -> Iterator[list[str]]:
    for interview in application.interviews:
        when = [instant(interview.start) or "", instant(interview.end) or ""]
        state = words.NOT_HELD.get(interview.state, interview.state.value)
        for person in interview.people or (None,):
            named = [person.name, person.address or "", person.title] if person else ["", "", ""]
            yield [words.interview_kind(interview), *named, *when, state, ""]


def _letter_rows(application: Application, plan: Plan) -> Iterator[list[str]]:
    for decision in plan.decisions:
        if decision.application == application.id:
            person = decision.recipient
            named = [person.name, person.address or "", person.title] if person else ["", "", ""]
            standing = words.STANDINGS[decision.standing].lower()
            yield [words.LETTERS[decision.kind], *named, "", "", standing, instant(decision.due) or ""]


def _cell(value: str) -> str:
    text = shown(value, 500)
    return f"'{text}" if text.startswith(_FORMULA) else text


def ics_text(plan: Plan, *, titles: bool) -> bytes:
    """Interviews with a time and letters that are due, as an RFC 5545 calendar of private entries.

    Args:
        titles: say what each entry is; else it is called "Busy", because calendars are often shared.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("PRODID", "-//mailwatch//mailwatch//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    headings = {one.id: words.heading(one.company, one.role) for one in plan.applications}
    for application in plan.applications:
        for interview in application.interviews:
            if interview.start is not None and interview.state not in words.NOT_HELD:
                calendar.add_component(_meeting(interview, headings[application.id], plan.at, titles=titles))
    for decision in plan.decisions:
        if decision.due is not None and decision.standing in words.OPEN_STANDINGS:
            calendar.add_component(_due(decision, headings.get(decision.application, ""), plan.at, titles=titles))
    return bytes(calendar.to_ical())


def _meeting(interview: Interview, heading: str, now: datetime, *, titles: bool) -> Event:
    start = interview.start or now
    title = f"{words.interview_kind(interview).capitalize()}: {heading}" if titles else "Busy"
    return _entry(f"{interview.id}@mailwatch", title, start, interview.end or start + _REMINDER, now, busy=True)


def _due(decision: Decision, heading: str, now: datetime, *, titles: bool) -> Event:
    due = decision.due or now
    name = decision.recipient.name if decision.recipient else ""
    title = shown(f"{words.LETTERS[decision.kind]} {name}: {heading}", 200) if titles else "Busy"
    return _entry(f"{decision.key}@mailwatch", title, due - _REMINDER, due, now, busy=False)


def _entry(uid: str, title: str, start: datetime, end: datetime, now: datetime, *, busy: bool) -> Event:
    from icalendar import Event

    event = Event()
    event.add("UID", uid)
    event.add("DTSTAMP", now)
    event.add("DTSTART", start)
    event.add("DTEND", end)
    event.add("SUMMARY", title)
    event.add("CLASS", "PRIVATE")
    event.add("TRANSP", "OPAQUE" if busy else "TRANSPARENT")
    return event
