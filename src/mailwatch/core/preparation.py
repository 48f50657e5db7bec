"""Before the next interview: what stumped the user, what to do differently, who was met, what was said and written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailwatch.core.model import Application, Debrief, Interview, LedgerRow, LedgerState, Person

MOST = 5
_KINDS = ("stumped", "differently")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing to prepare. id: the same as long as its words are; kind: "stumped" or "differently"."""

    id: str
    kind: str
    text: str
    at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Rating:
    """What the user thinks of one employer, from the debriefs. scores: by name, the newest number of each."""

    scores: tuple[tuple[str, str], ...] = ()
    red_flags: tuple[str, ...] = ()


def lessons(application: Application | None, debriefs: Iterable[Debrief], ticked: frozenset[str]) -> tuple[Lesson, ...]:
    """At most five over all employers: those of this process first, then the newest; without what was ticked off."""
    found: dict[str, Lesson] = {}
    mine = _evidence(application) if application is not None else frozenset()
    for debrief in debriefs:
        notes = debrief.private.reveal()
        for kind in _KINDS:
            text = notes.get(kind, "").strip()
            if text:
                lesson = Lesson(_id(text), kind, text, debrief.at, bool(debrief.evidence & mine))
                found[lesson.id] = lesson
    open_ones = [lesson for lesson in found.values() if lesson.id not in ticked]
    return tuple(sorted(open_ones, key=lambda one: (not one.here, -one.at.timestamp()))[:MOST])


def debriefs_at(application: Application, debriefs: Iterable[Debrief]) -> tuple[Debrief, ...]:
    """The debriefs of a process, oldest first."""
    evidence = _evidence(application)
    return tuple(sorted((one for one in debriefs if one.evidence & evidence), key=lambda one: one.at))


def people_met(application: Application, now: datetime) -> tuple[tuple[Person, Interview], ...]:
    """Everybody whom the user has met there, with the last interview with them."""
    met: dict[str, tuple[Person, Interview]] = {}
    for interview in application.interviews:
        if interview.end is not None and interview.end <= now:
            met.update({person.key: (person, interview) for person in interview.people})
    return tuple(met.values())


def last_letter(application: Application, ledger: Sequence[LedgerRow]) -> LedgerRow | None:
    """The letter of ours that was last sent to somebody there."""
    evidence = _evidence(application)
    sent = [row for row in ledger if row.state is LedgerState.SENT and row.evidence & evidence]
    return max(sent, key=lambda row: row.sent_at or row.at, default=None)


def rating_of(application: Application, debriefs: Iterable[Debrief]) -> Rating:
    """What the user noted about an employer."""
    scores: dict[str, str] = {}
    flags: list[str] = []
    for debrief in debriefs_at(application, debriefs):
        notes = debrief.private.reveal()
        scores.update(_scores(notes.items()))
        flags += [notes["red flag"]] if notes.get("red flag") else []
    return Rating(tuple(sorted(scores.items())), tuple(dict.fromkeys(flags)))


def _scores(notes: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, text in notes:
        if name == "keen" or name.startswith("rating "):
            yield name.removeprefix("rating "), text


def _evidence(application: Application) -> frozenset[str]:
    return frozenset(application.messages).union(*(interview.anchors for interview in application.interviews))


def _id(text: str) -> str:
    return hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "replace")).hexdigest()[:12]
