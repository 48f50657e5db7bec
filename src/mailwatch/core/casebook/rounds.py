"""Strands → interviews: one round is all sessions of one day at one employer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from mailwatch.core.casebook.agreed import IN_WORDS, is_guess
from mailwatch.core.casebook.groups import founds, noted, speaks_for
from mailwatch.core.casebook.people import THANKED_WITHIN, Circle, thanked_in
from mailwatch.core.casebook.strand import UNSTATED_LENGTH, Sighting, Strand, anchors_of, near
from mailwatch.core.casebook.traces import AddressBook, Trace
from mailwatch.core.ids import identity, told_id
from mailwatch.core.model import (
    Direction,
    Evidence,
    Interview,
    InterviewId,
    InterviewState,
    Mark,
    MarkKind,
    MeetingState,
    MessageKind,
    Person,
    Session,
    ZoneState,
)
from mailwatch.core.reading.applying import APPLIES, SEEKS

_A_DAY = timedelta(days=1)
_MOST_EVIDENCE = 12
_LARGEST_PANEL = 12
_TWO_ROWS = timedelta(minutes=9)
"""Rows of an agenda this close to each other are one."""
_OF_THE_DAY = frozenset({InterviewState.SCHEDULED, InterviewState.CANCELLED})
_OF_A_JOB = frozenset({IN_WORDS, APPLIES, SEEKS})
_NO_PROCESS = frozenset({MessageKind.APPLICATION_ACK, MessageKind.ASSESSMENT, MessageKind.COLD_OUTREACH})


def interviews_from_strands(
    strands: Iterable[Strand],
    traces: Sequence[Trace],
    circle: Circle,
    book: AddressBook,
    marks: Iterable[Mark],
    zone: tzinfo,
) -> tuple[Interview, ...]:
    """The interviews of one process, by start; those without a time last. What is none is left out."""
    strands = list(strands)
    told = _told(strands, marks)
    judged = [(strand, _state(strand, traces, book, told[index])) for index, strand in enumerate(strands)]
    held = [(strand, state) for strand, state in judged if state is not None]
    single = [
        _interview(strand, state, circle.interviewers(strand, _beside(strand, held, zone)), circle)
        for strand, state in held
    ]
    rounds = _by_day([item for item in single if item.state is InterviewState.SCHEDULED and item.start], zone)
    rest = [item for item in single if item.state is not InterviewState.SCHEDULED or item.start is None]
    return tuple(
        sorted(rounds + rest, key=lambda item: (item.start is None, item.start.timestamp() if item.start else 0.0))
    )


def _beside(strand: Strand, held: Iterable[tuple[Strand, InterviewState]], zone: tzinfo) -> Iterator[Strand]:
    """The other meetings of the same day, those that were called off included."""
    for other, state in held:
        if other is not strand and state in _OF_THE_DAY and strand.start is not None and other.start:
            if other.start.astimezone(zone).date() == strand.start.astimezone(zone).date():
                yield other


def _told(strands: Sequence[Strand], marks: Iterable[Mark]) -> list[set[MarkKind]]:
    """What the user's marks say of each strand: a mark speaks of those that share most of its evidence."""
    told: list[set[MarkKind]] = [set() for _ in strands]
    anchors = [anchors_of(strand) for strand in strands]
    for mark in marks:
        evidence = {told_id(mark.id)} if mark.kind is MarkKind.ADDED else mark.evidence
        overlaps = [len(evidence & anchor) for anchor in anchors]
        most = max(overlaps, default=0)
        for index, overlap in enumerate(overlaps):
            if overlap == most > 0:
                told[index].add(mark.kind)
    return told


def _state(strand: Strand, traces: Sequence[Trace], book: AddressBook, told: set[MarkKind]) -> InterviewState | None:
    """The strand's state once it is clear that the user was to be interviewed; None: it is no interview."""
    if MarkKind.DID_NOT_HAPPEN in told:
        return InterviewState.DID_NOT_HAPPEN
    state = strand.state
    if MarkKind.CONFIRMED in told:
        return _confirmed(strand)
    if MarkKind.ADDED in told:
        return state
    votes, vetoes = _ballot(strand)
    if vetoes > votes:
        return None
    if state is InterviewState.REQUESTED:
        if votes and _thanked_for(strand, traces):
            return _confirmed(strand)
        return state if votes or _known(strand, traces) else None
    speaking = [sighting.trace for sighting in strand.sightings if speaks_for(sighting.trace)]
    guessed = bool(speaking) and all(is_guess(trace) for trace in speaking)
    unsure = (
        guessed
        or _crowded(strand)
        or vetoes == votes > 0
        or all(sighting.trace.suspicious for sighting in strand.sightings)
    )
    unsure = unsure or not any(map(_speaks_of_a_job, traces))
    if _internal(strand, book):
        return InterviewState.POSSIBLE if votes else None
    if not votes:
        if not _known(strand, traces):
            return InterviewState.POSSIBLE if _half_known(strand, traces) else None
    return InterviewState.POSSIBLE if unsure and strand.live else state


