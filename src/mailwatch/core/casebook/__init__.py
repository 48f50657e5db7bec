"""Readings + calendar events + marks → applications: one fold over everything that was said.

traces (who said what) → agreements (talks that nobody calls an interview) → groups (one employer) → processes (one role) → strands (one meeting each) → interviews (one
round each) → applications.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, tzinfo

from mailwatch.core.addresses import domain_of, registrable_domain
from mailwatch.core.casebook.agencies import agencies_of
from mailwatch.core.casebook.agreed import with_agreements
from mailwatch.core.casebook.applications import application_from_process
from mailwatch.core.casebook.correspondence import SAYS_HOW_IT_WENT
from mailwatch.core.casebook.groups import groups_from_traces
from mailwatch.core.casebook.processes import Process, processes_from_group
from mailwatch.core.casebook.questions import questions_about
from mailwatch.core.casebook.sides import with_sides
from mailwatch.core.casebook.ties import ties_from_marks
from mailwatch.core.casebook.told import as_told, traces_from_marks
from mailwatch.core.casebook.traces import AddressBook, in_order, traces_from_facts
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Application, Casebook, Detection, Facts, Mail, Mark, MarkKind, MessageId
from mailwatch.core.zones import zone_from_name

__all__ = ["assemble"]

_NO_DETECTION = Detection()


def assemble(facts: Facts, lexicon: Lexicon, detection: Detection = _NO_DETECTION) -> Casebook:
    """All applications that the facts tell of, and what only the user can settle."""
    book = AddressBook(facts.me, lexicon)
    zone: tzinfo = zone_from_name(facts.me.zone) or UTC
    traces = with_agreements(with_sides(traces_from_facts(facts, book, lexicon, detection), book))
    traces = sorted([*traces, *traces_from_marks(facts.marks, facts.me, book)], key=in_order)
    agencies, ties = agencies_of(traces, book), ties_from_marks(facts.marks)
    groups = groups_from_traces(traces, agencies, book, ties)
    processes = [process for group in groups for process in processes_from_group(group, agencies, book, ties)]
    marks, torn = _sorted_out(facts.marks, processes)
    applications = [
        as_told(application_from_process(process, agencies, marks, facts.debriefs, book, zone), marks)
        for process in processes
    ]
    applications = _with_junk(_placed_by_word(applications, marks), facts.mails)
    return Casebook(tuple(applications), questions_about(applications, torn, facts))


def _sorted_out(marks: Iterable[Mark], processes: list[Process]) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Marks that speak of one process at most, and those whose evidence ended up in several."""
    homes: dict[str, int] = {}
    for number, process in enumerate(processes):
        for trace in process.traces:
            homes.update(
                (source, number) for source in (trace.source, *(item.uid for item in trace.reading.meetings)) if source
            )
    clear: list[Mark] = []
    torn: list[Mark] = []
    for mark in marks:
        evidence = mark.evidence - {mark.value} if mark.kind is MarkKind.LINKED else mark.evidence
        several = len({homes[source] for source in evidence if source in homes}) > 1
        (torn if several else clear).append(mark)
    return tuple(clear), tuple(torn)


def _placed_by_word(applications: list[Application], marks: Iterable[Mark]) -> list[Application]:
    """A mail that could belong to several applications is settled once the user says how one of them went."""
    settled: set[MessageId] = set()
    spoken = [mark for mark in marks if mark.kind in SAYS_HOW_IT_WENT]
    for one in applications:
        if one.unplaced:
            evidence = frozenset(one.messages).union(*(interview.anchors for interview in one.interviews))
            said = max((mark.at for mark in spoken if mark.evidence & evidence), default=None)
            settled |= {reply.message for reply in one.unplaced if said is not None and reply.at <= said}
    if not settled:
        return applications
    return [
        replace(one, unplaced=tuple(item for item in one.unplaced if item.message not in settled))
        for one in applications
    ]


def _with_junk(applications: list[Application], mails: Iterable[Mail]) -> list[Application]:
    """Count mail in Junk that comes from a known process and passes DMARC: a status line, never a draft."""
    firms: dict[str, int] = {}
    for mail in mails:
        sender = mail.envelope.sender
        if mail.junk and sender is not None and mail.reading is not None and not mail.reading.suspicions:
            firm = registrable_domain(domain_of(sender.address))
            firms[firm] = firms.get(firm, 0) + 1
    if not firms:
        return applications
    return [replace(one, junk=sum(firms.get(domain, 0) for domain in one.domains)) for one in applications]
