from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailwatch.backends.base import Found
from mailwatch.core.model import Draft, Policy
from mailwatch.errors import DraftRefused
from mailwatch.sandbox import Unreadable
from tests.tick.doubles import MINE, PlainParser, SmallCore, mail, person
from tests.tick.world import Machine, SmallWorld

DAY = timedelta(days=1)


def after_interviews(world: SmallWorld, count: int = 1) -> None:
    for number in range(1, count + 1):
        world.invite(number)
    world.pass_time(hours=2)


def test_a_due_letter_is_saved_once_and_only_once(world: SmallWorld) -> None:
    after_interviews(world)
    report = world.tick()
    assert [saved.recipient for saved in report.saved] == [person(1)]
    assert report.exit_code == 0
    assert report.plan is not None
    assert report.plan.drafts == ()
    for _ in range(3):
        world.pass_time(minutes=15)
        assert world.tick().saved == ()
    assert len(world.drafts()) == 1
    assert world.states() == ["saved"]


def test_nothing_is_saved_before_it_is_due(world: SmallWorld) -> None:
    world.invite(1)
    report = world.tick()
    assert report.saved == ()
    assert report.plan is not None
    assert report.plan.next_change == world.now + timedelta(minutes=90)


def test_ten_runs_with_the_database_deleted_in_between_make_one_draft_each(world: SmallWorld) -> None:
    after_interviews(world, 3)
    for turn in range(10):
        world.tick()
        if turn % 2:
            world.machine.lose_everything()
        else:
            world.machine.lose_database()
        world.pass_time(minutes=15)
    world.tick()
    assert len(world.drafts()) == 3
    assert world.states() == ["saved"] * 3


@pytest.mark.parametrize("lost", ["nothing", "database", "everything"])
def test_a_deleted_draft_is_not_drafted_again(world: SmallWorld, lost: str) -> None:
    after_interviews(world)
    world.tick()
    world.mailbox.user_deletes(world.draft_refs()[0])
    if lost == "database":
        world.machine.lose_database()
    if lost == "everything":
        world.machine.lose_everything()
    for _ in range(12):
        world.pass_time(hours=6)
        assert world.tick().saved == ()
    assert world.drafts() == []
    assert world.states() == ["removed"]


def test_a_purged_draft_is_not_drafted_again(world: SmallWorld) -> None:
    after_interviews(world)
    world.tick()
    world.mailbox.purge(world.draft_refs()[0])
    world.pass_time(minutes=15)
    world.tick()
    assert world.states() == ["gone"], "it may be open in a program that takes drafts away"
    world.machine.lose_database()
    for _ in range(5):
        world.pass_time(hours=6)
        world.tick()
    assert world.states() == ["removed"]
    assert world.drafts() == []


def test_a_draft_taken_away_while_it_is_written_comes_back_as_edited(world: SmallWorld) -> None:
    after_interviews(world)
    world.tick()
    raw = world.mailbox.user_takes_draft(world.draft_refs()[0])
    world.pass_time(hours=1)
    world.tick()
    assert world.states() == ["gone"]
    edited = raw.replace(b"your time", b"your time and the tea")
    world.mailbox.user_begins_draft(edited)
    world.pass_time(minutes=15)
    world.tick()
    assert world.states() == ["edited"]
    assert world.drafts() == [edited]


def test_a_draft_that_comes_back_from_the_trash_is_known_again(world: SmallWorld) -> None:
    after_interviews(world)
    world.tick()
    trashed = world.mailbox.user_deletes(world.draft_refs()[0])
    world.pass_time(hours=1)
    world.tick()
    world.pass_time(hours=25)
    world.tick()
    assert world.states() == ["removed"]
    world.mailbox.user_moves(trashed, "Drafts")
    world.pass_time(hours=1)
    world.tick()
    assert world.states() == ["saved"]


def test_an_edited_draft_is_left_alone_for_ever(world: SmallWorld) -> None:
    after_interviews(world)
    world.tick()
    ref = world.draft_refs()[0]
    edited = world.drafts()[0].replace(b"Thank you for your time.", b"Thank you, Rita. Let us talk about the tea.")
    world.mailbox.user_edits_draft(ref, edited)
    for _ in range(4):
        world.pass_time(hours=8)
        world.tick()
    assert world.drafts() == [edited]
    assert world.states() == ["edited"]


