"""The lines of HTML beside what bs4 finds on the same page: the same words, none lost, none made up, none joined or cut.

The walk takes bs4's elements one by one; bs4's own `get_text` is the plain way. What a page shows is asked of the same
`is_hidden`: here it is about the words of what is seen.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from email import message_from_bytes

import pytest
from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import Tag
from hypothesis import given
from hypothesis import strategies as st

from mailwatch.core.html import LIMIT, text_from_html
from mailwatch.core.html.roles import is_hidden
from mailwatch.core.text import clean_text, one_line
from tests.core.corpus import cases as clients
from tests.core.whole_mails import SOAK, in_sample, whole_mails
from tests.hostile.files import cases as hostile

LARGE = 60_000

# Where the product deliberately shows something else than bs4's text, and why.
OTHERWISE = {
    "html_clients: a button that is a picture": "a link that is a picture is read by the picture's words",
}
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|br|center|dd|details|div|dl|dt|fieldset|figure|footer|form|h[1-6]|header|hr|html|legend"
    "|li|main|nav|ol|option|p|pre|section|summary|table|td|th|tr|ul"
)
_WORD = re.compile(r"[^\W_]+")


def pages() -> Iterator[tuple[str, str]]:
    """Every page of the corpora, with its name."""
    yield from ((case.name, case.body) for case in clients() if case.kind == "html")
    yield from ((case.name, case.path.read_bytes().decode("utf-8", "replace")) for case in hostile("html"))


def chosen() -> list[tuple[str, str]]:
    """All of them in a soak; else those that differ, and every third by its name, without the largest."""
    found = list(pages())
    if SOAK:
        return found
    return [(name, page) for name, page in found if len(page) < LARGE and (name in OTHERWISE or in_sample(name))]


def soup_of(page: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(page[:LIMIT], "lxml")


def library_text(soup: BeautifulSoup) -> str:
    """bs4's text of what is seen, with a line end around each block."""
    waiting: list[Tag] = [soup]
    while waiting:
        for child in list(waiting.pop().children):
            if isinstance(child, Tag):
                if is_hidden(child):
                    child.extract()
                    continue
                if _BLOCK.fullmatch(child.name):
                    child.insert(0, "\n")
                    child.insert_after("\n")
                waiting.append(child)
    return soup.get_text()


def targets_of(soup: BeautifulSoup) -> set[str]:
    """Where the page's links lead: the product writes that behind their words."""
    found = [str(link["href"]).strip() for link in soup.find_all("a", href=True)]
    return {
        f"<{one_line(each[7:].partition('?')[0] if each.lower().startswith('mailto:') else each, 300)}>"
        for each in found
    }


def words_of(text: str, targets: set[str]) -> list[str]:
    plain = clean_text(text)
    for target in targets:
        plain = plain.replace(target, " ")
    return _WORD.findall(plain)


def both(page: str) -> tuple[list[str], list[str]]:
    """The words as the product reads them, and as bs4 does."""
    soup = soup_of(page)
    targets = targets_of(soup)
    return words_of(text_from_html(page), targets), words_of(library_text(soup), targets)


@pytest.mark.parametrize(("name", "page"), [pytest.param(name, page, id=name) for name, page in chosen()])
def test_a_page_has_the_words_that_bs4_finds(name: str, page: str) -> None:
    ours, theirs = both(page)
    assert (ours == theirs) is (name not in OTHERWISE)


def test_the_pages_in_mails_have_the_words_that_bs4_finds() -> None:
    found = {name: page for name, raw in whole_mails() for page in pages_in(raw)}
    assert [name for name, page in found.items() if differ(page)] == []
    assert len(found) > 20


def pages_in(raw: bytes) -> Iterator[str]:
    """The HTML of a mail's parts, taken out by the library."""
    for part in message_from_bytes(raw).walk():
        payload = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(payload, bytes):
            yield payload.decode("utf-8", "replace")


def differ(page: str) -> bool:
    ours, theirs = both(page)
    return ours != theirs


_texts = st.text(alphabet="abc ÄßJ8é日 &.,\u00a0\n", min_size=1, max_size=12).map(
    lambda text: text.replace("&", "&amp;")
)
_styles = st.sampled_from(
    ("", ' style="display:none"', ' style="margin:0"', ' class="gmail_quote"', ' hidden=""', ' style="border-left:1px"')
)


def _around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tag = st.sampled_from(
        ("div", "p", "b", "span", "i", "blockquote", "td", "tr", "table", "ul", "li", "pre", "h2", "a")
    )
    whole = st.builds(
        lambda name, style, parts: f"<{name}{style}>{''.join(parts)}</{name}>",
        tag,
        _styles,
        st.lists(inner, max_size=4),
    )
    return (
        whole
        | inner.map(lambda text: f"{text}<br>")
        | inner.map(lambda text: f"<table><tr><td>{text}</td><td>x</td></tr></table>")
    )


@given(st.recursive(_texts, _around, max_leaves=14))
def test_any_page_has_the_words_that_bs4_finds(page: str) -> None:
    ours, theirs = both(f"<body>{page}</body>")
    assert ours == theirs


def test_a_page_without_a_tag_still_has_its_entities_read() -> None:
    assert (
        text_from_html("Your&nbsp;interview with R&#105;ta &amp; Ek\non Tuesday")
        == "Your interview with Rita & Ek\non Tuesday"
    )


def test_a_row_with_very_many_cells_keeps_the_last_of_them() -> None:
    row = "".join(f"<td>c{number}</td>" for number in range(40))
    assert text_from_html(f"<table><tr>{row}</tr></table>").split() == [f"c{number}" for number in range(40)]
