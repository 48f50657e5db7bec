"""`merge`, `link`, `add`, `edit`: the user's word about what mail and calendar leave out or have wrong."""

from __future__ import annotations

from typing import Any

import pytest

from mailwatch.cli.hands import at_work
from tests.cli.conftest import Command, Life
from tests.cli.test_words import Answering


def processes(answer: Answering) -> dict[str, Any]:
    return {item["company"]: item for item in answer("status")["applications"]}


def meeting_of(answer: Answering, company: str) -> dict[str, Any]:
    return processes(answer)[company]["interviews"][0]  # type: ignore[no-any-return]


def test_two_processes_are_one_until_it_is_taken_back(command: Command, answer: Answering) -> None:
    before = processes(answer)
    mark = answer("merge", "brightwater", "cobalt")["id"]
    after = processes(answer)
    assert len(after) == len(before) - 1
    assert command("unmark", mark[:6])[0] == 0
    assert processes(answer).keys() == before.keys()


def test_one_process_cannot_be_merged_with_itself_but_two_of_its_meetings_can(
    command: Command, answer: Answering
) -> None:
    code, _, err = command("merge", "brightwater", "senior")
    assert code == 2
    assert "is one process with the other already" in err
    interviews = processes(answer)["Brightwater Rail"]["interviews"]
    answer("merge", interviews[0]["id"], interviews[1]["id"])
    assert len(processes(answer)["Brightwater Rail"]["interviews"]) == len(interviews) - 1


def test_a_mail_is_linked_to_the_process_that_it_belongs_to(command: Command, answer: Answering) -> None:
    found = next(item for item in processes(answer).values() if item["state"] == "rejected")
    out = command("why", found["id"])[1]
    short = out.rpartition("they chose someone else")[2].partition("[")[2].partition("]")[0]
    mark = answer("link", short, "orrin")["id"]
    assert processes(answer)[found["company"]]["state"] == "open"
    command("unmark", mark)
    assert processes(answer)[found["company"]]["state"] == "rejected"


def test_a_mail_has_a_short_name_that_why_shows_and_link_takes(command: Command, answer: Answering) -> None:
    out = command("why", "brightwater")[1]
    short = out.partition("mail from Tom Whitlock [")[2].partition("]")[0]
    assert short
    assert command("why", short)[1].splitlines()[0].startswith("interview request")
    assert command("link", short, "brightwater")[0] == 0


def test_a_mail_that_nobody_knows_is_not_linked(command: Command) -> None:
    code, _, err = command("link", "nonsense@nowhere.example", "brightwater")
    assert code == 2
    assert "no mail is known" in err


@pytest.mark.scenario("D3")
def test_an_interview_agreed_by_phone_gets_its_thank_you(life: Life) -> None:
    words = ["add", "Fernwick Labs", "--at", "today 11:00", "--minutes", "45", "--by", "phone", "--role", "Tester"]
    told = life.ask(*words, "--person", "Ida Moor <ida@fernwick-labs.example>", now="2026-11-24T10:00:00+01:00")
    assert told["interview"]["start"] == "2026-11-24T10:00:00Z"
    assert life.call("run", now="2026-11-24T14:00:00+01:00")[0] == 0
    (draft,) = [one for one in life.ask("drafts", "list")["drafts"] if one["to"] == "ida@fernwick-labs.example"]
    assert draft["kind"] == "thank_you"
    assert life.call("unmark", told["id"], now="2026-11-24T14:01:00+01:00")[0] == 0
    stale = life.ask("status", now="2026-11-24T14:02:00+01:00")["stale"]
    assert [item["to"] for item in stale] == ["ida@fernwick-labs.example"]


def test_an_added_interview_survives_a_lost_plan_and_a_new_reader(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    life.ask("add", "Fernwick Labs", "--at", "2026-11-27 09:30")
    with at_work(life.session()) as run:
        with run.store.database.writing(facts=False):
            run.store.database.write("DELETE FROM plan")
        run.store.pages.forget()
    monkeypatch.setattr("mailwatch.core.reading.context.RULES", 99)
    assert life.call("run")[0] == 0
    assert "Fernwick Labs" in life.call("status", "--all")[1]


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("2026-11-27 09:30", "2026-11-27T08:30:00Z"),
        ("2026-11-27T09:30+00:00", "2026-11-27T09:30:00Z"),
        ("Friday 9:30", "2026-11-27T08:30:00Z"),
        ("tomorrow at 2 pm", "2026-11-25T13:00:00Z"),
    ],
)
def test_a_time_may_be_told_as_one_says_it(answer: Answering, words: str, start: str) -> None:
    assert answer("add", "Fernwick Labs", "--at", words)["interview"]["start"] == start


@pytest.mark.parametrize("words", ["soon", "2026-11-27", "Friday", "Friday 9:30 or Monday 10:00", "2031-01-01 09:00"])
def test_what_is_no_one_time_is_asked_again(command: Command, answer: Answering, words: str) -> None:
    before = processes(answer)
    code, _, err = command("add", "Fernwick Labs", "--at", words)
    assert code == 2
    assert "write it like" in err
    assert processes(answer) == before