def test_a_draft_folded_otherwise_by_the_server_is_no_edit(world: SmallWorld) -> None:
    after_interviews(world)
    world.tick()
    folded = world.drafts()[0].replace(b"Subject: Thank you (", b"Subject: Thank you\r\n (")
    world.mailbox.user_edits_draft(world.draft_refs()[0], folded)
    world.pass_time(hours=1)
    world.tick()
    assert world.states() == ["saved"]


@pytest.mark.parametrize("rewritten", [False, True])
def test_a_sent_draft_is_noticed(world: SmallWorld, rewritten: bool) -> None:
    after_interviews(world)
    world.tick()
    world.pass_time(hours=3)
    raw = world.drafts()[0]
    if rewritten:  # another Message-ID, as some programs give when they send
        raw = raw.replace(b"Message-ID: <", b"Message-ID: <other-")
        raw = raw.replace(b"09:", b"12:").replace(b"11:0", b"14:0")
    world.mailbox.user_sends_draft(world.draft_refs()[0], world.now, raw)
    world.pass_time(minutes=15)
    report = world.tick()
    assert world.states() == ["sent"]
    assert [noticed.state.value for noticed in report.noticed] == ["sent"]
    assert world.rows()[0].sent_at is not None


def test_a_letter_by_hand_counts(world: SmallWorld) -> None:
    after_interviews(world)
    world.write_by_hand(1)
    assert world.tick().saved == ()


def test_a_draft_begun_by_the_user_counts(world: SmallWorld) -> None:
    after_interviews(world)
    world.mailbox.user_begins_draft(mail(MINE, person(1), "Hello", "Dear", world.now))
    assert world.tick().saved == ()
    assert len(world.drafts()) == 1


def test_a_letter_written_by_hand_during_the_tick_wins(world: SmallWorld) -> None:
    after_interviews(world)
    plan = world.plan

    def and_then_the_user_writes(*facts: object) -> object:
        found = plan(*facts)  # type: ignore[arg-type]
        world.write_by_hand(1)
        return found

    world.plan = and_then_the_user_writes  # type: ignore[assignment]
    assert world.tick().saved == ()
    assert world.drafts() == []
    assert world.states() == []


def test_a_draft_begun_after_the_last_look_wins(world: SmallWorld) -> None:
    after_interviews(world)
    own = mail(MINE, person(1), f"Thank you ({person(1)})", "My own words", world.now)
    find = type(world.accounts[0].backend).find_draft

    def begun_meanwhile(backend: object, draft: object) -> object:
        if not world.drafts():
            world.mailbox.user_begins_draft(own)
        return find(backend, draft)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(world.accounts[0].backend), "find_draft", begun_meanwhile)
        report = world.tick()
    assert world.drafts() == [own]
    assert report.waiting == ("A draft to that person is there already, so none of mailwatch's was saved.",)
    world.mailbox.purge(world.draft_refs()[0])
    world.pass_time(minutes=15)
    assert len(world.tick().saved) == 1, "the user has thought better of it"


@pytest.mark.parametrize("off", ["create", "paused", "paused by word"])
def test_switched_off_or_paused_nothing_is_saved(world: SmallWorld, off: str) -> None:
    after_interviews(world)
    if off == "create":
        world.settings = replace(world.settings, policy=Policy(create_drafts=False))
    elif off == "paused":
        world.settings = replace(world.settings, policy=Policy(paused_until=world.now + DAY))
    else:
        world.machine.open(world.now).words.pause(world.now + DAY)
    world.tick()
    assert world.drafts() == []
    if off != "create":
        world.pass_time(days=1)
        assert len(world.tick().saved) == 1


def test_switched_off_between_the_plan_and_the_save_nothing_is_saved(world: SmallWorld) -> None:
    after_interviews(world)
    plan = world.plan
    world.plan = lambda *facts: plan(*facts[:3], Policy(), *facts[4:])  # a core that forgets to look
    world.settings = replace(world.settings, policy=Policy(create_drafts=False))
    report = world.tick()
    assert report.waiting == ("Saving drafts is switched off ([drafts] create = false).",)
    world.settings = replace(world.settings, policy=Policy(paused_until=world.now + DAY))
    assert world.tick().waiting == ("mailwatch is paused.",)
    assert world.drafts() == []


def test_a_draft_that_is_refused_is_tried_again_at_the_next_run(world: SmallWorld) -> None:
    after_interviews(world)
    full = DraftRefused("home", "The mailbox of home is full.", next_step="make room in the mailbox")
    world.mailbox.faults.fail_next("save_draft", full)
    report = world.tick()
    assert [(problem.kind, problem.message) for problem in report.problems] == [
        ("drafts", "The mailbox of home is full.")
    ]
    assert (report.exit_code, report.saved, "refused" in report.waiting[0]) == (5, (), True)
    assert len(world.tick().saved) == 1, "there is nothing to wait for"


