"""What a short answer agrees to, and what a message of the user's own is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailwatch.core.lexicon import Hit
from mailwatch.core.model import Direction, Evidence, Gratitude, Meeting, MessageKind
from mailwatch.core.reading.direction import Judged
from mailwatch.core.reading.sent import SentTraits
from mailwatch.core.reading.view import View
from mailwatch.core.reading.weighing import RULED, SILENT, Weighed, weighed

SHORT = 400
"""A reply of at most so many characters may lean on what it answers."""


def assents(view: View) -> bool:
    """Does the writer agree to something proposed before, in few words ("that works", "perfect, talk then")?"""
    if len(view.body.text) > SHORT or not (view.outgoing or (view.answers and not view.machine)):
        return False
    stated = [hit for hit in view.body.stated("assent") if view.outgoing or not _is_asked(view, hit)]
    return bool(stated) and not view.body.has("move", "cancel", "booking")


def _is_asked(view: View, hit: Hit) -> bool:
    sentence = view.body.sentence_at(hit.start)
    return sentence is not None and sentence.question


def outgoing_kind(
    view: View, judged: Judged, meetings: Sequence[Meeting], gratitude: Gratitude | None, traits: SentTraits
) -> Weighed:
    """The kind of a message that the user sent."""
    ruled, evidence = _ruled(view, meetings, gratitude, traits)
    if traits.withdraws or traits.declines:
        return Weighed(ruled, 1.0, evidence, ruled)  # said outright: no likeness outweighs it
    found = weighed(view, judged, ruled, evidence, SILENT if ruled is MessageKind.OTHER_SENT else RULED)
    if found.kind is MessageKind.THANK_YOU_SENT and _is_no_guest(view, judged):
        return replace(found, kind=MessageKind.OTHER_SENT)
    return found


def _is_no_guest(view: View, judged: Judged) -> bool:
    """Does the writer thank as a host, as the one who hires, or a colleague of the same firm?"""
    return view.whole.has("thanks.host") or view.internal or judged.direction is Direction.INTERVIEWER


def _ruled(
    view: View, meetings: Sequence[Meeting], gratitude: Gratitude | None, traits: SentTraits
) -> tuple[MessageKind, tuple[Evidence, ...]]:
    if traits.withdraws or traits.declines or any(meeting.user_declined for meeting in meetings):
        return MessageKind.DECLINE_SENT, ()
    if gratitude is not None and gratitude.cause == "conversation":
        return MessageKind.THANK_YOU_SENT, (view.proof("classify.gratitude", gratitude.words),)
    if traits.follow_up:
        return MessageKind.FOLLOW_UP_SENT, ()
    if traits.accepts_offer:
        return MessageKind.OTHER_SENT, ()
    arranged = traits.schedules or (assents(view) and view.answers) or any(not m.day_only for m in meetings)
    return (MessageKind.SCHEDULING_SENT if arranged else MessageKind.OTHER_SENT), ()
