from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Command

Answering = Callable[..., dict[str, Any]]
DAY_AFTER = "2026-11-04T09:30:00+01:00"


def process(answer: Answering, company: str) -> dict[str, Any]:
    return next(item for item in answer("status")["applications"] if item["company"] == company)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("rejected", "rejected"),
        ("offer", "offered"),
        ("accepted", "accepted"),
        ("withdrew", "withdrawn"),
        ("closed", "closed"),
    ],
)
def test_the_users_word_decides_where_a_process_stands(
    command: Command, answer: Answering, word: str, state: str
) -> None:
    assert command("mark", "brightwater", word)[0] == 0
    assert process(answer, "Brightwater Rail")["state"] == state


def test_a_mark_can_be_taken_back(command: Command, answer: Answering) -> None:
    before = process(answer, "Brightwater Rail")["state"]
    mark = answer("mark", "brightwater", "closed")["id"]
    assert process(answer, "Brightwater Rail")["state"] == "closed"
    assert command("unmark", mark[:6])[0] == 0
    assert process(answer, "Brightwater Rail")["state"] == before


@pytest.mark.scenario("D29", "D20")
def test_an_interview_that_did_not_happen_needs_no_thanks(command: Command, answer: Answering) -> None:
    command("mark", "brightwater", "did-not-happen")
    states = [item["state"] for item in process(answer, "Brightwater Rail")["interviews"]]
    assert "did_not_happen" in states


@pytest.mark.scenario("T11")
def test_thanks_by_phone_settle_the_obligation(command: Command, answer: Answering) -> None:
    code, _, err = command("done", "brightwater", "Wen", "--by", "phone")
    assert code == 0
    assert "thanked Wen Castellano by phone" in err
    letters = process(answer, "Brightwater Rail")["letters"]
    wen = [item for item in letters if item["to"] and item["to"]["name"] == "Wen Castellano"]
    assert [item["standing"] for item in wen] == ["done"]


def test_a_follow_up_by_phone_counts(command: Command, answer: Answering) -> None:
    assert command("done", "priya", "follow-up", "--by", "phone")[0] == 0
    letters = next(item for item in answer("status")["applications"] if "Orrin" in item["company"])["letters"]
    assert not any(item["kind"] == "follow_up" and item["action"] == "draft" for item in letters)


def test_somebody_who_was_not_there_cannot_have_been_thanked(command: Command) -> None:
    code, _, err = command("done", "brightwater", "Zelda", "--by", "card")
    assert code == 2
    assert "is not one person of that interview" in err


def test_an_unknown_mark_is_not_taken_back(command: Command) -> None:
    code, _, err = command("unmark", "zzzz")
    assert code == 2
    assert "no single mark" in err


def test_a_debrief_needs_a_terminal(command: Command) -> None:
    code, _, err = command("debrief", "brightwater")
    assert code == 2
    assert "run it in a terminal" in err


def test_the_people_to_choose_from_are_each_named_once(command: Command) -> None:
    err = command("done", "brightwater", "Zelda", "--by", "card")[2]
    names = err.partition("one of: ")[2].strip().split(", ")
    assert len(names) == len(set(names)) > 2
