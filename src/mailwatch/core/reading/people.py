"""Who is named in a text, in what part and with what title: agenda lines, lists, "with Rita Ek, Head of Data", "Bo and I".

Names come from running text without addresses. An address is added only where the text itself, or a header or
calendar of the same message, shows it beside that name.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailwatch.core.addresses import address_from_text
from mailwatch.core.lexicon import Hit
from mailwatch.core.model import PersonMention, PersonPart
from mailwatch.core.reading.employer import squeezed
from mailwatch.core.reading.namer import Namer, merged
from mailwatch.core.reading.names import HAN_NAME, LATIN_NAME, person_name, same_person

_TITLE = r"[^\W\d_][\w&/+.'’ -]{1,48}?"
_HONORIFIC = (
    r"(?:(?:l['’])?(?:Mr|Mrs|Ms|Mx|[Dd]r|Prof|Herr|Herrn|Frau|Madame|Monsieur|Mme|M|Sr|Sra|Don|Doña|[Ii]ng|Eng"
    r"|[Dd]ott(?:\.ssa)?|[Ss]ig(?:\.ra)?|[Aa]vv|[Aa]rch|[Dd]e heer|[Mm]evrouw)\.?[ \t]+){0,3}"
)
_BULLET = re.compile(r"^[\s>*•·▪●○|–—-]{0,8}(?:\(?\d{1,2}[.)]\s+)?")
_LABEL = re.compile(r"^(?P<label>[^\W\d_][\w /&()-]{1,30}?)\s?[:：]\s*(?P<rest>\S.*)$")
_BOX_BEHIND = r"(?:\s?[(<](?P<box>[^\s()<>@]{2,64}@[^\s()<>@]{3,120})[)>])?"
_ONE = rf"{_HONORIFIC}(?P<name>{LATIN_NAME}){_BOX_BEHIND}(?:\s{{0,2}}\((?P<t1>[^()\n]{{2,60}})\)|,\s(?:(?:our|the|who is|my|who|a|an)\s)?(?P<t2>{_TITLE})(?=[,.;:()\n]|\s[|<]|\s(?:and|&|on|at|for|from|will|has|would|wants|to|about)\b|$)|\s[-–—|]\s(?P<t3>{_TITLE})(?=[,.;:()\n]|$))?"
_JOINT = re.compile(
    r"(?:\s{0,2}[,;]\s(?:and|und|et|y|e|en)\s{1,2}|\s{0,2}[,;]\s{0,2}|\s{1,2}(?:and|und|et|y|e|en|&|\+)\s{1,2}|\s{0,2}/\s{0,2})"
)
_PERSON = re.compile(_ONE)
_AND_I = re.compile(
    rf"(?P<names>{LATIN_NAME})(?:\s\([^()\n]{{2,40}}\))?\s(?:and|und|et|y|e|en)\s(?:I|me|myself|ich|moi|moi-même|yo|io|eu|ik)\b|\b(?:I|me|ich|moi|yo|io|eu|ik)\s(?:and|und|et|y|e|en)\s(?P<other>{LATIN_NAME})"
)
_ADDRESSES = re.compile(r"[\w.+'-]{3,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_HAN_LABELLED = re.compile(
    rf"(?:面接官|面接担当者?|担当者?|面试官|面試官|面试人|主考官|interviewer)\s?[:：は]\s?(?P<name>{HAN_NAME})(?:\s?[（(](?P<title>[^（()）\n]{{1,30}})[)）])?",
    re.IGNORECASE,
)
LINE_HEAD = re.compile(r"[\s>*•·▪●○|–—(-]{0,10}(?:\w{1,14}\s?[:：]\s{0,4})?")
_TO_THE_COLON = re.compile(r"^\s?(?:[^\W\d_]{1,12}\s){0,5}[^\W\d_]{1,12}:\s")
_SENTENCE_START = re.compile(r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bEng)(?<!\bIng)(?<!\bProf)[.!?:]\s|\n")
_ARTICLE = re.compile(
    r"(?:the|our|your|both|an?|der|die|dem|unser\w{0,2}|notre|nuestr[oa]|el|la|le|il|o|onze|de)\s", re.IGNORECASE
)
_AND_MYSELF = re.compile(
    r"[,;]?\s{1,2}(?:and|und|et|y|e|en|sowie)\s{1,2}(?:I|me|myself|ich|mir|mich|moi|moi-même|yo|mí|io|me|eu|mim|ik|mij)\b"
)
_APPOSITION = re.compile(r",\s(?:[a-zà-ÿ][\w'’&-]*)(?:\s[\w'’&-]+){1,6}(?=[,;]?\s)")
"""What a name is said to be, in small letters ("Rita Ek, one of our partners, and me")."""
_SHORT = 400
_GOES_ON = re.compile(r" (?!(?:and|und|et|y|e|en|or|will|is|with)\b)[a-zà-ÿ]{2,}")
_NAME_AND_TITLE = re.compile(rf"{_HONORIFIC}(?P<name>{LATIN_NAME})(?:\s?[,(]\s?|\s[-–—|]\s)(?P<title>[^()]{{2,60}})\)?")
_COMMA_PAIR = re.compile(rf"{_HONORIFIC}{LATIN_NAME}, {LATIN_NAME}(?:\s\|.*)?")
_SMALL_THEN_NAME = re.compile(r"(?<=[a-zà-ÿ])[ \t]+(?=[A-ZÀ-ÖØ-Þ])")
_CELL = re.compile(r"^(?P<label>[^\W\d_][\w /&()-]{1,30}?)\s\|\s(?P<rest>\S.*)$")
_RELATION = re.compile(
    r"^(?:my|our|meine[mnr]?|mon|ma|mi|mio|mia|meu|minha|mijn|onze) (?:[a-zà-ÿ-]{2,20} ){1,2}(?=[A-ZÀ-Ý])"
)
_MYSELF_AND = re.compile(r"(?:me|myself|mir|moi|moi-même|mí|me|mij|mim)\s(?:and|und|et|y|e|en)\s")


def people_in(text: str, namer: Namer, *, starts: Sequence[tuple[int, int]] = ()) -> list[PersonMention]:
    """Everybody whom a text says the reader will meet, in order.

    Args:
        text: running text, lists and agendas.
        namer: the names' reader.
        starts: where times stand, zones included: what follows one at the head of a line is who sits there.
    """
    found = list(_in_lists(text, namer, starts))
    found += _introduced(text, namer)
    found += _announced(text, namer)
    found += _absent(text, namer)
    found += [
        mention
        for match in _HAN_LABELLED.finditer(text)
        if (mention := namer.mention(match["name"], match["title"] or "", part=PersonPart.INTERVIEWER, source="body"))
    ]
    return [_with_own_address(mention, text) for mention in merged(found)]


def _with_own_address(mention: PersonMention, text: str) -> PersonMention:
    """The one address of the text that is spelled with both of a person's names, if it has none yet."""
    words = [squeezed(word) for word in mention.name.split()]
    if mention.address or len(words) < 2 or "@" not in text:
        return mention
    given, family = words[0], words[-1]
    spelled = {given + family, family + given, given[:1] + family, family + given[:1]}
    fits = dict.fromkeys(found for found in _ADDRESSES.findall(text) if squeezed(found.partition("@")[0]) in spelled)
    address = address_from_text(next(iter(fits))) if len(fits) == 1 else None
    return replace(mention, address=address) if address else mention


