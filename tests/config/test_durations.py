from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.config.durations import business_days_from_text, duration_from_text, text_from_duration


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("24h", timedelta(hours=24)),
        ("14d", timedelta(days=14)),
        ("45s", timedelta(seconds=45)),
        ("0m", timedelta(0)),
        (" 5d ", timedelta(days=5)),
    ],
)
def test_a_duration_is_a_number_with_its_unit(text: str, span: timedelta) -> None:
    assert duration_from_text(text) == span


@pytest.mark.parametrize("text", ["", "90", "m", "1.5h", "-3d", "3 d", "3bd", "3w", "1h30m", "٣d", "9999999d"])
def test_a_duration_written_otherwise_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="90m"):
        duration_from_text(text)


def test_business_days_are_their_own_unit() -> None:
    assert business_days_from_text("3bd") == 3
    for text in ("3d", "3", "bd", "-1bd", "1000bd"):
        with pytest.raises(ValueError, match="3bd"):
            business_days_from_text(text)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(hours=24), "24h"),
        (timedelta(hours=48), "48h"),
        (timedelta(days=5), "5d"),
        (timedelta(minutes=90), "90m"),
        (timedelta(seconds=61), "61s"),
        (timedelta(0), "0s"),
    ],
)
def test_a_duration_is_written_the_way_people_say_it(span: timedelta, text: str) -> None:
    assert text_from_duration(span) == text


@given(st.integers(0, 999_999))
def test_what_is_written_is_read_back_as_the_same_span(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert duration_from_text(text_from_duration(span)) == span
