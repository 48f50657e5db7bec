"""What the program makes of one hostile file, in this process: the records that a run would work with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache

from mailwatch.core.compose import Letters
from mailwatch.core.model import (
    AccountCoverage,
    Coverage,
    Draft,
    Facts,
    Mail,
    Message,
    Place,
    Policy,
    Reach,
    Reading,
    SpecialUse,
)
from mailwatch.core.plan import plan
from mailwatch.core.reading import read
from mailwatch.letters import load_letters
from tests.fuzz.targets import ME, MINE, REF, context

AFTER = datetime(2026, 11, 25, 9, tzinfo=UTC)
"""A day after the meeting that most of the mails speak of."""
_REACH = Reach(AFTER - timedelta(days=90), AFTER)


def read_mail(message: Message) -> Reading:
    """What it says. Mails that differ in nothing that is read are read once."""
    return _read(replace(message, envelope=replace(message.envelope, size=None)))


@lru_cache(maxsize=2_000)
def _read(message: Message) -> Reading:
    return read(message, context())


@cache
def _letters() -> Letters:
    return load_letters()


def letters_for(message: Message, reading: Reading) -> tuple[Draft, ...]:
    """The letters that are due a day after the interview, if this mail is all there is."""
    place = Place(MINE, SpecialUse.INBOX, REF)
    mail = Mail(message.envelope, (place,), reading=reading)
    coverage = Coverage((AccountCoverage(MINE, _REACH, _REACH),))
    return plan(Facts(ME, (mail,)), coverage, AFTER, Policy(), context().lexicon, _letters()).drafts
