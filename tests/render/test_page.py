from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailwatch.render.page import distance, lines_from_text, text_from_lines, told
from mailwatch.render.screen import Span, line

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=1), "in 1 min"),
        (timedelta(minutes=-89), "89 min ago"),
        (timedelta(minutes=90), "in 1 h"),
        (timedelta(hours=-47), "47 h ago"),
        (timedelta(days=3, hours=2), "in 3 days"),
    ],
)
def test_a_distance_is_told_as_a_person_says_it(gap: timedelta, words: str) -> None:
    assert distance(NOW + gap, NOW) == words


def test_a_kept_line_tells_its_distances_when_it_is_printed() -> None:
    kept = text_from_lines([line("Checked ", Span("", "dim", NOW), ".", hang=4)])
    (first,) = told(lines_from_text(kept), NOW + timedelta(minutes=3))
    (later,) = told(lines_from_text(kept), NOW + timedelta(hours=5))
    assert (first.text, later.text) == ("Checked 3 min ago.", "Checked 5 h ago.")
    assert (first.hang, first.spans[1].style) == (4, "dim")
