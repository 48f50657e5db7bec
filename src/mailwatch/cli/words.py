"""`mark`, `done`, `unmark`: the user's word. It wins over every reading, and it is kept for ever."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import click

from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session
from mailwatch.core.model import Application, Interview, InterviewState, Kind, Mark, MarkKind, Person, Plan
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
@click.argument("outcome", type=click.Choice([kind.value for kind in OUTCOMES]))
@click.pass_obj
def mark(session: Session, which: str, outcome: str) -> None:
    """Tell how a process, or its last interview, went.

    ID is what `mailwatch status` shows in brackets, or a word of the company's or a person's name.
    """
    kind = MarkKind(outcome)
    with session.store() as store:
        plan = plan_of(session, store)
        application = application_named(plan, which)
        evidence: frozenset[str] = application.messages
        if kind is MarkKind.DID_NOT_HAPPEN:
            evidence = frozenset(interview_named(application, which).anchors)
        elif not evidence:
            evidence = frozenset(anchor for interview in application.interviews for anchor in interview.anchors)
        written = _mark(session, kind, evidence)
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
            written = _mark(
                session, MarkKind.DONE, application.messages | interview.anchors, Kind.FOLLOW_UP, "", channel
            )
            text = f"followed up with {shown(application.company, 60)} by {channel}."
        else:
            met = _person(application, interview, person)
            written = _mark(session, MarkKind.DONE, interview.anchors, Kind.THANK_YOU, met.key, channel)
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


def keep_mark(session: Session, store: Store, kind: MarkKind, evidence: frozenset[str]) -> str:
    """Keep a mark of a kind that needs no more than its evidence; its id."""
    mark = _mark(session, kind, frozenset(evidence))
    store.words.mark(mark)
    return mark.id


def _mark(
    session: Session,
    kind: MarkKind,
    evidence: frozenset[str],
    letter: Kind | None = None,
    person: str = "",
    value: str = "",
) -> Mark:
    at = session.now
    seed = "\x1f".join((kind.value, person, value, at.isoformat(), *sorted(evidence)))
    return Mark(
        hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:12], kind, evidence, at, letter, person, value
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
    known = (*interview.people, *application.contacts)
    matches = {person.key: person for person in known if wanted in person.name.casefold() or wanted == person.address}
    if len(matches) == 1:
        return next(iter(matches.values()))
    names = ", ".join(shown(person.name or person.address or "", 40) for person in known)
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
