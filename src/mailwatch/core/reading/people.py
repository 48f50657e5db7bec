"""Who is named in a text, in what part and with what title: agenda lines, lists, "with Rita Ek, Head of Data", "Bo and I".

Names come from running text without addresses. An address is added only where the text itself, or a header or
calendar of the same message, shows it beside that name.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mailwatch.core.addresses import address_from_text
from mailwatch.core.lexicon import Hit
from mailwatch.core.model import Address, PersonKind, PersonMention, PersonPart
from mailwatch.core.reading.names import HAN_NAME, LATIN_NAME, NameWords, name_words, person_name, same_person
from mailwatch.core.reading.view import View

_TITLE = r"[^\W\d_][\w&/+.'’ -]{1,48}?"
_HONORIFIC = r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Herr|Herrn|Frau|Madame|Monsieur|Mme|M|Sr|Sra|Ing|Eng)\.?[ \t]+){0,3}"
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_BULLET = re.compile(r"^[\s>*•·▪●○|–—-]{0,8}(?:\(?\d{1,2}[.)]\s+)?")
_LABEL = re.compile(r"^(?P<label>[^\W\d_][\w /&()-]{1,30}?)\s?[:：]\s*(?P<rest>\S.*)$")
_ONE = rf"{_HONORIFIC}(?P<name>{LATIN_NAME})(?:\s{{0,2}}\((?P<t1>[^()\n]{{2,60}})\)|,\s(?:(?:our|the|who is|my|who|a|an)\s)?(?P<t2>{_TITLE})(?=[,.;:()\n]|\s(?:and|&|on|at|for|from|will|has|would|wants|to|about)\b|$)|\s[-–—|]\s(?P<t3>{_TITLE})(?=[,.;:()\n]|$))?"
_JOINT = re.compile(
    r"(?:\s{0,2},\s{0,2}|\s{1,2}(?:and|und|et|y|e|en|&|\+)\s{1,2}|\s{0,2},\s(?:and|und|et|y|e|en)\s{1,2}|\s{0,2}/\s{0,2})"
)
_PERSON = re.compile(_ONE)
_AND_I = re.compile(
    rf"(?P<names>{LATIN_NAME})(?:\s\([^()\n]{{2,40}}\))?\s(?:and|und|et|y|e|en)\s(?:I|me|myself|ich|moi|moi-même|yo|io|eu|ik)\b|\b(?:I|me)\sand\s(?P<other>{LATIN_NAME})"
)
_HAN_LABELLED = re.compile(
    rf"(?:面接官|面接担当者?|担当者?|面试官|面試官|面试人|主考官|interviewer)\s?[:：は]\s?(?P<name>{HAN_NAME})(?:\s?[（(](?P<title>[^（()）\n]{{1,30}})[)）])?",
    re.IGNORECASE,
)
_KINDS = (
    ("title_scheduler", PersonKind.RECRUITER),
    ("title_recruiter", PersonKind.RECRUITER),
    ("title_executive", PersonKind.EXECUTIVE),
    ("title_manager", PersonKind.HIRING_MANAGER),
    ("title_peer", PersonKind.PEER),
)
_TO_THE_COLON = re.compile(r"^\s?(?:[^\W\d_]{1,12}\s){0,5}[^\W\d_]{1,12}:\s")
_SENTENCE_START = re.compile(r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bEng)(?<!\bIng)(?<!\bProf)[.!?:]\s|\n")
_TITLE_LIMIT = 60
_ARTICLE = re.compile(
    r"(?:the|our|your|both|an?|der|die|dem|unser\w{0,2}|notre|nuestr[oa]|el|la|le|il|o|onze|de)\s", re.IGNORECASE
)
_MYSELF_AND = re.compile(r"(?:me|myself|mir|moi|moi-même|mí|me|mij|mim)\s(?:and|und|et|y|e|en)\s")


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
        clean = person_name(name, self.words)
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

    def is_known(self, name: str) -> bool:
        """Does a header or a calendar object of this message name somebody so?"""
        message = self.view.message
        boxes = (
            []
            if message is None
            else [message.envelope.sender, *message.envelope.reply_to, *message.envelope.recipients]
        )
        known = [box.name for box in boxes if box] + [
            guest.name for event in self.view.events for guest in event.attendees
        ]
        return any(same_person(name, other) for other in known if other)

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


def people_in(text: str, namer: Namer, *, starts: Sequence[int] = ()) -> list[PersonMention]:
    """Everybody whom a text says the reader will meet, in order.

    Args:
        text: running text, lists and agendas.
        namer: the names' reader.
        starts: where agenda entries' times end: what follows on the line is who sits there.
    """
    found = list(_in_lists(text, namer, starts))
    found += _introduced(text, namer)
    found += _announced(text, namer)
    found += [
        mention
        for match in _HAN_LABELLED.finditer(text)
        if (mention := namer.mention(match["name"], match["title"] or "", part=PersonPart.INTERVIEWER, source="body"))
    ]
    return merged(found)


def people_of_line(line: str, namer: Namer, *, source: str = "agenda") -> list[PersonMention]:
    """The people of one agenda or list line: "Rita Ek, Head of Data", "Case study with Bo Lind (Staff)", "Ann & Bo"."""
    rest = _BULLET.sub("", line).strip()
    label = _LABEL.match(rest)
    rest = label["rest"] if label else rest
    for piece in _after_with(rest, namer):
        people = _sequence(piece, namer, source)
        if people and label and not people[0].title and namer.kind_of(label["label"]):
            people[0] = replace(people[0], title=namer.title(label["label"]), kind=namer.kind(label["label"]))
        if people:
            return people
    return []


def _after_with(line: str, namer: Namer) -> Iterator[str]:
    """Where names may begin in a line: after "with", at its head, after a dash."""
    lexicon, languages = namer.view.context.lexicon, namer.view.languages
    found = [hit for category in ("meet_people", "meet_with") for hit in lexicon.hits(category, line, languages)]
    hits = sorted(found, key=lambda hit: -hit.end)
    for hit in hits:
        yield line[hit.end :].lstrip(" :,")
    yield line
    for match in re.finditer(r"\s[-–—|]\s|:\s|\s{2,}|\t", line):
        yield line[match.end() :]


def _row(
    text: str, namer: Namer, source: str, part: PersonPart = PersonPart.INTERVIEWER
) -> tuple[list[PersonMention], int]:
    """Names in a row from the head of `text` ("A (Manager), B and C"), and where the row ends."""
    people: list[PersonMention] = []
    position = reached = 0
    while len(people) < 12:
        match = _PERSON.match(text, position)
        if match is None:
            break
        mention = namer.mention(
            match["name"], match["t1"] or match["t2"] or match["t3"] or "", part=part, source=source
        )
        title_used = mention is not None and mention.title
        end = match.end() if title_used or match["t1"] else match.end("name")
        if mention is None:
            if not namer.is_user(person_name(match["name"], namer.words) or "-"):
                break
        else:
            people.append(_with_address(mention, text[end : end + 80]))
            reached = end
        joint = _JOINT.match(text, end)
        if joint is None:
            break
        position = joint.end()
    return people, reached


def _sequence(text: str, namer: Namer, source: str) -> list[PersonMention]:
    return _row(text, namer, source)[0]


def _with_address(mention: PersonMention, behind: str) -> PersonMention:
    """The address that stands directly behind the name, if any."""
    match = re.match(r"[\s,<(:\[]{1,4}(?:mailto:)?([^\s<>()\[\],;]{3,120}@[^\s<>()\[\],;]{3,120})", behind)
    address = address_from_text(match.group(1)) if match else None
    return replace(mention, address=address) if address else mention


def _in_lists(text: str, namer: Namer, starts: Sequence[int]) -> Iterator[PersonMention]:
    """Agenda lines, and lines of a list under "You'll meet:"."""
    position, listing = 0, False
    for line in text.split("\n"):
        end = position + len(line)
        clock = max((start for start in starts if position <= start <= end), default=None)
        bare = line.strip()
        if clock is not None and bare:
            yield from people_of_line(text[clock:end].lstrip(" )]:-–—|,"), namer)
        elif listing and bare:
            people = people_of_line(line, namer, source="body")
            yield from people
            listing = bool(people)
        if bare.endswith((":", "：")) or _is_people_label(bare, namer):
            listing = _announces_people(bare, namer)
            if listing and not bare.endswith((":", "：")):
                yield from people_of_line(line, namer, source="body")
        elif not bare and not listing:
            listing = False
        position = end + 1


def _is_people_label(line: str, namer: Namer) -> bool:
    label = _LABEL.match(line)
    return label is not None and _announces_people(label["label"] + ":", namer)


def _announces_people(line: str, namer: Namer) -> bool:
    lexicon, languages = namer.view.context.lexicon, namer.view.languages
    return any(
        hit.end >= len(line.rstrip(":： ")) - 24 for hit in lexicon.hits("meet_people", line, languages)
    ) and not lexicon.first("people_not", line, languages)


def _introduced(text: str, namer: Namer) -> Iterator[PersonMention]:
    """Names after "with", "you'll meet", "interviewer:"; a title may stand in front ("our Head of Design, Rita Ek")."""
    lexicon, languages = namer.view.context.lexicon, namer.view.languages
    hits = [hit for category in ("meet_people", "meet_with") for hit in lexicon.hits(category, text, languages)]
    for hit in sorted(hits, key=lambda found: found.start):
        if _turned_away(text, hit, namer):
            continue
        rest = _TO_THE_COLON.sub("", text[hit.end : hit.end + 400]).lstrip(" :：")
        myself = _MYSELF_AND.match(rest)
        rest = rest[myself.end() :] if myself else rest
        title, people = _titled_row(rest, namer)
        if people and _is_introduced(hit, people, title, namer):
            first = (
                people[0] if people[0].title or not title else replace(people[0], title=title, kind=namer.kind(title))
            )
            yield from [first, *people[1:]]
            if myself:
                yield from _writer(namer)


def _is_introduced(hit: Hit, people: Sequence[PersonMention], title: str, namer: Namer) -> bool:
    """Are these people, and not a firm? A tool's "interview with Vantage Orchard" needs more than two capitals."""
    first = people[0]
    if first.title or title or namer.is_known(first.name):
        return True
    if hit.category == "meet_with" and namer.view.machine:
        return False
    return len(first.name.split()) > 1 or len(people) > 1


