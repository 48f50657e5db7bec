"""One meeting as it grows, word by word: proposed, agreed, moved, called off. The latest word that counts wins.

- A calendar object is known by its UID: a higher SEQUENCE replaces a lower one, and only its organizer, or the
  thread it came in, changes it.
- A time is agreed when one side names it and the other accepts it, or when the employer's side states it as settled.
- Words move a meeting even where the calendar is not changed: the slot they move away from is dead, and a calendar
  that goes on showing it is a conflict, not news.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from mailwatch.core.casebook.names import same_full_name
from mailwatch.core.casebook.traces import SAME_START, AddressBook, Trace
from mailwatch.core.model import Address, InterviewState, Meeting, MeetingState, PersonPart, ZoneState
from mailwatch.core.zones import zone_from_name

UNSTATED_LENGTH = timedelta(hours=1)
"""How long a meeting is taken to last where no end is named."""
_HALF_A_DAY = timedelta(hours=12)
NOT_BELIEVED = "was not believed"
"""How a doubt about who speaks ends; every other one is about the time."""
_LIVE = frozenset({InterviewState.SCHEDULED, InterviewState.REQUESTED})


@dataclass(frozen=True, slots=True)
class Sighting:
    """One meeting as one trace tells it."""

    trace: Trace
    meeting: Meeting

    @property
    def at(self) -> datetime:
        """When it was said."""
        return self.trace.at

    @property
    def listed(self) -> bool:
        """The user's own calendar shows it."""
        return self.trace.version is not None

    @property
    def removed(self) -> bool:
        """The user's own calendar no longer shows it."""
        return self.trace.version is not None and self.trace.version.removed

    @property
    def object_key(self) -> str:
        """The calendar object: UID and occurrence, "" for words and for one session of an agenda."""
        meeting, occurrence = self.meeting, self.meeting.recurrence_id
        if not meeting.uid or meeting.agenda:
            return ""
        return f"{meeting.uid} {occurrence.isoformat()}" if occurrence else meeting.uid


@dataclass(frozen=True, slots=True)
class Offer:
    """A time that one side proposed and nobody has accepted yet."""

    meeting: Meeting
    ours: bool


@dataclass(slots=True)
class Strand:
    """One meeting and all that was said about it.

    objects: highest SEQUENCE by calendar object. voices: who spoke for it. dead: slots that words moved away from.
    shown: by calendar and calendar object, the span that the user's calendars show now.
    number: how many meetings the message that began it had begun before.
    """

    state: InterviewState = InterviewState.REQUESTED
    start: datetime | None = None
    end: datetime | None = None
    zone: str = ""
    zone_state: ZoneState = ZoneState.KNOWN
    sightings: list[Sighting] = field(default_factory=list)
    objects: dict[str, int] = field(default_factory=dict)
    organizer: Address | None = None
    voices: set[Address] = field(default_factory=set)
    threads: set[str] = field(default_factory=set)
    people: set[Address] = field(default_factory=set)
    offers: list[Offer] = field(default_factory=list)
    dead: set[datetime] = field(default_factory=set)
    moved_from: list[datetime] = field(default_factory=list)
    shown: dict[tuple[str, str], tuple[datetime, datetime]] = field(default_factory=dict)
    agenda: list[Sighting] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    scheduled_at: datetime | None = None
    cancelled_at: datetime | None = None
    vetoes: list[Trace] = field(default_factory=list)
    number: int = 0

    @property
    def live(self) -> bool:
        """It may still take place, or took place."""
        return self.state in _LIVE

    @property
    def first_at(self) -> datetime:
        """When it was first spoken of."""
        return self.sightings[0].at

    def shares_thread(self, thread: str) -> bool:
        """Was it spoken of in that thread?"""
        return bool(thread) and thread in self.threads

    def shares(self, sighting: Sighting) -> bool:
        """Is it the same conversation: a thread or a person in common?"""
        return self.shares_thread(sighting.trace.thread) or bool(self.people & people_of(sighting))


def near(one: datetime | None, other: datetime | None, limit: timedelta = SAME_START) -> bool:
    """Do two instants lie within `limit` of each other?"""
    return one is not None and other is not None and abs(one - other) <= limit


def people_of(sighting: Sighting) -> frozenset[Address]:
    """Everybody on the other side whom a sighting names with an address."""
    met = (person.address for person in sighting.meeting.people if person.address is not None)
    return sighting.trace.theirs | frozenset(met)


