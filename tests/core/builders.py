"""Small builders for core tests: people, mails with their readings, calendar entries, interviews, whole facts.

Times are written "2026-09-01 10:00" and are UTC unless a test builds its own. The user is Jordan Reyes in UTC.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from typing import Any

from mailwatch.core.identity import draft_message_id, fingerprint_of
from mailwatch.core.lexicon import lexicon_from_tables
from mailwatch.core.model import (
    AccountCoverage,
    Address,
    Application,
    ApplicationId,
    ApplicationState,
    Attendee,
    Automation,
    CalendarEvent,
    Coverage,
    Debrief,
    Direction,
    DraftKey,
    DraftRef,
    DraftSeen,
    Envelope,
    EventRef,
    EventVersion,
    Evidence,
    Facts,
    Gratitude,
    Interview,
    InterviewId,
    InterviewState,
    Kind,
    LedgerRow,
    LedgerState,
    Mail,
    Mailbox,
    Mark,
    MarkKind,
    Me,
    Meeting,
    MeetingState,
    MessageId,
    MessageKind,
    MessageRef,
    Named,
    Person,
    PersonMention,
    PersonPart,
    Place,
    Policy,
    Promise,
    Reach,
    Reading,
    Reply,
    ReplyKind,
    Sent,
    Session,
    SpecialUse,
    ZoneState,
)
from mailwatch.phrases import phrase_tables

ME = Me(
    "Jordan Reyes",
    Address("jordan@mail.example"),
    frozenset({Address("jordan@mail.example"), Address("jr@alias.example")}),
)
RITA = "Rita Ek <rita@acme.example>"
BO = "Bo Lind <bo@acme.example>"
ANA = "Ana Ruiz <ana@acme.example>"
KIT = "Kit Moran <kit@acme.example>"
PANEL = (RITA, BO, ANA, "Lou Tsang <lou@acme.example>", "Bas van Oort <bas@acme.example>")

SENDERS = {
    "free_mail": ["gmail.com", "mail.example", "alias.example"],
    "machine_locals": ["noreply", "mailerdaemon"],
    "machine_words": ["noreply", "donotreply"],
    "machine_domains": [],
    "shared_locals": ["jobs", "hr", "careers", "people"],
    "shared_fillers": ["team"],
    "tools": {"greenhouse-mail.test": "ats greenhouse", "calendly.test": "scheduling calendly"},
}
LEXICON = lexicon_from_tables({"en": dict(phrase_tables())["en"]}, SENDERS)

PERSONAL = Automation()
RULES = Policy()

_numbers = itertools.count(1)


def at(text: str | datetime) -> datetime:
    """An instant: "2026-09-01 10:00" in UTC."""
    return text if isinstance(text, datetime) else datetime.fromisoformat(text).replace(tzinfo=UTC)


def box(text: str) -> Mailbox:
    """A mailbox: "Rita Ek <rita@acme.example>"."""
    name, address = parseaddr(text)
    return Mailbox(name, Address(address.casefold()))


def person(text: str, **more: Any) -> Person:
    """A person; without an address where none is written."""
    name, address = parseaddr(text) if "@" in text else (text, "")
    return Person(name, Address(address) if address else None, **more)


def mention(text: str, source: str = "attendee", part: PersonPart = PersonPart.UNSURE, **more: Any) -> PersonMention:
    """Somebody named in a message or an invitation."""
    name, address = parseaddr(text) if "@" in text else (text, "")
    return PersonMention(name, Address(address) if address else None, part=part, source=source, **more)


def named_interviewer(text: str, source: str = "body", **more: Any) -> PersonMention:
    """Somebody whom a text names as an interviewer."""
    return mention(text, source, PersonPart.INTERVIEWER, **more)


def meeting(
    start: str | datetime | None,
    *,
    state: MeetingState = MeetingState.CONFIRMED,
    minutes: int | None = 60,
    people: Iterable[PersonMention | str] = (),
    organizer: str = "",
    **more: Any,
) -> Meeting:
    """A meeting as one message tells it; strings in `people` are guests."""
    begin = at(start) if start is not None else None
    everybody = [mention(one) if isinstance(one, str) else one for one in people]
    if organizer:
        everybody.insert(0, mention(organizer, "organizer"))
        more["organizer"] = box(organizer).address
    end = begin + timedelta(minutes=minutes) if begin is not None and minutes is not None else None
    return Meeting(state, begin, end, people=tuple(everybody), **more)


def mail(
    sender: str = RITA,
    when: str | datetime = "2026-09-01 09:00",
    *meetings: Meeting,
    kind: MessageKind = MessageKind.INTERVIEW_CONFIRMED,
    direction: Direction = Direction.CANDIDATE,
    to: Sequence[str] = (),
    cc: Sequence[str] = (),
    subject: str = "Interview",
    answers: Mail | None = None,
    ident: str = "",
    company: str = "",
    companies: tuple[Named, ...] = (),
    role: str = "",
    role_confidence: float = 0.8,
    account: str = ME.primary,
    place: SpecialUse = SpecialUse.INBOX,
    automation: Automation = PERSONAL,
    reply_to: Sequence[str] = (),
    unreadable: str = "",
    **reading: Any,
) -> Mail:
    """An incoming mail with its reading; every other keyword is a field of the reading."""
    number = next(_numbers)
    message = MessageId(ident or f"<m{number}@mail.example>")
    earlier = answers.envelope if answers else None
    references = (*earlier.references, earlier.id) if earlier else ()
    envelope = Envelope(
        id=message,
        ref=MessageRef(f"r{number}"),
        role=place,
        subject=subject,
        sender=box(sender),
        to=tuple(box(one) for one in to) or (Mailbox("Jordan Reyes", ME.primary),),
        cc=tuple(box(one) for one in cc),
        reply_to=tuple(box(one) for one in reply_to),
        date=at(when),
        received=at(when),
        in_reply_to=earlier.id if earlier else None,
        references=references,
        automation=automation,
    )
    told = Reading(
        message=message,
        kind=kind,
        direction=direction,
        meetings=meetings,
        companies=companies or ((Named(company, "body", 0.8),) if company else ()),
        roles=(Named(role, "subject", role_confidence),) if role else (),
        evidence=(Evidence(message, "test", subject),),
        **reading,
    )
    return Mail(
        envelope, (Place(Address(account), place, envelope.ref),), None if unreadable else told, unreadable=unreadable
    )


def sent(
    to: Sequence[str] | str,
    when: str | datetime,
    *meetings: Meeting,
    kind: MessageKind = MessageKind.OTHER_SENT,
    **more: Any,
) -> Mail:
    """A mail that the user sent."""
    recipients = [to] if isinstance(to, str) else list(to)
    more.setdefault("direction", Direction.UNKNOWN)
    return mail(
        "Jordan Reyes <jordan@mail.example>", when, *meetings, kind=kind, to=recipients, place=SpecialUse.SENT, **more
    )


def with_evidence(item: Mail, *evidence: Evidence) -> Mail:
    """The same mail, whose reading gives this evidence."""
    return replace(item, reading=replace(item.reading, evidence=evidence) if item.reading else None)


def thanks(
    to: Sequence[str] | str, when: str | datetime, *, sure: bool = True, cause: str = "conversation", **more: Any
) -> Mail:
    """A thank-you that the user sent."""
    return sent(
        to, when, kind=MessageKind.THANK_YOU_SENT, gratitude=Gratitude(sure, cause, "thank you for today"), **more
    )


def reply(sender: str, when: str | datetime, says: ReplyKind, **more: Any) -> Mail:
    """An employer's message after an interview."""
    kinds = {kind.value for kind in MessageKind}
    more.setdefault("kind", MessageKind(says.value) if says.value in kinds else MessageKind.OTHER)
    return mail(sender, when, reply=says, **more)