def people_of_line(line: str, namer: Namer, *, source: str = "agenda", listed: bool = False) -> list[PersonMention]:
    """The people of one agenda or list line: "Rita Ek, Head of Data", "Case study with Bo Lind (Staff)", "Ann & Bo".

    listed: the line is known to hold nobody and nothing but people.
    """
    rest = _BULLET.sub("", line).strip()
    label = _LABEL.match(rest)
    rest = label["rest"] if label else rest
    if each := _each_of(rest, namer, source):
        return each
    for piece, cut in _after_with(rest, namer):
        people = _sequence(piece, namer, source)
        people = people if listed else _without_places(people, piece, namer)
        if (cut or "  " in piece) and len(people) == 1 and not _is_sure(people[0], namer):
            continue  # "Check in at the counter | Lobby", "Teamwork  Bo Lind"
        if people and label and not people[0].title and namer.kind_of(label["label"]):
            people[0] = replace(people[0], title=namer.title(label["label"]), kind=namer.kind(label["label"]))
        if people:
            return people
    return _behind_a_topic(rest, namer, source)


def _behind_a_topic(line: str, namer: Namer, source: str) -> list[PersonMention]:
    """Somebody with a title whose name stands right behind what the session is about ("Product sense Rita Ek, Director")."""
    for match in itertools.islice(_SMALL_THEN_NAME.finditer(line), 4):
        people = _sequence(line[match.end() :], namer, source)
        if people and people[0].title and namer.kind_of(people[0].title) and len(people[0].name.split()) > 1:
            return people
    return []


