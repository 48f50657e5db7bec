"""Traces of one process → strands: which sighting speaks of which meeting.

The same meeting is known by its UID, by its hour, by the old time that a change names, or by being the only one that
a word without a time can mean. A booking that replaces a cancelled one is the same meeting, moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from enum import Enum

from mailwatch.core.casebook.groups import vetoed
from mailwatch.core.casebook.joined import joined
from mailwatch.core.casebook.names import may_be_short_for
from mailwatch.core.casebook.placing import placed
from mailwatch.core.casebook.strand import (
    Sighting,
    Strand,
    absorb,
    agree,
    anchors_of,
    near,
    note,
    people_of,
    same_clock,
    sit,
    take,
)
from mailwatch.core.casebook.ties import SAME_MEETING
from mailwatch.core.casebook.traces import AddressBook, Trace
from mailwatch.core.model import (
    InterviewState,
    Mark,
    MarkKind,
    Meeting,
    MeetingState,
    MessageKind,
    PersonPart,
    ReplyKind,
)

_JUST_MISSED = timedelta(days=2)
"""A word about "our meeting" can still mean one that should have begun this long ago (nobody came)."""
_DETAIL_WITHIN = timedelta(hours=2)

_ASKS = frozenset({MessageKind.INTERVIEW_REQUEST, MessageKind.NEXT_ROUND})
_ARRANGING = _ASKS | {
    MessageKind.INTERVIEW_CONFIRMED, MessageKind.INTERVIEW_RESCHEDULED, MessageKind.INTERVIEW_CANCELLED, MessageKind.INTERVIEW_OTHER,
}  # fmt: skip
_SMALL_TALK = frozenset({MessageKind.OTHER, MessageKind.INTERVIEW_CONFIRMED})
_CHANGED = frozenset({MessageKind.INTERVIEW_RESCHEDULED, MessageKind.INTERVIEW_REQUEST})
_LOOKING_BACK = frozenset({MessageKind.THANK_YOU_SENT, MessageKind.FOLLOW_UP_SENT})
_ARRANGED = frozenset({ReplyKind.NEXT_ROUND, ReplyKind.SCHEDULING})


def strands_from_traces(
    traces: Iterable[Trace], book: AddressBook, zone: tzinfo, marks: Iterable[Mark] = ()
) -> list[Strand]:
    """Every meeting of one process, each with all its sightings. `zone` and `marks` are the user's."""
    strands: list[Strand] = []
    vetoes: list[Trace] = []
    for trace in traces:
        if vetoed(trace):
            vetoes.append(trace)
        else:
            _follow(strands, trace, book, zone)
    for trace in vetoes:
        _count_veto(strands, trace)
    return _as_told(joined(strands), marks)


class _As(Enum):
    """How a sighting speaks of a meeting."""

    SAME = "the meeting itself"
    MOVED = "the meeting, at another time"
    SESSION = "one session of it"
    DETAIL = "something about it"


def _follow(strands: list[Strand], trace: Trace, book: AddressBook, zone: tzinfo) -> None:
    called_off = _called_off(strands, trace)
    for ended in called_off:
        take(ended, Sighting(trace, Meeting(MeetingState.DECLINED, None)), book, zone)
    if called_off:
        return
    for said in sightings_of(trace):
        sighting = placed(strands, said, zone)
        if sighting is None:
            continue
        strand, how = _match(strands, sighting, zone)
        if strand is None:
            if not _opens(sighting):
                continue
            strand = Strand(number=sum(1 for one in strands if one.sightings[0].trace is trace))
            strands.append(strand)
        if how is _As.SESSION:
            sit(strand, sighting)
        elif how is _As.DETAIL:
            note(strand, sighting)
        else:
            take(strand, sighting, book, zone, moved=how is _As.MOVED)
    if _says_who_comes(trace):
        _hear_who_comes(strands, trace)
    if trace.reading.assent:
        for strand in reversed(strands):
            if strand.shares_thread(trace.thread) and agree(strand, trace, zone):
                break


def _called_off(strands: list[Strand], trace: Trace) -> list[Strand]:
    """The meeting ahead in whose conversation the user declines, without naming another time; one day's talks together."""
    times = (meeting.state for meeting in trace.reading.meetings if meeting.start is not None)
    if not trace.outgoing or trace.reading.kind is not MessageKind.DECLINE_SENT or MeetingState.PROPOSED in times:
        return []
    ahead = [strand for strand in _ahead(strands, trace.at) if strand.state is InterviewState.SCHEDULED]
    talked_of = [strand for strand in ahead if strand.shares_thread(trace.thread)]
    talked_of = talked_of or [strand for strand in ahead if trace.theirs & strand.people]
    days = {strand.start.date() for strand in talked_of if strand.start is not None}
    return talked_of if len(days) == 1 else []


