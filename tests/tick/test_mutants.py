"""What keeps a draft the user's is there for a reason: without each of these guards a test of custody fails.

Two more, the looks into the ledger and into the mailbox, are taken out in tests/tick/test_lives.py: whole lives miss them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import pytest

from mailwatch.core.model import Fingerprint
from mailwatch.tick.letters import best_found
from tests.tick import test_lives as lives
from tests.tick import test_saving as saving
from tests.tick.programs import PROGRAMS
from tests.tick.world import SmallWorld

THUNDERBIRD = PROGRAMS[0]


def never(*_: object, **__: object) -> bool:
    return False


def always(*_: object, **__: object) -> bool:
    return True


def nothing(*_: object, **__: object) -> None:
    return None


def only_its_own_mark(draft: Any, seen: Any, place: object) -> str:
    return "message-id" if seen.id == draft.message_id else ""


def as_if_the_ledger_were_whole(run: object, backend: Any, letter: object) -> object:
    return best_found(backend.find_draft(letter))


def lost_after_an_edit(world: SmallWorld) -> None:
    lives.test_a_draft_that_was_edited_and_deleted_stays_so_though_all_of_the_state_is_lost(
        THUNDERBIRD, SmallWorld, world.machine.folder.parent / "lost"
    )


def two_machines(world: SmallWorld) -> None:
    saving.test_two_machines_at_once_leave_one_draft(world, world.machine.folder.parent)


def sent_under_another_id(world: SmallWorld) -> None:
    saving.test_a_sent_draft_is_noticed(world, rewritten=True)


SAVE, OBSERVE, LETTERS = "mailwatch.tick.save", "mailwatch.tick.observe", "mailwatch.tick.letters"

MUTANTS: Mapping[str, tuple[Mapping[str, object], Callable[[SmallWorld], None]]] = {
    "nobody looks where the letter lies": (
        {f"{SAVE}._lying": nothing},
        saving.test_a_draft_begun_after_the_last_look_wins,
    ),
    "nobody looks again after saving": ({f"{SAVE}._first_copy": nothing}, two_machines),
    "nothing is pulled before saving": (
        {f"{SAVE}.pull": nothing},
        saving.test_a_letter_written_by_hand_during_the_tick_wins,
    ),
    "nobody asks whether saving is allowed": (
        {f"{SAVE}.may_save": always},
        saving.test_switched_off_between_the_plan_and_the_save_nothing_is_saved,
    ),
    "a young ledger is trusted": ({f"{SAVE}._lying": as_if_the_ledger_were_whole}, lost_after_an_edit),
    "gone is removed at once": (
        {f"{OBSERVE}._is_removed": always},
        saving.test_a_draft_taken_away_while_it_is_written_comes_back_as_edited,
    ),
    "gone is never removed": ({f"{OBSERVE}._is_removed": never}, saving.test_a_purged_draft_is_not_drafted_again),
    "an empty listing is believed": (
        {f"{OBSERVE}._believed": always},
        saving.test_all_drafts_gone_at_once_is_an_outage_at_first,
    ),
    "an attempt without an outcome is never settled": (
        {f"{OBSERVE}._settle": nothing},
        saving.test_a_retry_sends_the_bytes_of_the_first_attempt,
    ),
    "an edit is not seen": (
        {f"{OBSERVE}._look_at": nothing},
        saving.test_an_edited_draft_is_left_alone_for_ever,
    ),
    "every other byte is an edit": (
        {f"{LETTERS}.fingerprint_of": lambda raw: Fingerprint(raw.hex())},
        saving.test_a_draft_folded_otherwise_by_the_server_is_no_edit,
    ),
    "a letter is known by its id alone": (
        {"mailwatch.backends.memory.mail.evidence_for": only_its_own_mark},
        sent_under_another_id,
    ),
}


@pytest.mark.parametrize("taken_out", MUTANTS)
def test_without_this_guard_a_test_of_custody_fails(world: SmallWorld, taken_out: str) -> None:
    guards, witness = MUTANTS[taken_out]
    with ExitStack() as stack:
        for guard, mutant in guards.items():
            stack.enter_context(patch(guard, mutant))
        with pytest.raises((AssertionError, ValueError)):
            witness(world)


@pytest.mark.parametrize("witness", [lost_after_an_edit, two_machines, sent_under_another_id])
def test_with_every_guard_in_place_the_witnesses_are_content(
    world: SmallWorld, witness: Callable[[SmallWorld], None]
) -> None:
    witness(world)
