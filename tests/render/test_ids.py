from __future__ import annotations

import pytest

from mailwatch.core.model import ApplicationId
from mailwatch.errors import UsageError
from mailwatch.render.ids import application_named, interview_named, plan_ids, short_ids
from tests.render.plans import acme, full_plan, interview, plan


def test_an_id_is_shown_by_its_shortest_prefix_that_nothing_else_has() -> None:
    assert short_ids(["abcd", "abxx", "ffff"]) == {"abcd": "abc", "abxx": "abx", "ffff": "ff"}
    assert short_ids(["ab", "abcd"])["ab"] == "ab"
    assert short_ids([]) == {}


def test_a_process_is_found_by_id_by_company_and_by_a_persons_name() -> None:
    found = full_plan()
    assert application_named(found, plan_ids(found)[ApplicationId("acme0")]).company == "Acme Corp"
    assert application_named(found, "globex").company == "Globex"
    assert application_named(found, "ruiz").company == "Acme Corp"
    assert application_named(found, "bb22").company == "Globex"


def test_an_unknown_or_ambiguous_word_is_refused_with_the_choices() -> None:
    with pytest.raises(UsageError, match="nothing known is called"):
        application_named(full_plan(), "hooli")
    with pytest.raises(UsageError, match=r"may mean .*Acme Corp.*Globex"):
        application_named(full_plan(), "bo lind")


@pytest.mark.parametrize("word", ["", "  "])
def test_an_empty_word_names_nothing_even_where_there_is_only_one_process(word: str) -> None:
    with pytest.raises(UsageError, match="the ID is empty"):
        application_named(plan(acme()), word)


def test_without_an_id_the_latest_interview_with_a_time_is_meant() -> None:
    application = acme(interviews=(interview("aa11", hours_ago=100), interview("cc33", hours_ago=2)))
    assert interview_named(application, "").id == "cc33"
    assert interview_named(application, "aa1").id == "aa11"
    with pytest.raises(UsageError, match="no interview"):
        interview_named(plan(acme(interviews=())).applications[0], "")
