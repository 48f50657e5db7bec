from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from mailwatch.cli.entry import prepare_streams
from mailwatch.render.screen import (
    Span,
    cut,
    line,
    pad,
    print_lines,
    shown,
    wants_colour,
    width_of,
    wrapped,
)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@given(st.text())
def test_no_control_or_hidden_character_is_ever_shown(text: str) -> None:
    out = shown(text)
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char in "\u200b\u202e\u2028\u2066" for char in out)
    assert "\n" not in out


@given(st.text(max_size=80), st.integers(2, 60))
def test_a_cut_text_never_takes_more_cells_than_allowed(text: str, width: int) -> None:
    assert width_of(cut(text, width)) <= width
    assert width_of(pad(text, width)) == width


def test_wide_characters_take_two_cells_and_marks_none() -> None:
    assert width_of("面接") == 4
    assert width_of("e\u0301") == 1


def test_a_long_line_is_wrapped_at_words_under_its_hanging_indent() -> None:
    assert wrapped("  one two three four", 12, hang=4) == ["  one two", "    three", "    four"]
    assert wrapped("short", 80) == ["short"]
    assert wrapped("as it is " * 20, None) == [("as it is " * 20).rstrip()]


def test_a_piped_status_is_plain_and_a_terminal_gets_colour() -> None:
    rows = [line("  ", Span("late", "warn"), " still worth sending " * 6, hang=4)]
    plain, colourful = io.StringIO(), io.StringIO()
    print_lines(rows, plain, colour=False, width=None)
    print_lines([*rows, line("short")], colourful, colour=True, width=60)
    assert "\x1b" not in plain.getvalue()
    assert "late still worth sending" in " ".join(colourful.getvalue().split())


def test_colour_is_off_for_pipes_for_dumb_terminals_and_where_no_color_is_set() -> None:
    assert not wants_colour(io.StringIO(), {})
    assert wants_colour(_Terminal(), {"TERM": "xterm"})
    assert not wants_colour(_Terminal(), {"TERM": "dumb"})
    assert not wants_colour(_Terminal(), {"NO_COLOR": "1"})


def test_a_character_that_the_stream_does_not_know_is_replaced() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    prepare_streams((stream,))
    stream.write("a → b")
    stream.flush()
    assert raw.getvalue() == b"a ? b"
