from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from mailwatch.core.model import (
    LIES_THERE,
    Action,
    Address,
    ApplicationState,
    DraftKey,
    InterviewState,
    Plan,
    Question,
    Stale,
    Standing,
)
from mailwatch.render.jsonform import document, plan_form
from mailwatch.render.screen import rows_of, width_of
from mailwatch.render.status import LINES, Setting, is_due, status_lines
from tests.render.plans import NOW, RITA, acme, full_plan, interview, letter, plan

BERLIN = ZoneInfo("Europe/Berlin")
SETTING = Setting(BERLIN, checked_at=NOW - timedelta(minutes=3), accounts=2, place="Mail › Drafts")


def text_of(found: object, setting: Setting = SETTING, **options: bool) -> str:
    return "\n".join(item.text for item in status_lines(found, setting, **options))  # type: ignore[arg-type]


def test_the_status_names_each_person_of_an_interview_with_what_happened_to_the_thanks() -> None:
    text = text_of(full_plan())
    assert "Acme Corp · Senior engineer" in text
    assert "panel, Mon 23 Nov 13:00–14:30 (Berlin)" in text
    rita, bo, ana = (
        next(row for row in text.splitlines() if name in row) for name in ("Rita Ek", "Bo Lind", "Ana Ruiz")
    )
    assert "DRAFT READY" in rita
    assert "best before Tue 24 Nov 15:00 (in 6 h)" in rita
    assert "SENT" in bo
    assert "NO ADDRESS" in ana


def test_a_passed_promise_is_told_with_its_date() -> None:
    assert "they expected news by Fri 13 Nov" in text_of(full_plan())


def test_a_closed_process_is_shown_only_on_request() -> None:
    assert "Initech" not in text_of(full_plan())
    assert "closed: they chose someone else" in text_of(full_plan(), everything=True)


def test_the_last_line_says_that_nothing_is_ever_sent_and_when_it_looked() -> None:
    last = text_of(full_plan()).splitlines()[-1]
    assert last == "2 drafts wait in Mail › Drafts. mailwatch never sends. Checked 3 min ago, 2 of 2 accounts ok."


def test_before_the_first_run_the_status_says_how_to_look() -> None:
    assert text_of(Plan(NOW), Setting(BERLIN)).endswith("mailwatch never sends. Not checked yet: mailwatch run.")


def test_a_look_that_found_nothing_says_so() -> None:
    assert text_of(Plan(NOW)).startswith("No interview found so far. mailwatch never sends. Checked ")
    assert "No interview" not in text_of(Plan(NOW), replace(SETTING, failing=1))
    assert "No interview" not in text_of(plan())


def test_a_first_look_that_was_stopped_is_said_to_be_unfinished() -> None:
    assert text_of(plan(), Setting(BERLIN)).endswith("The first look was not finished: mailwatch run.")


def test_a_failing_account_has_a_line_of_its_own() -> None:
    assert "Problem: work: sign-in needed" in text_of(plan(), replace(SETTING, problems=("work: sign-in needed",)))


def test_a_stale_draft_stands_first() -> None:
    stale = Stale(
        DraftKey("k"), 1, None, "Globex answered after this draft was written.", "Re: x", Address("b@globex.example")
    )
    assert text_of(replace(full_plan(), stale=(stale,))).startswith("Do not send: Globex answered")


def test_the_status_has_at_most_twelve_lines_and_says_what_it_left_out() -> None:
    many = tuple(acme(id=f"id{number:03}", company=f"Firm {number}") for number in range(30))
    rows = text_of(plan(*many)).splitlines()
    assert len(rows) == LINES
    assert any("more lines: mailwatch status --all" in row for row in rows)


def test_the_review_list_is_cut_to_three_and_whole_on_request() -> None:
    questions = tuple(Question(f"q{n}", f"Question {n}", f"mailwatch confirm q{n}") for n in range(7))
    short, whole = text_of(plan(questions=questions)), text_of(plan(questions=questions), review=True)
    assert "and 4 more: mailwatch status --review" in short
    assert "Question 6" not in short
    assert "Question 6 → mailwatch confirm q6" in whole
    assert "Acme" not in whole


def test_something_is_due_while_a_draft_waits_and_not_when_all_is_sent() -> None:
    assert is_due(full_plan())
    assert not is_due(plan(decisions=(letter(RITA, Standing.SENT),)))


def test_something_is_due_while_the_user_owes_an_answer() -> None:
    assert is_due(plan(acme(your_turn="they asked for references")))
    assert not is_due(plan(acme(your_turn="they asked for references", state=ApplicationState.REJECTED)))


