"""Calendar objects → meetings: what a REQUEST, CANCEL, COUNTER or REPLY says (RFC 5546), and who sits in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from mailwatch.core.addresses import address_from_text
from mailwatch.core.model import (
    Attendee,
    CalendarEvent,
    Meeting,
    MeetingState,
    PersonMention,
    PersonPart,
    TimeMention,
)
from mailwatch.core.reading.direction import Judged
from mailwatch.core.reading.namer import Namer, merged
from mailwatch.core.reading.names import person_name, same_person
from mailwatch.core.reading.people import people_in, people_of_line
from mailwatch.core.reading.view import View
from mailwatch.core.zones import known_zone

_ROOMS = frozenset(("ROOM", "RESOURCE", "GROUP"))
_BESIDES = timedelta(hours=1)
_BETWEEN = re.compile(r"\s(?:<>|x|/|\||&|\+|and|und|et|y|e|w/|with|mit|avec|con|com|met)\s|\s?[–—:,]\s|\s-\s")
_HOLD = re.compile(r"^\s*[\[(<]?\s*(?:hold|placeholder|tentative|save the date|tbc|tbd)\b", re.IGNORECASE)


def meetings_from_events(view: View, judged: Judged, namer: Namer) -> list[Meeting]:
    """The meetings of a view's calendar objects, each followed by the sessions that its text lists."""
    meetings: list[Meeting] = []
    for event in view.events:
        if event.method == "REPLY" and not view.outgoing:
            continue
        meeting = _meeting(event, view, judged, namer)
        meetings.append(meeting)
        if meeting.state is MeetingState.CONFIRMED:
            meetings += _sessions(event, meeting, view, namer)
    return meetings


def _meeting(event: CalendarEvent, view: View, judged: Judged, namer: Namer) -> Meeting:
    mine = _my_answer(event, view)
    organizer = address_from_text(event.organizer.address) if event.organizer else None
    return Meeting(
        state=_state(event, mine, view),
        start=event.start,
        end=event.end,
        zone=event.tzid,
        zone_state=event.zone_state,
        uid=event.uid,
        recurrence_id=event.recurrence_id,
        sequence=event.sequence,
        method=event.method,
        organizer=organizer,
        title=event.summary,
        medium=medium_of(view, f"{event.location}\n{event.description}\n{event.url}"),
        people=tuple(people_of_event(event, view, namer)),
        user_declined=mine == "DECLINED",
        unanswered=mine in ("NEEDS-ACTION", "TENTATIVE"),
        assessed=view.whole.has("assessment") and not _somebody(event, view),
        informational=judged.kind == "informational",
        day_only=event.all_day,
        evidence=(view.proof(f"invitation.{event.method.casefold() or 'calendar'}", event.summary or view.title),),
    )


def _state(event: CalendarEvent, mine: str, view: View) -> MeetingState:
    if event.method == "CANCEL" or event.status == "CANCELLED":
        return MeetingState.CANCELLED
    if mine == "DECLINED":
        return MeetingState.DECLINED
    if event.method == "REPLY":
        return MeetingState.ACCEPTED
    if event.method == "COUNTER" or event.status == "TENTATIVE" or is_hold(event.summary, view):
        return MeetingState.PROPOSED
    return MeetingState.CONFIRMED


def is_hold(title: str, view: View) -> bool:
    """Does the title only keep a slot free ("[Hold] Interview")?"""
    hits = view.context.lexicon.hits("hold", title, view.languages)
    return _HOLD.match(title) is not None or any(hit.start <= 2 for hit in hits)


def _my_answer(event: CalendarEvent, view: View) -> str:
    """The user's PARTSTAT, "" where the user is no attendee."""
    me = view.context.me
    return next((guest.partstat or "NEEDS-ACTION" for guest in event.attendees if me.owns(guest.address)), "")


def _somebody(event: CalendarEvent, view: View) -> bool:
    return any(view.is_person(guest.address, guest.name) for guest in event.attendees if guest.address)


def people_of_event(event: CalendarEvent, view: View, namer: Namer) -> list[PersonMention]:
    """Who is in a calendar object: guests, the organizer, and those whom its title and text name."""
    guests = [mention for guest in event.attendees if (mention := _guest(guest, event, view, namer))]
    organizer = _organizer(event, view, namer)
    known = [
        *guests,
        *([organizer] if organizer and all(organizer.address != guest.address for guest in guests) else []),
    ]
    named = [*_named_in_title(event.summary, view, namer, known)]
    named += [
        mention
        for text in _texts(event, view)
        for mention in people_in(text, namer, starts=view.seats(text, view.times(text)))
    ]
    return attached(named, known)


def attached(named: Iterable[PersonMention], known: Iterable[PersonMention]) -> list[PersonMention]:
    """Known people with what was said of them by name, then those who were only named."""
    people = list(known)
    rest: list[PersonMention] = []
    for mention in named:
        fits = [index for index, person in enumerate(people) if _is_same(mention, person)]
        if len(fits) == 1:
            person = people[fits[0]]
            part = mention.part if mention.part is PersonPart.INTERVIEWER else person.part
            people[fits[0]] = replace(
                person,
                title=person.title or mention.title,
                kind=person.kind if person.title else mention.kind,
                part=part,
                named=True,
            )
        else:
            rest.append(mention)
    return merged([*people, *rest]) if len(people) < 2 else [*people, *merged(rest)]


def _is_same(mention: PersonMention, person: PersonMention) -> bool:
    if mention.address and person.address:
        return mention.address == person.address
    return same_person(mention.name, person.name) or same_person(person.name, mention.name)


