"""HTML to lines of text as a person sees them: blocks, table rows, links, and what is quoted or hidden.

Nothing is fetched, nothing runs. What parses is loaded with the first markup: a process that only knows these names stays small.
"""

from __future__ import annotations

import re

from mailwatch.core.html.writer import Line

__all__ = ["Line", "lines_from_html", "looks_like_html", "text_from_html"]

LIMIT = 256_000
_MARKUP = re.compile(
    r"<(?:!doctype|html|body|div|p|br|table|span|a|b|i|ul|ol|strong|em|font)\b[^<>]{0,500}/?>", re.IGNORECASE
)


def looks_like_html(text: str) -> bool:
    """Does a text that may be either hold markup?"""
    return _MARKUP.search(text[:LIMIT]) is not None


def text_from_html(html: str) -> str:
    """The visible text, quotations included."""
    return "\n".join(line.text for line in lines_from_html(html)).strip()


def lines_from_html(html: str) -> list[Line]:
    """The visible lines, with how deep each is quoted and where the signature or the quoted mail begins.

    At most 256,000 characters are read. A row of a table of data is one line, its cells divided by " | ".
    """
    from mailwatch.core.html.walk import lines_in

    return lines_in(html[:LIMIT])
