"""Meeting times in running text: proposed, agreed, confirmed, moved, called off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from mailwatch.core.lexicon import Hit
from mailwatch.core.model import Meeting, MeetingState, PersonMention, TimeMention
from mailwatch.core.reading.direction import Judged
from mailwatch.core.reading.invitations import attached, medium_of
from mailwatch.core.reading.namer import Namer
from mailwatch.core.reading.people import LINE_HEAD, people_of_line
from mailwatch.core.reading.times.words import LETTER, any_of, compiled, time_words
from mailwatch.core.reading.view import View

MOVED = "agreements.moved"
"""The rule behind a time to which something moves."""
_SLACK = timedelta(minutes=5)
_AHEAD = timedelta(days=270)
_LONGEST = timedelta(hours=9)
_FROM_REACH = 28
_ENDS_A_SENTENCE = re.compile(r"[.?!\n]")
_FREE_FROM = timedelta(hours=5)
"""How long somebody is taken to be free who is so "from 3 on"."""


def meetings_from_text(view: View, judged: Judged, namer: Namer, people: Sequence[PersonMention]) -> list[Meeting]:
    """The meetings that a mail without calendar object states in words; days without a time among them only where moved or proposed."""
    mentions = coming(view)
    if not mentions:
        return []
    states = [_state(view, mention) for mention in mentions]
    if not view.outgoing and _are_a_choice(view, mentions):
        states = [MeetingState.PROPOSED if state is MeetingState.CONFIRMED else state for state in states]
    old = [mention.start for mention, state in zip(mentions, states, strict=True) if state is None]
    timed = [(mention, state) for mention, state in zip(mentions, states, strict=True) if state is not None]
    length = _length(view)
    meetings: list[Meeting] = []
    for mention, state in timed:
        meeting = Meeting(
            state=state,
            start=mention.start,
            end=_end(view, mention, state, length),
            zone=mention.zone,
            zone_state=mention.zone_state,
            previous_start=old[0] if old else None,
            title=view.title,
            medium=medium_of(view, view.body.text),
            people=tuple(people),
            assessed=view.whole.has("assessment") and not people,
            informational=judged.kind == "informational",
            day_only=mention.day_only,
            evidence=(view.proof(_rule(view, mention, state), _sentence(view, mention)),),
        )
        meetings.append(meeting)
    return _as_agenda(_without_twins(meetings), mentions, view, namer)


def _end(view: View, mention: TimeMention, state: MeetingState, length: timedelta | None) -> datetime | None:
    """When it ends; a free afternoon that is offered ("from 3 on") goes on for some hours, whatever the talk itself takes."""
    if mention.end or mention.day_only:
        return mention.end
    if state is MeetingState.PROPOSED and _begins_a_span(view, mention):
        return mention.start + _FREE_FROM
    return mention.start + length if length else None


def _begins_a_span(view: View, mention: TimeMention) -> bool:
    """Does a word for "from" stand with the hour ("ab 15 Uhr", "from 2 on")?"""
    if mention.span[0] < 0 or mention.hour_at < 0:
        return False
    hour = view.body.text[mention.hour_at : mention.hour_at + _FROM_REACH]
    languages = (view.context.lexicon.languages.get(code) for code in view.languages)
    since = [word for language in languages if language for word in time_words(language).lists.get("since", ())]
    return compiled(rf"{any_of(since)}(?!{LETTER})").match(hour) is not None


def _rule(view: View, mention: TimeMention, state: MeetingState) -> str:
    """What the evidence of a meeting is called: that it moves is worth more than what else is said of it."""
    moves = mention.span[0] >= 0 and view.body.beside(max(mention.span[0], mention.hour_at), "move", "move_soft")
    return MOVED if moves and state is not MeetingState.CANCELLED else f"agreements.{state.value}"


def coming(view: View) -> list[TimeMention]:
    """The moments that the title and the new text name from the day of writing on."""
    shifted = [mention for mention in view.stated_times() if _ahead(mention, view.written)]
    if view.answers and not view.machine:  # a reply's subject repeats what was said before
        shifted = [mention for mention in shifted if mention.span[0] >= 0]
    timed = [mention for mention in shifted if not mention.day_only]
    return timed or [mention for mention in shifted if mention.span[0] >= 0]


def _ahead(mention: TimeMention, written: datetime) -> bool:
    slack = timedelta(days=1) if mention.day_only else _SLACK
    return written - slack <= mention.start <= written + _AHEAD


def _state(view: View, mention: TimeMention) -> MeetingState | None:
    """What the text says of this moment; None: it is the old time of something that moved."""
    body, position = view.body, max(0, mention.span[0])
    if _is_old(view, mention):
        return None
    if is_called_off(view, mention.span):
        return MeetingState.CANCELLED
    sentence = body.sentence_at(position)
    asked = sentence is not None and sentence.question
    if view.outgoing:
        return _own_state(view, position, asked=asked)
    if asked or body.beside(position, "ask", "booking"):
        confirmed = not asked and body.beside(position, "confirm", "remind")
        return MeetingState.CONFIRMED if confirmed else MeetingState.PROPOSED
    if body.beside(position, "confirm", "remind") or mention.span[0] < 0:
        return MeetingState.CONFIRMED
    if body.beside(position, "assent"):
        return MeetingState.ACCEPTED if view.answers or not body.has("ask", "booking") else MeetingState.PROPOSED
    titled = any(hit.start < view.head for category in ("confirm", "remind") for hit in view.whole.stated(category))
    return MeetingState.PROPOSED if body.has("ask", "booking") and not titled else MeetingState.CONFIRMED


def _are_a_choice(view: View, mentions: Sequence[TimeMention]) -> bool:
    """Does "or", "otherwise" stand between two of the moments, or are they listed, one a line, below a question?"""
    body = view.body
    timed = [mention for mention in mentions if not mention.day_only and mention.span[0] >= 0]
    if _or_another_day(view, timed):
        return True
    gaps = [(one.span[1], other.span[0]) for one, other in pairwise(timed) if one.start != other.start]
    if any(begin <= hit.start and hit.end <= end for hit in body.all("alternative") for begin, end in gaps):
        return True
    listed = all("\n" in body.text[begin:end] for begin, end in gaps) and all(
        _heads_its_line(body.text, m) for m in timed
    )
    asked = (
        any(sentence.question and sentence.end <= timed[0].span[0] for sentence in body.sentences) if timed else False
    )
    return bool(gaps) and listed and asked


def _or_another_day(view: View, timed: Sequence[TimeMention]) -> bool:
    """Does its sentence go on with "or" and another day, after an hour ("Wednesday between 9 and 11, or Thursday after 2")?"""
    body = view.body
    hours = {mention.span for mention in timed}
    for one, other in pairwise(mention for mention in view.stated_times() if mention.span[0] >= 0):
        begin, end = one.span[1], other.span[0]
        if one.span not in hours or not other.day_only or not 0 < end - begin <= _FROM_REACH:
            continue
        if any(begin <= hit.start and hit.end <= end for hit in body.all("alternative")):
            return not _ENDS_A_SENTENCE.search(body.text[begin:end])
    return False


def _heads_its_line(text: str, mention: TimeMention) -> bool:
    return LINE_HEAD.fullmatch(text[text.rfind("\n", 0, mention.span[0]) + 1 : mention.span[0]]) is not None


def _own_state(view: View, position: int, *, asked: bool) -> MeetingState:
    """What the user's own words say of a time: proposals are questions or lists of free slots."""
    body = view.body
    if asked and not body.beside(position, "assent"):
        return MeetingState.PROPOSED
    several = len({mention.start for mention in coming(view)}) > 1
    if several and not body.beside(position, "assent"):
        return MeetingState.PROPOSED
    return MeetingState.ACCEPTED


