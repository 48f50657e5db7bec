"""`debrief`: the quick one. Under two minutes for three people; Enter skips; Ctrl-C keeps what was typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import click

from mailwatch.cli.debrief_answers import (
    Answers,
    LetterTalk,
    not_understood,
    people_from_words,
    repeated_in_private,
)
from mailwatch.cli.debrief_letters import offer_letters
from mailwatch.cli.editor import edited, names_editor
from mailwatch.cli.planning import application_meant, plan_of
from mailwatch.cli.prompts import COVERED, PRIVATE_QUICK, is_number, private_full
from mailwatch.cli.session import Session
from mailwatch.core.compose import Letters
from mailwatch.core.model import Application, Interview, InterviewState, Person, Plan, SharedNote
from mailwatch.errors import UsageError
from mailwatch.render.ids import interview_named
from mailwatch.render.screen import line, shown
from mailwatch.render.words import heading, interview_line

if TYPE_CHECKING:
    from mailwatch.store import Store


@click.command()
@click.argument("which", metavar="[ID]", default="")
@click.option("--full", is_flag=True, help="More questions: what was covered, what went well, ratings, better answers.")
@click.option("--edit", "in_editor", is_flag=True, help="Fill a form in your editor instead.")
@click.pass_obj
def debrief(session: Session, which: str, full: bool, in_editor: bool) -> None:
    """Write down an interview while it is fresh: who was there, what stayed with you, when they decide.

    What goes into letters is marked ✉; all else is only for you. Without ID: the latest interview that has no debrief yet.
    """
    if not session.interactive and not (in_editor and not session.no_input):
        raise UsageError("a debrief asks questions, and this is no terminal", next_step="run it in a terminal")
    if in_editor and not session.interactive and not names_editor(session.environment):
        raise UsageError(
            "an editor needs a terminal, and this is none", next_step="run it in a terminal, or set EDITOR"
        )
    with session.store() as store:
        application, interview = _meant(plan_of(session, store), store, which)
        talk = LetterTalk(_letters(session), application, store.facts(session.settings.me), interview.language)
        answers = Answers(fit=_known_fit(store, application))
        number = None
        if in_editor:
            number, answers = _in_editor(session, talk, interview, store, answers)
            _name_problems(session, interview, talk, answers)
        else:
            try:
                _ask(session, talk, interview, answers, full=full)
            except (click.Abort, KeyboardInterrupt):
                click.echo("\nStopped; what you typed is kept.", err=True)
        record = answers.record(interview, session.now)
        store.words.keep_debrief(record, number=number)
    for sentence in repeated_in_private(record):
        session.say(f"“{sentence}” repeats a note that is only for you: no letter is written with it.")
    offer_letters(session, interview)


def _letters(session: Session) -> Letters:
    from mailwatch.tick.configured import tick_settings

    return tick_settings(session.settings).letters


def _in_editor(
    session: Session, talk: LetterTalk, interview: Interview, store: Store, fresh: Answers
) -> tuple[int | None, Answers]:
    """(the number of the debrief that is written anew, or None; what the form says)."""
    from mailwatch.cli.debrief_form import answers_from_form, form_text

    number, answers = None, fresh
    for known_number, known in store.words.debriefs():
        if known.evidence & interview.anchors:
            number = known_number
            answers = Answers(
                evidence=known.evidence,
                absent=list(known.absent),
                added=list(known.added),
                notes={note.person: note for note in known.notes},
                fit=known.fit,
                decide_words=known.decide_words,
                covered=known.covered,
                private=known.private.reveal(),
            )
    private = dict(private_full(session.settings.ratings))
    private |= {name: f"Only for you: {name}" for name in answers.private if name not in private}
    process = talk.application
    text = form_text(interview, answers, heading(process.company, process.role), private, talk)
    told = answers_from_form(edited(text, session.state, session.environment, "debrief.txt"), interview, private)
    told.evidence = answers.evidence
    if told.puzzling:
        _who_after_all(session, interview, told)
    if told.decide_words:
        told.decide_by = _decision_date(session, process, told.decide_words)
    return number, told


def _who_after_all(session: Session, interview: Interview, told: Answers) -> None:
    """The form says of somebody that they were there, or not, and nobody knows who that is: it is asked again."""
    if session.interactive:
        click.echo(_not_understood(told.puzzling), err=True)
        _ask_who(interview, told)
    else:
        told.absent, told.added = [], []
        session.say(
            f"{_not_understood(told.puzzling).strip()} So all count as having been there: mailwatch debrief --edit"
        )


def _not_understood(words: str) -> str:
    return f"  “{shown(words, 60)}” is not understood. Like this: -2 +Ana Ruiz <ana@acme.example>"


def _name_problems(session: Session, interview: Interview, talk: LetterTalk, answers: Answers) -> None:
    """Say which words for letters can't stand in one, and why."""
    people = {person.key: person for person in interview.people}
    for key, note in answers.notes.items():
        for text in (note.topic, note.thought, note.better_answer):
            why = talk.why_unusable(text, people.get(key, Person("?")))
            if why:
                session.say(f"“{shown(text, 80)}” will not be in the letter: it {why}.")


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


