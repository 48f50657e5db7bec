"""Group → processes: one for each role that the user is a candidate for at one employer.

Most groups are one process. Two jobs are told apart only where both are named with confidence and don't mean the
same; whatever names no job goes with its thread, its people or its hour. What could belong to either is put to the
user, never into both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mailwatch.core.casebook.groups import SURE_NAME, Group, Sets, founds
from mailwatch.core.casebook.names import company_key, most_weight, same_role
from mailwatch.core.casebook.traces import SAME_START, AddressBook, Trace, mentions_of
from mailwatch.core.model import MeetingState, MessageKind, ReplyKind

_SURE_ROLE = 0.6
_CERTAIN_ROLE = 0.8
"""Two jobs arranged by the same people are told apart only where both are named this surely."""


@dataclass(slots=True)
class Process:
    """All traces of one application, oldest first. `role`: what tells it from the employer's others, "" where alone."""

    traces: list[Trace] = field(default_factory=list)
    role: str = ""


@dataclass(slots=True)
class _Bundle:
    """Traces that belong together whatever they name: one thread, one calendar object. sure: the role is named for certain."""

    traces: list[Trace]
    role: str
    sure: bool
    client: str
    people: frozenset[str]
    starts: tuple[float, ...]


def processes_from_group(group: Group, book: AddressBook) -> tuple[list[Process], list[Trace]]:
    """The processes of a group, and the traces that could belong to more than one of them."""
    bundles = _bundles(group.traces, book)
    named = [bundle for bundle in bundles if bundle.role or bundle.client]
    clusters = _clusters(named)
    if len(clusters) < 2:
        return [Process(group.traces)], []
    loose: list[Trace] = []
    for bundle in bundles:
        if bundle.role or bundle.client:
            continue
        homes = _homes(bundle, clusters)
        if len(homes) == 1:
            homes[0].append(bundle)
        elif any(map(_matters, bundle.traces)):
            loose += bundle.traces
    processes = []
    for cluster in clusters:
        traces = sorted((trace for bundle in cluster for trace in bundle.traces), key=_when)
        processes.append(Process(traces, next((bundle.role for bundle in cluster if bundle.role), "")))
    return processes, loose


def _when(trace: Trace) -> tuple[float, bool]:
    return trace.at.timestamp(), trace.version is not None


def _bundles(traces: Iterable[Trace], book: AddressBook) -> list[_Bundle]:
    sets = Sets()
    for trace in traces:
        sets.find(trace.source)
        if trace.thread:
            sets.join(("thread", trace.thread), trace.source)
        for meeting in trace.reading.meetings:
            if meeting.uid:
                sets.join(("uid", meeting.uid), trace.source)
    gathered: dict[object, list[Trace]] = {}
    for trace in traces:
        gathered.setdefault(sets.find(trace.source), []).append(trace)
    return [_bundle(members, book) for members in gathered.values()]


def _bundle(traces: list[Trace], book: AddressBook) -> _Bundle:
    roles = [
        (str(sorted(name.text.casefold().split())), name.text, name.confidence)
        for trace in traces
        for name in trace.reading.roles[:1]
        if name.confidence >= _SURE_ROLE and not trace.outgoing
    ]
    clients = [
        (company_key(name.text), name.text, name.confidence)
        for trace in traces
        if trace.reading.agency
        for name in trace.reading.companies[:1]
        if name.confidence >= SURE_NAME
    ]
    people = {address for trace in traces for address in trace.theirs}
    people |= {
        mention.address
        for trace in traces
        for mention in mentions_of(trace)
        if mention.address is not None and book.is_person(mention.address, mention.name)
    }
    starts = tuple(
        meeting.start.timestamp()
        for trace in traces
        for meeting in trace.reading.meetings
        if meeting.start is not None and meeting.state is not MeetingState.CANCELLED and not meeting.day_only
    )
    sure = max((weight for _, _, weight in roles), default=0.0) >= _CERTAIN_ROLE
    return _Bundle(traces, most_weight(roles), sure, most_weight(clients), frozenset(people), starts)


def _clusters(bundles: list[_Bundle]) -> list[list[_Bundle]]:
    clusters: list[list[_Bundle]] = []
    for bundle in bundles:
        home = next((cluster for cluster in clusters if not any(_differ(bundle, other) for other in cluster)), None)
        if home is None:
            clusters.append([bundle])
        else:
            home.append(bundle)
    return clusters


def _differ(one: _Bundle, other: _Bundle) -> bool:
    if _same_hour(one, other):
        return False
    apart = not one.people & other.people or (one.sure and other.sure)
    if apart and one.role and other.role and not same_role(one.role, other.role):
        return True
    if one.client and other.client:
        first, second = company_key(one.client), company_key(other.client)
        return not (first.startswith(second) or second.startswith(first))
    return False


def _same_hour(one: _Bundle, other: _Bundle) -> bool:
    limit = SAME_START.total_seconds()
    return any(abs(start - rival) <= limit for start in one.starts for rival in other.starts)


def _homes(bundle: _Bundle, clusters: list[list[_Bundle]]) -> list[list[_Bundle]]:
    """The clusters that a bundle without a role may belong to: by hour, else by people, else all that had begun."""
    by_hour = [cluster for cluster in clusters if any(_same_hour(bundle, other) for other in cluster)]
    if len(by_hour) == 1:
        return by_hour
    by_people = [cluster for cluster in clusters if any(bundle.people & other.people for other in cluster)]
    if by_people:
        return by_people
    return [
        cluster
        for cluster in clusters
        if min(trace.at for other in cluster for trace in other.traces) <= bundle.traces[-1].at
    ]


def _matters(trace: Trace) -> bool:
    reading = trace.reading
    substantive = reading.reply not in {ReplyKind.NONE, ReplyKind.NEUTRAL} or reading.kind is MessageKind.REJECTION
    return not trace.outgoing and (substantive or founds(trace))
