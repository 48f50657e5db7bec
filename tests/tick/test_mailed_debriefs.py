"""A debrief mailed from the phone: from the mailbox to the letter, with everything real but the mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.tick.doubles import MINE, mail, person
from tests.tick.real import RealWorld

TOPIC = "your map of the parcels that come late"
FLAG = "three analysts left since summer"
LINES = f"Bo: {TOPIC}\r\nprivate: {FLAG}\r\nThe office smelled of paint on every floor.\r\n"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[RealWorld]:
    world = RealWorld(tmp_path)
    yield world
    world.close()


def lying(world: RealWorld) -> str:
    return "\n".join(message_from_bytes(raw, policy=policy.default).get_content() for raw in world.drafts())


def told(world: RealWorld) -> int:
    return len(world.machine.open(world.now).words.debriefs())


def reasons(world: RealWorld) -> str:
    report = world.tick()
    assert report.plan is not None
    asked = [question.text for question in report.plan.questions]
    return "\n".join([decision.reason for decision in report.plan.decisions] + asked)


def test_a_debrief_in_sent_brings_its_letter_at_once_and_keeps_the_rest_private(world: RealWorld) -> None:
    world.invite(1)  # with Bo Lind, over now
    world.tick()
    world.mailbox.user_sends(mail(MINE, MINE, "Debrief", LINES, world.now), world.now)
    world.pass_time(minutes=25)  # long before the ninety minutes
    world.tick()
    assert TOPIC in lying(world)
    assert FLAG not in lying(world)
    assert "paint" not in lying(world)
    (debrief,) = (kept for _, kept in world.machine.open(world.now).words.debriefs())
    assert debrief.private.reveal()["note"] == f"{FLAG} The office smelled of paint on every floor."
    world.pass_time(minutes=15)
    world.tick()
    assert told(world) == 1


def test_its_copy_in_the_inbox_does_not_make_a_second_one_and_alone_counts_for_nothing(world: RealWorld) -> None:
    world.invite(1)
    raw = mail(MINE, MINE, "Debrief", LINES, world.now)
    world.mailbox.mail_arrives(raw, world.now)
    world.pass_time(minutes=25)
    world.tick()
    assert told(world) == 0, "anybody can write into an inbox"
    world.mailbox.user_sends(raw, world.now)
    world.pass_time(minutes=5)
    world.tick()
    world.tick()
    assert told(world) == 1
    assert TOPIC in lying(world)


def test_a_draft_without_a_personal_line_says_so_and_a_later_debrief_says_how_to_renew_it(world: RealWorld) -> None:
    world.invite(1)
    world.pass_time(hours=2)
    assert "No personal line yet: mailwatch debrief" in reasons(world)
    world.mailbox.user_sends(mail(MINE, MINE, "Debrief", LINES, world.now), world.now)
    assert "Your debrief came later: mailwatch drafts make thank-you" in reasons(world)
    assert person(1) in reasons(world)
    assert TOPIC not in lying(world), "an untouched draft gives way only at the user's word"


def test_after_two_days_nobody_asks_for_a_debrief_any_more(world: RealWorld) -> None:
    world.invite(1)
    world.pass_time(hours=2)
    world.tick()
    world.pass_time(hours=47)
    assert "No personal line yet" not in reasons(world)


def test_one_that_fits_no_interview_is_asked_about(world: RealWorld) -> None:
    world.invite(1)
    world.mailbox.user_sends(mail(MINE, MINE, "Debrief Zanzibar", LINES, world.now), world.now)
    assert "fits no interview" in reasons(world)
    assert told(world) == 0