def _ahead(strands: Iterable[Strand], at: datetime) -> list[Strand]:
    """The meetings that are still to come."""
    return [strand for strand in strands if strand.live and strand.start is not None and strand.start > at]


def _says_who_comes(trace: Trace) -> bool:
    """A person's mail without a time that names who will be there, or will not ("It'll be me and Bo", "Rita is out sick")."""
    reading = trace.reading
    named = any(mention.part is PersonPart.INTERVIEWER and mention.source != "sender" for mention in reading.people)
    away = any(mention.declined for mention in reading.people)
    talk = reading.kind in _SMALL_TALK or (away and reading.kind in _CHANGED)
    return named and not reading.meetings and trace.human and talk


def _hear_who_comes(strands: list[Strand], trace: Trace) -> None:
    """Those people sit in the one fixed meeting to come that the conversation is about."""
    ahead = [strand for strand in _ahead(strands, trace.at) if strand.state is InterviewState.SCHEDULED]
    talked_of = [strand for strand in ahead if strand.shares_thread(trace.thread)]
    away = [mention.name for mention in trace.reading.people if mention.declined]
    if away and len(talked_of) != 1:
        talked_of = [strand for strand in ahead if trace.theirs & strand.people and _names_one_of(strand, away)]
    if len(talked_of) == 1:
        note(talked_of[0], Sighting(trace, Meeting(MeetingState.CONFIRMED, None)))


def _names_one_of(strand: Strand, names: Sequence[str]) -> bool:
    """Is one of them somebody who was named for this meeting?"""
    named = [person.name for known in strand.sightings + strand.agenda for person in known.meeting.people]
    return any(may_be_short_for(name, other) for name in names for other in named)


def sightings_of(trace: Trace) -> Iterator[Sighting]:
    """What one trace says about meetings: calendar objects first, then words, then the sessions of an agenda."""
    meetings = [meeting for meeting in trace.reading.meetings if not meeting.assessed and _means_it(trace, meeting)]
    if not meetings and _only_asks(trace):
        meetings = [Meeting(MeetingState.PROPOSED, None)]
    for meeting in sorted(meetings, key=lambda item: (not item.uid, item.agenda)):
        yield Sighting(trace, meeting)


def _means_it(trace: Trace, meeting: Meeting) -> bool:
    """A calendar object always speaks of a meeting; a time in words does so in a mail about arranging one."""
    reading = trace.reading
    if trace.outgoing:
        return bool(meeting.uid) or reading.kind not in _LOOKING_BACK
    return bool(meeting.uid) or reading.kind in _ARRANGING or reading.reply in _ARRANGED


def _only_asks(trace: Trace) -> bool:
    """A request that names no time is a meeting in the making all the same."""
    reading = trace.reading
    return (
        not trace.outgoing and not reading.meetings and (reading.kind in _ASKS or reading.reply is ReplyKind.NEXT_ROUND)
    )


def _opens(sighting: Sighting) -> bool:
    """Can it begin a meeting that nobody spoke of before?"""
    meeting = sighting.meeting
    if sighting.removed or meeting.state is MeetingState.DECLINED:
        return False
    if meeting.state is MeetingState.CANCELLED:
        return bool(meeting.uid)
    if meeting.state is MeetingState.PROPOSED:
        return meeting.start is not None or not sighting.trace.outgoing
    return bool(meeting.uid) or (meeting.start is not None and not meeting.day_only)


def _match(strands: list[Strand], sighting: Sighting, zone: tzinfo) -> tuple[Strand | None, _As]:
    """The strand that a sighting speaks of, and how."""
    meeting, key = sighting.meeting, sighting.object_key
    if key:
        known = next((strand for strand in strands if key in strand.objects), None)
        if known is not None:
            return known, _As.SAME
    if meeting.previous_start is not None:
        moved = _at(strands, meeting.previous_start, zone)
        if moved is not None:
            return moved, _As.MOVED
    if meeting.start is not None and not meeting.day_only:
        whole = _umbrella(strands, sighting, zone)
        if whole is not None:
            return whole, _As.SESSION
        same = _same_hour(strands, sighting)
        if same is not None:
            return same, _As.SAME
        repeated = next((one for one in strands if same_clock(meeting, one.start, one.zone, zone)), None)
        if repeated is not None:
            return repeated, _As.DETAIL
    if meeting.state in {MeetingState.CANCELLED, MeetingState.DECLINED}:
        return _meant(strands, sighting, zone), _As.SAME
    return _match_loosely(strands, sighting, zone)