def _each_of(line: str, namer: Namer, source: str) -> list[PersonMention]:
    """The people of a line of several, each with a title of its own: "Rita Ek — Director, Data; Bo Lind — Manager"."""
    pieces = [_NAME_AND_TITLE.fullmatch(piece.strip(" .")) for piece in line.split(";") if piece.strip(" .")]
    found = [
        namer.mention(piece["name"], piece["title"], part=PersonPart.INTERVIEWER, source=source)
        for piece in pieces
        if piece is not None
    ]
    people = [mention for mention in found if mention is not None and mention.title]
    return people if len(pieces) > 1 and len(people) == len(pieces) else []


def _is_sure(mention: PersonMention, namer: Namer) -> bool:
    """Is it more than one word that may be anything?"""
    return (
        len(mention.name.split()) > 1
        or bool(mention.title)
        or not mention.name.isascii()
        or namer.is_known(mention.name)
    )


def _without_places(people: list[PersonMention], line: str, namer: Namer) -> list[PersonMention]:
    """Of two names with a bare comma between them the second may be where the first is met ("Rita Ek, Old Main")."""
    if (
        len(people) != 2
        or people[1].title
        or namer.is_known(people[1].name)
        or not _COMMA_PAIR.fullmatch(line.strip(" ."))
    ):
        return people
    return people[:1]


def _after_with(line: str, namer: Namer) -> Iterator[tuple[str, bool]]:
    """Where names may begin in a line: after "with", at its head, after a dash or in a later cell (then True)."""
    lexicon, languages = namer.view.context.lexicon, namer.view.languages
    found = [hit for category in ("meet_people", "meet_with") for hit in lexicon.hits(category, line, languages)]
    hits = sorted(found, key=lambda hit: -hit.end)
    for hit in hits:
        yield line[hit.end :].lstrip(" :,"), False
    yield line, False
    for match in re.finditer(r"\s[-–—|]\s|:\s|\s{2,}|\t", line):
        yield line[match.end() :], True


def _row(text: str, namer: Namer, source: str) -> tuple[list[PersonMention], int]:
    """Names in a row from the head of `text` ("A (Manager), B and C"), and where the row ends.

    A lone word behind a comma is a title or a department. Where the row ends in "and myself", the writer belongs to it.
    """
    people: list[PersonMention] = []
    position = reached = 0
    joint = ""
    while len(people) < 12:
        match = _PERSON.match(text, position)
        if match is None:
            break
        behind = match["t2"] or ""
        loose = behind[:1].islower() and not namer.kind_of(behind)  # "Rita Ek, takes an hour"
        title = match["t1"] or match["t3"] or ("" if loose else behind)
        mention = namer.mention(match["name"], title, part=PersonPart.INTERVIEWER, source=source)
        if mention is not None and not _is_somebody(mention, joint, text[match.end("name") :], namer):
            mention = None
        named = match.end("box") + 1 if match["box"] else match.end("name")
        end = match.end() if (mention is not None and mention.title) or match["t1"] else named
        if mention is None:
            if not namer.is_user(person_name(match["name"], namer.words) or "-"):
                break
        else:
            people.append(_with_address(mention, f"<{match['box']}>" if match["box"] else text[end : end + 80]))
            reached = end
        following = _JOINT.match(text, end)
        if following is None:
            break
        joint, position = following.group().strip(), following.end()
    myself = _AND_MYSELF.match(text, reached) if people else None
    said = _APPOSITION.match(text, reached) if people and myself is None else None
    myself = _AND_MYSELF.match(text, said.end()) if said is not None else myself
    if myself is not None:
        people += _writer(namer)
        reached = myself.end()
    return people, reached


def _is_somebody(mention: PersonMention, joint: str, behind: str, namer: Namer) -> bool:
    """Is it a person, and no title ("Rita Ek, Line Superintendent"), and no word that a sentence goes on from ("Check in at …")?"""
    if joint in (",", ";") and not mention.title and namer.kind_of(mention.name):
        return False
    alone = len(mention.name.split()) == 1 and not mention.title and mention.name.isascii()
    if alone and _GOES_ON.match(behind) and not namer.is_known(mention.name):
        return False
    return _stands_alone(mention, joint, namer)


def _stands_alone(mention: PersonMention, joint: str, namer: Namer) -> bool:
    """Is a name of one word enough here? Behind a comma it needs a title, or somebody known by it."""
    if len(mention.name.split()) > 1 or mention.title or not mention.name.isascii():
        return True
    return namer.is_known(mention.name) or joint not in (",", ";", "/")


