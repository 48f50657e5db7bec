"""Who was there: mentions → persons, and which of them interview.

An address is only ever one that was seen: in a header, a calendar object or a signature. A name without one gets
an address by full-name match with somebody of the same process, and never by a pattern.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailwatch.core.addresses import looks_like
from mailwatch.core.casebook.names import may_be_short_for, name_tokens, same_full_name
from mailwatch.core.casebook.proof import Proof
from mailwatch.core.casebook.strand import Sighting, Strand
from mailwatch.core.casebook.traces import AddressBook, Trace, mentions_of
from mailwatch.core.model import Address, Doubt, Person, PersonKind, PersonMention, PersonPart

THANKED_WITHIN = timedelta(days=5)
"""Thanks for a talk come so soon after it."""
_FULL_NAME = 2
_INVITED = frozenset({"attendee", "organizer"})


@dataclass(slots=True)
class Known:
    """Somebody on the other side, under every name and address seen. shown: the names that stand beside an address."""

    names: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    title: str = ""
    kind: PersonKind = PersonKind.UNKNOWN
    source: str = ""

    def learn(self, mention: PersonMention) -> None:
        """Take in one more mention."""
        if mention.name and mention.name not in self.names:
            self.names.append(mention.name)
        if mention.name and mention.address is not None and mention.name not in self.shown:
            self.shown.append(mention.name)
        if mention.address is not None and mention.address not in self.addresses:
            self.addresses.append(mention.address)
            self.source = self.source or mention.source
        self.title = self.title or mention.title
        if self.kind is PersonKind.UNKNOWN:
            self.kind = mention.kind


class Circle:
    """Everybody that one process names on the other side, told apart by address, then by name."""

    def __init__(self, traces: Iterable[Trace], book: AddressBook, agencies: frozenset[str] = frozenset()) -> None:
        self._book = book
        self._known: list[Known] = []
        self._by_address: dict[Address, Known] = {}
        self._persons: dict[int, Person] = {}
        traces = list(traces)
        self._proof = Proof(traces, book, agencies)
        mentions = [mention for trace in traces for mention in _all_mentions(trace) if self._counts(mention)]
        for mention in sorted(mentions, key=lambda item: item.address is None):
            self._enter(mention)
        self._thanked = [thanks for trace in traces for thanks in thanked_in(trace)]
        self._wrote = [(trace.sender.address, trace.at) for trace in traces if trace.sender is not None and trace.human]
        self._firms = frozenset().union(*(trace.firms for trace in traces if not trace.suspicious and trace.human))

    def _counts(self, mention: PersonMention) -> bool:
        if mention.part is PersonPart.CANDIDATE:
            return False
        return mention.address is None or self._book.is_person(mention.address, mention.name)

    def _enter(self, mention: PersonMention) -> None:
        known = self.find(mention)
        if known is None:
            known = Known()
            self._known.append(known)
        known.learn(mention)
        if mention.address is not None:
            self._by_address[mention.address] = known

    def find(self, mention: PersonMention) -> Known | None:
        """Who a mention means, or None: the same address, else the only one with that name."""
        if mention.address is not None and mention.address in self._by_address:
            return self._by_address[mention.address]
        if not name_tokens(mention.name):
            return None
        full = [known for known in self._known if any(same_full_name(name, mention.name) for name in known.names)]
        if full or mention.address is not None:
            return full[0] if full else None
        short = [known for known in self._known if any(may_be_short_for(name, mention.name) for name in known.names)]
        return short[0] if len(short) == 1 else None

    def person(self, known: Known) -> Person:
        """The person in the form that letters and the status use; worked out once, for nobody is learned of any more."""
        if id(known) not in self._persons:
            self._persons[id(known)] = self._described(known)
        return self._persons[id(known)]

    def _described(self, known: Known) -> Person:
        name = max(_without_topics(known), key=_completeness, default="")
        address = self._proof.address_of(known.addresses, known.names)
        stranger = address is None and bool(known.addresses)
        address = known.addresses[0] if stranger else address
        return Person(
            name=name,
            address=address,
            title=known.title,
            kind=known.kind,
            source=known.source,
            doubt=self._doubt(address, stranger=stranger),
        )

    def _doubt(self, address: Address | None, *, stranger: bool) -> Doubt:
        firm = self._book.firm(address) if address else ""
        if firm and looks_like(firm, self._firms):
            return Doubt.LOOK_ALIKE
        return Doubt.STRANGER if stranger else Doubt.NONE

    def at(self, address: Address) -> Person | None:
        """The person with this address."""
        known = self._by_address.get(address)
        return self.person(known) if known else None

    def interviewers(self, strand: Strand, others: Iterable[Strand] = ()) -> tuple[Person, ...]:
        """Who interviews in a meeting, by the latest word, in the order they were named.

        Args:
            others: the other meetings of that day. Who is a guest of one of them, and only named in this one, sits there.
        """
        sightings = strand.sightings + strand.agenda
        elsewhere = {guest for other in others for guest in self._guests(other)} - self._guests(strand)
        present = self._present(sightings, self._thanked_for(strand))
        here = [known for known in present if id(known) not in elsewhere]
        return tuple(self.person(known) for known in here or present)

    def _guests(self, strand: Strand) -> set[int]:
        invited = (mention for sighting in strand.sightings for mention in _invites(sighting))
        return {id(known) for mention in invited if (known := self.find(mention)) is not None}

    def _thanked_for(self, strand: Strand) -> set[int]:
        """Whom the user thanked for the talk itself: whoever arranged it, and was not named beside others, was there."""
        start = strand.start
        if start is None:
            return set()
        return {
            id(self._by_address[address])
            for address, moment in self._thanked
            if start < moment < start + THANKED_WITHIN and address in self._by_address
        }

    def _present(self, sightings: list[Sighting], thanked: set[int]) -> list[Known]:
        gone = self._gone(sightings)
        named: list[Known] = []
        organizers: list[Known] = []
        for _, mention in _said(sightings):
            known = self.find(mention) if self._counts(mention) else None
            if known is None or id(known) in gone:
                continue
            if mention.part is PersonPart.INTERVIEWER or (
                mention.part is PersonPart.UNSURE and mention.source == "attendee"
            ):
                _add(named, known)
            elif mention.part is PersonPart.UNSURE and mention.source == "organizer":
                _add(organizers, known)
        for known in organizers:
            if named and id(known) in thanked:
                _add(named, known)
        writers = self._writers(sightings) or self._hosts(sightings)
        return named or organizers or [known for known in writers if id(known) not in gone]

    def _hosts(self, sightings: list[Sighting]) -> list[Known]:
        """Whoever wrote last before it, where only an entry that the user typed tells of it."""
        starts = [sighting.meeting.start for sighting in sightings if sighting.meeting.start is not None]
        if not starts or not all(sighting.listed for sighting in sightings):
            return []
        wrote = [address for address, moment in self._wrote if moment < max(starts) and address in self._by_address]
        return [self._by_address[wrote[-1]]] if wrote else []

    def _gone(self, sightings: list[Sighting]) -> set[int]:
        """Who declined, was replaced, or is no longer on the guest list of the last version."""
        gone: set[int] = set()
        guests: dict[str, set[int]] = {}
        for sighting, mention in _said(sightings):
            known = self.find(mention)
            if known is None:
                continue
            if mention.declined:
                gone.add(id(known))
            elif mention.part is PersonPart.INTERVIEWER and mention.source not in _INVITED:
                gone.discard(id(known))
            if mention.source in _INVITED and sighting.object_key:
                guests.setdefault(sighting.object_key, set()).add(id(known))
        for key, everybody in guests.items():
            last = {id(known) for known in self._last_guests(sightings, key)}
            gone |= everybody - last if last else set()
        return gone

    def _last_guests(self, sightings: list[Sighting], key: str) -> Iterator[Known]:
        versions = [item for item in sightings if item.object_key == key and any(_invites(item))]
        newest = max(versions, key=lambda item: (item.meeting.sequence, item.at), default=None)
        for mention in _invites(newest) if newest else ():
            known = self.find(mention)
            if known is not None and not mention.declined:
                yield known

    def _writers(self, sightings: list[Sighting]) -> list[Known]:
        """Whoever arranged it in person, where nobody else is named."""
        writers: list[Known] = []
        for sighting in sightings:
            sender = sighting.trace.sender
            if sender is not None and sighting.trace.human and sender.address in self._by_address:
                _add(writers, self._by_address[sender.address])
        return writers[-1:]


def thanked_in(trace: Trace) -> Iterator[tuple[Address, datetime]]:
    """Whom a message of the user's thanks for a talk, and when."""
    gratitude = trace.reading.gratitude
    if trace.outgoing and trace.envelope is not None and gratitude is not None:
        if gratitude.sure and gratitude.cause == "conversation":
            yield from ((box.address, trace.at) for box in trace.envelope.recipients)


