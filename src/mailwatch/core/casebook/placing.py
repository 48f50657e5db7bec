"""Words that name no moment → moments: "two hours later", "16 instead of 14", "the second one", by what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, tzinfo

from mailwatch.core.casebook.strand import Sighting, Strand
from mailwatch.core.model import InterviewState, Meeting, MeetingState
from mailwatch.core.zones import zone_from_name

_JUST_BEGUN = timedelta(hours=2)
_A_DAY = timedelta(days=1)


def placed(strands: Sequence[Strand], sighting: Sighting, zone: tzinfo) -> Sighting | None:
    """The sighting with the moment that its words mean; None: they mean nothing that is known.

    Args:
        zone: the user's; hours without a zone of their own are on that clock, or on the one of what they answer.
    """
    meeting = sighting.meeting
    if not meeting.relative:
        return sighting
    shared = [strand for strand in strands if strand.live and strand.shares(sighting)]
    if meeting.nth:
        found = _chosen(_offers(shared, sighting), meeting)
    elif meeting.shift is not None:
        found = _shifted(_ahead(shared, sighting), meeting, zone)
    else:
        found = _at_the_hour(shared, sighting, zone)
    return replace(sighting, meeting=found) if found is not None else None


def _ahead(strands: Iterable[Strand], sighting: Sighting) -> list[Strand]:
    """The fixed meetings to come, the next one first."""
    since = sighting.at - _JUST_BEGUN
    known = [(strand.start, strand) for strand in strands if strand.start is not None and strand.start > since]
    scheduled = [(start, strand) for start, strand in known if strand.state is InterviewState.SCHEDULED]
    return [strand for _, strand in sorted(scheduled, key=lambda pair: pair[0])]


def _offers(strands: Iterable[Strand], sighting: Sighting) -> list[Meeting]:
    """What the other side has offered, in the order in which it was said."""
    ours = sighting.trace.outgoing
    return [offer.meeting for strand in strands for offer in strand.offers if offer.ours is not ours]


def _chosen(offers: Sequence[Meeting], meeting: Meeting) -> Meeting | None:
    timed = [offer for offer in offers if offer.start is not None and not offer.day_only]
    index = meeting.nth - 1 if meeting.nth > 0 else len(timed) + meeting.nth
    if len(timed) < 2 or not 0 <= index < len(timed):
        return None
    return _with_start(meeting, timed[index].start, timed[index])


def _shifted(ahead: Sequence[Strand], meeting: Meeting, zone: tzinfo) -> Meeting | None:
    if not ahead or meeting.shift is None:
        return None
    strand = ahead[0]
    start = strand.start
    if start is None:
        return None
    moved = start + meeting.shift
    if abs(meeting.shift) >= _A_DAY:  # the hour on the wall stays, whatever summer time does
        moved = (start.astimezone(zone) + meeting.shift).replace(tzinfo=zone).astimezone(UTC)
    return replace(
        meeting, start=moved, previous_start=start, shift=None, zone=strand.zone, zone_state=strand.zone_state
    )


def _at_the_hour(strands: Sequence[Strand], sighting: Sighting, zone: tzinfo) -> Meeting | None:
    meeting, hour = sighting.meeting, sighting.meeting.clock
    if hour is None:
        return None
    if meeting.state is MeetingState.ACCEPTED:
        fits = [offer for offer in _offers(strands, sighting) if hour in _clocks(offer.start, offer.zone, zone)]
        return _with_start(meeting, fits[0].start, fits[0]) if len(fits) == 1 and not fits[0].day_only else None
    ahead = _ahead(strands, sighting)
    if meeting.state is MeetingState.CANCELLED:
        off = [strand for strand in ahead if hour in _clocks(strand.start, strand.zone, zone)]
        return replace(meeting, start=off[0].start, clock=None) if off else None
    before = meeting.clock_before
    moved = [strand for strand in ahead if before is None or before in _clocks(strand.start, strand.zone, zone)]
    if not moved or moved[0].start is None:
        return None
    there = _stated(moved[0].zone) or zone
    start = datetime.combine(moved[0].start.astimezone(there).date(), hour, there).astimezone(UTC)
    if start == moved[0].start:
        return None
    return replace(meeting, start=start, previous_start=moved[0].start, clock=None, clock_before=None)


def _clocks(start: datetime | None, stated: str, home: tzinfo) -> frozenset[time]:
    """What a clock shows then, at home and in the zone that was stated; both halves of the day where it may be either."""
    return frozenset(_shown(start, stated, home)) if start is not None else frozenset()


def _shown(start: datetime, stated: str, home: tzinfo) -> Iterator[time]:
    for place in (home, _stated(stated)):
        if place is not None:
            yield start.astimezone(place).time().replace(second=0, microsecond=0)


def _stated(name: str) -> tzinfo | None:
    """The zone of a name, but for UTC: calendars write it, and nobody means it when speaking of an hour."""
    zone = zone_from_name(name) if name else None
    return None if zone is UTC else zone


def _with_start(meeting: Meeting, start: datetime | None, offer: Meeting) -> Meeting:
    return replace(meeting, start=start, end=offer.end, nth=0, clock=None, zone=offer.zone, zone_state=offer.zone_state)