def promise(by: str | None, **more: Any) -> Promise:
    """A stated timeframe."""
    return Promise(date.fromisoformat(by) if by else None, words=f"by {by}", rule="test", **more)


def event(
    start: str | datetime,
    *,
    title: str = "Interview – Data Analyst – Jordan Reyes",
    minutes: int = 60,
    organizer: str = RITA,
    guests: Sequence[str] = (),
    answer: str = "ACCEPTED",
    uid: str = "",
    seen: str | datetime = "2026-09-01 09:00",
    removed: bool = False,
    **more: Any,
) -> EventVersion:
    """A calendar entry as the user's calendar shows it."""
    begin = at(start)
    attendees = [Attendee(box(one).name, box(one).address, "ACCEPTED") for one in guests]
    if organizer:
        attendees.append(Attendee("Jordan Reyes", ME.primary, answer))
    key = uid or f"uid{next(_numbers)}@calendar.example"
    entry = CalendarEvent(
        uid=key,
        start=begin,
        end=begin + timedelta(minutes=minutes),
        summary=title,
        organizer=Attendee(box(organizer).name, box(organizer).address) if organizer else None,
        attendees=tuple(attendees),
        tzid="UTC",
        **more,
    )
    return EventVersion("calendar", EventRef(key), entry, at(seen), removed)


