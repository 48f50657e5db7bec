"""Group → processes: one for each role that the user is a candidate for at one employer.

Most groups are one process. Two jobs are told apart only where both are named with confidence and don't mean the
same; whatever names no job goes with its thread, its people or its hour. What could belong to either is put to the
user, never into both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mailwatch.core.casebook.agencies import clients_of, related
from mailwatch.core.casebook.groups import Group, Sets, founds
from mailwatch.core.casebook.names import company_key, folded, most_weight, role_tokens, same_role
from mailwatch.core.casebook.ties import Ties, home_as_told
from mailwatch.core.casebook.traces import SAME_START, AddressBook, Trace, mentions_of
from mailwatch.core.model import MeetingState, MessageKind, ReplyKind

_SURE_ROLE = 0.6
_CERTAIN_ROLE = 0.8
"""Two jobs arranged by the same people are told apart only where both are named this surely."""
_NO_TIES = Ties()
_CODE = re.compile(r"(?<!\w)(?:\d+[-/])?([A-Z]{3,6})(?![^\W\d])")
"""A reference that a job's initials make ("214-CDM"); two letters would say nothing."""


@dataclass(slots=True)
class Process:
    """All traces of one application, oldest first. `role`: what tells it from the employer's others, "" where alone.

    unplaced: traces that may belong to it, or to another one of that employer.
    """

    traces: list[Trace] = field(default_factory=list)
    role: str = ""
    unplaced: list[Trace] = field(default_factory=list)


@dataclass(slots=True)
class _Bundle:
    """Traces that belong together whatever they name: one thread, one calendar object, or what the user says is one.

    roles: one, or none; several only where the user says that they are one. sure: the role is named for certain. clients: of a go-between, the firms in question.
    words: subjects and titles, codes: the references among them.
    """

    traces: list[Trace]
    roles: tuple[str, ...]
    sure: bool
    clients: frozenset[str]
    words: str
    codes: frozenset[str]
    hints: frozenset[str]
    people: frozenset[str]
    starts: tuple[float, ...]
    placed: frozenset[str] = frozenset()
    """Evidence of the process that it belongs to, as the user says."""

    @property
    def named(self) -> bool:
        """Does it say what it is about?"""
        return bool(self.roles or self.clients)


_Cluster = list[_Bundle]


def processes_from_group(
    group: Group, agencies: frozenset[str], book: AddressBook, ties: Ties = _NO_TIES
) -> list[Process]:
    """The processes of a group. A trace that could belong to several is unplaced in each of them. `ties`: the user's word."""
    gathered = _bundles(group.traces, agencies, book, ties)
    bundles = [bundle for bundle in gathered if not bundle.placed]
    meeting = [bundle for bundle in bundles if bundle.named and bundle.starts]
    rest = [bundle for bundle in bundles if bundle not in meeting]
    clusters = _clusters(meeting)
    clusters += _clusters([bundle for bundle in rest if bundle.named and _is_another(bundle, clusters)])
    if len(clusters) < 2:
        return [Process(group.traces)]
    unplaced: list[tuple[list[Trace], list[_Cluster]]] = []
    for bundle in (*rest, *(bundle for bundle in gathered if bundle.placed)):
        if any(bundle in cluster for cluster in clusters):
            continue
        homes = _as_told(bundle, clusters) or _spoken_of(bundle, clusters) or _homes(bundle, clusters)
        if len(homes) == 1:
            homes[0].append(bundle)
        else:
            unplaced.append(([trace for trace in bundle.traces if _matters(trace)], homes or clusters))
    return [_process(cluster, unplaced) for cluster in clusters]


def _process(cluster: _Cluster, unplaced: Iterable[tuple[list[Trace], list[_Cluster]]]) -> Process:
    traces = sorted((trace for bundle in cluster for trace in bundle.traces), key=_when)
    role = next((bundle.roles[0] for bundle in cluster if bundle.roles), "")
    may_be = [trace for some, homes in unplaced if any(home is cluster for home in homes) for trace in some]
    return Process(traces, role, sorted(may_be, key=_when))


def _when(trace: Trace) -> tuple[float, bool]:
    return trace.at.timestamp(), trace.version is not None


def _as_told(bundle: _Bundle, clusters: list[_Cluster]) -> list[_Cluster]:
    """The cluster that the user says a bundle belongs to."""
    if not bundle.placed:
        return []
    homes = {trace.source: number for number, one in enumerate(clusters) for each in one for trace in each.traces}
    home = home_as_told(bundle.placed, homes.get)
    return [clusters[home]] if isinstance(home, int) else []


def _bundles(traces: Iterable[Trace], agencies: frozenset[str], book: AddressBook, ties: Ties) -> list[_Bundle]:
    sets = Sets()
    for trace in traces:
        sets.find(trace.source)
        if trace.source in ties.placed:
            continue
        if trace.thread:
            sets.join(("thread", trace.thread), trace.source)
        for meeting in trace.reading.meetings:
            if meeting.uid:
                sets.join(("uid", meeting.uid), trace.source)
    apart = _gathered(traces, sets)
    for evidence in ties.together:
        known = [source for source in sorted(evidence) if source in sets]
        for source in known[1:]:
            sets.join(known[0], source)
    roles: dict[object, list[str]] = {}
    for members in apart:
        role = most_weight(_roles(members))
        if role:
            roles.setdefault(sets.find(members[0].source), []).append(role)
    return [
        _bundle(members, roles.get(sets.find(members[0].source), []), agencies, book, ties)
        for members in _gathered(traces, sets)
    ]


