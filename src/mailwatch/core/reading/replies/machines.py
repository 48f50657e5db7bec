"""Mail that nobody wrote: away notices, bounces, surveys, answers to invitations.

Headers come first (RFC 3834, RFC 3464); Exchange rules and small tools set none, so wording decides where they are
silent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Message
from mailwatch.core.reading.context import ReadingContext
from mailwatch.core.reading.promises import Timeframe, anchor_of, timeframes_in
from mailwatch.core.reading.sentences import Cues
from mailwatch.core.workdays import next_workday

AWAY = ("away.text", "away.back", "away.until", "away.inclusive", "away.gone")
"""The categories that `away_notice` needs among the cues."""

_SHORT = 900
"""An away notice is short; longer mail that says "on leave" was written by a person."""
_MAIL_SYSTEM = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|maildaemon)$")
_BESIDE = range(-8, 3)
"""From the end of "back on" to the day: both may share the "on"."""
_DAY = timedelta(days=1)


class Automatic(StrEnum):
    """What kind of machine wrote a message, if one did."""

    NO = ""
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    SURVEY = "survey"
    NOTICE = "notice"  # an answer to an invitation, a receipt
    LIST = "list"


@dataclass(frozen=True, slots=True)
class AwayNotice:
    """What an away notice says: when the person is back (None: not said), and whether they have left for good."""

    back: date | None = None
    gone: bool = False


def automatic_kind(message: Message, cues: Cues, lexicon: Lexicon, *, decisive: bool) -> Automatic:
    """What kind of machine wrote this, from its headers, its subject and its wording. Surveys are told elsewhere.

    Args:
        decisive: it refuses, offers or invites: then wording alone makes no away notice of it.
    """
    automation = message.envelope.automation
    sender = message.envelope.sender
    if automation.bounce or (sender and _MAIL_SYSTEM.match(sender.address.partition("@")[0])):
        return Automatic.BOUNCE
    if automation.auto_reply or (not decisive and _reads_like_an_away_notice(message, cues, lexicon)):
        return Automatic.AUTO_REPLY
    if automation.list_id:
        return Automatic.LIST
    return Automatic.NOTICE if _answers_an_invitation(message, lexicon) else Automatic.NO


def _reads_like_an_away_notice(message: Message, cues: Cues, lexicon: Lexicon) -> bool:
    subject = message.envelope.subject
    said = {hit.phrase for index in range(len(cues.sentences)) for hit in cues.hits(index, "away.text")}
    if lexicon.first("away.subject", subject):
        return bool(said) or cues.first("away.gone") is not None or len(message.new_text) < _SHORT
    return len(said) >= 2 and len(message.new_text) < _SHORT


def _answers_an_invitation(message: Message, lexicon: Lexicon) -> bool:
    if any(event.method in {"REPLY", "COUNTER", "DECLINECOUNTER"} for event in message.events):
        return True
    subject = message.envelope.subject.strip()
    hit = lexicon.first("reply.notice", subject)  # behind a "Re:" it is a person's answer to the notice
    return hit is not None and hit.start == 0 and subject[hit.end : hit.end + 2].lstrip().startswith((":", "："))


def away_notice(message: Message, text: str, cues: Cues, context: ReadingContext) -> AwayNotice:
    """What an away notice says about the return: "back on 5 October", "until 25.9. inclusive".

    Args:
        text: what `cues` were found in.
    """
    anchor = anchor_of(message, context.me.zone)
    languages = cues.languages(*AWAY)
    frames = timeframes_in(text, anchor=anchor, lexicon=context.lexicon, languages=languages)
    gone = cues.first("away.gone") is not None
    return AwayNotice(None if gone else _back(cues, frames), gone)


def _back(cues: Cues, frames: tuple[Timeframe, ...]) -> date | None:
    """The day named as the return; else the working day after the last one named as away."""
    returns: list[date] = []
    away: list[date] = []
    for index, sentence in enumerate(cues.sentences):
        inside = [frame for frame in frames if sentence.start <= frame.start < sentence.end]
        through = cues.hits(index, "away.inclusive") or len(inside) > 1  # "from … to …" names the last day away
        for frame in inside:
            if frame.by is None:
                continue
            if any(frame.start - hit.end in _BESIDE for hit in cues.hits(index, "away.back")):
                returns.append(frame.by)
            elif cues.hits(index, "away.until"):
                (away if through else returns).append(frame.by)
    if returns:
        return max(returns)
    return next_workday(max(away) + _DAY) if away else None