def anchors_of(strand: Strand) -> frozenset[str]:
    """The evidence of a strand: message ids and UIDs."""
    said = strand.sightings + strand.agenda
    uids = (sighting.meeting.uid for sighting in strand.sightings if sighting.meeting.uid)
    return frozenset(sighting.trace.source for sighting in said).union(uids)


def take(strand: Strand, sighting: Sighting, book: AddressBook, zone: tzinfo, *, moved: bool = False) -> None:
    """Let a strand take in what one more trace says about it."""
    if not _may_speak(strand, sighting, book):
        sender = sighting.trace.sender
        strand.doubts.append(f"a change from {sender.address if sender else 'somebody else'} {NOT_BELIEVED}")
        return
    meeting = sighting.meeting
    before = strand.objects.get(sighting.object_key, -1)
    note(strand, sighting)
    if sighting.object_key and meeting.sequence < before:
        return  # a later version of the calendar object is known
    if sighting.removed:
        _remove(strand, sighting)
    elif meeting.state is MeetingState.CANCELLED:
        _cancel(strand, sighting)
    elif meeting.state is MeetingState.DECLINED:
        _end(strand, sighting, InterviewState.DECLINED if _ours(sighting) else InterviewState.CANCELLED)
    elif meeting.state is MeetingState.PROPOSED:
        _propose(strand, sighting, moved=moved)
    elif meeting.state is MeetingState.ACCEPTED or (sighting.trace.outgoing and not meeting.uid):
        _accept(strand, sighting, zone)
    else:
        _confirm(strand, sighting, zone, newer=meeting.sequence > before >= 0, moved=moved)


def agree(strand: Strand, trace: Trace, zone: tzinfo) -> bool:
    """Let a bare "that works" settle the one time that the other side offered. False: there is no such offer."""
    offers = [offer.meeting for offer in strand.offers if offer.ours is not trace.outgoing]
    if strand.state is not InterviewState.REQUESTED or len(offers) != 1 or offers[0].start is None:
        return False
    chosen = offers[0] if not offers[0].day_only else _as_before(strand, offers[0], zone)
    if chosen is None:
        return False
    _settle(strand, chosen, trace.at)
    return True


def sit(strand: Strand, sighting: Sighting) -> None:
    """Add one session of an agenda; where only the agenda tells of the meeting, it lasts until the last of them ends."""
    strand.agenda.append(sighting)
    meeting = sighting.meeting
    if not strand.objects and strand.start is not None and meeting.start is not None:
        ends = [end for end in (strand.end, meeting.end or meeting.start + UNSTATED_LENGTH) if end is not None]
        strand.end = max(ends)
    strand.people |= people_of(sighting)


def absorb(strand: Strand, other: Strand) -> None:
    """Take over everything that was said of another strand, which turned out to be the same meeting."""
    strand.sightings = sorted(other.sightings + strand.sightings, key=lambda sighting: sighting.at)
    strand.agenda += other.agenda
    strand.objects.update({key: sequence for key, sequence in other.objects.items() if key not in strand.objects})
    strand.shown.update(other.shown)
    strand.threads |= other.threads
    strand.people |= other.people
    strand.vetoes += other.vetoes
    strand.end = strand.end or other.end


def note(strand: Strand, sighting: Sighting) -> None:
    """Keep a sighting, its people and its calendar object, whatever it changes."""
    trace, meeting = sighting.trace, sighting.meeting
    strand.sightings.append(sighting)
    if trace.thread:
        strand.threads.add(trace.thread)
    if trace.sender is not None and not trace.outgoing:
        strand.voices.add(trace.sender.address)
    strand.people |= people_of(sighting)
    key = sighting.object_key
    if key:
        strand.objects[key] = max(meeting.sequence, strand.objects.get(key, 0))
        strand.organizer = strand.organizer or meeting.organizer
        _show(strand, sighting)


def _show(strand: Strand, sighting: Sighting) -> None:
    """Keep what the user's calendars show."""
    version, meeting = sighting.trace.version, sighting.meeting
    if version is None or meeting.start is None:
        return
    place = (version.calendar, sighting.object_key)
    if version.removed or meeting.state is MeetingState.CANCELLED:
        strand.shown.pop(place, None)
    else:
        strand.shown[place] = (meeting.start, meeting.end or meeting.start + UNSTATED_LENGTH)