def test_a_lost_answer_is_settled_by_looking_and_not_by_saving_again(world: SmallWorld) -> None:
    after_interviews(world)
    world.mailbox.faults.lose_reply("save_draft")
    report = world.tick()
    assert report.exit_code == 5
    assert "the answer was lost" in report.waiting[0]
    assert world.states() == ["intended"]
    world.pass_time(seconds=30)
    world.tick()
    assert world.states() == ["saved"], "the listing shows it"
    assert len(world.drafts()) == 1


@pytest.mark.parametrize(("settle", "drafts"), [(120, 1), (0, 2)])
def test_bytes_that_arrive_late_do_not_make_a_second_draft(world: SmallWorld, settle: int, drafts: int) -> None:
    """The second case shows what the time to settle is for."""
    world.settings = replace(world.settings, policy=Policy(settle=timedelta(seconds=settle)))
    after_interviews(world)
    world.mailbox.faults.fail_next("save_draft")
    world.tick()
    late = world.rows()[0].raw
    world.pass_time(seconds=60)
    report = world.tick()
    if settle:
        assert report.waiting == (
            "The last attempt to save a draft has no known outcome yet: it is looked for in two minutes.",
        )
    world.mailbox.user_begins_draft(late)
    world.pass_time(seconds=61)
    world.tick()
    assert len(world.drafts()) == drafts
    assert world.states() == ["saved"]


def test_a_retry_sends_the_bytes_of_the_first_attempt(world: SmallWorld) -> None:
    after_interviews(world)
    world.mailbox.faults.fail_next("save_draft")
    world.tick()
    first = world.rows()[0].raw
    world.pass_time(minutes=15)
    report = world.tick()
    assert world.drafts() == [first]
    assert [saved.revision for saved in report.saved] == [1]


def test_what_is_no_longer_wanted_is_not_tried_again(world: SmallWorld) -> None:
    after_interviews(world)
    world.mailbox.faults.fail_next("save_draft")
    world.tick()
    world.write_by_hand(1)
    world.pass_time(minutes=15)
    world.tick()
    world.pass_time(minutes=15)
    assert world.tick().saved == ()
    assert world.drafts() == []
    assert world.states() == ["intended"]
    assert world.rows()[0].attempted_at is None


def test_a_clock_set_back_starts_the_wait_anew(world: SmallWorld) -> None:
    after_interviews(world)
    world.pass_time(hours=3)
    world.mailbox.faults.fail_next("save_draft")
    world.tick()
    world.pass_time(minutes=-30)
    world.tick()
    assert world.rows()[0].attempted_at == world.now
    world.pass_time(minutes=3)
    assert len(world.tick().saved) == 1


def test_without_a_look_into_all_places_nothing_is_saved(world: SmallWorld) -> None:
    after_interviews(world)
    world.mailbox.faults.fail_next("find_draft")
    report = world.tick()
    assert world.drafts() == []
    assert report.exit_code == 1
    world.pass_time(seconds=1)
    assert len(world.tick().saved) == 1, "nothing had been attempted, so nothing has to settle"


def test_a_failed_second_look_leaves_what_was_saved(world: SmallWorld) -> None:
    after_interviews(world)
    world.during_naps = lambda: world.mailbox.faults.fail_next("find_draft")
    assert len(world.tick().saved) == 1
    assert world.naps == [0.2]
    assert world.states() == ["saved"]


def test_two_machines_at_once_leave_one_draft(world: SmallWorld, tmp_path: object) -> None:
    after_interviews(world)
    second = Machine(world.machine.folder.parent / "second")
    backend = type(world.accounts[0].backend)
    save = backend.save_draft

    def the_other_was_quicker(door: object, draft: object) -> object:
        patched.setattr(backend, "save_draft", save)
        save(door, draft)  # type: ignore[arg-type]
        return save(door, draft)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backend, "save_draft", the_other_was_quicker)
        report = world.tick()
    assert report.saved == ()
    assert world.draft_refs() == ["Drafts/1"]
    assert world.states() == ["saved"]
    assert world.rows()[0].ref == "Drafts/1"
    assert world.tick(second).saved == ()
    assert world.states(second) == ["saved"]
    assert len(world.drafts()) == 1
    second.close()