def _without_topics(known: Known) -> list[str]:
    """The names without those that hold a word before the whole name that an address shows ("Execution Rita Ek")."""
    whole = [shown.casefold() for shown in known.shown if len(name_tokens(shown)) >= _FULL_NAME]
    return [name for name in known.names if not any(name.casefold().endswith(f" {shown}") for shown in whole)]


def _completeness(name: str) -> tuple[bool, int, int]:
    """A full name is better than a first name; "Bo Lind" reads better than "Lind, Bo" or "LIND Bo"."""
    tokens = len(name_tokens(name))
    return tokens >= 2, tokens, -sum(char in ",()\"'" or char.isupper() for char in name)


def _add(people: list[Known], known: Known) -> None:
    if not any(known is other for other in people):
        people.append(known)


def _invites(sighting: Sighting) -> Iterator[PersonMention]:
    return (mention for mention in sighting.meeting.people if mention.source in _INVITED)


def _said(sightings: Iterable[Sighting]) -> Iterator[tuple[Sighting, PersonMention]]:
    """Mentions of a meeting in order of time: of the meeting itself, then what its message says of people at large."""
    for sighting in sightings:
        for mention in sighting.meeting.people:
            yield sighting, mention
        if len(sighting.trace.reading.meetings) < 2:
            for mention in sighting.trace.reading.people:
                yield sighting, mention


def _all_mentions(trace: Trace) -> Iterator[PersonMention]:
    yield from mentions_of(trace)
    envelope = trace.envelope
    if envelope is None:
        return
    boxes = envelope.recipients
    if not trace.outgoing:
        boxes = (*((envelope.sender,) if envelope.sender else ()), *envelope.reply_to, *envelope.to, *envelope.cc)
    for box in boxes:
        if box.address in trace.theirs:
            yield PersonMention(box.name, box.address, source="recipient" if trace.outgoing else "sender")
