"""Conversations in which the user is the one who hires: whoever asks the user for work is no interviewer.

A single mail of such a conversation ("Tuesday at 7:30 works, see you then") reads like any other that arranges an
interview. Who asked whom for work tells the sides apart, whatever the words of the others are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mailwatch.core.casebook.names import name_tokens
from mailwatch.core.casebook.traces import AddressBook, Trace
from mailwatch.core.model import Address, Direction, Evidence, MessageKind
from mailwatch.core.reading.applying import APPLIES, ASKS_FOR_WORK
from mailwatch.core.reading.direction import OWN_ENTRY

APPLICANT = "casebook.applicant"
"""The rule behind what is said with, or of, somebody who has asked the user for work."""
_APPLICANTS_WORDS = frozenset({"direction.applicant", "direction.internal"})
"""What somebody from outside says who speaks of an interview at the user's firm."""
_WISHES = "direction.wish"
_EMPLOYERS_WORDS = frozenset({"direction.yours"})
_ENOUGH = 2


def with_sides(traces: Iterable[Trace], book: AddressBook) -> list[Trace]:
    """The traces, in which what is exchanged with the user's own applicants is read as the interviewer's side.

    Good wishes from whoever arranges the user's interviews are an employer's words, and no friend's.
    """
    traces = _without_friends(list(traces), book)
    applicants = _applicants(traces, book)
    if not applicants:
        return traces
    threads = {trace.thread for trace in traces if trace.thread and trace.theirs & applicants.keys()}
    names = [name_tokens(name) for name in applicants.values()]
    return [_turned(trace) if _is_theirs(trace, applicants, threads, names) else trace for trace in traces]


def _without_friends(traces: list[Trace], book: AddressBook) -> list[Trace]:
    hosts: set[Address] = set()
    for trace in traces:
        if trace.reading.direction is Direction.CANDIDATE and not trace.outgoing and not trace.suspicious:
            hosts |= trace.theirs
    firms = {firm for address in hosts if (firm := book.firm(address))}
    return [
        _unsaid(trace) if _wishes_well(trace) and (trace.theirs & hosts or trace.firms & firms) else trace
        for trace in traces
    ]


def _wishes_well(trace: Trace) -> bool:
    """Was it taken for a friend's mail by its wishes alone?"""
    rules = {item.rule for item in trace.reading.evidence if item.rule.startswith("direction.")}
    return trace.human and trace.reading.direction is Direction.OTHER and rules == {_WISHES}


def _unsaid(trace: Trace) -> Trace:
    reading = trace.reading
    kind = MessageKind.OTHER if reading.kind is MessageKind.INTERVIEW_OTHER else reading.kind
    return replace(trace, reading=replace(reading, kind=kind, direction=Direction.UNKNOWN))


def _applicants(traces: Iterable[Trace], book: AddressBook) -> dict[Address, str]:
    """Address → name of those who asked the user for work, and never spoke of an interview of the user's."""
    asked: dict[Address, float] = {}
    employers: set[Address] = set()
    names: dict[Address, str] = {}
    for trace in traces:
        if trace.outgoing and _proves(trace, APPLIES):
            employers |= trace.theirs
        if not trace.human or trace.sender is None or book.at_home(trace.sender.address):
            continue
        sender = trace.sender.address
        names[sender] = trace.sender.name
        asked[sender] = asked.get(sender, 0) + _weight(trace)
        if trace.reading.agency or any(item.rule in _EMPLOYERS_WORDS for item in trace.reading.evidence):
            employers.add(sender)
    return {
        address: names[address] for address, weight in asked.items() if weight >= _ENOUGH and address not in employers
    }


def _weight(trace: Trace) -> float:
    """How plainly a mail asks the user for work."""
    reading = trace.reading
    if _proves(trace, ASKS_FOR_WORK):
        return _ENOUGH
    if reading.direction is not Direction.INTERVIEWER:
        return 0
    return len({item.words.casefold() for item in reading.evidence if item.rule in _APPLICANTS_WORDS})


def _proves(trace: Trace, rule: str) -> bool:
    return any(item.rule == rule for item in trace.reading.evidence)


def _is_theirs(trace: Trace, applicants: dict[Address, str], threads: set[str], names: list[frozenset[str]]) -> bool:
    if trace.envelope is not None:
        return (trace.thread in threads and bool(trace.thread)) or (
            bool(trace.theirs) and trace.theirs <= applicants.keys()
        )
    if trace.theirs:
        return trace.theirs <= applicants.keys()
    titles = [name_tokens(meeting.title) for meeting in trace.reading.meetings]
    return any(name & title for name in names for title in titles)


def _turned(trace: Trace) -> Trace:
    reading = trace.reading
    kind = reading.kind if trace.outgoing else MessageKind.INTERVIEWER_SIDE
    kept = (item for item in reading.evidence if item.rule != OWN_ENTRY)
    evidence = (*kept, Evidence(trace.source, APPLICANT))
    return replace(trace, reading=replace(reading, kind=kind, direction=Direction.INTERVIEWER, evidence=evidence))