def test_an_interview_ahead_and_an_offer_are_told_in_words() -> None:
    ahead = text_of(plan(acme(interviews=(interview(hours_ago=-30, people=(RITA,), medium="video"),))))
    assert "video, Wed 25 Nov 15:00–16:30 (Berlin)" in ahead
    offered = text_of(plan(acme(state=ApplicationState.OFFERED, offer_deadline=NOW.date())))
    assert "offer, answer by Tue 24 Nov" in offered


def test_no_control_character_of_a_mail_reaches_the_status() -> None:
    text = text_of(plan(acme(company="Evil\x1b[31m\u202eCorp\r\nX")))
    assert "\x1b" not in text
    assert "\\u001b[31m\\u202eCorp" in text


@pytest.mark.parametrize("text", [False, True])
def test_json_and_text_use_the_same_words(*, text: bool) -> None:
    found = json.loads(document("status", NOW, **plan_form(full_plan(), text=text)))
    assert found["schema"] == "mailwatch/1"
    assert found["at"] == "2026-11-24T08:00:00Z"
    letters = found["applications"][0]["letters"]
    assert [item["standing"] for item in letters] == ["draft ready", "sent", "no address"]
    assert letters[0]["needs_you"] is True
    assert found["review"][0]["command"] == "mailwatch confirm h1"


def rows(found: object, width: int, **options: bool) -> list[str]:
    lines = status_lines(found, SETTING, **options)  # type: ignore[arg-type]
    return ["".join(span.text for span in row) for item in lines for row in rows_of(item, width)]


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100, 132, 200])
def test_a_status_fits_every_width_and_loses_no_word(width: int) -> None:
    found = rows(full_plan(), width)
    assert all(width_of(row) <= width for row in found)
    assert " ".join(found).split() == text_of(full_plan()).split()


def test_on_a_narrow_terminal_the_columns_stand_alone_and_the_rest_below() -> None:
    found = rows(full_plan(), 60)
    ready = next(number for number, row in enumerate(found) if row.endswith("DRAFT READY"))
    assert found[ready].startswith("  Rita Ek")
    assert found[ready + 1].startswith("    best before")


def test_a_draft_that_only_waits_is_not_said_to_wait_twice() -> None:
    text = text_of(plan(decisions=(letter(RITA, Standing.DRAFT_READY, reason=LIES_THERE),)))
    assert "waits in Drafts." not in text.partition("1 draft waits")[0]


@pytest.mark.parametrize(("standing", "due"), [(Standing.DUE, 6), (Standing.LATE, -6)])
def test_a_letter_that_is_only_due_tells_its_time_once(standing: Standing, due: int) -> None:
    reason = "Not thanked yet; best before Tue 24 Nov 15:00."
    one = letter(
        RITA, standing, action=Action.DRAFT, reason=reason, due=NOW + timedelta(hours=due), last=NOW + timedelta(days=4)
    )
    text = text_of(plan(decisions=(one,)))
    assert "Not thanked yet" not in text
    assert ("best before" if due > 0 else "late, still worth sending until") in text
    assert reason in text_of(plan(decisions=(replace(one, due=None, last=None),)))


def test_who_looks_back_is_told_as_of_when_and_not_that_the_last_look_lies_ahead() -> None:
    text = text_of(plan(), replace(SETTING, checked_at=NOW + timedelta(days=75)))
    assert text.endswith("As of Tue 24 Nov 2026 09:00; last checked Sun 7 Feb 09:00.")
    assert "Checked" not in text
    assert "Checked in 20 min" not in text_of(plan(), replace(SETTING, checked_at=NOW))


def test_an_interview_that_is_near_is_told_with_what_prepares_for_it() -> None:
    def plan_of(**changes: object) -> Plan:
        return plan(acme(interviews=(interview(**changes),)))  # type: ignore[arg-type]

    near = plan_of(hours_ago=-25)
    assert "(Berlin) · in 25 h · mailwatch prep aa" in text_of(near)
    assert "mailwatch prep" not in text_of(plan_of(hours_ago=-49))
    assert "mailwatch prep" not in text_of(plan_of(hours_ago=-25, state=InterviewState.CANCELLED))


def test_three_notes_are_shown_and_all_of_them_on_request() -> None:
    wordy = replace(plan(), notes=tuple(f"Note number {number}." for number in range(5)))
    assert text_of(wordy).count("Note number") == 3
    assert text_of(wordy, everything=True).count("Note number") == 5


def test_a_ready_draft_can_be_opened() -> None:
    ready = letter(RITA, Standing.DRAFT_READY)
    setting = replace(SETTING, links={ready.key: "https://mail.example/draft"})
    lines = status_lines(plan(decisions=(ready,)), setting)
    assert [span.link for item in lines for span in item.spans if span.text == "DRAFT READY"] == [
        "https://mail.example/draft"
    ]