def _match_loosely(strands: list[Strand], sighting: Sighting, zone: tzinfo) -> tuple[Strand | None, _As]:
    meeting = sighting.meeting
    if _moves_the_only_one(sighting):
        rescheduled = _meant(strands, sighting, zone)
        if rescheduled is not None:
            return rescheduled, _As.MOVED
    if meeting.day_only and meeting.state is not MeetingState.PROPOSED and meeting.start is not None:
        same_day = _at(strands, meeting.start, zone)
        if same_day is not None:
            return same_day, _As.DETAIL
    detail = _detail(strands, sighting)
    if detail is not None:
        return detail, _As.DETAIL
    answered = _answered_with_another_time(strands, sighting)
    if answered is not None:
        return answered, _As.MOVED
    return _open(strands, sighting) or _asked_to_move(strands, sighting), _As.SAME


def _asked_to_move(strands: list[Strand], sighting: Sighting) -> Strand | None:
    """The meeting ahead in the conversation in which another time is proposed, or the user takes one proposed."""
    state, trace = sighting.meeting.state, sighting.trace
    ahead = _ahead(strands, sighting.at)
    if trace.outgoing and state is MeetingState.PROPOSED:
        return next((strand for strand in ahead if strand.shares(sighting)), None)
    talked_of = [strand for strand in ahead if strand.shares_thread(trace.thread)]
    if len(talked_of) != 1 or sighting.meeting.start is None:
        return None
    if trace.outgoing:
        return talked_of[0] if state is MeetingState.ACCEPTED and talked_of[0].offers else None
    same_people = people_of(sighting) <= talked_of[0].people
    return talked_of[0] if state is MeetingState.PROPOSED and same_people and not _looks_further(trace) else None


def _answered_with_another_time(strands: list[Strand], sighting: Sighting) -> Strand | None:
    """The one meeting ahead that the user asked to move, where the other side answers in the conversation with one time."""
    meeting, trace = sighting.meeting, sighting.trace
    settles = meeting.state in {MeetingState.CONFIRMED, MeetingState.ACCEPTED}
    one = len(trace.reading.meetings) == 1 and not meeting.uid and not meeting.day_only and not meeting.agenda
    if trace.outgoing or not trace.human or not settles or not one or _looks_further(trace):
        return None
    ahead = _ahead(strands, sighting.at)
    talked_of = [strand for strand in ahead if strand.shares_thread(trace.thread)]
    asked = len(talked_of) == 1 and any(offer.ours for offer in talked_of[0].offers)
    return talked_of[0] if asked and people_of(sighting) <= talked_of[0].people else None


def _looks_further(trace: Trace) -> bool:
    """Is it about another round?"""
    return trace.reading.kind is MessageKind.NEXT_ROUND or trace.reading.reply is ReplyKind.NEXT_ROUND


def _moves_the_only_one(sighting: Sighting) -> bool:
    """It says that the meeting moved, in words or with a fresh calendar object, and names one time."""
    reading = sighting.trace.reading
    times = [meeting for meeting in reading.meetings if meeting.state is not MeetingState.CANCELLED]
    return reading.kind is MessageKind.INTERVIEW_RESCHEDULED and len(times) == 1 and sighting.meeting in times


def _detail(strands: list[Strand], sighting: Sighting) -> Strand | None:
    """A meeting with a calendar object that words speak of with another hour ("come at half past")."""
    start = sighting.meeting.start
    if sighting.meeting.uid or sighting.meeting.state is not MeetingState.CONFIRMED or start is None:
        return None
    close = (
        strand for strand in strands if strand.live and strand.objects and near(strand.start, start, _DETAIL_WITHIN)
    )
    return next((strand for strand in close if strand.shares(sighting)), None)


def _at(strands: list[Strand], moment: datetime, zone: tzinfo) -> Strand | None:
    """The live strand at an instant, or else the only one on that day."""
    eligible = [strand for strand in strands if strand.start is not None and strand.live]
    exact = [strand for strand in eligible if near(strand.start, moment)]
    day = moment.astimezone(zone).date()
    same_day = [
        strand for strand in eligible if strand.start is not None and strand.start.astimezone(zone).date() == day
    ]
    return exact[0] if exact else same_day[0] if len(same_day) == 1 else None


