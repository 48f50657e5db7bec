"""What has been told of one interview, and whether it can stand in a letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import parseaddr

from mailwatch.cli.prompts import LetterQuestions, letter_questions
from mailwatch.core.compose import LetterLanguage, Letters, Unusable, language_for, own_words
from mailwatch.core.compose.privacy import PrivacyWall
from mailwatch.core.model import Address, Application, Debrief, Facts, Interview, Person, PrivateNotes, SharedNote


@dataclass(slots=True)
class Answers:
    """What has been typed so far. evidence: what it is known to be about; notes: by the person's key; private: by the note's name.

    puzzling: what was said about who was there, and names nobody.
    """

    evidence: frozenset[str] = frozenset()
    absent: list[str] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, SharedNote] = field(default_factory=dict)
    fit: str = ""
    decide_words: str = ""
    decide_by: date | None = None
    covered: str = ""
    private: dict[str, str] = field(default_factory=dict)
    puzzling: str = ""

    def record(self, interview: Interview, at: datetime) -> Debrief:
        """The debrief that the answers amount to."""
        return Debrief(
            evidence=interview.anchors | self.evidence,
            at=at,
            absent=tuple(self.absent),
            added=tuple(self.added),
            notes=tuple(note for note in self.notes.values() if note.topic or note.thought or note.better_answer),
            fit=self.fit,
            decide_by=self.decide_by,
            decide_words=self.decide_words,
            covered=self.covered,
            private=PrivateNotes({name: text for name, text in self.private.items() if text}),
        )


def not_understood(interview: Interview, words: str) -> str:
    """The first piece of "-2 +Name <address>" that names nobody, "" where all is clear."""
    kept, *pieces = words.split("+")
    numbers = {f"-{number}" for number, _ in enumerate(interview.people, 1)}
    wrong = next((word for word in kept.replace(",", " ").split() if word not in numbers), "")
    return wrong or next((piece.strip() for piece in pieces if not any(map(str.isalpha, _added(piece)[0]))), "")


def people_from_words(interview: Interview, words: str, answers: Answers) -> list[Person]:
    """Who was there, from "-2 +Name <address>"; who was not, and who is new, is noted in the answers."""
    people = list(interview.people)
    kept, *pieces = words.split("+")
    absent = {int(word[1:]) for word in kept.replace(",", " ").split() if word[:1] == "-" and word[1:].isdigit()}
    answers.absent = [person.key for number, person in enumerate(people, 1) if number in absent]
    answers.added = [_added(piece) for piece in pieces if piece.strip()]
    present = [person for number, person in enumerate(people, 1) if number not in absent]
    new = [
        Person(name, address=Address(address) if address else None, source="debrief") for name, address in answers.added
    ]
    return present + new


def _added(piece: str) -> tuple[str, str]:
    name, address = parseaddr(piece.strip())
    return (name or piece.split("<", maxsplit=1)[0].strip(), address.casefold() if "@" in address else "")


@dataclass(frozen=True, slots=True)
class LetterTalk:
    """In which language, and in which form of address, each person's letter will be."""

    letters: Letters
    application: Application
    facts: Facts
    code: str

    def has_own_words(self, person: Person) -> bool:
        """Has the letter to this person a place for the user's own words?"""
        spoken = self._spoken(person)
        return spoken is not None and "own" in spoken.words

    def questions(self, person: Person | None = None) -> LetterQuestions:
        """What is asked for a letter to this person, or for letters to anybody."""
        spoken = self._spoken(person)
        return letter_questions(self.code, spoken.words.get("address", {}).get("form", "") if spoken else "")

    def why_unusable(self, text: str, person: Person | None = None) -> str:
        """Why words can't stand in a letter to this person, as one clause, "" where they can.

        Args:
            text: as typed.
            person: whom the words must address, None for words about the user.
        """
        spoken = self._spoken(person)
        if not text or spoken is None or "own" not in spoken.words:
            return ""
        about = person.name or "?" if person else ""
        words = own_words(text, about=about, letters=self.letters, language=spoken)
        return words.why if isinstance(words, Unusable) else ""

    def _spoken(self, person: Person | None) -> LetterLanguage | None:
        if person is None:
            return self.letters.language(self.code)
        return language_for(person, self.code, self.letters, self.application, self.facts)


def repeated_in_private(record: Debrief) -> list[str]:
    """Sentences meant for letters that repeat a private note: no letter will be written with them."""
    wall = PrivacyWall.around([record.private])
    shared = [text for note in record.notes for text in (note.topic, note.thought, note.better_answer)]
    return [breach for text in (*shared, record.fit) if (breach := wall.first_breach(text))]
