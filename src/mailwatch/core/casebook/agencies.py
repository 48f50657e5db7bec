"""Go-betweens: recruiters who arrange interviews at other firms than their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailwatch.core.addresses import domain_of, looks_like
from mailwatch.core.casebook.names import company_key, label_of
from mailwatch.core.casebook.traces import AddressBook, Trace
from mailwatch.core.model import Address, Meeting

SURE_NAME = 0.6
"""A firm's name below this confidence ties nothing together and tells nothing apart."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """A meeting whose organizer's firm sends none of the guests: who arranges it, and at whose firms, by label."""

    firm: str
    hosts: frozenset[str]


def arranged_by(trace: Trace, book: AddressBook) -> Iterator[Arranged]:
    """The meetings of a trace that somebody from outside arranges."""
    for meeting in trace.reading.meetings:
        firm = book.firm(meeting.organizer) if meeting.organizer else ""
        guests = list(_guests(meeting, book))
        if firm and guests and all(_elsewhere(guest, firm, book) for guest in guests):
            yield Arranged(firm, frozenset(label_of(book.firm(guest)) for guest in guests))


def _guests(meeting: Meeting, book: AddressBook) -> Iterator[Address]:
    for person in meeting.people:
        if person.address is not None and person.address != meeting.organizer and book.firm(person.address):
            yield person.address


def _elsewhere(address: Address, firm: str, book: AddressBook) -> bool:
    """Is an address at another firm, not at the same one under a sister domain or with a typing error?"""
    other, label = book.firm(address), label_of(firm)
    sister = related(label, label_of(other)) or label in domain_of(address).replace("-", "").split(".")
    return not sister and not looks_like(other, (firm,))


def agencies_of(traces: Iterable[Trace], book: AddressBook) -> frozenset[str]:
    """The firms of go-betweens: they say so, or they arrange meetings with people of two other firms."""
    said: set[str] = set()
    hosts: dict[str, set[str]] = {}
    for trace in traces:
        if trace.outgoing:
            continue
        if trace.reading.agency and trace.sender is not None:
            said.add(book.firm(trace.sender.address))
        for arranged in arranged_by(trace, book):
            hosts.setdefault(arranged.firm, set()).update(arranged.hosts)
    return frozenset(said | {firm for firm, others in hosts.items() if len(others) > 1}) - {""}


def clients_of(trace: Trace, agencies: frozenset[str], book: AddressBook) -> frozenset[str]:
    """What tells a go-between's clients apart in one trace: company keys and labels; empty for anybody else's mail."""
    if not trace.reading.agency and not trace.firms & agencies:
        return frozenset()
    own = {label_of(firm) for firm in agencies}
    names = {company_key(name.text) for name in trace.reading.companies if name.confidence >= SURE_NAME}
    hosts = {host for arranged in arranged_by(trace, book) for host in arranged.hosts}
    return frozenset(key for key in names | hosts if key and not any(related(key, label) for label in own))


def related(one: str, other: str) -> bool:
    """Is one spelling the beginning of the other?"""
    return one.startswith(other) or other.startswith(one)
