from __future__ import annotations

import pytest

from mailwatch.cli.hands import at_work
from mailwatch.core.model import Debrief, PrivateNotes
from tests.cli.conftest import Life


@pytest.fixture
def noted(life: Life) -> Life:
    """Debriefs of three employers, with private notes."""
    notes = {
        "Brightwater": {"stumped": "How would you size the buffer?", "red flag": "Nobody stays", "keen": "2"},
        "Orrin": {"differently": "Shorter answers", "rating pay": "4"},
        "Cobalt": {"stumped": "What is a semi-join?", "keen": "5"},
    }
    with at_work(life.session()) as run:
        for name, private in notes.items():
            application = next(one for one in run.plan().applications if one.company.startswith(name))
            anchors = application.interviews[0].anchors
            run.store.words.keep_debrief(
                Debrief(anchors, run.now, covered=f"what {name} does", private=PrivateNotes(private))
            )
    return life


def test_the_list_holds_all_employers_the_same_one_first(noted: Life) -> None:
    points = noted.ask("prep", "cobalt")["points"]
    assert points[0] == {"kind": "stumped", "text": "What is a semi-join?", "same_employer": True}
    assert len(points) == 3


def test_a_point_is_gone_when_it_is_ticked_off_and_comes_back_with_unmark(noted: Life) -> None:
    _, _, err = noted.call("prep", "cobalt", "--tick", "1")
    assert "Ticked off: What is a semi-join?" in err
    assert len(noted.ask("prep", "cobalt")["points"]) == 2
    assert noted.call("prep", "cobalt", "--tick", "3")[0] == 2
    mark = err.partition("unmark ")[2].split(")")[0]
    assert noted.call("unmark", mark)[0] == 0
    assert len(noted.ask("prep", "cobalt")["points"]) == 3


def test_preparation_shows_who_was_met_what_was_covered_and_the_last_letter(noted: Life) -> None:
    code, out, _ = noted.call("prep", "brightwater")
    assert code == 0
    for words in ("met Farida Okonjo", "covered", "what Brightwater does", "your last letter", "How would you size"):
        assert words in out
    assert "Nobody stays" not in out


def test_preparation_without_a_name_is_for_the_next_interview(noted: Life) -> None:
    assert noted.call("prep")[0] == 0
    assert noted.ask("prep", now="2026-10-20T09:00:00+01:00")["application"]


def test_at_most_five_points_are_shown(life: Life) -> None:
    with at_work(life.session()) as run:
        anchors = run.plan().applications[0].interviews[0].anchors
        for number in range(7):
            notes = PrivateNotes({"stumped": f"Question number {number}?"})
            run.store.words.keep_debrief(Debrief(anchors, run.now, private=notes))
    assert len(life.ask("prep")["points"]) == 5


def test_nothing_to_prepare_is_said(life: Life) -> None:
    assert "Nothing is on your list" in life.call("prep", "orrin")[1]


@pytest.mark.scenario("F16")
def test_employers_stand_side_by_side_with_ratings_deadlines_and_red_flags(noted: Life) -> None:
    code, out, _ = noted.call("compare")
    assert code == 0
    assert "keen 5" in out
    assert "pay 4" in out
    assert "answer by Fri 4 Dec" in out
    assert "red flag: Nobody stays" in out
    assert "Nobody stays" not in noted.call("compare", "--no-private")[1]


@pytest.mark.scenario("F16")
def test_the_comparison_as_json_says_the_same(noted: Life) -> None:
    employers = {item["company"]: item for item in noted.ask("compare")["employers"]}
    assert employers["Cobalt Harbour"]["ratings"] == {"keen": "5"}
    assert employers["Brightwater Rail"]["red_flags"] == ["Nobody stays"]
    assert all("red_flags" not in item for item in noted.ask("compare", "--no-private")["employers"])
