"""`mark`, `done`, `unmark`: the user's word. It wins over every reading, and it is kept for ever."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import click

from mailwatch.cli.one_of import OneOf
from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session
from mailwatch.core.model import (
    Application,
    Appointment,
    Interview,
    InterviewState,
    Kind,
    Mark,
    MarkKind,
    Person,
    Plan,
)
from mailwatch.errors import UsageError
from mailwatch.render.ids import application_named, interview_named
from mailwatch.render.jsonform import document
from mailwatch.render.screen import shown

if TYPE_CHECKING:
    from mailwatch.store import Store

OUTCOMES = (
    MarkKind.DID_NOT_HAPPEN,
    MarkKind.REJECTED,
    MarkKind.OFFER,
    MarkKind.ACCEPTED,
    MarkKind.WITHDREW,
    MarkKind.CLOSED,
)
CHANNELS = ("phone", "linkedin", "card", "other")


@click.command()
@click.argument("which", metavar="ID")
@click.argument("outcome", type=OneOf([kind.value for kind in OUTCOMES]))
@click.pass_obj
def mark(session: Session, which: str, outcome: str) -> None:
    """Tell how a process, or its last interview, went.

    ID is what `mailwatch status` shows in brackets, or a word of the company's or a person's name.
    """
    kind = MarkKind(outcome)
    with session.store() as store:
        plan = plan_of(session, store)
        application = application_named(plan, which)
        evidence: frozenset[str] = application.messages or evidence_of(application)
        if kind is MarkKind.DID_NOT_HAPPEN:
            evidence = interview_named(application, which).anchors
        written = new_mark(session, kind, evidence)
        store.words.mark(written)
    _confirm(session, written, f"{shown(application.company, 60)}: {outcome.replace('-', ' ')}.")


@click.command()
@click.argument("which", metavar="ID")
@click.argument("person", metavar="PERSON|follow-up")
@click.option("--by", "channel", type=click.Choice(CHANNELS), required=True, help="How you did it.")
@click.pass_obj
def done(session: Session, which: str, person: str, channel: str) -> None:
    """Tell that you thanked somebody, or followed up, in another way than by mail."""
    with session.store() as store:
        plan = plan_of(session, store)
        application = application_named(plan, which)
        interview = _held(application, which, plan)
        if person == "follow-up":
            evidence = application.messages | interview.anchors
            written = new_mark(session, MarkKind.DONE, evidence, Kind.FOLLOW_UP, value=channel)
            text = f"followed up with {shown(application.company, 60)} by {channel}."
        else:
            met = _person(application, interview, person)
            written = new_mark(session, MarkKind.DONE, interview.anchors, Kind.THANK_YOU, person=met.key, value=channel)
            text = f"thanked {shown(met.name or met.key, 60)} by {channel}."
        store.words.mark(written)
    _confirm(session, written, f"Noted: {text}")


@click.command()
@click.argument("which", metavar="MARK")
@click.pass_obj
def unmark(session: Session, which: str) -> None:
    """Take something back that you told with `mark` or `done`; MARK is the ID that they printed."""
    with session.store() as store:
        matches = [known for known in store.words.marks() if len(which) >= 2 and known.id.startswith(which)]
        if len(matches) != 1:
            known_ids = ", ".join(f"{item.id[:6]} ({item.kind.value})" for item in store.words.marks()[-5:])
            raise UsageError(
                f"no single mark begins with “{shown(which, 40)}”",
                next_step=f"the last ones are: {known_ids or 'none'}",
            )
        store.words.unmark(matches[0].id)
    _confirm(session, matches[0], f"Taken back: {matches[0].kind.value}.")


def keep_mark(
    session: Session, store: Store, kind: MarkKind, evidence: frozenset[str], *, person: str = "", value: str = ""
) -> Mark:
    """Keep a mark."""
    mark = new_mark(session, kind, evidence, person=person, value=value)
    store.words.mark(mark)
    return mark


def new_mark(
    session: Session,
    kind: MarkKind,
    evidence: frozenset[str],
    letter: Kind | None = None,
    *,
    person: str = "",
    value: str = "",
    appointment: Appointment | None = None,
) -> Mark:
    """A mark of this moment, with an id of its own."""
    at = session.now
    seed = "\x1f".join((kind.value, person, value, repr(appointment), at.isoformat(), *sorted(evidence)))
    ident = hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:12]
    return Mark(ident, kind, evidence, at, letter, person, value, appointment)


def evidence_of(*applications: Application) -> frozenset[str]:
    """The evidence ids of processes: what a mark about them attaches to."""
    return frozenset[str]().union(
        *(application.messages for application in applications),
        *(interview.anchors for application in applications for interview in application.interviews),
    )


def _held(application: Application, word: str, plan: Plan) -> Interview:
    if any(len(word) >= 2 and item.id.startswith(word) for item in application.interviews):
        return interview_named(application, word)
    past = [
        item
        for item in application.interviews
        if item.start and item.start <= plan.at and item.state in {InterviewState.SCHEDULED, InterviewState.POSSIBLE}
    ]
    if not past:
        raise UsageError(
            f"no interview at {shown(application.company, 60)} has taken place yet",
            next_step="mailwatch show " + application.id[:6],
        )
    return past[-1]


def _person(application: Application, interview: Interview, word: str) -> Person:
    wanted = word.casefold()
    known = {person.key: person for person in (*application.contacts, *interview.people)}
    matches = [one for one in known.values() if wanted in one.name.casefold() or wanted == one.address]
    if len(matches) == 1:
        return matches[0]
    names = ", ".join(dict.fromkeys(shown(person.name or person.address or "", 40) for person in known.values()))
    raise UsageError(
        f"“{shown(word, 60)}” is not one person of that interview", next_step=f"one of: {names or 'nobody is known'}"
    )


def _confirm(session: Session, written: Mark, text: str) -> None:
    if session.json:
        session.write(
            document("mark", session.now, id=written.id, kind=written.kind.value, evidence=sorted(written.evidence))
        )
    else:
        session.say(f"{text} (take back: mailwatch unmark {written.id[:6]})")