def is_called_off(view: View, span: tuple[int, int]) -> bool:
    """Is what the text names there called off, by its own clause or by a sentence in which nothing stays or moves?"""
    body, position = view.body, max(0, span[0])
    if not body.beside(position, "cancel"):
        return False
    begin, end = body.clause_of(span)
    called = _within(body.stated("cancel"), begin, end)
    if called or body.beside(position, "stands"):
        return called and not _within((*body.stated("move"), *body.stated("move_soft")), begin, end)
    return not body.has("move", "move_soft")


def _within(hits: Iterable[Hit], begin: int, end: int) -> bool:
    return any(begin <= hit.start < end for hit in hits)


def _is_old(view: View, mention: TimeMention) -> bool:
    """Does "from", "instead of", "originally" stand right before it, or before its hour ("tomorrow at 4 instead of 2")?"""
    if mention.span[0] < 0 or not view.body.has("move", "move_soft"):
        return False
    return any(stands_before(view, "old_time", place) for place in (mention.span[0], mention.hour_at) if place >= 0)


def stands_before(view: View, category: str, position: int) -> bool:
    """Does a phrase of this category stand right before `position` in the new text?"""
    before = view.body.text[max(0, position - _FROM_REACH) : position]
    hits = view.context.lexicon.hits(category, before, view.languages)
    return any(hit.end >= len(before.rstrip()) - 12 for hit in hits)


