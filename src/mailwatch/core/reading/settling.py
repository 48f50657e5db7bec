"""Kind and side of a mail made to agree: what the words say, what likeness says, and which of them holds where they differ."""

from __future__ import annotations

from mailwatch.core.model import Direction, Evidence, Gratitude, MessageKind, ReplyKind
from mailwatch.core.reading.direction import EMPLOYERS_TOO, Judged, beside_interview
from mailwatch.core.reading.gratitude import CONVERSATION
from mailwatch.core.reading.scoring import features_of
from mailwatch.core.reading.view import View
from mailwatch.core.reading.weighing import AGAINST, ARRANGES, LIKELY, REPLIES, SURE, UNREAD, Weighed
from mailwatch.core.text import columns

DOUBTED = "direction.doubted"
"""The rule behind a mail that speaks to a candidate, and may well be about something else: it founds no process."""
_A_LINE = 160
"""So many columns hold a thank-you for a thank-you."""
_UNDERSTOOD = ARRANGES | {MessageKind.ASSESSMENT, MessageKind.APPLICATION_ACK}
_CERTAIN = 0.97
_OUTCOME = 0.75
"""How likely a refusal or an offer has to be that is hardly more than its kind."""
_PLAIN, _EVEN = 0.34, 0.45
"""How much an entry has to look like an interview: one that speaks of a job, any."""
_PLAINLY = 4.0
"""So strongly do words of another kind speak only where it is one."""
_OF_A_JOB, _PERHAPS_OF_A_JOB = 2.0, 1.0
"""How much of a text has to be about a job of the reader's."""
_ADVERTISES = frozenset({MessageKind.COLD_OUTREACH, MessageKind.JOB_ALERT})
_SIDES = {
    **dict.fromkeys(ARRANGES, Direction.CANDIDATE),
    MessageKind.INTERVIEWER_SIDE: Direction.INTERVIEWER,
    MessageKind.INTERVIEW_OTHER: Direction.OTHER,
}


def settled(found: Weighed, view: View, judged: Judged) -> tuple[MessageKind, Direction]:
    """The kind and the side. A sure kind tells the side where words are silent; a veto of the words stands."""
    kind, direction, meant = found.kind, judged.direction, _SIDES.get(found.kind)
    if direction is Direction.CANDIDATE:
        return _of_a_candidate(found, view, judged)
    if meant is Direction.CANDIDATE and direction is Direction.OTHER:
        return MessageKind.INTERVIEW_OTHER, direction
    if meant is Direction.CANDIDATE and direction is Direction.INTERVIEWER and found.chance < SURE:
        return MessageKind.INTERVIEWER_SIDE, direction
    if direction is Direction.UNKNOWN and meant is Direction.CANDIDATE and _of_another_kind(view, judged):
        return kind, direction
    need = LIKELY if direction is Direction.UNKNOWN and not _doubtful(view, judged) else SURE
    return kind, meant if meant is not None and found.chance >= need else direction


def doubts(view: View, judged: Judged, kind: MessageKind, direction: Direction) -> tuple[Evidence, ...]:
    """That it looks like one that arranges an interview, while its words, or their likeness, speak of something else."""
    against = judged.direction is Direction.CANDIDATE or _of_another_kind(view, judged)
    unsure = kind in ARRANGES and direction is Direction.UNKNOWN and against
    return (view.proof(DOUBTED, view.title),) if unsure else ()


def _of_a_candidate(found: Weighed, view: View, judged: Judged) -> tuple[MessageKind, Direction]:
    """The words speak to a candidate: that holds where they are about a job; elsewhere likeness may speak against it."""
    kind, meant = found.kind, _SIDES.get(found.kind)
    if _firm(view, judged) and found.against < _CERTAIN:
        mistaken = kind in AGAINST - _ADVERTISES and found.ruled in ARRANGES
        return (found.ruled if mistaken else kind), Direction.CANDIDATE
    if kind in AGAINST:
        if meant is not None:
            return kind, meant if found.against >= SURE else Direction.UNKNOWN
        return kind, Direction.UNKNOWN if found.against >= LIKELY else Direction.CANDIDATE
    alone = found.ruled not in ARRANGES or (view.home and judged.voices.job < _PERHAPS_OF_A_JOB)
    unsure = kind in ARRANGES and alone and _doubtful(view, judged)
    return kind, Direction.UNKNOWN if unsure else Direction.CANDIDATE


