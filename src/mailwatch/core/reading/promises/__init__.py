"""Promises: when an employer says that it will decide, or write again (RULES §6).

Three questions, in this order: which timeframes does the text name (timeframes.py), which day does each mean
(resolve.py), and is it the employer's word about its decision, or something else with a date (statements.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Message, Promise
from mailwatch.core.reading.context import ReadingContext
from mailwatch.core.reading.promises.anchor import Anchor, anchor_at, anchor_of
from mailwatch.core.reading.promises.statements import promise_stated
from mailwatch.core.reading.promises.timeframes import Timeframe, timeframes_in

__all__ = [
    "Anchor", "Timeframe", "anchor_at", "anchor_of", "promise_date", "promise_in", "promise_in_text",
    "timeframes_in",
]  # fmt: skip


def promise_in(message: Message, context: ReadingContext) -> Promise | None:
    """When the sender says that the decision, or the next word, will come; None for mail of the user's own.

    Only new text counts. `by` is a date on the sender's calendar.
    """
    anchor = anchor_of(message, context.me.zone)
    if message.outgoing or anchor is None:
        return None
    return promise_stated(message.new_text, anchor, context.lexicon)


def promise_in_text(text: str, *, written: datetime, zone: str, lexicon: Lexicon) -> Promise | None:
    """The same for words that are no mail's new text: an invitation's description, a note.

    Args:
        written: when it was written, aware. zone: IANA name of the writer's zone.
    """
    return promise_stated(text, anchor_at(written, zone), lexicon)


def promise_date(
    text: str, *, written: datetime, zone: str, lexicon: Lexicon, languages: Sequence[str] | None = None
) -> date | None:
    """The day that a bare timeframe means ("end of next week", "KW 17"): the latest one that `text` names, or None.

    Args:
        written: when it was said, aware. zone: IANA name of the speaker's zone.
        languages: codes, the likeliest first; all of them unless given.
    """
    frames = timeframes_in(text, anchor=anchor_at(written, zone), lexicon=lexicon, languages=languages)
    return max((frame.by for frame in frames if frame.by), default=None)
