from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.cli.entry import prepare_streams
from mailwatch.render.screen import (
    Line,
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


def output(*rows: Line, colour: bool = False, width: int | None = None) -> list[str]:
    stream = io.StringIO()
    print_lines(rows, stream, colour=colour, width=width)
    return stream.getvalue().splitlines()


def test_a_piped_status_is_plain_and_a_terminal_gets_colour() -> None:
    row = line("  ", Span("late", "warn"), ", still worth sending until tomorrow", hang=4)
    assert output(row) == ["  late, still worth sending until tomorrow"]
    assert output(row, colour=True, width=60) == ["  \x1b[33mlate\x1b[0m, still worth sending until tomorrow"]
    assert output(row, colour=True, width=20) == [
        "  \x1b[33mlate\x1b[0m, still worth",
        "    sending until",
        "    tomorrow",
    ]


def test_a_style_that_is_broken_goes_on_in_the_next_row() -> None:
    row = line(Span("one two three", "strong"), " four", hang=2)
    assert output(row, colour=True, width=9) == ["\x1b[1mone two\x1b[0m", "  \x1b[1mthree\x1b[0m", "  four"]


def test_a_line_that_does_not_fit_folds_where_its_columns_end() -> None:
    row = line("  Rita Ek      ", Span("DRAFT READY"), "   ", "best before Tue 24 Nov", hang=4, folds=2)
    assert output(row, width=80) == ["  Rita Ek      DRAFT READY   best before Tue 24 Nov"]
    assert output(row, width=40) == ["  Rita Ek      DRAFT READY", "    best before Tue 24 Nov"]
    beside = line("fail  ", "database  ", "it can't be opened by anybody", hang=16, folds=2)
    assert output(beside, width=48) == ["fail  database  it can't be opened by anybody"[:45]]
    assert output(beside, width=40) == ["fail  database", "             it can't be opened by", "             anybody"]
    assert output(row, width=24) == ["  Rita Ek      DRAFT", "    READY", "    best before Tue 24", "    Nov"]


def test_a_line_of_nothing_is_an_empty_row() -> None:
    assert output(line("")) == [""]
    assert output(line("x" * 30, "", hang=2), width=20) == ["x" * 30]


def test_a_terminal_opens_a_draft_at_a_click_and_a_pipe_shows_no_link() -> None:
    row = line(Span("DRAFT READY", "strong", link="file:///home/jordan/Mail/x"))
    (clickable,) = output(row, colour=True)
    assert clickable == "\x1b]8;;file:///home/jordan/Mail/x\x1b\\\x1b[1mDRAFT READY\x1b[0m\x1b]8;;\x1b\\"
    assert output(row) == ["DRAFT READY"]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://x.example/\x1b]0;", "https://x.example/ a", "http://x.example"]
)
def test_a_link_that_could_do_harm_is_none(link: str) -> None:
    assert output(line(Span("open", link=link)), colour=True) == ["open"]


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