def _titled_row(text: str, namer: Namer) -> tuple[str, list[PersonMention]]:
    """The names that begin `text`, behind a title or not: "our Head of Design, Rita Ek", "Nurse Manager Lydia Brandt"."""
    lead = _ARTICLE.match(text)
    start = lead.end() if lead else 0
    if people := _sequence(text[start:], namer, "body"):
        return "", people
    for match in itertools.islice(re.finditer(r",?\s", text[start : start + 80]), 6):
        title = text[start : start + match.start()]
        if "\n" in title or not namer.kind_of(title):
            continue
        if people := _sequence(text[start + match.end() :], namer, "body"):
            return title, people
    return "", []


def _writer(namer: Namer) -> Iterator[PersonMention]:
    """Whoever wrote the text, as one of those who will be there."""
    sender = namer.view.sender
    if sender is not None and namer.view.is_person(sender.address, sender.name):
        name = person_name(sender.name, namer.words, shown=True)
        yield PersonMention(name, sender.address, part=PersonPart.INTERVIEWER, source="sender")


def _turned_away(text: str, hit: Hit, namer: Namer) -> bool:
    """Is it somebody to write to, not to meet ("questions? speak with …", "arranged by")?"""
    lexicon, languages = namer.view.context.lexicon, namer.view.languages
    before = text[max(0, hit.start - 40) : hit.end + 1].rsplit("\n", 1)[-1]
    return lexicon.first("people_not", before, languages) is not None