def _same_hour(strands: list[Strand], sighting: Sighting) -> Strand | None:
    start = sighting.meeting.start
    candidates = [strand for strand in strands if near(strand.start, start)]
    candidates += [strand for strand in strands if any(near(offer.meeting.start, start) for offer in strand.offers)]
    return next((strand for strand in candidates if strand.live), candidates[0] if candidates else None)


def _umbrella(strands: list[Strand], sighting: Sighting, zone: tzinfo) -> Strand | None:
    """The longer meeting that one session of an agenda is a part of."""
    meeting = sighting.meeting
    if not meeting.agenda or meeting.start is None:
        return None
    live = [strand for strand in strands if strand.live]
    day = meeting.start.astimezone(zone).date()
    today = (strand for strand in live if strand.start is not None and strand.start.astimezone(zone).date() == day)
    told = (strand for strand in today if meeting.uid in strand.objects or _tells_of(strand, sighting))
    spanning = (strand for strand in live if strand.objects and _spans(strand, meeting.start))
    return next(told, None) or next(spanning, None)


def _tells_of(strand: Strand, sighting: Sighting) -> bool:
    """Is it another session of the agenda that this very message lists?"""
    same_agenda = (known.trace is sighting.trace and known.meeting.agenda for known in strand.sightings)
    return not sighting.meeting.uid and any(same_agenda)


def _spans(strand: Strand, moment: datetime) -> bool:
    return strand.start is not None and strand.end is not None and strand.start <= moment < strand.end


def _meant(strands: list[Strand], sighting: Sighting, zone: tzinfo) -> Strand | None:
    """The only meeting that a word without a (known) time can mean: ahead, or just missed, of this conversation."""
    at, start = sighting.at, sighting.meeting.start
    ahead = [strand for strand in strands if strand.live and strand.start is not None and strand.start > at]
    missed = [strand for strand in strands if strand.live and strand.start and at - _JUST_MISSED < strand.start <= at]
    called_off = sighting.meeting.state is MeetingState.CANCELLED and start is not None
    day = start.astimezone(zone).date() if start is not None else None
    for nearby in (ahead, missed):
        fitting = [one for one in nearby if not called_off or (one.start and one.start.astimezone(zone).date() == day)]
        sharing = [strand for strand in fitting if strand.shares(sighting)] or fitting
        if sharing:
            return min(sharing, key=lambda strand: abs((strand.start or at) - at))
    return None


def _open(strands: list[Strand], sighting: Sighting) -> Strand | None:
    """The meeting still being arranged that this is a word about."""
    unsettled = [strand for strand in strands if strand.state is InterviewState.REQUESTED]
    sharing = [strand for strand in unsettled if strand.shares(sighting)]
    if sharing:
        return sharing[-1]
    alone = len(unsettled) == 1 and sighting.meeting.state is not MeetingState.PROPOSED
    return unsettled[0] if alone and not sighting.trace.outgoing else None


_SETTLED = frozenset({MeetingState.CONFIRMED, MeetingState.CANCELLED})


def _count_veto(strands: list[Strand], trace: Trace) -> None:
    """Somebody says that it is another kind of interview: that weighs on the meeting it tells of, else on the conversation's."""
    settled = [meeting for meeting in trace.reading.meetings if meeting.state in _SETTLED and not meeting.day_only]
    objects = {sighting.object_key for sighting in sightings_of(trace)} - {""}
    for strand in strands:
        hour = any(near(strand.start, meeting.start) for meeting in settled)
        desk = bool(trace.firms) and not trace.theirs and trace.firms == _firms_of(strand)
        talk = not settled and (strand.shares_thread(trace.thread) or bool(strand.people & trace.theirs) or desk)
        if hour or talk or objects & strand.objects.keys():
            strand.vetoes.append(trace)


def _firms_of(strand: Strand) -> frozenset[str]:
    return frozenset().union(*(sighting.trace.firms for sighting in strand.sightings))


def _as_told(strands: list[Strand], marks: Iterable[Mark]) -> list[Strand]:
    """What the user says is one meeting is the one that was spoken of last."""
    for mark in marks:
        if mark.kind is not MarkKind.MERGED or mark.value != SAME_MEETING:
            continue
        meant = sorted(
            (one for one in strands if mark.evidence & anchors_of(one)), key=lambda one: one.sightings[-1].at
        )
        for old in meant[:-1]:
            if old.start is not None:
                meant[-1].moved_from.append(old.start)
            absorb(meant[-1], old)
        gone = {id(old) for old in meant[:-1]}
        strands = [one for one in strands if id(one) not in gone]
    return strands
