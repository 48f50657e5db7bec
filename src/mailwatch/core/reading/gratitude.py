"""Thanks in the user's own mail: for a conversation, or only for a date, an invitation, a form?

Three of twenty-three thank-you notes do without the word: looking back on a talk ("I enjoyed our conversation") is
thanks as well. Whether the talk was the interview, and whether it was over, is decided where times and people are
known (core.casebook).
"""

from __future__ import annotations

from collections.abc import Iterator

from mailwatch.core.lexicon import QUOTE_LIMIT, Hit
from mailwatch.core.model import Gratitude, Message
from mailwatch.core.reading.context import ReadingContext
from mailwatch.core.reading.sent import BUSINESS, ELSEWHERE, SentTraits, is_elsewhere, sent_traits
from mailwatch.core.reading.sentences import Cues, clause_around, cues_in
from mailwatch.core.text import bare_subject

WORD, TALK, BACK, AHEAD = "thanks.word", "thanks.talk", "thanks.back", "thanks.ahead"
TALK_BEFORE = "thanks.talk_before"
"""What a talk is called in front of the thanks, in languages that put the object there."""
ANSWER, SUBJECT = "sent.answer", "thanks.subject"
_OBJECTS = ("thanks.invitation", "thanks.form", "thanks.scheduling")
_CATEGORIES = (
    WORD,
    TALK,
    TALK_BEFORE,
    BACK,
    AHEAD,
    *ELSEWHERE,
    ANSWER,
    "thanks.message",
    *_OBJECTS,
    "scope.joint",
    "scope.but",
)
_REACH = 90
"""How far behind the word of thanks its object may stand, in characters."""

CONVERSATION, SCHEDULING, UNCLEAR = "conversation", "scheduling", "unclear"


def gratitude_in(message: Message, context: ReadingContext) -> Gratitude | None:
    """What a message of the user's thanks for; None for incoming mail and where it thanks for nothing.

    sure: it thanks for a talk outright. Not sure: it answers something first and thanks in passing, or the thanks
    name no object, or only the subject does.
    """
    if not message.outgoing:
        return None
    cues = cues_in(message.new_text, _CATEGORIES, context.lexicon)
    traits = sent_traits(message, context)
    talk = next(_for_a_talk(cues), None)
    if talk:
        elsewhere = is_elsewhere(message, cues, context)
        return Gratitude(not _answers_first(cues, talk), CONVERSATION, talk.words, elsewhere=elsewhere)
    return _other_thanks(cues, traits) or _thanks_in_subject(message, cues, traits, context)


def _for_a_talk(cues: Cues) -> Iterator[Hit]:
    """Looking back on a talk, or a word of thanks whose object is one; not what is still ahead."""
    for index in range(len(cues.sentences)):
        yield from cues.hits(index, BACK)
        for word in cues.hits(index, WORD):
            talks = [talk for talk in cues.hits(index, TALK) if _is_object(cues, index, word, talk)]
            talks += [talk for talk in cues.hits(index, TALK_BEFORE) if 0 <= word.start - talk.end <= _REACH]
            for talk in talks:
                if not _is_ahead(cues, index, talk):
                    yield _thanks(cues, index, word, talk)


def _thanks(cues: Cues, index: int, word: Hit, talk: Hit) -> Hit:
    """The words from the thanks to their object, or the other way round."""
    sentence = cues.sentences[index]
    start, end = min(word.start, talk.start), max(word.end, talk.end)
    words = " ".join(sentence.text[start - sentence.start : end - sentence.start].split())
    return Hit(talk.category, talk.phrase, words[:QUOTE_LIMIT], start, end)


def _is_object(cues: Cues, index: int, word: Hit, talk: Hit) -> bool:
    """Is the talk what the thanks are for: behind them, close by, with nothing else thanked for in between?"""
    if not 0 <= talk.start - word.end <= _REACH:
        return False
    others = ("thanks.invitation", "thanks.form", BUSINESS, "scope.but")
    between = [hit for category in others for hit in cues.hits(index, category)]
    return not any(word.end <= other.start < talk.start or other.start == talk.start for other in between)


def _is_ahead(cues: Cues, index: int, talk: Hit) -> bool:
    begin, end = clause_around(cues.sentences[index], talk.start, talk.end, cues.hits(index, "scope.joint"))
    return any(begin <= mark.start <= talk.start and mark.start < end for mark in cues.hits(index, AHEAD))


def _answers_first(cues: Cues, talk: Hit) -> bool:
    answer = cues.first(ANSWER)
    return answer is not None and answer.start < talk.start


def _other_thanks(cues: Cues, traits: SentTraits) -> Gratitude | None:
    """Thanks for something else, or for nothing named: those of a mail that asks for news are mere politeness."""
    for index in range(len(cues.sentences)):
        for word in cues.hits(index, WORD):
            if any(other.start >= word.start for other in cues.hits(index, BUSINESS)) or traits.follow_up:
                return None
            cause = _cause(cues, index, word, traits)
            return Gratitude(sure=False, cause=cause, words=word.words)
    return None


def _cause(cues: Cues, index: int, word: Hit, traits: SentTraits) -> str:
    following = [
        (hit.start, category.removeprefix("thanks."))
        for category in (*_OBJECTS, "thanks.message")
        for hit in cues.hits(index, category)
        if hit.start >= word.start
    ]
    cause = min(following)[1] if following else UNCLEAR
    if cause in {"message", UNCLEAR}:
        return SCHEDULING if traits.schedules else UNCLEAR
    return cause


def _thanks_in_subject(message: Message, cues: Cues, traits: SentTraits, context: ReadingContext) -> Gratitude | None:
    """A new mail under "Great chat" or "Thank you for today" that looks ahead to nothing and asks for nothing."""
    subject = message.envelope.subject
    if message.envelope.in_reply_to is not None or bare_subject(subject) != subject.strip():
        return None
    hit = context.lexicon.first(SUBJECT, subject)
    if hit is None or any((traits.follow_up, traits.schedules, traits.withdraws, traits.declines, cues.first(AHEAD))):
        return None
    return Gratitude(sure=False, cause=CONVERSATION, words=hit.words)
