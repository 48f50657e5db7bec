from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mailwatch.core.text import bare_subject, clean_text, columns, one_line


def test_controls_and_hidden_characters_are_gone_and_line_ends_are_newlines():
    assert clean_text("a\r\nb\rc\u2028d\x00\x1b[31m\u202ee\u200b\ufeff\xadf") == "a\nb\nc\nd[31mef"


def test_unusual_spaces_become_ordinary_ones():
    assert clean_text("3\u202fp.m.\xa0on\u3000Friday") == "3 p.m. on Friday"


def test_letters_are_composed():
    assert clean_text("Zu\u0308rich") == "Zürich"


def test_a_lone_surrogate_is_replaced_so_that_the_text_can_be_stored():
    assert clean_text("a\udc80b") == "a\ufffdb"


def test_one_line_has_single_spaces_and_a_limit():
    assert one_line(" a \r\n b\t c ", 4) == "a b"


def test_reply_marks_of_many_languages_and_gateway_tags_are_stripped_from_a_subject():
    assert bare_subject("AW: [EXT] Re[2]: Fwd: RE : Interview") == "Interview"
    assert bare_subject("回复：面试安排") == "面试安排"
    assert bare_subject("Regarding: your interview") == "Regarding: your interview"
    assert bare_subject("Re:") == ""


def test_columns_count_east_asian_characters_twice():
    assert columns("abc") == 3
    assert columns("面接 a") == 6


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str):
    once = clean_text(text)
    assert clean_text(once) == once
    assert not any(ord(char) < 32 and char not in "\n\t" for char in once)
    once.encode("utf-8")