def _sequence(text: str, namer: Namer, source: str) -> list[PersonMention]:
    return _row(text, namer, source)[0]


def _with_address(mention: PersonMention, behind: str) -> PersonMention:
    """The address that stands directly behind the name, if any."""
    match = re.match(r"[\s,<(:\[]{1,4}(?:mailto:)?([^\s<>()\[\],;]{3,120}@[^\s<>()\[\],;]{3,120})", behind)
    address = address_from_text(match.group(1)) if match else None
    return replace(mention, address=address) if address else mention


def _in_lists(text: str, namer: Namer, starts: Sequence[tuple[int, int]]) -> Iterator[PersonMention]:
    """Agenda lines, and lines of a list under "You'll meet:", or of names with titles right below a time."""
    position, listing, below, gap = 0, False, False, False
    for line in text.split("\n"):
        end = position + len(line)
        seat = max((stop for begin, stop in starts if position <= begin and stop <= end), default=None)
        begins = min((begin for begin, stop in starts if position <= begin and stop <= end), default=position)
        bare = line.strip()
        if seat is not None and bare and LINE_HEAD.fullmatch(text[position:begins]):
            yield from people_of_line(text[seat:end].lstrip(" )]:-–—|,"), namer)
        elif listing and bare and not (gap and _signs(bare, namer)):
            people = people_of_line(line, namer, source="body", listed=True)
            yield from people
            listing = bool(people)
        elif below and bare:
            yield from _row_alone(bare, namer)
        below, gap = seat is not None, not bare
        if bare.endswith((":", "：")) or _is_people_label(bare, namer):
            listing = _announces_people(bare, namer)
            if listing and not bare.endswith((":", "：")):
                yield from people_of_line(line, namer, source="body", listed=True)
        elif (cell := _CELL.match(bare)) is not None and _announces_people(cell["label"], namer):
            yield from people_of_line(cell["rest"], namer, source="body", listed=True)
        position = end + 1


def _signs(line: str, namer: Namer) -> bool:
    """Is it the writer's own name, as it stands below a list and an empty line?"""
    sender = namer.view.sender
    return sender is not None and bool(sender.name) and same_person(line.strip(" ,."), sender.name)


def _row_alone(line: str, namer: Namer) -> list[PersonMention]:
    """The people of a line that holds names with titles and nothing else."""
    people, reached = _row(line, namer, "agenda")
    return people if people and all(one.title for one in people) and not line[reached:].strip(" .") else []


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
        rest = _RELATION.sub("", rest[myself.end() :]) if myself else rest
        title, people = _titled_row(rest, namer)
        people = _without_places(people, rest.split("\n", 1)[0], namer)
        if people and (myself or _is_introduced(hit, people, title, namer)):
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
        if any(char in "\n()" for char in title) or not namer.kind_of(title):
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
        behind = text[match.end() : match.end() + 80]
        meets = any(lexicon.first(category, behind, languages) for category in ("people_meet", "we_meet"))
        if mention is not None and (meets or _is_of_the_meeting(match, mention, namer)):
            yield mention
            yield from _writer(namer)


def _absent(text: str, namer: Namer) -> Iterator[PersonMention]:
    """Who will not be there: "Rita is out sick", "instead of Bo"."""
    lexicon, languages = namer.view.context.lexicon, namer.view.languages
    for hit in lexicon.hits("absent", text, languages):
        before = _SENTENCE_START.split(text[max(0, hit.start - 80) : hit.start])[-1]
        yield from (replace(one, declined=True) for one in _last_names(before, namer))
    for hit in lexicon.hits("in_stead", text, languages):
        match = _PERSON.match(text[hit.end : hit.end + 80].lstrip(" "))
        mention = match and namer.mention(match["name"], part=PersonPart.INTERVIEWER, source="body")
        if mention:
            yield replace(mention, declined=True)


def _is_of_the_meeting(match: re.Match[str], mention: PersonMention, namer: Namer) -> bool:
    """As in "Half an hour, me and Bo": no sentence about both, but who will be there, in a mail that names or answers a time."""
    view, behind = namer.view, match.string[match.end() : match.end() + 2]
    alone = not behind.strip() or behind[0] in ",.;(\n!" or behind == " ("
    known = namer.is_known(mention.name) or (view.answers and len(match.string) <= _SHORT)
    return alone and known and not view.outgoing and not view.machine


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