def _speaks_of_a_job(trace: Trace) -> bool:
    """Does it, or the conversation that it belongs to, speak of a job?"""
    return not trace.reading.jobless or any(item.rule in _OF_A_JOB for item in trace.reading.evidence)


def _ballot(strand: Strand) -> tuple[int, int]:
    """Voices for and against its being an interview of the user's. Where mail speaks, a bare calendar entry is silent."""
    speaking = [sighting.trace for sighting in strand.sightings if speaks_for(sighting.trace)]
    sure = any(trace.reading.direction is Direction.CANDIDATE for trace in speaking)
    against = [trace for trace in strand.vetoes if not (sure and _only_afterwards(trace, strand))]
    mailed = any(trace.version is None for trace in speaking + against)
    votes, vetoes = (
        [trace for trace in traces if trace.version is None or not mailed] for traces in (speaking, against)
    )
    return len(votes) + sum(map(_by_a_hiring_system, votes)), len(vetoes)


def _by_a_hiring_system(trace: Trace) -> bool:
    """Does a system for hiring tell the user of a job's interview? That weighs more than one person's words about candidates."""
    reading = trace.reading
    return bool(trace.tool) and not reading.jobless and reading.direction is Direction.CANDIDATE


def _only_afterwards(trace: Trace, strand: Strand) -> bool:
    """A later mail that names no meeting of its own does not tell what the meeting was."""
    return strand.start is not None and trace.at > strand.start and not trace.reading.meetings


def _confirmed(strand: Strand) -> InterviewState:
    """The user says that it takes, or took, place: then the last time that anybody named holds."""
    if strand.start is None:
        timed = [
            offer.meeting for offer in strand.offers if offer.meeting.start is not None and not offer.meeting.day_only
        ]
        if not timed:
            return InterviewState.REQUESTED
        strand.start, strand.end, strand.zone = timed[-1].start, timed[-1].end, timed[-1].zone
    return InterviewState.SCHEDULED


def _thanked_for(strand: Strand, traces: Iterable[Trace]) -> bool:
    """Did the user thank somebody for the talk after the one time that was named for it? Then it took place."""
    times = {offer.meeting.start for offer in strand.offers if offer.meeting.start and not offer.meeting.day_only}
    if len(times) != 1:
        return False
    (start,) = times
    thanked = (thanks for trace in traces for thanks in thanked_in(trace))
    return any(address in strand.people and start < at < start + THANKED_WITHIN for address, at in thanked)


def _known(strand: Strand, traces: Sequence[Trace]) -> bool:
    """A meeting that doesn't say "interview" is one where its people are known from the user's candidacy there."""
    founders = [
        trace for trace in traces if founds(trace) and trace.reading.kind not in _NO_PROCESS and not noted(trace)
    ]
    people = frozenset().union(*(trace.theirs for trace in founders))
    threads = {trace.thread for trace in founders if trace.thread}
    tied = bool(strand.people & people) or bool(strand.threads & threads)
    alone = not strand.people and any(sighting.listed for sighting in strand.sightings)
    return tied or (alone and bool(founders))


def _half_known(strand: Strand, traces: Sequence[Trace]) -> bool:
    """Somebody at a firm where the user has applied: worth a question."""
    return strand.state is InterviewState.SCHEDULED and any(map(founds, traces)) and bool(strand.objects)


def _crowded(strand: Strand) -> bool:
    """More guests than any panel has: rather a fair or a class."""
    return any(len(sighting.meeting.people) > _LARGEST_PANEL for sighting in strand.sightings)


def _internal(strand: Strand, book: AddressBook) -> bool:
    """Only colleagues speak of it: a hiring system from outside would say that the user is the candidate."""
    return bool(strand.people) and all(book.at_home(address) for address in strand.people | strand.voices)