def mark(kind: MarkKind, *evidence: str, when: str = "2026-09-10 09:00", **more: Any) -> Mark:
    """The user's word."""
    return Mark(f"mark{next(_numbers)}", kind, frozenset(evidence), at(when), **more)


def facts(*items: Mail | EventVersion | Mark | Debrief | LedgerRow | DraftSeen, me: Me = ME) -> Facts:
    """Facts from whatever a test names, in any order."""
    return Facts(
        me=me,
        mails=tuple(item for item in items if isinstance(item, Mail)),
        events=tuple(item for item in items if isinstance(item, EventVersion)),
        marks=tuple(item for item in items if isinstance(item, Mark)),
        debriefs=tuple(item for item in items if isinstance(item, Debrief)),
        ledger=tuple(item for item in items if isinstance(item, LedgerRow)),
        drafts=tuple(item for item in items if isinstance(item, DraftSeen)),
    )


def covered(now: str | datetime, *, since: str = "2026-01-01 00:00", until: str | datetime | None = None) -> Coverage:
    """Everything of the one account has been read, up to now unless said otherwise."""
    reach = Reach(at(since), at(until) if until is not None else at(now))
    return Coverage((AccountCoverage(ME.primary, reach, reach),))


def interview(
    start: str | datetime = "2026-09-08 10:00",
    *,
    panel: int = 1,
    people: Sequence[Person | str] | None = None,
    minutes: int = 60,
    state: InterviewState = InterviewState.SCHEDULED,
    sessions: Sequence[Session] | None = None,
    anchors: Iterable[str] = ("uid-1@acme.example",),
    **more: Any,
) -> Interview:
    """One round with a panel of so many, or with these people."""
    begin = at(start)
    everybody = tuple(
        person(one) if isinstance(one, str) else one for one in (PANEL[:panel] if people is None else people)
    )
    end = begin + timedelta(minutes=minutes)
    return Interview(
        id=InterviewId(f"i{begin:%m%d%H%M}"),
        state=state,
        start=begin,
        end=end,
        people=everybody,
        sessions=tuple(sessions)
        if sessions is not None
        else (Session(begin, end, everybody, "Interview", next(iter(anchors), "")),),
        title="Interview",
        anchors=frozenset(anchors),
        **more,
    )


def application(*interviews: Interview, **more: Any) -> Application:
    """One process at Acme; Kit arranged it."""
    values: dict[str, Any] = {
        "id": ApplicationId("a1"),
        "company": "Acme",
        "role": "Data Analyst",
        "state": "open",
        "contact": person(KIT),
        "contacts": (person(KIT), *(one for item in interviews for one in item.people)),
        "account": ME.primary,
        "domains": frozenset({"acme.example"}),
    }
    values.update(more)
    values["state"] = ApplicationState(values["state"])
    return Application(interviews=interviews, **values)


def answered(kind: ReplyKind, when: str, sender: str = KIT, **more: Any) -> Reply:
    """An employer's reply within an application."""
    return Reply(MessageId(f"<reply{next(_numbers)}@acme.example>"), at(when), kind, person(sender), **more)


def wrote(to: str, when: str, **more: Any) -> Sent:
    """A message of the user's within an application."""
    return Sent(MessageId(f"<sent{next(_numbers)}@mail.example>"), at(when), frozenset({box(to).address}), **more)


def row(
    kind: Kind,
    recipient: str,
    state: LedgerState,
    *,
    anchor: str | datetime | None = "2026-09-08 10:00",
    evidence: Iterable[str] = ("uid-1@acme.example",),
    when: str = "2026-09-08 13:00",
    key: str = "",
    **more: Any,
) -> LedgerRow:
    """A draft of ours in the ledger."""
    raw = b"To: " + box(recipient).address.encode() + b"\r\nSubject: Hello\r\n\r\nHello\r\n"
    name = DraftKey(key or f"{next(_numbers):032x}")
    return LedgerRow(
        key=name,
        revision=1,
        kind=kind,
        account=ME.primary,
        recipient=box(recipient).address,
        state=state,
        message_id=draft_message_id(ME.primary, name, 1),
        raw=raw,
        fingerprint=fingerprint_of(raw),
        at=at(when),
        anchor=at(anchor) if anchor is not None else None,
        evidence=frozenset(evidence),
        **more,
    )


def draft_seen(to: str, **more: Any) -> DraftSeen:
    """A draft in the Drafts folder."""
    more.setdefault("ref", DraftRef(f"d{next(_numbers)}"))
    return DraftSeen(ME.primary, stamp="1", to=(box(to).address,), **more)


def moved(item: Interview, **changes: Any) -> Interview:
    """The interview with other fields."""
    return replace(item, **changes)


UNKNOWN_ZONE = ZoneState.UNKNOWN
