"""Whatever breaks inside one account, calendar or mail, all others are looked after, and the status names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mailwatch.backends.memory import MemoryMailbox
from mailwatch.core.model import CalendarEvent
from mailwatch.errors import ProtocolError, RefusedToSend, SecretError
from mailwatch.tick.contained import contained
from tests.tick.doubles import OTHER, mail
from tests.tick.world import SmallWorld


def broken(error: Exception) -> Callable[..., Any]:
    def method(*_: object, **__: object) -> Any:
        raise error

    return method


@pytest.mark.scenario("S5")
@pytest.mark.parametrize("method", ["changes", "fetch", "drafts", "find_draft", "save_draft"])
def test_what_nobody_foresaw_stays_inside_its_account(world: SmallWorld, method: str) -> None:
    other = MemoryMailbox(OTHER)
    other.mail_arrives(mail("rita@acme.example", OTHER, "Hello", "Hello", world.now), world.now)
    door = world.add_account("work", other, required=False)
    setattr(door, method, broken(IndexError("words of a mail")))
    world.invite(1)
    world.pass_time(hours=2)
    if method in {"find_draft", "save_draft"}:
        world.accounts.reverse()
        setattr(world.accounts[-1].backend, method, getattr(door, method))
        report = world.tick()
        assert report.saved == ()
    else:
        report = world.tick()
        assert len(report.saved) == 1
    said = [problem.message for problem in report.problems]
    assert any("broke mailwatch (IndexError)" in message for message in said)
    assert not any("words of a mail" in message for message in said)


@pytest.mark.scenario("S5")
def test_a_calendar_that_breaks_stops_nothing(world: SmallWorld) -> None:
    class Broken:
        def changes(self, *_: object, **__: object) -> tuple[CalendarEvent, ...]:
            raise UnicodeError("title of an event")

    world.add_calendar("plans")
    calendar = world.calendars[0]
    world.calendars[0] = type(calendar)(calendar.name, Broken())
    world.invite(1)
    world.pass_time(hours=2)
    report = world.tick()
    assert len(report.saved) == 1
    assert [(problem.name, "UnicodeError" in problem.message) for problem in report.problems] == [("plans", True)]


def test_a_secret_that_can_not_be_read_stops_its_account_alone(world: SmallWorld) -> None:
    door = world.add_account("work", MemoryMailbox(OTHER), required=False)
    door.changes = broken(SecretError("The keyring is locked.", next_step="unlock it"))  # type: ignore[method-assign]
    world.invite(1)
    world.pass_time(hours=2)
    report = world.tick()
    assert len(report.saved) == 1
    assert [(problem.message, problem.next_step) for problem in report.problems] == [
        ("The keyring is locked.", "unlock it")
    ]


def test_a_request_that_could_send_ends_the_run(world: SmallWorld) -> None:
    world.accounts[0].backend.changes = broken(RefusedToSend("stopped"))  # type: ignore[method-assign,union-attr]
    with pytest.raises(RefusedToSend):
        world.tick()


def test_an_answer_that_breaks_off_half_way_is_had_as_far_as_it_goes() -> None:
    class Door:
        name = "home"

        def several(self) -> Any:
            yield 1
            raise KeyError(2)

    door = contained("home", Door())
    answers = iter(door.several())
    assert next(answers) == 1
    with pytest.raises(ProtocolError, match="broke mailwatch") as caught:
        next(answers)
    assert caught.value.account == "home"
    assert door.name == "home"