def _announced(text: str, namer: Namer) -> Iterator[PersonMention]:
    """Names before "will be there", "would like to meet you"; the writer too in "Bo and I"."""
    lexicon, languages = namer.view.context.lexicon, namer.view.languages
    for category in ("people_meet", "people_want"):
        for hit in lexicon.hits(category, text, languages):
            before = text[max(0, hit.start - 200) : hit.start]
            people = _last_names(_SENTENCE_START.split(before)[-1], namer)
            yield from (one for one in people if category == "people_meet" or one.title or namer.is_known(one.name))
    for match in _AND_I.finditer(text):
        mention = namer.mention(match["names"] or match["other"], part=PersonPart.INTERVIEWER, source="body")
        if mention is not None and lexicon.first("people_meet", text[match.end() : match.end() + 80], languages):
            yield mention
            yield from _writer(namer)


def _last_names(text: str, namer: Namer) -> list[PersonMention]:
    """The row of names that ends where `text` does ("… Patrice (engineering manager) and Deirdre "), a title in front of it kept."""
    for match in re.finditer(rf"(?<![\w’'-]){_HONORIFIC}{LATIN_NAME}", text):
        people, reached = _row(text[match.start() :], namer, "body")
        if not people or text[match.start() + reached :].strip(" ,"):
            continue
        title = text[: match.start()].strip(" ,").rpartition("\n")[2]
        if not people[0].title and len(title.split()) <= 5 and namer.kind_of(title):
            people[0] = replace(people[0], title=namer.title(title), kind=namer.kind(title))
        return people
    return []


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
    )


def _squeezed(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
