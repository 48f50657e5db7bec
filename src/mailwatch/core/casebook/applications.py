"""Process → Application: everything about one candidacy in one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo

from mailwatch.core.casebook.agencies import arranged_by, related
from mailwatch.core.casebook.agreed import applies
from mailwatch.core.casebook.correspondence import (
    away_from_traces,
    contacts_from_traces,
    replies_from_traces,
    sent_from_traces,
    standing_of,
    unplaced_from_traces,
    unreachable_from_traces,
)
from mailwatch.core.casebook.debriefs import with_debriefs
from mailwatch.core.casebook.groups import vetoed
from mailwatch.core.casebook.meetings import strands_from_traces
from mailwatch.core.casebook.names import company_key, label_of, most_weight, role_tokens
from mailwatch.core.casebook.people import Circle
from mailwatch.core.casebook.processes import Process
from mailwatch.core.casebook.promises import promise_in_force, promises_from_traces
from mailwatch.core.casebook.rounds import interviews_from_strands
from mailwatch.core.casebook.told import with_people_told
from mailwatch.core.casebook.traces import AddressBook, Trace
from mailwatch.core.ids import identity
from mailwatch.core.model import (
    Address,
    Application,
    ApplicationId,
    ApplicationState,
    Debrief,
    Evidence,
    Interview,
    Mark,
    MarkKind,
    MessageId,
    Person,
)

_ROLE_FOR_LETTERS = 0.4
"""A job's title below this confidence is not put into a letter."""
_MOST_EVIDENCE = 12


def application_from_process(
    process: Process,
    agencies: frozenset[str],
    marks: Sequence[Mark],
    debriefs: Sequence[Debrief],
    book: AddressBook,
    zone: tzinfo,
) -> Application:
    """The application as the traces tell it, with the user's marks and debriefs."""
    traces, circle = process.traces, Circle(process.traces, book, agencies)
    interviews, ours, told = _rounds(traces, circle, marks, debriefs, book, zone)
    replies, sent = replies_from_traces(traces, circle, book), sent_from_traces(traces)
    promises = promises_from_traces(traces, interviews, ours, book, zone)
    standing = standing_of(traces, replies, sent, interviews, told)
    go_betweens = {address for trace in traces for address in _recruiters(trace, agencies, book)}
    contacts, unreachable = contacts_from_traces(traces, interviews, circle), unreachable_from_traces(traces)
    return replace(
        _told_by(process, interviews, agencies, book),
        state=standing.state,
        contact=_main_contact(contacts, unreachable, go_betweens),
        contacts=contacts,
        agency=bool(go_betweens),
        replies=replies,
        unplaced=unplaced_from_traces(process.unplaced, circle, book),
        sent=sent,
        decision=promise_in_force(promises, traces, interviews, zone),
        promises=promises,
        unreachable=unreachable,
        your_turn=standing.your_turn,
        offer_deadline=standing.offer_deadline,
    )


def _told_by(
    process: Process, interviews: tuple[Interview, ...], agencies: frozenset[str], book: AddressBook
) -> Application:
    """What the traces tell of the employer and the job by themselves, as an open application."""
    traces = process.traces
    return Application(
        id=ApplicationId(identity("application", traces[0].source)),
        company=_company(traces, agencies, book),
        role=_role(traces, process.role),
        state=ApplicationState.OPEN,
        interviews=interviews,
        away=away_from_traces(traces),
        account=_account(traces),
        language=_language(traces, interviews),
        last_messages=_last_messages(traces),
        messages=frozenset(MessageId(trace.source) for trace in traces if trace.envelope is not None),
        suspicions=_suspicions(traces),
        evidence=_evidence(traces),
        domains=frozenset().union(*(trace.firms for trace in traces)),
    )