def _guest(guest: Attendee, event: CalendarEvent, view: View, namer: Namer) -> PersonMention | None:
    address = address_from_text(guest.address)
    if guest.cutype in _ROOMS or (address is not None and view.context.me.owns(address)):
        return None
    if address is not None and not view.is_person(address, guest.name):
        return None
    name = person_name(guest.name, namer.words, shown=True)
    if not name and address is None:
        return None
    part = PersonPart.UNSURE if guest.role in ("NON-PARTICIPANT", "OPT-PARTICIPANT") else PersonPart.INTERVIEWER
    if event.organizer is not None and guest.address == event.organizer.address:
        part = PersonPart.UNSURE
    source = (
        "organizer"
        if part is PersonPart.UNSURE and event.organizer and guest.address == event.organizer.address
        else "attendee"
    )
    return PersonMention(name, address, part=part, source=source, declined=guest.partstat == "DECLINED")


def _organizer(event: CalendarEvent, view: View, namer: Namer) -> PersonMention | None:
    """The organizer, who may only have sent the invitation: unsure, whatever else is known."""
    if event.organizer is None:
        return None
    address = address_from_text(event.organizer.address)
    if address is None or not view.is_person(address, event.organizer.name):
        return None
    return PersonMention(
        person_name(event.organizer.name, namer.words, shown=True), address, part=PersonPart.UNSURE, source="organizer"
    )


def _named_in_title(title: str, view: View, namer: Namer, known: list[PersonMention]) -> Iterator[PersonMention]:
    """As in "Maya <> Isolde", "Interview with Bo Lind": a full name, or one that fits a guest, beside the user's own."""
    for piece in _BETWEEN.split(f" {title} "):
        for text in (piece, piece.rpartition(" with ")[2]):
            words = text.split("(")[0].strip(" []()")
            if any(same_person(words, person.name) for person in known if words and person.name):
                yield PersonMention(words, part=PersonPart.INTERVIEWER, source="title")
                break
    for category in ("meet_people", "meet_with"):
        for hit in view.context.lexicon.hits(category, title, view.languages):
            people = people_of_line(title[hit.end :], namer, source="body")
            yield from (one for one in people if one.title or not view.machine or namer.is_known(one.name))


def _texts(event: CalendarEvent, view: View) -> list[str]:
    """The texts that speak of this event: its own, and the mail's where it carries only one."""
    texts = [event.description]
    if view.message is not None and len(view.events) == 1 and view.body.text.strip() != event.description.strip():
        texts.append(view.body.text)
    return [text for text in texts if text]


def _sessions(event: CalendarEvent, meeting: Meeting, view: View, namer: Namer) -> Iterator[Meeting]:
    """The sittings inside the event that its text, or the mail's, lists: at least two, each with a time of its own."""
    for text in _texts(event, view):
        lines = [(mention, _line_behind(text, mention, view)) for mention in _within(_timed(text, event, view), event)]
        starts = {mention.start for mention, _ in lines}
        if len(starts) >= 2 and sum(1 for _, line in lines if line.strip()) >= 2:
            for number, (mention, line) in enumerate(lines):
                following = next(
                    (other.start for other, _ in lines[number + 1 :] if other.start > mention.start), event.end
                )
                present = tuple(_as_known(person, meeting.people) for person in people_of_line(line, namer))
                yield replace(
                    meeting,
                    start=mention.start,
                    end=mention.end or following,
                    people=present,
                    title=line.strip()[:120],
                    agenda=True,
                )
            return


def _timed(text: str, event: CalendarEvent, view: View) -> list[TimeMention]:
    """The moments a text names, on the event's own clock; times without a day are of the event's day."""
    zone = event.tzid if known_zone(event.tzid) and event.tzid != "UTC" else view.context.me.zone
    found = [mention for mention in view.times(text, zone) if not mention.day_only]
    if found:
        return found
    local = known_zone(zone)
    head = f"{event.start.astimezone(local):%Y-%m-%d}\n"
    return [
        replace(mention, span=(mention.span[0] - len(head), mention.span[1] - len(head)))
        for mention in view.times(head + text, zone)
        if not mention.day_only
    ]


def _within(mentions: Iterable[TimeMention], event: CalendarEvent) -> list[TimeMention]:
    first, last = event.start - _BESIDES, event.end
    return [mention for mention in mentions if first <= mention.start < last]


def _line_behind(text: str, mention: TimeMention, view: View) -> str:
    stop = view.seats(text, [mention])
    start = stop[0][1] if stop else mention.span[1]
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].lstrip(" )]:-–—|,")


def _as_known(person: PersonMention, known: Iterable[PersonMention]) -> PersonMention:
    """The known person that a name of the agenda means, with the agenda's title; else the name as it stands."""
    fits = [other for other in known if _is_same(person, other)]
    return replace(fits[0], title=fits[0].title or person.title, part=person.part) if len(fits) == 1 else person


def medium_of(view: View, text: str) -> str:
    """How they meet: "video", "phone", "onsite", or "" where nothing tells."""
    lexicon, languages = view.context.lexicon, view.languages
    if re.search(
        r"https?://[\w.-]{0,80}(?:zoom\.|meet\.google|teams\.|webex|whereby|gotomeet|bluejeans|chime\.aws)", text
    ):
        return "video"
    hits = {name: len(list(lexicon.hits(f"medium_{name}", text, languages))) for name in ("video", "phone", "onsite")}
    best = max(hits, key=lambda name: hits[name])
    return best if hits[best] else ""