def _firm(view: View, judged: Judged) -> bool:
    """Do the words speak of a job, and of no other kind of meeting?"""
    voices = judged.voices
    named = view.whole.has("job") or voices.role or voices.job_besides >= _OF_A_JOB
    return voices.job >= _OF_A_JOB and bool(named) and not _of_another_kind(view, judged)


def _doubtful(view: View, judged: Judged) -> bool:
    return _of_another_kind(view, judged) or judged.voices.job < _PERHAPS_OF_A_JOB


def _of_another_kind(view: View, judged: Judged) -> bool:
    """Do words of another kind of meeting stand in it, other than those of an employer's own trade?"""
    voices, kind = judged.voices, judged.voices.kind
    trade = kind in EMPLOYERS_TOO and voices.job_besides >= _OF_A_JOB and voices.kind_weight < _PLAINLY
    trade = trade and not beside_interview(view, kind)
    return bool(kind) and not trade


def entry_settled(view: View, kind: MessageKind, judged: Judged) -> tuple[MessageKind, Direction]:
    """A calendar entry that hardly looks like an interview says nothing by itself; other facts may still make it one."""
    weights, direction = view.context.lexicon.incoming, judged.direction
    if not weights.kinds or direction in {Direction.OTHER, Direction.INTERVIEWER}:
        return kind, direction
    chances = weights.chances(features_of(view, judged))
    arranged = sum(chances.get(one.value, 0.0) for one in ARRANGES)
    need = _PLAIN if judged.voices.job >= _PERHAPS_OF_A_JOB else _EVEN
    return (kind, direction) if arranged >= need else (MessageKind.OTHER, Direction.UNKNOWN)


def reply_of(found: Weighed, reply: ReplyKind) -> ReplyKind:
    """What it means as an answer, where the words that the rules know say nothing."""
    if reply is ReplyKind.TIMELINE_UPDATE and found.kind is MessageKind.OFFER and found.chance >= SURE:
        return ReplyKind.OFFER  # "take a few days to think" is the user's time, not theirs
    if reply is not ReplyKind.NEUTRAL or found.answer is not ReplyKind.NEUTRAL:
        return reply if reply is not ReplyKind.NEUTRAL else found.answer
    meant = REPLIES.get(found.kind)
    need = _OUTCOME if meant in {ReplyKind.REJECTION, ReplyKind.OFFER} else LIKELY
    return meant if meant is not None and found.chance >= need else reply


def unread(view: View, kind: MessageKind, reply: ReplyKind, *, acknowledged: bool) -> tuple[Evidence, ...]:
    """That a person has written more than a line of thanks, and nothing of it was understood."""
    told = kind in _UNDERSTOOD or reply is not ReplyKind.NEUTRAL or acknowledged or view.bulk
    return () if told or columns(view.body.text) <= _A_LINE else (view.proof(UNREAD, view.body.text),)


def gratitude_of(found: Weighed, gratitude: Gratitude | None) -> Gratitude | None:
    """What the user thanks for, where no word of thanks stands in the mail."""
    if found.kind is MessageKind.THANK_YOU_SENT and found.chance >= LIKELY:
        if gratitude is None or gratitude.cause != CONVERSATION:
            words = found.evidence[0].words if found.evidence else ""
            return Gratitude(found.chance >= SURE, CONVERSATION, words)
    elif gratitude is not None and gratitude.cause == CONVERSATION and not gratitude.sure and found.chance >= SURE:
        return None
    return gratitude
