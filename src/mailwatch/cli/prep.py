"""`prep` and `compare`: what the user's own debriefs are good for before the next interview, and before a decision."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mailwatch.cli.drafts import subject_and_text
from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session
from mailwatch.core.model import Application, DayNames, Facts, Interview, Mark, MarkKind, Plan
from mailwatch.core.preparation import (
    Lesson,
    Rating,
    debriefs_at,
    last_letter,
    lessons,
    people_met,
    rating_of,
)
from mailwatch.errors import UsageError
from mailwatch.render.ids import application_named
from mailwatch.render.jsonform import document, instant
from mailwatch.render.screen import Line, Span, line, pad, shown
from mailwatch.render.words import STATES, counted, day, day_time, heading, interview_line

_TICKED = "prepared"
_KINDS = {"stumped": "stumped you", "differently": "do differently"}


@click.command()
@click.argument("which", metavar="[ID]", default="")
@click.option("--tick", type=click.IntRange(1, 5), metavar="N", help="Tick off number N of the list: it is prepared.")
@click.pass_obj
def prep(session: Session, which: str, tick: int | None) -> None:
    """Show what to prepare: questions that stumped you, what to do differently, who was met, what was covered.

    Without ID: the next interview. The list holds all employers, this one's first, until each point is ticked off.
    """
    with session.store() as store:
        plan, facts = plan_of(session, store), store.facts(session.settings.me)
        application = application_named(plan, which) if which else _next(plan)
        points = lessons(application, facts.debriefs, _ticked(facts))
        if tick is not None:
            if tick > len(points):
                raise UsageError(f"the list has no number {tick}", next_step="mailwatch prep")
            lesson = points[tick - 1]
            evidence = frozenset({f"lesson:{lesson.id}"})
            store.words.mark(Mark(lesson.id, MarkKind.CONFIRMED, evidence, session.now, value=_TICKED))
            session.say(f"Ticked off: {shown(lesson.text, 120)} (take back: mailwatch unmark {lesson.id[:6]})")
            return
    if session.json:
        session.write(document("prep", plan.at, **_form(application, points, facts, plan)))
    else:
        session.show(_lines(session, application, points, facts, plan))


def _ticked(facts: Facts) -> frozenset[str]:
    return frozenset(mark.id for mark in facts.marks if mark.value == _TICKED)


def _next(plan: Plan) -> Application | None:
    """The process with the next interview, else the one with the last."""
    ahead = [
        (interview.start, application.id, application)
        for application in plan.applications
        for interview in application.interviews
        if interview.start is not None and interview.start > plan.at
    ]
    held = [
        (interview.start, application.id, application)
        for application in plan.applications
        for interview in application.interviews
        if interview.start is not None
    ]
    return min(ahead)[2] if ahead else max(held)[2] if held else None


def _form(application: Application | None, points: Sequence[Lesson], facts: Facts, plan: Plan) -> dict[str, object]:
    met = people_met(application, plan.at) if application else ()
    told = debriefs_at(application, facts.debriefs) if application else ()
    letter = last_letter(application, facts.ledger) if application else None
    return {
        "application": application.id if application else None,
        "points": [{"kind": one.kind, "text": one.text, "same_employer": one.here} for one in points],
        "met": [{"name": person.name, "title": person.title, "at": instant(one.start)} for person, one in met],
        "covered": [one.covered for one in told if one.covered],
        "last_letter": subject_and_text(letter.raw)[1] if letter else None,
    }


def _lines(
    session: Session, application: Application | None, points: Sequence[Lesson], facts: Facts, plan: Plan
) -> list[Line]:
    lines = [line(Span("To prepare", "strong"))] if points else [line("Nothing is on your list to prepare.")]
    lines += [
        line(f"  {number}  ", Span(f"{_KINDS[one.kind]}: ", "dim"), shown(one.text, 300), hang=5)
        for number, one in enumerate(points, 1)
    ]
    if application is None:
        return lines
    ahead = [one for one in application.interviews if one.start is not None and one.start > plan.at]
    title = [line(Span(heading(application.company, application.role), "strong"))]
    title += [line(f"  {interview_line(one, session.zone, plan.at, plan.days)}") for one in ahead]
    met = [
        _met_line(person.name or person.address or "", person.title, one, session, plan)
        for person, one in people_met(application, plan.at)
    ]
    covered = [
        line(f"  covered {day(one.at, session.zone, plan.at, plan.days)}: {shown(one.covered, 400)}", hang=4)
        for one in debriefs_at(application, facts.debriefs)
        if one.covered
    ]
    letter = last_letter(application, facts.ledger)
    sent = []
    if letter is not None:
        subject, text = subject_and_text(letter.raw)
        when = day_time(letter.sent_at or letter.at, session.zone, plan.at, plan.days)
        sent = [line(f"  your last letter, {when}, to {shown(letter.recipient, 100)}: {shown(subject, 200)}")]
        sent += [line(f"    {shown(row, 2000)}", hang=4) for row in text.split("\n") if row]
    return [*title, *met, *covered, *sent, line(""), *lines]


def _met_line(name: str, title: str, interview: Interview, session: Session, plan: Plan) -> Line:
    role = f", {shown(title, 60)}" if title else ""
    when = day(interview.start, session.zone, plan.at, plan.days) if interview.start else ""
    return line(f"  met {shown(name, 60)}{role}, {when}")


@click.command()
@click.option("--no-private", is_flag=True, help="Without your red flags: somebody is looking.")
@click.pass_obj
def compare(session: Session, no_private: bool) -> None:
    """Put the employers that are still in play side by side: where they stand, your ratings and red flags, their deadlines."""
    with_private = not no_private
    with session.store() as store:
        plan, facts = plan_of(session, store), store.facts(session.settings.me)
    rows = [
        (application, rating_of(application, facts.debriefs))
        for application in plan.applications
        if application.interviews and application.state.value in {"open", "offered", "accepted", "on_hold"}
    ]
    if session.json:
        forms = [_compared(application, rating, with_private=with_private) for application, rating in rows]
        session.write(document("compare", plan.at, employers=forms))
        return
    session.show(
        item for application, rating in rows for item in _compared_lines(application, rating, with_private, plan.days)
    )
    if not rows:
        session.say("There is nobody to compare yet.")


def _compared(application: Application, rating: Rating, *, with_private: bool) -> dict[str, object]:
    form: dict[str, object] = {
        "id": application.id,
        "company": application.company,
        "role": application.role,
        "state": application.state.value,
        "rounds": len(application.interviews),
        "offer_deadline": application.offer_deadline.isoformat() if application.offer_deadline else None,
        "decision_by": application.decision.by.isoformat()
        if application.decision and application.decision.by
        else None,
        "ratings": dict(rating.scores),
    }
    return {**form, "red_flags": list(rating.red_flags)} if with_private else form


def _compared_lines(application: Application, rating: Rating, with_private: bool, days: DayNames) -> list[Line]:
    facts = [STATES[application.state], counted(len(application.interviews), "interview")]
    if application.offer_deadline:
        facts.append(f"answer by {days.of(application.offer_deadline)}")
    elif application.decision and application.decision.by:
        facts.append(f"news by {days.of(application.decision.by)}")
    facts += [f"{name} {score}" for name, score in rating.scores]
    title = Span(pad(heading(application.company, application.role), 40), "strong")
    flags = [line("    red flag: ", shown(flag, 300), hang=6) for flag in rating.red_flags] if with_private else []
    return [line(title, " ", shown(" · ".join(facts), 300), hang=4), *flags]
