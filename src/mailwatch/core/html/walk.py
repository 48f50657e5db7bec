"""The walk through the elements of a page, from markup to lines.

Parsed by lxml through bs4, because it takes hostile markup in linear time (the standard library's parser does not).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from mailwatch.core.html.roles import is_hidden, is_plain_line, keeps_spaces, role_of
from mailwatch.core.html.writer import Line, Writer

_CELL_LIMIT = 300
_CELLS = 30  # a wider row would be a line that nobody reads
_TABLES = 2_000
_TAGS = 15_000
_XML = re.compile(r"<\?xml", re.IGNORECASE)  # bs4 would warn that this is no HTML; nothing hangs on it
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff]")

_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "hr", "pre"})
_BLOCKS = frozenset(
    {"address", "article", "aside", "body", "blockquote", "center", "dd", "details", "div", "dt", "fieldset", "figure"}
    | {
        "footer",
        "form",
        "header",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "option",
        "section",
        "summary",
        "td",
        "th",
        "tr",
    }
)
_Step = PageElement | Callable[[], None]


class _Layout(NamedTuple):
    """Cells that hold tables of their own: they arrange a page and are no data."""

    cells: frozenset[int]


def lines_in(html: str) -> list[Line]:
    """The visible lines, with how deep each is quoted and where the signature or the quoted mail begins.

    A row of a table of data is one line, its cells divided by " | ".
    """
    markup = _XML.sub("<?", _UNREADABLE.sub(" ", html))
    markup = "<".join(markup.split("<", _TAGS)[:_TAGS])
    writer = Writer()
    if "<" not in markup:
        writer.text(_UNREADABLE.sub(" ", unescape(markup)), keep_spaces=True)
        return writer.finished()
    soup = BeautifulSoup(markup, "lxml")
    _walk(soup, writer, _layout_of(soup))
    return writer.finished()


def _layout_of(soup: BeautifulSoup) -> _Layout:
    cells: set[int] = set()
    for table in soup.find_all("table", limit=_TABLES):
        for parent in table.parents:
            if parent.name in ("td", "th"):
                if id(parent) in cells:
                    break
                cells.add(id(parent))
    return _Layout(frozenset(cells))


def _walk(root: PageElement, writer: Writer, layout: _Layout) -> None:
    steps: list[_Step] = [root]
    while steps:
        step = steps.pop()
        if isinstance(step, Tag):
            steps.extend(_enter(step, writer, layout))
        elif isinstance(step, NavigableString):
            if not isinstance(step, PreformattedString) and type(step) is NavigableString:
                writer.text(str(step))
        elif callable(step):
            step()


def _enter(tag: Tag, writer: Writer, layout: _Layout) -> Iterable[_Step]:
    """What to do inside and after a tag, last step first."""
    if is_hidden(tag):
        return ()
    role = role_of(tag, writer.last_text)
    if role in ("below", "signature"):
        writer.mark(role)
    name = tag.name
    if name == "br":
        writer.newline()
        return ()
    if name == "tr" and role == "" and (cells := _data_cells(tag, layout)):
        writer.row([_cell(cell, layout) for cell in cells])
        return ()
    after: list[_Step] = [writer.keeping_spaces()] if keeps_spaces(tag) else []
    if name in _PARAGRAPHS and not is_plain_line(tag):
        writer.paragraph()
        after.append(writer.paragraph)
    elif name in _BLOCKS or name in _PARAGRAPHS:
        writer.block()
        after.append(writer.block)
    if role == "quote":
        writer.deeper()
        after.append(writer.shallower)
    after.extend(_inline(tag, writer))
    return [*after, *reversed(tag.contents)]


def _inline(tag: Tag, writer: Writer) -> Iterator[_Step]:
    if tag.name == "li":
        writer.text("- ")
    elif tag.name == "a":
        href = tag.get("href")
        if isinstance(href, str):
            yield writer.link(href)
    elif tag.name == "img":
        alt = tag.get("alt")
        if isinstance(alt, str):
            writer.alternative(alt)


def _data_cells(row: Tag, layout: _Layout) -> list[Tag]:
    """The cells of a row of data: two to thirty with short texts and no tables inside. [] for a row that is layout."""
    cells = [cell for cell in row.find_all(("td", "th"), recursive=False, limit=_CELLS + 1) if not is_hidden(cell)]
    if not 2 <= len(cells) <= _CELLS or any(id(cell) in layout.cells for cell in cells):
        return []
    for cell in cells:
        length = 0
        for text in cell.strings:
            length += len(text.strip())
            if length > _CELL_LIMIT:
                return []
    return cells


def _cell(cell: Tag, layout: _Layout) -> str:
    inner = Writer()
    for child in cell.contents:
        _walk(child, inner, layout)
    lines = [line.text.strip() for line in inner.finished() if line.text.strip()]
    joint = "; " if len(lines) > 1 and any("," in line[:-1] for line in lines) else ", "
    return joint.join(lines).replace(f":{joint}", ": ").replace(f",{joint}", joint)