def test_an_added_interview_says_how_it_was_understood_and_how_it_is_taken_back(command: Command) -> None:
    code, _, err = command("add", "Fernwick Labs", "--at", "Friday 9:30", "--by", "phone")
    assert code == 0
    assert "Fernwick Labs: phone, Fri 27 Nov 09:30–10:30 (Berlin)" in err
    assert "mailwatch unmark" in err


def test_an_added_interview_goes_to_the_process_that_is_named(answer: Answering) -> None:
    told = answer("add", "BW Rail Ltd", "--at", "Friday 9:30", "--to", "orrin")
    starts = [item["start"] for item in processes(answer)["Orrin & Vale"]["interviews"]]
    assert told["interview"]["start"] in starts


def test_the_time_of_a_round_that_was_only_announced_settles_it(answer: Answering) -> None:
    before = [item["state"] for item in processes(answer)["Brightwater Rail"]["interviews"]]
    answer("add", "Brightwater Rail", "--at", "Friday 9:30")
    after = [item["state"] for item in processes(answer)["Brightwater Rail"]["interviews"]]
    assert (before, after) == (["scheduled", "requested"], ["scheduled", "scheduled"])


def test_a_person_without_a_usable_address_is_not_added(command: Command) -> None:
    code, _, err = command("add", "Fernwick Labs", "--at", "Friday 9:30", "--person", "Ida <ida@>")
    assert code == 2
    assert "holds no mail address" in err


def people(answer: Answering, company: str = "Brightwater Rail") -> dict[str, str | None]:
    return {person["name"]: person["address"] for person in meeting_of(answer, company)["people"]}


def test_an_address_given_by_hand_belongs_to_the_person_until_it_is_taken_back(
    command: Command, answer: Answering
) -> None:
    assert people(answer)["Wen Castellano"] is None
    words = ("edit", meeting_of(answer, "Brightwater Rail")["id"], "--email", "Wen@Brightwater-Rail.example")
    (mark,) = answer(*words)["marks"]
    assert people(answer)["Wen Castellano"] == "wen@brightwater-rail.example"
    command("unmark", mark["id"])
    assert people(answer)["Wen Castellano"] is None


def test_an_address_that_is_known_can_be_corrected(command: Command, answer: Answering) -> None:
    command(
        "edit", meeting_of(answer, "Brightwater Rail")["id"], "--person", "Farida Okonjo", "--email", "f@brw.example"
    )
    assert people(answer)["Farida Okonjo"] == "f@brw.example"


def test_an_address_is_no_debrief(answer: Answering, life: Life) -> None:
    life.ask("edit", "cobalt", "--person", "Ida Moor", "--email", "ida@cobalt-harbour.example")
    with at_work(life.session()) as run:
        assert run.store.words.debriefs() == ()


def test_somebody_can_be_taken_away(command: Command, answer: Answering) -> None:
    command("edit", meeting_of(answer, "Brightwater Rail")["id"], "--remove", "wen")
    assert "Wen Castellano" not in people(answer)
    code, _, err = command("edit", meeting_of(answer, "Brightwater Rail")["id"], "--remove", "zelda")
    assert code == 2
    assert "one of: " in err


def test_the_names_of_firm_and_job_can_be_corrected(command: Command, answer: Answering) -> None:
    command("edit", "brightwater", "--company", "Brightwater Railways", "--role", "Lead Analyst")
    assert processes(answer)["Brightwater Railways"]["role"] == "Lead Analyst"


def test_an_interview_can_be_given_another_time(command: Command, answer: Answering) -> None:
    identity = meeting_of(answer, "Brightwater Rail")["id"]
    code, _, err = command("edit", identity, "--at", "2026-11-03 16:00")
    assert code == 0, err
    moved = meeting_of(answer, "Brightwater Rail")
    assert (moved["start"], moved["end"]) == ("2026-11-03T15:00:00Z", "2026-11-03T16:30:00Z")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--person", "Wen Castellano", "--email", "nonsense"), "is no mail address"),
        ((), "nothing to change was said"),
    ],
)
def test_an_edit_that_says_nothing_usable_changes_nothing(
    command: Command, answer: Answering, words: tuple[str, ...], said: str
) -> None:
    before = processes(answer)
    code, _, err = command("edit", "brightwater", *words)
    assert code == 2
    assert said in err
    assert processes(answer) == before


def test_whose_address_it_is_has_to_be_said_where_several_have_none(command: Command, answer: Answering) -> None:
    identity = meeting_of(answer, "Brightwater Rail")["id"]
    command("edit", identity, "--person", "Ana Ruiz")
    code, _, err = command("edit", identity, "--email", "someone@brightwater-rail.example")
    assert code == 2
    assert "Ana Ruiz" in err
    assert "Wen Castellano" in err