def _may_speak(strand: Strand, sighting: Sighting, book: AddressBook) -> bool:
    """Only the organizer, whoever spoke before, their firm, or the same thread changes what is known."""
    trace, meeting = sighting.trace, sighting.meeting
    if not strand.sightings or trace.version is not None or trace.outgoing or trace.sender is None:
        return True
    if trace.suspicious and not all(known.trace.suspicious for known in strand.sightings):
        return False
    if strand.organizer and meeting.organizer and sighting.object_key in strand.objects:
        if meeting.organizer != strand.organizer and not _same_firm(meeting.organizer, {strand.organizer}, book):
            return False
    known = strand.voices | strand.people | ({strand.organizer} if strand.organizer else set())
    sender = trace.sender.address
    if not known or sender in known or trace.thread in strand.threads or book.tool(sender):
        return True
    return _same_firm(sender, known, book) or _asks_by_name(strand, sighting) or not _changes(strand, sighting)


def _asks_by_name(strand: Strand, sighting: Sighting) -> bool:
    """Does somebody who was named as an interviewer, without an address, ask for another time? Only the user's yes settles it."""
    sender, asks = sighting.trace.sender, sighting.meeting.state is MeetingState.PROPOSED
    named = (mention for known in strand.sightings for mention in (*known.meeting.people, *known.trace.reading.people))
    unreached = [one.name for one in named if one.part is PersonPart.INTERVIEWER and one.address is None]
    return asks and sender is not None and any(same_full_name(name, sender.name) for name in unreached)


def _same_firm(address: Address, others: set[Address], book: AddressBook) -> bool:
    firm = book.firm(address)
    return bool(firm) and any(book.firm(other) == firm for other in others)


def _changes(strand: Strand, sighting: Sighting) -> bool:
    meeting = sighting.meeting
    if meeting.state in {MeetingState.CANCELLED, MeetingState.DECLINED}:
        return True
    return strand.start is not None and not near(meeting.start, strand.start)


def _ours(sighting: Sighting) -> bool:
    """The user's own answer, by mail or in the calendar."""
    return sighting.trace.outgoing or sighting.listed


def _remove(strand: Strand, sighting: Sighting) -> None:
    """Gone from the calendar: that counts where it was seen before the end; tidying up afterwards cancels nothing."""
    meeting = sighting.meeting
    over = meeting.end or meeting.start
    if over is not None and sighting.at < over and not strand.shown and near(meeting.start, strand.start):
        _end(strand, sighting, InterviewState.CANCELLED)


def _cancel(strand: Strand, sighting: Sighting) -> None:
    start = sighting.meeting.start
    if start is not None and not sighting.meeting.day_only and start in strand.dead and not near(start, strand.start):
        return  # the old slot is tidied away after the meeting moved
    _end(strand, sighting, InterviewState.CANCELLED)


def _end(strand: Strand, sighting: Sighting, state: InterviewState) -> None:
    strand.state = state
    strand.cancelled_at = sighting.at
    strand.offers.clear()
    if strand.start is not None:
        strand.dead.add(strand.start)


def _propose(strand: Strand, sighting: Sighting, *, moved: bool) -> None:
    trace, meeting = sighting.trace, sighting.meeting
    if moved and not trace.outgoing and strand.start is not None and not near(meeting.start, strand.start):
        strand.dead.add(strand.start)
        strand.moved_from.append(strand.start)
        strand.state, strand.start, strand.end = InterviewState.REQUESTED, None, None
        strand.offers.clear()
    strand.offers.append(Offer(meeting, trace.outgoing))


def _answers(strand: Strand, trace: Trace) -> bool:
    """Did the user say something before that this can agree to?"""
    replies = trace.envelope is None or trace.envelope.in_reply_to is not None
    return replies or any(sighting.trace.outgoing for sighting in strand.sightings)


def _accept(strand: Strand, sighting: Sighting, zone: tzinfo) -> None:
    trace, meeting = sighting.trace, sighting.meeting
    offered = [offer.meeting for offer in strand.offers if offer.ours is not trace.outgoing and offer.meeting.start]
    chosen = _chosen(meeting, offered, strand, zone)
    if chosen is not None:
        _settle(strand, chosen, trace.at)
    elif not trace.outgoing and meeting.start is not None and not meeting.day_only and _answers(strand, trace):
        _settle(strand, meeting, trace.at)  # the employer's side agrees to a time, wherever we proposed it
    elif not near(meeting.start, strand.start):
        strand.offers.append(Offer(meeting, trace.outgoing))


