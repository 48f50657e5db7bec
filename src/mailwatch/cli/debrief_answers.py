"""What has been told of one interview, and whether it can stand in a letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import parseaddr

from mailwatch.core.compose import Letters, Unusable, own_words
from mailwatch.core.compose.privacy import PrivacyWall
from mailwatch.core.model import Address, Debrief, Interview, Person, PrivateNotes, SharedNote


@dataclass(slots=True)
class Answers:
    """What has been typed so far. evidence: what it is known to be about; notes: by the person's key; private: by the note's name."""

    evidence: frozenset[str] = frozenset()
    absent: list[str] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, SharedNote] = field(default_factory=dict)
    fit: str = ""
    decide_words: str = ""
    decide_by: date | None = None
    covered: str = ""
    private: dict[str, str] = field(default_factory=dict)

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


def people_from_words(interview: Interview, words: str, answers: Answers) -> list[Person]:
    """Who was there, from "-2 +Name <address>"; who was not, and who is new, is noted in the answers."""
    people = list(interview.people)
    kept, *pieces = words.split("+")
    absent = {int(word[1:]) for word in kept.split() if word[:1] == "-" and word[1:].isdigit()}
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


def why_unusable(text: str, *, about: str, letters: Letters, language: str) -> str:
    """Why words can't stand in a letter in this language, as one clause, "" where they can.

    Args:
        about: the name of the person whom the words must address, "" for words about the user.
    """
    spoken = letters.language(language)
    if not text or spoken is None or "own" not in spoken.words:
        return ""
    words = own_words(text, about=about, letters=letters, code=spoken.code)
    return words.why if isinstance(words, Unusable) else ""


def letters_hold_own_words(letters: Letters, language: str) -> bool:
    """Do letters in this language have a place for the user's own words?"""
    spoken = letters.language(language)
    return spoken is not None and "own" in spoken.words


def repeated_in_private(record: Debrief) -> list[str]:
    """Sentences meant for letters that repeat a private note: no letter will be written with them."""
    wall = PrivacyWall.around([record.private])
    shared = [text for note in record.notes for text in (note.topic, note.thought, note.better_answer)]
    return [breach for text in (*shared, record.fit) if (breach := wall.first_breach(text))]