def _gathered(traces: Iterable[Trace], sets: Sets) -> list[list[Trace]]:
    gathered: dict[object, list[Trace]] = {}
    for trace in traces:
        gathered.setdefault(sets.find(trace.source), []).append(trace)
    return list(gathered.values())


def _roles(traces: Iterable[Trace]) -> list[tuple[str, str, float]]:
    return [
        (" ".join(sorted(role_tokens(name.text))), name.text, name.confidence)
        for trace in traces
        if not trace.outgoing
        for name in trace.reading.roles[:1]
        if name.confidence >= _SURE_ROLE
    ]


def _bundle(
    traces: list[Trace], roles: Iterable[str], agencies: frozenset[str], book: AddressBook, ties: Ties
) -> _Bundle:
    incoming = [trace for trace in traces if not trace.outgoing]
    sure = max((weight for _, _, weight in _roles(traces)), default=0.0) >= _CERTAIN_ROLE
    people = {address for trace in traces for address in trace.theirs}
    people |= {mention.address for trace in traces for mention in mentions_of(trace) if mention.address is not None}
    return _Bundle(
        traces=traces,
        roles=tuple(dict.fromkeys(roles)),
        sure=sure,
        clients=frozenset().union(*(clients_of(trace, agencies, book) for trace in incoming)),
        words=folded(" ".join(_words(traces))),
        codes=frozenset(code for words in _words(traces) for code in _CODE.findall(words)),
        hints=frozenset(company_key(name.text) for trace in incoming for name in trace.reading.companies),
        people=frozenset(address for address in people if book.is_person(address)),
        starts=tuple(_starts(traces)),
        placed=ties.placed.get(traces[0].source, frozenset()),
    )


def _words(traces: Iterable[Trace]) -> Iterator[str]:
    for trace in traces:
        if trace.envelope is not None and not trace.outgoing:
            yield trace.envelope.subject
        for meeting in trace.reading.meetings:
            yield meeting.title


def _starts(traces: Iterable[Trace]) -> Iterator[float]:
    for trace in traces:
        for meeting in trace.reading.meetings:
            if meeting.start is not None and meeting.state is not MeetingState.CANCELLED and not meeting.day_only:
                yield meeting.start.timestamp()


def _clusters(bundles: Iterable[_Bundle]) -> list[_Cluster]:
    clusters: list[_Cluster] = []
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
    if one.clients and other.clients:
        return not any(related(key, rival) for key in one.clients for rival in other.clients)
    apart = not one.people & other.people or (one.sure and other.sure)
    named = bool(one.roles) and bool(other.roles)
    return apart and named and not any(same_role(role, rival) for role in one.roles for rival in other.roles)


def _is_another(bundle: _Bundle, clusters: list[_Cluster]) -> bool:
    """Does it name a job, or a client, that none of the clusters is about?"""
    apart = all(any(_differ(bundle, other) for other in cluster) for cluster in clusters)
    return apart and not _spoken_of(bundle, clusters)


def _same_hour(one: _Bundle, other: _Bundle) -> bool:
    limit = SAME_START.total_seconds()
    return any(abs(start - rival) <= limit for start in one.starts for rival in other.starts)


def _spoken_of(bundle: _Bundle, clusters: list[_Cluster]) -> list[_Cluster]:
    """The clusters whose job or client a bundle names, be it only in its subject."""
    by_client = [cluster for cluster in clusters if any(_names_client(bundle, other) for other in cluster)]
    by_role = [cluster for cluster in clusters if any(_names_role(bundle, other) for other in cluster)]
    both = [cluster for cluster in by_client if cluster in by_role]
    return both or by_role or by_client


def _names_client(bundle: _Bundle, other: _Bundle) -> bool:
    keys = bundle.clients | bundle.hints
    return any(len(key) >= 3 and related(key, client) for key in keys for client in other.clients)


def _names_role(bundle: _Bundle, other: _Bundle) -> bool:
    return any(_names_this(bundle, role) for role in other.roles)


def _names_this(bundle: _Bundle, role: str) -> bool:
    named = any(same_role(own, role) for own in bundle.roles) or folded(role) in bundle.words
    return named or "".join(word[0] for word in folded(role).upper().split()) in bundle.codes


def _homes(bundle: _Bundle, clusters: list[_Cluster]) -> list[_Cluster]:
    """The clusters that a bundle may belong to that names nothing: by hour, else by people, else all that had begun."""
    by_hour = [cluster for cluster in clusters if any(_same_hour(bundle, other) for other in cluster)]
    if len(by_hour) == 1:
        return by_hour
    by_people = [cluster for cluster in clusters if any(bundle.people & other.people for other in cluster)]
    if by_people:
        return by_people
    last = bundle.traces[-1].at
    return [cluster for cluster in clusters if min(trace.at for other in cluster for trace in other.traces) <= last]


def _matters(trace: Trace) -> bool:
    reading = trace.reading
    substantive = reading.reply not in {ReplyKind.NONE, ReplyKind.NEUTRAL} or reading.kind is MessageKind.REJECTION
    return not trace.outgoing and (substantive or founds(trace))