def _chosen(meeting: Meeting, offered: list[Meeting], strand: Strand, zone: tzinfo) -> Meeting | None:
    """What the other side offered and this accepts."""
    timed = [offer for offer in offered if not offer.day_only]
    if meeting.start is None:
        return timed[0] if len(timed) == 1 else None
    day = _day(meeting, zone)
    days = [offer for offer in offered if offer.day_only and _day(offer, zone) == day]
    if meeting.day_only:
        that_day = [offer for offer in timed if _day(offer, zone) == day]
        if not that_day and not days:
            return _of_that_weekday(meeting, timed, zone)
        return that_day[0] if len(that_day) == 1 else _as_before(strand, days[0], zone) if days else None
    for offer in timed:
        if near(offer.start, meeting.start) or same_clock(meeting, offer.start, offer.zone, zone):
            return offer
        if near(offer.start, meeting.start - _HALF_A_DAY) and meeting.zone_state is ZoneState.FLOATING:
            return offer  # "tues 530" for half past five in the morning
        if offer.start is not None and offer.end is not None and offer.start <= meeting.start < offer.end:
            return meeting
    usual = _as_before(strand, days[0], zone) if days else None
    return meeting if usual is not None and near(usual.start, meeting.start) else None


def _of_that_weekday(meeting: Meeting, offered: list[Meeting], zone: tzinfo) -> Meeting | None:
    """The only time offered on that weekday, or at the hour that was read as a day ("Friday works", "tues 2")."""
    if meeting.start is None:
        return None
    wanted = meeting.start.astimezone(zone)
    local = [(offer, offer.start.astimezone(zone)) for offer in offered if offer.start is not None]
    fits = [offer for offer, start in local if start.isoweekday() == wanted.isoweekday()]
    return fits[0] if len(fits) == 1 else None


def _day(meeting: Meeting, zone: tzinfo) -> date | None:
    return meeting.start.astimezone(zone).date() if meeting.start is not None else None


def _as_before(strand: Strand, meeting: Meeting, zone: tzinfo) -> Meeting | None:
    """A meeting that moved to a day without a word about the hour: the hour stays, as far as anybody knows."""
    day, old = _day(meeting, zone), strand.moved_from[-1] if strand.moved_from else strand.start
    if day is None or old is None:
        return None
    start = datetime.combine(day, old.astimezone(zone).time(), zone).astimezone(UTC)
    return replace(meeting, start=start, end=None, day_only=False)


def same_clock(meeting: Meeting, start: datetime | None, stated: str, home: tzinfo) -> bool:
    """Does somebody repeat a time without its zone ("half past two works" for 2:30 pm Eastern)?"""
    zone = zone_from_name(stated) if stated else None
    if meeting.zone_state is not ZoneState.FLOATING or meeting.start is None or start is None or zone is None:
        return False
    return meeting.start.astimezone(home).replace(tzinfo=None) == start.astimezone(zone).replace(tzinfo=None)


def _confirm(strand: Strand, sighting: Sighting, zone: tzinfo, *, newer: bool, moved: bool) -> None:
    meeting = sighting.meeting
    if meeting.start is None:
        return
    stale = any(near(meeting.start, slot) for slot in strand.dead)
    if stale and not newer and (sighting.listed or strand.state is InterviewState.DECLINED):
        return  # the calendar, or a reminder, has not heard of the change
    if meeting.day_only and not meeting.uid:
        if (usual := _as_before(strand, meeting, zone) if moved else None) is None:
            strand.offers.append(Offer(meeting, ours=False))
            return
        strand.doubts.append(f"moved to {meeting.start.astimezone(zone):%Y-%m-%d} without an hour: taken as before")
        meeting = usual
    _settle(strand, meeting, sighting.at)


def _settle(strand: Strand, meeting: Meeting, at: datetime) -> None:
    old = strand.start
    if old is not None and not near(old, meeting.start, timedelta(minutes=1)):
        strand.moved_from.append(old)
        if not meeting.uid:
            strand.dead.add(old)
    if meeting.start is not None and (old is None or not near(old, meeting.start) or meeting.uid or not strand.objects):
        strand.start = meeting.start
        strand.end = meeting.end or (strand.end if near(old, meeting.start) else None)
        strand.zone, strand.zone_state = meeting.zone, meeting.zone_state
    strand.dead -= {slot for slot in strand.dead if near(slot, strand.start)}
    strand.state = InterviewState.SCHEDULED
    strand.scheduled_at = strand.scheduled_at or at
    strand.offers.clear()
