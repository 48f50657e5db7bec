"""Dates on the screen are in the user's language, with short names; letters have theirs, and quoted words stay as they were."""

from __future__ import annotations

import re
from datetime import date

import pytest

from mailwatch.config.day_names import day_names
from mailwatch.core.model import ENGLISH
from tests.cli.conftest import Life

ENGLISH_DATE = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d|\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b(?!\.)"
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Tue 24 Nov"),
        ("de", "Di 24. Nov."),
        ("fr", "mar. 24 nov."),
        ("es", "mar 24 nov"),
        ("pt-br", "ter 24 nov"),
        ("ja", "11月24日(火)"),
        ("eo", "Tue 24 Nov"),
    ],
)
def test_a_date_in_each_language(language: str, said: str) -> None:
    assert day_names(language).of(date(2026, 11, 24)) == said


def test_every_language_has_seven_days_and_twelve_months() -> None:
    for language in ("de", "fr", "es", "it", "nl", "pt", "ja", "zh"):
        names = day_names(language)
        assert names != ENGLISH
        assert (len(set(names.weekdays)), len(set(names.months))) == (7, 12)


def test_no_english_date_stands_on_a_screen_of_somebody_who_reads_german_ones(evening: Life) -> None:
    evening.config.write_text(evening.config.read_text("utf-8").replace("[me]", '[me]\ndates = "de"', 1), "utf-8")
    now = "2026-11-04T09:00:00+01:00"
    evening.call("run", now=now)
    page = evening.folder / "report.html"
    screens = [
        evening.call(*words, now=now)[1]
        for words in (
            ("status", "--all"),
            ("next",),
            ("show", "Brightwater"),
            ("log",),
            ("prep", "Nordlicht"),
            ("compare",),
        )
    ]
    assert evening.call("report", "--html", str(page), now=now)[0] == 0
    assert "Di 3. Nov. 14:00–15:30 (Berlin)" in screens[0]
    for screen in (*screens, re.sub(r"“[^”]*”", "", page.read_text("utf-8"))):
        assert not ENGLISH_DATE.search(re.sub(r"“[^”]*”", "", screen)), screen