def test_the_machine_that_was_first_keeps_its_draft(world: SmallWorld) -> None:
    after_interviews(world)
    backend = type(world.accounts[0].backend)
    save = backend.save_draft

    def the_other_is_slower(door: object, draft: object) -> object:
        patched.setattr(backend, "save_draft", save)
        saved = save(door, draft)  # type: ignore[arg-type]
        save(door, draft)  # type: ignore[arg-type]
        return saved

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backend, "save_draft", the_other_is_slower)
        assert len(world.tick().saved) == 1
    assert len(world.drafts()) == 2, "the other machine takes its copy back by itself"
    world.pass_time(minutes=15)
    report = world.tick()
    assert [problem.message for problem in report.problems] == ["Drafts holds a letter of mailwatch twice."]
    assert len(world.drafts()) == 2


def test_a_copy_that_can_not_be_taken_back_is_named(world: SmallWorld) -> None:
    after_interviews(world)
    backend = type(world.accounts[0].backend)
    save = backend.save_draft

    def the_other_was_quicker(door: object, draft: object) -> object:
        save(door, draft)  # type: ignore[arg-type]
        return save(door, draft)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backend, "save_draft", the_other_was_quicker)
        patched.setattr(backend, "discard_draft", lambda *_args, **_kwargs: False)
        report = world.tick()
    assert report.problems[0].next_step == "delete one of the two"
    assert world.states() == ["saved"]


def test_a_copy_whose_removal_fails_is_a_problem_of_the_account(world: SmallWorld) -> None:
    after_interviews(world)
    backend = type(world.accounts[0].backend)
    save = backend.save_draft

    def the_other_was_quicker(door: object, draft: object) -> object:
        save(door, draft)  # type: ignore[arg-type]
        return save(door, draft)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backend, "save_draft", the_other_was_quicker)
        world.mailbox.faults.fail_next("discard_draft")
        report = world.tick()
    assert [problem.kind for problem in report.problems] == ["transient"]
    assert world.states() == ["intended"]


def test_a_draft_saved_by_another_machine_before_ours_is_taken_over(world: SmallWorld) -> None:
    after_interviews(world)
    second = Machine(world.machine.folder.parent / "second")
    world.tick(second)
    report = world.tick()
    assert report.saved == ()
    assert world.states() == ["saved"]
    assert len(world.drafts()) == 1
    second.close()


def test_a_lost_ledger_knows_an_edited_draft_again(world: SmallWorld) -> None:
    after_interviews(world)
    world.tick()
    edited = world.drafts()[0].replace(b"your time", b"your tea")
    world.mailbox.user_edits_draft(world.draft_refs()[0], edited)
    world.machine.lose_everything()
    world.pass_time(hours=1)
    world.tick()
    assert world.states() == ["edited"]
    world.mailbox.purge(world.draft_refs()[0])
    world.pass_time(hours=1)
    world.tick()
    assert world.drafts() == []


def test_a_lost_ledger_knows_a_draft_again_that_is_no_longer_due(world: SmallWorld) -> None:
    after_interviews(world)
    world.tick()
    world.machine.lose_everything()
    world.pass_time(days=6)
    world.tick()
    assert world.states() == ["edited"], "what it was can't be told, so hands off"
    assert len(world.drafts()) == 1


def test_a_lost_ledger_knows_a_sent_draft_again(world: SmallWorld) -> None:
    after_interviews(world)
    world.tick()
    world.pass_time(hours=1)
    world.mailbox.user_sends_draft(world.draft_refs()[0], world.now)
    world.machine.lose_everything()
    world.pass_time(hours=1)
    world.tick()
    assert world.states() == ["sent"]
    assert world.drafts() == []


def test_no_more_than_the_limit_is_saved_in_one_run(world: SmallWorld) -> None:
    after_interviews(world, 12)
    assert len(world.tick().saved) == 10
    world.pass_time(minutes=15)
    assert len(world.tick().saved) == 2


def test_all_drafts_gone_at_once_is_an_outage_at_first(world: SmallWorld) -> None:
    after_interviews(world, 4)
    world.tick()
    for ref in world.draft_refs():
        world.mailbox.purge(ref)
    world.pass_time(hours=1)
    report = world.tick()
    assert [problem.kind for problem in report.problems] == ["drafts"]
    assert world.states() == ["saved"] * 4
    world.pass_time(hours=25)
    world.tick()
    assert world.states() == ["gone"] * 4, "it stayed so for a day"