def _interview(strand: Strand, state: InterviewState, people: tuple[Person, ...], circle: Circle) -> Interview:
    sightings = strand.sightings
    newest = max(sightings, key=lambda item: item.at)
    start = strand.start
    end = (strand.end or start + UNSTATED_LENGTH) if start else None
    title = next((item.meeting.title for item in sightings if item.meeting.title), "")
    sessions = _sessions(Session(start, end, people, title), strand, circle) if start and end else ()
    informational = any(item.meeting.informational for item in sightings) and not _assessing(sightings)
    suspicious = all(item.trace.suspicious for item in sightings)
    return Interview(
        id=InterviewId(identity("interview", _first_source(strand))),
        state=state,
        start=start,
        end=end,
        people=people,
        sessions=sessions,
        title=title,
        medium=next((item.meeting.medium for item in reversed(sightings) if item.meeting.medium), ""),
        zone=strand.zone,
        zone_state=strand.zone_state,
        informational=informational,
        unanswered=_unanswered(strand),
        draftable=state is InterviewState.SCHEDULED and not suspicious,
        doubts=_doubts(strand),
        conflict_end=_conflict_end(strand),
        unconfirmed=_unconfirmed(strand),
        language=_language(sightings, newest),
        anchors=anchors_of(strand),
        evidence=_evidence(sightings),
        moved_from=tuple(strand.moved_from),
    )


def _first_source(strand: Strand) -> str:
    """What began it: a message, or a calendar object of it; of a message that began several, which one."""
    first = strand.sightings[0]
    return first.trace.source + (first.object_key or (f" {strand.number}" if strand.number else ""))


def _unanswered(strand: Strand) -> bool:
    listed = [sighting for sighting in strand.sightings if sighting.listed and not sighting.removed]
    answered = any(sighting.trace.outgoing for sighting in strand.sightings)
    return bool(listed) and listed[-1].meeting.unanswered and not answered


def _assessing(sightings: Sequence[Sighting]) -> bool:
    """A chat that is also spoken of as an interview for a job is one."""
    plain = [item for item in sightings if not item.meeting.informational]
    return any(item.trace.reading.direction is Direction.CANDIDATE and item.trace.reading.roles for item in plain)


def _sessions(whole: Session, strand: Strand, circle: Circle) -> tuple[Session, ...]:
    """The sittings that an agenda lists; without one, the meeting as a whole."""
    uid = next((sighting.meeting.uid for sighting in strand.sightings if sighting.meeting.uid), "")
    uid = uid or strand.sightings[0].trace.source
    parts: dict[datetime, Session] = {}
    told = [sighting for sighting in strand.sightings if sighting.meeting.agenda]
    for sighting in sorted(told + strand.agenda, key=_start_of):
        meeting = sighting.meeting
        there = tuple(circle.person(known) for mention in meeting.people if (known := circle.find(mention)) is not None)
        if meeting.start is None or (not meeting.uid and _is_beside(strand, meeting.start, there)):
            continue
        if not any(near(start, meeting.start, _TWO_ROWS) for start in parts):
            end = meeting.end or meeting.start + UNSTATED_LENGTH
            parts[meeting.start] = Session(meeting.start, end, there, meeting.title, uid)
    if len(parts) < 2:
        return (replace(whole, uid=uid),)
    listed = list(parts.values())
    ends = [min(part.end, after.start) for part, after in pairwise(listed)]
    return tuple(replace(part, end=end) for part, end in zip(listed, [*ends, listed[-1].end], strict=True))


def _is_beside(strand: Strand, start: datetime, people: Sequence[Person]) -> bool:
    """A row of a mail's agenda with nobody in it, outside the invitation: arriving, lunch."""
    if not strand.objects or people or strand.start is None or strand.end is None:
        return False
    return not strand.start <= start < strand.end


def _start_of(sighting: Sighting) -> float:
    return sighting.meeting.start.timestamp() if sighting.meeting.start else 0.0


