"""What only the conversation can make a moment of: "two hours later", "half two instead", "the second one", "3 works".

The reading keeps such words as meetings without a start; the casebook, which knows what was said before, gives them one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from mailwatch.core.model import Meeting, MeetingState
from mailwatch.core.reading.agreements import is_called_off, stands_before
from mailwatch.core.reading.outgoing import SHORT
from mailwatch.core.reading.times import Hour, hours_in, moves_in
from mailwatch.core.reading.view import View

_LIMIT = 1_500
"""Characters of a text in which such words mean the meeting that the conversation is about."""
_CHOICES = (("pick_first", 1), ("pick_second", 2), ("pick_last", -1))


def relative_meetings(view: View) -> list[Meeting]:
    """The moves, hours and choices that a mail without a day and an hour states."""
    if not view.body.text.strip() or len(view.body.text) > _LIMIT or view.machine:
        return []
    shifted = list(_shifted(view))
    return shifted or [*_at_hours(view), *_chosen(view)]


def _shifted(view: View) -> Iterator[Meeting]:
    body = view.body
    found = moves_in(body.text, lexicon=view.context.lexicon, language=view.language)
    for shift in found:
        place = shift.span[0]
        said = shift.verb or body.beside(place, "move", "move_soft", "ask", "same_time") or _asks(view, place)
        if said and not body.doubtful(place):
            yield _meeting(view, _state(view, place), place, "agreements.shift", shift=shift.by)
            return


def _at_hours(view: View) -> Iterator[Meeting]:
    """Hours without a day: the new one of something that moves, one that is called off, or one that is agreed to."""
    body, context = view.body, view.context
    hours = hours_in(
        body.text, written=view.written, zone=context.me.zone, lexicon=context.lexicon, language=view.language
    )
    moving = body.has("move", "move_soft")
    old = [hour for hour in hours if moving and stands_before(view, "old_time", hour.span[0])]
    for hour in hours:
        place = hour.span[0]
        if is_called_off(view, hour.span):
            yield _meeting(view, MeetingState.CANCELLED, place, "agreements.cancelled", clock=hour.time)
        elif hour in old:
            continue
        elif moving and (old or body.beside(place, "move", "move_soft")):
            yield _meeting(
                view, _state(view, place), place, "agreements.hour",
                clock=hour.time, clock_before=old[0].time if old else None,
            )  # fmt: skip
        elif _agrees(view, hour):
            yield _meeting(view, MeetingState.ACCEPTED, place, "agreements.accepted", clock=hour.time)


def _agrees(view: View, hour: Hour) -> bool:
    """Does a short answer take an hour that was offered?"""
    if not (view.outgoing or view.answers) or len(view.body.text) > SHORT or _asks(view, hour.span[0]):
        return False
    return view.outgoing or view.body.beside(hour.span[0], "assent")


def _chosen(view: View) -> Iterator[Meeting]:
    """Which of the times offered the writer takes."""
    if len(view.body.text) > SHORT or not (view.outgoing or view.answers):
        return
    for category, number in _CHOICES:
        hit = view.body.first(category)
        if hit is not None and not _asks(view, hit.start):
            yield _meeting(view, MeetingState.ACCEPTED, hit.start, "agreements.choice", nth=number)
            return


def _state(view: View, place: int) -> MeetingState:
    if _asks(view, place) or view.body.beside(place, "ask"):
        return MeetingState.PROPOSED
    return MeetingState.ACCEPTED if view.outgoing else MeetingState.CONFIRMED


def _asks(view: View, place: int) -> bool:
    sentence = view.body.sentence_at(place)
    return sentence is not None and sentence.question


def _meeting(
    view: View,
    state: MeetingState,
    place: int,
    rule: str,
    *,
    shift: timedelta | None = None,
    clock: time | None = None,
    clock_before: time | None = None,
    nth: int = 0,
) -> Meeting:
    sentence = view.body.sentence_at(place)
    words = sentence.text if sentence is not None else view.title
    return Meeting(
        state, None, title=view.title, evidence=(view.proof(rule, words),),
        shift=shift, clock=clock, clock_before=clock_before, nth=nth,
    )  # fmt: skip
