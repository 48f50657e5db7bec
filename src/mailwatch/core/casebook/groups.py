"""Traces → groups: everything that belongs to one employer, or to one agency recruiter.

Only traces that speak of the user's own candidacy found a group, and only they join two. The others are attached
to a group that exists: by thread, calendar object, person or firm, in that order. So a friend in copy, a newsletter
or a shared tool never ties two employers together.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from mailwatch.core.casebook.agencies import SURE_NAME
from mailwatch.core.casebook.names import company_key, label_of, name_tokens
from mailwatch.core.casebook.relays import Party, homes_of_relays
from mailwatch.core.casebook.ties import Ties, home_as_told
from mailwatch.core.casebook.traces import SAME_START, AddressBook, Trace, mentions_of
from mailwatch.core.model import Address, Direction, MeetingState, MessageKind, PersonPart
from mailwatch.core.reading.direction import OWN_ENTRY
from mailwatch.core.reading.settling import DOUBTED
from mailwatch.core.reading.weighing import LEARNED

_SURE_BESIDE_A_DOMAIN = 0.8
"""The same where a domain tells the firm already, so that a wrong name would tie two firms."""

INTERVIEWING = frozenset(
    {
        MessageKind.INTERVIEW_REQUEST, MessageKind.INTERVIEW_CONFIRMED, MessageKind.INTERVIEW_RESCHEDULED,
        MessageKind.INTERVIEW_CANCELLED, MessageKind.NEXT_ROUND,
    }
)  # fmt: skip
"""Kinds of mail that arrange an interview."""
_FOUNDING = INTERVIEWING | {
    MessageKind.REJECTION, MessageKind.OFFER, MessageKind.TIMELINE_UPDATE, MessageKind.NEEDS_INFO,
    MessageKind.APPLICATION_ACK, MessageKind.ASSESSMENT,
}  # fmt: skip
_NO_TIES = Ties()
_FULL_NAME = 2
_CODE = re.compile(r"(?<![\w-])(?:[A-Z]{1,4}[-_]?)?\d{5,12}(?![\w-])")
"""A job's number, as a robot writes it into every subject about it."""
_VETOES = frozenset({Direction.OTHER, Direction.INTERVIEWER})


@dataclass(slots=True)
class Group:
    """All traces of one employer or agency contact, oldest first."""

    traces: list[Trace] = field(default_factory=list)


class Sets:
    """Disjoint sets of anything hashable (union by arrival, path halving)."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def find(self, item: Hashable) -> Hashable:
        """The set that an item is in; a new one for a new item."""
        parent = self._parent
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, one: Hashable, other: Hashable) -> None:
        """Make two sets one."""
        first, second = self.find(one), self.find(other)
        if first != second:
            self._parent[second] = first

    def __contains__(self, item: Hashable) -> bool:
        return item in self._parent


def founds(trace: Trace) -> bool:
    """Does it speak, by itself, of the user as a candidate, or of a chat to get to know a firm?"""
    reading = trace.reading
    if arranges(trace) or informational(trace) or noted(trace):
        return True
    if reading.direction is not Direction.CANDIDATE:
        return False
    return bool(reading.meetings) or (reading.kind in _FOUNDING and not trace.outgoing)


def noted(trace: Trace) -> bool:
    """An entry that the user typed and that says "interview": the user's own where a firm's mail bears it out."""
    return trace.version is not None and any(evidence.rule == OWN_ENTRY for evidence in trace.reading.evidence)


def arranges(trace: Trace) -> bool:
    """Is it about arranging an interview of the user's, whether or not it says who asks the questions?"""
    reading = trace.reading
    return reading.kind in INTERVIEWING and reading.direction not in _VETOES and not seems(trace)


def seems(trace: Trace) -> bool:
    """Does only likeness speak for its arranging an interview, and not surely? That founds no process."""
    reading = trace.reading
    unsure = any(one.rule.startswith(LEARNED) or one.rule == DOUBTED for one in reading.evidence)
    return unsure and reading.kind in INTERVIEWING and reading.direction is Direction.UNKNOWN


def speaks_for(trace: Trace) -> bool:
    """Does it count as a voice that says: this is an interview of the user's?"""
    return trace.reading.direction is Direction.CANDIDATE or arranges(trace)


def vetoed(trace: Trace) -> bool:
    """Does somebody say that it is about another kind of interview, or about somebody else's?"""
    return not trace.outgoing and trace.reading.direction in _VETOES and not informational(trace)


def informational(trace: Trace) -> bool:
    """Is it a chat to learn about a firm or a job: recorded, but no interview?"""
    meetings = trace.reading.meetings
    return bool(meetings) and all(meeting.informational for meeting in meetings)


