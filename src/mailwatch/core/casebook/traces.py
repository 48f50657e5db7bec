"""Facts → traces: every message and calendar entry that says something, in order of time, with who stands on the other side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from mailwatch.core.addresses import (
    is_agency,
    is_free_mail,
    is_machine,
    is_shared_box,
    registrable_domain,
    sending_tool,
)
from mailwatch.core.casebook.names import same_full_name
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import (
    Address,
    CalendarEvent,
    Detection,
    Envelope,
    EventVersion,
    Facts,
    Mail,
    Mailbox,
    Mark,
    MarkKind,
    Me,
    PersonMention,
    Reading,
    SpecialUse,
)
from mailwatch.core.reading import ReadingContext, read_event
from mailwatch.core.reading.names import signs_for_box
from mailwatch.core.threads import threads_from_envelopes


@dataclass(frozen=True, slots=True)
class Trace:
    """One message or one version of a calendar entry, as the casebook uses it.

    source:  the message id or the UID. at: when it was said; for a calendar entry, when it came to stand so.
    thread:  "" for calendar entries. outgoing: the user wrote it.
    sender:  who wrote it, or None. human: that is a person on the other side.
    tool:    the sending tool's name ("greenhouse"), "".
    theirs:  people on the other side named by headers or calendar. firms: the other side's domains, robots' and shared boxes' included.
    """

    source: str
    at: datetime
    reading: Reading
    thread: str = ""
    outgoing: bool = False
    sender: Mailbox | None = None
    human: bool = False
    tool: str = ""
    theirs: frozenset[Address] = frozenset()
    firms: frozenset[str] = frozenset()
    account: Address | None = None
    envelope: Envelope | None = None
    version: EventVersion | None = None

    @property
    def suspicious(self) -> bool:
        """It may be a forgery or a scam."""
        return bool(self.reading.suspicions)


class AddressBook:
    """Who is a person, and whose firm an address belongs to. Remembers its answers for one assembly."""

    def __init__(self, me: Me, lexicon: Lexicon) -> None:
        self._me = me
        self._lexicon = lexicon
        self._persons: dict[tuple[str, str], bool] = {}
        self._firms: dict[str, str] = {}
        own = (registrable_domain(address) for address in me.addresses if not is_free_mail(address, lexicon))
        self.home = frozenset(own)

    def is_person(self, address: str, name: str = "") -> bool:
        """Not the user, and no robot, tool, room, list or shared box."""
        key = (address, name)
        if key not in self._persons:
            shared = is_shared_box(address, self._lexicon) and not signs_for_box(name, address, self._lexicon)
            nobody = shared or is_machine(address, name, self._lexicon)
            mine = self._me.owns(address) or same_full_name(name, self._me.name)
            self._persons[key] = not (nobody or mine or self.tool(address))
        return self._persons[key]

    def is_mine(self, address: str) -> bool:
        """One of the user's own addresses."""
        return self._me.owns(address)

    def tool(self, address: str) -> str:
        """The sending tool behind an address, ""."""
        return sending_tool(address, self._lexicon)

    def is_agency(self, address: str) -> bool:
        """Does the domain's name say that they recruit for other firms?"""
        return is_agency(address, self._lexicon)

    def firm(self, address: str) -> str:
        """The registrable domain of a firm's address; "" for free mail, sending tools and the user's own."""
        if address not in self._firms:
            outside = not is_free_mail(address, self._lexicon) and not self.tool(address)
            domain = registrable_domain(address) if outside else ""
            self._firms[address] = "" if domain in self.home else domain
        return self._firms[address]

    def at_home(self, address: str) -> bool:
        """At the user's own firm."""
        return bool(self.home) and registrable_domain(address) in self.home


def traces_from_facts(facts: Facts, book: AddressBook, lexicon: Lexicon, detection: Detection) -> list[Trace]:
    """Everything that says something, oldest first. What the user told us to ignore is left out."""
    ignored = _ignored(facts.marks)
    read = [mail for mail in facts.mails if mail.reading is not None and mail.envelope.id not in ignored]
    threads = threads_from_envelopes(mail.envelope for mail in read)
    traces = [
        trace for mail in read if not mail.junk for trace in _from_mail(mail, threads.get(mail.envelope.id, ""), book)
    ]
    said = _first_mailed(traces)
    context = ReadingContext(facts.me, lexicon, detection)
    listed = (version for version in _distinct(facts.events) if version.event.uid not in ignored)
    traces += [_from_event(version, said, book, _reading_of(version.event, context)) for version in listed]
    traces.sort(key=in_order)
    return traces


