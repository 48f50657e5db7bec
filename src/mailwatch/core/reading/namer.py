"""Names and titles as one message writes them: who may be a person, and what a title makes of somebody."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailwatch.core.model import Address, PersonKind, PersonMention, PersonPart
from mailwatch.core.reading.names import NameWords, name_words, person_name, same_person
from mailwatch.core.reading.view import View

_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_TITLE_LIMIT = 60
_KINDS = (
    ("title_scheduler", PersonKind.RECRUITER),
    ("title_recruiter", PersonKind.RECRUITER),
    ("title_executive", PersonKind.EXECUTIVE),
    ("title_manager", PersonKind.HIRING_MANAGER),
    ("title_peer", PersonKind.PEER),
)


class Namer:
    """Reads names out of one view's texts; knows its languages, its firm's words and the user."""

    def __init__(self, view: View, firms: Iterable[str] = ()) -> None:
        self.view = view
        self.words: NameWords = name_words(view.context.lexicon, view.languages)
        self._firms = frozenset(_squeezed(firm) for firm in firms)

    def mention(
        self, name: str, title: str = "", *, part: PersonPart, source: str, address: Address | None = None
    ) -> PersonMention | None:
        """The person, or None where it is the user, a firm, or no name."""
        clean = self._without_topic(person_name(name, self.words))
        if not clean or self.is_user(clean) or self._is_firm(clean):
            return None
        title = self.title(title)
        kind = self.kind(title)
        if part is PersonPart.INTERVIEWER and self._schedules(title) and source != "agenda":
            part = PersonPart.CONTACT
        return PersonMention(clean, address, title, part, kind, source)

    def is_user(self, name: str) -> bool:
        """Is this the user's own name, or a part of it?"""
        return bool(self.view.context.me.name) and same_person(name, self.view.context.me.name)

    def _without_topic(self, name: str) -> str:
        """The name alone where a word before it is none ("Execution Rita Ek"), by a header that knows who that is."""
        pieces = name.split()
        known = [other for other in self._headers() if 2 <= len(other.split()) < len(pieces)]
        return next((other for other in known if pieces[-len(other.split()) :] == other.split()), name)

    def is_known(self, name: str) -> bool:
        """Does a header or a calendar object of this message name somebody so?"""
        return any(same_person(name, other) for other in self._headers())

    def _headers(self) -> list[str]:
        """The names in headers and calendar objects."""
        message = self.view.message
        envelope = None if message is None else message.envelope
        boxes = [] if envelope is None else [envelope.sender, *envelope.reply_to, *envelope.recipients]
        known = [box.name for box in boxes if box]
        known += [guest.name for event in self.view.events for guest in event.attendees]
        return [name for name in known if name]

    def title(self, text: str) -> str:
        """Role words as written, or "" where the words are none."""
        title = " ".join(text.split()).strip(" ,;:-–—|.")
        if (
            not title
            or len(title) > _TITLE_LIMIT
            or _ADDRESS.search(title)
            or (person_name(title, self.words) == title and not self.kind_of(title))
        ):
            return ""
        return title if self.kind_of(title) or title[0].islower() or len(title.split()) <= 4 else ""

    def kind_of(self, title: str) -> PersonKind | None:
        """What a title makes of somebody, or None where the words are no title that is known."""
        lexicon, languages = self.view.context.lexicon, self.view.languages
        return next((kind for category, kind in _KINDS if lexicon.first(category, title, languages)), None)

    def kind(self, title: str) -> PersonKind:
        """The same, UNKNOWN where nothing tells."""
        return (self.kind_of(title) if title else None) or PersonKind.UNKNOWN

    def _schedules(self, title: str) -> bool:
        lexicon = self.view.context.lexicon
        return bool(title) and lexicon.first("title_scheduler", title, self.view.languages) is not None

    def _is_firm(self, name: str) -> bool:
        squeezed = _squeezed(name)
        return len(squeezed) > 3 and any(
            squeezed == firm or (len(name.split()) > 1 and firm.startswith(squeezed)) for firm in self._firms
        )


def merged(mentions: Iterable[PersonMention]) -> list[PersonMention]:
    """One mention a person: the same address, or a name that fits only one other; the fuller form is kept."""
    people: list[PersonMention] = []
    for mention in mentions:
        index = next((i for i, known in enumerate(people) if _same(known, mention)), None)
        if index is None:
            people.append(mention)
        else:
            people[index] = _joined(people[index], mention)
    return people


def _same(one: PersonMention, other: PersonMention) -> bool:
    if one.address and other.address:
        return one.address == other.address
    return bool(one.name and other.name) and (same_person(one.name, other.name) or same_person(other.name, one.name))


def _joined(one: PersonMention, other: PersonMention) -> PersonMention:
    rank = [PersonPart.INTERVIEWER, PersonPart.CONTACT, PersonPart.CANDIDATE, PersonPart.UNSURE]
    longer = max((one, other), key=lambda mention: len(mention.name))
    return PersonMention(
        name=longer.name,
        address=one.address or other.address,
        title=one.title or other.title,
        part=min(one.part, other.part, key=rank.index),
        kind=one.kind if one.kind is not PersonKind.UNKNOWN else other.kind,
        source=one.source if one.address or not other.address else other.source,
        declined=one.declined or other.declined,
        named=one.named or other.named,
    )


def _squeezed(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
