"""Lines of plain text: format=flowed, quote marks, full lines."""

from __future__ import annotations

import pytest

from mailwatch.core.mime.plain import joined_lines, lines_from_plain
from mailwatch.core.mime.signing import without_signature


def flowed(text: str, *, delete_space: bool = False) -> list[tuple[str, int]]:
    return [(line.text, line.depth) for line in lines_from_plain(text, flowed=True, delete_space=delete_space)]


def test_soft_breaks_are_undone_within_one_depth_only():
    assert flowed("a \nb\n> c \n> d\n>> e \nf") == [("a b", 0), ("c d", 1), ("e", 2), ("f", 0)]


def test_a_soft_break_at_the_very_end_keeps_the_line():
    assert flowed("a \nb ") == [("a b", 0)]


def test_a_signature_mark_ends_a_paragraph_and_stays():
    assert flowed("a \n-- \nRita") == [("a", 0), ("-- ", 0), ("Rita", 0)]


def test_stuffed_spaces_are_taken_out():
    assert flowed(" From here\n >b") == [("From here", 0), (">b", 0)]


def test_delsp_joins_without_a_space():
    assert flowed("日本 \n語", delete_space=True) == [("日本語", 0)]


@pytest.mark.parametrize(("mark", "depth"), [(">", 1), ("> > ", 2), (">>> ", 3), (" > ", 1), ("", 0), ("- > ", 0)])
def test_quote_marks_are_counted(mark, depth):
    assert lines_from_plain(f"{mark}x")[0].depth == depth


def test_short_or_long_or_ruled_lines_are_never_joined():
    short = ["Hi Ben,", "see you", "then."]
    assert joined_lines(short) == short
    long = ["word " * 30, "and so on"]
    assert joined_lines(long) == long
    assert joined_lines([]) == []


def test_a_signature_mark_without_anything_below_or_above_is_text():
    assert without_signature(["Hi", "-- "]) == (["Hi", "-- "], [])
    assert without_signature(["-- ", "Rita"]) == (["-- ", "Rita"], [])


def test_closing_words_with_nothing_short_below_close_nothing():
    lines = ["Hello.", "Thanks,", "This sentence is certainly no name of anybody here."]
    assert without_signature(lines) == (lines, [])


def test_two_postscripts_below_the_name_stay():
    lines = ["Hello.", "Best,", "Rita", "", "", "PS: one more thing", "", "PPS: and another"]
    assert without_signature(lines) == (["Hello.", "Best,", "", "PS: one more thing", "", "PPS: and another"], ["Rita"])