def _doubts(strand: Strand) -> tuple[str, ...]:
    doubts = list(dict.fromkeys(strand.doubts))
    if any(not offer.ours for offer in strand.offers) and strand.state is InterviewState.SCHEDULED:
        doubts.append("they proposed another time, and nothing says that it was agreed")
    elif _conflict_end(strand) is not None:
        shown = min(span[0] for span in strand.shown.values())
        doubts.append(f"the calendar still shows {shown:%Y-%m-%d %H:%M} UTC, the mail names another time")
    if strand.zone_state is ZoneState.UNKNOWN:
        doubts.append(f"the time zone “{strand.zone[:40]}” is unknown")
    if any(sighting.meeting.day_only for sighting in strand.sightings if sighting.meeting.uid):
        doubts.append("no time of day is named")
    return tuple(doubts)


def _unconfirmed(strand: Strand) -> datetime | None:
    """The last time that the user chose and nobody has confirmed."""
    ours = [offer.meeting for offer in strand.offers if offer.ours and not offer.meeting.day_only]
    agreed = [meeting.start for meeting in ours if meeting.state is MeetingState.ACCEPTED]
    return agreed[-1] if agreed and strand.state is InterviewState.REQUESTED else None


def _conflict_end(strand: Strand) -> datetime | None:
    """The end of another time that the user's calendar still shows."""
    if strand.state is not InterviewState.SCHEDULED or strand.start is None:
        return None
    ends = [
        end for start, end in strand.shown.values() if not near(start, strand.start) and not start <= strand.start < end
    ]
    agreeing = any(near(start, strand.start) for start, _ in strand.shown.values())
    proposed = [
        meeting.end or start + (_A_DAY if meeting.day_only else UNSTATED_LENGTH)
        for meeting in (offer.meeting for offer in strand.offers if not offer.ours)
        for start in (meeting.start,)
        if start is not None and start > strand.start
    ]
    return max([*proposed, *([] if agreeing else ends)], default=None)


def _language(sightings: Sequence[Sighting], newest: Sighting) -> str:
    mailed = [item for item in sightings if not item.listed and not item.trace.outgoing]
    spoken = [item for item in mailed if item.trace.human] or mailed
    return (spoken[-1] if spoken else newest).trace.reading.language


def _evidence(sightings: Sequence[Sighting]) -> tuple[Evidence, ...]:
    found: dict[Evidence, None] = {}
    for sighting in sightings:
        for item in sighting.meeting.evidence or sighting.trace.reading.evidence[:1]:
            found[item] = None
    return tuple(found)[:_MOST_EVIDENCE]


def _by_day(interviews: list[Interview], zone: tzinfo) -> list[Interview]:
    days: dict[object, list[tuple[datetime, Interview]]] = {}
    for interview in interviews:
        for start in (interview.start,) if interview.start else ():
            kind = (start.astimezone(zone).date(), interview.informational)
            days.setdefault(kind, []).append((start, interview))
    return [_one_round([item for _, item in sorted(day, key=lambda pair: pair[0])]) for day in days.values()]


def _each_once(members: Sequence[Interview]) -> Iterator[Session]:
    """The sessions of one day. What an agenda lists and another meeting is known by, is that other meeting."""
    for member in members:
        others = [other.start for other in members if other is not member]
        for session in member.sessions:
            listed = len(member.sessions) > 1 and not near(session.start, member.start, _TWO_ROWS)
            if not (listed and any(near(session.start, start, _TWO_ROWS) for start in others)):
                yield session


def _one_round(members: list[Interview]) -> Interview:
    if len(members) == 1:
        return members[0]
    first = members[0]
    sessions = sorted(_each_once(members), key=lambda session: session.start)
    people: dict[str, Person] = {person.key: person for member in members for person in member.people}
    ends = [member.end for member in members if member.end is not None]
    conflicts = [member.conflict_end for member in members if member.conflict_end is not None]
    return replace(
        first,
        end=max(ends, default=first.end),
        people=tuple(people.values()),
        sessions=tuple(sessions),
        zone_state=next(
            (item.zone_state for item in members if item.zone_state is not ZoneState.KNOWN), ZoneState.KNOWN
        ),
        unanswered=all(member.unanswered for member in members),
        draftable=all(member.draftable for member in members),
        doubts=tuple(dict.fromkeys(doubt for member in members for doubt in member.doubts)),
        conflict_end=max(conflicts, default=None),
        anchors=frozenset().union(*(member.anchors for member in members)),
        evidence=tuple(dict.fromkeys(item for member in members for item in member.evidence))[:_MOST_EVIDENCE],
        moved_from=tuple(moment for member in members for moment in member.moved_from),
    )
