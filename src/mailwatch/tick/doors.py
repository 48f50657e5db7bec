"""What a tick works on: the open accounts and calendars, and what it is told about the user, the rules and the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from mailwatch.accounts import OpenAccount, OpenCalendar
from mailwatch.core.compose import Letters
from mailwatch.core.lexicon import Lexicon
from mailwatch.core.model import Coverage, Draft, DraftKey, Facts, Me, Plan, Policy
from mailwatch.sandbox import Parser
from mailwatch.tick.planning import Watched
from mailwatch.tick.progress import Watcher

PlanFunction = Callable[[Facts, Coverage, datetime, Policy, Lexicon, Letters], Plan]


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything outside: accounts, calendars, and the parser for what they hand over."""

    accounts: tuple[OpenAccount, ...]
    parser: Parser
    calendars: tuple[OpenCalendar, ...] = ()


@dataclass(frozen=True, slots=True)
class TickSettings:
    """What a tick is told.

    first_run: what happens to the letters that the first look at an account proposes when nobody can be asked.
    keep_days: how long the text of mail is kept.
    watched: all accounts of the configuration; empty: the ones that are open. An account left out of this tick still
        has to be read before a draft may rest on an absence.
    letters_stamp: of the user's own letters, as they were when these were loaded.
    """

    me: Me
    policy: Policy
    lexicon: Lexicon
    letters: Letters
    first_run: Literal["ask", "save", "thank-yous"] = "ask"
    keep_days: int = 180
    watched: tuple[Watched, ...] = ()
    letters_stamp: str = ""


class Choice(StrEnum):
    """The user's word about a letter that a first look proposes."""

    SAVE = "save"
    SKIP = "skip"  # this letter is settled
    OVER = "over"  # the whole process is
    LATER = "later"  # ask again


Chooser = Callable[[Plan, tuple[Draft, ...]], Mapping[DraftKey, Choice]]
"""Shows the plan of a first look and asks about each proposed letter."""


@dataclass(frozen=True, slots=True)
class World:
    """What a tick may not read by itself: the clock, sleep, somebody to ask, and somebody who watches."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    choose: Chooser | None = field(default=None)
    watch: Watcher | None = field(default=None)
