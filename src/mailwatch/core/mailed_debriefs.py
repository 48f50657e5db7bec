"""A debrief that the user mailed to themselves → a Debrief: labelled lines count, everything else is private.

"Rita: your …" is for the letter to Rita, and a second line for her is what the user would add; "fit:", "decide:",
"absent:" and "also:" are what the questions of the command ask; "stumped:", "red flag:", "keen:" and "private:" are for
the user alone. So is every line without a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr

from mailwatch.core.casebook.names import folded, may_be_short_for
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import (
    Application,
    Debrief,
    Facts,
    Interview,
    InterviewState,
    Mail,
    Me,
    Message,
    Person,
    PrivateNotes,
    SharedNote,
)
from mailwatch.core.reading.promises import promise_date
from mailwatch.core.reading.to_self import is_debrief_mail, words_after_debrief
from mailwatch.core.text import clean_text, one_line

RECENT = timedelta(days=14)
"""How long after an interview a mail may be its debrief."""

_LABELLED = re.compile(r"\s{0,8}([^\W\d_][^:：\n]{0,60}?)\s{0,3}[:：]\s{0,8}(\S.{0,2000})")
_END = re.compile(r"[.!?…:;][\"”»’)]?$")
_WRAPPED_AT = (60, 80)
_FILLED_TO = 66
_PRIVATE = {
    "stumped": "stumped",
    "red flag": "red flag",
    "keen": "keen",
    "differently": "differently",
    "went well": "went well",
}
_MEETS = frozenset({"fit", "decide", "absent", "also", "covered", "private", *_PRIVATE})


@dataclass(slots=True)
class _Told:
    """What the lines say."""

    topics: dict[str, SharedNote] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    private: dict[str, list[str]] = field(default_factory=dict)


def untaken_debriefs(facts: Facts) -> tuple[Mail, ...]:
    """Debriefs in Sent that are not among the debriefs yet, the oldest first."""
    taken = {anchor for debrief in facts.debriefs for anchor in debrief.evidence}
    found = [
        mail
        for mail in facts.mails
        if mail.outgoing
        and not mail.duplicate_id
        and mail.envelope.at is not None
        and is_debrief_mail(mail.envelope, facts.me)
        and str(mail.envelope.id) not in taken
    ]
    return tuple(sorted(found, key=_written))


def _written(mail: Mail) -> datetime:
    assert mail.envelope.at is not None  # noqa: S101  a mail without a date is about no interview
    return mail.envelope.at


def interview_meant(message: Message, applications: Iterable[Application]) -> tuple[Application, Interview] | None:
    """The interview that a mailed debrief is about: the one its subject names, else whose people its lines name, else the last.

    None: it names none of those held in the two weeks before it, or there is none.
    """
    at = message.envelope.at
    held = [] if at is None else list(_held_before(at, applications))
    words = _words(words_after_debrief(message.envelope.subject))
    if words:
        held = [item for item in held if _is_named(words, *item)]
    labels = [label for label, _ in _lines(message.new_text) if label]
    ranked = [
        (_met(labels, interview), interview.start, number)
        for number, (_, interview) in enumerate(held)
        if interview.start
    ]
    return held[max(ranked)[2]] if ranked else None


def debrief_from_mail(
    message: Message, application: Application, interview: Interview, me: Me, lexicon: Lexicon
) -> Debrief:
    """The debrief that a mail to oneself amounts to. Its own id stands among the evidence: it is taken once."""
    at = message.envelope.at
    assert at is not None  # noqa: S101  a mail without a date is about no interview
    told = _told(_lines(message.new_text), interview.people)
    decide = told.fields.get("decide", "")
    languages = tuple(dict.fromkeys((application.language, *me.languages)))
    return Debrief(
        evidence=interview.anchors | {str(message.envelope.id)},
        at=at,
        absent=tuple(told.absent),
        added=tuple(told.added),
        notes=tuple(told.topics.values()),
        fit=told.fields.get("fit", ""),
        decide_by=promise_date(decide, written=at, zone=me.zone, languages=languages, lexicon=lexicon)
        if decide
        else None,
        decide_words=decide,
        covered=told.fields.get("covered", ""),
        private=PrivateNotes({name: " ".join(lines) for name, lines in told.private.items()}),
    )


def _held_before(at: datetime, applications: Iterable[Application]) -> Iterator[tuple[Application, Interview]]:
    for application in applications:
        for interview in application.interviews:
            if (
                interview.state is InterviewState.SCHEDULED
                and interview.start
                and interview.start <= at <= interview.start + RECENT
            ):
                yield application, interview


def _is_named(words: frozenset[str], application: Application, interview: Interview) -> bool:
    names = [application.company, application.role, *application.domains, *(person.name for person in interview.people)]
    return bool(words & _words(" ".join(names)))


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"[^\W_]+", folded(text)) if len(word) > 2 or not word.isascii())


def _met(labels: Sequence[str], interview: Interview) -> int:
    return sum(_person(label, interview.people) is not None for label in labels)


def _person(label: str, people: Sequence[Person]) -> Person | None:
    """The only one whom a label can mean."""
    meant = [person for person in people if person.name and may_be_short_for(label, person.name)]
    return meant[0] if len(meant) == 1 else None


def _lines(text: str) -> list[tuple[str, str]]:
    """(label, words) of each line, "" where it has none. A line that a mail program broke is put together again."""
    found: list[tuple[str, str]] = []
    open_line = ""  # the written line above, where it has a label and may go on
    for written in clean_text(text).split("\n"):
        line = written.strip()
        labelled = _LABELLED.fullmatch(line)
        if open_line and line and not labelled and _goes_on(open_line, line):
            label, words = found.pop()
            # Only the middle of a sentence is sure to be the same one; else nothing of it may reach a letter.
            found.append((label if line[0].islower() else "", f"{words} {line}"))
            open_line = line if label and line[0].islower() else ""
            continue
        open_line = line if labelled else ""
        if line:
            found.append((one_line(labelled[1]), one_line(labelled[2])) if labelled else ("", one_line(line)))
    return found


def _goes_on(above: str, line: str) -> bool:
    """Did a mail program break the line above here? It was full, and ends in the middle of a sentence."""
    shortest, longest = _WRAPPED_AT
    full = len(above) + 1 + len(line.split(maxsplit=1)[0]) > _FILLED_TO
    return shortest <= len(above) <= longest and full and not _END.search(above)


def _told(lines: Iterable[tuple[str, str]], people: Sequence[Person]) -> _Told:
    told = _Told()
    for label, words in lines:
        name = folded(label)
        person = _person(label, people) if name not in _MEETS else None
        if person is not None:
            _note(told, person, words)
        elif name in {"fit", "decide", "covered"}:
            told.fields[name] = f"{told.fields[name]} {words}" if name in told.fields else words
        elif name == "absent":
            told.absent += [one.key for part in words.split(",") if (one := _person(part.strip(), people))]
        elif name == "also":
            told.added += [_named_with_address(part) for part in re.split(r"[,;]", words) if part.strip()]
        elif name in _PRIVATE:
            told.private.setdefault(_PRIVATE[name], []).append(words)
        else:
            told.private.setdefault("note", []).append(words if name in {"", "private"} else f"{label}: {words}")
    return told


def _note(told: _Told, person: Person, words: str) -> None:
    known = told.topics.get(person.key)
    if known is None:
        told.topics[person.key] = SharedNote(person.key, topic=words)
    else:
        thought = f"{known.thought} {words}".strip()
        told.topics[person.key] = SharedNote(person.key, topic=known.topic, thought=thought)


def _named_with_address(part: str) -> tuple[str, str]:
    name, address = parseaddr(part.strip())
    return (name or part.split("<", maxsplit=1)[0].strip(), address.casefold() if "@" in address else "")