def _known_fit(store: Store, application: Application) -> str:
    evidence = frozenset(application.messages).union(*(interview.anchors for interview in application.interviews))
    known = (debrief for _, debrief in reversed(store.words.debriefs()) if debrief.evidence & evidence)
    return next((debrief.fit for debrief in known if debrief.fit), "")


def _ask(session: Session, talk: LetterTalk, interview: Interview, answers: Answers, *, full: bool) -> None:
    session.show(
        [
            line(heading(talk.application.company, talk.application.role)),
            line(interview_line(interview, session.zone, session.now, session.days)),
        ]
    )
    for person in _ask_who(interview, answers):
        _ask_for_letter(person, talk, answers, full=full)
    answers.fit = _usable(talk.questions().fit, None, talk, default=answers.fit)
    answers.decide_words = _typed("When will they decide?")
    if answers.decide_words:
        answers.decide_by = _decision_date(session, talk.application, answers.decide_words)
    if full:
        answers.covered = _typed(COVERED)
    for name, question in (private_full(session.settings.ratings) if full else PRIVATE_QUICK).items():
        answers.private[name] = _number(question) if is_number(name) else _typed(question)


def _ask_who(interview: Interview, answers: Answers) -> list[Person]:
    for number, person in enumerate(interview.people, 1):
        click.echo(f"  {number}  {shown(person.name or person.address or '', 60)}", err=True)
    while True:
        typed = _typed("Who was there? (Enter = all · -2 = was absent · +Name <address> = add)")
        puzzling = not_understood(interview, typed)
        if not puzzling:
            return people_from_words(interview, typed, answers)
        click.echo(_not_understood(puzzling), err=True)


def _ask_for_letter(person: Person, talk: LetterTalk, answers: Answers, *, full: bool) -> None:
    """What one person's letter may say; kept answer by answer."""
    if not talk.has_own_words(person):
        return
    asked = talk.questions(person)
    name = shown(person.name or person.address or "", 60)
    note = SharedNote(person.key, topic=_usable(asked.topic.replace("{name}", name), person, talk))
    answers.notes[person.key] = note
    if note.topic:
        note = replace(note, thought=_usable(asked.thought, person, talk))
        answers.notes[person.key] = note
    if full:
        better = _usable(asked.better.replace("{name}", name), person, talk)
        answers.notes[person.key] = replace(note, better_answer=better)


def _usable(question: str, person: Person | None, talk: LetterTalk, default: str = "") -> str:
    """An answer that can stand in the letter, or none: what can't is asked again, with the reason."""
    while True:
        typed = _typed(question, default)
        why = talk.why_unusable(typed, person)
        if not why:
            return typed
        click.echo(f"  That can't stand in the letter: it {why}. Once more, or Enter to leave it out.", err=True)
        default = ""


def _number(question: str) -> str:
    while True:
        typed = _typed(question)
        if typed in {"", "1", "2", "3", "4", "5"}:
            return typed
        click.echo("  A number from 1 to 5, or Enter.", err=True)


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
