"""Message → Reading: what one message, or one calendar entry, says by itself, with the words that say it.

In this order: who is interviewed (direction), which meetings are stated (invitations, agreements) and with whom
(people), whose job it is (employer, roles), what it answers (replies, promises) or what the user's own mail does
(gratitude, sent), whether it may be forged (suspicion), and from all that what it is (classify). Pure and
deterministic; a broken message gives a poorer reading, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mailwatch.core.model import (
    CalendarEvent,
    Direction,
    Evidence,
    Meeting,
    Message,
    MessageId,
    MessageKind,
    Named,
    PersonMention,
    Reading,
    ReplyKind,
)
from mailwatch.core.reading.agreements import meetings_from_text
from mailwatch.core.reading.applying import applying, asking_for_work, seeking
from mailwatch.core.reading.classify import Sighted, event_kind, incoming_kind
from mailwatch.core.reading.context import ReadingContext, reader_version
from mailwatch.core.reading.copied import with_copied
from mailwatch.core.reading.direction import Judged, direction_of, names_user, told_by_answer
from mailwatch.core.reading.employer import companies_of, is_from_agency
from mailwatch.core.reading.gratitude import gratitude_in
from mailwatch.core.reading.invitations import meetings_from_events
from mailwatch.core.reading.namer import Namer
from mailwatch.core.reading.names import same_person
from mailwatch.core.reading.outgoing import assents, outgoing_kind
from mailwatch.core.reading.people import people_in
from mailwatch.core.reading.promises import promise_in_text
from mailwatch.core.reading.relative import relative_meetings
from mailwatch.core.reading.replies import ReplyReading, reply_in
from mailwatch.core.reading.roles import roles_of
from mailwatch.core.reading.sent import YES, sent_traits
from mailwatch.core.reading.settling import doubts, entry_settled, gratitude_of, reply_of, settled, unread
from mailwatch.core.reading.suspicion import suspicions_in
from mailwatch.core.reading.to_self import is_debrief_mail
from mailwatch.core.reading.view import View, view_from_event, view_from_message
from mailwatch.core.reading.voice import voice_in
from mailwatch.core.reading.writer import with_writer

__all__ = ["ReadingContext", "read", "read_event", "reader_version"]

SURE_FIRM = 0.6
"""A firm's name at least this sure is never taken for a person's."""
_NEVER_A_ROLE = 0.85
_NO_MEETINGS = frozenset(
    {
        MessageKind.REJECTION, MessageKind.OFFER, MessageKind.APPLICATION_ACK, MessageKind.AUTO_REPLY, MessageKind.JOB_ALERT,
        MessageKind.THANK_YOU_SENT, MessageKind.FOLLOW_UP_SENT,
    }
)  # fmt: skip
"""Kinds whose texts name times, but no meeting to come."""
_NO_DAYS = frozenset(
    {MessageKind.OTHER, MessageKind.TIMELINE_UPDATE, MessageKind.NEEDS_INFO, MessageKind.COLD_OUTREACH}
)
"""Kinds in which a bare day is no meeting."""


def read(message: Message, context: ReadingContext) -> Reading:
    """What one message says."""
    if message.outgoing and is_debrief_mail(message.envelope, context.me):
        return Reading(
            message.envelope.id, MessageKind.OTHER_SENT, Direction.OTHER
        )  # the user's own words are no evidence
    view = view_from_message(message, context)
    return _outgoing(message, view) if message.outgoing else _incoming(message, view)


def read_event(event: CalendarEvent, context: ReadingContext) -> Reading:
    """What one calendar entry says: `message` is its UID, `kind` what a mail carrying it would be."""
    view = view_from_event(event, context)
    roles = roles_of(view) if view.concerns else ()
    judged = direction_of(view, roles)
    companies, people, namer = _named(view, roles)
    meetings = meetings_from_events(view, judged, namer)
    sighted = Sighted(view, judged, tuple(meetings), ReplyReading(ReplyKind.NONE), suspicious=False)
    ruled, evidence = event_kind(sighted)
    kind, direction = entry_settled(view, ruled, judged)
    doubt = doubts(view, judged, kind, direction)
    written = event.dtstamp or event.start
    return Reading(
        message=MessageId(event.uid),
        kind=kind,
        direction=direction,
        language=view.language,
        meetings=tuple(meetings),
        promise=promise_in_text(event.description, written=written, zone=context.me.zone, lexicon=context.lexicon),
        people=people,
        companies=companies,
        roles=roles,
        agency=is_from_agency(view),
        jobless=not _of_job(view, judged),
        evidence=_once(judged.evidence, evidence, doubt),
    )


def _incoming(message: Message, view: View) -> Reading:
    context = view.context
    roles = roles_of(view) if view.concerns else ()
    judged = direction_of(view, roles)
    companies, people, namer = _named(view, roles)
    meetings = _meetings(view, judged, namer, people)
    reply = reply_in(message, context)
    suspicions = suspicions_in(message, context)
    absolute = tuple(meeting for meeting in meetings if not meeting.relative)
    sighted = Sighted(view, told_by_answer(judged, view, reply), absolute, reply, suspicious=bool(suspicions))
    judged = sighted.judged
    found = incoming_kind(sighted)
    kind, direction = settled(found, view, judged)
    answer = reply_of(found, reply.kind)
    doubt = doubts(view, judged, kind, direction) + unread(view, kind, answer, acknowledged=reply.acknowledged)
    return Reading(
        message=message.envelope.id,
        kind=kind,
        direction=direction,
        language=view.language,
        meetings=_that_count(meetings, kind),
        reply=answer,
        promise=reply.promise,
        assent=assents(view),
        people=people,
        companies=companies,
        roles=roles,
        agency=is_from_agency(view),
        jobless=not _of_job(view, judged),
        away_until=reply.away_until,
        gone=reply.gone,
        offer_deadline=reply.offer_deadline,
        asked_for=reply.asked_for,
        suspicions=suspicions,
        evidence=_once(judged.evidence, found.evidence, reply.evidence, _who_needs_whom(view, judged, roles), doubt),
        readable=_readable(message),
        voice=voice_in(message, context.lexicon, view.language),
    )


def _outgoing(message: Message, view: View) -> Reading:
    context = view.context
    roles = roles_of(view) if view.concerns else ()
    judged = direction_of(view, roles)
    companies, people, namer = _named(view, roles)
    meetings = _meetings(view, judged, namer, people)
    gratitude, traits = gratitude_in(message, context), sent_traits(message, context)
    found = outgoing_kind(view, judged, meetings, gratitude, traits)
    yes = (view.proof(YES, view.body.text),) if traits.says_yes else ()
    return Reading(
        message=message.envelope.id,
        kind=found.kind,
        direction=judged.direction,
        language=view.language,
        meetings=_that_count(meetings, found.kind),
        gratitude=gratitude_of(found, gratitude),
        follow_up=traits.follow_up or found.kind is MessageKind.FOLLOW_UP_SENT,
        accepts_offer=traits.accepts_offer,
        withdraws=traits.withdraws,
        assent=assents(view),
        people=people,
        companies=companies,
        roles=roles,
        jobless=not _of_job(view, judged),
        evidence=_once(judged.evidence, found.evidence, applying(view, judged), yes),
        readable=_readable(message),
        voice=voice_in(message, context.lexicon, view.language),
    )


def _named(view: View, roles: Sequence[Named]) -> tuple[tuple[Named, ...], tuple[PersonMention, ...], Namer]:
    """Firms and people of the text; what is surely a firm is no person, and a person is no firm."""
    if not view.concerns:
        namer = Namer(view)
        return (), tuple(with_writer((), namer)), namer
    companies = companies_of(view)
    namer = Namer(view, [company.text for company in companies if company.confidence >= SURE_FIRM])
    starts = view.seats(view.body.text, view.stated_times())
    named = with_copied(people_in(view.body.text, namer, starts=starts), namer)
    people = tuple(with_writer(named, namer))
    kept = (c for c in companies if c.confidence >= SURE_FIRM or not any(same_person(c.text, p.name) for p in people))
    kept = (c for c in kept if c.confidence >= _NEVER_A_ROLE or not _is_part_of(c.text, roles))
    return tuple(kept), people, namer


def _who_needs_whom(view: View, judged: Judged, roles: Sequence[Named]) -> tuple[Evidence, ...]:
    """The words in which an employer looks for somebody, or somebody asks the user for work."""
    return seeking(view, judged, roles) + asking_for_work(view, judged)


def _of_job(view: View, judged: Judged) -> bool:
    """Does it speak of a job, be it in what it answers, or does a hiring system or an agency write?

    "Interview: Acme and Rita Ek" is one for a job, unless it holds words of another kind of meeting.
    """
    voices = judged.voices
    plain = not voices.kind and names_user(view) and view.whole.has("interview")
    plain = plain or view.whole.has("job_interview")
    told = voices.job >= 1 or plain or view.tool_kind == "ats" or is_from_agency(view)
    return told or view.quoted.has("job", "job_yours") or (view.outgoing and view.whole.has("applies", "applicant"))


def _is_part_of(company: str, roles: Sequence[Named]) -> bool:
    """Are the words of a firm's supposed name those of the job ("Packaging" of "Packaging Technologist")?"""
    words = set(company.casefold().split())
    return any(words <= set(role.text.casefold().split()) for role in roles[:2])


def _meetings(view: View, judged: Judged, namer: Namer, people: tuple[PersonMention, ...]) -> list[Meeting]:
    if any(event.method != "REPLY" or view.outgoing for event in view.events):
        return meetings_from_events(view, judged, namer)
    if view.bulk:
        return []
    stated = meetings_from_text(view, judged, namer, people)
    return stated if any(not meeting.day_only for meeting in stated) else [*stated, *relative_meetings(view)]


def _that_count(meetings: Iterable[Meeting], kind: MessageKind) -> tuple[Meeting, ...]:
    """The meetings that a message of this kind can state; those of calendar objects always count."""
    return tuple(
        meeting
        for meeting in meetings
        if meeting.uid or not (kind in _NO_MEETINGS or (kind in _NO_DAYS and meeting.day_only))
    )


def _readable(message: Message) -> bool:
    """Something was read: text, or a calendar object."""
    return bool(message.new_text.strip() or message.events or message.quoted.strip()) or not message.problems


def _once(*groups: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))
