"""Who stands in a mail's copy and is named in its text as somebody to meet: the header gives name and address.

"Mr Roux, our works manager (in copy), would like to invite you" names somebody whom only the Cc line knows in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mailwatch.core.model import Mailbox, PersonMention, PersonPart
from mailwatch.core.reading.namer import Namer
from mailwatch.core.reading.names import folded_name, person_name, same_person
from mailwatch.core.reading.view import View

_MEETS = ("people_meet", "people_want", "copied_meet")
_REACH = 160
_BEFORE = 40
_END = re.compile(r"[.!?;](?=\s)|\n[ \t]*\n")
_SOMEBODY_ELSE = re.compile(
    r"(?:\b(?:and|but|und|aber|et|mais|y|e|en|ma|maar|pero|mas)|[,:])\s(?:[A-ZÀ-Ý]|I\b|we\b|he\b|she\b|you\b|wir\b)"
)
"""Another subject stands between the name and what is said."""
_COPIES = 6
"""A mail with more people in copy is to everybody, and introduces nobody."""


def with_copied(named: Iterable[PersonMention], namer: Namer) -> list[PersonMention]:
    """The people whom a text names, and those in copy of whom it says that the reader will meet them."""
    people = list(named)
    for box in _in_copy(namer.view):
        name = person_name(box.name, namer.words, shown=True)
        family = _family(name)
        if not family or not _is_met(namer.view, family):
            continue
        mixed = [one for one in people if one.address is None and _is_mixed(one, name, family)]
        title = next((one.title for one in people if one.title and same_person(one.name, name)), "")
        people = [one for one in people if one not in mixed]
        if not any(one.part is PersonPart.INTERVIEWER and same_person(one.name, name) for one in people):
            people.append(PersonMention(name, box.address, title, PersonPart.INTERVIEWER, namer.kind(title), "body"))
        else:
            people = [replace(one, address=box.address) if _lacks(one, name) else one for one in people]
    return people


def _in_copy(view: View) -> tuple[Mailbox, ...]:
    """Persons in Cc, not the user, on a mail from a person."""
    if view.message is None or view.outgoing or view.machine:
        return ()
    copies = view.message.envelope.cc
    return tuple(box for box in copies if view.is_person(box.address, box.name)) if len(copies) <= _COPIES else ()


def _lacks(mention: PersonMention, name: str) -> bool:
    return mention.address is None and same_person(mention.name, name)


def _family(name: str) -> str:
    """The family name, as it is written; "" where there is only one name."""
    pieces = name.split()
    return pieces[-1] if len(pieces) > 1 and len(pieces[-1]) > 1 else ""


def _is_mixed(mention: PersonMention, name: str, family: str) -> bool:
    """Is it that person with a firm behind the name ("Voigt von Voigt Metallbau")?"""
    words = folded_name(mention.name).split()
    return len(words) > 1 and words[0] == folded_name(family) and not same_person(mention.name, name)


def _is_met(view: View, family: str) -> bool:
    """Does a sentence say of somebody of that name, before anybody else is its subject, that the reader will meet them?"""
    lexicon, languages = view.context.lexicon, view.languages
    for before, behind in _around(view.body.text, family):
        if lexicon.first("people_not", before, languages) is not None:
            continue
        hits = [hit for category in _MEETS for hit in lexicon.hits(category, behind, languages)]
        if any(not _SOMEBODY_ELSE.search(behind[: hit.start]) for hit in hits):
            return True
    return False


def _around(text: str, family: str) -> Iterator[tuple[str, str]]:
    """What stands before each mention of the name in its sentence, and what the sentence goes on with."""
    for match in re.finditer(rf"(?<!\w){re.escape(family)}(?!\w)", text):
        before = text[max(0, match.start() - _BEFORE) : match.start()].rpartition("\n")[2]
        yield before, _END.split(text[match.end() : match.end() + _REACH], maxsplit=1)[0]
