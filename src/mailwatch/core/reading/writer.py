"""Whoever wrote the message, as a person of the process: with the title of the signature, and the part they play."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mailwatch.core.model import Mailbox, PersonKind, PersonMention, PersonPart
from mailwatch.core.reading.namer import Namer, merged
from mailwatch.core.reading.names import person_name, same_person

_TAIL_LINES = 7
_PIECES = re.compile(r"[,|()–—•·]|\s-\s|\s/\s")


def with_writer(named: Iterable[PersonMention], namer: Namer) -> list[PersonMention]:
    """The people named in a message, and whoever wrote it, or is to be answered where a tool wrote it."""
    people = list(named)
    for box in _writers(namer):
        name = person_name(box.name, namer.words, shown=True)
        title = title_in_signature(name, namer)
        kind = namer.kind(title)
        people.append(PersonMention(name, box.address, title, _part(people, kind, namer), kind, "sender"))
    return merged(people)


def _writers(namer: Namer) -> Iterator[Mailbox]:
    view = namer.view
    if view.message is None or view.outgoing:
        return
    envelope = view.message.envelope
    boxes = [envelope.sender, *(envelope.reply_to if view.machine else ())]
    yield from (box for box in boxes if box is not None and view.is_person(box.address, box.name))


def _part(named: Iterable[PersonMention], kind: PersonKind, namer: Namer) -> PersonPart:
    """An interviewer by their own words ("I'll call you"); a contact where others are named; else unsure."""
    if not namer.view.machine and namer.view.body.has("writer_meets"):
        return PersonPart.INTERVIEWER
    others = any(mention.part is PersonPart.INTERVIEWER for mention in named)
    return PersonPart.CONTACT if others or kind is PersonKind.RECRUITER else PersonPart.UNSURE


def title_in_signature(name: str, namer: Namer) -> str:
    """The role words behind, or on the line below, the writer's name at the end of the text; "" where there are none."""
    view = namer.view
    signature = view.message.signature if view.message is not None else ""
    lines = [line.strip() for line in f"{view.body.text}\n{signature}".split("\n") if line.strip()][-_TAIL_LINES:]
    for index, line in enumerate(lines):
        pieces = [piece.strip() for piece in _PIECES.split(line) if piece.strip()]
        if not name or not pieces or len(line) > 90 or not same_person(pieces[0], name):
            continue
        below = [
            piece.strip() for other in lines[index + 1 : index + 3] for piece in _PIECES.split(other) if piece.strip()
        ]
        for piece in [*pieces[1:], *below[:3]]:
            if len(piece) <= 60 and namer.kind_of(piece) is not None:
                return namer.title(piece)
    return ""
