"""HTML to lines. The mail programs' own markup is in tests/corpus/bodies/html_clients.txt."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwatch.core.html import Line, lines_from_html, looks_like_html, text_from_html


def test_blocks_are_lines_and_paragraphs_leave_a_gap():
    assert text_from_html("<div>a</div><div>b<br>c</div><p>d</p><p>e</p><h2>f</h2>g") == "a\nb\nc\n\nd\n\ne\n\nf\n\ng"


def test_white_space_collapses_except_where_it_is_meant():
    assert text_from_html("a\n  b <i>c</i>\td<pre>e\n  f</pre>") == "a b c d\n\ne\n  f"
    assert text_from_html('<div style="white-space: pre-wrap">a\nb</div>') == "a\nb"


def test_text_without_markup_stays_as_it_is():
    assert text_from_html("a\nb > c") == "a\nb > c"


def test_what_nobody_sees_is_left_out():
    hidden = [
        "<head><title>T</title></head>",
        "<style>p{}</style>",
        "<script>x()</script>",
        "<!-- c -->",
        "<p hidden>h</p>",
        '<div style="display:none">h</div>',
        '<div style="display: none !important">h</div>',
        '<span style="visibility:hidden">h</span>',
        '<div style="max-height:0px;overflow:hidden">h</div>',
        '<div style="mso-hide:all">h</div>',
        '<span style="font-size:1px;color:#fff">h</span>',
        '<span style="opacity:0">h</span>',
        '<div class="mcnPreviewText">h</div>',
        '<img src="x.png" alt="Logo">',
        "<![if mso]><![endif]>",
    ]
    assert text_from_html(f"a{''.join(hidden)}b").replace("\n", "") == "ab"


def test_a_layout_that_sets_no_size_outside_shows_what_has_one_inside():
    assert text_from_html('<td style="font-size:0"><span style="font-size:14px">seen</span></td>') == "seen"
    assert text_from_html('<div style="max-height:0.5in">seen</div>') == "seen"
    assert text_from_html('<div style="opacity:0.9">seen</div>') == "seen"


def test_a_link_stands_at_the_end_of_its_line_once():
    html = 'Please <a href="https://x.test/a">choose a <b>time</b></a> or <a href="https://x.test/a">look</a>, <a href="https://x.test/b">b</a>.'
    assert text_from_html(html) == "Please choose a time or look, b. <https://x.test/a> <https://x.test/b>"


def test_a_link_that_shows_itself_is_not_repeated():
    assert text_from_html('<a href="https://x.test/a">https://x.test/a</a>') == "https://x.test/a"
    assert text_from_html('<a href="mailto:r@acme.example">r@acme.example</a>') == "r@acme.example"
    assert text_from_html('<a href="javascript:x()">go</a><a href="https://x.test"></a><a>b</a>') == "gob"


def test_an_address_stays_with_its_name():
    assert (
        text_from_html('Ask <a href="mailto:r@acme.example?subject=x">Rita</a> about it.')
        == "Ask Rita <r@acme.example> about it."
    )


def test_rows_of_data_are_lines_and_layout_is_none():
    assert (
        text_from_html("<table><tr><td>When</td><td>Tuesday<br>2 pm</td></tr><tr><td></td><td>x</td></tr></table>")
        == "When | Tuesday, 2 pm\nx"
    )
    assert (
        text_from_html(f"<table><tr><td>{'long ' * 80}</td><td>b</td></tr></table>")
        == f"{'long ' * 80}".strip() + "\nb"
    )
    assert text_from_html("<table><tr><td><table><tr><td>a</td></tr></table></td><td>b</td></tr></table>") == "a\n\nb"


def test_a_cell_keeps_its_links_and_loses_what_is_hidden():
    html = '<table><tr><td>Join</td><td><a href="https://x.test">here</a><p style="display:none">h</p></td><td style="display:none">h</td></tr></table>'
    assert text_from_html(html) == "Join | here <https://x.test>"


def test_an_empty_line_may_be_made_of_a_no_break_space():
    assert (
        text_from_html('<p class="MsoNormal">a</p><p class="MsoNormal">&nbsp;</p><p class="MsoNormal">b</p>')
        == "a\n\nb"
    )


def test_quotations_carry_their_depth():
    lines = lines_from_html(
        '<p>a</p><blockquote type="cite">b<blockquote class="gmail_quote">c</blockquote></blockquote><p>d</p>'
    )
    assert [(line.text, line.depth) for line in lines if line.text] == [("a", 0), ("b", 1), ("c", 2), ("d", 0)]


def test_a_picture_counts_only_where_it_is_all_there_is_to_click():
    assert text_from_html('<a href="https://x.test/b"><img alt="Book"></a>') == "Book <https://x.test/b>"
    assert text_from_html('<a href="https://x.test/b">Book <img alt="arrow"></a>') == "Book <https://x.test/b>"


def test_an_xml_prologue_is_no_obstacle():
    assert text_from_html('<?xml version="1.0" encoding="utf-8"?><html><body>a</body></html>') == "a"


def test_markup_is_recognised():
    assert looks_like_html("<p>x</p>")
    assert looks_like_html("x<br/>y")
    assert not looks_like_html("a < b > c")
    assert not looks_like_html("Rita <rita@acme.example>")


def test_marks_stand_where_the_quoted_mail_begins():
    assert Line("", 0, "below") in lines_from_html('a<div id="divRplyFwdMsg">From: x</div>b')


LIMIT = 1.0 if sys.gettrace() is None else 4.0  # measuring coverage costs that much

BOMBS = {
    "open blocks": "<div>" * 60_000,
    "comments": "<!--" * 60_000,
    "tables": "<table><tr><td>" * 20_000,
    "attributes": "<a " + "x=1 " * 60_000 + ">",
    "quotes": "<blockquote>" * 20_000 + "x",
    "open inline": "<b><i>" * 40_000,
    "ampersands": "&" * 250_000,
    "brackets": "<" * 250_000,
    "entities": "&#x41;" * 40_000,
    "paragraphs": "<p>x" * 60_000,
    "no size": '<div style="font-size:0">' * 10_000 + "x",
    "rows": "<tr><td>a<td>b" * 18_000,
    "quote boxes": '<div class="gmail_quote">' * 10_000,
    "borders": '<div style="border-top:solid 1px">' * 7_000,
    "one long word": "<p>" + "x" * 250_000,
    "links": '<a href="https://x.test/">y</a>' * 8_000,
    "styles": "<style>" * 36_000,
    "spaces": "<p>" + " " * 250_000 + "x",
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_bomb_takes_more_than_a_moment(name):
    begun = time.process_time()
    lines_from_html(BOMBS[name])
    assert time.process_time() - begun < LIMIT


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["<p>", "</p>", "<table>", "<tr>", "<td>", "</td>", "<a href='https://x'>", "</a>", "<blockquote>", "</blockquote>", "&nbsp;", "<br>", "<li>",
                                 "<div class=gmail_signature>", "<![CDATA[", "]]>", "<?", "text", "\x00", "\ud800", "<pre>", "<img alt=x>", "<hr id=stopSpelling>"]) | st.text(max_size=8)))  # fmt: skip
def test_any_markup_at_all_is_lines(pieces):
    for line in lines_from_html("".join(pieces)):
        line.text.encode("utf-8")
        assert "\n" not in line.text