def in_order(trace: Trace) -> tuple[datetime, bool]:
    """The order in which things were said: by time, mail before the calendar that shows it."""
    return trace.at, trace.version is not None


@lru_cache(maxsize=2048)
def _reading_of(event: CalendarEvent, context: ReadingContext) -> Reading:
    """What an entry says. A tick plans several times, and a calendar's entries are the same each time."""
    return read_event(event, context)


def _ignored(marks: Iterable[Mark]) -> frozenset[str]:
    return frozenset(source for mark in marks if mark.kind is MarkKind.IGNORED for source in mark.evidence)


def _from_mail(mail: Mail, thread: str, book: AddressBook) -> Iterator[Trace]:
    envelope, reading, at = mail.envelope, mail.reading, mail.envelope.at
    if reading is None or at is None:
        return
    sender, outgoing = envelope.sender, mail.outgoing
    if sender is not None and not outgoing and book.is_mine(sender.address):
        return  # in the user's name, but not from Sent: it proves nothing
    boxes = _other_side(envelope, outgoing=outgoing, book=book)
    yield Trace(
        source=envelope.id,
        at=at,
        reading=reading,
        thread=thread,
        outgoing=outgoing,
        sender=sender,
        human=sender is not None and not outgoing and _wrote_it(mail) and book.is_person(sender.address, sender.name),
        tool="" if sender is None or outgoing else book.tool(sender.address),
        theirs=frozenset(box.address for box in boxes if book.is_person(box.address, box.name)),
        firms=frozenset(firm for box in boxes if (firm := book.firm(box.address))),
        account=_account(mail),
        envelope=envelope,
    )


def _wrote_it(mail: Mail) -> bool:
    automation = mail.envelope.automation
    return not (automation.auto_reply or automation.bounce or automation.bulk)


def _other_side(envelope: Envelope, *, outgoing: bool, book: AddressBook) -> tuple[Mailbox, ...]:
    if outgoing:
        return envelope.recipients
    sender = () if envelope.sender is None else (envelope.sender,)
    firm = book.firm(sender[0].address) if sender else ""
    copied = (box for box in (*envelope.to, *envelope.cc) if firm and book.firm(box.address) == firm)
    return (*sender, *envelope.reply_to, *copied)


def _account(mail: Mail) -> Address | None:
    places = [place for place in mail.places if place.role is not SpecialUse.JUNK]
    return places[0].account if places else None


def _distinct(versions: Iterable[EventVersion]) -> Iterator[EventVersion]:
    """Versions in order of sight, without those that only say again what was known."""
    last: dict[tuple[str, str, datetime | None], EventVersion] = {}
    for version in sorted(versions, key=lambda item: item.seen_at):
        key = (version.calendar, version.event.uid or version.ref, version.event.recurrence_id)
        before = last.get(key)
        if before is None or before.event != version.event or before.removed != version.removed:
            last[key] = version
            yield version


def _first_mailed(traces: Iterable[Trace]) -> dict[tuple[str, datetime], datetime]:
    """When a calendar object with this UID and start was first mailed: a calendar shows it from then on."""
    said: dict[tuple[str, datetime], datetime] = {}
    for trace in traces:
        for meeting in trace.reading.meetings:
            if meeting.uid and meeting.start is not None:
                key = (meeting.uid, meeting.start)
                said[key] = min(trace.at, said.get(key, trace.at))
    return said


def _from_event(
    version: EventVersion, said: dict[tuple[str, datetime], datetime], book: AddressBook, reading: Reading
) -> Trace:
    event = version.event
    boxes = [box for box in (event.organizer, *event.attendees) if box is not None and box.address]
    at = version.seen_at
    if not version.removed:
        known = [said.get((event.uid, event.start)), event.dtstamp]
        at = min((moment for moment in known if moment is not None), default=at)
        at = min(at, version.seen_at)
    return Trace(
        source=event.uid or version.ref,
        at=at,
        reading=reading,
        theirs=frozenset(Address(box.address) for box in boxes if book.is_person(box.address, box.name)),
        firms=frozenset(firm for box in boxes if (firm := book.firm(box.address))),
        version=version,
    )


def mentions_of(trace: Trace) -> Iterator[PersonMention]:
    """Everybody a trace names, in its meetings first."""
    for meeting in trace.reading.meetings:
        yield from meeting.people
    yield from trace.reading.people


SAME_START = timedelta(minutes=15)
"""Two meetings of one process that begin this close to each other are one."""
