from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailwatch.core.model import Draft, DraftKey, Plan
from mailwatch.errors import TransientError
from mailwatch.tick import Choice
from tests.tick.doubles import MINE, person
from tests.tick.world import SmallWorld


@pytest.fixture
def asking(world: SmallWorld) -> SmallWorld:
    world.settings = replace(world.settings, first_run="ask")
    for number in (1, 2, 3, 4):
        world.invite(number)
    world.invite(5, subject="Silence")
    world.pass_time(hours=2)
    return world


def answering(world: SmallWorld, answers: dict[int, Choice], asked: list[int]) -> Callable[..., dict[DraftKey, Choice]]:
    def choose(plan: Plan, drafts: tuple[Draft, ...]) -> dict[DraftKey, Choice]:
        asked.append(len(drafts))
        assert len(plan.drafts) >= len(drafts)
        assert world.drafts() == [], "nothing is written before it was shown"
        by_address = {person(number): answer for number, answer in answers.items()}
        return {draft.key: by_address[draft.to.address] for draft in drafts if draft.to.address in by_address}

    return choose


def test_without_anybody_to_ask_only_thank_yous_are_saved(asking: SmallWorld) -> None:
    report = asking.tick()
    assert {saved.recipient for saved in report.saved} == {person(number) for number in (1, 2, 3, 4)}
    assert report.proposed == 1
    for _ in range(3):
        asking.pass_time(hours=1)
        report = asking.tick()
        assert report.saved == ()
        assert report.proposed == 1, "the other one waits for the user's word"


def test_thank_yous_alone_can_be_chosen_even_where_somebody_could_be_asked(asking: SmallWorld) -> None:
    asking.settings = replace(asking.settings, first_run="thank-yous")
    asking.choose = answering(asking, {}, [])
    assert len(asking.tick().saved) == 4


def test_save_saves_all(asking: SmallWorld) -> None:
    asking.settings = replace(asking.settings, first_run="save")
    assert len(asking.tick().saved) == 5


def test_each_letter_is_saved_skipped_closed_or_asked_about_again(asking: SmallWorld) -> None:
    asked: list[int] = []
    answers = {1: Choice.SAVE, 2: Choice.SKIP, 3: Choice.OVER, 5: Choice.SAVE}
    asking.choose = answering(asking, answers, asked)
    report = asking.tick()
    assert {saved.recipient for saved in report.saved} == {person(1), person(5)}
    marks = asking.machine.open(asking.now).words.marks()
    assert {(mark.kind.value, mark.person) for mark in marks} == {("skipped", person(2)), ("closed", "")}
    assert report.proposed == 1
    assert asked == [5]


def test_a_letter_put_off_is_asked_about_again_and_never_saved_in_silence(asking: SmallWorld) -> None:
    asked: list[int] = []
    skipped = dict.fromkeys((1, 2, 3, 5), Choice.SKIP)
    asking.choose = answering(asking, skipped, asked)
    plan = asking.plan
    gone = {person(number) for number in skipped}

    def heeding(*facts: object) -> Plan:  # the small core knows no marks
        found = plan(*facts)  # type: ignore[arg-type]
        return replace(
            found, drafts=tuple(draft for draft in found.drafts if draft.to.address not in gone or not asked)
        )

    asking.plan = heeding  # type: ignore[assignment]
    asking.tick()
    asking.choose = None
    asking.pass_time(minutes=15)
    assert asking.tick().saved == ()
    asking.choose = answering(asking, {4: Choice.SAVE}, asked)
    asking.pass_time(minutes=15)
    assert [saved.recipient for saved in asking.tick().saved] == [person(4)]
    assert asked == [5, 1]


def test_a_later_account_has_a_first_look_of_its_own(world: SmallWorld) -> None:
    world.settings = replace(world.settings, first_run="ask")
    world.tick()
    assert world.machine.open(world.now).state.known_accounts() == {MINE}
    world.invite(5, subject="Silence")
    world.pass_time(hours=2)
    assert len(world.tick().saved) == 1, "the first look is over"


def test_the_first_look_is_not_over_while_a_needed_account_can_not_be_read(asking: SmallWorld) -> None:
    asking.add_broken_account("work", TransientError("work", "work can't be reached."))
    asked: list[int] = []
    asking.choose = answering(asking, {}, asked)
    report = asking.tick()
    assert report.saved == ()
    assert asked == []
    assert report.plan is not None
    assert {decision.action.value for decision in report.plan.decisions} == {"wait"}
    asking.accounts.pop()
    asking.tick()
    assert asked == [5]


def test_an_interrupted_question_leaves_the_first_look_open(asking: SmallWorld) -> None:
    def interrupted(*_: object) -> dict[DraftKey, Choice]:
        raise KeyboardInterrupt

    asking.choose = interrupted
    with pytest.raises(KeyboardInterrupt):
        asking.tick()
    assert asking.drafts() == []
    asked: list[int] = []
    asking.choose = answering(asking, {1: Choice.SAVE}, asked)
    assert len(asking.tick().saved) == 1
    assert asked == [5]
