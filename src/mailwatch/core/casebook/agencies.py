"""Go-betweens: recruiters who arrange interviews at other firms than their own."""

from __future__ import annotations

from collections.abc import Iterable

from mailwatch.core.casebook.names import company_key, label_of
from mailwatch.core.casebook.traces import AddressBook, Trace

SURE_NAME = 0.6
"""A firm's name below this confidence ties nothing together and tells nothing apart."""


def agencies_of(traces: Iterable[Trace], book: AddressBook) -> frozenset[str]:
    """The firms of go-betweens: they say so, or they arrange meetings with people of two other firms."""
    said: set[str] = set()
    clients: dict[str, set[str]] = {}
    for trace in traces:
        if trace.outgoing:
            continue
        if trace.reading.agency and trace.sender is not None:
            said.add(book.firm(trace.sender.address))
        for firm, guests in _arranged(trace, book):
            clients.setdefault(firm, set()).update(guests)
    return frozenset(said | {firm for firm, others in clients.items() if len(others) > 1}) - {""}


def _arranged(trace: Trace, book: AddressBook) -> Iterable[tuple[str, frozenset[str]]]:
    """(the organizer's firm, the guests' firms) of meetings in which none of the guests is of the organizer's firm."""
    for meeting in trace.reading.meetings:
        firm = book.firm(meeting.organizer) if meeting.organizer else ""
        guests = frozenset(label_of(other) for other in guest_firms(trace, book))
        if firm and guests and not any(related(label_of(firm), guest) for guest in guests):
            yield firm, guests


def guest_firms(trace: Trace, book: AddressBook) -> frozenset[str]:
    """The firms of those whom a trace's meetings bring together with the user, the organizer's left out."""
    return frozenset(
        firm
        for meeting in trace.reading.meetings
        for person in meeting.people
        if person.address is not None and person.address != meeting.organizer and (firm := book.firm(person.address))
    )


def clients_of(trace: Trace, agencies: frozenset[str], book: AddressBook) -> frozenset[str]:
    """What tells a go-between's clients apart in one trace: company keys and labels; empty for anybody else's mail."""
    if not trace.reading.agency and not trace.firms & agencies:
        return frozenset()
    own = {label_of(firm) for firm in agencies}
    names = {company_key(name.text) for name in trace.reading.companies if name.confidence >= SURE_NAME}
    firms = {label_of(firm) for firm in guest_firms(trace, book)}
    return frozenset(key for key in names | firms if key and not any(related(key, label) for label in own))


def related(one: str, other: str) -> bool:
    """Is one spelling the beginning of the other?"""
    return one.startswith(other) or other.startswith(one)
