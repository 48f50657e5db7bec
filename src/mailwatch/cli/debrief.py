"""`debrief`: the quick one. Under two minutes for three people; Enter skips; Ctrl-C keeps what was typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import click

from mailwatch.cli.planning import application_meant, plan_of
from mailwatch.cli.session import Session
from mailwatch.core.model import Address, Application, Debrief, Interview, InterviewState, Person, Plan, SharedNote
from mailwatch.errors import UsageError
from mailwatch.render.detail import draft_lines
from mailwatch.render.ids import interview_named
from mailwatch.render.screen import line, shown
from mailwatch.render.words import heading, interview_line

if TYPE_CHECKING:
    from mailwatch.store import Store


@dataclass(slots=True)
class Answers:
    """What has been typed so far."""

    absent: list[str] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    notes: list[SharedNote] = field(default_factory=list)
    fit: str = ""
    decide_words: str = ""
    decide_by: date | None = None


@click.command()
@click.argument("which", metavar="[ID]", default="")
@click.pass_obj
def debrief(session: Session, which: str) -> None:
    """Write down an interview while it is fresh: who was there, what stayed with you, when they decide.

    What goes into letters is marked ✉. Without ID: the latest interview that has no debrief yet.
    """
    if not session.interactive:
        raise UsageError("a debrief asks questions, and this is no terminal", next_step="run it in a terminal")
    with session.store() as store:
        plan = plan_of(session, store)
        application, interview = _meant(plan, store, which)
        answers = Answers()
        try:
            _ask(session, application, interview, store, answers)
        except (click.Abort, KeyboardInterrupt):
            click.echo("\nStopped; what you typed is kept.", err=True)
        store.words.keep_debrief(_record(session, interview, answers))
        after = plan_of(session, store)
    letters = [draft for draft in after.drafts if draft.interview == interview.id]
    for draft in letters:
        session.show([line(""), *draft_lines(draft)])
    session.say(f"Kept. {len(letters)} letters would be saved: mailwatch run" if letters else "Kept.")


def _meant(plan: Plan, store: Store, word: str) -> tuple[Application, Interview]:
    if word:
        application = application_meant(plan, word)
        return application, interview_named(application, word)
    told = {anchor for _, known in store.words.debriefs() for anchor in known.evidence}
    open_ones = [
        (interview.end, application, interview)
        for application in plan.applications
        for interview in application.interviews
        if interview.end
        and interview.end <= plan.at
        and interview.state is InterviewState.SCHEDULED
        and not interview.anchors & told
    ]
    if not open_ones:
        raise UsageError("no interview is waiting for a debrief", next_step="mailwatch debrief ID names one again")
    _, application, interview = max(open_ones, key=lambda item: item[0])
    return application, interview


def _ask(session: Session, application: Application, interview: Interview, store: Store, answers: Answers) -> None:
    session.show(
        [
            line(heading(application.company, application.role)),
            line(interview_line(interview, session.zone, session.now)),
        ]
    )
    people = _ask_who(interview, answers)
    for person in people:
        name = shown(person.name or person.address or "", 60)
        topic = _typed(f"✉ To {name}: what stayed with you? Write it to them: your …")
        thought = _typed("✉ What do you think, or would you add now?") if topic else ""
        if topic or thought:
            answers.notes.append(SharedNote(person.key, topic, thought))
    known_fit = next(
        (
            known.fit
            for _, known in reversed(store.words.debriefs())
            if known.fit and known.evidence & application.messages
        ),
        "",
    )
    answers.fit = _typed("✉ One sentence: what have you done that fits this job?", known_fit)
    answers.decide_words = _typed("When will they decide?")
    if answers.decide_words:
        answers.decide_by = _decision_date(session, application, answers.decide_words)


def _ask_who(interview: Interview, answers: Answers) -> list[Person]:
    people = list(interview.people)
    for number, person in enumerate(people, 1):
        click.echo(f"  {number}  {shown(person.name or person.address or '', 60)}", err=True)
    typed = _typed("Who was there? (Enter = all · -2 = was absent · +Name <address> = add)")
    absent = {int(word[1:]) for word in typed.split() if word[:1] == "-" and word[1:].isdigit()}
    answers.absent += [person.key for number, person in enumerate(people, 1) if number in absent]
    added = [_added(piece) for piece in typed.split("+")[1:]]
    answers.added += added
    present = [person for number, person in enumerate(people, 1) if number not in absent]
    return present + [Person(name, address=_address(address), source="debrief") for name, address in added]


def _added(piece: str) -> tuple[str, str]:
    from email.utils import parseaddr

    name, address = parseaddr(piece.strip())
    return (name or piece.split("<", maxsplit=1)[0].strip(), address.casefold() if "@" in address else "")


def _address(text: str) -> Address | None:
    return Address(text) if text else None


def _typed(question: str, default: str = "") -> str:
    answer: str = click.prompt(question, default=default, show_default=bool(default), err=True)
    return answer.strip()


def _decision_date(session: Session, application: Application, words: str) -> date | None:
    from mailwatch.core.reading.promises import promise_date
    from mailwatch.phrases import load_lexicon

    languages = tuple(dict.fromkeys((application.language, *session.settings.me.languages)))
    found = promise_date(
        words, written=session.now, zone=session.settings.me.zone, languages=languages, lexicon=load_lexicon()
    )
    click.echo(
        f"  → by {found:%A} {found.day} {found:%B}" if found else "  → not understood as a date; kept as you wrote it",
        err=True,
    )
    return found


def _record(session: Session, interview: Interview, answers: Answers) -> Debrief:
    return Debrief(
        evidence=interview.anchors,
        at=session.now,
        absent=tuple(answers.absent),
        added=tuple(answers.added),
        notes=tuple(answers.notes),
        fit=answers.fit,
        decide_by=answers.decide_by,
        decide_words=answers.decide_words,
    )
