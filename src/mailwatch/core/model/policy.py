"""The rules' numbers (RULES.md), all settable in the configuration. The defaults here are the documented ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Detection:
    """What the reader may know beyond its phrases; part of the reader version."""

    extra_words: tuple[str, ...] = ()
    ignore_senders: frozenset[str] = frozenset()
    ignore_domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """When letters are due, how long to wait, what is never done.

    Times are durations unless named *_bd (business days). `holidays` are extra days off, from the optional extra.
    """

    thank_you_after: timedelta = timedelta(minutes=90)
    thank_you_after_debrief: timedelta = timedelta(minutes=20)
    thank_you_within: timedelta = timedelta(hours=24)
    thank_you_latest: timedelta = timedelta(hours=48)
    thank_you_last: timedelta = timedelta(days=5)
    unsure_zone_wait: timedelta = timedelta(hours=14)
    followup_after_promise_bd: int = 3
    followup_without_promise: timedelta = timedelta(days=14)
    undated_delay: timedelta = timedelta(days=7)
    away_return_bd: int = 2
    away_cap_after_promise: timedelta = timedelta(days=6)
    away_cap_after_interview: timedelta = timedelta(days=21)
    max_followups: int = 2
    min_gap: timedelta = timedelta(days=14)
    quiet_gap: timedelta = timedelta(days=4)
    close_after: timedelta = timedelta(days=21)
    on_hold_line_after: timedelta = timedelta(days=30)
    first_run_thank_you: timedelta = timedelta(days=5)
    first_run_followup: timedelta = timedelta(days=30)
    informational_thanks: bool = False
    create_drafts: bool = True
    max_per_run: int = 10
    tone: str = "warm"
    paused_until: datetime | None = None
    muted: frozenset[str] = frozenset()
    holidays: frozenset[date] = frozenset()
    look_back: timedelta = timedelta(days=90)
    gone_is_removed_after: timedelta = timedelta(hours=24)
    settle: timedelta = timedelta(seconds=120)
    draft_account: str = ""
    detection: Detection = field(default_factory=Detection)
