from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cli.conftest import Command

Answering = Callable[..., dict[str, Any]]


def test_a_pause_stands_in_the_status_until_it_is_over(command: Command) -> None:
    code, _, err = command("pause", "--until", "2026-12-01T08:00+01:00")
    assert (code, "Paused until Tue 1 Dec 08:00" in err) == (0, True)
    assert "Paused until Tue 1 Dec 08:00" in command("status")[1]
    assert "Paused" not in command("status", now="2026-12-02T08:00:00+01:00")[1]


def test_a_day_without_a_time_begins_where_the_user_lives(command: Command) -> None:
    assert "Paused until Tue 1 Dec 00:00" in command("pause", "--until", "2026-12-01")[2]


def test_a_pause_without_an_end_lasts_until_it_is_taken_back(command: Command) -> None:
    command("pause")
    assert "Paused: nothing is saved" in command("status", now="2027-12-02T08:00:00+01:00")[1]
    command("pause", "--off")
    assert "Paused" not in command("status")[1]


def test_a_pause_cannot_end_before_it_begins(command: Command) -> None:
    code, _, err = command("pause", "--until", "2026-11-01T08:00+01:00")
    assert code == 2
    assert "over already" in err


def test_a_muted_firm_gets_no_letter_and_stands_in_the_status(command: Command, answer: Answering) -> None:
    assert command("mute", "orrin")[0] == 0
    assert "Muted: orrin" in command("status")[1]
    (firm,) = [item for item in answer("status")["applications"] if "Orrin" in item["company"]]
    assert not any(letter["action"] == "draft" for letter in firm["letters"])
    assert answer("mute")["muted"] == [firm["company"].casefold()]


def test_a_mute_is_taken_back_by_a_part_of_the_name(command: Command, answer: Answering) -> None:
    command("mute", "wen")
    assert len(answer("mute")["muted"]) == 1
    assert command("mute", "--off", "wen")[0] == 0
    assert answer("mute")["muted"] == []


def test_nobody_unknown_is_muted(command: Command) -> None:
    code, _, err = command("mute", "zelda")
    assert code == 2
    assert "nobody known" in err
    assert command("mute", "--off", "zelda")[0] == 2


def test_an_endless_pause_holds_back_what_is_due(command: Command, answer: Answering) -> None:
    command("pause")
    command("mark", "cobalt", "accepted")
    letters = [letter for item in answer("status")["applications"] for letter in item["letters"]]
    withheld = [letter for letter in letters if letter["kind"] == "withdrawal"]
    assert withheld
    assert {letter["action"] for letter in withheld} == {"wait"}
    assert {letter["reason"] for letter in withheld} == {"Paused: mailwatch pause --off."}