def _sentence(view: View, mention: TimeMention) -> str:
    sentence = view.body.sentence_at(max(0, mention.span[0])) if mention.span[0] >= 0 else None
    return sentence.text if sentence is not None and len(sentence.text) <= 160 else mention.words


def _length(view: View) -> timedelta | None:
    """A length that the text states once: "45 minutes", "an hour", "1.5 hours"."""
    found: set[timedelta] = set()
    for code in view.languages:
        language = view.context.lexicon.languages.get(code)
        if language is None:
            continue
        words = time_words(language)
        for unit, size in (("minutes", 1), ("hours", 60)):
            for match in compiled(rf"(?<![\w.,])(\d{{1,3}})[- ]?{words.words(unit)}(?!{LETTER})").finditer(
                view.body.text
            ):
                found.add(timedelta(minutes=int(match.group(1)) * size))
    lengths = [length for length in found if timedelta(minutes=10) <= length <= _LONGEST]
    return lengths[0] if len(lengths) == 1 else None


def _without_twins(meetings: Iterable[Meeting]) -> list[Meeting]:
    """One meeting a moment: the firmest word about it counts, the stated zone is kept."""
    rank = [MeetingState.CANCELLED, MeetingState.ACCEPTED, MeetingState.CONFIRMED, MeetingState.PROPOSED]
    kept: dict[datetime | None, Meeting] = {}
    for meeting in meetings:
        other = kept.get(meeting.start)
        if other is None or rank.index(meeting.state) < rank.index(other.state):
            kept[meeting.start] = meeting
    return list(kept.values())


def _as_agenda(meetings: list[Meeting], mentions: Sequence[TimeMention], view: View, namer: Namer) -> list[Meeting]:
    """Several confirmed times of one day on lines of their own are the sessions of one round, each with its people."""
    text = view.body.text
    lines = {mention.start: _line_behind(text, mention, view) for mention in mentions if mention.span[0] >= 0}
    seated = {start: people_of_line(line, namer) for start, line in lines.items()}
    confirmed = [m for m in meetings if m.state is MeetingState.CONFIRMED and m.start in lines and not m.day_only]
    days = {m.start.astimezone(view.written.tzinfo).date() for m in confirmed if m.start}
    if len(confirmed) < 2 or len(days) > 3 or sum(bool(seated[m.start]) for m in confirmed if m.start) < 2:
        return [_with_line(meeting, seated) if len(meetings) == 1 else meeting for meeting in meetings]
    return [_as_session(meeting, seated, lines) if meeting in confirmed else meeting for meeting in meetings]


def _as_session(meeting: Meeting, seated: dict[datetime, list[PersonMention]], lines: dict[datetime, str]) -> Meeting:
    people = seated[meeting.start] if meeting.start else []
    title = lines[meeting.start].strip()[:120] if meeting.start and people else meeting.title
    return replace(meeting, agenda=True, people=tuple(people), title=title)


def _with_line(meeting: Meeting, seated: dict[datetime, list[PersonMention]]) -> Meeting:
    people = seated.get(meeting.start, []) if meeting.start else []
    return replace(meeting, people=tuple(attached(people, meeting.people))) if people else meeting


def _line_behind(text: str, mention: TimeMention, view: View) -> str:
    """What follows a time that begins its line, zone aside."""
    seats = view.seats(text, [mention])
    head = text[text.rfind("\n", 0, max(0, mention.span[0])) + 1 : mention.span[0]]
    if not seats or not LINE_HEAD.fullmatch(head):
        return ""
    end = text.find("\n", seats[0][1])
    return text[seats[0][1] : end if end >= 0 else len(text)].lstrip(" )]:-–—|,")
