"""Rows for a spreadsheet and entries for a calendar."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import icalendar

from mailwatch.core.model import InterviewState, Person, Standing
from mailwatch.render.tables import COLUMNS, csv_text, ics_text
from tests.render.plans import NOW, RITA, acme, interview, letter, plan


def rows(found: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(found))))


def entries(found: object, *, titles: bool = False) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(ics_text(found, titles=titles)).walk("VEVENT"))


def test_each_person_and_each_letter_has_a_row() -> None:
    found = rows(plan(acme(), decisions=(letter(RITA, Standing.DUE),)))
    assert [(row["what"], row["with"], row["standing"]) for row in found] == [
        ("panel", "Rita Ek", "scheduled"),
        ("panel", "Bo Lind", "scheduled"),
        ("panel", "Ana Ruiz", "scheduled"),
        ("thank-you", "Rita Ek", "due"),
    ]
    assert tuple(found[0]) == COLUMNS
    assert found[0]["start"] == "2026-11-23T12:00:00Z"


def test_an_interview_with_nobody_named_still_has_its_row() -> None:
    assert [row["what"] for row in rows(plan(acme(interviews=(interview(people=()),))))] == ["interview"]


def test_no_cell_is_taken_for_a_formula_or_hides_a_character() -> None:
    found = rows(
        plan(acme(company="=HYPERLINK(1)", role="@SUM(1)\u202e", interviews=(interview(people=(Person("-x"),)),)))
    )
    assert (found[0]["company"], found[0]["role"], found[0]["with"]) == ("'=HYPERLINK(1)", "'@SUM(1)\\u202e", "'-x")


def test_calendar_entries_are_private_and_called_busy_unless_asked() -> None:
    found = plan(acme(), decisions=(letter(RITA, Standing.DUE), letter(RITA, Standing.SENT)))
    meeting, due = entries(found)
    assert {str(entry["SUMMARY"]) for entry in (meeting, due)} == {"Busy"}
    assert {str(entry["CLASS"]) for entry in (meeting, due)} == {"PRIVATE"}
    assert meeting.start == NOW - timedelta(hours=20)
    assert due.end == NOW + timedelta(hours=6)
    named = [str(entry["SUMMARY"]) for entry in entries(found, titles=True)]
    assert named == ["Panel: Acme Corp · Senior engineer", "thank-you Rita Ek: Acme Corp · Senior engineer"]


def test_what_was_called_off_or_has_no_time_is_no_entry() -> None:
    off = interview(state=InterviewState.CANCELLED)
    open_time = interview("bb22", state=InterviewState.REQUESTED, start=None, end=None)
    assert entries(plan(acme(interviews=(off, open_time)))) == []
