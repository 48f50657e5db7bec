"""`add`: an interview that no mail tells of, and what telling of a time has in common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING

import click

from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session
from mailwatch.cli.words import evidence_of, new_mark
from mailwatch.core.addresses import address_from_text
from mailwatch.core.ids import told_id
from mailwatch.core.model import Application, Appointment, Interview, Mark, MarkKind, Plan
from mailwatch.errors import UsageError
from mailwatch.render.ids import application_named, plan_ids
from mailwatch.render.jsonform import document, interview_form
from mailwatch.render.screen import shown
from mailwatch.render.words import heading, interview_line

if TYPE_CHECKING:
    from mailwatch.store import Store

FARTHEST = timedelta(days=400)
_TRY = "write it like “Thursday 14:00” or 2026-11-30 14:00"


@click.command()
@click.argument("company")
@click.option(
    "--at", "moment", required=True, metavar="TIME", help="When it begins, in your zone, like “Thursday 14:00”."
)
@click.option("--minutes", type=click.IntRange(5, 720), default=60, show_default=True, help="How long it takes.")
@click.option("--role", default="", help="The job, where it is known.")
@click.option(
    "--person", "people", multiple=True, metavar="“NAME <ADDRESS>”", help="Who interviews you; as often as needed."
)
@click.option("--by", "medium", type=click.Choice(["phone", "video", "onsite"]), help="How you meet.")
@click.option(
    "--to", "process", metavar="ID", default="", help="The process that it belongs to, where there are several."
)
@click.pass_obj
def add(
    session: Session,
    company: str,
    moment: str,
    minutes: int,
    role: str,
    people: tuple[str, ...],
    medium: str | None,
    process: str,
) -> None:
    """Tell of an interview at COMPANY that no mail and no calendar shows: agreed by phone, or on the corridor."""
    start = start_from_words(session, moment)
    told = Appointment(
        start,
        start + timedelta(minutes=minutes),
        company=company.strip(),
        role=role.strip(),
        zone=session.settings.me.zone,
        people=tuple(map(person_from_words, people)),
        medium=medium or "",
        words=moment,
    )
    with session.store() as store:
        evidence = evidence_of(application_named(plan_of(session, store), process)) if process else frozenset()
        mark = new_mark(session, MarkKind.ADDED, evidence, appointment=told)
        store.words.mark(mark)
        plan = plan_of(session, store)
        home = _home(plan, mark)
        if home is None:
            store.words.unmark(mark.id)
            raise _no_home(plan, told)
    say_appointment(session, "add", mark, *home, plan)


def start_from_words(session: Session, words: str) -> datetime:
    """The instant that the user names, in their own zone: ISO 8601, or as one would say it.

    Raises:
        UsageError: it names none, or several, or one that is no likely time for an interview.
    """
    found = _iso(session, words) or _said(session, words)
    if found is None:
        raise UsageError(f"“{shown(words, 60)}” is no time of a day", next_step=_TRY)
    if abs(found - session.now) > FARTHEST:
        raise UsageError(f"“{shown(words, 60)}” is more than a year away", next_step=_TRY)
    return found


def _iso(session: Session, words: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(words.strip())
    except ValueError:
        return None
    if len(words.strip()) <= len("2026-11-30"):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=session.zone)).astimezone(UTC)


def _said(session: Session, words: str) -> datetime | None:
    from mailwatch.core.reading.times import times_in
    from mailwatch.phrases import load_lexicon

    me = session.settings.me
    written = session.now.astimezone(session.zone)
    language = me.languages[0] if me.languages else "en"
    found = times_in(words, written=written, zone=me.zone, lexicon=load_lexicon(), language=language)
    timed = [mention for mention in found if not mention.day_only and not mention.weekday_conflict]
    return timed[0].start if len(found) == len(timed) == 1 else None


def person_from_words(words: str) -> tuple[str, str]:
    """Name and address ("" where none is given) from "Rita Ek <rita@acme.example>", "Rita Ek" or an address alone.

    Raises:
        UsageError: what stands in brackets is no mail address.
    """
    name, written = parseaddr(words) if "@" in words else (words, "")
    address = address_from_text(written) if written else None
    if "@" in words and address is None:
        raise UsageError(
            f"“{shown(words, 60)}” holds no mail address", next_step="write it like “Rita Ek <rita@acme.example>”"
        )
    return name.strip(), address or ""


def _home(plan: Plan, mark: Mark) -> tuple[Application, Interview] | None:
    """The process and the interview that an appointment became."""
    source = told_id(mark.id)
    return next(((one, item) for one in plan.applications for item in one.interviews if source in item.anchors), None)


def _no_home(plan: Plan, told: Appointment) -> UsageError:
    ids = plan_ids(plan)
    several = [one for one in plan.applications if told.company.casefold() in one.company.casefold()]
    names = ", ".join(f"{ids[one.id]} ({heading(one.company, one.role)})" for one in several)
    return UsageError(
        f"it is not clear to which process at {shown(told.company, 60)} this belongs",
        next_step=f"say which with --to: {names}",
    )


def say_appointment(
    session: Session, command: str, mark: Mark, application: Application, interview: Interview, plan: Plan
) -> None:
    """What was understood, and how it is taken back."""
    if session.json:
        form = interview_form(interview, plan_ids(plan))
        session.write(
            document(command, session.now, id=mark.id, application=plan_ids(plan)[application.id], interview=form)
        )
        return
    told = f"{heading(application.company, application.role)}: {interview_line(interview, session.zone, session.now, session.days)}"
    session.say(f"{told} (take back: mailwatch unmark {mark.id[:6]})")


def moved(session: Session, store: Store, interview: Interview, words: str, minutes: int | None) -> Mark:
    """The mark of another time for a known interview, kept."""
    start = start_from_words(session, words)
    length = (
        timedelta(minutes=minutes)
        if minutes
        else (interview.end - interview.start if interview.start and interview.end else timedelta(hours=1))
    )
    told = Appointment(start, start + length, zone=session.settings.me.zone, previous=interview.start, words=words)
    mark = new_mark(session, MarkKind.ADDED, interview.anchors, appointment=told)
    store.words.mark(mark)
    return mark