def groups_from_traces(
    traces: Iterable[Trace], agencies: frozenset[str], book: AddressBook, ties: Ties = _NO_TIES
) -> list[Group]:
    """The groups, by their first trace; traces that belong to none are left out. `ties`: what the user says."""
    traces = list(traces)
    sets = Sets()
    keys = _Keys(book, agencies)
    founders = [trace for trace in traces if founds(trace) and trace.source not in ties.placed]
    for trace in founders:
        for key in keys.of(trace):
            sets.join(key, trace.source)
    _join_same_start(sets, founders)
    _join_relays(sets, founders)
    _join_named(sets, founders, (trace for trace in traces if _may_be_named(trace, ties)))
    _join_as_told(sets, ties)
    groups: dict[Hashable, Group] = {}
    starts = {bucket: sets.find(trace.source) for trace in founders for bucket in _buckets(trace)}
    for trace in traces:
        home = home_as_told(
            ties.placed.get(trace.source, ()), lambda source: sets.find(source) if source in sets else None
        )
        if home is None:
            home = sets.find(trace.source) if trace.source in sets else _place(sets, trace, starts, keys)
        if home is not None:
            groups.setdefault(sets.find(home), Group()).traces.append(trace)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class _Keys:
    """What ties a trace to others. An agency's firm stands for all its clients: there the recruiter alone ties."""

    book: AddressBook
    agencies: frozenset[str]

    def of(self, trace: Trace) -> Iterator[Hashable]:
        yield trace.source
        if trace.thread:
            yield ("thread", trace.thread)
        for meeting in trace.reading.meetings:
            if meeting.uid:
                yield meeting.uid
        if trace.sender is not None and trace.envelope is not None and not trace.human:
            codes = _CODE.findall(trace.envelope.subject)
            yield from (("job", trace.sender.address, code) for code in codes)
        met = _met(trace, self.book)
        for address in trace.theirs | met:
            yield ("person", address)
        for firm in trace.firms | {self.book.firm(address) for address in met}:
            if firm and firm not in self.agencies:
                yield ("firm", label_of(firm))
        between = trace.reading.agency or bool(trace.firms & self.agencies)
        name = "" if between else sure_name(trace)
        if name:
            yield ("firm", name)


def _met(trace: Trace, book: AddressBook) -> frozenset[Address]:
    found = (person for meeting in trace.reading.meetings for person in meeting.people)
    return frozenset(
        person.address for person in found if person.address is not None and book.is_person(person.address, person.name)
    )


def sure_name(trace: Trace) -> str:
    """The key of the firm that a trace names for certain, ""."""
    best = next(iter(trace.reading.companies), None)
    needed = _SURE_BESIDE_A_DOMAIN if trace.firms else SURE_NAME
    if best is None or best.confidence < needed or len(company_key(best.text)) < 2:
        return ""
    return company_key(best.text)


def _buckets(trace: Trace) -> Iterator[int]:
    for meeting in trace.reading.meetings:
        if meeting.start is not None and not meeting.day_only and meeting.state is not MeetingState.CANCELLED:
            slot = _slot(meeting.start)
            yield from (slot - 1, slot, slot + 1)


def _slot(start: datetime) -> int:
    return int(start.timestamp() // SAME_START.total_seconds())


def _join_same_start(sets: Sets, founders: list[Trace]) -> None:
    """A robot's mail or a self-typed entry names nobody: at the same time as another meeting, it is that meeting."""
    holders: dict[int, str] = {}
    for trace in sorted(founders, key=lambda one: bool(one.theirs)):
        if trace.theirs or trace.envelope is not None:
            holders.update((bucket, trace.source) for bucket in _buckets(trace))
    for trace in founders:
        if not trace.theirs and not sure_name(trace):
            for meeting in trace.reading.meetings:
                holder = holders.get(_slot(meeting.start)) if meeting.start and not meeting.day_only else None
                if holder is not None:
                    sets.join(holder, trace.source)


def _join_as_told(sets: Sets, ties: Ties) -> None:
    for evidence in ties.together:
        known = [source for source in sorted(evidence) if source in sets]
        for source in known[1:]:
            sets.join(known[0], source)


def _join_relays(sets: Sets, founders: list[Trace]) -> None:
    parties: dict[Hashable, Party] = {}
    for trace in founders:
        root = sets.find(trace.source)
        parties.setdefault(root, Party(root)).learn(trace)
    for relay, home in homes_of_relays(parties.values()).items():
        sets.join(home, relay)


def _join_named(sets: Sets, founders: list[Trace], writers: Iterable[Trace]) -> None:
    """Somebody who was named as an interviewer by a robot, without an address, and then writes in person."""
    homes: dict[frozenset[str], set[Hashable]] = {}
    for trace in founders:
        for mention in mentions_of(trace):
            tokens = name_tokens(mention.name)
            if mention.part is PersonPart.INTERVIEWER and mention.address is None and len(tokens) >= _FULL_NAME:
                homes.setdefault(tokens, set()).add(sets.find(trace.source))
    for trace in writers:
        found = homes.get(name_tokens(trace.sender.name), set()) if trace.human and trace.sender else set()
        if len({sets.find(home) for home in found}) == 1:
            sets.join(next(iter(found)), trace.source)


def _may_be_named(trace: Trace, ties: Ties) -> bool:
    """Can it come from somebody who was named before: a person's own mail, of the employer's side and to be believed?"""
    listed = trace.envelope is not None and bool(trace.envelope.automation.list_id)
    return not (listed or trace.suspicious or vetoed(trace)) and trace.source not in ties.placed


def _place(sets: Sets, trace: Trace, starts: dict[int, Hashable], keys_of: _Keys) -> Hashable | None:
    """The group that a trace without a claim of its own belongs to, or None."""
    if trace.envelope is not None and trace.envelope.automation.list_id:
        return None
    keys = list(keys_of.of(trace))
    exact = [key for key in keys if not (isinstance(key, tuple) and key[0] == "firm")]
    home = next((sets.find(key) for key in exact if key in sets), None)
    if home is None and not vetoed(trace):
        home = next((sets.find(key) for key in keys if key in sets), None)
        home = _by_start(sets, trace, starts) if home is None else home
    if home is not None and trace.thread and not vetoed(trace):
        sets.join(home, ("thread", trace.thread))
    return home


def _by_start(sets: Sets, trace: Trace, starts: dict[int, Hashable]) -> Hashable | None:
    """An entry that names nobody, at the time of a known meeting."""
    if trace.theirs or trace.version is None:
        return None
    slots = [_slot(meeting.start) for meeting in trace.reading.meetings if meeting.start and not meeting.day_only]
    return next((sets.find(starts[slot]) for slot in slots if slot in starts), None)
