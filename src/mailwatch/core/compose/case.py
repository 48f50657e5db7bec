"""A letter's case: what it is about, and the few questions about it that everything else asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailwatch.core.compose.letters import LetterLanguage, Letters
from mailwatch.core.compose.names import LIMIT
from mailwatch.core.model import Application, Decision, Facts, Interview, InterviewState, Kind, Person, Policy
from mailwatch.core.text import one_line

_SWISS_ZONES = frozenset({"Europe/Zurich", "Europe/Vaduz"})
THANKING = frozenset({Kind.THANK_YOU, Kind.RELAY})


@dataclass(frozen=True, slots=True)
class Case:
    """What a letter is about: compose's arguments, kept together, and what follows from them at once.

    interview: the round that the decision names; for a follow-up without one, the last that was held.
    used:      sources of sentences that somebody at this employer has had.
    one_form:  the user said how the reader is addressed, so nobody's own way counts.
    """

    decision: Decision
    application: Application
    facts: Facts
    policy: Policy
    letters: Letters
    language: LetterLanguage
    now: datetime
    interview: Interview | None
    used: frozenset[str] = frozenset()
    one_form: bool = False

    @property
    def swiss(self) -> bool:
        """German as it is written in Switzerland and Liechtenstein: the reader is there, or the user."""
        recipient = self.decision.recipient
        domain = (recipient.address or "").rpartition(".")[2] if recipient else ""
        return self.language.code == "de" and (domain in {"ch", "li"} or self.facts.me.zone in _SWISS_ZONES)


def round_over(case: Case, interview: Interview) -> bool:
    """The round was held, as far as anybody knows."""
    return interview.state is InterviewState.SCHEDULED and interview.end is not None and interview.end <= case.now


def holds(interview: Interview | None, person: Person) -> bool:
    """The person was one of those who interviewed."""
    return interview is not None and any(other.key == person.key for other in interview.people)


def signature_of(facts: Facts) -> str:
    """The name that letters are signed with."""
    return one_line(facts.me.signature, LIMIT) or one_line(facts.me.name, LIMIT)