def test_all_drafts_sent_at_once_are_sent(world: SmallWorld) -> None:
    after_interviews(world, 4)
    world.tick()
    world.pass_time(hours=1)
    for ref in world.draft_refs():
        world.mailbox.user_sends_draft(ref, world.now)
    world.pass_time(hours=1)
    assert world.tick().problems == ()
    assert world.states() == ["sent"] * 4


def test_all_drafts_trashed_at_once_are_gone(world: SmallWorld) -> None:
    after_interviews(world, 4)
    world.tick()
    for ref in world.draft_refs():
        world.mailbox.user_deletes(ref)
    world.pass_time(hours=1)
    world.tick()
    assert world.states() == ["gone"] * 4


def test_an_account_that_fails_on_the_first_of_two_letters_is_left_alone(world: SmallWorld) -> None:
    after_interviews(world, 2)
    world.mailbox.faults.fail_next("find_draft")
    report = world.tick()
    assert report.saved == ()
    assert report.waiting == ("A draft is due in jordan@home.example, which can't be reached now.",)


def test_an_account_that_can_only_be_read_gets_no_draft(world: SmallWorld) -> None:
    after_interviews(world)
    backend = world.accounts[0].backend
    backend.capabilities = replace(backend.capabilities, drafts=False)  # type: ignore[union-attr]
    report = world.tick()
    assert report.waiting == ("A draft is due in jordan@home.example, which can only be read.",)
    assert world.states() == []


def test_a_found_draft_that_can_not_be_read_is_a_problem_of_the_account(world: SmallWorld) -> None:
    after_interviews(world)
    backend = type(world.accounts[0].backend)
    find = backend.find_draft

    def another_machine_was_here(door: object, draft: Draft) -> tuple[Found, ...]:
        world.mailbox.user_begins_draft(draft.raw)
        world.mailbox.faults.fail_next("read_draft")
        return tuple(replace(found, raw=None) for found in find(door, draft))  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backend, "find_draft", another_machine_was_here)
        report = world.tick()
    assert [problem.kind for problem in report.problems] == ["transient"]
    assert world.states() == ["intended"]
    world.pass_time(minutes=15)
    world.tick()
    assert world.states() == ["saved"]
    assert len(world.drafts()) == 1


def test_a_found_draft_that_is_gone_when_it_is_read_is_gone(world: SmallWorld) -> None:
    after_interviews(world)
    backend = type(world.accounts[0].backend)
    find = backend.find_draft

    def found_and_taken(door: object, draft: Draft) -> tuple[Found, ...]:
        ref = world.mailbox.user_begins_draft(draft.raw)
        found = tuple(replace(item, raw=None) for item in find(door, draft))  # type: ignore[arg-type]
        world.mailbox.purge(ref)
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backend, "find_draft", found_and_taken)
        world.tick()
    assert world.states() == ["gone"]


def test_a_draft_that_vanishes_between_the_listing_and_the_look_is_gone(world: SmallWorld) -> None:
    after_interviews(world)
    world.tick()
    edited = world.drafts()[0].replace(b"your time", b"your tea")
    world.mailbox.user_edits_draft(world.draft_refs()[0], edited)
    backend = type(world.accounts[0].backend)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backend, "read_draft", lambda *_: None)
        for _ in range(2):
            world.pass_time(hours=1)
            world.tick()
            assert world.states() == ["gone"]
    world.pass_time(hours=1)
    world.tick()
    assert world.states() == ["edited"]


def test_a_row_whose_letter_is_lost_is_still_followed(world: SmallWorld) -> None:
    after_interviews(world)
    world.tick()
    store = world.machine.open(world.now)
    store.ledger.put(replace(world.rows()[0], raw=b"\xff" * 10))

    class Strict(PlainParser):
        def envelope(self, raw: bytes, **named: object) -> object:  # type: ignore[override]
            if raw.startswith(b"\xff"):
                raise Unreadable("no header")
            return super().envelope(raw, **named)  # type: ignore[arg-type]

    world.parser = Strict()
    world.mailbox.user_deletes(world.draft_refs()[0])
    world.pass_time(hours=1)
    world.tick()
    assert world.states() == ["gone"]


def test_the_engine_refuses_what_the_ledger_knows_even_if_the_core_asks_for_it(world: SmallWorld) -> None:
    world.plan = SmallCore(blind_to_ledger=True)
    after_interviews(world)
    world.tick()
    world.mailbox.purge(world.draft_refs()[0])
    for _ in range(6):
        world.pass_time(hours=6)
        assert world.tick().saved == ()
    assert world.states() == ["removed"]
    assert world.drafts() == []
