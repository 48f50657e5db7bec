"""Strands that turn out to be one meeting: rows of an agenda with invitations, fresh invitations, cancel and new booking."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from mailwatch.core.casebook.names import name_tokens
from mailwatch.core.casebook.strand import Sighting, Strand, absorb, near, note
from mailwatch.core.model import InterviewState, PersonPart

_REBOOKED_WITHIN = timedelta(hours=72)


def joined(strands: list[Strand]) -> list[Strand]:
    """The meetings that are left once those that are the same have been put together."""
    return _merged(_rebooked(_replaced(_seated(strands))))


def _seated(strands: list[Strand]) -> list[Strand]:
    """The row of an agenda that has an invitation of its own belongs to that one: it says who sits there."""
    for whole in strands:
        for row in list(whole.agenda):
            own = next((one for one in strands if one is not whole and _is_for(one, row)), None)
            if own is not None:
                whole.agenda.remove(row)
                note(own, row)
    return strands


def _is_for(strand: Strand, row: Sighting) -> bool:
    return strand.live and bool(strand.objects) and near(strand.start, row.meeting.start)


def _replaced(strands: list[Strand]) -> list[Strand]:
    """A second invitation with the same title and the same people, sent before the first took place: it moved."""
    gone: set[int] = set()
    for old, new in pairwise(sorted(strands, key=lambda strand: strand.first_at)):
        if _replaces(new, old) and old.start is not None:
            gone.add(id(old))
            new.moved_from.append(old.start)
            absorb(new, old)
    return [strand for strand in strands if id(strand) not in gone]


def _replaces(new: Strand, old: Strand) -> bool:
    if InterviewState.SCHEDULED is not old.state or old.state is not new.state or old.start is None or old.shown:
        return False
    fresh = bool(new.objects) and bool(old.objects) and not _was_planned(new, old) and new.first_at < old.start
    return fresh and not near(new.start, old.start) and _same_title(new, old) and _same_names(new, old)


def _same_names(one: Strand, other: Strand) -> bool:
    """Do both name exactly the same people, and at least one?"""
    names = [
        {
            name_tokens(person.name)
            for sighting in strand.sightings
            for person in sighting.meeting.people
            if person.part is not PersonPart.CANDIDATE
        }
        for strand in (one, other)
    ]
    return bool(names[0]) and names[0] == names[1]


def _rebooked(strands: list[Strand]) -> list[Strand]:
    """Cancel + new booking (Calendly, Greenhouse) is one meeting that moved."""
    gone: set[int] = set()
    for old in strands:
        new = _replacement(strands, old) if old.state is InterviewState.CANCELLED else None
        if new is not None and old.start is not None:
            gone.add(id(old))
            new.moved_from.append(old.start)
            absorb(new, old)
    return [strand for strand in strands if id(strand) not in gone]


def _merged(strands: list[Strand]) -> list[Strand]:
    """Two strands that moved to the same hour are one meeting."""
    kept: list[Strand] = []
    for strand in strands:
        twin = next((one for one in kept if one.state is strand.state and near(one.start, strand.start)), None)
        if twin is None:
            kept.append(strand)
        else:
            absorb(twin, strand)
    return kept


def _replacement(strands: list[Strand], old: Strand) -> Strand | None:
    for strand in strands:
        if strand is old or strand.state is not InterviewState.SCHEDULED or near(strand.start, old.start):
            continue
        soon = old.cancelled_at is not None and abs(strand.first_at - old.cancelled_at) <= _REBOOKED_WITHIN
        alike = bool(strand.people & old.people) or _same_title(strand, old)
        if soon and alike and not _was_planned(strand, old):
            return strand
    return None


def _was_planned(strand: Strand, old: Strand) -> bool:
    """Both were planned at once: two sessions of a loop, of which one was cancelled."""
    return strand.first_at <= old.first_at + timedelta(minutes=30)


def _same_title(one: Strand, other: Strand) -> bool:
    titles = [
        {frozenset(name_tokens(sighting.meeting.title)) for sighting in strand.sightings if sighting.meeting.title}
        for strand in (one, other)
    ]
    return bool(titles[0] & titles[1])