def _rounds(
    traces: Sequence[Trace],
    circle: Circle,
    marks: Sequence[Mark],
    debriefs: Sequence[Debrief],
    book: AddressBook,
    zone: tzinfo,
) -> tuple[tuple[Interview, ...], list[Debrief], set[MarkKind]]:
    """The interviews, and what the user has written down and said about this process."""
    strands = strands_from_traces(traces, book, zone, marks)
    interviews = interviews_from_strands(strands, traces, circle, book, marks, zone)
    evidence = frozenset(trace.source for trace in traces).union(*(interview.anchors for interview in interviews))
    ours = [debrief for debrief in debriefs if debrief.evidence & evidence]
    peopled = with_people_told(with_debriefs(interviews, ours), marks)
    return peopled, ours, {mark.kind for mark in marks if mark.evidence & evidence}


def _account(traces: Iterable[Trace]) -> Address | None:
    """The user's address that the process's mail comes to."""
    return next((trace.account for trace in traces if trace.account is not None and not trace.outgoing), None)


def _recruiters(trace: Trace, agencies: frozenset[str], book: AddressBook) -> Iterator[Address]:
    """People in a trace who recruit for somebody else."""
    if trace.reading.agency and trace.human and trace.sender is not None:
        yield trace.sender.address
    yield from (address for address in trace.theirs if book.firm(address) in agencies)


def _company(traces: Sequence[Trace], agencies: frozenset[str], book: AddressBook) -> str:
    """The employer's name by weight of evidence; an arranger's own name only where no other is named."""
    arranged = [each for trace in traces for each in arranged_by(trace, book)]
    met = {host for each in arranged for host in each.hosts}
    seen = {label_of(firm) for trace in traces for firm in trace.firms}
    between = {label_of(firm) for firm in (*agencies, *(each.firm for each in arranged))}
    votes = [
        (company_key(name.text), name.text, name.confidence + (0.5 if company_key(name.text) in (met or seen) else 0.0))
        for trace in traces
        if not trace.outgoing and not vetoed(trace)
        for name in trace.reading.companies
        if company_key(name.text)
    ]
    clients = [vote for vote in votes if not any(related(vote[0], label) for label in between)]
    return most_weight(clients or votes) or next(iter(sorted(met or seen)), "")


def _role(traces: Iterable[Trace], agreed: str) -> str:
    votes = [
        (" ".join(sorted(role_tokens(name.text))), name.text, name.confidence)
        for trace in traces
        if not vetoed(trace) and (not trace.outgoing or applies(trace))
        for name in trace.reading.roles[:1]
        if name.confidence >= _ROLE_FOR_LETTERS
    ]
    return most_weight(votes) or agreed


def _main_contact(
    contacts: Sequence[Person], unreachable: frozenset[Address], go_betweens: set[Address]
) -> Person | None:
    """Whom to write to by default: the agency's recruiter where there is one, else who wrote last."""
    reachable = [person for person in contacts if person.address not in unreachable and person.trusted]
    return min(reachable, key=lambda person: person.address not in go_betweens, default=None)


def _language(traces: Sequence[Trace], interviews: Sequence[Interview]) -> str:
    spoken = [trace for trace in traces if trace.human and not vetoed(trace)]
    if spoken:
        return spoken[-1].reading.language
    return interviews[-1].language if interviews else traces[-1].reading.language


def _last_messages(traces: Iterable[Trace]) -> tuple[tuple[Address, MessageId], ...]:
    newest: dict[Address, MessageId] = {}
    for trace in traces:
        if trace.human and trace.sender is not None and not trace.suspicious:
            newest[trace.sender.address] = MessageId(trace.source)
    return tuple(newest.items())


def _suspicions(traces: Sequence[Trace]) -> tuple[Evidence, ...]:
    """A process is suspect where everything that came in is; one forged mail among honest ones is only not believed."""
    incoming = [trace for trace in traces if trace.envelope is not None and not trace.outgoing]
    if not incoming or not all(trace.suspicious for trace in incoming):
        return ()
    return tuple(evidence for trace in incoming for evidence in trace.reading.suspicions)


def _evidence(traces: Iterable[Trace]) -> tuple[Evidence, ...]:
    found = dict.fromkeys(item for trace in traces for item in trace.reading.evidence[:2])
    return tuple(found)[:_MOST_EVIDENCE]
