"""Short lives, told again and again: each time mailwatch is killed one step later, until it comes to the end by itself.

A step is a commit, a line of the log, or a call to the mailbox; the process ends before it and, the next time, after it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.tick.lives import Life

CALLS = ("changes", "fetch", "drafts", "find_draft", "read_draft", "discard_draft")
_NEEDS_A_DRAFT = frozenset(
    {"the_user_edits_a_draft", "the_user_deletes_a_draft", "the_user_sends_a_draft", "the_user_takes_a_draft_away_and_puts_it_back"}
)  # fmt: skip

Step = tuple[str, Mapping[str, Any]]
RUN: Step = ("run", {})
INTERVIEW: Step = ("an_interview_takes_place", {"ago": 2})


def later(hours: float) -> Step:
    return ("time_passes", {"hours": hours})


FIRST = (INTERVIEW, RUN, later(0.05))
LIVES: Mapping[str, Sequence[Step]] = {
    "one thank-you is due": (INTERVIEW, RUN),
    "two are due at once": (INTERVIEW, INTERVIEW, RUN, later(1), RUN),
    "one more is due later": (*FIRST, RUN, INTERVIEW, later(1), RUN),
    "it is edited": (*FIRST, ("the_user_edits_a_draft", {"choice": 0}), later(1), RUN),
    "it is sent as it is": (*FIRST, ("the_user_sends_a_draft", {"choice": 0, "edited": False}), later(25), RUN),
    "it is sent with changes": (*FIRST, ("the_user_sends_a_draft", {"choice": 0, "edited": True}), later(25), RUN),
    "it is thrown away": (*FIRST, ("the_user_deletes_a_draft", {"choice": 0}), later(1), RUN, later(25), RUN),
    "it is taken away and put back": (*FIRST, ("the_user_takes_a_draft_away_and_puts_it_back", {"choice": 0}), RUN),
    "the user is quicker": (INTERVIEW, ("the_user_writes_by_hand", {"choice": 0}), RUN),
    "the user writes by hand after it": (*FIRST, ("the_user_writes_by_hand", {"choice": 0}), later(1), RUN),
    "the answer was lost": (INTERVIEW, ("an_answer_is_lost", {}), later(0.05), RUN),
    "its bytes come late": (INTERVIEW, ("an_attempt_breaks_off_and_its_bytes_arrive_late", {}), later(0.05), RUN),
    "the mail was half read": (INTERVIEW, ("the_mail_is_half_read", {}), RUN),
    "Drafts is numbered anew": (*FIRST, ("a_folder_is_numbered_anew", {"folder": "Drafts"}), RUN),
    "the database is lost": (*FIRST, ("the_database_is_lost", {}), RUN),
    "everything is lost": (*FIRST, ("everything_is_lost", {}), RUN),
    "yesterday's copy is put back": (("a_copy_is_made", {}), *FIRST, ("the_copy_is_put_back", {}), RUN),
    "another machine looks too": (*FIRST, ("mailwatch_runs_on_another_machine", {}), RUN),
    "two machines save at once": (INTERVIEW, ("both_machines_save_at_once", {}), later(0.05), RUN),
    "the clock goes back": (*FIRST, ("the_clock_is_set_back", {"hours": 0.01}), RUN),
}  # fmt: skip


@dataclass(frozen=True)
class Walked:
    """How many lives were told, and in how many of them mailwatch was killed."""

    lives: int = 0
    stops: int = 0


def walk(new_life: Callable[[], Life], script: Sequence[Step], *, first: int = 0, every: int = 1) -> Walked:
    """Tell a life as often as one of its runs has a step to be killed at, or a share of that: every so many-th."""
    logging.getLogger("mailwatch").setLevel(logging.CRITICAL)
    walked, stop = Walked(), first
    for number in range(script.count(RUN)):
        while _told(new_life, script, number, stop):
            walked = Walked(walked.lives + 1, walked.stops + 1)
            stop += every
        walked = Walked(walked.lives + 1, walked.stops)
        stop %= every
    return walked


def _told(new_life: Callable[[], Life], script: Sequence[Step], number: int, stop: int) -> bool:
    """One telling: was the run of that number killed at that step?"""
    life, runs, killed = new_life(), 0, False
    try:
        _watch_calls(life)
        for name, named in script:
            if name == "run":
                life.fuse.left = stop if runs == number else None
                life.run(life.first)
                killed, life.fuse.left = killed or (runs == number and life.fuse.left is None), None
                runs += 1
            elif name not in _NEEDS_A_DRAFT or life.world.draft_refs():
                getattr(life, name)(**named)
            life.at_most_one_live_copy()
        life.calm_down()
        nobody_is_forgotten(life)
    finally:
        life.teardown()
    return killed


def _watch_calls(life: Life) -> None:
    """Every call to the mailbox is a step as well; saving is one already."""
    for name in CALLS:
        setattr(life.door, name, life.fuse.around(getattr(life.door, name)))


def nobody_is_forgotten(life: Life) -> None:
    """Whoever was met has a letter that the ledger or the mailbox knows of, or one that the user wrote."""
    known = {life.obligation_of(mark) for mark in life.known_to(life.first)}
    sent = b"".join(stored.raw for stored in life.world.mailbox.messages() if stored.folder == "Sent")
    for number in range(1, life.invited + 1):
        assert f"person {number}" in known or f"person{number}@".encode() in sent, f"nobody wrote to person {number}"
