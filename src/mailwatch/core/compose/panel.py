"""What is taken before a letter's sentences are chosen: by earlier letters, and by the panel's other letters.

The letters of a panel are composed one by one, often in one run, before any of them stands in the ledger. So each
letter works out what those before it in the panel's order will say, and leaves that to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mailwatch.core.compose.case import THANKING, Case, round_over
from mailwatch.core.compose.choose import Chooser, used_ids
from mailwatch.core.compose.formality import addressed
from mailwatch.core.compose.greeting import greeting_for, names_for, sign_off_for, signed_name
from mailwatch.core.compose.situation import Situation, situation_of
from mailwatch.core.compose.subject import new_subject
from mailwatch.core.compose.wire import subject_of
from mailwatch.core.model import Application, Decision, Facts, Interview, Kind, LedgerRow, Person

SAME_ROUND_HOURS = 36


@dataclass(frozen=True, slots=True)
class Taken:
    """What other letters have: sources of sentences, and subjects."""

    ids: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()


def employer_of(application: Application) -> str:
    """The key under which the ledger keeps an employer's letters."""
    return " ".join(application.company.casefold().split()) or min(application.domains, default="") or application.id


def other_letters(application: Application, facts: Facts, decision: Decision) -> tuple[LedgerRow, ...]:
    """All letters to this employer in the ledger, without earlier revisions of the same letter."""
    return tuple(row for row in facts.ledger if row.key != decision.key and _same_employer(row, application))


def used_at(application: Application, facts: Facts, decision: Decision) -> frozenset[str]:
    """The sources of all sentences that somebody at this employer has had in another letter."""
    return used_ids([source for row in other_letters(application, facts, decision) for source in row.sentences])


def _same_employer(row: LedgerRow, application: Application) -> bool:
    return row.employer == employer_of(application) or row.recipient.rpartition("@")[2] in application.domains


def taken_before(case: Case, avoid: Callable[[str], bool]) -> Taken:
    """What this letter leaves to others: the ledger's, and those of the people before it in rounds not yet thanked for."""
    rows = other_letters(case.application, case.facts, case.decision)
    taken = Taken(case.used, frozenset(subject_of(row.raw) for row in rows))
    if case.decision.kind not in THANKING or case.language.fixed:
        return taken
    for interview, person in _before(case):
        decision = replace(case.decision, kind=Kind.THANK_YOU, recipient=person, relayed=(), interview=interview.id)
        taken = _with_letter(addressed(replace(case, decision=decision, interview=interview)), taken, avoid)
    return taken


def _before(case: Case) -> list[tuple[Interview, Person]]:
    """Whom letters go to before this one, in the order of rounds and panels, without those who have one already."""
    mine = case.interview
    recipient = case.decision.recipient
    found: list[tuple[Interview, Person]] = []
    for interview in case.application.interviews:
        if interview.start is None or mine is None or mine.start is None or interview.start > mine.start:
            continue
        if interview.id != mine.id and not (
            round_over(case, interview) and mine.start - interview.start <= case.policy.thank_you_last
        ):
            continue
        for person in interview.people:
            if interview.id == mine.id and recipient is not None and person.key == recipient.key:
                return found
            if person.address and not _has_letter(case, interview, person):
                found.append((interview, person))
    return found


def _has_letter(case: Case, interview: Interview, person: Person) -> bool:
    return any(
        row.recipient == person.address
        and row.kind is Kind.THANK_YOU
        and row.anchor is not None
        and interview.start is not None
        and abs(row.anchor - interview.start).total_seconds() <= SAME_ROUND_HOURS * 3_600
        for row in case.facts.ledger
    )


def _with_letter(case: Case, taken: Taken, avoid: Callable[[str], bool]) -> Taken:
    """`taken` and what the letter of this case will take."""
    chooser = prepared(case, situation_of(case), taken, avoid).chooser
    sources = [sentence.source for paragraph in chooser.body() for piece in paragraph for sentence in piece.sentences]
    subject = new_subject(chooser, taken.subjects)
    return Taken(
        taken.ids | used_ids([*sources, *([subject.source] if subject else [])]),
        taken.subjects | ({subject.text} if subject else set()),
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A letter's frame, and the chooser that fills it."""

    greeting: str
    sign_off: str
    name: str
    chooser: Chooser


def prepared(case: Case, situation: Situation, taken: Taken, avoid: Callable[[str], bool]) -> Prepared:
    """Greeting, sign-off and name of a letter, and the chooser for its body."""
    called = bool(names_for(case, situation.recipient)[1])
    greeting = greeting_for(case, situation.recipient)
    sign_off = sign_off_for(case, _position(case), called=called)
    name = signed_name(case, situation.recipient, called=called)
    return Prepared(greeting, sign_off, name, Chooser(situation, taken.ids, avoid, f"{greeting} {sign_off} {name}"))


def _position(case: Case) -> int:
    """The recipient's place in the panel; 0 for somebody who was not in it."""
    recipient = case.decision.recipient
    people = case.interview.people if case.interview else ()
    keys = [person.key for person in people]
    return keys.index(recipient.key) if recipient is not None and recipient.key in keys else 0
